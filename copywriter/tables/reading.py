"""Read any table as Rows.

    table = open_table(Path("catalog.csv"))
    mapping = table.mapping(parse_map(["name=Produkt"]))
    for row in table.rows: ...

``open_table`` reads as far as the first row and no further, so the columns are known before the
rows and the file is read once (a text file also once before that, in pieces, to find its
encoding). Memory does not grow with the number of rows.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from copywriter.errors import InputError
from copywriter.tables import delimited, jsonlines, parquet, workbooks
from copywriter.tables.columns import ColumnMapping
from copywriter.tables.encodings import resolve_encoding
from copywriter.tables.rows import Header, Record, Row

JSON_LINES = (".jsonl", ".ndjson")
READABLE = (".csv", ".tsv", ".xlsx", ".xlsm", ".parquet", *JSON_LINES)
_SPREADSHEETS = (".xlsx", ".xlsm")
_PEEKED_ROWS = 100

Item = TypeVar("Item")


@dataclass(frozen=True)
class Table:
    """An open table.

    Args:
        file: its name, for errors.
        headers: the columns in order; of JSON Lines, the keys of the first 100 objects.
        rows: every row, once; reading ahead of the first row has already happened.
        fixed_columns: False for JSON Lines, where every row brings its own keys.
    """

    file: str
    headers: tuple[str, ...]
    rows: Iterator[Row]
    fixed_columns: bool = True

    def mapping(self, overrides: Mapping[str, str] | None = None) -> ColumnMapping:
        """What each column means; see ColumnMapping.

        An object of JSON Lines without a name is that row's error, not the table's.
        """
        recognise = (
            ColumnMapping.from_headers if self.fixed_columns else ColumnMapping.from_overrides
        )
        try:
            return recognise(self.headers, overrides or {})
        except InputError as error:
            raise error.at(file=self.file) from None


def open_table(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> Table:
    """Open CSV, TSV, XLSX, Parquet or JSON Lines, by the ending of ``path``.

    Args:
        path: a regular file.
        encoding: of CSV, TSV and JSON Lines; None detects UTF-8, UTF-16, GB18030, Windows-1252.
        sheet: of a workbook; None takes the first visible one.

    Blank rows are skipped. Two products with the same id are both read: ids are the user's
    matter. A row that cannot be read is a Row with an error; the rows after it still come.

    Raises:
        InputError: the file is missing, a folder, empty, of an unknown kind, damaged, not
            decodable, without the sheet, or has a header but no rows. While rows are read: the
            file breaks off or changes.
    """
    ending = _ending(path)
    if sheet is not None and ending not in _SPREADSHEETS:
        raise InputError(f"--sheet {sheet!r} is only for workbooks (.xlsx)", file=str(path))
    if encoding is not None and ending in (*_SPREADSHEETS, ".parquet"):
        raise InputError(f"--encoding is not for {ending}; leave it out", file=str(path))
    if ending in JSON_LINES:
        return _open_json_lines(path, resolve_encoding(path, encoding))
    if ending in _SPREADSHEETS:
        records = workbooks.read_records(path, sheet)
    elif ending == ".parquet":
        records = parquet.read_records(path)
    else:
        delimiter = "\t" if ending == ".tsv" else None
        records = delimited.read_records(
            path, resolve_encoding(path, encoding), delimiter=delimiter
        )
    return _open_records(path, _guarded(records, path))


def read_rows(
    path: Path, *, encoding: str | None = None, sheet: str | None = None
) -> Iterator[Row]:
    """The rows of ``open_table``, for callers that do not need the columns beforehand."""
    return open_table(path, encoding=encoding, sheet=sheet).rows


def _ending(path: Path) -> str:
    if path.is_dir():
        raise InputError("is a folder; give a file", file=str(path))
    if not path.exists():
        raise InputError("does not exist; check the name and the folder", file=str(path))
    if not path.is_file():
        raise InputError("is no regular file; save the table to a file first", file=str(path))
    ending = path.suffix.lower()
    if ending not in READABLE:
        close = difflib.get_close_matches(ending, READABLE, n=1)
        hint = f" Did you mean: {close[0]}?" if close else ""
        raise InputError(
            f"the ending {ending!r} is unknown.{hint} Tables end in: {', '.join(READABLE)}",
            file=str(path),
        )
    try:
        with path.open("rb") as stream:
            empty = not stream.read(1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=str(path)) from error
    if empty:
        raise InputError("is empty; it needs a header and rows", file=str(path))
    return ending


def _open_records(path: Path, records: Iterator[Record]) -> Table:
    number, cells = next(records, (1, []))
    while not isinstance(cells, InputError) and not any(cell.strip() for cell in cells):
        following = next(records, None)
        if following is None:
            raise InputError("has no header; the first row must name the columns", file=str(path))
        number, cells = following
    if isinstance(cells, InputError):
        raise cells
    header = Header.from_cells(cells, file=str(path), row=number)
    rows = _rows(header, records)
    names = tuple(name for name in header.names if name)
    return Table(str(path), names, _not_empty(path, rows, 1))


def _rows(header: Header, records: Iterator[Record]) -> Iterator[Row]:
    for number, cells in records:
        if isinstance(cells, InputError):
            yield Row(number, {}, cells)
        elif row := header.row(number, cells):
            yield row


def _open_json_lines(path: Path, encoding: str) -> Table:
    rows = _guarded(jsonlines.read_objects(path, encoding), path)
    peeked = list(islice(rows, _PEEKED_ROWS))
    headers = tuple(dict.fromkeys(key for row in peeked for key in row.values))
    return Table(str(path), headers, _not_empty(path, chain(peeked, rows), 0), fixed_columns=False)


def _not_empty(path: Path, rows: Iterator[Row], header_rows: int) -> Iterator[Row]:
    first = next(rows, None)
    if first is None:
        what = "has a header but no rows" if header_rows else "has no rows"
        raise InputError(f"{what}; there is nothing to write", file=str(path))
    return chain([first], rows)


def _guarded(items: Iterator[Item], path: Path) -> Iterator[Item]:
    """What the operating system or a file that changed underneath raises, as InputError."""
    try:
        yield from items
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"cannot be read to its end ({error}); did it change meanwhile?", file=str(path)
        ) from error
