"""Numbers and model codes in product text, read the way four languages write them.

    >>> [sorted(number.values) for number in read_numbers("1.200 g in 3 Teilen", Language.DE)]
    [['1200'], ['3']]

The number check and the fact lock share this reading. A *number* is digits with their decimal and
thousands marks; a *code* has letters before or between its digits (IP67, WH-X500B, CR2032).
Values are canonical decimal strings: no thousands marks, a point for decimals, no trailing zeros.

What counts as the same:

* 0.75 = 0,75; 1,200 = 1.200 = 1 200 = 1'200; １２ = 12; ① = 1; ½ = 1/2 = 0.5; 2万 = 20000.
* A mark before exactly three digits is ambiguous. Text is read as its language writes (de 1.200 =
  1200, en 1.200 = 1.2); facts are read both ways, since shops mix the formats.
* Ends of a range, sides of a dimension and parts of a ratio, a date or a list are numbers of
  their own. A minus needs a minus in the facts; its absence does not.
* Units written with a digit (m², m2, CO₂) hold no number.
* A code is one whole: of the fact WH-X500B neither X500B nor 500 is a fact. Only case, hyphens and
  spaces inside it may differ (HEPA-H13, HEPA H13).
* Facts may say a number by a word (dreilagig) or imply it (ein Deckel, 双人), which allows counts
  but no measures; see ``copywriter.number_words``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from copywriter.brief import Language
from copywriter.digits import (
    APOSTROPHES,
    SPACES,
    canonical,
    decimal_value,
    digit_values,
    fold_digits,
    fraction_values,
    shift,
)
from copywriter.number_words import implied_values, listed_count, stated_months, stated_values
from copywriter.product import Product

# Numerals of one character that are no decimal digits: fractions, Roman, circled, in brackets.
_SINGLE = (
    "\u00bc-\u00be\u2150-\u218b\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229"
    "\u3248-\u324f\u3251-\u325f\u3280-\u3289\u32b1-\u32bf"
)
_UNIT = r"(?<![A-Za-z])(?:[mcdk]?m|in|ft|yd)[23](?![0-9A-Za-z])"
# What stands before a number without making it a model's name (x6, SPF50, AC220-240V).
_PREFIX = (
    r"(?:[xX](?=[0-9]+(?:[cm]?m)?\b)"
    r"|(?:SPF|UPF|LSF|FPS|TOG|pH|EU|UK|US|AC|DC|DN|PN|USB|HDMI|WLAN|ca|max|min)-?[0-9])"
)
_SIZES = r"(?:X{0,3}[SL]|M)-[0-9]+XL"
_CODE_TAIL = r"(?:(?:-[A-Z0-9]+|/[0-9]+)(?:[.,][0-9]+)*(?![A-Za-z0-9]))*"
_CODE = (
    rf"(?<![A-Za-z0-9])(?!{_PREFIX}|{_SIZES})(?:[A-Z]{{1,6}}[0-9]*-)*"
    rf"(?:[A-Za-z]+[0-9]|[0-9]+[A-WYZa-wyz]+[0-9]|[A-Z]{{1,6}}-[0-9])"
    rf"[A-Za-z0-9]*(?:[.,][0-9]+)*{_CODE_TAIL}"
)
_DIGITS = (
    rf"[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+(?![0-9])(?:[.,][0-9]+)?"
    rf"|[0-9]+(?:[.,{APOSTROPHES}][0-9]+)*"
)
_TOKEN = re.compile(
    rf"(?P<unit>{_UNIT})|(?P<code>{_CODE})"
    rf"|(?P<fraction>(?:(?<![0-9.,])[0-9]{{1,3}} )?(?<![0-9/.,])"
    rf"[0-9]{{1,4}}[/⁄][0-9]{{1,4}}(?![0-9/⁄]|[.,][0-9]))"
    rf"|(?P<digits>(?:(?<![A-Za-z0-9À-ɏ.)\]])\.[0-9]+|{_DIGITS}))|(?P<single>[{_SINGLE}])"
)
_ANY = re.compile(rf"[0-9{_SINGLE}]")
_WORD_BEFORE = re.compile(r"(?<![^\W\d_])([A-Za-z]+(?:[- ][A-Z])?)[ \-]?$")
_LETTERS = re.compile(r"[A-Za-z]*")
_TIMES = re.compile(
    r"(千)(?![克卡帕瓦米伏焦赫牛字安])|(百)(?![万帕分搭])|(万)(?![向能用])|(亿)"
    r"|([\s-]?(?:million|mio\b|megapixel|mégapixel|mpx?\b|百万))",
    re.IGNORECASE,
)
_PLACES = (3, 2, 4, 8, 6)
_MINUS_WORD = re.compile(r"(?:(?<!/)\bminus\s|(?<!ou )\bmoins\s|零下|(?<!正)负)$", re.IGNORECASE)
_MEASURE = re.compile(
    r"[\s-]?(?:(?:[kcdmµμn]?[mglVAWJN]|[kM]?[WV]h?|m?Ah|[kMG]?Hz|[kKMGT]?(?:B|o|[Bb]it)|[mh]?Pa|bar"
    r"|min|Min|h|s|kcal|kJ|lm|lx|dB|dpi|psi|oz|lbs?|in|ft|Zoll|inch|pouces?|K|°C|°F)(?![A-Za-zÀ-ɏ])"
    r"|[%‰°℃″\"㎡]|[毫厘分千平立微]?[米克升]|公[斤里分]|英[寸尺]|[千兆]?[瓦伏安赫帕焦]|毫安|分钟|小时|[秒天年度])"
)
_RANGE_BEGINS = re.compile(r"[0-9]\s*$")
_DIMENSION = re.compile(r"[LBHTWDPQlb]([0-9]+(?:[.,][0-9]+)?)")
_DIMENSION_AFTER = re.compile(r"\s?(?:[xX×*]|[cm]?m\b|in\b|[\"″])")
_DIMENSION_BEFORE = re.compile(r"[xX×*]\s?$")
_SPACED_THOUSANDS = re.compile(r"(?<=[0-9])([.,]) (?=000\b)")


@dataclass(frozen=True)
class Number:
    """One number or code in a text.

    Args:
        text: as it stands there.
        start: first character in the text.
        end: after the last character.
        values: every canonical value it can have; empty for a code.
        codes: canonical forms of a code, alone and with the word before it; of a number, the
            code that it would be with the word before it (USB-C 3.2: USBC3.2).
        is_code: whether letters and digits are one word.
        parts: canonical numbers of which it may be made instead (2 500: 2 and 500; 12.05.2024).
        is_month: whether it stands before 月.
        is_measure: whether a unit follows, so that it is no count of things.
    """

    text: str
    start: int
    end: int
    values: frozenset[str]
    codes: frozenset[str] = frozenset()
    is_code: bool = False
    parts: tuple[str, ...] = ()
    is_month: bool = False
    is_measure: bool = False


@dataclass(frozen=True)
class FactNumbers:
    """What a product's facts allow.

    Args:
        values: canonical numbers that stand in them as digits or words.
        codes: canonical codes.
        implied: numbers of things that they imply (a pair, one lid); they allow no measures.
        counts: numbers of things that a fact lists; they allow number words, not digits.
        months: numbers of the months that are named.
    """

    values: frozenset[str]
    codes: frozenset[str]
    implied: frozenset[str]
    counts: frozenset[str]
    months: frozenset[str]

    def allow(self, number: Number) -> bool:
        """Whether the facts contain this number or code."""
        if number.codes & self.codes or number.values & self.values:
            return True
        if not number.is_measure and number.values & self.implied:
            return True
        if number.is_month and number.values & self.months:
            return True
        return bool(number.parts) and all(part in self.values for part in number.parts)

    def allow_word(self, value: str) -> bool:
        """Whether the facts contain what a number word says."""
        return value in self.values or value in self.implied or value in self.counts


def read_numbers(text: str, language: Language | None = None) -> tuple[Number, ...]:
    """The numbers and codes of ``text``, in order; without a language, ambiguous ones have
    several values."""
    folded = fold_digits(text)
    return tuple(_read(folded, text, language)) if _ANY.search(folded) else ()


@lru_cache(maxsize=256)
def fact_numbers(product: Product) -> FactNumbers:
    """The numbers and codes that the facts of ``product`` state."""
    values: set[str] = set()
    codes: set[str] = set()
    implied: set[str] = set()
    counts: set[str] = set()
    months: set[str] = set()
    for fact in product.values():
        for number in read_numbers(_SPACED_THOUSANDS.sub(r"\1", fact)):
            values.update(number.values, number.parts)
            codes |= number.codes
        values |= stated_values(fact)
        implied |= implied_values(fact)
        counts.add(listed_count(fact))
        months |= stated_months(fact)
    return FactNumbers(*map(frozenset, (values, codes, implied, counts, months)))


def _read(folded: str, text: str, language: Language | None) -> Iterator[Number]:
    for match in _TOKEN.finditer(folded):
        if match["code"]:
            yield _read_code(folded, text, match, language)
        elif match["single"]:
            value = Fraction(unicodedata.numeric(match["single"])).limit_denominator(1000)
            yield _number(folded, text, match, language, ({decimal_value(value)}, ()))
        elif match["fraction"]:
            yield _number(
                folded, text, match, language, fraction_values(match["fraction"], language)
            )
        elif match["digits"]:
            yield _number(folded, text, match, language, digit_values(match["digits"], language))


def _read_code(folded: str, text: str, match: re.Match[str], language: Language | None) -> Number:
    start, end = match.span()
    code = match["code"]
    values: set[str] = set()
    parts: tuple[str, ...] = ()
    side = _DIMENSION.fullmatch(code)
    if side and (
        _DIMENSION_AFTER.match(folded, end)
        or _DIMENSION_BEFORE.search(folded[max(0, start - 2) : start])
    ):
        values = digit_values(side[1], language)[0]
    elif code[0].isdigit() and language is not None:
        parts = tuple(canonical(digits) for digits in re.findall("[0-9]+", code))
    codes = {_canonical_code(code), _joined(folded, start, code)} - {""}
    return Number(text[start:end], start, end, frozenset(values), frozenset(codes), True, parts)


def _number(
    folded: str,
    text: str,
    match: re.Match[str],
    language: Language | None,
    reading: tuple[set[str], tuple[str, ...]],
) -> Number:
    (start, end), (values, parts) = match.span(), reading
    times = _TIMES.match(folded, end)
    if times:
        larger = {shift(value, _PLACES[(times.lastindex or 1) - 1]) for value in values}
        # A fact of 16 million may be written 1600万, so facts keep the 16 as well.
        values = larger if language else values | larger
    if _is_negative(folded, start, language):
        start -= folded[start - 1] in "-−–"
        negative = {"-" + value for value in values}
        values = negative if language else values | negative
    tail = _LETTERS.match(folded, end)
    code = _joined(folded, match.start(), match[0] + (tail[0] if tail else ""))
    return Number(
        text[start:end],
        start,
        end,
        frozenset(values),
        frozenset({code} - {""}),
        parts=parts,
        is_month=folded.startswith("月", end),
        is_measure=bool(_MEASURE.match(folded, end)),
    )


def _joined(folded: str, start: int, word: str) -> str:
    """The code that ``word`` would be together with the word before it, or nothing."""
    before = _WORD_BEFORE.search(folded, max(0, start - 24), start)
    return _canonical_code(before[1] + word) if before else ""


def _canonical_code(code: str) -> str:
    return code.replace("-", "").replace(" ", "").replace(",", ".").upper()


def _is_negative(folded: str, start: int, language: Language | None) -> bool:
    """Whether a minus belongs to the digits at ``start``.

    A dash there is a sign only where no range can end; in facts, which only allow, it is one
    behind a Chinese character too (低于-5℃).
    """
    before = folded[max(0, start - 8) : start]
    if before[-1:] not in ("-", "−", "–"):
        return bool(_MINUS_WORD.search(before)) or (language is None and before[-1:] == "±")
    if _RANGE_BEGINS.search(before[:-1]):
        return False
    mark = before[-2:-1]
    return (
        mark == "" or mark in "\n(（:：,，~～至到/+" + SPACES or (language is None and mark >= "一")
    )
