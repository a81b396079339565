"""The facts form: pasted lines, odd browsers, examples."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copywriter.brief import Language
from copywriter.errors import CopywriterError, InputError
from copywriter.page import facts
from copywriter.page.facts import DETECT, FactsForm, load_examples, parse_pasted
from copywriter.product import MAX_VALUE_CHARACTERS, Product, clean

words = st.text(st.characters(categories=["L"]), min_size=1, max_size=8).filter(clean)


@pytest.mark.parametrize(
    ("name", "brand", "category"),
    [
        ("Name", "Brand", "Category"),
        ("Product name", "brand", "CATEGORY"),
        ("Bezeichnung", "Marke", "Kategorie"),
        ("Nom", "Marque", "Catégorie"),
        ("商品名称", "品牌", "类目"),
    ],
)
def test_labels_of_four_languages_find_their_fields(name: str, brand: str, category: str) -> None:
    """Name, brand and category are known by the words that shops use for them."""
    form = parse_pasted(f"{brand}: Hartwell\n{name}: Oxford shirt\n{category}：Shirts\nX: y")
    assert form == FactsForm("Oxford shirt", "Hartwell", "Shirts", "", (("X", "y"),))


def test_first_line_without_label_is_the_name() -> None:
    """The heading of a pasted list names the product."""
    form = parse_pasted("\n  Oxford shirt \nMaterial: cotton\n")
    assert (form.name, form.rows) == ("Oxford shirt", (("Material", "cotton"),))


def test_further_lines_without_label_wait_for_one() -> None:
    """A line without a label is kept and refused only when the form is used."""
    form = parse_pasted("Name: Tent\nwaterproof")
    assert form.rows == (("", "waterproof"),)
    with pytest.raises(InputError, match="'waterproof' has no label; say in row 1"):
        form.to_product()


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("Size\t21 x 8 cm", ("Size", "21 x 8 cm")),
        ("- Size: 21 x 8 cm", ("Size", "21 x 8 cm")),
        ("• Ratio: 16:9", ("Ratio", "16:9")),
        ("https://example.com/a", ("", "https://example.com/a")),
        ("10:30", ("", "10:30")),
        ("-20 °C", ("", "-20 °C")),
        ("Care:", ("Care", "")),
    ],
)
def test_a_line_is_split_at_the_end_of_its_label(line: str, row: tuple[str, str]) -> None:
    """Colons in values, addresses and times end no label, and a minus is no bullet."""
    assert parse_pasted(f"Name: x\n{line}").rows == (row,)


@given(st.lists(st.tuples(words | st.just(""), words), max_size=12))
def test_no_pasted_word_is_lost(pairs: list[tuple[str, str]]) -> None:
    """Whatever the labels, every word of the paste stands somewhere in the form."""
    text = "\n".join(f"{label}: {value}" if label else value for label, value in pairs)
    form = parse_pasted(text)
    kept = [form.name, form.brand, form.category, *(part for row in form.rows for part in row)]
    for _, value in pairs:
        assert clean(value) in kept


@given(st.text(max_size=300))
def test_any_text_can_be_pasted(text: str) -> None:
    """No paste ends in anything but a form whose product is made or refused with a reason."""
    form = parse_pasted(text)
    try:
        assert form.to_product().name == clean(form.name)
    except InputError as error:
        assert error.message


def test_a_whole_catalog_cannot_be_pasted() -> None:
    """More text than one product can have is refused with both sizes."""
    with pytest.raises(InputError, match="100,001 characters, more than 100,000"):
        parse_pasted("x" * 100_001)


def test_rows_with_one_label_become_one_fact() -> None:
    """Equal labels lose no value."""
    form = FactsForm("Tent", rows=(("Use", "camping"), ("Color", "red"), ("Use", "hiking")))
    assert form.to_product().attributes == (("Use", "camping, hiking"), ("Color", "red"))


def test_a_form_without_a_name_says_which_field_to_fill() -> None:
    """White space is no name."""
    with pytest.raises(InputError, match="fill in the field 'Product name'"):
        FactsForm(" \u200b").to_product()


def test_an_over_long_value_is_refused_with_its_label() -> None:
    """The limit of a Product is the limit of the page."""
    form = FactsForm("Tent", rows=(("Story", "x" * (MAX_VALUE_CHARACTERS + 1)),))
    with pytest.raises(InputError, match="5,001 characters, more than 5,000") as caught:
        form.to_product()
    assert caught.value.column == "Story"


def test_a_form_takes_whatever_a_browser_sends() -> None:
    """Missing cells, numbers and null come out as text."""
    form = FactsForm.from_page("Tent", None, 7, DETECT, [["Weight", 2], [], ["x"], [None, None, 1]])  # type: ignore[arg-type]
    assert form == FactsForm("Tent", "", "7", "", (("Weight", "2"), ("", ""), ("x", ""), ("", "")))


def test_a_huge_table_is_refused_before_it_is_read() -> None:
    """A browser cannot make the page read a million rows."""
    with pytest.raises(InputError, match="1,001 rows"):
        FactsForm.from_page("Tent", "", "", DETECT, [["a", "b"]] * 1_001)


def test_an_unknown_language_of_the_facts_is_refused() -> None:
    """A value that the page does not offer is named with the choices."""
    with pytest.raises(InputError, match="'xx' is unknown"):
        FactsForm("Tent", language="xx").to_product()


@given(
    name=words,
    brand=words | st.just(""),
    language=st.sampled_from([None, *Language]),
    attributes=st.dictionaries(words, words, max_size=5),
)
def test_a_product_survives_the_form(
    name: str, brand: str, language: Language | None, attributes: dict[str, str]
) -> None:
    """What an example fills in is the product that is written about."""
    data = {"id": "1", "name": name, "brand": brand, "attributes": attributes}
    product = Product.from_dict({**data, "language": language})
    assert FactsForm.from_product(product).to_product() == product


def test_examples_cover_the_four_languages() -> None:
    """A newcomer of each language finds an example in it."""
    languages = {product.facts_language() for product in load_examples()}
    assert languages == set(Language)


def test_examples_are_there_without_a_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed wheel has no example catalog and shows its own four."""

    def missing(name: str) -> Path:
        raise CopywriterError(f"{name} is missing")

    monkeypatch.setattr(facts, "resource", missing)
    assert {product.language for product in load_examples()} == set(Language)
