"""What the page says about a draft: its badge, its size, and its findings in the text.

Everything here is data for components that show text as text, but for ``head_html``, which
holds words and numbers of the page alone and never a character of the draft or of the facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

from copywriter.brief import Brief, Kind, Language, Length, Style, measure
from copywriter.checks import run_checks
from copywriter.draft import Draft, Finding, Severity, Status, status_of
from copywriter.errors import InputError
from copywriter.product import Product

LANGUAGES = {
    Language.EN: "English",
    Language.DE: "Deutsch",
    Language.FR: "Français",
    Language.ZH: "中文",
}
KINDS = {
    Kind.TITLE: "Title",
    Kind.BULLETS: "Bullet points",
    Kind.DESCRIPTION: "Description",
    Kind.SLOGAN: "Slogan",
}
STYLES = {
    Style.FUNCTIONAL: "Functional",
    Style.PROMOTIONAL: "Promotional",
    Style.PLAYFUL: "Playful",
    Style.POETIC: "Poetic",
    Style.HEARTWARMING: "Heartwarming",
}
LENGTHS = {Length.SHORT: "Short", Length.MEDIUM: "Medium", Length.LONG: "Long"}
SEVERITIES = {Severity.BLOCK: "Must fix", Severity.REVIEW: "Please check", Severity.INFO: "Note"}
MAX_DRAFT_CHARACTERS = 20_000
# Text and mark; an empty mark leaves the text plain. Marks are the numbers of the findings.
Tokens = list[tuple[str, str | None]]


def recheck(draft: Draft, text: str, product: Product) -> Draft:
    """The draft with an edited text and the findings of that text; the same draft if unedited."""
    if text.strip() == draft.text.strip():
        return draft
    if len(text) > MAX_DRAFT_CHARACTERS:
        raise InputError(
            f"the draft has {len(text):,} characters, more than {MAX_DRAFT_CHARACTERS:,}; "
            "shorten it"
        )
    findings = run_checks(text, product, draft.brief, finish="stop")
    return Draft(draft.brief, text, status_of(findings), findings, draft.score, draft.provenance)


def head_html(draft: Draft, *, edited: bool = False) -> str:
    """Badge and size of a draft; safe, see the module docstring."""
    css, word = _badge(draft)
    note = size_note(draft.text, draft.brief) if draft.text else ""
    edited_note = '<span class="cw-edited">edited</span>' if edited else ""
    return (
        f'<div class="cw-head"><span class="cw-badge cw-{css}">{word}</span>{edited_note}'
        f'<span class="cw-size">{note}</span></div>'
    )


def _badge(draft: Draft) -> tuple[str, str]:
    """Style and words of the badge: the status, and whether anything forbids publishing.

    No check knows what a text means, so the best of them promises no more than that they passed.
    """
    if draft.status is Status.ERROR:
        return "error", "Not written"
    if any(finding.severity is Severity.BLOCK for finding in draft.findings):
        return "error", SEVERITIES[Severity.BLOCK]
    return ("ok", "Checks passed") if draft.status is Status.OK else ("review", "Needs a look")


def size_note(text: str, brief: Brief) -> str:
    """``67 words · asked for 50 to 85``; bullets are measured one by one."""
    size = brief.size_range()
    asked = f"asked for {size.low} to {size.high}"
    if brief.kind is not Kind.BULLETS:
        return f"{measure(text, brief)} {size.unit} · {asked}"
    sizes = [measure(line, brief) for line in text.splitlines() if line.strip()]
    shown = ", ".join(map(str, sizes))
    return f"{len(sizes)} bullets: {shown} {size.unit} · {asked} each"


def marked(text: str, findings: Sequence[Finding]) -> Tokens:
    """The text in pieces; a piece under a finding carries its number, counted from 1.

    Where findings overlap the shorter one wins: it says more about the place. A finding about
    the whole text marks nothing.
    """
    owners: list[str | None] = [None] * len(text)
    for number, (start, end) in sorted(_places(text, findings), key=_longest_first):
        owners[start:end] = [str(number)] * (end - start)
    groups = groupby(zip(text, owners, strict=True), key=itemgetter(1))
    return [("".join(character for character, _ in group), owner) for owner, group in groups]


def _places(text: str, findings: Sequence[Finding]) -> list[tuple[int, tuple[int, int]]]:
    spans = ((number, found.span) for number, found in enumerate(findings, start=1) if found.span)
    places = ((number, (max(0, span[0]), min(len(text), span[1]))) for number, span in spans)
    return [
        (number, (start, end))
        for number, (start, end) in places
        if start < end and end - start < len(text.strip())
    ]


def _longest_first(place: tuple[int, tuple[int, int]]) -> tuple[int, int]:
    number, (start, end) = place
    return start - end, -number


def explained(findings: Sequence[Finding]) -> Tokens:
    """One line per finding: its number and weight as the marked piece, then what to do."""
    tokens: Tokens = []
    for number, finding in enumerate(findings, start=1):
        words = " ".join(part for part in (finding.message, finding.suggestion) if part)
        end = "\n" if number < len(findings) else ""
        tokens += [(SEVERITIES[finding.severity], str(number)), (f" {words}{end}", None)]
    return tokens


def tab_label(language: Language, drafts: Sequence[Draft]) -> str:
    """Name of the language and how many of its drafts need a person."""
    name = LANGUAGES[language]
    open_drafts = sum(draft.status is not Status.OK for draft in drafts)
    if not drafts:
        return f"{name} …"
    return f"{name} · {open_drafts} to check" if open_drafts else f"{name} ✓"
