"""Commands of the evaluation: ``python -m eval speed``."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from copywriter.errors import CopywriterError

app = typer.Typer(
    help="Evaluate models and measure their speed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def evaluate() -> None:
    """Evaluate models and measure their speed."""


@app.command()
def speed(
    batch: Annotated[int, typer.Option(min=1, help="Prompts that are generated together.")] = 32,
    tokens: Annotated[int, typer.Option(min=1, help="New tokens per prompt.")] = 128,
    rounds: Annotated[int, typer.Option(min=1, help="Measured rounds of each model.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tokens/s of the embedded model with its compact and with its full vocabulary.

    Both generate the same number of tokens for the same prompts in one process, in turn, so that
    the ratio holds on a noisy machine. The first use prepares the full vocabulary (about 600 MB
    in the cache).
    """
    from eval.speed import measure_vocabularies

    result = measure_vocabularies(
        batch, tokens, rounds, log=lambda line: print(line, file=sys.stderr)
    )
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
        return
    print(f"machine: {result['machine']}")
    print(f"batch {batch}, {tokens} new tokens, median of {rounds} rounds")
    for row in result["engines"]:
        print(
            f"{row['name']:<24} {row['tokens_per_second']:8.1f} tokens/s   "
            f"loaded in {row['load_seconds']:.1f} s"
        )
    print(f"compact / full: {result['ratio']:.2f} (rounds: {result['ratios']})")


def main() -> None:
    """Runs the command line; expected errors become one line and exit code 2."""
    try:
        app()
    except CopywriterError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
