"""The plain corpus as drafts to check, for the tests of the checks.

The texts were written and validated by hand, so what a check says against them is a false alarm,
and an error that is planted into one is the only error there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from copywriter.brief import Brief, Kind, Language, Length, Style
from copywriter.product import Product

_FOLDER = Path(__file__).parent.parent / "finetune" / "corpora" / "plain"


@dataclass(frozen=True)
class Sample:
    """One text of the corpus; ``others`` holds the text of the same kind per language."""

    id: str
    text: str
    product: Product
    brief: Brief
    others: dict[Language, str]
    facts: dict[Language, Product]

    def with_facts(self, language: Language) -> Sample:
        """The same text with the facts in another language."""
        return replace(self, product=self.facts[language])


@lru_cache(maxsize=3)
def samples(every: int) -> tuple[Sample, ...]:
    """All texts of each ``every``-th product, in all four languages."""
    return tuple(sample for record in _records()[::every] for sample in _samples(record))


def _records() -> list[dict[str, Any]]:
    lines = [
        line
        for path in sorted(_FOLDER.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [json.loads(line) for line in lines]


def _samples(record: dict[str, Any]) -> Iterator[Sample]:
    facts = {
        language: Product.from_dict(
            {"id": record["id"], "language": language.value, **record["facts"][language]}
        )
        for language in Language
    }
    texts = {language: _texts(record["copy"][language]) for language in Language}
    description = record["copy"]["en"]["descriptions"][0]
    style, length = Style(description["style"]), Length(description["length"])
    for kind in (Kind.TITLE, Kind.BULLETS, Kind.DESCRIPTION):
        of_kind = {language: texts[language][kind] for language in Language}
        for language in Language:
            brief = Brief(language, kind, style, length)
            yield Sample(record["id"], of_kind[language], facts[language], brief, of_kind, facts)


def _texts(copy: dict[str, Any]) -> dict[Kind, str]:
    return {
        Kind.TITLE: copy["title"],
        Kind.BULLETS: "\n".join(copy["bullets"]),
        Kind.DESCRIPTION: copy["descriptions"][0]["text"],
    }
