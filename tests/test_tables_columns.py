"""tables.columns: headers in four languages, --map, and rows as products."""

from __future__ import annotations

from typing import Any

import pytest

from copywriter.brief import Language
from copywriter.errors import InputError
from copywriter.product import MAX_ATTRIBUTES, Product
from copywriter.tables import ColumnMapping, Row, parse_map, to_product

OPEN = ColumnMapping({})


def _product(values: dict[str, Any], *options: str, **more: Any) -> Product:
    mapping = ColumnMapping.from_headers(list(values), parse_map(options))
    return to_product(Row(7, values), mapping, file="a.csv", **more)


@pytest.mark.parametrize(
    "headers",
    [
        ["sku", "Title", "BRAND", "category", "Language"],
        ["Art.-Nr.", "Produkt-Bezeichnung", "Marke", "Kategorie", "Sprache"],
        ["Réf.", "Désignation", "marque", "Catégorie", "langue"],
        ["REF", "designation", "Marque", "categorie", "Langue"],
        ["商品编号", "商品名称", "品牌", "类目", "语言"],
        ["product_id", "Product Name", "brand-name", "product category", "lang"],
    ],
)
def test_headers_are_known_in_four_languages(headers: list[str]) -> None:
    """Case, accents, spaces, dots, hyphens and underscores do not matter."""
    columns = ColumnMapping.from_headers(headers, {}).columns
    assert list(columns.values()) == ["id", "name", "brand", "category", "language"]


def test_every_other_column_is_an_attribute() -> None:
    """Attributes keep label, order and text; empty cells and n/a are none."""
    product = _product(
        {"sku": "1", "name": "Mug", "Colour": "blue", "Size": "", "Weight": "n/a", "Care": "no"}
    )
    assert product == Product("1", "Mug", attributes=(("Colour", "blue"), ("Care", "no")))


def test_strongest_of_several_name_columns_wins() -> None:
    """``name`` beats ``title`` whatever their order, and the loser is an attribute."""
    assert _product({"Title": "Best mug!", "name": "Mug", "id": "1", "sku": "2"}) == Product(
        "1", "Mug", attributes=(("Title", "Best mug!"), ("sku", "2"))
    )


def test_map_overrides_aliases() -> None:
    """A mapped column takes the field; the column with the alias becomes an attribute."""
    product = _product({"name": "x-17", "Handle": "Mug", "note": "secret"}, "name=Handle",
                       "ignore=note")  # fmt: skip
    assert product == Product("row-7", "Mug", attributes=(("name", "x-17"),))


def test_map_renames_attributes() -> None:
    """Anything that is no field is the label of an attribute."""
    product = _product({"name": "Mug", "col_7": "blue", "a=b": "x"}, "Colour=col_7", "Care=a=b")
    assert product.attributes == (("Colour", "blue"), ("Care", "x"))


def test_map_can_make_a_field_an_attribute() -> None:
    """``attribute`` and ``ignore`` may be given for several columns."""
    product = _product(
        {"name": "Mug", "Sprache": "Klingonisch", "Marke": "x", "a": "1", "b": "2"},
        "attribute=Sprache", "attribute=Marke", "ignore=a", "ignore=b",
    )  # fmt: skip
    assert product.attributes == (("Sprache", "Klingonisch"), ("Marke", "x"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["name"], "'name' must be field=HEADER"),
        (["=x"], "must be field=HEADER"),
        (["name="], "must be field=HEADER"),
        (["name=a", "name=b"], "gives 'name' twice"),
        (["Colour=a", "Colour=b"], "gives 'Colour' twice"),
        (["name=a", "brand=a"], "gives column 'a' twice"),
        (["nmae=a"], "'nmae' is no field. Did you mean: name?"),
        (["ignor=a"], "Did you mean: ignore?"),
    ],
)
def test_wrong_map_options_say_what_is_wrong(options: list[str], message: str) -> None:
    """Every mistake in --map names the option and what to write instead."""
    with pytest.raises(InputError) as caught:
        parse_map(options)
    assert message in str(caught.value)


def test_unknown_column_in_map_suggests_the_nearest() -> None:
    """A misspelt header is an error with the nearest one and all of them."""
    with pytest.raises(
        InputError, match=r"no column 'Produkte'\. Did you mean: Produkt\? Columns: sku, Produkt"
    ):
        ColumnMapping.from_headers(["sku", "Produkt"], {"Produkte": "name"})


def test_label_that_another_column_has_is_refused() -> None:
    """Two attributes of one label would hide each other."""
    with pytest.raises(InputError, match="there is a column 'Color' already"):
        ColumnMapping.from_headers(["name", "Color", "c7"], {"c7": "Color"})


