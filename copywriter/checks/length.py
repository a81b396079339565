"""Length: the size that the brief asks for, and whether there is a text at all.

Rules: ``length.empty`` (block), ``length.short``, ``length.long`` and ``length.bullet_count``
(review).
"""

from __future__ import annotations

from collections.abc import Iterator

from copywriter.brief import BULLET_COUNT, Kind, measure
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity

# The corpus was accepted with this tolerance, so a model that learned from it keeps it at best.
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
        return
    if draft.brief.kind is not Kind.BULLETS:
        yield from _check_size(draft, draft.text, 0)
        return
    lines = [line for line in draft.text.splitlines() if line.strip()]
    if len(lines) != BULLET_COUNT:
        yield Finding(
            "length.bullet_count",
            Severity.REVIEW,
            f"There are {len(lines)} bullets instead of {BULLET_COUNT}.",
            suggestion="Remove the weakest or add a missing one.",
        )
    start = 0
    for line in draft.text.splitlines(keepends=True):
        if line.strip():
            yield from _check_size(draft, line.rstrip("\n"), start)
        start += len(line)


def _check_size(draft: CheckInput, text: str, start: int) -> Iterator[Finding]:
    wanted, size = draft.brief.size_range(), measure(text, draft.brief)
    span = (start, start + len(text))
    asked = f"{wanted.low} to {wanted.high} {wanted.unit} were asked for"
    if size < wanted.low * (1 - TOLERANCE):
        yield Finding(
            "length.short",
            Severity.REVIEW,
            f"The text has {size} {wanted.unit}; {asked}.",
            span,
            "Add a fact that is not used yet, or ask for a shorter text.",
        )
    elif size > wanted.high * (1 + TOLERANCE):
        yield Finding(
            "length.long",
            Severity.REVIEW,
            f"The text has {size} {wanted.unit}; {asked}.",
            span,
            "Cut a sentence, or ask for a longer text.",
        )
