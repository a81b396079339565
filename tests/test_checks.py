"""Tests of copywriter.checks as a whole and of each check's hits and non-hits."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copywriter.brief import Brief, Kind, Language, Length, Style
from copywriter.checks import CHECKS, Check, CheckInput, run_checks
from copywriter.draft import Severity
from copywriter.product import Product

DE, EN, FR, ZH = Language.DE, Language.EN, Language.FR, Language.ZH
PRODUCT = Product(
    id="p1",
    name="Insulated bottle",
    brand="Nordhaf",
    language=EN,
    attributes=(
        ("Capacity", "750 ml"),
        ("Material", "stainless steel, double-wall"),
        ("Lid", "leak-proof screw lid"),
        ("Colour", "ocean blue"),
    ),
)
GOOD = (
    "The Nordhaf bottle holds 750 ml and is made of double-wall stainless steel. Its screw lid is "
    "leak-proof, so the bottle can lie in a bag. The colour is ocean blue."
)
GERMAN = (
    "Die Flasche von Nordhaf fasst 750 ml und besteht aus doppelwandigem Edelstahl. Der Deckel "
    "ist auslaufsicher, und die Farbe ist ein schönes Ozeanblau für jeden Tag."
)
CHINESE = (
    "Nordhaf保温水杯容量750毫升，双层不锈钢杯身，旋盖防漏，放进包里也安心。"
    "海洋蓝配色，日常通勤随手带走。"
)
SHORT = Brief(EN, Kind.DESCRIPTION, Style.FUNCTIONAL, Length.SHORT)


def rules(
    text: str, brief: Brief = SHORT, product: Product = PRODUCT, finish: str = "stop"
) -> set[str]:
    return {finding.rule for finding in run_checks(text, product, brief, finish=finish)}


def of_check(name: str, text: str, brief: Brief = SHORT, product: Product = PRODUCT) -> set[str]:
    return {rule for rule in rules(text, brief, product) if rule.startswith(name)}


def brief(kind: Kind, language: Language = EN, length: Length = Length.SHORT) -> Brief:
    return Brief(language, kind, Style.FUNCTIONAL, length)


@pytest.mark.parametrize(
    ("text", "language"), [(GOOD, EN), (GERMAN, DE), (CHINESE, ZH)], ids=["en", "de", "zh"]
)
def test_a_good_draft_has_no_findings(text: str, language: Language) -> None:
    """Nothing is said against a true, complete text of the right size."""
    assert rules(text, brief(Kind.DESCRIPTION, language)) == set()


def test_findings_are_ordered_by_severity_and_place() -> None:
    """The heaviest come first, and among equals the first in the text."""
    text = "**Nordhaf** holds 999 ml. It holds 888 ml. It holds 888 ml, it"
    findings = run_checks(text, PRODUCT, SHORT, finish="stop")
    severities = [list(Severity).index(finding.severity) for finding in findings]
    assert severities == sorted(severities)
    blocks = [
        finding.span[0] for finding in findings if finding.severity == "block" and finding.span
    ]
    assert blocks == sorted(blocks)
    assert len(blocks) >= 3


@settings(deadline=None)  # the first text loads the language detector
@given(
    text=st.text(max_size=300) | st.text(alphabet="aA1.,-/ \n*[]()<>&;两个厘米。“”", max_size=300),
    kind=st.sampled_from(Kind),
    language=st.sampled_from(Language),
    finish=st.sampled_from(["stop", "length"]),
)
def test_any_text_gets_findings_with_places_in_it(
    text: str, kind: Kind, language: Language, finish: str
) -> None:
    """No text makes a check fail, spans lie in the text, and every message says something."""
    for finding in run_checks(text, PRODUCT, brief(kind, language), finish=finish):
        assert finding.message
        assert finding.rule.count(".") == 1
        if finding.span:
            start, end = finding.span
            assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(
    "unit", ["a", "A-", "[", "1 ", "a.", "<a", "两", "。", "* ", "{ ", "1.", "&"]
)
def test_no_text_makes_a_check_slow(check: Check, unit: str) -> None:
    """Twenty thousand characters of one kind take under two seconds: no pattern backtracks."""
    draft = CheckInput(unit * (20_000 // len(unit)), PRODUCT, SHORT, "stop")
    started = time.process_time()
    for _ in check(draft):
        pass
    assert time.process_time() - started < 2


def test_checks_do_not_depend_on_each_other() -> None:
    """Each check alone finds what it finds together with the others."""
    text = "**Nordhaf** holds 999 ml. Die Flasche ist sehr schön und passt in jede Tasche, weil"
    together = run_checks(text, PRODUCT, SHORT, finish="stop")
    alone = [found for check in CHECKS for found in check(CheckInput(text, PRODUCT, SHORT, "stop"))]
    assert sorted(together, key=repr) == sorted(alone, key=repr)


def test_an_invented_number_is_blocked_where_it_stands() -> None:
    """The span is the number and the message names it."""
    text = GOOD.replace("750", "950")
    (finding,) = run_checks(text, PRODUCT, SHORT, finish="stop")
    assert finding.rule == "numbers.not_in_facts"
    assert finding.severity is Severity.BLOCK
    assert finding.span is not None
    assert text[slice(*finding.span)] == "950"
    assert "'950'" in finding.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD.replace("Its screw lid", "Its three lids"), {"numbers.word_not_in_facts"}),
        (GOOD.replace("Its screw lid", "With two walls, its lid"), set()),
    ],
)
def test_number_words_are_for_review(text: str, expected: set[str]) -> None:
    """Double-wall allows two walls; three lids are in no fact."""
    assert of_check("numbers", text) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (GERMAN, EN, {"language.wrong"}),
        (GOOD, FR, {"language.wrong"}),
        (GOOD, ZH, {"language.wrong"}),
        (CHINESE, DE, {"language.script"}),
        (GOOD + " Отличная бутылка.", EN, {"language.script"}),
        (CHINESE + "ステンレスボトル", ZH, {"language.script"}),
        (GOOD + " Der Deckel ist auslaufsicher und hält den Tee den ganzen Tag warm.", EN,
         {"language.mixed"}),
        ("750 ml", DE, set()),
        ("Nordhaf", FR, set()),
        ("Ω, µ and π are symbols; this is an English sentence about a bottle.", EN, set()),
    ],
)  # fmt: skip
def test_language_and_script_are_those_asked_for(
    text: str, language: Language, expected: set[str]
) -> None:
    """Other languages and scripts are found; names, numbers and symbols belong to all."""
    assert of_check("language", text, brief(Kind.DESCRIPTION, language)) == expected


def test_chinese_brands_may_stand_in_german_text() -> None:
    """Han characters of the brand are a name; those of Chinese facts are to be translated."""
    product = Product(
        id="p", name="保温水杯", brand="春茗", language=ZH, attributes=(("容量", "750毫升"),)
    )
    german = brief(Kind.DESCRIPTION, DE)
    assert of_check("language", "Die Flasche von 春茗 fasst 750 ml.", german, product) == set()
    found = of_check("language", "Die Flasche 保温水杯 fasst 750 ml.", german, product)
    assert found == {"language.script"}


@pytest.mark.parametrize(
    ("kind", "language", "text", "expected"),
    [
        (Kind.DESCRIPTION, EN, "", {"length.empty"}),
        (Kind.DESCRIPTION, EN, " \n ", {"length.empty"}),
        (Kind.DESCRIPTION, EN, "word " * 21, set()),
        (Kind.DESCRIPTION, EN, "word " * 20, {"length.short"}),
        (Kind.DESCRIPTION, EN, "word " * 48, set()),
        (Kind.DESCRIPTION, EN, "word " * 49, {"length.long"}),
        (Kind.SLOGAN, EN, "word " * 10, set()),
        (Kind.SLOGAN, EN, "word " * 11, {"length.long"}),
        (Kind.TITLE, EN, "x" * 36, {"length.short"}),
        (Kind.TITLE, ZH, "字" * 37, {"length.long"}),
        (Kind.BULLETS, EN, "one two three four\n" * 3, set()),
        (Kind.BULLETS, EN, "one two three four\n" * 2, {"length.bullet_count"}),
        (Kind.BULLETS, EN, "one two three\none two three four\none two three four",
         {"length.short"}),
    ],
)  # fmt: skip
def test_sizes_outside_the_range_are_for_review(
    kind: Kind, language: Language, text: str, expected: set[str]
) -> None:
    """Eight percent or one unit beyond the range is tolerated; an empty text is blocked."""
    assert of_check("length", text, brief(kind, language)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{GOOD} The colour is ocean blue.", {"repetition.sentence"}),
        ("The bottle is blue, the bottle is blue, the bottle is blue, the", {"repetition.loop"}),
        ("very very very very very very very good", {"repetition.loop"}),
        ("It comes in a bag and it holds tea. So it comes in a bag. Now it comes in a bag too.",
         {"repetition.loop"}),
        ("Insulated bottle: this Insulated bottle is a Nordhaf Insulated bottle.", set()),
        ("It holds 750 ml. With 750 ml it is large. You get 750 ml.", {"repetition.fact"}),
        ("It holds 750 ml. With 750 ml it is large.", set()),
        (GOOD, set()),
    ],
)  # fmt: skip
def test_repetition_is_found(text: str, expected: set[str]) -> None:
    """Loops are blocked; sentences said twice and facts said three times are for review."""
    assert of_check("repetition", text) == expected


def test_chinese_loops_are_counted_in_characters() -> None:
    """Eight characters three times are a loop, four are good style."""
    chinese = brief(Kind.DESCRIPTION, ZH)
    assert of_check("repetition", "杯身轻巧又好看呀，" * 3, chinese) == {"repetition.loop"}
    assert of_check("repetition", "不锈钢杯身，不锈钢杯盖，不锈钢把手。", chinese) == set()


@pytest.mark.parametrize(
    ("kind", "language", "text", "expected"),
    [
        (Kind.DESCRIPTION, EN, "It holds 750 ml and", {"cut_off.unfinished"}),
        (Kind.DESCRIPTION, EN, "It holds 750 ml", {"cut_off.unfinished"}),
        (Kind.DESCRIPTION, EN, "It holds “750 ml.”", set()),
        (Kind.DESCRIPTION, DE, "Sie heißt „Blau.“", set()),
        (Kind.DESCRIPTION, DE, "Sie heißt „Blau", {"cut_off.unfinished"}),
        (Kind.DESCRIPTION, FR, "Elle s'appelle « Bleue ». Et voilà !", set()),
        (Kind.DESCRIPTION, ZH, "容量750毫升。", set()),
        (Kind.DESCRIPTION, ZH, "容量750毫升，", {"cut_off.unfinished"}),
        (Kind.TITLE, EN, "Nordhaf Insulated Bottle, 750 ml", set()),
        (Kind.TITLE, EN, "Nordhaf Insulated Bottle,", {"cut_off.unfinished"}),
        (Kind.TITLE, EN, "Nordhaf Insulated Bottle (750 ml", {"cut_off.unfinished"}),
        (Kind.TITLE, EN, "Nordhaf Insulated Bottle with", {"cut_off.unfinished"}),
        (Kind.TITLE, EN, "Marble Run, USB-A, Age 4+", set()),
        (Kind.SLOGAN, EN, "A place to be with", set()),
        (Kind.BULLETS, DE, "Lampen schalten sich automatisch ein\nFarbe Blau\nInhalt und", {
            "cut_off.unfinished"}),
    ],
)  # fmt: skip
def test_unfinished_ends_are_for_review(
    kind: Kind, language: Language, text: str, expected: set[str]
) -> None:
    """Descriptions need a final mark, all others only no dangling one."""
    assert of_check("cut_off", text, brief(kind, language)) == expected


def test_the_limit_of_tokens_blocks() -> None:
    """A text that the engine cut is unfinished even if it looks finished."""
    assert rules(GOOD, finish="length") == {"cut_off.limit"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# The bottle", {"leftovers.markdown"}),
        ("- The bottle", {"leftovers.markdown"}),
        ("1. The bottle\n2. The lid", {"leftovers.markdown"}),
        ("The *blue* bottle", {"leftovers.markdown"}),
        ("| Capacity | 750 ml |", {"leftovers.markdown"}),
        ("The <b>bottle</b>", {"leftovers.html"}),
        ("The bottle &amp; lid", {"leftovers.html"}),
        ("The [Brand] bottle", {"leftovers.placeholder"}),
        ("The {name} bottle", {"leftovers.placeholder"}),
        ("XXX bottle, lorem ipsum", {"leftovers.placeholder"}),
        ("The bottle.<end_of_turn>", {"leftovers.end_mark"}),
        ("The bot\ufffdtle", {"leftovers.broken_text"}),
        ("schÃ¶ne Flasche", {"leftovers.broken_text"}),
        ("The bottle\\nand lid", {"leftovers.broken_text"}),
        ("Visit www.example.org", {"leftovers.address"}),
        ("Write to a@example.org", {"leftovers.address"}),
        ("Here is the product description: The bottle", {"leftovers.chat"}),
        ("As an AI, I like it.", {"leftovers.chat"}),
        ("Product facts\nThe bottle", {"leftovers.prompt"}),
        ("The bottle.\n\nEnglish title:\nThe bottle", {"leftovers.prompt"}),
        ("Deutsche Beschreibung, sachlich, kurz:\nDie Flasche", {"leftovers.prompt"}),
        ("Name: Insulated bottle", {"leftovers.prompt"}),
        ("品牌：Nordhaf", {"leftovers.prompt"}),
        ("Capacity: 750 ml; Colour : ocean blue", {"leftovers.facts_dump"}),
    ],
)
def test_leftovers_are_blocked(text: str, expected: set[str]) -> None:
    """Mark-up, placeholders, marks of the model and echoes of the prompt are named."""
    assert of_check("leftovers", text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Sizes S–XXL, 5 * 3, <1 % loss, A & B; 2-in-1 – and more...",
        "3. Generation of the bottle",
        "The colour: ocean blue",
        "Half | half, rated #2 of e.g. three",
        "【保温】水杯：750毫升，双层不锈钢",
        "L'essentiel : 750 ml. C'est tout.",
    ],
)
def test_ordinary_signs_are_no_leftovers(text: str) -> None:
    """Ranges, ampersands, brackets of Chinese titles and ordinals stay."""
    assert of_check("leftovers", text) == set()


def test_signs_of_the_facts_may_stand_in_the_text() -> None:
    """What a merchant gave as a fact is no left-over."""
    product = Product(id="p", name="Shop *classic* tee", attributes=(("Site", "www.tee.example"),))
    text = "Shop *classic* tee from www.tee.example"
    assert of_check("leftovers", text, SHORT, product) == set()


def test_a_second_line_is_no_title() -> None:
    """Titles and slogans are one line; what follows is another text."""
    found = of_check("leftovers", "Nordhaf bottle, 750 ml\nAnother one", brief(Kind.TITLE))
    assert found == {"leftovers.lines"}


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.TITLE, "Insulated Bottle 750 ml", {"brand.missing"}),
        (Kind.TITLE, "NORDHAF Insulated Bottle", set()),
        (Kind.TITLE, "Nordhof Insulated Bottle", {"brand.misspelled"}),
        (Kind.DESCRIPTION, "The Norhaf bottle.", {"brand.misspelled"}),
        (Kind.DESCRIPTION, "The nordhof bottle.", set()),
        (Kind.DESCRIPTION, "The bottle.", set()),
        (Kind.DESCRIPTION, "Nordhaf and Nordhof.", set()),
    ],
)
def test_the_brand_is_spelled_exactly(kind: Kind, text: str, expected: set[str]) -> None:
    """Near misses are blocked unless the brand is there too; titles must name it."""
    assert of_check("brand", text, brief(kind)) == expected


def test_words_of_the_facts_are_no_misspelled_brand() -> None:
    """Vanille is what the brand Vanillier sells."""
    product = Product(id="p", name="Vanille-Extrakt", brand="Vanillier")
    german = brief(Kind.DESCRIPTION, DE)
    assert of_check("brand", "Bourbon-Vanille für den Teig.", german, product) == set()
