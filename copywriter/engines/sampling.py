"""Sampling with one random generator per row, and stopping row by row.

transformers draws a whole batch from one global generator, so a text would change with its
neighbours; these two classes plug into ``generate`` and keep rows independent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from transformers import LogitsProcessor, StoppingCriteria

from copywriter.engines.base import Decoding, GenerationRequest


class SeededSampler(LogitsProcessor):
    """Chooses each row's next token and makes it the one that ``generate`` picks.

    Args:
        decoding: temperature, top_p, top_k and repetition penalty.
        seeds: one per row.
        prompt_width: number of prompt positions, padding included; the repetition penalty
            counts generated tokens only, since the text must repeat what the facts say.
    """

    def __init__(self, decoding: Decoding, seeds: Sequence[int], prompt_width: int) -> None:
        self._decoding, self._width = decoding, prompt_width
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self._logprobs: list[Tensor] = []

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores (rows, vocabulary) whose maximum is the chosen token of each row."""
        total = scores.logsumexp(-1, keepdim=True)
        adjusted = scores
        if self._decoding.repetition_penalty != 1:
            adjusted = self._penalize(input_ids[:, self._width :], scores - total)
        if self._decoding.temperature == 0:
            # ``generate`` takes the maximum itself; passes over a vocabulary cost time.
            chosen, result = adjusted.argmax(-1), adjusted
        else:
            chosen = self._draw(adjusted)
            result = adjusted.scatter(1, chosen[:, None], torch.inf)
        self._logprobs.append((scores.gather(1, chosen[:, None]) - total)[:, 0])
        return result

    def _penalize(self, generated: Tensor, logprobs: Tensor) -> Tensor:
        # Log-probabilities are negative, so multiplying always lowers them (Keskar et al. 2019).
        seen = logprobs.gather(1, generated)
        return logprobs.scatter(1, generated, seen * self._decoding.repetition_penalty)

    def _draw(self, scores: Tensor) -> Tensor:
        top = min(self._decoding.top_k, scores.shape[-1])
        values, tokens = scores.topk(top, dim=-1)
        weights = (values / self._decoding.temperature).softmax(-1)
        before = weights.cumsum(-1) - weights
        # The nucleus keeps every token that begins below top_p, so at least the first.
        weights = weights.masked_fill(before >= self._decoding.top_p, 0)
        draws = torch.stack([torch.rand(1, generator=row) for row in self._generators])
        limit = draws.to(weights.device) * weights.sum(-1, keepdim=True)
        place = (weights.cumsum(-1) <= limit).sum(-1).clamp(max=top - 1)
        return tokens.gather(1, place[:, None])[:, 0]

    def mean_logprobs(self) -> Callable[[list[int]], list[float]]:
        """A function from the rows' token counts to their mean log-likelihoods."""
        steps = torch.stack(self._logprobs, dim=1).cpu() if self._logprobs else None

        def means(counts: list[int]) -> list[float]:
            if steps is None:
                return [0.0] * len(counts)
            return [
                float(steps[row, :count].mean()) if count else 0.0
                for row, count in enumerate(counts)
            ]

        return means


class StopRows(StoppingCriteria):
    """Ends a row at its own token bound or behind its own stop string.

    Args:
        requests: one per row.
        prompt_width: number of prompt positions.
        decode: token rows to texts.
    """

    def __init__(
        self,
        requests: Sequence[GenerationRequest],
        prompt_width: int,
        decode: Callable[[Tensor], list[str]],
    ) -> None:
        self._bounds = torch.tensor([request.max_new_tokens for request in requests])
        self._stops = [request.stop for request in requests]
        self._width, self._decode = prompt_width, decode
        # A stop string may span tokens; its last tokens are as many as it has bytes at most.
        self._tail = max((len(s.encode()) for stops in self._stops for s in stops), default=0)

    def __call__(self, input_ids: Tensor, scores: Tensor, **kwargs: object) -> Tensor:
        """Booleans (rows,): True where the row is done."""
        new = input_ids[:, self._width :]
        done = (new.shape[1] >= self._bounds).to(input_ids.device)
        if self._tail:
            tails = self._decode(new[:, -self._tail - 1 :])
            found = [
                any(stop in tail for stop in stops)
                for stops, tail in zip(self._stops, tails, strict=True)
            ]
            done |= torch.tensor(found, device=input_ids.device)
        return done
