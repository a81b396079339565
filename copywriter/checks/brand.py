"""Brand: the brand is named where shoppers look for it, and spelled exactly.

Rules: ``brand.missing`` (review, titles only), ``brand.misspelled`` (block).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copywriter.brief import Kind
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity

_WORD = re.compile(r"[^\W\d_]+")
MINIMUM_LETTERS = 5


def check_brand(draft: CheckInput) -> Iterator[Finding]:
    """Nothing is asked of a product without a brand."""
    brand = draft.product.brand
    if not brand or brand.casefold() in draft.text.casefold():
        return
    near = list(_near_misses(draft, brand))
    yield from near
    if draft.brief.kind is Kind.TITLE and not near:
        yield Finding(
            "brand.missing",
            Severity.REVIEW,
            f"The title does not name the brand {brand!r}.",
            None,
            f"Put {brand!r} first.",
        )


def _near_misses(draft: CheckInput, brand: str) -> Iterator[Finding]:
    if len(brand) < MINIMUM_LETTERS or " " in brand:
        return
    for match in _WORD.finditer(draft.text):
        word = match[0]
        if word[0].casefold() != brand[0].casefold() or draft.in_facts(word):
            continue
        if 0 < edit_distance(word.casefold(), brand.casefold()) <= 2:
            yield Finding(
                "brand.misspelled",
                Severity.BLOCK,
                f"{word!r} is not how the brand {brand!r} is spelled.",
                match.span(),
                f"Write {brand!r}.",
            )


def edit_distance(first: str, second: str) -> int:
    """Levenshtein distance in characters."""
    row = list(range(len(second) + 1))
    for place, character in enumerate(first, start=1):
        above, row = row, [place]
        for column, other in enumerate(second, start=1):
            row.append(
                min(above[column] + 1, row[-1] + 1, above[column - 1] + (character != other))
            )
    return row[-1]
