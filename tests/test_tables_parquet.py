"""tables.parquet: values of columnar files as facts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from pyarrow import parquet

from copywriter.errors import InputError
from copywriter.tables import Row, open_table, read_rows


def _rows(path: Path, columns: dict[str, Any]) -> list[Row]:
    parquet.write_table(pyarrow.table(columns), path)
    return list(read_rows(path))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Mug", "Mug"),
        (12.0, "12"),
        (12, "12"),
        (float("nan"), ""),
        (None, ""),
        (True, "yes"),
        (Decimal("12.50"), "12.50"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, 13, 5), "2024-02-29 13:05:00"),
        (["red", "blue"], "red, blue"),
        ([1, 2.5], "1, 2.5"),
    ],
)
def test_value_becomes_text(tmp_path: Path, value: Any, text: str) -> None:
    """Scalars and lists of scalars come as a person writes them."""
    (row,) = _rows(tmp_path / "a.parquet", {"name": ["x"], "fact": [value]})
    assert (row.number, dict(row.values), row.error) == (2, {"name": "x", "fact": text}, None)


@pytest.mark.parametrize("value", [{"a": 1}, [[1]], [{"a": 1}], b"\xff", [b"\xff"]])
def test_nested_value_costs_its_row(tmp_path: Path, value: Any) -> None:
    """A structure, nested list or bytes is an error with row and column; null there is none."""
    rows = _rows(tmp_path / "a.parquet", {"name": ["x", "y"], "fact": [value, None]})
    assert [(row.number, bool(row.error)) for row in rows] == [(2, True), (3, False)]
    assert "a.parquet, row 2, column 'fact': the value is " in str(rows[0].error)


def test_map_costs_its_row(tmp_path: Path) -> None:
    """A map comes as pairs, which are no text."""
    pairs = pyarrow.array([[("a", "b")]], pyarrow.map_(pyarrow.string(), pyarrow.string()))
    (row,) = _rows(tmp_path / "a.parquet", {"name": ["x"], "fact": pairs})
    assert "flatten the column" in str(row.error)


def test_rows_of_all_groups_come_in_order(tmp_path: Path) -> None:
    """Row groups and batches leave no trace in numbers or order; dictionaries are texts."""
    names = [f"n{number}" for number in range(2_000)]
    table = pyarrow.table({"name": pyarrow.array(names).dictionary_encode()})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=300)
    rows = list(read_rows(tmp_path / "a.parquet"))
    assert [row.values["name"] for row in rows] == names
    assert [row.number for row in rows] == list(range(2, 2_002))


def test_equal_column_names_keep_their_values(tmp_path: Path) -> None:
    """Two columns of one name are told apart as in every table."""
    table = pyarrow.table([["x"], ["a"], ["b"]], names=["name", "Color", "Color"])
    parquet.write_table(table, tmp_path / "a.parquet")
    (row,) = read_rows(tmp_path / "a.parquet")
    assert dict(row.values) == {"name": "x", "Color": "a", "Color (2)": "b"}


def test_damaged_file_is_an_input_error(tmp_path: Path) -> None:
    """A file that is no Parquet, is torn, or has broken pages is told as such."""
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"name": [f"name {n}" for n in range(5_000)]}), path)
    data = path.read_bytes()
    torn = data[: len(data) // 2]
    broken = data[:100] + bytes(byte ^ 0xFF for byte in data[100:2_000]) + data[2_000:]
    for content in (b"name\nMug\n", torn, broken):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"a\.parquet: is no Parquet file or is damaged"):
            list(read_rows(path))


def test_table_without_rows_or_columns_is_refused(tmp_path: Path) -> None:
    """There must be something to write."""
    for columns in ({"name": pyarrow.array([], pyarrow.string())}, {}):
        parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet")
        with pytest.raises(InputError, match=r"no rows|no header"):
            open_table(tmp_path / "a.parquet")
