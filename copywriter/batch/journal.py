"""The journal of a batch job: finished chunks in a work folder, safe against a kill at any moment.

``records.jsonl`` holds the records, ``chunks.jsonl`` one line per finished chunk. A chunk's line
is written only after its records are on the disk, and says where they end and what their
checksum is. ``Journal.resume`` keeps the chunks that are proven good and cuts off the rest, so
what remains is always the records of the first rows of the table, in order.

    journal = Journal(folder)
    done = journal.resume()              # Totals of the rows that need no more work
    journal.append(lines, outcome)       # one chunk; on the disk when this returns
"""

from __future__ import annotations

import json
import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, BinaryIO

from copywriter.batch.durable import disk_errors, sync_folder

RECORDS, CHUNKS = "records.jsonl", "chunks.jsonl"
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Outcome:
    """What a chunk (or a whole job) came to.

    Args:
        rows: number of records.
        counts: records per status.
        rules: findings per rule.
        tokens: generated tokens.
        seconds: spent inside the engine.
    """

    rows: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)
    tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.rows + other.rows,
            dict(Counter(self.counts) + Counter(other.counts)),
            dict(Counter(self.rules) + Counter(other.rules)),
            self.tokens + other.tokens,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True)
class Chunk:
    """A line of ``chunks.jsonl``: the outcome and where its records lie.

    Args:
        index: 0 for the first chunk.
        first_row: row number in the table of the first record.
        last_row: row number in the table of the last record.
        end: bytes of ``records.jsonl`` up to the end of this chunk.
        crc32: checksum of this chunk's bytes in ``records.jsonl``.
        outcome: what the chunk came to.
    """

    index: int
    first_row: int
    last_row: int
    end: int
    crc32: int
    outcome: Outcome

    def to_line(self) -> bytes:
        """The line with its newline."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Chunk | None:
        """The chunk, or None for a line that was cut off or damaged."""
        if not line.endswith(b"\n"):
            return None
        try:
            data = json.loads(line)
            outcome = Outcome(**data.pop("outcome"))
            chunk = cls(**data, outcome=outcome)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        return chunk if chunk._has_valid_types() else None

    def _has_valid_types(self) -> bool:
        whole = [getattr(self, item.name) for item in fields(self) if item.name != "outcome"]
        whole += [self.outcome.rows, self.outcome.tokens]
        if not isinstance(self.outcome.seconds, int | float):
            return False
        for counter in (self.outcome.counts, self.outcome.rules):
            if not isinstance(counter, dict):
                return False
            whole += counter.values()
        return all(type(number) is int and number >= 0 for number in whole)


@dataclass(frozen=True)
class Totals:
    """All finished chunks together. ``end`` is the size of their records in bytes."""

    chunks: int = 0
    end: int = 0
    outcome: Outcome = field(default_factory=Outcome)


class Journal:
    """The two growing files in ``folder``; create the folder first, call ``resume`` next.

    Errors of the disk are InputErrors that name the file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.totals = Totals()
        self._records, self._chunks = folder / RECORDS, folder / CHUNKS

    def resume(self) -> Totals:
        """Keeps the chunks that are proven good, cuts off everything behind them."""
        with disk_errors(self.folder):
            self._records.touch()
            self._chunks.touch()
            kept_bytes = self._verify()
            for path, size in ((self._records, self.totals.end), (self._chunks, kept_bytes)):
                with path.open("rb+") as file:
                    file.truncate(size)
                    os.fsync(file.fileno())
            sync_folder(self.folder)
        return self.totals

    def _verify(self) -> int:
        """Adds up the good chunks; returns the bytes of ``chunks.jsonl`` that describe them."""
        self.totals, kept_bytes = Totals(), 0
        with self._chunks.open("rb") as chunks, self._records.open("rb") as records:
            for line in chunks:
                chunk = Chunk.from_line(line)
                if chunk is None or not self._follows(chunk, records):
                    break
                self._count(chunk)
                kept_bytes += len(line)
        return kept_bytes

    def _follows(self, chunk: Chunk, records: BinaryIO) -> bool:
        size = chunk.end - self.totals.end
        return (
            chunk.index == self.totals.chunks and size > 0 and _crc32(records, size) == chunk.crc32
        )

    def _count(self, chunk: Chunk) -> None:
        self.totals = Totals(self.totals.chunks + 1, chunk.end, self.totals.outcome + chunk.outcome)

    def append(self, lines: Sequence[bytes], rows: tuple[int, int], outcome: Outcome) -> None:
        """Adds a chunk; it is on the disk when this returns.

        Args:
            lines: the records, each with its newline.
            rows: row numbers of the first and the last record.
            outcome: what the chunk came to.
        """
        data = b"".join(lines)
        end = self.totals.end + len(data)
        chunk = Chunk(self.totals.chunks, *rows, end, zlib.crc32(data), outcome)
        # The order is the whole point: a chunk's line vouches for records that are on the disk.
        for path, content in ((self._records, data), (self._chunks, chunk.to_line())):
            with disk_errors(path), path.open("ab") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        self._count(chunk)

    def records(self) -> Iterator[dict[str, Any]]:
        """All records, in input order, one at a time."""
        with self._records.open("rb") as file:
            for line in file:
                yield json.loads(line)


def _crc32(file: BinaryIO, size: int) -> int | None:
    """Checksum of the next ``size`` bytes; None when the file ends before."""
    checksum = 0
    while size:
        block = file.read(min(size, _BLOCK_BYTES))
        if not block:
            return None
        checksum = zlib.crc32(block, checksum)
        size -= len(block)
    return checksum
