"""What the columns of a table mean, and how a Row becomes a Product.

A header is recognised in four languages, whatever its case, spaces, accents, dots, hyphens and
underscores; every other column is an attribute. ``--map field=Header`` overrides.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from copywriter.brief import Language, parse_choice
from copywriter.errors import InputError
from copywriter.product import Product, clean
from copywriter.tables.rows import Row

FIELDS = ("id", "name", "brand", "category", "language")
ATTRIBUTE, IGNORE = "attribute", "ignore"
_MANY = (ATTRIBUTE, IGNORE)

# Stronger aliases first: in a table with several, the first of this list is taken.
_ALIASES = {
    "id": """id|sku|product id|item id|article id|product code|item number|item no|article number
        |Artikelnummer|Artikel-Nr.|Art.-Nr.|Artikel-ID|Produkt-ID|Produktnummer|Bestellnummer
        |référence|réf|référence produit|code article|货号|编号|商品编号
        |产品编号|商品编码|编码|款号""",
    "name": """name|product name|title|product title|item name|Produktname|Bezeichnung
        |Produktbezeichnung|Artikelbezeichnung|Artikelname|Titel|Produkttitel|nom|nom du produit
        |désignation|titre|libellé|名称|商品名称|产品名称|品名|标题|商品标题""",
    "brand": "brand|brand name|Marke|Markenname|marque|品牌|品牌名称",
    "category": """category|product category|Kategorie|Produktkategorie|Warengruppe|catégorie
        |catégorie de produit|类目|分类|类别|品类|商品分类|商品类目""",
    "language": "language|lang|locale|Sprache|langue|语言|语种",
}
_LANGUAGES = {
    Language.EN: "english|Englisch|anglais|英语|英文",
    Language.DE: "german|Deutsch|allemand|德语|德文",
    Language.FR: "french|Französisch|français|法语|法文",
    Language.ZH: "chinese|Chinesisch|chinois|中文|汉语|简体中文|cn",
}


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    """Letters and digits alone, without case and accents: ``Art.-Nr.`` -> ``artnr``."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())


_FIELD_OF = {
    _normal(alias): (name, strength)
    for name, aliases in _ALIASES.items()
    for strength, alias in enumerate(aliases.split("|"))
}
_LANGUAGE_OF = {
    _normal(name): language for language, names in _LANGUAGES.items() for name in names.split("|")
}


@dataclass(frozen=True)
class ColumnMapping:
    """What each column is.

    Args:
        columns: header -> ``id``, ``name``, ``brand``, ``category``, ``language``, ``attribute``
            or ``ignore``.
        labels: header -> label of the attribute, where it is not the header itself.
    """

    columns: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_headers(cls, headers: Sequence[str], overrides: Mapping[str, str]) -> ColumnMapping:
        """Recognise all columns of a table.

        Args:
            headers: as the table has them.
            overrides: from ``parse_map``: header -> field, ``attribute``, ``ignore`` or a label.

        Of several columns that mean the same field, the one with the strongest alias is taken
        (``name`` before ``title``) and the others are attributes.

        Raises:
            InputError: an override names no column, two columns get one label, or no column is
                the name.
        """
        given = cls.from_overrides(headers, overrides)
        columns = _recognise(headers, given.columns)
        if "name" not in columns.values():
            raise InputError(
                f"no column is the product's name; columns: {', '.join(headers)[:500]}. "
                "Say which one: --map name=HEADER"
            )
        return cls(columns, given.labels)

    @classmethod
    def from_overrides(cls, headers: Sequence[str], overrides: Mapping[str, str]) -> ColumnMapping:
        """The overrides alone, for JSON Lines, where ``to_product`` recognises the keys of each
        object by itself; errors as in ``from_headers``."""
        _check_headers(headers, overrides)
        labels = {
            header: target
            for header, target in overrides.items()
            if target not in (*FIELDS, *_MANY)
        }
        _check_labels(headers, overrides, labels)
        columns = {
            header: ATTRIBUTE if header in labels else overrides[header] for header in overrides
        }
        return cls(columns, labels)

    def header_of(self, name: str) -> str | None:
        """The column that holds a field, or None."""
        return next((header for header, found in self.columns.items() if found == name), None)


