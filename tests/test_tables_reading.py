"""tables.reading: any format through one door, and files that cannot be opened."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from copywriter.errors import InputError
from copywriter.tables import READABLE, open_table, parse_map, read_rows


@pytest.mark.parametrize("ending", READABLE)
def test_missing_folder_and_empty_are_told_apart(tmp_path: Path, ending: str) -> None:
    """Each reason why there is no table has its own words."""
    path = tmp_path / f"a{ending}"
    with pytest.raises(InputError, match=rf"a\{ending}: does not exist"):
        read_rows(path)
    path.mkdir()
    with pytest.raises(InputError, match="is a folder; give a file"):
        read_rows(path)
    path.rmdir()
    path.touch()
    with pytest.raises(InputError, match="is empty; it needs a header and rows"):
        read_rows(path)


def test_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """A named pipe, which would block, is no table."""
    path = tmp_path / "a.csv"
    os.mkfifo(path)
    with pytest.raises(InputError, match="is no regular file"):
        read_rows(path)


@pytest.mark.parametrize("name", ["a.xls", "a.txt", "a", "a.cvs"])
def test_unknown_ending_lists_the_known(tmp_path: Path, name: str) -> None:
    """The error says which endings are read."""
    (tmp_path / name).write_text("name\nx\n")
    with pytest.raises(InputError, match=r"is unknown.*Tables end in: \.csv, \.tsv, \.xlsx"):
        read_rows(tmp_path / name)


def test_ending_counts_whatever_its_case(tmp_path: Path) -> None:
    """CATALOG.CSV is a CSV file."""
    (tmp_path / "CATALOG.CSV").write_text("name\nx\n")
    assert [row.values for row in read_rows(tmp_path / "CATALOG.CSV")] == [{"name": "x"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\n", "has a header but no rows"),
        ("name,id\n\n,\n", "has a header but no rows"),
        ("\n\n", "has no header"),
        (",,\n1,2,3\n", "has a header but no rows"),
    ],
)
def test_table_without_rows_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """A header alone, blank rows alone: nothing to write; the first row with text is the header."""
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_rows(path)


def test_options_of_other_formats_are_refused(tmp_path: Path) -> None:
    """A sheet of a CSV file or an encoding of a workbook is a mistake worth telling."""
    for name, options, message in (
        ("a.csv", {"sheet": "x"}, "--sheet 'x' is only for workbooks"),
        ("a.xlsx", {"encoding": "utf-8"}, r"--encoding is not for \.xlsx"),
        ("a.parquet", {"encoding": "utf-8"}, r"--encoding is not for \.parquet"),
    ):
        (tmp_path / name).write_text("name\nx\n")
        with pytest.raises(InputError, match=message):
            open_table(tmp_path / name, **options)


def test_mapping_errors_name_the_file(tmp_path: Path) -> None:
    """A table without a name column is named with its file."""
    path = tmp_path / "a.csv"
    path.write_text("sku\n1\n")
    with pytest.raises(InputError, match=r"a\.csv: no column is the product's name"):
        open_table(path).mapping()
    assert open_table(path).mapping(parse_map(["name=sku"])).columns == {"sku": "name"}


def test_json_lines_need_no_common_name_key(tmp_path: Path) -> None:
    """A file whose first objects have no name is read: that is an error of its rows."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"Farbe": "rot"}\n{"name": "x"}\n')
    assert open_table(path).mapping().columns == {}
    with pytest.raises(InputError, match=r"no column 'nam'\. Did you mean: name\?"):
        open_table(path).mapping({"nam": "name"})


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, ending: str) -> None:
    """Reading forty times as many rows takes no more memory."""
    line = {".csv": "1,a product,some blue\n", ".jsonl": '{"id": 1, "name": "a product"}\n'}[ending]
    peaks = []
    for count in (500, 20_000):
        path = tmp_path / f"{count}{ending}"
        path.write_text(("id,name,color\n" if ending == ".csv" else "") + line * count)
        tracemalloc.start()
        assert sum(1 for _ in read_rows(path)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # The rows themselves take 8 MB; the file, held in one piece to check its encoding, 1 MB.
    assert peaks[1] < peaks[0] + 3_000_000
