"""The project's corpora keep the rules of finetune/corpora/SPEC.md and SPEC-PLAIN.md."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from copywriter.brief import BULLET_COUNT, Kind, Language, Style, measure
from finetune.corpus import CorpusRecord, Reference, load_corpus

CORPORA = {name: load_corpus([name]) for name in ("plain", "rich")}
RECORDS = [record for records in CORPORA.values() for record in records]
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Superlatives and promises that advertising law forbids or a careful brand avoids.
FORBIDDEN = {
    Language.EN: r"\b(best|#1|number one|perfect(ly)?|guaranteed?|world'?s|ultimate|unbeatable"
    r"|flawless)\b|100 ?%",
    Language.DE: r"\b(beste[rnsm]?|Nr\. ?1|Nummer eins|garantiert|perfekt\w*|ultimativ\w*"
    r"|unschlagbar\w*|einzigartig\w*)\b|100 ?%",
    Language.FR: r"\b(le meilleur|la meilleure|les meilleure?s|n° ?1|numéro un|parfait\w*"
    r"|garantie?s?|ultime|imbattable\w*|unique au monde)\b|100 ?%",
    Language.ZH: r"最|第一|顶级|国家级|极致|完美|绝对|100%|永久|万能|神器|唯一|首选",
}
# SPEC sizes are aims; the writers were checked against these bounds.
LIMITS = {
    Kind.TITLE: ((35, 105), (10, 38)),
    Kind.BULLETS: ((4, 20), (7, 30)),
    Kind.SLOGAN: ((1, 10), (5, 18)),
}


def references() -> list[tuple[CorpusRecord, Reference]]:
    """Every text with its record."""
    return [(record, reference) for record in RECORDS for reference in record.references]


def numbers(texts: list[str]) -> set[str]:
    """Numbers with the decimal comma read as a point."""
    return {item.replace(",", ".").rstrip(".") for text in texts for item in NUMBER.findall(text)}


def test_facts_are_parallel() -> None:
    """Three to twelve attributes, as many in each language, and a brand in all or in none."""
    for record in RECORDS:
        counts = {len(product.attributes) for product in record.facts.values()}
        brands = {bool(product.brand) for product in record.facts.values()}
        # Unknown values (n/a, k.A., 无数据) are dropped on reading, in the messy products only.
        assert len(counts) == 1 or record.id.startswith("messy"), record.id
        assert 2 <= min(counts) <= max(counts) <= 12, record.id
        assert len(brands) == 1, record.id


def test_each_language_answers_the_same_briefs() -> None:
    """Kinds, styles and lengths of a record are the same in all four languages."""
    for record in RECORDS:
        briefs = {
            language: Counter(
                (item.brief.kind, item.brief.style, item.brief.length)
                for item in record.references
                if item.brief.language is language
            )
            for language in Language
        }
        assert len(set(map(str, briefs.values()))) == 1, record.id


@pytest.mark.parametrize(("name", "descriptions"), [("plain", 1), ("rich", 2)])
def test_descriptions_differ_in_style_and_length(name: str, descriptions: int) -> None:
    """One in plain, sober or selling; two in rich, in different styles and lengths."""
    for record in CORPORA[name]:
        briefs = [
            item.brief
            for item in record.references
            if item.brief.kind is Kind.DESCRIPTION and item.brief.language is Language.EN
        ]
        assert len(briefs) == descriptions, record.id
        assert len({brief.style for brief in briefs}) == descriptions, record.id
        assert len({brief.length for brief in briefs}) == descriptions, record.id
        if name == "plain":
            assert briefs[0].style in (Style.FUNCTIONAL, Style.PROMOTIONAL), record.id


def test_texts_have_the_size_they_answer() -> None:
    """Descriptions within 8 % of their range, the other kinds within the writers' bounds."""
    for record, item in references():
        brief, chinese = item.brief, item.brief.language is Language.ZH
        if brief.kind is Kind.DESCRIPTION:
            low, high = brief.size_range().low * 0.92, brief.size_range().high * 1.08
        else:
            low, high = LIMITS[brief.kind][chinese]
        lines = item.text.splitlines() if brief.kind is Kind.BULLETS else [item.text]
        assert len(lines) == (BULLET_COUNT if brief.kind is Kind.BULLETS else 1), record.id
        for line in lines:
            assert low <= measure(line, brief) <= high, (record.id, line)


def test_texts_state_no_number_outside_the_facts() -> None:
    """Numbers of a text stand in the facts of one of the four languages."""
    for record, item in references():
        facts = [value for product in record.facts.values() for value in product.values()]
        assert numbers([item.text]) <= numbers(facts), (record.id, item.text)


def test_texts_make_no_forbidden_claim() -> None:
    """No superlative or guarantee unless the facts have the very word."""
    for record, item in references():
        facts = " ".join(record.facts[item.brief.language].values())
        for found in re.finditer(FORBIDDEN[item.brief.language], item.text, re.IGNORECASE):
            allowed = found[0].lower() in facts.lower() or ("100" in found[0] and "100" in facts)
            assert allowed, (record.id, item.text)


def test_texts_are_written_in_their_script() -> None:
    """Chinese is Chinese with full-width punctuation, the others have no Han; no markup."""
    for record, item in references():
        han = len(re.findall(r"[\u4e00-\u9fff]", item.text))
        if item.brief.language is not Language.ZH:
            assert not han, record.id
        else:
            assert not re.search(r"[\u4e00-\u9fff][,;!?]|[,;!?][\u4e00-\u9fff]", item.text), (
                record.id
            )
            if item.brief.kind is not Kind.TITLE:
                assert han >= 0.4 * len("".join(item.text.split())) - 3, (record.id, item.text)
        assert not re.search(r"[\U0001F300-\U0001FAFF]|<[a-z]+>", item.text), record.id
