"""``copywriter models``: the models that can write, and the embedded one's preparation."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from copywriter.cli import options
from copywriter.terminal import printable

app = typer.Typer(
    help="See which models there are, and prepare the embedded one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the models that work without a network.

    Other models are given to --model as a folder or a hub id.
    """
    from copywriter.models import list_models

    found = list_models()
    if as_json:
        _print_json(found)
        return
    for entry in found:
        print(printable("  ".join(str(value) for value in entry.values())))


@app.command(epilog="Example: copywriter models info --model Qwen/Qwen3-0.6B --adapter none")
def info(
    model: options.Model = "embedded",
    adapter: options.Adapter = "default",
    as_json: AsJson = False,
) -> None:
    """Tell what is known about a model and its adapter, without loading them."""
    from copywriter.models import describe_model

    facts = describe_model(model, adapter)
    if as_json:
        _print_json(facts)
    else:
        _print_facts(facts)


@app.command(epilog="Example: copywriter models prepare")
def prepare() -> None:
    """Prepare the embedded model now instead of at its first use.

    Done once per user: it takes a minute or two, needs no network, and may be stopped and
    started again at any time.
    """
    from copywriter.batch import make_reporter
    from copywriter.models import prepare_embedded

    with make_reporter(sys.stderr) as reporter:
        folder = prepare_embedded(options.StepNotes(reporter.note))
    print(f"The embedded model is ready in {printable(str(folder))}")


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


def _print_facts(facts: Mapping[str, Any]) -> None:
    width = max(map(len, facts))
    for key, value in facts.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        print(printable(f"{key:<{width}}  {text}"))
