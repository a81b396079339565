"""Tables in and out: CSV, TSV, XLSX, JSON Lines, Parquet.

Reading a catalog:

    table = open_table(path)                       # or read_rows(path)
    mapping = table.mapping(parse_map(["name=Produkt"]))
    for row in table.rows:
        product = to_product(row, mapping, file=str(path), default_id="")

Writing a batch's records: ``open_writer``. ``openpyxl`` and ``pyarrow`` are loaded only when a
file of their kind is opened.

What the traps of real catalogs do:

* Encoding: byte order mark, UTF-8, GB18030, Windows-1252 are found (``encodings``).
* Separator: ``, ; tab |`` is found, or named by a first line ``sep=;`` (``delimited``).
* Blank rows are skipped but counted; missing cells are empty; cells beyond the last column,
  over-long cells and broken quotes are the row's error; columns without a header are left out.
* The second column of one name gets `` (2)``; equal ids are allowed.
* No rows, no name column, more than 16,384 columns: an InputError.
* XLSX and Parquet values become text as people read it (``workbooks``, ``parquet``).
"""

from copywriter.tables.columns import ColumnMapping, parse_map, to_product
from copywriter.tables.flat import spreadsheet_safe
from copywriter.tables.reading import READABLE, Table, open_table, read_rows
from copywriter.tables.rows import Row
from copywriter.tables.writing import (
    FLAT_FORMATS,
    WRITABLE,
    TableWriter,
    check_output,
    open_writer,
)

__all__ = [
    "FLAT_FORMATS",
    "READABLE",
    "WRITABLE",
    "ColumnMapping",
    "Row",
    "Table",
    "TableWriter",
    "check_output",
    "open_table",
    "open_writer",
    "parse_map",
    "read_rows",
    "spreadsheet_safe",
    "to_product",
]
