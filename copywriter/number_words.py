"""Number words of four languages: what facts state by them, and which ones a text uses.

Facts are read generously (``stated_values``: dreilagig, dual, 双, a list of three colours), since
that only allows; text is read strictly (``read_number_words``), since each hit may be held against
it. Articles and idioms are no numbers: ein, un, one, 一, German "acht geben", French "neuf" (new),
Chinese numerals without a measure word (四季, 三餐, 五金).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from copywriter.brief import Language

_ENGLISH = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
            "twelve")  # fmt: skip
_GERMAN = ("zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf",
           "zwölf")  # fmt: skip
_FRENCH = ("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
           "douze")  # fmt: skip
_VALUES = {
    word: str(value)
    for words in (_ENGLISH, _GERMAN, _FRENCH)
    for value, word in enumerate(words, start=2)
}
_HAN_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_HAN_DIGITS["两"] = 2

_HAN = "[一二两三四五六七八九十]+"
_MEASURE_WORDS = (
    "个只件层档种款色片支瓶盒包袋条张把台套颗粒级段路轴口孔挡块根枚枝盏顶本册卷副位名岁寸年"
    "格扇节腿罐杯股"
)
_HAN_COUNTED = re.compile(
    rf"(?<![第十百千万一二两三四五六七八九每])({_HAN})(?:[{_MEASURE_WORDS}]|合一|小时|分钟|用(?!于))"
)
_GERMAN_ENDINGS = (
    r"(?:er|mal|fach|teilig|lagig|stufig|farbig|schichtig|geteilt|reihig|sitzig|türig|beinig|"
    r"polig|flammig|köpfig|wöchig|monatig|jährig|stündig)(?:e[nmrs]?)?"
)
_TEXT_WORDS = {
    Language.EN: re.compile(rf"(?<![\w-])({'|'.join(_ENGLISH)})\b", re.IGNORECASE),
    # "acht" alone is also "Acht geben", "außer Acht lassen": before a noun it counts.
    Language.DE: re.compile(
        rf"\b(?:({'|'.join(word for word in _GERMAN if word != 'acht')})(?:{_GERMAN_ENDINGS})?\b"
        rf"|(acht)(?:{_GERMAN_ENDINGS}\b|(?=\s+(?-i:[A-ZÄÖÜ]))))",
        re.IGNORECASE,
    ),
    Language.FR: re.compile(
        rf"(?<![\w-])({'|'.join(word for word in _FRENCH if word != 'neuf')})\b"
        r"(?!-(?:sept|huit|neuf|vingt)| cent)",
        re.IGNORECASE,
    ),
    Language.ZH: _HAN_COUNTED,
}
_STATED = re.compile(
    rf"\b(?P<word>{'|'.join((*_ENGLISH, *_FRENCH))})(?:fold)?\b"
    r"|\b(?P<stem>zwei(?![gf])|drei(?!ß|z)|vier(?![tz])|fünf(?!z)|sechs(?!z)|sieben(?!z)"
    r"|acht(?![esuz])|neun(?!z)|zehn|elf(?!e)|zwölf)"
    rf"|(?P<han>{_HAN})",
    re.IGNORECASE,
)
_IMPLIED = (
    (
        "1",
        re.compile(
            r"\b(?:single|one|einzeln\w*|eine?[nmrs]?|une?|simple)\b|单"
            rf"|一[{_MEASURE_WORDS}]",
            re.IGNORECASE,
        ),
    ),
    (
        "2",
        re.compile(
            r"\b(?:double|dual|twin|twice|pairs?|both|doppel\w*|beid\w*|paare?|paires?|bi)\b"
            r"|\b(?:doppel|zweit)|[双对]",
            re.IGNORECASE,
        ),
    ),
    ("3", re.compile(r"\b(?:triple|tri|dritt\w*|dreier)\b", re.IGNORECASE)),
    ("4", re.compile(r"\b(?:quad|quadruple)\b", re.IGNORECASE)),
    ("12", re.compile(r"\b(?:dozen|dutzend|douzaine)\b|[一两半]打", re.IGNORECASE)),
    ("0.5", re.compile(r"\b(?:half|halb\w*|demi\w*)\b|半", re.IGNORECASE)),
)
_SEPARATOR = re.compile(r"[,，、;；/+&]|\b(?:and|or|und|oder|et|ou)\b|[和及与或]")
_MONTHS = (
    "january|januar|janvier", "february|februar|février", "march|märz|mars", "april|avril",
    "may|mai", "june|juni|juin", "july|juli|juillet", "august|août",
    "september|septembre", "october|oktober|octobre", "november|novembre",
    "december|dezember|décembre",
)  # fmt: skip
_MONTH = re.compile(
    "|".join(rf"\b(?P<m{place}>{names})\b" for place, names in enumerate(_MONTHS, start=1)),
    re.IGNORECASE,
)


@dataclass(frozen=True)
class NumberWord:
    """One number word of a text: ``value`` is a canonical number as in ``copywriter.numbers``."""

    text: str
    start: int
    end: int
    value: str


def read_number_words(text: str, language: Language) -> tuple[NumberWord, ...]:
    """The number words from two on that count something in ``text``, in order."""
    words = []
    for match in _TEXT_WORDS[language].finditer(text):
        word = next(group for group in match.groups() if group)
        value = han_value(word) if language is Language.ZH else _VALUES[word.lower()]
        if value not in ("", "1"):
            words.append(NumberWord(match[0], match.start(), match.end(), value))
    return tuple(words)


@lru_cache(maxsize=4096)
def stated_values(fact: str) -> frozenset[str]:
    """Canonical numbers that a fact states by words of any of the four languages."""
    values: set[str] = set()
    for match in _STATED.finditer(fact):
        if match["han"]:
            values.add(han_value(match["han"]))
        else:
            values.add(_VALUES[(match["word"] or match["stem"]).lower()])
    return frozenset(values - {"", "1"})


@lru_cache(maxsize=4096)
def implied_values(fact: str) -> frozenset[str]:
    """Canonical numbers that a fact implies without counting: a double sofa, a pair, one lid.

    They allow "2 seats", but no measure: neither 2 kg nor 1 W.
    """
    return frozenset(value for value, pattern in _IMPLIED if pattern.search(fact))


@lru_cache(maxsize=4096)
def listed_count(fact: str) -> str:
    """How many things a fact lists (red, blue or green: 3), as a canonical number."""
    return str(len(_SEPARATOR.findall(fact)) + 1)


@lru_cache(maxsize=4096)
def stated_months(fact: str) -> frozenset[str]:
    """Months that a fact names, as numbers: Chinese writes June as 6月."""
    return frozenset(str(match.lastgroup)[1:] for match in _MONTH.finditer(fact))


def han_value(numeral: str) -> str:
    """Value of a Chinese numeral up to 99, or nothing for what is none (一一, 三两)."""
    tens, ten, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return ""
    if not ten:
        return str(_HAN_DIGITS[ones])
    return str((_HAN_DIGITS[tens] if tens else 1) * 10 + (_HAN_DIGITS[ones] if ones else 0))
