"""tables.workbooks: XLSX cells as a person reads them, and workbooks that mean harm."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart

from copywriter.errors import InputError
from copywriter.tables import open_table, read_rows
from copywriter.tables.rows import MAX_CELL_CHARACTERS

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def _book(path: Path, *rows: list[Any], sheet: str = "catalog") -> Path:
    workbook = Workbook()
    worksheet = workbook.worksheets[0]
    worksheet.title = sheet
    for row in rows:
        worksheet.append(row)
    workbook.save(path)
    return path


def _rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """A copy of a workbook with one part changed, or added."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts.get(part, b""))
    copy = path.with_name("changed.xlsx")
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return copy


def _shared(path: Path, *strings: str) -> Path:
    """The workbook with its texts ``0``, ``1``, ... as shared strings, as Excel saves them."""
    items = "".join(f"<si><t>{text}</t></si>" for text in strings)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/{STRINGS}" ContentType="{kind}"/></Types>'
    texts = re.compile(rb't="inlineStr"><is><t>(\d+)</t></is>')
    path = _rewritten(path, SHEET, lambda data: texts.sub(rb't="s"><v>\1</v>', data))
    for part, change in (
        (STRINGS, lambda data: f'<sst xmlns="{main}">{items}</sst>'.encode()),
        ("[Content_Types].xml", lambda data: data.replace(b"</Types>", override.encode())),
    ):
        path = _rewritten(path, part, change)
    return path


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (12.0, "General", "12"),
        (12, "General", "12"),
        (0.1 + 0.2, "0.00", "0.3"),
        (1234567.5, "#,##0.00", "1234567.5"),
        (4006381333931, "0", "4006381333931"),
        (0.125, "0%", "12.5 %"),
        (123, "00000", "00123"),
        (1.5, '0.0" kg"', "1.5 kg"),
        (True, "General", "yes"),
        (False, "General", "no"),
        (date(2024, 2, 29), "yyyy-mm-dd", "2024-02-29"),
        (datetime(2024, 2, 29, 13, 5), "yyyy-mm-dd hh:mm", "2024-02-29 13:05:00"),
        (time(13, 5), "hh:mm", "13:05:00"),
        ("12.0", "General", "12.0"),
        ("  two\nlines ", "General", "  two\nlines "),
        ("杯 Größe 😀", "General", "杯 Größe 😀"),
        (None, "General", ""),
        ("=1+1", "General", ""),  # openpyxl saves no value with a formula
    ],
)
def test_cell_is_read_as_a_person_reads_it(
    tmp_path: Path, value: Any, number_format: str, text: str
) -> None:
    """Numbers, dates, truth values, units and texts come as the cell shows them."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append(["name", "fact"])
    sheet.append(["x", value])
    sheet["B2"].number_format = number_format
    workbook.save(tmp_path / "a.xlsx")
    (row,) = read_rows(tmp_path / "a.xlsx")
    assert row.values["fact"] == text


def test_formula_gives_its_saved_value(tmp_path: Path) -> None:
    """The value that the spreadsheet program saved is read, and an error is an empty cell."""
    path = _book(tmp_path / "a.xlsx", ["name", "a", "b"], ["x", "=40+2", "=1/0"])

    def with_values(data: bytes) -> bytes:
        data = data.replace(b"<f>40+2</f><v></v>", b"<f>40+2</f><v>42</v>")
        data = data.replace(b"<f>40+2</f><v />", b"<f>40+2</f><v>42</v>")
        error = b'<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        return data[: data.index(b'<c r="C2"')] + error + b"</sheetData></worksheet>"

    (row,) = read_rows(_rewritten(path, SHEET, with_values))
    assert dict(row.values) == {"name": "x", "a": "42", "b": ""}


def test_shared_strings_of_excel_are_read(tmp_path: Path) -> None:
    """Texts that the sheet holds by number come as texts."""
    path = _shared(_book(tmp_path / "a.xlsx", ["0", "1"], ["2", "2"]), "name", "Farbe", "grün")
    assert [dict(row.values) for row in read_rows(path)] == [{"name": "grün", "Farbe": "grün"}]


def test_rows_are_numbered_as_in_the_sheet(tmp_path: Path) -> None:
    """Blank rows are skipped and counted."""
    path = _book(tmp_path / "a.xlsx", [], ["name", "n"], ["a", 1], [], ["b"])
    assert [(row.number, row.values["n"]) for row in read_rows(path)] == [(3, "1"), (5, "")]


def test_wrong_dimension_hides_no_cells(tmp_path: Path) -> None:
    """Programs that state the size A1 for every sheet lose neither rows nor columns."""
    path = _book(tmp_path / "a.xlsx", ["id", "name"], [1, "a"], [2, "b"])
    changed = _rewritten(path, SHEET, lambda data: data.replace(b'ref="A1:B3"', b'ref="A1"'))
    assert [row.values["name"] for row in read_rows(changed)] == ["a", "b"]


def test_first_visible_sheet_is_read(tmp_path: Path) -> None:
    """Hidden sheets and chart sheets are passed over; ``sheet`` picks another."""
    workbook = Workbook()
    workbook.worksheets[0].title = "hidden"
    workbook.worksheets[0].sheet_state = "hidden"
    workbook.worksheets[0].append(["name"])
    for title in ("one", "two"):
        for row in (["name"], [title]):
            (workbook[title] if title in workbook else workbook.create_sheet(title)).append(row)
    workbook.create_chartsheet("chart", 0).add_chart(BarChart())
    workbook.active = 2
    path = tmp_path / "a.xlsx"
    workbook.save(path)
    assert [row.values["name"] for row in read_rows(path)] == ["one"]
    assert [row.values["name"] for row in read_rows(path, sheet="two")] == ["two"]


def test_unknown_sheet_lists_the_sheets(tmp_path: Path) -> None:
    """A misspelt sheet is an error with the nearest name and all names."""
    path = _book(tmp_path / "a.xlsx", ["name"], ["a"], sheet="Produkte")
    with pytest.raises(
        InputError, match=r"no sheet 'Produkt'\. Did you mean: Produkte\? Sheets: Produkte"
    ):
        open_table(path, sheet="Produkt")


@pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"name\nMug\n", b"\xd0\xcf\x11\xe0" * 200])
def test_file_that_is_no_workbook_is_refused(tmp_path: Path, data: bytes) -> None:
    """A text file, a torn file and a password-protected one are told from a workbook."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"a\.xlsx: is no XLSX workbook"):
        read_rows(path)


