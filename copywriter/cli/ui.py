"""``copywriter ui``: the page in the browser."""

from __future__ import annotations

from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from copywriter.cli import options
from copywriter.errors import CopywriterError, InputError

EPILOG = "Example: copywriter ui --port 8000"


def ui(
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Address to listen on; the default is this machine only."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=1, max=65535, metavar="PORT", help="Port to listen on.")
    ] = 7860,
    engine: options.Engine = "transformers",
    model: options.Model = "embedded",
    adapter: options.Adapter = "default",
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help="Listen beyond this machine without a password."),
    ] = False,
) -> None:
    """Open the page for single products in the browser."""
    from copywriter.resources import resource

    if util.find_spec("gradio") is None:
        raise InputError(
            "the page needs Gradio, which is not installed; run: pip install 'copywriter[ui]'"
        )
    load_page(resource("app.py")).main(
        host=host, port=port, engine=engine, model=model, adapter=adapter, insecure=insecure
    )


def load_page(path: Path) -> ModuleType:
    """The module in ``path``, which is no part of the package."""
    spec = util.spec_from_file_location("copywriter_app", path)
    if spec is None or spec.loader is None:
        raise CopywriterError(f"{path} cannot be loaded; install copywriter again")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
