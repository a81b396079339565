"""What every check sees and gives back.

A check is a pure function ``check(draft: CheckInput) -> Iterator[Finding]`` in a file of its own,
listed once in ``copywriter.checks.CHECKS``. It knows no other check and reads nothing but its
input; what several checks need is computed once per draft or product and cached here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from copywriter.brief import Brief
from copywriter.checks.sentences import Passage, split_lines, split_sentences
from copywriter.draft import Finding
from copywriter.numbers import FactNumbers, Number, fact_numbers, read_numbers
from copywriter.product import Product


@dataclass(frozen=True)
class CheckInput:
    """One draft under check.

    Args:
        text: the draft as it would be shown; bullets are separated by newlines.
        product: the facts it may state.
        brief: what was asked for.
        finish: ``stop`` or ``length``, as in ``engines.Candidate``.
    """

    text: str
    product: Product
    brief: Brief
    finish: str

    @cached_property
    def lines(self) -> tuple[Passage, ...]:
        """The lines that are not empty; of bullets, each is one."""
        return split_lines(self.text)

    @cached_property
    def sentences(self) -> tuple[Passage, ...]:
        """The sentences; line ends always separate."""
        return split_sentences(self.text)

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers and model codes of the text, in order, read in the brief's language."""
        return read_numbers(self.text, self.brief.language)

    @cached_property
    def fact_numbers(self) -> FactNumbers:
        """The numbers and model codes that the facts state."""
        return fact_numbers(self.product)

    @cached_property
    def facts_text(self) -> str:
        """All facts as one casefolded text, one fact per line."""
        return _facts_text(self.product)

    def in_facts(self, passage: str) -> bool:
        """Whether the facts contain this very passage; case does not matter."""
        return passage.casefold() in self.facts_text


Check = Callable[[CheckInput], Iterator[Finding]]


@lru_cache(maxsize=256)
def _facts_text(product: Product) -> str:
    return "\n".join(product.values()).casefold()
