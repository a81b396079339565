"""The default engine: a causal language model that runs in this process through transformers.

    engine = TransformersEngine(model="embedded", adapter="default")

Requests are sorted by length and batched within a token budget; a batch that does not fit into
memory is halved. Every request samples from a random generator of its own, so that its text does
not depend on the others in its batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from copywriter.engines.base import Candidate, Decoding, GenerationRequest
from copywriter.models import LoadedModel, load_model

if TYPE_CHECKING:
    from torch import Tensor

# Sequences times (prompt + new tokens) that one batch may hold. It bounds the memory of
# the key-value cache; what does not fit all the same is halved.
BATCH_TOKENS = 24_576
MAX_BATCH = 64


@dataclass(frozen=True)
class _Job:
    """One encoded request and its place in the caller's list."""

    place: int
    request: GenerationRequest
    ids: list[int]

    @property
    def size(self) -> int:
        return len(self.ids) + self.request.max_new_tokens


class TransformersEngine:
    """Generates with a model that transformers loads.

    Args:
        model, adapter, device, progress: see ``copywriter.models.load_model``.
        batch_tokens: budget of one batch, in tokens of prompt and continuation.
        max_batch: sequences in one batch at most.
        loaded: a model that is already in memory, instead of ``model`` and ``adapter``.
        ignore_end: go on behind the model's end mark up to the bound of each request, so that
            measurements of speed compare the same number of tokens.
    """

    def __init__(
        self,
        model: str = "embedded",
        adapter: str = "default",
        *,
        device: str | None = None,
        progress: Callable[[str, float], None] | None = None,
        batch_tokens: int = BATCH_TOKENS,
        max_batch: int = MAX_BATCH,
        loaded: LoadedModel | None = None,
        ignore_end: bool = False,
    ) -> None:
        self._loaded = loaded or load_model(model, adapter, device=device, progress=progress)
        self._batch_tokens, self._max_batch = batch_tokens, max_batch
        tokenizer: Any = self._loaded.tokenizer
        config = self._loaded.model.generation_config
        ends = config.eos_token_id if config is not None else None
        listed = ends if isinstance(ends, list) else [ends, tokenizer.eos_token_id]
        self._end_ids = (
            [] if ignore_end else sorted({int(end) for end in listed if end is not None})
        )

    @property
    def few_shot(self) -> bool:
        """Prompts show examples when no adapter taught the model what they mean."""
        return not self._loaded.has_adapter

    def describe(self) -> Mapping[str, Any]:
        """Engine, model, adapter, their hashes, precision and device."""
        return {"engine": "transformers", **self._loaded.provenance}

    def generate(
        self, requests: Sequence[GenerationRequest], decoding: Decoding
    ) -> list[Candidate]:
        """One candidate per request, in order; see ``Engine.generate``."""
        results: list[Candidate | None] = [None] * len(requests)
        jobs = []
        for place, request in enumerate(requests):
            job = _Job(place, request, self._encode(request.prompt))
            limit = self._context()
            if job.size > limit:
                results[place] = _failed(
                    f"the prompt has {len(job.ids):,} tokens, with {request.max_new_tokens} for "
                    f"the text more than the model's {limit:,}; shorten the product's facts"
                )
            else:
                jobs.append(job)
        # Longest first: what does not fit into memory shows at once, not near the end.
        jobs.sort(key=lambda job: (-job.size, job.place))
        for batch in self._batches(jobs):
            for job, candidate in zip(batch, self._run_halving(batch, decoding), strict=True):
                results[job.place] = candidate
        return [result for result in results if result is not None]

    def _encode(self, prompt: str) -> list[int]:
        tokenizer: Any = self._loaded.tokenizer
        # Facts are data: a "<eos>" inside them is text, not the end of the sequence.
        ids: list[int] = tokenizer.encode(
            prompt, add_special_tokens=False, split_special_tokens=True
        )
        return ids if tokenizer.bos_token_id is None else [tokenizer.bos_token_id, *ids]

    def _context(self) -> int:
        return int(getattr(self._loaded.model.config, "max_position_embeddings", 2048))

    def _batches(self, jobs: list[_Job]) -> Iterator[list[_Job]]:
        """Jobs in their order, cut so that rows times the longest row stays within the budget."""
        batch: list[_Job] = []
        for job in jobs:
            size = max((other.size for other in batch), default=job.size)
            full = (len(batch) + 1) * max(size, job.size) > self._batch_tokens
            if batch and (full or len(batch) >= self._max_batch):
                yield batch
                batch = []
            batch.append(job)
        if batch:
            yield batch

    def _run_halving(self, batch: list[_Job], decoding: Decoding) -> list[Candidate]:
        try:
            return self._run(batch, decoding)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
        if len(batch) == 1:
            return [_failed("not enough memory for this text alone; shorten the product's facts")]
        half = len(batch) // 2
        return self._run_halving(batch[:half], decoding) + self._run_halving(batch[half:], decoding)

    def _run(self, batch: list[_Job], decoding: Decoding) -> list[Candidate]:
        import torch

        from copywriter.engines.sampling import SeededSampler, StopRows

        tokenizer: Any = self._loaded.tokenizer
        width = max(len(job.ids) for job in batch)
        pad = int(tokenizer.pad_token_id)
        rows = [[pad] * (width - len(job.ids)) + job.ids for job in batch]
        mask = [[0] * (width - len(job.ids)) + [1] * len(job.ids) for job in batch]
        device = self._loaded.model.device
        ids = torch.tensor(rows, device=device)
        sampler = SeededSampler(decoding, [job.request.seed for job in batch], width)
        stops = StopRows(
            [job.request for job in batch], width, partial(tokenizer.batch_decode, **_PLAIN)
        )
        generate: Any = self._loaded.model.generate
        with torch.inference_mode():
            output = generate(
                input_ids=ids,
                attention_mask=torch.tensor(mask, device=device),
                max_new_tokens=max(job.request.max_new_tokens for job in batch),
                do_sample=False,
                num_beams=1,
                temperature=None,
                top_p=None,
                top_k=None,
                eos_token_id=self._end_ids or None,
                pad_token_id=pad,
                logits_processor=[sampler],
                stopping_criteria=[stops],
            )
        return self._candidates(batch, output[:, width:], sampler.mean_logprobs())

    def _candidates(
        self, batch: list[_Job], new: Tensor, logprobs: Callable[[list[int]], list[float]]
    ) -> list[Candidate]:
        tokenizer: Any = self._loaded.tokenizer
        ends = set(self._end_ids)
        kept, finishes = [], []
        for job, row in zip(batch, new.tolist(), strict=True):
            row = row[: job.request.max_new_tokens]
            end = next((place for place, token in enumerate(row) if token in ends), None)
            finishes.append("length" if end is None else "stop")
            kept.append(row if end is None else row[:end])
        texts = tokenizer.batch_decode(kept, **_PLAIN)
        scores = logprobs([len(row) for row in kept])
        found = zip(batch, texts, kept, finishes, scores, strict=True)
        return [_candidate(job, text, len(row), end, score) for job, text, row, end, score in found]


# The prompt holds no other special token, so what the model writes is decoded as it is.
_PLAIN = {"skip_special_tokens": True, "clean_up_tokenization_spaces": False}


def _candidate(job: _Job, text: str, tokens: int, finish: str, logprob: float) -> Candidate:
    for stop in job.request.stop:
        before, found, _ = text.partition(stop)
        if found:
            text, finish = before, "stop"
    return Candidate(text, tokens, finish, logprob)


def _failed(reason: str) -> Candidate:
    return Candidate("", 0, "error", error=reason)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch, CUDA or the C library ran out of memory; the CPU allocator raises a plain
    RuntimeError, so its message decides."""
    import torch

    if isinstance(error, MemoryError | torch.cuda.OutOfMemoryError):
        return True
    return "not enough memory" in str(error) or "out of memory" in str(error).lower()
