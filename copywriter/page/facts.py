"""Between the facts form and a Product: read the form, read pasted lines, load the examples.

form = parse_pasted("Oxford shirt\\nMaterial: cotton")
product = form.to_product()
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from copywriter.errors import CopywriterError, InputError
from copywriter.product import Product, clean
from copywriter.resources import resource
from copywriter.tables import ColumnMapping

MAX_PASTED_CHARACTERS = 100_000
MAX_EXAMPLES = 6
DETECT = "detect"
# More than a product may have, so that its own message is the one that is seen.
_MAX_ROWS = 1_000
_BUILT_IN = Path(__file__).with_name("examples.jsonl")
_SEPARATOR = re.compile(r"[:：\t]")
_BULLET = re.compile(r"[-*•·]\s+")
_MAX_LABEL_CHARACTERS = 80
_FIELDS = ("name", "brand", "category")


@dataclass(frozen=True)
class FactsForm:
    """What stands in the form. ``language`` is a code or empty (detect); rows may be empty."""

    name: str = ""
    brand: str = ""
    category: str = ""
    language: str = ""
    rows: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_page(
        cls, name: str, brand: str, category: str, language: str, rows: Sequence[Sequence[Any]]
    ) -> FactsForm:
        """The form from what a browser sent, of which no type and no size is certain."""
        if len(rows) > _MAX_ROWS:
            raise InputError(
                f"the facts have {len(rows):,} rows; leave out those that no text needs"
            )
        return cls(
            name=str(name or ""),
            brand=str(brand or ""),
            category=str(category or ""),
            language="" if language == DETECT else str(language),
            rows=tuple(map(_pair, rows)),
        )

    @classmethod
    def from_product(cls, product: Product) -> FactsForm:
        """The form that shows ``product``."""
        language = product.language.value if product.language else ""
        return cls(product.name, product.brand, product.category, language, product.attributes)

    def named(self, name: str) -> FactsForm:
        """The same form with another name."""
        return replace(self, name=name)

    def to_product(self) -> Product:
        """The product in the form; an InputError says which field to mend.

        Rows with the same label become one fact, their values joined by commas.
        """
        if not clean(self.name):
            raise InputError("the product has no name; fill in the field 'Product name'")
        attributes: dict[str, list[str]] = {}
        for number, (label, value) in enumerate(self.rows, start=1):
            if clean(value) and not clean(label):
                raise InputError(
                    f"{clean(value)[:60]!r} has no label; say in row {number} of the facts "
                    "what it is, for example Material"
                )
            if clean(value):
                attributes.setdefault(clean(label), []).append(value)
        return Product.from_dict(
            {
                "id": "1",
                "name": self.name,
                "brand": self.brand,
                "category": self.category,
                "language": self.language or None,
                "attributes": attributes,
            }
        )


def _pair(row: Sequence[Any]) -> tuple[str, str]:
    label, value, *_ = (*(str(cell if cell is not None else "") for cell in row), "", "")
    return label, value


def parse_pasted(text: str) -> FactsForm:
    """The form that ``Label: value`` lines fill; a tab separates as well as a colon.

    Name, brand and category are known by their labels in the four languages. Without a labelled
    name the first line without a label is the name; every other line without one becomes a row
    whose label is still to be given, so that no line is lost.
    """
    if len(text) > MAX_PASTED_CHARACTERS:
        raise InputError(
            f"the pasted text has {len(text):,} characters, more than {MAX_PASTED_CHARACTERS:,}; "
            "paste the facts of one product"
        )
    fields: dict[str, str] = {}
    rows: list[tuple[str, str]] = []
    lines = [pair for pair in map(_split_line, text.splitlines()) if any(pair)]
    meaning = _recognise(tuple(label for label, _ in lines if label))
    for label, value in lines:
        field = meaning.get(label, "")
        if field in _FIELDS and field not in fields:
            fields[field] = value
        else:
            rows.append((label, value))
    if "name" not in fields:
        unlabelled = next((row for row in rows if not row[0]), None)
        if unlabelled:
            rows.remove(unlabelled)
            fields["name"] = unlabelled[1]
    return FactsForm(**fields, rows=tuple(rows))


def _split_line(line: str) -> tuple[str, str]:
    # Only a mark with white space after it is a bullet: -20 °C is a fact.
    bullet = _BULLET.match(line := line.strip())
    line = line[bullet.end() :] if bullet else line
    found = _SEPARATOR.search(line)
    if found:
        label, value = line[: found.start()], line[found.end() :]
        # The colons of https://... and of 10:30 end no label.
        is_label = any(map(str.isalpha, label)) and not value.startswith("//")
        if is_label and len(label) <= _MAX_LABEL_CHARACTERS:
            return clean(label), clean(value)
    return "", clean(line)


def _recognise(labels: tuple[str, ...]) -> Mapping[str, str]:
    """What each label means, by the rules for the headers of a catalog."""
    headers = list(dict.fromkeys(labels))
    try:
        return ColumnMapping.from_headers(headers, {}).columns
    except InputError:
        # A table must have a column for the name; pasted lines may name the product without one.
        return ColumnMapping.from_headers([*headers, "name"], {}).columns


def load_examples() -> tuple[Product, ...]:
    """Products to try the page with: from the example catalog of a checkout, else built in."""
    try:
        path = resource("examples/catalog.jsonl")
    except CopywriterError:
        # The wheel ships no example catalog.
        path = _BUILT_IN
    lines = filter(str.strip, path.read_text(encoding="utf-8").splitlines())
    chosen = islice(enumerate(lines, start=1), MAX_EXAMPLES)
    return tuple(_example(line, path.name, row) for row, line in chosen)


def _example(line: str, file: str, row: int) -> Product:
    try:
        return Product.from_dict(json.loads(line))
    except InputError as error:
        raise error.at(file=file, row=row) from None
