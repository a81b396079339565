"""CSV and TSV: records of cells, with errors that cost one row instead of the file."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from copywriter.errors import InputError
from copywriter.tables.rows import MAX_ROW_CHARACTERS, Record

_DELIMITERS = (",", ";", "\t", "|")
_SNIFF_CHARACTERS = 1 << 16
_SNIFF_ROWS = 50
# Excel's own first line that names the separator; Excel hides it, so it is no row.
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)


def read_records(path: Path, encoding: str, *, delimiter: str | None = None) -> Iterator[Record]:
    """(row number, cells) from the first row on, or an InputError in place of the cells.

    The separator is found among ``, ; tab |`` unless given. NUL characters are removed. A quoted
    cell that is never closed, has undoubled quotes inside or grows beyond the limits costs the
    line on which it begins; reading goes on with the next line, so no row is swallowed.
    """
    with path.open(encoding=encoding, newline="") as stream:
        named = _SEPARATOR_LINE.fullmatch(stream.readline(16))
        start = stream.tell() if named else 0
        stream.seek(start)
        delimiter = delimiter or (named[1] if named else _sniff(stream.read(_SNIFF_CHARACTERS)))
        stream.seek(start)
        yield from _parse(_Lines(stream), delimiter, str(path))


def _sniff(text: str) -> str:
    """The separator that splits the header, and then the rows as evenly as the header."""
    best, best_score = ",", (0.0, 1)
    for delimiter in _DELIMITERS:
        rows = [row for row in _first_rows(text, delimiter) if row]
        width = len(rows[0]) if rows else 0
        if width > 1:
            # Short rows are common and harmless; rows wider than the header are the sign.
            score = (sum(len(row) == width for row in rows) / len(rows), width)
            best, best_score = max((best_score, best), (score, delimiter))[::-1]
    return best


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in islice(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SNIFF_ROWS
        ):
            rows.append(row)
    except csv.Error:
        return rows
    cut_off = len(text) >= _SNIFF_CHARACTERS and 1 < len(rows) < _SNIFF_ROWS
    return rows[:-1] if cut_off else rows


class _RecordTooLongError(Exception):
    """The lines of one record exceed MAX_ROW_CHARACTERS."""


class _Lines:
    """Lines for ``csv.reader`` that can be taken back when their record cannot be read."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._pending: deque[str] = deque()
        self._record: list[str] = []
        self._size = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._pending.popleft() if self._pending else self._read()
        if not line:
            raise StopIteration
        self._record.append(line)
        self._size += len(line)
        if self._size > MAX_ROW_CHARACTERS:
            raise _RecordTooLongError
        return line.replace("\0", "")

    def begin_record(self) -> None:
        """Forget the lines of the record before."""
        self._record, self._size = [], 0

    def recover(self) -> None:
        """Give up the first line of the record and read the others again."""
        if len(self._record) > 1:
            self._pending.extendleft(reversed(self._record[1:]))
        elif self._record and not self._pending:
            line = self._record[0]
            while line and line[-1] not in "\r\n":
                line = self._read()

    def _read(self) -> str:
        return self._stream.readline(MAX_ROW_CHARACTERS + 1)


def _parse(lines: _Lines, delimiter: str, file: str) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        lines.begin_record()
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except _RecordTooLongError:
            lines.recover()
            yield (
                number,
                _broken(f"it is longer than {MAX_ROW_CHARACTERS:,} characters", file, number),
            )
        except csv.Error as error:
            lines.recover()
            yield number, _broken(str(error), file, number)


def _broken(reason: str, file: str, number: int) -> InputError:
    return InputError(
        f"the row cannot be read ({reason}); close each quoted cell, double the quotes inside it "
        "and shorten what is too long",
        file=file,
        row=number,
    )
