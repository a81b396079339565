"""Sentences of a text in any of the four languages, with their spans.

>>> [sentence.text for sentence in split_sentences("Holds 1.5 l. Is it light? Yes!")]
['Holds 1.5 l.', 'Is it light?', 'Yes!']
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CLOSING_MARKS = "”’»\"')）」』】]"
# A full stop ends a sentence only before white space and something that can begin one, so that
# "z. B. aus", "ca. 3", "12.5" and "Nr. 4" stay whole; Chinese marks always end one.
_END = re.compile(
    rf"(?:[。！？…]+[{re.escape(CLOSING_MARKS)}]*)"
    rf"|(?:(?<!\b\w)(?<!\bca)(?<!\bNr)(?<!\bNo)(?<!\bmax)(?<!\bmin)(?<!\binkl)(?<!\bapprox)"
    rf"(?<!\bincl)(?<!\bbzw)(?<!\bDim)(?<!\benv)(?<!\bSt)"
    rf"[.!?]+[\s]?[{re.escape(CLOSING_MARKS)}]*(?=\s+[«„“\"'(]?\s?[A-ZÀ-ÖØ-Þ\d]|\s*$))"
    rf"|\s[!?]+(?=\s|$)"
    rf"|\n+"
)


@dataclass(frozen=True)
class Sentence:
    """One sentence, without the white space around it; ``start`` and ``end`` in characters."""

    text: str
    start: int
    end: int


def split_sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of ``text`` in order; line ends always separate."""
    sentences, start = [], 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        passage = text[start:end]
        stripped = passage.strip()
        if stripped:
            first = start + len(passage) - len(passage.lstrip())
            sentences.append(Sentence(stripped, first, first + len(stripped)))
        start = end
    return tuple(sentences)
