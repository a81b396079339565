"""Commands of the fine-tuning: ``python -m finetune train``, ``ship`` and ``vocabulary``."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from copywriter.errors import CopywriterError, InputError
from copywriter.resources import resource

app = typer.Typer(
    help="Fine-tune the small language model on product listing corpora.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_CONFIG = Path("finetune/configs/default.yaml")


@app.command()
def train(
    config: Annotated[Path, typer.Option(help="YAML file; see finetune/configs/.")] = _CONFIG,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the run.")] = Path(
        "runs/default"
    ),
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Replace a value, such as lora.r=64."),
    ] = None,
) -> None:
    """Train an adapter; the same command continues a run that was stopped or killed."""
    from finetune.config import load_config
    from finetune.train import Trainer

    resolved = load_config(config, parse_overrides(overrides or []))
    Trainer(resolved, output, _log).run()
    print(f"adapter: {output / 'adapter'}")


@app.command()
def ship(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.")],
    target: Annotated[Path, typer.Option("--target", "-t", help="Adapter folder to write.")] = Path(
        "copywriter/adapters/default"
    ),
) -> None:
    """Write the adapter folder of a finished run: weights, run.json, model card, checksums."""
    from finetune.ship import ship_run

    print(f"shipped: {ship_run(run, target)}")


@app.command()
def vocabulary() -> None:
    """Choose the tokens of the compact vocabulary again and write the list into the package."""
    from copywriter.vocabulary import KEPT_TOKENS
    from finetune.vocabulary import make_kept_tokens

    target = resource(KEPT_TOKENS)
    print(f"{make_kept_tokens(target):,} tokens kept: {target}")


def parse_overrides(options: list[str]) -> dict[str, Any]:
    """``["lora.r=64"]`` as ``{"lora": {"r": 64}}``; values are read as YAML."""
    result: dict[str, Any] = {}
    for option in options:
        key, found, value = option.partition("=")
        if not found or not key.strip():
            raise InputError(f"--set {option!r}: write KEY=VALUE, such as --set lora.r=64")
        *path, last = key.strip().split(".")
        place = result
        for part in path:
            place = place.setdefault(part, {})
        place[last] = yaml.safe_load(value)
    return result


def _log(line: str) -> None:
    print(time.strftime("%H:%M:%S"), line, flush=True)


def main() -> None:
    """Runs the command line; expected errors become one line and exit code 2."""
    try:
        app()
    except CopywriterError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
