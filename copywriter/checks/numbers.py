"""Numbers: every number, model code and number word of the text must stand in the facts.

Rules: ``numbers.not_in_facts`` (block) for digits and codes, ``numbers.word_not_in_facts``
(review) for number words, which can be idioms. ``copywriter.numbers`` says what counts as the
same number.
"""

from __future__ import annotations

from collections.abc import Iterator

from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity
from copywriter.number_words import read_number_words


def check_numbers(draft: CheckInput) -> Iterator[Finding]:
    """One finding per number or number word that the facts do not state."""
    facts = draft.fact_numbers
    for number in draft.numbers:
        if not facts.allow(number):
            yield Finding(
                "numbers.not_in_facts",
                Severity.BLOCK,
                f"{number.text!r} does not stand in the facts.",
                (number.start, number.end),
                "Remove it, or add it to the facts if it is true.",
            )
    for word in read_number_words(draft.text, draft.brief.language):
        if not facts.allow_word(word.value):
            yield Finding(
                "numbers.word_not_in_facts",
                Severity.REVIEW,
                f"{word.text!r} counts something that the facts do not count.",
                (word.start, word.end),
                "Check the number; remove it, or add it to the facts if it is true.",
            )
