"""Language: the text is written in the language and the script that the brief asks for.

Rules: ``language.wrong`` and ``language.script`` (block). Names, codes and values that stand in
the facts are nobody's language and are left out before judging.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from copywriter.brief import Language
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity
from copywriter.product import language_detector

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN_RUN = re.compile(f"[{HAN}]+")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’-]*")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1cff\u3040-\u30ff\u3130-\u318f\uac00-\ud7af]{2,}")
# Below this many letters lingua guesses; it is then believed only when it is very sure.
SURE_LETTERS = 25
MINIMUM_CONFIDENCE = 0.7
HIGH_CONFIDENCE = 0.97


def check_language(draft: CheckInput) -> Iterator[Finding]:
    """Foreign script first; only a text in the right script is judged by its words."""
    foreign = list(_foreign_script(draft))
    yield from foreign
    if not foreign and draft.brief.language is not Language.ZH:
        yield from _wrong_language(draft)


def _foreign_script(draft: CheckInput) -> Iterator[Finding]:
    for match in _OTHER_SCRIPT.finditer(draft.text):
        if not draft.in_facts(match[0]):
            yield _script_finding(draft, match.span(), match[0])
    if draft.brief.language is not Language.ZH:
        for match in _HAN_RUN.finditer(draft.text):
            if not draft.in_facts(match[0]):
                yield _script_finding(draft, match.span(), match[0])
        return
    latin = [m[0] for m in _LATIN_WORD.finditer(draft.text) if not draft.in_facts(m[0])]
    han = sum(len(match[0]) for match in _HAN_RUN.finditer(draft.text))
    if sum(map(len, latin)) > max(han, 12):
        yield _wrong_finding(draft, "not in Chinese")


def _script_finding(draft: CheckInput, span: tuple[int, int], passage: str) -> Finding:
    return Finding(
        "language.script",
        Severity.BLOCK,
        f"{passage[:40]!r} is in a script that {draft.brief.language} does not use.",
        span,
        "Generate the text again or translate the passage.",
    )


def _wrong_language(draft: CheckInput) -> Iterator[Finding]:
    text = draft.text
    letters = sum(character.isalpha() for character in text)
    if letters < 4:
        return
    best = language_detector().compute_language_confidence_values(text)[0]
    found = best.language.iso_code_639_1.name.lower()
    needed = MINIMUM_CONFIDENCE if letters >= SURE_LETTERS else HIGH_CONFIDENCE
    if found != draft.brief.language and best.value >= needed:
        yield _wrong_finding(draft, f"in {found} rather than {draft.brief.language}")


def _wrong_finding(draft: CheckInput, what: str) -> Finding:
    return Finding(
        "language.wrong",
        Severity.BLOCK,
        f"The text is {what}; {draft.brief.language} was asked for.",
        None,
        "Generate it again; facts in the language of the text help.",
    )
