"""Speed of engines on the same prompts in one run, as ratios: ``python -m eval speed``.

Machines are noisy and differ; what holds is the ratio of two models that took turns in one
process. Models run in the engine that everything else uses and generate exactly ``tokens`` tokens
per prompt: the end mark is ignored, so that a model that ends its texts early is not measured on
fewer tokens.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from copywriter.brief import Brief, Kind, Language, Length, Style
from copywriter.embedded import prepare_embedded
from copywriter.engines import Decoding, GenerationRequest
from copywriter.engines.transformers import TransformersEngine
from copywriter.models import load_model
from copywriter.product import Product
from copywriter.prompting import load_prompter

FULL_VOCABULARY = 262_144


def measure_vocabularies(
    batch: int, tokens: int, rounds: int, log: Callable[[str], None]
) -> dict[str, Any]:
    """Compact against full vocabulary of the embedded model; JSON values.

    Args:
        batch: prompts in one batch.
        tokens: new tokens per prompt.
        rounds: measured turns of each model after one that is not counted.
        log: takes lines of progress.
    """

    def report(step: str, share: float) -> None:
        log(f"{share:4.0%} {step}")

    folders = {
        "compact vocabulary": prepare_embedded(report),
        "full vocabulary": prepare_embedded(report, kept=tuple(range(FULL_VOCABULARY))),
    }
    models, rows = {}, []
    for name, folder in folders.items():
        started = time.perf_counter()
        loaded = load_model(str(folder), "none")
        models[name] = TransformersEngine(loaded=loaded, max_batch=batch, ignore_end=True)
        rows.append({"name": name, "load_seconds": round(time.perf_counter() - started, 2)})
    speeds: dict[str, list[float]] = {name: [] for name in models}
    for turn in range(rounds + 1):
        for name, engine in models.items():
            speed = _tokens_per_second(engine, batch, tokens)
            log(f"round {turn} {name}: {speed:.1f} tokens/s" + (" (warm-up)" if not turn else ""))
            if turn:
                speeds[name].append(speed)
    for row in rows:
        row["tokens_per_second"] = round(statistics.median(speeds[str(row["name"])]), 1)
    compact, full = speeds["compact vocabulary"], speeds["full vocabulary"]
    ratios = [round(fast / slow, 2) for fast, slow in zip(compact, full, strict=True)]
    return {
        "machine": describe_machine(),
        "batch": batch,
        "tokens": tokens,
        "engines": rows,
        "ratios": ratios,
        "ratio": round(statistics.median(ratios), 2),
    }


def _tokens_per_second(engine: TransformersEngine, batch: int, tokens: int) -> float:
    requests = [GenerationRequest(_prompt(place), tokens, seed=place) for place in range(batch)]
    started = time.perf_counter()
    candidates = engine.generate(requests, Decoding())
    return sum(candidate.tokens for candidate in candidates) / (time.perf_counter() - started)


def _prompt(place: int) -> str:
    """One of many prompts that differ in language and facts but hardly in length."""
    languages = tuple(Language)
    product = Product(
        id=str(place),
        name=f"Folding chair {place}",
        brand="Nordhaf",
        language=Language.EN,
        attributes=(("Material", "beech"), ("Seat height", f"{40 + place} cm"), ("Color", "gray")),
    )
    brief = Brief(
        languages[place % len(languages)], Kind.DESCRIPTION, Style.FUNCTIONAL, Length.SHORT
    )
    return load_prompter().render_prompt(product, brief)


def describe_machine() -> str:
    """Processor, cores, precision-relevant features and library versions."""
    import torch
    import transformers

    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        lines = info.read_text(encoding="utf-8", errors="replace").splitlines()
        name = next(
            (x.partition(":")[2].strip() for x in lines if x.startswith("model name")), name
        )
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return (
        f"{name}, {torch.get_num_threads()} threads, "
        f"{torch.backends.cpu.get_cpu_capability()}, {device}, torch {torch.__version__}, "
        f"transformers {transformers.__version__}, Python {platform.python_version()}"
    )
