"""What the page says about a draft."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copywriter.brief import Brief, Kind, Language
from copywriter.draft import Draft, Finding, Severity, Status
from copywriter.errors import InputError
from copywriter.page.review import (
    MAX_DRAFT_CHARACTERS,
    explained,
    head_html,
    marked,
    recheck,
    size_note,
    tab_label,
)
from copywriter.product import Product

BRIEF = Brief(Language.EN, Kind.DESCRIPTION)
PRODUCT = Product("1", "Oxford shirt", attributes=(("Material", "cotton"), ("Weight", "140 g")))


def finding(start: int, end: int, severity: Severity = Severity.REVIEW) -> Finding:
    return Finding("test.rule", severity, "wrong", (start, end), "mend it")


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=6),
)
def test_marks_never_change_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    """Overlapping, empty and impossible spans leave every character where it was."""
    tokens = marked(text, [finding(*span) for span in spans])
    assert "".join(piece for piece, _ in tokens) == text


def test_the_shorter_of_two_findings_marks_its_place() -> None:
    """A word inside a marked sentence keeps its own mark."""
    assert marked("abcdef gh", [finding(0, 6), finding(2, 4)]) == [
        ("ab", "1"),
        ("cd", "2"),
        ("ef", "1"),
        (" gh", None),
    ]


def test_a_finding_about_the_whole_text_marks_nothing() -> None:
    """A mark over everything would point at nothing."""
    assert marked("too short", [finding(0, 9)]) == [("too short", None)]


def test_explanations_carry_the_numbers_of_the_marks() -> None:
    """Weight and number first, then what is wrong and what to do, one finding per line."""
    findings = [finding(0, 1, Severity.BLOCK), Finding("a.b", Severity.INFO, "odd")]
    assert explained(findings) == [
        ("Must fix", "1"),
        (" wrong mend it\n", None),
        ("Note", "2"),
        (" odd", None),
    ]


@pytest.mark.parametrize(
    ("brief", "text", "note"),
    [
        (BRIEF, "Two words", "2 words · asked for 50 to 85"),
        (Brief(Language.ZH, Kind.SLOGAN), "轻装 上路", "4 characters · asked for 6 to 16"),
        (
            Brief(Language.EN, Kind.BULLETS),
            "a b\nc",
            "2 bullets: 2, 1 words · asked for 5 to 18 each",
        ),
    ],
)
def test_sizes_are_told_in_the_unit_of_the_brief(brief: Brief, text: str, note: str) -> None:
    """Words, characters, or the size of each bullet, beside what was asked for."""
    assert size_note(text, brief) == note


@pytest.mark.parametrize(
    ("status", "findings", "badge"),
    [
        (Status.OK, (), "Checks passed"),
        (Status.REVIEW, (finding(0, 1),), "Needs a look"),
        (Status.REVIEW, (finding(0, 1, Severity.BLOCK),), "Must fix"),
        (Status.ERROR, (finding(0, 1, Severity.BLOCK),), "Not written"),
    ],
)
def test_the_badge_says_what_the_status_means(
    status: Status, findings: tuple[Finding, ...], badge: str
) -> None:
    """What must not be published is told apart from what wants a look."""
    assert f">{badge}<" in head_html(Draft(BRIEF, "text", status, findings))


def test_the_head_holds_no_character_of_the_draft() -> None:
    """The head is HTML, so neither text nor findings of a draft may reach it."""
    hostile = Finding("a.b", Severity.BLOCK, "<img src=x onerror=alert(1)>")
    head = head_html(Draft(BRIEF, "<img src=x onerror=alert(1)>", Status.REVIEW, (hostile,)))
    assert "img" not in head
    assert "alert" not in head


def test_an_unedited_draft_keeps_its_findings() -> None:
    """Leaving a text box without a change must not lose what only the writing knew."""
    draft = Draft(BRIEF, "Cut off in the", Status.REVIEW, (finding(0, 3),))
    assert recheck(draft, "Cut off in the", PRODUCT) is draft


def test_an_edited_draft_is_checked_again() -> None:
    """A number that a person adds is held against the facts like one of the model's."""
    draft = Draft(BRIEF, "A shirt of cotton.", Status.OK)
    edited = recheck(draft, "A shirt of cotton, 999 g.", PRODUCT)
    assert edited.text == "A shirt of cotton, 999 g."
    assert edited.status is Status.REVIEW
    assert "numbers.not_in_facts" in {found.rule for found in edited.findings}


def test_an_over_long_edit_is_refused() -> None:
    """A browser cannot make the checks read a book."""
    draft = Draft(BRIEF, "A shirt.", Status.OK)
    with pytest.raises(InputError, match="20,001 characters, more than 20,000"):
        recheck(draft, "x" * (MAX_DRAFT_CHARACTERS + 1), PRODUCT)


def test_tabs_count_the_drafts_that_need_a_person() -> None:
    """A reader sees from the tabs where to look first."""
    fine, bad = Draft(BRIEF, "x", Status.OK), Draft(BRIEF, "", Status.ERROR)
    assert tab_label(Language.EN, []) == "English …"
    assert tab_label(Language.EN, [fine]) == "English ✓"
    assert tab_label(Language.EN, [fine, bad]) == "English · 1 to check"
