"""Tests of copywriter.numbers and copywriter.digits: what is the same number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copywriter.brief import Language
from copywriter.digits import canonical, fold_digits, shift
from copywriter.numbers import fact_numbers, read_numbers
from copywriter.product import Product

DE, EN, FR, ZH = Language.DE, Language.EN, Language.FR, Language.ZH


def facts(*values: str) -> Product:
    attributes = tuple((f"label {chr(97 + place)}", value) for place, value in enumerate(values))
    return Product(id="p", name="thing", attributes=attributes)


def objections(text: str, language: Language, *values: str) -> list[str]:
    """The numbers of ``text`` that facts with ``values`` do not allow."""
    allowed = fact_numbers(facts(*values))
    return [number.text for number in read_numbers(text, language) if not allowed.allow(number)]


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("0.75 l", EN, {"0.75"}),
        ("0,75 l", DE, {"0.75"}),
        ("1,200 g", EN, {"1200"}),
        ("1.200 g", DE, {"1200"}),
        ("1 200 g", FR, {"1200"}),
        ("1\u202f200\u00a0g", FR, {"1200"}),
        ("1'200 g", DE, {"1200"}),
        ("1,200 kg", DE, {"1.2"}),
        ("1.250 kg", EN, {"1.25"}),
        ("1,200,000", EN, {"1200000"}),
        ("1.200,50", DE, {"1200.5"}),
        ("１２ cm", ZH, {"12"}),
        ("①", ZH, {"1"}),
        ("½ l", EN, {"0.5"}),
        ("1/2 l", EN, {"0.5"}),
        ("1 1/2 l", EN, {"1.5"}),
        (".5 oz", EN, {"0.5"}),
        ("2.0", EN, {"2"}),
        ("2万毫安时", ZH, {"20000"}),
        ("20千克", ZH, {"20"}),
        ("4万向轮", ZH, {"4"}),
        ("1600万色", ZH, {"16000000"}),
        ("16 Millionen Farben", DE, {"16000000"}),
        ("-18 °C", EN, {"-18"}),
        ("bis −18 °C", DE, {"-18"}),
        ("零下18℃", ZH, {"-18"}),
        ("moins 18 °C", FR, {"-18"}),
        ("±45°", DE, {"45"}),
        ("3rd", EN, {"3"}),
        ("第3代", ZH, {"3"}),
        ("100%", EN, {"100"}),
        ("⁵⁰⁰ ml", EN, {"500"}),
    ],
)
def test_one_number_is_read_as_its_language_writes_it(
    text: str, language: Language, values: set[str]
) -> None:
    """Each form gives exactly one number with the stated canonical value."""
    (number,) = read_numbers(text, language)
    assert number.values == values
    assert not number.is_code


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("39-46", EN, ["39", "46"]),
        ("39–46", DE, ["39", "46"]),
        ("39 bis 46", DE, ["39", "46"]),
        ("39 à 46", FR, ["39", "46"]),
        ("39至46", ZH, ["39", "46"]),
        ("10 –15 °C", DE, ["10", "15"]),
        ("10厘米-20厘米", ZH, ["10", "20"]),
        ("21x8", EN, ["21", "8"]),
        ("21×8×3,5 cm", DE, ["21", "8", "3.5"]),
        ("140X245 cm", FR, ["140", "245"]),
        ("2-in-1", EN, ["2", "1"]),
        ("100–240 V", EN, ["100", "240"]),
        ("AC220-240V", EN, ["220", "240"]),
        ("6er-Set x4", DE, ["6", "4"]),
        ("16:9", EN, ["16", "9"]),
        ("USB 3.2 and USB-3.0", EN, ["3.2", "3"]),
    ],
)
def test_ends_and_sides_are_numbers_of_their_own(
    text: str, language: Language, values: list[str]
) -> None:
    """Ranges, dimensions and compounds fall apart into their numbers, none of them negative."""
    numbers = read_numbers(text, language)
    assert [value for number in numbers for value in number.values] == values


@pytest.mark.parametrize(
    "code", ["WH-X500B", "IP67", "CR2032", "C-1402", "X50CrMoV15", "VX-210", "E27", "A4", "FG-214E"]
)
def test_letters_before_digits_make_a_code(code: str) -> None:
    """A code is one whole without a value, also in front of a German compound."""
    (number,) = read_numbers(f"mit {code}-Fassung", DE)
    assert number.is_code
    assert number.text == code
    assert not number.values


@pytest.mark.parametrize("text", ["140 g/m²", "140 g/m2", "140 g CO₂", "140 m³/h"])
def test_digits_of_units_are_no_numbers(text: str) -> None:
    """m², m2, m³ and CO₂ are units and substances."""
    assert [number.text for number in read_numbers(text, EN)] == ["140"]


@pytest.mark.parametrize(
    ("text", "language", "fact"),
    [
        ("IP 67 und IP67", DE, "IP67"),
        ("HEPA-H13-Filter", DE, "HEPA H13"),
        ("mit Bluetooth 5.3", DE, "Bluetooth5.3"),
        ("USB-C 3.2", EN, "USB-C3.2"),
        ("SPF50", EN, "SPF 50"),
        ("4K60Hz", ZH, "4K 60 Hz"),
        ("G1/2", ZH, "G 1/2"),
        ("VX-210/VX-230", ZH, "VX-210, VX-230"),
        ("24/7", EN, "24/7"),
        ("24/7", EN, "24 h, 7 days"),
        ("12.05.2024", DE, "12.05.2024"),
        ("S-2XL", EN, "S, M, L, XL, 2XL"),
        ("3000 mm", EN, "3, 000 mm"),
        ("24 MP", DE, "2400万像素"),
        ("1600万色", ZH, "16 Millionen Farben"),
        ("6月至8月", ZH, "June to August"),
        ("140 x 245 cm", FR, "L140 x H245 cm"),
        ("2 500 ml", EN, "2 bottles of 500 ml"),
        ("3-teilig", DE, "three pieces"),
        ("3 lagig", DE, "三层"),
        ("3面防风", ZH, "dreiseitig"),
        ("2-Sitzer", DE, "双人沙发"),
        ("1个抽屉", ZH, "one drawer"),
        ("15 °C", DE, "低于-15℃"),
        ("-15 °C", DE, "耐−15℃"),
    ],
)
def test_the_same_number_in_another_form_is_allowed(
    text: str, language: Language, fact: str
) -> None:
    """What a shop writes in another way or another language is still the same fact."""
    assert objections(text, language, fact) == []


@pytest.mark.parametrize(
    ("text", "language", "fact", "objection"),
    [
        ("IP68", EN, "IP67", "IP68"),
        ("67 l", EN, "IP67", "67"),
        ("X500B", EN, "WH-X500B", "X500B"),
        ("500 g", EN, "WH-X500B", "500"),
        ("WH-X500", EN, "WH-X500B", "WH-X500"),
        ("1,200 kg", EN, "1.2 kg", "1,200"),
        ("1.200 kg", DE, "1,2 kg", "1.200"),
        ("-18 °C", EN, "18 °C", "-18"),
        ("4 inch", EN, "1/4 inch", "4"),
        ("1/2 inch", EN, "1 pack of 2", "1/2"),
        ("75 l", EN, "0.75 l", "75"),
        ("8 mm", FR, "8 000 mm", "8"),
        ("1 kg", EN, "one lid", "1"),
        ("2 W", DE, "Doppelwand", "2"),
        ("5千克", ZH, "5000 克", "5"),
        ("③", ZH, "2 pieces", "③"),
        ("³ l", EN, "2 pieces", "³"),
        ("１３ cm", ZH, "12 cm", "１３"),
        ("𝟕 cm", EN, "5 cm", "𝟕"),
    ],
)
def test_another_number_is_not_allowed(
    text: str, language: Language, fact: str, objection: str
) -> None:
    """Parts of codes and fractions, other signs and other powers of ten are no facts."""
    assert objections(text, language, fact) == [objection]


def grouped(value: int, mark: str) -> str:
    return f"{value:,}".replace(",", mark)


WRITTEN = {
    EN: (",", "."),
    DE: (".", ","),
    FR: ("\u202f", ","),
    ZH: (",", "."),
}


@given(
    whole=st.integers(0, 9_999_999),
    decimals=st.from_regex("[0-9]{0,2}", fullmatch=True),
    text_language=st.sampled_from(Language),
    facts_language=st.sampled_from(Language),
)
def test_a_fact_may_be_written_as_any_language_writes_it(
    whole: int, decimals: str, text_language: Language, facts_language: Language
) -> None:
    """Every number with marks of thousands and decimals survives the change of language."""

    def written(language: Language) -> str:
        thousands, point = WRITTEN[language]
        return grouped(whole, thousands) + (point + decimals if decimals else "") + " cm"

    assert objections(written(text_language), text_language, written(facts_language)) == []


@given(
    fact=st.integers(0, 99_999),
    other=st.integers(13, 99_999),
    language=st.sampled_from(Language),
)
def test_no_other_integer_is_allowed(fact: int, other: int, language: Language) -> None:
    """Integers are allowed exactly where they are the fact."""
    expected = [] if fact == other else [str(other)]
    assert objections(f"{other} cm", language, f"{fact} cm") == expected


@given(st.text(), st.sampled_from([None, *Language]))
def test_reading_any_text_gives_ordered_spans_of_it(text: str, language: Language | None) -> None:
    """Whatever the text, numbers do not overlap and stand where they say."""
    end = 0
    for number in read_numbers(text, language):
        assert end <= number.start < number.end <= len(text)
        assert text[number.start : number.end].endswith(number.text.lstrip("-−–"))
        end = number.end


@given(st.text())
def test_folding_keeps_the_length_and_is_done_once(text: str) -> None:
    """Spans in the folded text are spans in the text."""
    folded = fold_digits(text)
    assert len(folded) == len(text)
    assert fold_digits(folded) == folded


@given(st.integers(0, 10**9), st.integers(0, 8))
def test_shifting_multiplies_by_a_power_of_ten(value: int, places: int) -> None:
    """``shift`` agrees with integer arithmetic."""
    assert shift(canonical(str(value)), places) == str(value * 10**places)


def test_thousands_of_digits_are_read_without_an_error() -> None:
    """A run of digits longer than Python converts to an integer is one number."""
    (number,) = read_numbers("9" * 5000 + " cm", EN)
    assert number.values == {"9" * 5000}
