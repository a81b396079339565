"""Cut-off: texts that stop before they are finished.

Rules: ``cut_off.limit`` (block) when the bound on tokens ended the text, ``cut_off.unfinished``
(review) when it ends in the middle of something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copywriter.brief import Kind, Language
from copywriter.checks.base import CheckInput
from copywriter.checks.sentences import CLOSING_MARKS, Passage
from copywriter.draft import Finding, Severity

_FINAL = "。！？….!?"
_DANGLING_MARKS = ",;:，；：、-–—/&(（[【«„"
_PAIRS = (("(", ")"), ("（", "）"), ("[", "]"), ("【", "】"), ("«", "»"), ("《", "》"))
_QUOTES = {Language.DE: ("„", "“"), Language.FR: ("«", "»")}
# Words with which no text ends. Case matters (USB-A, 36 To); German prefixes of verbs may end one.
_DANGLING_WORD = {
    Language.EN: re.compile(r"\b(?:the|an?|of|with|from|for|and|or|its|your)$"),
    Language.DE: re.compile(
        r"\b(?:der|die|das|den|dem|des|eine[nmrs]?|und|oder|von|für|zum|zur|sowie|bis|im|am)$"
    ),
    Language.FR: re.compile(r"\b(?:les?|la|une?|des?|du|et|ou|avec|pour|à|aux?|dans|sur|en)$"),
    Language.ZH: re.compile(r"(?:(?<![柔温缓平饱祥])和|与|及|或|采用|适合|并且|为了)$"),
}


def check_cut_off(draft: CheckInput) -> Iterator[Finding]:
    """The bound first; otherwise the end of the text, for bullets the end of each."""
    if draft.finish == "length":
        end = len(draft.text)
        yield Finding(
            "cut_off.limit",
            Severity.BLOCK,
            "The text reached the limit of tokens before it was finished.",
            (max(0, end - 20), end) if draft.text else None,
            "Generate it again or ask for a longer text.",
        )
        return
    whole = draft.brief.kind is not Kind.BULLETS
    for passage in draft.lines[-1:] if whole else draft.lines:
        if _unfinished(passage, draft):
            yield Finding(
                "cut_off.unfinished",
                Severity.REVIEW,
                f"{passage.text[-20:]!r} is not an end.",
                (max(passage.start, passage.end - 20), passage.end),
                "Finish the last sentence or delete it.",
            )


def _unfinished(passage: Passage, draft: CheckInput) -> bool:
    text, brief = passage.text, draft.brief
    quotes = _QUOTES.get(brief.language, ("“", "”"))
    if any(text.rfind(opening) > text.rfind(closing) for opening, closing in (*_PAIRS, quotes)):
        return True
    body = text.rstrip(CLOSING_MARKS + " \u00a0\u202f")
    if body and body[-1] in _FINAL:
        return False
    if brief.kind is Kind.DESCRIPTION or not body:
        return True
    if text[-1] in _DANGLING_MARKS:
        return True
    # A slogan may play with a dangling word.
    return brief.kind is not Kind.SLOGAN and bool(_DANGLING_WORD[brief.language].search(text))
