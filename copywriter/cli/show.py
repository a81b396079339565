"""``copywriter show``: finished records of a batch, readable."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from copywriter.brief import Language, parse_choices
from copywriter.errors import InputError

EPILOG = "Example: copywriter show copy.jsonl --rows 3 --languages de"
_KEYS = {"id", "row", "status", "drafts"}
_DRAFT_KEYS = {"language", "kind", "text", "status", "findings"}


def show(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A JSON Lines result of copywriter batch.")
    ],
    rows: Annotated[int, typer.Option(min=1, metavar="N", help="How many rows to show.")] = 10,
    languages: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Only these, by commas.", show_default="all"),
    ] = None,
) -> None:
    """Show finished copy with everything that was found about it."""
    from copywriter.cli.display import Display

    wanted = parse_choices(Language, languages, where="--languages") if languages else ()
    display, total = Display(sys.stdout), 0
    for total, record in enumerate(read_records(file), start=1):
        if total <= rows:
            display.record(record, wanted)
    if not total:
        raise InputError("has no records", file=str(file))
    if total > rows:
        display.line(f"{rows:,} of {total:,} rows shown; all are in {file}")


def read_records(file: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON Lines result, one at a time; InputError for anything else."""
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                yield _parse(line, file, number)
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror}); check the name", file=str(file)
        ) from error


def _parse(line: bytes, file: Path, number: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
        complete = record.keys() >= _KEYS and all(
            draft.keys() >= _DRAFT_KEYS
            and all({"rule", "severity", "message"} <= item.keys() for item in draft["findings"])
            for draft in record["drafts"]
        )
    except (ValueError, AttributeError, TypeError, RecursionError):
        complete = False
    if not complete:
        raise InputError(
            "is no record of copywriter batch; show reads its JSON Lines output (.jsonl)",
            file=str(file),
            row=number,
        )
    return dict(record)