def test_table_without_name_column_lists_its_columns() -> None:
    """The error names the columns and the option that helps."""
    with pytest.raises(InputError, match=r"columns: sku, Farbe\. .*--map name=HEADER"):
        ColumnMapping.from_headers(["sku", "Farbe"], {})


@pytest.mark.parametrize(
    ("cell", "language"),
    [
        ("de", Language.DE), ("DE", Language.DE), (" de-AT ", Language.DE), ("zh_CN", Language.ZH),
        ("Deutsch", Language.DE), ("français", Language.FR), ("English", Language.EN),
        ("中文", Language.ZH), ("", None),
    ],
)  # fmt: skip
def test_language_cell_is_understood(cell: str, language: Language | None) -> None:
    """Codes with and without a region and names in the four languages are known."""
    assert _product({"name": "x", "language": cell}).language is language


def test_unknown_language_names_its_cell() -> None:
    """A language that copy cannot be written from is an error with file, row and column."""
    with pytest.raises(InputError, match=r"a\.csv, row 7, column 'Sprache': 'nl' is unknown"):
        _product({"name": "x", "Sprache": "nl"})


def test_given_language_is_for_rows_without_one() -> None:
    """The language of the call is used where the row states none."""
    assert _product({"name": "x"}, language=Language.FR).language is Language.FR
    assert _product({"name": "x", "lang": "de"}, language=Language.FR).language is Language.DE


def test_missing_id_is_the_default_or_the_row() -> None:
    """A product is never without an id; the number 0 is one."""
    assert _product({"name": "x"}).id == "row-7"
    assert _product({"name": "x", "id": ""}, default_id="p-1").id == "p-1"
    assert to_product(Row(7, {"name": "x", "id": 0}), OPEN, file="a.jsonl").id == "0"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"Bezeichnung": ""}, "a.csv, row 7, column 'Bezeichnung': the product has no name"),
        ({"Bezeichnung": "x" * 5_001}, "a.csv, row 7, column 'Bezeichnung': the value has"),
        ({"name": "x", "Care": "y" * 5_001}, "a.csv, row 7, column 'Care': the value has 5,001"),
        (
            {"name": "x", **{f"a{number}": "y" for number in range(MAX_ATTRIBUTES + 1)}},
            "a.csv, row 7: the product has 101 attributes",
        ),
    ],
    ids=["no name", "long name", "long value", "attributes"],
)
def test_row_that_is_no_product_names_file_row_and_column(
    values: dict[str, str], message: str
) -> None:
    """What a product cannot hold is an error where it stands."""
    with pytest.raises(InputError) as caught:
        _product(values)
    assert str(caught.value).startswith(message)


def test_error_of_the_row_is_raised() -> None:
    """A row that could not be read makes no product."""
    row = Row(7, {"name": "half"}, InputError("the row is broken"))
    with pytest.raises(InputError, match=r"a\.csv, row 7: the row is broken"):
        to_product(row, OPEN, file="a.csv")


def test_own_json_form_is_taken_as_it_is() -> None:
    """An object with ``attributes`` is a product; its other keys are no attributes."""
    data = {"id": "1", "name": "Mug", "language": "de-DE", "attributes": {"title": "x", "n": 2}}
    product = to_product(Row(7, data), OPEN, file="a.jsonl")
    assert product == Product(
        "1", "Mug", language=Language.DE, attributes=(("title", "x"), ("n", "2"))
    )
    with pytest.raises(InputError, match=r"a\.jsonl, row 7, column 'Farbe': unknown key"):
        to_product(Row(7, {**data, "Farbe": "rot"}), OPEN, file="a.jsonl")
    with pytest.raises(InputError, match=r"column 'attributes': must be an object"):
        to_product(Row(7, {**data, "attributes": ["rot"]}), OPEN, file="a.jsonl")


def test_flat_objects_are_mapped_one_by_one() -> None:
    """Objects of one file may have different keys, each with its own strongest name."""
    mapping = ColumnMapping.from_overrides(["name", "Titel", "c7"], {"c7": "Color"})
    made = [
        to_product(Row(1, values), mapping, file="a.jsonl")
        for values in ({"name": "a", "c7": ["red", "blue"]}, {"Titel": "b", "x": True, "y": None})
    ]
    assert [product.name for product in made] == ["a", "b"]
    assert [product.attributes for product in made] == [
        (("Color", "red, blue"),), (("x", "yes"),),
    ]  # fmt: skip


def test_flat_object_with_a_nested_value_names_its_key() -> None:
    """A nested fact in a flat object is an error with its key."""
    with pytest.raises(InputError, match=r"a\.jsonl, row 3, column 'size': must be text"):
        to_product(Row(3, {"name": "x", "size": {"w": 1}}), OPEN, file="a.jsonl")
