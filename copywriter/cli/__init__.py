"""The command line: ``copywriter write | batch | show | models | ui``.

One file per command, each thin; this file alone turns errors into messages and exit codes:
0 all ok, 1 a fault of the program, 2 bad usage or input, 3 finished with row errors,
130 stopped with Ctrl-C.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from copywriter import __version__
from copywriter.cli import batch, models, show, ui, write
from copywriter.cli.streams import complain, prepare_streams, report_fault, silence_pipes
from copywriter.errors import CopywriterError

__all__ = ["app", "main", "run"]

app = typer.Typer(
    name="copywriter",
    help=(
        "Write product copy in Chinese, German, French and English from product facts, on this "
        "machine, without a network."
    ),
    epilog="Every command explains itself: copywriter COMMAND --help",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("write", epilog=write.EPILOG)(write.write)
app.command("batch", epilog=batch.EPILOG)(batch.batch)
app.command("show", epilog=show.EPILOG)(show.show)
app.command("ui", epilog=ui.EPILOG)(ui.ui)
app.add_typer(models.app, name="models")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"copywriter {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Options of the program itself."""


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code; no exception leaves this function."""
    try:
        app(args=list(arguments), prog_name="copywriter")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    except CopywriterError as error:
        complain(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return report_fault(error)
    return 0


def main() -> None:
    """The command ``copywriter``."""
    prepare_streams()
    code = run(sys.argv[1:])
    silence_pipes()
    sys.exit(code)
