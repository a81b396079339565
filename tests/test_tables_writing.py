"""tables.writing: records as JSON Lines, and flat for spreadsheets and data frames."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pyarrow import parquet

from copywriter.brief import Kind, Language
from copywriter.errors import InputError
from copywriter.tables import (
    FLAT_FORMATS,
    WRITABLE,
    check_output,
    open_writer,
    read_rows,
    spreadsheet_safe,
    writing,
)
from copywriter.tables.flat import MAX_XLSX_CHARACTERS, xlsx_text

LANGUAGES = (Language.ZH, Language.DE)
KINDS = (Kind.TITLE, Kind.DESCRIPTION)


def _draft(language: str, kind: str, text: str, *findings: dict[str, Any]) -> dict[str, Any]:
    return {"language": language, "kind": kind, "text": text, "status": "ok",
            "findings": list(findings)}  # fmt: skip


def _record(**changes: Any) -> dict[str, Any]:
    finding = {"rule": "numbers.not_in_facts", "severity": "block", "span": [0, 1],
               "message": "7 is not in the facts", "suggestion": ""}  # fmt: skip
    return {
        "id": "A-1", "row": 2, "status": "review", "name": "Tasse",
        "drafts": [
            _draft("de", "description", "Text 7", finding, {**finding, "message": "again"}),
            _draft("de", "title", "Titel"),
            _draft("zh", "title", "标题", finding),
            _draft("zh", "description", "描述"),
        ],
        "provenance": {"engine": "echo"}, **changes,
    }  # fmt: skip


def _write(path: Path, *records: dict[str, Any], ending: str | None = None) -> Path:
    with open_writer(path, ending=ending, languages=LANGUAGES, kinds=KINDS) as writer:
        for record in records:
            writer.write(record)
    return path


FLAT = {
    "id": "A-1", "row": "2", "status": "review", "name": "Tasse",
    "title_zh": "标题", "description_zh": "描述", "title_de": "Titel", "description_de": "Text 7",
    "findings": "description_de: numbers.not_in_facts (7 is not in the facts)"
    " | description_de: numbers.not_in_facts (again)"
    " | title_zh: numbers.not_in_facts (7 is not in the facts)",
    "error": "",
}  # fmt: skip


@pytest.mark.parametrize("ending", FLAT_FORMATS)
def test_flat_formats_have_one_row_per_product(tmp_path: Path, ending: str) -> None:
    """Columns by language and kind, readable findings, whatever the order of the drafts."""
    rows = list(read_rows(_write(tmp_path / f"a{ending}", _record(), _record(id="A-2"))))
    assert list(rows[0].values.items()) == list(FLAT.items())
    assert rows[1].values == {**FLAT, "id": "A-2"}


@pytest.mark.parametrize("ending", FLAT_FORMATS)
def test_error_record_is_a_row(tmp_path: Path, ending: str) -> None:
    """A row without drafts keeps its place and says why."""
    record = _record(status="error", drafts=[], error="row 2: the product has no name", name="")
    (row,) = read_rows(_write(tmp_path / f"a{ending}", record))
    assert row.values["error"] == "row 2: the product has no name"
    assert row.values["title_de"] == row.values["findings"] == row.values["name"] == ""


@pytest.mark.parametrize("ending", FLAT_FORMATS)
def test_file_without_records_has_its_header(tmp_path: Path, ending: str) -> None:
    """A finished file is a table, even with no rows."""
    path = _write(tmp_path / f"a{ending}")
    with pytest.raises(InputError, match="has a header but no rows"):
        read_rows(path)


def test_json_lines_are_the_records_themselves(tmp_path: Path) -> None:
    """One line each, nothing escaped, nothing lost."""
    formula = _record(name="=1+1", id="\ud800")
    path = _write(tmp_path / "a.jsonl", _record(), formula)
    lines = path.read_bytes().decode("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [_record(), formula]
    assert "标题" in lines[0]


@pytest.mark.parametrize("ending", WRITABLE)
def test_ending_of_the_final_name_decides(tmp_path: Path, ending: str) -> None:
    """A temporary name gets the format, and the bytes, of the name it will have."""
    partial = _write(tmp_path / ".a.partial", _record(), ending=ending.upper())
    final = partial.replace(tmp_path / f"a{ending}")
    assert len(list(read_rows(final))) == 1


def test_unknown_ending_lists_the_known(tmp_path: Path) -> None:
    """The error is there before the work, with the nearest ending and all of them."""
    for check in (check_output, lambda path: open_writer(path, languages=[], kinds=[])):
        with pytest.raises(InputError, match=r"'\.xls' cannot be written.*Did you mean: \.xlsx\?"):
            check(tmp_path / "a.xls")
        with pytest.raises(InputError, match=r"Choose from: \.jsonl, \.ndjson, \.csv, \.tsv"):
            check(tmp_path / "a")


def test_output_that_cannot_be_created_is_refused(tmp_path: Path) -> None:
    """A folder, or a path in no folder, is an error before and while the file is opened."""
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        check_output(tmp_path / "a.csv")
    with pytest.raises(InputError, match="there is no folder"):
        check_output(tmp_path / "b" / "a.csv")
    for ending in WRITABLE:
        with pytest.raises(InputError, match="cannot be written"):
            open_writer(tmp_path / "b" / f"a{ending}", languages=[], kinds=[])
    check_output(tmp_path / "c.csv")


DANGEROUS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\tx", "\rx", "\nx", "\0x",
             "＝1", "＋1", "－1", "＠x", "="]  # fmt: skip


@pytest.mark.parametrize("text", DANGEROUS)
@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx"])
def test_formulas_are_escaped_for_spreadsheets(tmp_path: Path, ending: str, text: str) -> None:
    """No cell of CSV, TSV or XLSX begins with what a spreadsheet runs, from whatever source."""
    record = _record(id=text, name=text, error=text, drafts=[_draft("de", "title", text)])
    (row,) = read_rows(_write(tmp_path / f"a{ending}", record))
    for column in ("id", "name", "error", "title_de"):
        assert row.values[column].startswith("'")
        assert row.values[column][1:] == text.replace("\0", "").replace(
            "\r", "\n" if ending == ".xlsx" else "\r"
        )


@pytest.mark.parametrize("text", DANGEROUS)
def test_parquet_stays_raw(tmp_path: Path, text: str) -> None:
    """Data frames run no formulas: Parquet holds the text itself."""
    _write(tmp_path / "a.parquet", _record(name=text))
    assert parquet.read_table(tmp_path / "a.parquet")["name"].to_pylist() == [text]


def test_xlsx_cells_are_strings(tmp_path: Path) -> None:
    """Numbers, error texts and dates in texts stay text; only the row is a number."""
    texts = ["00123", "#N/A", "2024-02-29", "1e5", "TRUE", "=1+1"]
    path = _write(tmp_path / "a.xlsx", *(_record(id=text) for text in texts))
    sheet = load_workbook(path).worksheets[0]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [*texts[:-1], "'=1+1"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sheet["B2"].data_type == "n"


def test_xlsx_text_over_the_limit_is_cut_and_marked(tmp_path: Path) -> None:
    """32,767 characters fit; more end in an ellipsis at that size, in XLSX alone."""
    fits, long = "x" * MAX_XLSX_CHARACTERS, "y" * (MAX_XLSX_CHARACTERS + 1)
    for ending, expected in ((".xlsx", long[: MAX_XLSX_CHARACTERS - 1] + "…"), (".csv", long)):
        path = _write(tmp_path / f"a{ending}", _record(name=fits), _record(name=long))
        assert [row.values["name"] for row in read_rows(path)] == [fits, expected]


def test_xlsx_refuses_more_rows_than_a_sheet_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row after the last is an error that names the formats without a limit."""
    monkeypatch.setattr(writing, "MAX_XLSX_ROWS", 2)
    with pytest.raises(InputError, match="at most 2 rows; write CSV, Parquet or JSON Lines"):
        _write(tmp_path / "a.xlsx", _record(), _record())