def parse_map(options: Sequence[str]) -> dict[str, str]:
    """``--map`` options as header -> field or label: ``{"Produkt": "name"}``.

    The left side is a field (``id``, ``name``, ``brand``, ``category``, ``language``),
    ``ignore``, ``attribute`` or a new label for an attribute.

    Raises:
        InputError: no ``=``, an empty side, a field or a column given twice, or a field that
            was probably misspelt.
    """
    overrides: dict[str, str] = {}
    for option in options:
        left, equals, header = option.partition("=")
        target, header = _target(left), clean(header)
        if not (equals and target and header):
            raise InputError(f"--map {option!r} must be field=HEADER, such as --map name=Produkt")
        if header in overrides:
            raise InputError(f"--map gives column {header!r} twice; keep one of them")
        if target not in _MANY and target in overrides.values():
            raise InputError(f"--map gives {target!r} twice; keep one of them")
        overrides[header] = target
    return overrides


def _target(left: str) -> str:
    label, known = clean(left), (*FIELDS, *_MANY)
    if label.lower() in known or not label:
        return label.lower()
    close = difflib.get_close_matches(label.lower(), known, n=1, cutoff=0.75)
    if close and close[0] != _normal(label):
        raise InputError(
            f"--map {label!r} is no field. Did you mean: {close[0]}? Fields: {', '.join(known)}; "
            "anything else is the new label of an attribute"
        )
    return label


def _check_headers(headers: Sequence[str], overrides: Mapping[str, str]) -> None:
    for header in overrides:
        if header not in headers:
            close = difflib.get_close_matches(header, headers, n=1)
            hint = f" Did you mean: {close[0]}?" if close else ""
            raise InputError(
                f"--map: there is no column {header!r}.{hint} Columns: {', '.join(headers)[:500]}"
            )


def _check_labels(
    headers: Sequence[str], overrides: Mapping[str, str], labels: Mapping[str, str]
) -> None:
    # parse_map refuses equal labels; this is about a label that another column already has.
    for label in labels.values():
        if label in headers and overrides.get(label, ATTRIBUTE) == ATTRIBUTE:
            raise InputError(f"--map: there is a column {label!r} already; choose another label")


def _recognise(headers: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """``given`` completed by the fields that the other headers are aliases of, or attributes."""
    columns = {header: given.get(header, ATTRIBUTE) for header in headers}
    taken = set(given.values())
    for header in sorted((header for header in columns if header not in given), key=_strength):
        name = _field_of(header)
        if name and name not in taken:
            columns[header] = name
            taken.add(name)
    return columns


def _field_of(header: str) -> str | None:
    return _FIELD_OF.get(_normal(header), (None, 0))[0]


def _strength(header: str) -> int:
    return _FIELD_OF.get(_normal(header), (None, 0))[1]


def to_product(
    row: Row,
    mapping: ColumnMapping,
    *,
    file: str,
    language: Language | None = None,
    default_id: str = "",
) -> Product:
    """The product of a row.

    Args:
        row: from a table or JSON Lines. An object with the key ``attributes`` is a product in
            its own JSON form; any other object is mapped like the row of a table.
        mapping: of the table; keys that it does not know are recognised by their aliases.
        file: name of the file, for errors.
        language: of the facts, for rows that do not say theirs.
        default_id: for rows without an id; when empty, ``row-`` and the row number.

    Raises:
        InputError: the row's own error, or a value that a product cannot hold, with file, row
            and column.
    """
    if row.error:
        raise row.error.at(file=file, row=row.number)
    own_form = not isinstance(row.values.get("attributes", ""), str)
    try:
        data = dict(row.values) if own_form else _json_form(row.values, mapping)
        if data.get("id") in (None, ""):
            data["id"] = default_id or f"row-{row.number}"
        data["language"] = _language(data.get("language"))
        product = Product.from_dict(data)
    except InputError as error:
        column = None if own_form else mapping.header_of(error.column or "")
        message = InputError(error.message, column=column or error.column)
        raise message.at(file=file, row=row.number) from None
    return product.with_language(language) if language and not product.language else product


def _json_form(values: Mapping[str, Any], mapping: ColumnMapping) -> dict[str, Any]:
    data: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    columns = mapping.columns
    if not columns.keys() >= values.keys():
        columns = _recognise(values, columns)
    for header, value in values.items():
        name = columns[header]
        if name == IGNORE or value in ("", None):
            continue
        if name in FIELDS:
            data[name] = value
        else:
            attributes[mapping.labels.get(header, header)] = value
    return {**data, "attributes": attributes}


def _language(value: Any) -> Any:
    """``de-DE``, ``Deutsch`` and ``German`` as ``de``; what is no text is left to Product."""
    if not isinstance(value, str) or not value.strip():
        return value or None
    base = value.strip().replace("_", "-").partition("-")[0]
    try:
        return _LANGUAGE_OF.get(_normal(value)) or parse_choice(
            Language, base, where="the language of the facts"
        )
    except InputError as error:
        raise error.at(column="language") from None
