"""tables.jsonlines: one object per line, one error per bad line."""

from __future__ import annotations

from pathlib import Path

import pytest

from copywriter.errors import InputError
from copywriter.tables import Row, open_table, read_rows


def _rows(folder: Path, *lines: str) -> list[Row]:
    path = folder / "a.jsonl"
    path.write_bytes("\n".join(lines).encode())
    return list(read_rows(path))


GOOD = '{"name": "Mug", "Color": "blue"}'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "the line is not valid JSON"),
        ("name: Mug", "the line is not valid JSON"),
        (GOOD + GOOD, "the line is not valid JSON"),
        ("[1]", "the line holds a list instead of an object"),
        ('"Mug"', "the line holds a text"),
        ("7", "the line holds a number"),
        ("true", "the line holds true or false"),
        ("null", "the line holds null"),
        ('{"name": NaN}', "NaN is no JSON number"),
        ('{"name": -Infinity}', "-Infinity is no JSON number"),
        ('{"name": 1e999}', "the number 1e999 is too large"),
        ('{"name": ' + "1" * 5_000 + "}", "the line is not valid JSON"),
        ('{"name": "a", "name": "b"}', "the key 'name' stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"name": "' + "x" * 10_000_000 + '"}', "longer than 1,000,000 characters"),
    ],
    ids=lambda value: value[:20],
)
def test_bad_line_costs_one_row(tmp_path: Path, line: str, reason: str) -> None:
    """A line that holds no object is an error with its line number; the lines around it come."""
    rows = _rows(tmp_path, GOOD, line, GOOD)
    assert [(row.number, bool(row.error)) for row in rows] == [(1, False), (2, True), (3, False)]
    assert reason in str(rows[1].error)
    assert "a.jsonl, row 2: " in str(rows[1].error)
    assert len(str(rows[1].error)) < 400


def test_blank_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    """Line numbers are those of the file."""
    rows = _rows(tmp_path, "", GOOD, "  ", "\t", GOOD, "")
    assert [row.number for row in rows] == [2, 5]


def test_bytes_of_other_systems_are_read(tmp_path: Path) -> None:
    """A byte order mark and CR LF line ends are no part of the objects."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(f"{GOOD}\r\n{GOOD}\r\n".encode("utf-8-sig"))
    assert [dict(row.values) for row in read_rows(path)] == [{"name": "Mug", "Color": "blue"}] * 2


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    """Half a character becomes U+FFFD in values and keys; a whole pair stays itself."""
    (row,) = _rows(tmp_path, r'{"name": "a\ud800b \ud83d\ude00", "\udfff": ["\ud800"]}')
    assert row.values == {"name": "a\ufffdb 😀", "\ufffd": ["\ufffd"]}


def test_values_stay_as_parsed(tmp_path: Path) -> None:
    """Objects keep their types; what a product makes of them is decided later."""
    (row,) = _rows(tmp_path, '{"name": "Mug", "n": 2, "x": 1.5, "l": ["a"], "attributes": {}}')
    assert row.values == {"name": "Mug", "n": 2, "x": 1.5, "l": ["a"], "attributes": {}}


def test_headers_are_the_keys_of_the_first_objects(tmp_path: Path) -> None:
    """``headers`` collects keys over several lines, in the order in which they appear."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"name": "a"}\nbad\n{"id": 1, "name": "b", "Color": "red"}\n')
    assert open_table(path).headers == ("name", "id", "Color")


def test_file_of_blank_lines_is_refused(tmp_path: Path) -> None:
    """A file without any object has nothing to write."""
    with pytest.raises(InputError, match="has no rows"):
        _rows(tmp_path, "", "  ", "")
