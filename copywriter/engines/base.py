"""The Engine protocol: many prompts in, one candidate per prompt out, in the order given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from copywriter.errors import InputError

# Greedy decoding would give every candidate of a brief the same text. Low, since a small model's
# unlikely words are mostly wrong ones (finetune/README.md, E5).
SAMPLING_TEMPERATURE = 0.4


@dataclass(frozen=True)
class Decoding:
    """How texts are sampled. ``temperature`` 0 is greedy; the seed then has no effect.

    Args:
        temperature: softmax temperature, at least 0.
        top_p: nucleus of the distribution that is kept, in (0, 1].
        top_k: number of most likely tokens that are kept, at least 1.
        repetition_penalty: at least 1; 1 is off (Keskar et al. 2019, CTRL).
    """

    temperature: float = 0.0
    top_p: float = 0.9
    top_k: int = 64
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        for name, value, valid, wanted in (
            ("temperature", self.temperature, 0 <= self.temperature <= 2, "from 0 to 2"),
            ("top_p", self.top_p, 0 < self.top_p <= 1, "above 0 and at most 1"),
            ("top_k", self.top_k, self.top_k >= 1, "at least 1"),
            ("repetition_penalty", self.repetition_penalty,
             1 <= self.repetition_penalty <= 2, "from 1 to 2"),
        ):  # fmt: skip
            if not valid:
                raise InputError(f"{name} is {value}; it must be {wanted}")


@dataclass(frozen=True)
class GenerationRequest:
    """One text to generate.

    Args:
        prompt: the whole prompt, as ``prompting`` renders it.
        max_new_tokens: upper bound for this text.
        seed: seeds the sampling of this request alone, so that its text does not depend on
            which other requests share its batch.
        stop: generation ends before the first of these strings; the end-of-text token always
            ends it.
    """

    prompt: str
    max_new_tokens: int
    seed: int = 0
    stop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidate:
    """One generated text.

    Args:
        text: without the prompt and the end mark.
        tokens: number of generated tokens.
        finish: ``stop`` when the model ended the text, ``length`` when the bound cut it off,
            ``error`` when this one request failed (``error`` says why, the text is empty).
        logprob: mean log-likelihood per token under the model, 0.0 where unknown.
    """

    text: str
    tokens: int
    finish: str
    logprob: float = 0.0
    error: str = ""


class Engine(Protocol):
    """Something that continues prompts. Engines keep no state between calls but the model."""

    def generate(
        self, requests: Sequence[GenerationRequest], decoding: Decoding
    ) -> list[Candidate]:
        """One candidate per request, in the order of the requests.

        A request that fails alone (prompt too long, out of memory at batch size one) comes back
        with ``finish == "error"``; EngineError is raised only when nothing can work.
        """
        ...

    def describe(self) -> Mapping[str, Any]:
        """Provenance: engine, model, adapter and their hashes; JSON values only."""
        ...

    @property
    def few_shot(self) -> bool:
        """Whether prompts should show examples, since the model was not trained on them."""
        ...
