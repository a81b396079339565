"""Brand: the brand is named where shoppers look for it, and spelled exactly.

Rules: ``brand.missing`` (review, titles only), ``brand.misspelled`` (block).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copywriter.brief import Kind
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity

_WORD = re.compile(r"[A-Za-zÀ-ɏ]+")
# Shorter words are too often one letter away from a brand by chance.
MINIMUM_LETTERS = 5
LONG_LETTERS = 8


def check_brand(draft: CheckInput) -> Iterator[Finding]:
    """Nothing is asked of a product without a brand."""
    brand = draft.product.brand
    if not brand or brand.casefold() in draft.text.casefold():
        return
    near = list(_near_misses(draft, brand))
    yield from near
    if draft.brief.kind is Kind.TITLE and not near and draft.text.strip():
        yield Finding(
            "brand.missing",
            Severity.REVIEW,
            f"The title does not name the brand {brand!r}.",
            None,
            f"Put {brand!r} first.",
        )


def _near_misses(draft: CheckInput, brand: str) -> Iterator[Finding]:
    # A word of the other facts is no misspelling: Vanille beside the brand Vanillier.
    others = draft.facts_text.replace(brand.casefold(), "")
    for name in _WORD.findall(brand):
        if len(name) < MINIMUM_LETTERS:
            continue
        allowed = 2 if len(name) >= LONG_LETTERS else 1
        for match in _WORD.finditer(draft.text):
            word = match[0]
            # Names keep their capital, common words mostly have none.
            if word[0] != name[0] or word.casefold() in others:
                continue
            if edit_distance(word.casefold(), name.casefold(), allowed) <= allowed:
                yield Finding(
                    "brand.misspelled",
                    Severity.BLOCK,
                    f"{word!r} is not how the brand {brand!r} is spelled.",
                    match.span(),
                    f"Write {name!r}.",
                )


def edit_distance(first: str, second: str, bound: int) -> int:
    """Levenshtein distance in characters; above ``bound``, only that it is larger."""
    if abs(len(first) - len(second)) > bound:
        return bound + 1
    row = list(range(len(second) + 1))
    for place, character in enumerate(first, start=1):
        above, row = row, [place]
        for column, other in enumerate(second, start=1):
            row.append(
                min(above[column] + 1, row[-1] + 1, above[column - 1] + (character != other))
            )
    return row[-1]
