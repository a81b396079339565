"""Cut-off: texts that stop before they are finished.

Rules: ``cut_off.limit`` (block) when the bound on tokens ended the text, ``cut_off.unfinished``
(review) when it ends in the middle of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from copywriter.brief import Kind
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity

_FINAL = "。！？….!?"
_CLOSING = "”’»“\"')）」』】]"
_DANGLING = ",;:，；：、-–—/&+(（[【«„“‘"


def check_cut_off(draft: CheckInput) -> Iterator[Finding]:
    """The bound first; otherwise the end of the text, for bullets the end of each."""
    if draft.finish == "length":
        end = len(draft.text)
        yield Finding(
            "cut_off.limit",
            Severity.BLOCK,
            "The text reached the limit of tokens before it was finished.",
            (max(0, end - 20), end),
            "Generate it again or ask for a longer text.",
        )
        return
    start = 0
    for line in draft.text.splitlines(keepends=True):
        stripped = line.rstrip()
        last = draft.brief.kind is Kind.BULLETS or start + len(line) == len(draft.text)
        if stripped and last and _unfinished(stripped, draft.brief.kind):
            end = start + len(stripped)
            yield Finding(
                "cut_off.unfinished",
                Severity.REVIEW,
                f"The text ends in {stripped[-20:]!r}, which is not an end.",
                (max(start, end - 20), end),
                "Finish or delete the last sentence.",
            )
        start += len(line)


def _unfinished(text: str, kind: Kind) -> bool:
    if text[-1] in _DANGLING:
        return True
    if kind is not Kind.DESCRIPTION:
        return False
    body = text.rstrip(_CLOSING + " \u00a0\u202f")
    return not body or body[-1] not in _FINAL
