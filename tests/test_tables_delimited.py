"""tables.delimited: CSV and TSV, whatever a shop system or a person made of them."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from copywriter.errors import InputError
from copywriter.tables import Row, open_table, read_rows
from copywriter.tables.rows import MAX_CELL_CHARACTERS


def _file(folder: Path, text: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def _cells(rows: list[Row]) -> list[list[str]]:
    return [list(row.values.values()) for row in rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_separator_is_found(tmp_path: Path, delimiter: str, quoting: int) -> None:
    """Each separator is found, with commas and semicolons inside the cells."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, quoting=quoting)
    rows = [["sku", "Name", "Maße"], ["1", "Tasse, blau", "1,5 x 2,5"], ["2", "a; b", "3|4"]]
    writer.writerows(rows)
    path = _file(tmp_path, stream.getvalue())
    assert open_table(path).headers == ("sku", "Name", "Maße")
    assert _cells(list(read_rows(path))) == rows[1:]


def test_decimal_commas_do_not_split_a_german_file(tmp_path: Path) -> None:
    """A semicolon file keeps its decimal commas, even where the header has a comma too."""
    text = "Art.-Nr.;Name;Maße (B, H)\n1;Regal;80,5\n2;Brett;12,0 x 3,5\n3;Haken\n"
    rows = list(read_rows(_file(tmp_path, text)))
    assert _cells(rows) == [
        ["1", "Regal", "80,5"],
        ["2", "Brett", "12,0 x 3,5"],
        ["3", "Haken", ""],
    ]


def test_separator_line_of_excel_is_obeyed(tmp_path: Path) -> None:
    """``sep=|`` names the separator and is no row."""
    rows = list(read_rows(_file(tmp_path, "sep=|\r\nid|name;x\r\n1|a;b\r\n")))
    assert [(row.number, dict(row.values)) for row in rows] == [(2, {"id": "1", "name;x": "a;b"})]


def test_single_column_is_a_table(tmp_path: Path) -> None:
    """A file with one column and no separator is read."""
    assert _cells(list(read_rows(_file(tmp_path, "name\nTeapot\nMug\n")))) == [["Teapot"], ["Mug"]]


def test_tsv_is_split_at_tabs_alone(tmp_path: Path) -> None:
    """The ending .tsv decides, though the cells have more commas than tabs."""
    path = _file(tmp_path, "a,b,c\tname\n1,2,3\tx\n", "a.tsv")
    assert open_table(path).headers == ("a,b,c", "name")


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path: Path) -> None:
    """The header is row 1, blank rows count but are skipped, a multi-line cell is one row."""
    text = 'id,name\n1,a\n\n,\n2,"b\nc"\r\n3,d'
    rows = list(read_rows(_file(tmp_path, text)))
    assert [(row.number, row.values["name"]) for row in rows] == [(2, "a"), (5, "b\nc"), (6, "d")]


def test_header_may_follow_blank_rows(tmp_path: Path) -> None:
    """Blank rows above the header are skipped and counted."""
    (row,) = read_rows(_file(tmp_path, "\n,,\nid,name\n1,a\n"))
    assert (row.number, dict(row.values)) == (4, {"id": "1", "name": "a"})


def test_missing_cells_are_empty(tmp_path: Path) -> None:
    """A short row is filled up."""
    (row,) = read_rows(_file(tmp_path, "id,name,color\n1,a\n"))
    assert dict(row.values) == {"id": "1", "name": "a", "color": ""}
    assert row.error is None


def test_extra_cells_are_an_error_of_their_row(tmp_path: Path) -> None:
    """A value beyond the last column names row and value; empty extra cells are harmless."""
    rows = list(read_rows(_file(tmp_path, "id,name\n1,a,x\n2,b,,\n3,c\n")))
    assert [row.error is None for row in rows] == [False, True, True]
    assert str(rows[0].error).endswith("or name the column")
    assert "row 2: the row has 3 cells but the header names 2 columns" in str(rows[0].error)
    assert "'x'" in str(rows[0].error)


def test_columns_without_a_header_are_left_out(tmp_path: Path) -> None:
    """An index column without a name is no attribute."""
    (row,) = read_rows(_file(tmp_path, ",name\n0,a\n"))
    assert dict(row.values) == {"name": "a"}


def test_second_header_of_a_name_is_numbered(tmp_path: Path) -> None:
    """Equal headers keep all their cells, under names of their own."""
    (row,) = read_rows(_file(tmp_path, "name,Color,Color,Color (2),Color\nx,a,b,c,d\n"))
    assert dict(row.values) == {
        "name": "x", "Color": "a", "Color (3)": "b", "Color (2)": "c", "Color (4)": "d",
    }  # fmt: skip


def test_equal_ids_are_both_read(tmp_path: Path) -> None:
    """Duplicate ids are the user's matter: both rows come."""
    rows = list(read_rows(_file(tmp_path, "id,name\n1,a\n1,b\n")))
    assert _cells(rows) == [["1", "a"], ["1", "b"]]


def test_error_cells_of_excel_are_empty(tmp_path: Path) -> None:
    """#N/A, #NV and #REF! are no facts; a text that begins with # is one."""
    (row,) = read_rows(_file(tmp_path, "name,a,b,c,d\nx,#N/A,#NV,#REF!,#1 seller\n"))
    assert list(row.values.values()) == ["x", "", "", "", "#1 seller"]


