"""Repetition: sentences said twice and texts that run in circles.

Rules: ``repetition.loop`` (block), ``repetition.sentence`` (review).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from copywriter.brief import Language
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
NGRAM = {True: 8, False: 4}
LOOP_COUNT = 3


def check_repetition(draft: CheckInput) -> Iterator[Finding]:
    """A phrase three times is a loop; a sentence twice is a slip."""
    yield from _loop(draft)
    yield from _sentences(draft)


def _loop(draft: CheckInput) -> Iterator[Finding]:
    chinese = draft.brief.language is Language.ZH
    pattern = re.compile(r"\w") if chinese else _WORD
    units = [(m[0].casefold(), m.start(), m.end()) for m in pattern.finditer(draft.text)]
    size = NGRAM[chinese]
    words = [unit[0] for unit in units]
    grams = [tuple(words[i : i + size]) for i in range(len(words) - size + 1)]
    counts = Counter(grams)
    for place, gram in enumerate(grams):
        if counts[gram] >= LOOP_COUNT:
            span = (units[place][1], units[place + size - 1][2])
            passage = draft.text[span[0] : span[1]]
            yield Finding(
                "repetition.loop",
                Severity.BLOCK,
                f"{passage!r} stands {counts[gram]} times in the text.",
                span,
                "Generate the text again.",
            )
            return


def _sentences(draft: CheckInput) -> Iterator[Finding]:
    seen: set[str] = set()
    for sentence in draft.sentences:
        key = "".join(_WORD.findall(sentence.text.casefold()))
        if len(key) >= 6 and key in seen:
            yield Finding(
                "repetition.sentence",
                Severity.REVIEW,
                f"{sentence.text[:60]!r} is said twice.",
                (sentence.start, sentence.end),
                "Delete one of the two.",
            )
        seen.add(key)
