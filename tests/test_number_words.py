"""Tests of copywriter.number_words: strict in texts, generous in facts."""

from __future__ import annotations

import pytest

from copywriter.brief import Language
from copywriter.number_words import (
    han_value,
    implied_values,
    listed_count,
    read_number_words,
    stated_months,
    stated_values,
)

DE, EN, FR, ZH = Language.DE, Language.EN, Language.FR, Language.ZH


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("Three layers and two-piece lid", EN, ["3", "2"]),
        ("Zwei Fächer, dreilagiger Stoff, acht Haken", DE, ["2", "3", "8"]),
        ("Deux poches et six boutons", FR, ["2", "6"]),
        ("两个口袋，三层面料，十二支装", ZH, ["2", "3", "12"]),
    ],
)
def test_words_that_count_are_read(text: str, language: Language, values: list[str]) -> None:
    """Number words from two to twelve that count something have their value."""
    assert [word.value for word in read_number_words(text, language)] == values


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("One jacket for a sunny one-off", EN),
        ("Often the weight of tender tents", EN),
        ("Ein Deckel und eine Kanne, bitte acht geben und nichts außer Acht lassen", DE),
        ("Zweifellos ein Zweig, Achtung, Vierteljahr", DE),
        ("Un stylo neuf, une pointe", FR),
        ("一体成型，四季皆宜，一日三餐，五金件，第三代，七分袖", ZH),
    ],
)
def test_articles_and_idioms_are_no_numbers(text: str, language: Language) -> None:
    """Articles, new (neuf), care (acht) and numerals without a measure word are left alone."""
    assert read_number_words(text, language) == ()


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("three pieces", "3"),
        ("dreiteilig", "3"),
        ("Dreilagiger Stoff", "3"),
        ("zwölfteilig", "12"),
        ("quatre roues", "4"),
        ("三层", "3"),
        ("五点式安全带", "5"),
        ("十二支", "12"),
    ],
)
def test_facts_state_numbers_by_words(fact: str, value: str) -> None:
    """Words of all languages count, compounds included."""
    assert value in stated_values(fact)


@pytest.mark.parametrize("fact", ["Zweig", "Elfenbein", "Viertel", "Achse", "zwanzig", "tent"])
def test_look_alikes_state_nothing(fact: str) -> None:
    """Words that only begin like a number are none."""
    assert stated_values(fact) == frozenset()


@pytest.mark.parametrize(
    ("fact", "value"),
    [("a pair of curtains", "2"), ("doppelwandig", "2"), ("双人", "2"), ("ein Deckel", "1")],
)
def test_facts_imply_small_numbers(fact: str, value: str) -> None:
    """Pairs, doubles and articles imply a number that the fact does not write."""
    assert value in implied_values(fact)
    assert value not in stated_values(fact)


def test_lists_and_months_are_counted() -> None:
    """Listed things have a count, named months a number."""
    assert listed_count("red, blue and green") == "3"
    assert listed_count("红色、蓝色和绿色") == "3"
    assert stated_months("Juni bis August") == {"6", "8"}


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("两", "2"), ("十", "10"), ("十二", "12"), ("二十", "20"), ("三十六", "36"), ("一一", "")],
)
def test_chinese_numerals_have_values(numeral: str, value: str) -> None:
    """Numerals up to 99 are read; what is none has no value."""
    assert han_value(numeral) == value
