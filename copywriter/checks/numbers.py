"""Numbers: every number and model code of the text must stand in the facts.

Rules: ``numbers.not_in_facts`` (block) for digits and codes. See ``copywriter.numbers`` for what
counts as the same number.
"""

from __future__ import annotations

from collections.abc import Iterator

from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity


def check_numbers(draft: CheckInput) -> Iterator[Finding]:
    """One finding per number that the facts do not state."""
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
