"""Write catalog.xlsx and catalog.jsonl from catalog.csv, the one that is edited by hand.

    python examples/make_catalogs.py [FOLDER]

FOLDER is where the two files go; by default beside catalog.csv.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from copywriter.product import Product
from copywriter.tables import open_table, to_product

SOURCE = Path(__file__).resolve().parent / "catalog.csv"


def write_json_lines(path: Path) -> None:
    """Every product in its JSON form, one per line."""
    lines = [json.dumps(product.to_dict(), ensure_ascii=False) for product in _products()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_workbook(path: Path) -> None:
    """The table as one sheet; whole numbers are numbers, as in a workbook filled by hand."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    table = open_table(SOURCE)
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title, sheet.freeze_panes = "catalog", "C2"
    sheet.append(list(table.headers))
    for row in table.rows:
        sheet.append([_cell(text) for text in row.values.values()])
    for number, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 18
    workbook.save(path)


def _products() -> list[Product]:
    table = open_table(SOURCE)
    mapping = table.mapping()
    return [to_product(row, mapping, file=SOURCE.name) for row in table.rows]


def _cell(text: str) -> str | int | None:
    return int(text) if text.isdecimal() else text or None


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE.parent
    write_workbook(folder / "catalog.xlsx")
    write_json_lines(folder / "catalog.jsonl")
