"""Parquet: records of cell texts, a few hundred rows in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from copywriter.errors import InputError
from copywriter.tables.cells import date_text, number_text
from copywriter.tables.rows import Record

_BATCH_ROWS = 256


def read_records(path: Path) -> Iterator[Record]:
    """(row number, cells), the column names as row 1; an InputError in place of the cells of a
    row with a value that is no text: a structure, a map, bytes, a list of these.

    Lists of scalars are joined by commas; null and NaN are empty; true and false are ``yes`` and
    ``no``; dates are ISO.

    Raises:
        InputError: no Parquet file, or a damaged one.
    """
    try:
        yield from _read(path)
    except InputError:
        raise
    except Exception as error:
        # Beside ArrowException and OSError, damaged pages raise ValueError, UnicodeDecodeError,
        # OverflowError and others while they become Python values.
        raise InputError(
            f"is no Parquet file or is damaged ({type(error).__name__}: {error}); write it again",
            file=str(path),
        ) from error


def _read(path: Path) -> Iterator[Record]:
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(path) as file:
        names = list(file.schema_arrow.names)
        yield 1, names
        number = 1
        for batch in file.iter_batches(batch_size=_BATCH_ROWS):
            columns = [column.to_pylist() for column in batch.columns]
            for index in range(batch.num_rows):
                number += 1
                yield number, _cells(names, [column[index] for column in columns], path, number)


def _cells(names: list[str], values: list[Any], path: Path, number: int) -> list[str] | InputError:
    cells = []
    for name, value in zip(names, values, strict=True):
        text = _text(value)
        if text is None:
            return InputError(
                f"the value is {type(value).__name__}, not text, a number, a date or a list of "
                "these; flatten the column",
                file=str(path),
                row=number,
                column=name[:80],
            )
        cells.append(text)
    return cells


def _text(value: Any) -> str | None:
    """None where a value cannot be a fact."""
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, list):
        parts = [_text(part) for part in value if not isinstance(part, list)]
        texts = [part for part in parts if part is not None]
        return ", ".join(texts) if len(texts) == len(value) else None
    return None if isinstance(value, dict | bytes | tuple) else date_text(value)
