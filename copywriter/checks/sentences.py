"""Lines and sentences of a text in any of the four languages, with their places.

>>> [passage.text for passage in split_sentences("Holds 1.5 l. Is it light? Yes!")]
['Holds 1.5 l.', 'Is it light?', 'Yes!']
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

CLOSING_MARKS = "”’»“\"')）」』】]"
# “ closes a quotation in German and opens one elsewhere: in Chinese, right behind a mark.
_CLOSING = rf"[{re.escape(CLOSING_MARKS.replace('“', ''))}]*"
_ABBREVIATIONS = (
    "ca", "Nr", "No", "no", "max", "min", "inkl", "incl", "approx", "bzw", "env", "St", "Dim",
    "usw", "etc", "vs", "Art", "Abb", "mind", "zzgl", "exkl", "excl", "réf", "ref",
)  # fmt: skip
# A full stop ends a sentence only before white space and something that can begin one, and not
# after an abbreviation: "z. B. Holz", "ca. 3 kg", "12.5" and "Nr. 4" stay whole, "2 m. Das" not.
_NOT_AFTER = r"(?<!(?<![0-9])(?<![0-9]\s)\b[zdbuiopegahBR]\.)" + "".join(
    rf"(?<!\b{word}\.)" for word in _ABBREVIATIONS
)
_END = re.compile(
    rf"[。！？…]+{_CLOSING}"
    rf"|(?:\.{_NOT_AFTER}|\s?[!?])+(?:{_CLOSING}(?:\s»)?|“)"
    rf"(?=\s+[«„“\"'(]?\s?[A-ZÀ-ÖØ-Þ\d]|\s*$|[\u4e00-\u9fff])"
    rf"|\n+"
)
_LINE_END = re.compile(r"\n+")


@dataclass(frozen=True)
class Passage:
    """One line or sentence without the white space around it; ``start`` and ``end`` count the
    characters of the whole text."""

    text: str
    start: int
    end: int


def split_sentences(text: str) -> tuple[Passage, ...]:
    """The sentences of ``text`` in order; line ends always separate."""
    return _cut(text, (match.end() for match in _END.finditer(text)))


def split_lines(text: str) -> tuple[Passage, ...]:
    """The lines of ``text`` in order, without empty ones."""
    return _cut(text, (match.end() for match in _LINE_END.finditer(text)))


def _cut(text: str, ends: Iterable[int]) -> tuple[Passage, ...]:
    passages, start = [], 0
    for end in (*ends, len(text)):
        passage = text[start:end]
        stripped = passage.strip()
        if stripped:
            first = start + len(passage) - len(passage.lstrip())
            passages.append(Passage(stripped, first, first + len(stripped)))
        start = end
    return tuple(passages)
