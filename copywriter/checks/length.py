"""Length: the size that the brief asks for, and whether there is a text at all.

Rules: ``length.empty`` (block), ``length.short``, ``length.long`` and ``length.bullet_count``
(review).
"""

from __future__ import annotations

from collections.abc import Iterator

from copywriter.brief import BULLET_COUNT, Kind, measure
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity

# Nobody sees the difference: 8 percent, and never less than one word or character.
TOLERANCE = 0.08


def check_length(draft: CheckInput) -> Iterator[Finding]:
    """Sizes in the unit of ``brief.size_range()``; bullets are measured one by one."""
    if not draft.text.strip():
        yield Finding(
            "length.empty",
            Severity.BLOCK,
            "The text is empty.",
            suggestion="Generate it again; if it stays empty, give more facts.",
        )
    elif draft.brief.kind is Kind.BULLETS:
        yield from _check_bullets(draft)
    else:
        yield from _check_size(draft, draft.text, 0)


def _check_bullets(draft: CheckInput) -> Iterator[Finding]:
    count = len(draft.lines)
    if count != BULLET_COUNT:
        yield Finding(
            "length.bullet_count",
            Severity.REVIEW,
            f"There are {count} bullets instead of {BULLET_COUNT}.",
            suggestion="Remove the weakest." if count > BULLET_COUNT else "Add the missing ones.",
        )
    for line in draft.lines:
        yield from _check_size(draft, line.text, line.start)


def _check_size(draft: CheckInput, text: str, start: int) -> Iterator[Finding]:
    wanted, size = draft.brief.size_range(), measure(text, draft.brief)
    lowest = min(wanted.low * (1 - TOLERANCE), wanted.low - 1)
    highest = max(wanted.high * (1 + TOLERANCE), wanted.high + 1)
    if lowest <= size <= highest:
        return
    short = size < lowest
    yield Finding(
        "length.short" if short else "length.long",
        Severity.REVIEW,
        f"The text has {size} {wanted.unit}; {wanted.low} to {wanted.high} were asked for.",
        (start, start + len(text)),
        "Add a fact that is not used yet, or ask for a shorter text."
        if short
        else "Cut what says least, or ask for a longer text.",
    )
