"""Standard output and error: encodings, closed pipes, error messages."""

from __future__ import annotations

import io
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from copywriter.terminal import printable


def prepare_streams() -> None:
    """Lets all languages through: UTF-8 into files and pipes, replacements where impossible.

    PYTHONIOENCODING has its way.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            own = stream.isatty() or "PYTHONIOENCODING" in os.environ
            encoding = stream.encoding if own else "utf-8"
            stream.reconfigure(encoding=encoding, errors="replace")


def silence_pipes() -> None:
    """Flushes; a reader that has gone (``| head``) is no error."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (BrokenPipeError, ValueError):
            # Python flushes once more at exit and would complain then.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(message: str) -> None:
    """An error message for the user."""
    print(f"error: {printable(message)}", file=sys.stderr)


def report_fault(error: Exception) -> int:
    """Tells the user about a fault of the program; returns the exit code."""
    if os.environ.get("COPYWRITER_DEBUG"):
        traceback.print_exception(error)
        return 1
    log = _write_log(error)
    where = f"the details are in {log}" if log else "set COPYWRITER_DEBUG=1 to see the details"
    complain(
        f"this is a fault of copywriter, not of your input ({type(error).__name__}: {error}); "
        f"{where}. Please report it with them."
    )
    return 1


def _write_log(error: Exception) -> Path | None:
    """The traceback in the user's log folder; None where that cannot be written."""
    from platformdirs import user_log_path

    path = user_log_path("copywriter", appauthor=False) / "last-error.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(traceback.format_exception(error)), "utf-8", "replace")
    except OSError:
        return None
    return path
