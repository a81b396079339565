"""Writer: products and briefs in, checked drafts out.

The one entry point of the command line, the page, batch jobs and the evaluation:

    writer = Writer(make_engine("echo"))
    drafts = writer.write([product], briefs)[0]
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from copywriter import __version__
from copywriter.brief import Brief
from copywriter.checks import run_checks
from copywriter.draft import Draft, Finding, Severity, Status, status_of
from copywriter.engines import Candidate, Decoding, Engine, GenerationRequest
from copywriter.product import Product
from copywriter.prompting import Prompter, load_prompter, max_new_tokens

_PENALTY = {Severity.BLOCK: 10.0, Severity.REVIEW: 1.0, Severity.INFO: 0.1}


@dataclass
class WriterStats:
    """What a Writer did so far; seconds are those spent inside the engine."""

    drafts: int = 0
    tokens: int = 0
    seconds: float = 0.0


@dataclass
class Writer:
    """Writes drafts with one engine.

    Args:
        engine: what generates.
        decoding: how it samples.
        seed: start of the seeds of all texts; the same seed gives the same drafts.
        candidates: texts generated per brief, of which the best is returned (at least 1).
        prompter: wording of the prompts.
        clock: gives ``generated_at``; a batch job passes the time at which it was started, so
            that a resumed job equals an uninterrupted one byte for byte.
    """

    engine: Engine
    decoding: Decoding = field(default_factory=Decoding)
    seed: int = 0
    candidates: int = 1
    prompter: Prompter = field(default_factory=load_prompter)
    stats: WriterStats = field(default_factory=WriterStats)
    clock: Callable[[], str] = field(default=lambda: datetime.now(UTC).isoformat("T", "seconds"))

    def write(self, products: Sequence[Product], briefs: Sequence[Brief]) -> list[list[Draft]]:
        """One list per product, in order, each with one draft per brief, in order.

        A text that cannot be generated becomes a draft with status ``error`` and a finding
        that says why; no product and no brief is ever dropped.
        """
        jobs = [(product, brief) for product in products for brief in briefs]
        requests = [
            self._request(product, brief, number)
            for product, brief in jobs
            for number in range(self.candidates)
        ]
        candidates = self._generate(requests)
        per_job = self.candidates
        drafts = [
            self._best(product, brief, candidates[start * per_job : (start + 1) * per_job])
            for start, (product, brief) in enumerate(jobs)
        ]
        width = len(briefs)
        return [drafts[row * width : (row + 1) * width] for row in range(len(products))]

    def provenance(self) -> dict[str, Any]:
        """What all drafts of this writer have in common; equal writers give equal values."""
        decoding = self.decoding
        return {
            **self.engine.describe(),
            "copywriter": __version__,
            "prompt_version": self.prompter.version,
            "seed": self.seed,
            "candidates": self.candidates,
            "decoding": {
                "temperature": decoding.temperature,
                "top_p": decoding.top_p,
                "top_k": decoding.top_k,
                "repetition_penalty": decoding.repetition_penalty,
            },
            "ai_generated": True,
        }

    def _request(self, product: Product, brief: Brief, number: int) -> GenerationRequest:
        few_shot = self.engine.few_shot
        return GenerationRequest(
            prompt=self.prompter.render_prompt(product, brief, few_shot=few_shot),
            max_new_tokens=max_new_tokens(brief),
            seed=_text_seed(self.seed, product, brief, number),
            stop=self.prompter.stop_strings(brief, few_shot=few_shot),
        )

    def _generate(self, requests: list[GenerationRequest]) -> list[Candidate]:
        if not requests:
            return []
        started = time.perf_counter()
        candidates = self.engine.generate(requests, self.decoding)
        self.stats.seconds += time.perf_counter() - started
        self.stats.tokens += sum(candidate.tokens for candidate in candidates)
        return candidates

    def _best(self, product: Product, brief: Brief, candidates: list[Candidate]) -> Draft:
        drafts = [self._draft(product, brief, candidate) for candidate in candidates]
        self.stats.drafts += 1
        # max() keeps the first of equals, so the choice is deterministic.
        best = max(drafts, key=lambda draft: (draft.status is not Status.ERROR, draft.score))
        stamp = {**self.provenance(), "generated_at": self.clock()}
        return replace(best, provenance=stamp)

    def _draft(self, product: Product, brief: Brief, candidate: Candidate) -> Draft:
        if candidate.finish == "error":
            finding = Finding("engine.error", Severity.BLOCK, candidate.error)
            return Draft(brief, "", Status.ERROR, (finding,), score=float("-inf"))
        text = self.prompter.parse_target(candidate.text, brief.kind)
        findings = run_checks(text, product, brief, finish=candidate.finish)
        score = candidate.logprob - sum(_PENALTY[finding.severity] for finding in findings)
        return Draft(brief, text, status_of(findings), findings, score)


def _text_seed(seed: int, product: Product, brief: Brief, number: int) -> int:
    """A seed of its own for every text, independent of its place in a table or a batch."""
    key = f"{seed}|{product.to_dict()}|{brief}|{number}"
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6])
