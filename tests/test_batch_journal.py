"""The journal keeps exactly the chunks that are proven good, whatever happened to its files."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from copywriter.batch.journal import CHUNKS, RECORDS, Chunk, Journal, Outcome

ROWS_PER_CHUNK, CHUNK_COUNT = 3, 5


def chunk_lines(index: int) -> list[bytes]:
    first = index * ROWS_PER_CHUNK
    texts = [f"Hemd {'ä' * (row % 4)} 衬衫" for row in range(first, first + ROWS_PER_CHUNK)]
    return [json.dumps({"name": text}, ensure_ascii=False).encode() + b"\n" for text in texts]


def append(journal: Journal, index: int) -> None:
    outcome = Outcome(ROWS_PER_CHUNK, {"ok": 2, "review": 1}, {"length.long": 1}, 10, 0.5)
    first = 2 + index * ROWS_PER_CHUNK
    journal.append(chunk_lines(index), (first, first + ROWS_PER_CHUNK - 1), outcome)


def finish(folder: Path) -> int:
    """Continues the journal to its end; returns the chunks that were kept."""
    journal = Journal(folder)
    kept = journal.resume().chunks
    for index in range(kept, CHUNK_COUNT):
        append(journal, index)
    return kept


def contents(folder: Path) -> tuple[bytes, bytes]:
    return (folder / RECORDS).read_bytes(), (folder / CHUNKS).read_bytes()


def test_totals_add_up_over_a_restart(tmp_path: Path) -> None:
    """Rows, counts, tokens and seconds of all chunks are known again after a restart."""
    finish(tmp_path)
    totals = Journal(tmp_path).resume()
    assert totals.chunks == CHUNK_COUNT
    assert totals.outcome == Outcome(15, {"ok": 10, "review": 5}, {"length.long": 5}, 50, 2.5)


def test_records_come_back_in_order(tmp_path: Path) -> None:
    """Records are read as they were appended."""
    finish(tmp_path)
    journal = Journal(tmp_path)
    journal.resume()
    expected = [json.loads(line) for index in range(CHUNK_COUNT) for line in chunk_lines(index)]
    assert list(journal.records()) == expected


@settings(max_examples=40, deadline=None)
@given(
    records_cut=st.floats(0, 1),
    chunks_cut=st.floats(0, 1),
    records_garbage=st.binary(max_size=40),
    chunks_garbage=st.binary(max_size=40),
)
def test_cut_and_garbled_files_resume_to_the_same_bytes(
    records_cut: float, chunks_cut: float, records_garbage: bytes, chunks_garbage: bytes
) -> None:
    """Files cut anywhere, with garbage behind the cut, end as those of an undisturbed job."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        finish(folder)
        whole = contents(folder)
        cuts = ((RECORDS, records_cut, records_garbage), (CHUNKS, chunks_cut, chunks_garbage))
        for (file, share, garbage), data in zip(cuts, whole, strict=True):
            (folder / file).write_bytes(data[: int(len(data) * share)] + garbage)
        finish(folder)
        assert contents(folder) == whole


@settings(max_examples=25, deadline=None)
@given(position=st.floats(0, 1, exclude_max=True), file=st.sampled_from([RECORDS, CHUNKS]))
def test_a_flipped_byte_is_noticed(position: float, file: str) -> None:
    """A damaged chunk is written again, not passed on."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        finish(folder)
        whole = contents(folder)
        data = bytearray((folder / file).read_bytes())
        place = int(len(data) * position)
        data[place] ^= 0x15
        (folder / file).write_bytes(data)
        kept = finish(folder)
        assert kept < CHUNK_COUNT or file == CHUNKS
        assert contents(folder)[0] == whole[0]


def test_chunks_without_records_are_not_believed(tmp_path: Path) -> None:
    """Lines of chunks whose records are gone count for nothing."""
    finish(tmp_path)
    (tmp_path / RECORDS).unlink()
    assert Journal(tmp_path).resume().chunks == 0
    assert (tmp_path / CHUNKS).read_bytes() == b""


def test_a_line_with_foreign_values_is_no_chunk() -> None:
    """Lines that are JSON but no chunk are refused instead of trusted or raised."""
    good = Chunk(0, 2, 4, 10, 1, Outcome(3, {"ok": 3})).to_line()
    assert Chunk.from_line(good) is not None
    deep = b"[" * 100_000 + b"\n"
    negative = good.replace(b'"end": 10', b'"end": -1')
    text = good.replace(b'"crc32": 1', b'"crc32": "1"')
    for line in (b"{}\n", b"[]\n", b"3\n", good.strip(), deep, negative, text):
        assert Chunk.from_line(line) is None
