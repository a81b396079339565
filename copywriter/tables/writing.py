"""Write batch records as JSON Lines, CSV, TSV, XLSX or Parquet.

    with open_writer(Path("copy.csv"), languages=languages, kinds=kinds) as writer:
        writer.write(record)

JSON Lines holds each record as it is. The other formats are flat views of it, one row per
product: ``id``, ``row``, ``status``, ``name``, one column per language and kind
(``title_de``, ``description_de``, ...), ``findings`` as readable text, and ``error``; the
provenance is in JSON Lines alone.

CSV (UTF-8 with a byte order mark, so that Excel opens it), TSV and XLSX are made safe for
spreadsheets by ``spreadsheet_safe``; JSON Lines and Parquet stay raw.
"""

from __future__ import annotations

import csv
import difflib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from copywriter.errors import InputError
from copywriter.tables.flat import TextColumns, column_names, flatten, spreadsheet_safe, xlsx_text
from copywriter.tables.reading import JSON_LINES

FLAT_FORMATS = (".csv", ".tsv", ".xlsx", ".parquet")
WRITABLE = (*JSON_LINES, *FLAT_FORMATS)
MAX_XLSX_ROWS = 1_048_576
_PARQUET_BATCH_ROWS = 1_000


class TableWriter(Protocol):
    """Writes records one by one; a context manager that closes."""

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one record."""
        ...

    def close(self) -> None:
        """Complete the file; only then it is whole."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class _Closing:
    """Closes at the end of a ``with`` block, also after an error."""

    def close(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_writer(
    path: Path,
    *,
    ending: str | None = None,
    languages: Iterable[str],
    kinds: Iterable[str],
) -> TableWriter:
    """A writer of the format of ``ending``, by default that of ``path``; replaces the file.

    Args:
        path: where to write, perhaps under a temporary name.
        ending: ending of the final name, such as ``.csv``.
        languages: outer order of the text columns.
        kinds: inner order of the text columns.

    Raises:
        InputError: an unknown ending, or a file that cannot be created.
    """
    ending = _known_ending(path if ending is None else Path("out" + ending))
    kinds = tuple(kinds)
    columns = tuple((str(language), str(kind)) for language in languages for kind in kinds)
    try:
        if ending in JSON_LINES:
            return JsonLinesWriter(path)
        if ending == ".xlsx":
            return XlsxWriter(path, columns)
        if ending == ".parquet":
            return ParquetWriter(path, columns)
        return DelimitedWriter(path, columns, delimiter="\t" if ending == ".tsv" else ",")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", file=str(path)) from error


def check_output(path: Path) -> None:
    """Whether ``open_writer`` could write to ``path``, asked before the work begins.

    Raises:
        InputError: an unknown ending (lists the known ones), a folder, or in no folder.
    """
    _known_ending(path)
    if path.is_dir():
        raise InputError("is a folder; give the name of a file", file=str(path))
    if not path.absolute().parent.is_dir():
        raise InputError(
            f"cannot be written, there is no folder {path.parent}; create it first", file=str(path)
        )


def _known_ending(path: Path) -> str:
    ending = path.suffix.lower()
    if ending not in WRITABLE:
        close = difflib.get_close_matches(ending, WRITABLE, n=1)
        hint = f" Did you mean: {close[0]}?" if close else ""
        raise InputError(
            f"the ending {ending!r} cannot be written.{hint} Choose from: {', '.join(WRITABLE)}",
            file=path.name,
        )
    return ending


class JsonLinesWriter(_Closing):
    """Each record as one line of UTF-8, raw."""

    def __init__(self, path: Path) -> None:
        # A lone surrogate cannot be UTF-8; as \udXXX inside a JSON string it is still exact.
        self._stream = path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one record."""
        self._stream.write(json.dumps(record, ensure_ascii=False) + "\n")

    def close(self) -> None:
        """Complete the file."""
        self._stream.close()


class DelimitedWriter(_Closing):
    """CSV or TSV for spreadsheets: UTF-8 with a byte order mark, lines end in CR LF."""

    def __init__(self, path: Path, columns: TextColumns, *, delimiter: str) -> None:
        self._columns = columns
        self._stream = path.open("w", encoding="utf-8-sig", errors="replace", newline="")
        self._writer = csv.writer(self._stream, delimiter=delimiter)
        self._writer.writerow(column_names(columns))

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one record."""
        flat = flatten(record, self._columns).values()
        self._writer.writerow(
            [spreadsheet_safe(value) if isinstance(value, str) else value for value in flat]
        )

    def close(self) -> None:
        """Complete the file."""
        self._stream.close()


class XlsxWriter(_Closing):
    """XLSX, written row by row; every cell but ``row`` is a string and never a formula.

    Texts are changed as ``xlsx_text`` says; JSON Lines, CSV and Parquet hold them whole.
    """

    def __init__(self, path: Path, columns: TextColumns) -> None:
        from openpyxl import Workbook

        self._path, self._columns, self._rows = path, columns, 0
        # Opened at once, so that a folder that cannot be written to fails before the work.
        self._stream = path.open("wb")
        self._workbook = Workbook(write_only=True)
        self._sheet = self._workbook.create_sheet("copy")
        self._append(column_names(columns))

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one record; InputError beyond the 1,048,576 rows of a sheet."""
        if self._rows >= MAX_XLSX_ROWS:
            raise InputError(
                f"XLSX holds at most {MAX_XLSX_ROWS:,} rows; write CSV, Parquet or JSON Lines",
                file=str(self._path),
            )
        self._append(flatten(record, self._columns).values())

    def _append(self, values: Iterable[Any]) -> None:
        self._sheet.append([self._cell(value) for value in values])
        self._rows += 1

    def _cell(self, value: Any) -> Any:
        from openpyxl.cell import WriteOnlyCell

        if not isinstance(value, str):
            return value
        cell = WriteOnlyCell(self._sheet, value=xlsx_text(value))
        # openpyxl takes texts such as "#N/A" for errors unless told otherwise.
        cell.data_type = "s"
        return cell

    def close(self) -> None:
        """Complete the file."""
        if self._stream.closed:
            return
        with self._stream:
            self._workbook.save(self._stream)


class ParquetWriter(_Closing):
    """Parquet with text columns and the number ``row``; raw, a row group per 1,000 records."""

    def __init__(self, path: Path, columns: TextColumns) -> None:
        import pyarrow
        import pyarrow.parquet

        self._columns = columns
        self._schema = pyarrow.schema(
            (name, pyarrow.int64() if name == "row" else pyarrow.string())
            for name in column_names(columns)
        )
        self._pending: list[dict[str, Any]] = []
        self._writer: Any = pyarrow.parquet.ParquetWriter(path, self._schema)

    def write(self, record: Mapping[str, Any]) -> None:
        """Append one record."""
        flat = flatten(record, self._columns)
        self._pending.append({name: _utf8(value) for name, value in flat.items()})
        if len(self._pending) == _PARQUET_BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        import pyarrow

        if self._pending:
            self._writer.write_batch(
                pyarrow.RecordBatch.from_pylist(self._pending, schema=self._schema)
            )
            self._pending = []

    def close(self) -> None:
        """Complete the file."""
        if self._writer.is_open:
            self._flush()
            self._writer.close()


def _utf8(value: Any) -> Any:
    """Lone surrogates, which no file can hold, become question marks."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
