"""The training objective: loss on the copy only, logits only where there is a label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from finetune.encode import IGNORED, Example

# Rows of logits that exist at once.
_ROWS = 256


class Batch:
    """Examples padded to one width, as tensors of shape (rows, width)."""

    def __init__(self, examples: Sequence[Example], pad_id: int, multiple: int = 8) -> None:
        width = -(-max(len(example.ids) for example in examples) // multiple) * multiple

        def tensor(rows: list[list[int]], fill: int) -> Tensor:
            return torch.tensor([row + [fill] * (width - len(row)) for row in rows])

        self.ids = tensor([example.ids for example in examples], pad_id)
        self.labels = tensor([example.labels for example in examples], IGNORED)
        self.positions = tensor([example.positions for example in examples], 0)
        # Padding gets a branch of its own, so that no text attends to it.
        self.branches = tensor([example.branches for example in examples], -1)

    @property
    def label_count(self) -> int:
        """Number of tokens that the loss is taken over."""
        return int((self.labels != IGNORED).sum())

    def mask(self) -> Tensor:
        """Who attends to whom, (rows, 1, width, width): a token sees the facts and its own
        branch, never what comes after it. Padding sees itself, so that no row is empty."""
        own = self.branches[:, :, None] == self.branches[:, None, :]
        facts = (self.branches == 0)[:, None, :] & (self.branches >= 0)[:, :, None]
        width = self.ids.shape[1]
        causal = torch.ones(width, width, dtype=torch.bool).tril()
        return ((own | facts) & causal)[:, None]


class CopyLoss(nn.Module):
    """Summed cross entropy over the labelled tokens of a batch.

    A module of its own, so that accelerate can wrap it for several GPUs.

    Args:
        model: a causal language model with or without PEFT adapters.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, labels: Tensor, positions: Tensor, mask: Tensor) -> Tensor:
        """The sum of -log p over labels; divide by their number for the mean."""
        causal = (
            self.model.get_base_model() if hasattr(self.model, "get_base_model") else self.model
        )
        hidden = causal.get_decoder()(
            input_ids=ids, position_ids=positions, attention_mask=mask, use_cache=False
        ).last_hidden_state
        # The label at a position is predicted from the position before it.
        chosen = labels[:, 1:] != IGNORED
        head = causal.get_output_embeddings().weight
        head_loss: Any = _HeadLoss.apply
        loss: Tensor = head_loss(hidden[:, :-1][chosen], head, labels[:, 1:][chosen])
        return loss


class _HeadLoss(torch.autograd.Function):
    """Output projection and cross entropy over a frozen head, a slice of rows at a time.

    The gradient with respect to the hidden states is known as soon as a slice's probabilities
    are, so it is taken in the forward pass and logits (rows x vocabulary) are never kept: a few
    MB at a time instead of several copies of 300 MB, whose page faults cost more than the
    products do (the idea of Liger Kernel's fused linear cross entropy).
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, head: Tensor, targets: Tensor) -> Tensor:
        loss = torch.zeros((), dtype=torch.float32, device=hidden.device)
        gradient = torch.empty_like(hidden)
        for start in range(0, len(targets), _ROWS):
            rows = slice(start, start + _ROWS)
            logits = (hidden[rows] @ head.T).float()
            total = logits.logsumexp(-1)
            picked = targets[rows, None]
            loss += (total - logits.gather(1, picked)[:, 0]).sum()
            logits.sub_(total[:, None]).exp_()
            logits.scatter_add_(1, picked, logits.new_full((), -1.0).expand(len(picked), 1))
            gradient[rows] = logits.to(head.dtype) @ head
        ctx.save_for_backward(gradient)
        return loss

    @staticmethod
    def backward(ctx: Any, *outer: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * outer[0].to(gradient.dtype), None, None