def test_csv_opens_in_excel(tmp_path: Path) -> None:
    """CSV begins with the UTF-8 byte order mark and ends its lines with CR LF."""
    data = _write(tmp_path / "a.csv", _record()).read_bytes()
    assert data.startswith(b"\xef\xbb\xbfid,row,status,name,title_zh,")
    assert data.count(b"\r\n") == data.count(b"\n") == 2


def test_parquet_row_is_a_number(tmp_path: Path) -> None:
    """The schema is the same for every file: texts, and a whole number for the row."""
    schema = parquet.read_schema(_write(tmp_path / "a.parquet", _record()))
    assert {str(schema.field(name).type) for name in FLAT if name != "row"} == {"string"}
    assert str(schema.field("row").type) == "int64"


_TEXT = st.text(max_size=40)


@settings(max_examples=100, deadline=None)
@given(ending=st.sampled_from(FLAT_FORMATS), texts=st.lists(_TEXT, min_size=1, max_size=5))
@example(ending=".xlsx", texts=["_x0041_", "a\r\nb", "\ufffe", "\ud800x", " a ", "'"])
@example(ending=".csv", texts=['"', "a\rb", "\u2028", "\x1a", "sep=;", "'="])
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, ending: str, texts: list[str]
) -> None:
    """Any text comes back, changed only in the ways that are stated for its format."""
    path = tmp_path_factory.mktemp("round") / f"a{ending}"
    _write(path, *(_record(id=f"k{text}", name=text) for text in texts))
    rows = list(read_rows(path))
    assert not [row.error for row in rows if row.error]
    assert [row.values["name"] for row in rows] == [_stated(text, ending) for text in texts]
    assert [row.values["id"] for row in rows] == [_stated(f"k{text}", ending) for text in texts]


def _stated(text: str, ending: str) -> str:
    if ending == ".xlsx":
        return xlsx_text(text)
    text = text.encode("utf-8", "replace").decode()
    return text if ending == ".parquet" else spreadsheet_safe(text).replace("\0", "")