def test_archive_without_a_workbook_is_refused(tmp_path: Path) -> None:
    """A zip file with another ending is not a workbook."""
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(InputError, match="the workbook is damaged"):
        read_rows(path)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data.replace(b"<sheetData>", b"<sheetData><row r='x'/>"),
        lambda data: data.replace(b't="inlineStr"><is><t>b</t></is>', b't="s"><v>99</v>'),
    ],
    ids=["torn", "empty", "bad row", "missing string"],
)
def test_damaged_sheet_is_an_input_error(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    """Whatever is wrong inside, the user reads that the workbook is damaged."""
    path = _book(tmp_path / "a.xlsx", ["name", "n"], ["a", 1], ["b", 2])
    with pytest.raises(InputError, match=r"changed\.xlsx: the workbook is damaged"):
        list(read_rows(_rewritten(path, SHEET, change)))


@pytest.mark.parametrize("part", [STRINGS, SHEET])
def test_zip_bomb_is_refused_unopened(tmp_path: Path, part: str) -> None:
    """A part that unpacks to a thousand times its size is refused before it is unpacked."""
    path = _book(tmp_path / "a.xlsx", ["name"], ["a"])
    bomb = _rewritten(path, part, lambda data: data + b" " * (60 << 20))
    assert bomb.stat().st_size < 1 << 20
    with pytest.raises(InputError, match=f"unpacks to 60 MiB in {part}, .* as CSV"):
        read_rows(bomb)


def test_row_number_of_billions_does_not_hang(tmp_path: Path) -> None:
    """A row that claims to be the two-billionth ends at the size of the largest sheet."""
    path = _book(tmp_path / "a.xlsx", ["name"], ["a"])
    changed = _rewritten(path, SHEET, lambda data: data.replace(b'r="2"', b'r="2000000000"'))
    with pytest.raises(InputError, match=r"more than 1,048,576 rows"):
        list(read_rows(changed))


def test_entities_of_a_sheet_are_not_expanded(tmp_path: Path) -> None:
    """A billion laughs in the sheet are an error, not gigabytes of text."""
    path = _book(tmp_path / "a.xlsx", ["name", "n"], ["a", "b"])
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{levels}]>'.encode()

    def laugh(data: bytes) -> bytes:
        start = data.index(b"<worksheet")
        return bomb + data[start:].replace(b"<t>b</t>", b"<t>&l9;</t>")

    with pytest.raises(InputError, match="the workbook is damaged"):
        list(read_rows(_rewritten(path, SHEET, laugh)))


def test_cell_of_ten_megabytes_costs_one_row(tmp_path: Path) -> None:
    """Such a cell is its row's error with its column; the rows after it come."""
    big = "abcdefghij" * 1_000_000
    path = _shared(_book(tmp_path / "a.xlsx", ["0", "1"], ["2", "3"], ["2"]), "name", "n", "a", big)
    rows = list(read_rows(path))
    assert [(row.number, bool(row.error)) for row in rows] == [(2, True), (3, False)]
    assert f"column 'n': the cell has 10,000,000 characters, more than {MAX_CELL_CHARACTERS:,}" in (
        str(rows[0].error)
    )
    assert rows[0].values == {"name": "a", "n": ""}


def test_header_only_is_refused(tmp_path: Path) -> None:
    """A sheet without rows has nothing to write; an empty one has no header."""
    with pytest.raises(InputError, match="has a header but no rows"):
        read_rows(_book(tmp_path / "a.xlsx", ["name"]))
    with pytest.raises(InputError, match="has no header"):
        read_rows(_book(tmp_path / "a.xlsx"))
