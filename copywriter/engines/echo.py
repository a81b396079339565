"""Echo: an engine without a model that writes the facts back. For tests and dry runs.

It reads the facts out of the prompt, so that a dry run exercises the tables, the prompts, the
checks and the output exactly as a real run does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from copywriter.engines.base import Candidate, Decoding, GenerationRequest


class EchoEngine:
    """Deterministic; its texts state the facts as ``label: value`` pieces."""

    few_shot = False

    def generate(
        self, requests: Sequence[GenerationRequest], decoding: Decoding
    ) -> list[Candidate]:
        """One candidate per request; texts are cut at ``max_new_tokens`` words."""
        return [self._echo(request) for request in requests]

    def _echo(self, request: GenerationRequest) -> Candidate:
        blocks = request.prompt.split("\n\n")
        facts = blocks[-2].splitlines()[1:] if len(blocks) > 1 else blocks[-1:]
        words = "; ".join(facts).split()
        kept = words[: request.max_new_tokens]
        finish = "stop" if len(kept) == len(words) else "length"
        return Candidate(" ".join(kept), len(kept), finish)

    def describe(self) -> Mapping[str, Any]:
        """Provenance: there is no model."""
        return {"engine": "echo", "model": "none", "adapter": "none"}
