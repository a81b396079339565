"""XLSX: the first visible sheet, or a named one, as records of cell texts.

Numbers and dates come as in ``cells``; true and false are ``yes`` and ``no``. A formula gives the
value that was saved with it and is empty where none was; an error cell (#N/A) is empty.
"""

from __future__ import annotations

import difflib
import warnings
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from copywriter.errors import InputError
from copywriter.tables.cells import date_text, number_text
from copywriter.tables.rows import Record

MAX_SHEET_ROWS = 1_048_576
_BLOCK_ROWS = 64
_MIB = 1 << 20
# openpyxl reads sheets as a stream but holds every other part (shared strings, styles) whole.
_MAX_HELD_BYTES = 256 * _MIB
_MAX_SHEET_BYTES = 4096 * _MIB
# Sheets compress 10 to 30 times; deflate reaches 1,000 only on bytes that repeat.
_SMALL_BYTES, _MAX_RATIO = 50 * _MIB, 100


def read_records(path: Path, sheet: str | None = None) -> Iterator[Record]:
    """(row number, cells) from row 1 on, blank rows as rows without cells.

    Raises:
        InputError: no workbook, protected by a password, damaged, larger unpacked than is
            sensible, or without the sheet.
    """
    _check_archive(path)
    try:
        yield from _read(path, sheet)
    except InputError:
        raise
    except Exception as error:
        # A damaged workbook makes openpyxl raise whatever its parsers meet: KeyError, ValueError,
        # TypeError, AttributeError, ParseError, zlib.error, ...
        raise InputError(
            f"the workbook is damaged ({type(error).__name__}: {error}); open it in a spreadsheet "
            "program and save it again",
            file=str(path),
        ) from error


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError):
        raise InputError(
            "is no XLSX workbook, or is protected by a password; save it as .xlsx without one",
            file=str(path),
        ) from None
    for part in parts:
        size, packed = part.file_size, max(part.compress_size, 1)
        in_sheets = part.filename.startswith("xl/worksheets/")
        limit = _MAX_SHEET_BYTES if in_sheets else _MAX_HELD_BYTES
        if size > limit or (size > _SMALL_BYTES and size / packed > _MAX_RATIO):
            raise InputError(
                f"unpacks to {size / _MIB:,.0f} MiB in {part.filename}, more than is sensible; "
                "save the table as CSV",
                file=str(path),
            )


def _read(path: Path, sheet: str | None) -> Iterator[Record]:
    from openpyxl import load_workbook

    # openpyxl leaves a file open that it opened itself and then could not load.
    with path.open("rb") as stream:
        with _quiet():
            workbook = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        worksheet = _pick(workbook, sheet, str(path))
        # Some programs state a wrong size of the sheet; without it openpyxl reads to the end.
        worksheet.reset_dimensions()
        for number, cells in enumerate(_quiet_rows(worksheet.iter_rows()), start=1):
            if number > MAX_SHEET_ROWS:
                raise InputError(
                    f"the sheet has more than {MAX_SHEET_ROWS:,} rows; save it as CSV",
                    file=str(path),
                )
            yield number, [_text(cell) for cell in cells]


def _quiet_rows(rows: Iterator[Any]) -> Iterator[Any]:
    # Warnings may only be off while openpyxl runs, not while this generator waits.
    while True:
        with _quiet():
            block = list(islice(rows, _BLOCK_ROWS))
        if not block:
            return
        yield from block


def _quiet() -> warnings.catch_warnings[None]:
    # openpyxl warns about styles and extensions that it does not know; none of them is a value.
    return warnings.catch_warnings(action="ignore")


def _pick(workbook: Any, sheet: str | None, file: str) -> Any:
    sheets = {worksheet.title: worksheet for worksheet in workbook.worksheets}
    if sheet is None:
        visible = [found for found in sheets.values() if found.sheet_state == "visible"]
        if not visible:
            raise InputError("the workbook has no visible sheet", file=file)
        return visible[0]
    if sheet not in sheets:
        close = difflib.get_close_matches(sheet, sheets, n=1)
        hint = f" Did you mean: {close[0]}?" if close else ""
        raise InputError(f"has no sheet {sheet!r}.{hint} Sheets: {', '.join(sheets)}", file=file)
    return sheets[sheet]


def _text(cell: Any) -> str:
    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number_text(value, cell.number_format or "General")
    return date_text(value)
