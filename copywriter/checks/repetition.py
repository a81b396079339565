"""Repetition: texts that run in circles, sentences said twice, facts said too often.

Rules: ``repetition.loop`` (block), ``repetition.sentence`` and ``repetition.fact`` (review).
Chinese is counted in characters, the rest in words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from copywriter.brief import Kind, Language
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity

_UNIT = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+")
_GRAM = {Language.ZH: 8}
GRAM_WORDS = 4
GRAM_COUNT = 3
# A long product name may be said in every sentence; it is a loop only from here on.
NAME_GRAM_COUNT = 5
LONGEST_PERIOD = 12
FACT_SENTENCES = 3


def check_repetition(draft: CheckInput) -> Iterator[Finding]:
    """At most one loop is reported, and then nothing else of this check."""
    loop = _back_to_back(draft) or _frequent_phrase(draft)
    if loop:
        start, end, times = loop
        yield Finding(
            "repetition.loop",
            Severity.BLOCK,
            f"{draft.text[start:end][:60]!r} stands {times} times in the text.",
            (start, end),
            "Generate the text again.",
        )
        return
    yield from _sentences(draft)
    if draft.brief.kind is Kind.DESCRIPTION:
        yield from _facts(draft)


def _units(draft: CheckInput) -> list[re.Match[str]]:
    return list(_UNIT.finditer(draft.text))


def _back_to_back(draft: CheckInput) -> tuple[int, int, int] | None:
    """A phrase that follows itself until at least eight units are said in circles."""
    matches = _units(draft)
    units = [match[0].casefold() for match in matches]
    for period in range(1, min(LONGEST_PERIOD, len(units) // 3) + 1):
        run = 0
        for place in range(period, len(units)):
            run = run + 1 if units[place] == units[place - period] else 0
            if run >= 2 * period and run + period >= 6:
                first = place - run - period + 1
                end = matches[first + period - 1].end()
                return matches[first].start(), end, run // period + 1
    return None


def _frequent_phrase(draft: CheckInput) -> tuple[int, int, int] | None:
    matches = _units(draft)
    units = [match[0].casefold() for match in matches]
    size = _GRAM.get(draft.brief.language, GRAM_WORDS)
    grams = [tuple(units[place : place + size]) for place in range(len(units) - size + 1)]
    gram, times = next(iter(Counter(grams).most_common(1)), ((), 0))
    if times < GRAM_COUNT:
        return None
    place = grams.index(gram)
    start, end = matches[place].start(), matches[place + size - 1].end()
    name = f"{draft.product.brand} {draft.product.name}".casefold()
    if times < NAME_GRAM_COUNT and draft.text[start:end].casefold() in name:
        return None
    return start, end, times


def _sentences(draft: CheckInput) -> Iterator[Finding]:
    seen: set[str] = set()
    for sentence in draft.sentences:
        key = "".join(unit.casefold() for unit in _UNIT.findall(sentence.text))
        if key in seen:
            yield Finding(
                "repetition.sentence",
                Severity.REVIEW,
                f"{sentence.text[:60]!r} is said twice.",
                (sentence.start, sentence.end),
                "Delete one of the two.",
            )
        seen.add(key)


def _facts(draft: CheckInput) -> Iterator[Finding]:
    """Values that say something of their own: a number with its unit, or several words."""
    sentences = [(sentence, sentence.text.casefold()) for sentence in draft.sentences]
    if len(sentences) < FACT_SENTENCES:
        return
    for label, value in draft.product.attributes:
        if len(value) < 4 or not re.search(r"\d|\s|[\u4e00-\u9fff]{4}", value):
            continue
        found = [sentence for sentence, text in sentences if value.casefold() in text]
        if len(found) >= FACT_SENTENCES:
            yield Finding(
                "repetition.fact",
                Severity.REVIEW,
                f"{value[:60]!r} ({label}) is said in {len(found)} sentences.",
                (found[-1].start, found[-1].end),
                "Say it once.",
            )