def test_nul_characters_are_removed(tmp_path: Path) -> None:
    """NUL bytes in header and cells leave the text around them."""
    (row,) = read_rows(_file(tmp_path, "id,na\0me\n1,te\0a\n"))
    assert dict(row.values) == {"id": "1", "name": "tea"}


def test_unclosed_quote_costs_one_row(tmp_path: Path) -> None:
    """A quote that is never closed names its row, and the hundred thousand rows after it come."""
    text = 'id,name\n1,a\n2,"broken\n' + "3,c\n" * 100_000
    rows = list(read_rows(_file(tmp_path, text)))
    assert len(rows) == 100_002
    assert [row.number for row in rows if row.error] == [3]
    assert "row 3: the row cannot be read" in str(rows[1].error)
    assert rows[-1].number == 100_003


def test_unclosed_quote_before_another_quoted_cell_costs_one_row(tmp_path: Path) -> None:
    """The quote of a later row is not taken for the missing one."""
    rows = list(read_rows(_file(tmp_path, 'id,name\n1,"broken\n2,b\n3,"c"\n4,d\n')))
    assert [(row.number, bool(row.error)) for row in rows] == [
        (2, True), (3, False), (4, False), (5, False),
    ]  # fmt: skip


def test_unclosed_quote_at_the_end_is_an_error(tmp_path: Path) -> None:
    """A file that breaks off inside a quoted cell does not pass for complete."""
    rows = list(read_rows(_file(tmp_path, 'id,name\n1,a\n2,"b')))
    assert [(row.number, bool(row.error)) for row in rows] == [(2, False), (3, True)]


def test_undoubled_quote_is_an_error_of_its_row(tmp_path: Path) -> None:
    """Quotes inside a quoted cell must be doubled; elsewhere an inch mark is text."""
    rows = list(read_rows(_file(tmp_path, 'id,name\n1,"27" screen"\n2,27" screen\n3,"27"" x"\n')))
    assert [bool(row.error) for row in rows] == [True, False, False]
    assert [row.values["name"] for row in rows[1:]] == ['27" screen', '27" x']


@pytest.mark.parametrize("quote", ["", '"'])
def test_cell_of_ten_megabytes_costs_one_row(tmp_path: Path, quote: str) -> None:
    """Such a cell is its row's error, is never held whole, and the rows after it come."""
    big = quote + "x" * 10_000_000 + quote
    path = _file(tmp_path, f"id,name\n1,a\n2,{big}\n3,c\n")
    tracemalloc.start()
    rows = list(read_rows(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [(row.number, bool(row.error)) for row in rows] == [(2, False), (3, True), (4, False)]
    assert "row 3: the row cannot be read (it is longer than 1,000,000" in str(rows[1].error)
    # The line alone has 10 MB.
    assert peak < 9_000_000


def test_cell_beyond_the_limit_costs_one_row(tmp_path: Path) -> None:
    """A cell of one character too many is an error; one of the largest size is read."""
    largest = "x" * MAX_CELL_CHARACTERS
    rows = list(read_rows(_file(tmp_path, f"id,name\n1,{largest}x\n2,{largest}\n3,c\n")))
    assert [bool(row.error) for row in rows] == [True, False, False]


def test_hundred_thousand_columns_are_refused(tmp_path: Path) -> None:
    """A table with more columns than a spreadsheet has is an error of the file."""
    header = ",".join(f"c{number}" for number in range(100_000))
    with pytest.raises(InputError, match=r"row 1: the header has 100,000 columns, more than"):
        read_rows(_file(tmp_path, f"{header}\n1\n"))


def test_header_that_cannot_be_read_is_fatal(tmp_path: Path) -> None:
    """Without its header a table has no meaning."""
    with pytest.raises(InputError, match="row 1: the row cannot be read"):
        read_rows(_file(tmp_path, 'id,"name" x"\n1,a\n'))


_CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(_CELL, min_size=2, max_size=2), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t|"),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
@example(rows=[["\r", "\n"]], delimiter=",", line_end="\n")
def test_what_a_csv_writer_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, line_end: str
) -> None:
    """Any quoted cells come back exactly, but for blank rows and error cells."""
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(
            stream, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL
        )
        writer.writerows([["key", "the name"], *([f"k{row[0]}", row[1]] for row in rows)])
    got = list(read_rows(path))
    assert not [row.error for row in got if row.error]
    assert _cells(got) == [[f"k{row[0]}", row[1]] for row in rows]


@settings(max_examples=300, deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.text(alphabet=st.sampled_from('a,;|\t\n\r"\0 ä杯='), max_size=80).map(str.encode),
    ),
    ending=st.sampled_from([".csv", ".tsv", ".jsonl"]),
)
def test_any_bytes_are_rows_or_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, ending: str
) -> None:
    """Whatever a text table contains, nothing but Rows and InputErrors comes out."""
    path = tmp_path_factory.mktemp("bytes") / f"a{ending}"
    path.write_bytes(data)
    try:
        rows = list(read_rows(path))
    except InputError as error:
        assert error.file == str(path)
        return
    assert rows
    assert all(isinstance(row, Row) for row in rows)
    assert [row.number for row in rows] == sorted({row.number for row in rows})
