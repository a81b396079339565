"""Product, Brief and language detection: what is read, refused and measured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copywriter.brief import Brief, Kind, Language, Style, measure, parse_choice, parse_choices
from copywriter.errors import InputError
from copywriter.product import MAX_ATTRIBUTES, MAX_VALUE_CHARACTERS, Product, clean, detect_language
from finetune.corpus import load_corpus


def test_json_form_round_trips() -> None:
    """What to_dict writes, from_dict reads."""
    data = {
        "id": "7", "name": "Cup", "brand": "Nordhaf", "category": "kitchen", "language": "en",
        "attributes": {"Color": "red", "Volume": "300 ml"},
    }  # fmt: skip
    assert Product.from_dict(data).to_dict() == data


def test_values_are_cleaned_and_unknown_ones_dropped() -> None:
    """White space folds, numbers and lists become text, n/a is no fact, "no" is one."""
    product = Product.from_dict(
        {"id": 7, "name": " Cup\n\tred ", "brand": "N/A",
         "attributes": {"Size": 12.5, "Colors": ["red", "blue"], "Lid": "no", "Weight": "k.A.",
                        "Handle": None, "Stackable": True}}
    )  # fmt: skip
    assert (product.id, product.name, product.brand) == ("7", "Cup red", "")
    assert dict(product.attributes) == {
        "Size": "12.5", "Colors": "red, blue", "Lid": "no", "Stackable": "yes",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"name": ""}, "no name"),
        ({"name": "Cup", "colour": "red"}, "unknown key 'colour'"),
        ({"name": "Cup", "attributes": ["red"]}, "must be an object"),
        ({"name": "Cup", "attributes": {"a": {"b": 1}}}, "must be text or a number, not dict"),
        ({"name": "Cup", "language": "es"}, "'es' is unknown"),
        ({"name": "x" * (MAX_VALUE_CHARACTERS + 1)}, "5,001 characters, more than 5,000"),
        ({"name": "Cup", "attributes": {str(n): "x" for n in range(MAX_ATTRIBUTES + 1)}},
         "101 attributes"),
    ],
)  # fmt: skip
def test_wrong_products_are_refused(data: dict[str, object], message: str) -> None:
    """The value and the way out are in the message."""
    with pytest.raises(InputError, match=message):
        Product.from_dict(data)


def test_a_product_must_be_an_object() -> None:
    """A list is refused by its type."""
    with pytest.raises(InputError, match="must be an object, not list"):
        Product.from_dict([])  # type: ignore[arg-type]


@given(st.text())
def test_cleaned_text_is_one_line(text: str) -> None:
    """No line break, tab or doubled space is left, whatever comes in."""
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())
    assert clean(cleaned) == cleaned


def test_language_of_corpus_facts_is_detected() -> None:
    """Facts of hand-written products are told apart in at least 98 of 100 cases."""
    products = [
        (language, product)
        for record in load_corpus(["plain"])[::8]
        for language, product in record.facts.items()
    ]
    hits = sum(
        detect_language(" . ".join(item.values())) is language for language, item in products
    )
    assert hits / len(products) >= 0.98


def test_given_language_beats_detection() -> None:
    """The caller knows better than the detector."""
    assert Product("1", "保温杯", language=Language.DE).facts_language() is Language.DE
    assert Product("1", "保温杯").facts_language() is Language.ZH
    assert Product("1", "12 / 34").facts_language() is Language.EN


@pytest.mark.parametrize("record", load_corpus(["plain", "rich"])[::40], ids=lambda item: item.id)
def test_measure_agrees_with_the_corpus(record: object) -> None:
    """Hand-written descriptions have the size their brief asks for, with the SPEC's tolerance."""
    for reference in record.references:  # type: ignore[attr-defined]
        size, brief = measure(reference.text, reference.brief), reference.brief
        if brief.kind is Kind.DESCRIPTION:
            bounds = brief.size_range()
            assert bounds.low * 0.92 <= size <= bounds.high * 1.08


def test_choices_are_parsed_and_explained() -> None:
    """Lists keep their order without doubles; an unknown name lists the known ones."""
    assert parse_choices(Language, "de, ZH,de", where="--languages") == (Language.DE, Language.ZH)
    with pytest.raises(
        InputError, match="'funny' is unknown for --style; choose from: promotional"
    ):
        parse_choice(Style, "funny", where="--style")
    with pytest.raises(InputError, match="no value given for --kinds"):
        parse_choices(Kind, " , ", where="--kinds")


def test_titles_are_measured_in_characters() -> None:
    """Titles count characters in every language, Chinese texts without spaces."""
    assert measure("Cup, red", Brief(Language.EN, Kind.TITLE)) == 8
    assert measure("红色 杯子", Brief(Language.ZH, Kind.DESCRIPTION)) == 4
    assert measure("one two", Brief(Language.EN, Kind.SLOGAN)) == 2
