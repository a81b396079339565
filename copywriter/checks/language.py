"""Language: the text is written in the language and the script that the brief asks for.

Rules: ``language.wrong`` and ``language.script`` (block), ``language.mixed`` (review) for a
sentence in another language. The brand belongs to no language and is left out before judging.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copywriter.brief import Kind, Language
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity
from copywriter.product import language_detector

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]{3,}")
# Greek, Cyrillic, Semitic and Indian scripts, Thai, kana, Hangul; one sign alone may be a symbol.
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1cff\u3040-\u30ff\u3130-\u318f\uac00-\ud7af]{2,}")
# Confidence that lingua must have in another language, by the number of letters it sees. Measured
# on the corpora: one of 11,000 right German, English and French texts reaches it (a title made of
# English fashion words), and 99 of 100 texts in the wrong language do.
_CONFIDENCE = ((12, 0.9), (25, 0.75), (10_000_000, 0.6))
# A text in the wrong language begins in it; what comes later is judged by the sentence.
_SAMPLE_CHARACTERS = 200
_SENTENCE_CHARACTERS = 30
_SENTENCE_CONFIDENCE = 0.75


def check_language(draft: CheckInput) -> Iterator[Finding]:
    """Foreign script first; only a text in the right script is judged by its words."""
    foreign = list(_foreign_script(draft))
    yield from foreign
    if foreign:
        return
    if draft.brief.language is Language.ZH:
        yield from _not_chinese(draft)
    else:
        yield from _wrong_language(draft)


def _foreign_script(draft: CheckInput) -> Iterator[Finding]:
    for match in _OTHER_SCRIPT.finditer(draft.text):
        if not draft.in_facts(match[0]):
            yield _script_finding(draft, match)
    if draft.brief.language is not Language.ZH:
        for match in _HAN.finditer(draft.text):
            if not _is_name(draft, match[0]):
                yield _script_finding(draft, match)


def _is_name(draft: CheckInput, han: str) -> bool:
    """Chinese facts are to be translated, all but the brand; other facts quote a name."""
    if draft.product.facts_language() is Language.ZH:
        return han in draft.product.brand
    return draft.in_facts(han)


def _not_chinese(draft: CheckInput) -> Iterator[Finding]:
    """Codes, brands and units are Latin in good Chinese copy too; more words than characters
    are not."""
    han = sum(len(match[0]) for match in _HAN.finditer(draft.text))
    words = len(_LATIN_WORD.findall(_without_brand(draft, draft.text)))
    if words > han:
        yield _wrong_finding(draft, "not in Chinese")


def _wrong_language(draft: CheckInput) -> Iterator[Finding]:
    sample = _without_brand(draft, draft.text)[:_SAMPLE_CHARACTERS]
    letters = sum(map(str.isalpha, sample))
    found, confidence = _detect(sample)
    needed = next(value for limit, value in _CONFIDENCE if letters < limit)
    if found == draft.brief.language:
        if draft.brief.kind is Kind.DESCRIPTION:
            yield from _mixed(draft)
    elif confidence >= needed:
        yield _wrong_finding(draft, f"in {found}")


def _mixed(draft: CheckInput) -> Iterator[Finding]:
    for sentence in draft.sentences:
        if len(sentence.text) < _SENTENCE_CHARACTERS or len(draft.sentences) == 1:
            continue
        found, confidence = _detect(_without_brand(draft, sentence.text))
        if found != draft.brief.language and confidence >= _SENTENCE_CONFIDENCE:
            yield Finding(
                "language.mixed",
                Severity.REVIEW,
                f"{sentence.text[:60]!r} is in {found}; {draft.brief.language} was asked for.",
                (sentence.start, sentence.end),
                "Translate the sentence or delete it.",
            )


def _without_brand(draft: CheckInput, text: str) -> str:
    for word in draft.product.brand.split():
        text = text.replace(word, " ")
    return text


def _detect(text: str) -> tuple[str, float]:
    """The most likely language as ISO 639-1 and its confidence from 0 to 1."""
    best = language_detector().compute_language_confidence_values(text)[0]
    return best.language.iso_code_639_1.name.lower(), best.value


def _script_finding(draft: CheckInput, match: re.Match[str]) -> Finding:
    return Finding(
        "language.script",
        Severity.BLOCK,
        f"{match[0][:40]!r} is in a script that {draft.brief.language} does not use.",
        match.span(),
        "Translate the passage or generate the text again.",
    )


def _wrong_finding(draft: CheckInput, what: str) -> Finding:
    return Finding(
        "language.wrong",
        Severity.BLOCK,
        f"The text is {what}; {draft.brief.language} was asked for.",
        suggestion="Generate it again; facts in the language of the text help.",
    )
