"""Row: one data row of any table format, and the header that names its cells.

Limits that hold for every format are kept here, so that a table behaves the same whether it
comes as CSV, XLSX or Parquet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copywriter.errors import InputError
from copywriter.product import clean

MAX_CELL_CHARACTERS = 131_072
MAX_ROW_CHARACTERS = 1_000_000
MAX_COLUMNS = 16_384

# Row number and cells as a format gives them, or why the row cannot be read.
Record = tuple[int, "list[str] | InputError"]

# What Excel writes into a cell whose formula failed, in the languages of the catalogs.
_ERROR_CELL = re.compile(
    r"#(N/A|NA|NV|REF!|BEZUG!|VALUE!|WERT!|VALEUR!|DIV/0!|NAME\?|NOM\s?\?|NULL!|NUL!|NUM!|ZAHL!"
    r"|NOMBRE!|SPILL!|CALC!)"
)


@dataclass(frozen=True)
class Row:
    """One data row.

    Args:
        number: row as a spreadsheet shows it (the header is row 1, blank rows count, a cell
            with line breaks is one row); for JSON Lines the line of the file, from 1.
        values: header -> cell text; for JSON Lines the parsed object. Cells that the row lacks
            are empty strings; columns without a header are left out.
        error: why the row cannot be used, or None. ``values`` then holds what could be read.
    """

    number: int
    values: Mapping[str, Any]
    error: InputError | None = None


@dataclass(frozen=True)
class Header:
    """The names of the columns, in order; unique, except for "" where a column has no name."""

    names: tuple[str, ...]
    file: str

    @classmethod
    def from_cells(cls, cells: Sequence[str], *, file: str, row: int) -> Header:
        """White space is folded; the second ``Colour`` becomes ``Colour (2)``.

        Raises:
            InputError: more than MAX_COLUMNS columns.
        """
        names = [clean(cell) for cell in cells]
        while names and not names[-1]:
            names.pop()
        if len(names) > MAX_COLUMNS:
            raise InputError(
                f"the header has {len(names):,} columns, more than {MAX_COLUMNS:,}; "
                "keep those that describe the product (is the table turned on its side?)",
                file=file,
                row=row,
            )
        return cls(tuple(_unique(names)), file)

    def row(self, number: int, cells: Sequence[str]) -> Row | None:
        """The cells as a Row, or None for a blank row.

        Missing cells are empty; a cell beyond the last column or longer than
        MAX_CELL_CHARACTERS is the row's error, and the rest of the row is kept.
        """
        if not any(cell and not cell.isspace() for cell in cells):
            return None
        values: dict[str, Any] = {name: "" for name in self.names if name}
        error = self._extra_cells(number, cells)
        for name, cell in zip(self.names, cells, strict=False):
            if len(cell) > MAX_CELL_CHARACTERS:
                error = error or long_cell(len(cell), file=self.file, row=number, column=name)
            elif name:
                values[name] = "" if cell[:1] == "#" and _ERROR_CELL.fullmatch(cell) else cell
        return Row(number, values, error)

    def _extra_cells(self, number: int, cells: Sequence[str]) -> InputError | None:
        extra = [cell for cell in cells[len(self.names) :] if cell.strip()]
        if not extra:
            return None
        return InputError(
            f"the row has {len(cells)} cells but the header names {len(self.names)} columns, the "
            f"first without a column is {extra[0][:40]!r}; quote cells that contain the "
            "separator, or name the column",
            file=self.file,
            row=number,
        )


def long_cell(length: int, *, file: str, row: int, column: str) -> InputError:
    """The error of a cell that is longer than any fact."""
    return InputError(
        f"the cell has {length:,} characters, more than {MAX_CELL_CHARACTERS:,}; shorten it",
        file=file,
        row=row,
        column=column[:80] or None,
    )


def _unique(names: Sequence[str]) -> Iterator[str]:
    taken = set(names)
    seen: set[str] = set()
    for name in names:
        unique, count = name, 2
        while name and unique in seen:
            candidate = f"{name} ({count})"
            unique = candidate if candidate not in taken else unique
            count += 1
        seen.add(unique)
        yield unique
