"""Train a LoRA adapter: ``python -m finetune train --config finetune/configs/default.yaml``.

A plain loop instead of the transformers Trainer: sequences with shared facts need their own
attention mask and logits only where there is a label, and a run must resume after a kill with the
same result. The order of all batches follows from the seed, so a checkpoint is the step, the
adapter and the optimizer. ``accelerate launch`` spreads the batches over several GPUs.
"""

from __future__ import annotations

import json
import math
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator

from copywriter.models import best_dtype, load_base, resolve_base
from copywriter.prompting import Prompter, load_prompter
from finetune.config import Config, Phase
from finetune.corpus import CorpusRecord, load_corpus, split
from finetune.encode import Example, Sampling, batches_by_tokens, epoch_sequences
from finetune.loss import Batch, CopyLoss

Log = Callable[[str], None]


@dataclass
class Progress:
    """What a run has done; saved with every checkpoint."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    best_validation_loss: float = math.inf
    validations_without_gain: int = 0
    curve: list[dict[str, float]] = field(default_factory=list)


class Trainer:
    """One training run in one output folder.

    Args:
        config: everything the result depends on.
        output: folder for checkpoints, logs and the adapter; an existing checkpoint in it is
            continued when its configuration is the same.
        log: takes one line of progress at a time.
    """

    def __init__(self, config: Config, output: Path, log: Log = print) -> None:
        self.config, self.output, self.log = config, output, log
        self.accelerator = Accelerator()
        self.prompter: Prompter = load_prompter()
        self.base = resolve_base(config.base)
        dtype = best_dtype(self.accelerator.device)
        if config.dtype != "auto":
            dtype = getattr(torch, config.dtype)
        torch.manual_seed(config.seed)
        self.tokenizer, base_model = load_base(self.base, dtype)
        self.model = _with_lora(base_model, config, dtype)
        if config.compile_layers:
            for layer in self.model.get_base_model().get_decoder().layers:
                layer.compile(dynamic=False)
        self.optimizer = MasterAdamW(self.model, config)
        self.loss = self.accelerator.prepare(CopyLoss(self.model))
        self.progress = Progress()
        self.batches = list(self._plan())

    def _plan(self) -> Iterator[list[Example]]:
        """All batches of all phases, in order; the same for the same configuration."""
        config = self.config
        for number, phase in enumerate(config.phases):
            train, _ = split(load_corpus(phase.corpora))
            for epoch in range(math.ceil(phase.epochs)):
                rng = random.Random(f"{config.seed}/{number}/{epoch}")
                batches = self._epoch(train, phase, rng)
                share = min(1.0, phase.epochs - epoch)
                yield from batches[: max(1, round(share * len(batches)))]

    def _epoch(
        self, records: Sequence[CorpusRecord], phase: Phase, rng: random.Random
    ) -> list[list[Example]]:
        sampling = Sampling(
            swap=self.config.swap_share,
            max_tokens=self.config.max_sequence_tokens,
            languages=self.config.languages_per_sequence,
            styles=tuple(phase.styles),
        )
        examples = epoch_sequences(records, self.tokenizer, self.prompter, sampling, rng)
        config = self.config
        return batches_by_tokens(examples, config.batch_tokens, rng, config.pad_multiple)

    def run(self) -> Progress:
        """Trains to the end, from the last checkpoint where there is one."""
        self.output.mkdir(parents=True, exist_ok=True)
        self._resume()
        steps = len(self.batches)
        self.log(f"{steps} steps, {len(self.model.peft_config['default'].target_modules)} kinds of "
                 f"layers, {self.optimizer.size:,} trainable parameters")  # fmt: skip
        while self.progress.step < steps:
            self._step(self.batches[self.progress.step], steps)
            done = self.progress.step
            if done % self.config.validate_every_steps == 0 or done == steps:
                self._validate()
            if done % self.config.checkpoint_every_steps == 0 or done == steps:
                self._save()
            if self.config.patience and (
                self.progress.validations_without_gain >= self.config.patience
            ):
                self.log(f"stopping early at step {done}: no better validation loss")
                self._save()
                break
        self._write_adapter()
        return self.progress

    def _step(self, examples: list[Example], steps: int) -> None:
        started = time.perf_counter()
        share = examples[self.accelerator.process_index :: self.accelerator.num_processes]
        batch = self._to_batch(share or examples[:1])
        self.loss.train()
        mean = self._batch_loss(batch) / batch.label_count
        self.accelerator.backward(mean)
        self.optimizer.step(self._learning_rate(steps))
        progress = self.progress
        progress.step += 1
        tokens = sum(len(example.ids) for example in examples)
        progress.tokens += tokens
        seconds = time.perf_counter() - started
        progress.seconds += seconds
        progress.curve.append(
            {"step": progress.step, "loss": round(float(mean.detach()), 4), "tokens": tokens,
             "seconds": round(seconds, 3)}
        )  # fmt: skip
        if progress.step % 10 == 0:
            recent = progress.curve[-10:]
            loss = sum(row["loss"] for row in recent) / len(recent)
            speed = sum(row["tokens"] for row in recent) / sum(row["seconds"] for row in recent)
            left = progress.seconds / progress.step * (steps - progress.step) / 60
            self.log(f"step {progress.step}/{steps} loss {loss:.3f} {speed:.0f} tokens/s "
                     f"{left:.0f} min left")  # fmt: skip

    def _to_batch(self, examples: Sequence[Example]) -> Batch:
        return Batch(examples, int(self.tokenizer.pad_token_id), self.config.pad_multiple)

    def _batch_loss(self, batch: Batch) -> torch.Tensor:
        device = self.accelerator.device
        parts = (batch.ids, batch.labels, batch.positions, batch.mask())
        result: torch.Tensor = self.loss(*(part.to(device) for part in parts))
        return result

    def _learning_rate(self, steps: int) -> float:
        """Linear warm-up, then cosine to a tenth of the peak."""
        settings = self.config.optimizer
        warmup = max(1, round(settings.warmup_share * steps))
        step = self.progress.step
        if step < warmup:
            return settings.learning_rate * (step + 1) / warmup
        along = (step - warmup) / max(1, steps - warmup)
        return settings.learning_rate * (0.1 + 0.45 * (1 + math.cos(math.pi * along)))

    def validation_examples(self) -> list[Example]:
        """Held-out products of the last phase's corpora, without swaps, fixed by the seed."""
        phase = self.config.phases[-1]
        _, held_out = split(load_corpus(phase.corpora))
        sampling = Sampling(0.0, self.config.max_sequence_tokens,
                            self.config.languages_per_sequence, tuple(phase.styles))  # fmt: skip
        rng = random.Random(0)
        examples = epoch_sequences(held_out, self.tokenizer, self.prompter, sampling, rng)
        return examples[: self.config.validation_sequences]

    def _validate(self) -> None:
        examples = self.validation_examples()
        self.loss.eval()
        total, count = 0.0, 0
        with torch.no_grad():
            for chosen in batches_by_tokens(examples, self.config.batch_tokens, random.Random(0)):
                batch = self._to_batch(chosen)
                total += float(self._batch_loss(batch))
                count += batch.label_count
        loss = total / count
        progress = self.progress
        progress.curve[-1]["validation_loss"] = round(loss, 4)
        if loss < progress.best_validation_loss:
            progress.best_validation_loss, progress.validations_without_gain = loss, 0
        else:
            progress.validations_without_gain += 1
        self.log(f"step {progress.step} validation loss {loss:.4f}")

    def _save(self) -> None:
        """One file, replaced by a rename, so that a kill leaves the old or the new checkpoint."""
        if not self.accelerator.is_main_process:
            return
        state = {
            "config": self.config.model_dump_json(),
            "progress": vars(self.progress),
            "optimizer": self.optimizer.state_dict(),
        }
        target = self.output / "checkpoint.pt"
        partial = target.with_suffix(".partial")
        with partial.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
        (self.output / "curve.json").write_text(json.dumps(self.progress.curve))

    def _resume(self) -> None:
        path = self.output / "checkpoint.pt"
        if not path.is_file():
            return
        state = torch.load(path, weights_only=True, map_location="cpu")
        if state["config"] != self.config.model_dump_json():
            from copywriter.errors import RunMismatch

            raise RunMismatch(
                f"{self.output} holds a run with another configuration; give another -o or "
                "remove that folder"
            )
        self.progress = Progress(**state["progress"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.log(f"continuing at step {self.progress.step}")

    def _write_adapter(self) -> None:
        if self.accelerator.is_main_process:
            self.model.save_pretrained(str(self.output / "adapter"), safe_serialization=True)


def _with_lora(model: Any, config: Config, dtype: torch.dtype) -> Any:
    from peft import LoraConfig, get_peft_model

    settings = config.lora
    wrapped = get_peft_model(
        model,
        LoraConfig(
            r=settings.r,
            lora_alpha=settings.alpha,
            lora_dropout=settings.dropout,
            use_rslora=settings.use_rslora,
            use_dora=settings.use_dora,
            target_modules=settings.target_modules,
            task_type="CAUSAL_LM",
        ),
        # peft would make bf16 adapters fp32, and with them every product they take part in.
        autocast_adapter_dtype=False,
    )
    return wrapped.to(dtype)


class MasterAdamW:
    """AdamW whose moments and master copies are fp32 whatever the adapters' precision.

    Args:
        model: with LoRA adapters as its only trainable parameters.
        config: its optimizer settings.
    """

    def __init__(self, model: Any, config: Config) -> None:
        self._settings = config.optimizer
        self._live = [item for item in model.parameters() if item.requires_grad]
        self._masters = [item.detach().float().clone().requires_grad_() for item in self._live]
        self._adam = torch.optim.AdamW(
            self._masters,
            lr=self._settings.learning_rate,
            betas=(0.9, 0.99),
            weight_decay=self._settings.weight_decay,
        )

    @property
    def size(self) -> int:
        """Number of trainable parameters."""
        return sum(item.numel() for item in self._live)

    def step(self, learning_rate: float) -> None:
        """One update from the gradients of the live parameters, which are cleared."""
        for master, live in zip(self._masters, self._live, strict=True):
            master.grad = None if live.grad is None else live.grad.float()
            live.grad = None
        torch.nn.utils.clip_grad_norm_(self._masters, self._settings.max_grad_norm)
        for group in self._adam.param_groups:
            group["lr"] = learning_rate
        self._adam.step()
        self._publish()

    def _publish(self) -> None:
        with torch.no_grad():
            for master, live in zip(self._masters, self._live, strict=True):
                live.copy_(master)

    def state_dict(self) -> dict[str, Any]:
        """Masters and moments."""
        masters = [item.detach() for item in self._masters]
        return {"masters": masters, "adam": self._adam.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """The inverse of ``state_dict``; also sets the live parameters."""
        with torch.no_grad():
            for master, saved in zip(self._masters, state["masters"], strict=True):
                master.copy_(saved)
        self._adam.load_state_dict(state["adam"])
        self._publish()
