"""The table of a batch job: checked once from end to end, then read as items, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from copywriter.batch.durable import sha256_of
from copywriter.batch.records import Item
from copywriter.brief import Language
from copywriter.errors import InputError
from copywriter.tables import ColumnMapping, Row, open_table, to_product

_State = tuple[int, int]


@dataclass(frozen=True)
class Source:
    """A table that is known to be readable to its end.

    Args:
        path: of the table.
        overrides: header -> field, from ``--map``.
        encoding: None for the detected one.
        sheet: None for the first.
        facts_language: of rows that do not state theirs; None to detect it.
        limit: only the first so many rows; None for all.
        total: number of rows that the job is about.
        sha256: of the file.
        state: size in bytes and time of the last change in nanoseconds.
    """

    path: Path
    overrides: Mapping[str, str]
    encoding: str | None
    sheet: str | None
    facts_language: Language | None
    limit: int | None
    total: int
    sha256: str
    state: _State

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        overrides: Mapping[str, str],
        encoding: str | None,
        sheet: str | None,
        facts_language: Language | None,
        limit: int | None,
    ) -> Source:
        """Reads the table once, so that its errors show before hours of work, not after.

        Raises InputError for a table that cannot be read or has no column for the name.
        """
        table = open_table(path, encoding=encoding, sheet=sheet)
        table.mapping(overrides)
        state, sha256 = _state_of(path), sha256_of(path)
        total = sum(1 for _ in islice(table.rows, limit))
        return cls(path, overrides, encoding, sheet, facts_language, limit, total, sha256, state)

    def describe(self) -> dict[str, Any]:
        """What of the table decides the outcome; JSON values only."""
        return {
            "name": self.path.name,
            "sha256": self.sha256,
            "bytes": self.state[0],
            "columns": dict(self.overrides),
            "encoding": self.encoding,
            "sheet": self.sheet,
            "facts_language": self.facts_language,
            "limit": self.limit,
        }

    def items(self, *, skip: int = 0) -> Iterator[Item]:
        """One item per row, in order, without the first ``skip``."""
        table = open_table(self.path, encoding=self.encoding, sheet=self.sheet)
        mapping = table.mapping(self.overrides)
        for row in islice(table.rows, skip, self.limit):
            yield self._item(row, mapping)

    def _item(self, row: Row, mapping: ColumnMapping) -> Item:
        try:
            product = to_product(row, mapping, file=str(self.path), language=self.facts_language)
        except InputError as error:
            # The folder is left out, so that records do not depend on where the file lay.
            place = InputError(
                error.message, file=self.path.name, row=row.number, column=error.column
            )
            return Item(row.number, *_names(row, mapping), error=str(place))
        return Item(row.number, product.id, product.name, product)

    def check_unchanged(self, rows: int) -> None:
        """Raises InputError when the file is not the one that was opened, or rows are missing."""
        if _state_of(self.path) != self.state or rows != self.total:
            raise InputError(
                "changed while it was being read, so the records may be of two versions; start "
                "over with --fresh",
                file=str(self.path),
            )


def _state_of(path: Path) -> _State:
    try:
        status = path.stat()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=str(path)) from error
    return status.st_size, status.st_mtime_ns


def _names(row: Row, mapping: ColumnMapping) -> tuple[str, str]:
    """Id and name of a row that is no product, as far as they can be told."""
    cells = [row.values.get(mapping.header_of(field) or field) for field in ("id", "name")]
    id_, name = (str(cell)[:200] if isinstance(cell, str | int) else "" for cell in cells)
    return id_ or f"row-{row.number}", name
