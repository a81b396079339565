"""Make the adapter folder of a finished run: weights, ``run.json``, model card, checksums.

The folder has exactly the files of ``FILES``; ``run.json`` is written last but one and
``SHA256SUMS`` last, so a folder that has it is complete.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from copywriter.errors import InputError
from copywriter.models import resolve_base
from copywriter.prompting import load_prompter
from finetune.config import Config
from finetune.corpus import CORPORA, load_corpus, split

FILES = ("README.md", "SHA256SUMS", "adapter_config.json", "adapter_model.safetensors", "run.json")
_LIBRARIES = ("torch", "transformers", "peft", "accelerate", "tokenizers")


def ship_run(run: Path, target: Path) -> Path:
    """Writes ``target`` from the finished run in ``run``; replaces an older adapter there.

    Raises:
        InputError: the run is not finished.
    """
    source = run / "adapter"
    checkpoint = run / "checkpoint.pt"
    if not (source / "adapter_model.safetensors").is_file() or not checkpoint.is_file():
        raise InputError(
            f"{run} holds no finished run; finish it with python -m finetune train -o {run}"
        )
    import torch

    state = torch.load(checkpoint, weights_only=True, map_location="cpu")
    config = Config.model_validate_json(state["config"])
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _write_weights(source, partial)
    facts = _run_facts(config, state["progress"])
    (partial / "README.md").write_text(_model_card(facts), encoding="utf-8")
    (partial / "run.json").write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
    _write_checksums(partial)
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return target


def _write_weights(source: Path, target: Path) -> None:
    """The adapter in bf16: half the size of fp32, and what most machines compute in."""
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(source / "adapter_model.safetensors")
    halved = {name: tensor.to(torch.bfloat16).contiguous() for name, tensor in weights.items()}
    save_file(halved, target / "adapter_model.safetensors", metadata={"format": "pt"})
    config = json.loads((source / "adapter_config.json").read_text())
    # peft records where the base lay on the training machine; that path means nothing elsewhere.
    config["base_model_name_or_path"] = "gemma-3-270m"
    (target / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def _run_facts(config: Config, progress: dict[str, Any]) -> dict[str, Any]:
    names = list(dict.fromkeys(name for phase in config.phases for name in phase.corpora))
    return {
        "name": config.name,
        "base": config.base,
        "base_sha256": resolve_base(config.base).sha256,
        "prompt_version": load_prompter().version,
        "config": config.model_dump(mode="json"),
        "corpora": {name: _corpus_facts(name) for name in names},
        "git_commit": _git_commit(),
        "libraries": {name: version(name) for name in _LIBRARIES},
        "python": platform.python_version(),
        "trained": {
            "steps": progress["step"],
            "tokens": progress["tokens"],
            "seconds": round(progress["seconds"]),
            "finished_at": datetime.now(UTC).isoformat("T", "seconds"),
        },
        "loss_curve": progress["curve"],
    }


def _corpus_facts(name: str) -> dict[str, Any]:
    train, held_out = split(load_corpus([name]))
    digest = hashlib.sha256()
    for file in sorted((CORPORA / name).glob("*.jsonl")):
        digest.update(file.read_bytes())
    return {"train": len(train), "held_out": len(held_out), "sha256": digest.hexdigest()}


def _git_commit() -> str:
    result = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=CORPORA, check=False
    )
    return result.stdout.strip() or "unknown"


def _write_checksums(folder: Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.iterdir())
    ]
    (folder / "SHA256SUMS").write_text("".join(lines))


def _model_card(facts: dict[str, Any]) -> str:
    corpora = "\n".join(
        f"| `{name}` | {corpus['train']} | {corpus['held_out']} |"
        for name, corpus in facts["corpora"].items()
    )
    losses = [row["validation_loss"] for row in facts["loss_curve"] if "validation_loss" in row]
    trained = facts["trained"]
    return f"""---
library_name: peft
base_model: google/gemma-3-270m
license: gemma
language: [en, de, fr, zh]
tags: [lora, e-commerce, product-descriptions]
---

# Copywriter adapter `{facts["name"]}`

A LoRA adapter that teaches Gemma 3 270M to write product titles, bullet points and descriptions
in English, German, French and Chinese from a product's facts.

## What it learned from

The project's own hand-written corpora (`finetune/corpora/`): invented products, each with facts
and copy in four languages.

| corpus | products for training | held out |
|---|---|---|
{corpora}

{trained["steps"]} steps, {trained["tokens"]:,} tokens; the exact configuration, library versions
and the loss curve are in `run.json`. Numbers and brands were replaced by fresh ones, in facts and
texts alike, in {facts["config"]["swap_share"]:.0%} of the sequences.

## How it was evaluated

Loss per token on held-out products: {losses[-1] if losses else "not measured"}. Texts must be
checked before they are published: the model is small and errs, above all in which value belongs
to which attribute. Copywriter checks every draft and marks what it finds; see the README for what
to expect of the texts.

## Limits

- Styles other than functional and promotional were not, or hardly, trained.
- It fits the base and the prompt version in `run.json` only; others are refused.

## Licence

The adapter is a Model Derivative of Gemma: Gemma is provided under and subject to the Gemma Terms
of Use found at ai.google.dev/gemma/terms, and the use restrictions of the Gemma Prohibited Use
Policy apply.
"""
