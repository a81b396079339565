"""examples: the three catalogs hold the same sixteen products."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from copywriter.brief import Language
from copywriter.product import Product
from copywriter.tables import open_table, to_product

EXAMPLES = Path(__file__).parent.parent / "examples"
ENDINGS = (".csv", ".xlsx", ".jsonl")


def _products(path: Path) -> list[Product]:
    table = open_table(path)
    mapping = table.mapping()
    return [to_product(row, mapping, file=path.name) for row in table.rows]


def test_all_catalogs_hold_the_same_products() -> None:
    """CSV, XLSX and JSON Lines give equal products in equal order."""
    csv, xlsx, jsonl = (_products(EXAMPLES / f"catalog{ending}") for ending in ENDINGS)
    assert csv == xlsx
    assert csv == jsonl


def test_script_writes_the_committed_catalogs(tmp_path: Path) -> None:
    """Nobody edited the XLSX or the JSON Lines by hand."""
    script = EXAMPLES / "make_catalogs.py"
    subprocess.run([sys.executable, script, tmp_path], check=True, timeout=60)
    written = (tmp_path / "catalog.jsonl").read_bytes()
    assert written == (EXAMPLES / "catalog.jsonl").read_bytes()
    assert _products(tmp_path / "catalog.xlsx") == _products(EXAMPLES / "catalog.xlsx")


def test_catalog_is_varied() -> None:
    """Four products per language, all of different categories, rich and poor, half of them
    without a stated language."""
    products = _products(EXAMPLES / "catalog.csv")
    assert len({product.category for product in products}) == len(products) == 16
    assert min(len(product.attributes) for product in products) == 1
    assert max(len(product.attributes) for product in products) >= 8
    assert sum(product.language is None for product in products) == 8


@pytest.mark.parametrize("stated", [True, False])
def test_language_of_the_facts_is_detected_right(stated: bool) -> None:
    """Detection agrees with every stated language, and finds four products of each."""
    products = _products(EXAMPLES / "catalog.csv")
    found = {
        product.id: Product(**{**vars(product), "language": None}).facts_language()
        for product in products
    }
    if stated:
        assert all(product.language in (None, found[product.id]) for product in products)
    else:
        assert Counter(found.values()) == dict.fromkeys(Language, 4)
