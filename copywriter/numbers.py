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
* Facts may say a number by a word (dreilagig, 双); see ``copywriter.number_words``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from copywriter.brief import Language
from copywriter.number_words import listed_count, stated_months, stated_values
from copywriter.product import Product

_SPACES = " \u00a0\u202f\u2009\u2007"
_APOSTROPHES = "'’"
# Numerals of one character that are no decimal digits: fractions, Roman, circled, in brackets.
_SINGLE = (
    "\u00bc-\u00be\u2150-\u218b\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229"
    "\u3248-\u324f\u3251-\u325f\u3280-\u3289\u32b1-\u32bf"
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
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
    rf"[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+(?![0-9])(?:[.,][0-9]+)?"
    rf"|[0-9]+(?:[.,{_APOSTROPHES}][0-9]+)*"
)
_TOKEN = re.compile(
    rf"(?P<unit>{_UNIT})|(?P<code>{_CODE})"
    rf"|(?P<fraction>(?:(?<![0-9.,])[0-9]+ )?(?<![0-9/.,])[0-9]+[/⁄][0-9]+(?![0-9/⁄]|[.,][0-9]))"
    rf"|(?P<digits>(?:(?<![A-Za-z0-9À-ɏ.)\]])\.[0-9]+|{_DIGITS}))|(?P<single>[{_SINGLE}])"
)
_ANY = re.compile(rf"[0-9{_SINGLE}]")
_WORD_BEFORE = re.compile(r"(?<![^\W\d_])([A-Za-z]+(?:[- ][A-Z])?)[ \-]?$")
_LETTERS = re.compile(r"[A-Za-z]*")
_SPLIT = re.compile(rf"([.,{_SPACES}{_APOSTROPHES}])")
_TIMES = re.compile(
    r"(千)(?![克卡帕瓦米伏焦赫牛字安])|(百)(?![万帕分搭])|(万)(?![向能用])|(亿)"
    r"|([\s-]?(?:million|mio\b|megapixel|mégapixel|mpx?\b|百万))",
    re.IGNORECASE,
)
_PLACES = (3, 2, 4, 8, 6)
_MINUS_WORD = re.compile(r"(?:(?<!/)\bminus\s|(?<!ou )\bmoins\s|零下|(?<!正)负)$", re.IGNORECASE)
_DIMENSION = re.compile(r"[LBHTWDPQlb]([0-9]+(?:[.,][0-9]+)?)")
_DIMENSION_AFTER = re.compile(r"\s?(?:[xX×*]|[cm]?m\b|in\b|[\"″])")
_DIMENSION_BEFORE = re.compile(r"[xX×*]\s?$")
_SPACED_THOUSANDS = re.compile(r"(?<=[0-9])([.,]) (?=000\b)")
_FRACTION_BOTTOMS = {2, 3, 4, 8, 16, 32, 64}


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
    """

    text: str
    start: int
    end: int
    values: frozenset[str]
    codes: frozenset[str] = frozenset()
    is_code: bool = False
    parts: tuple[str, ...] = ()
    is_month: bool = False


@dataclass(frozen=True)
class FactNumbers:
    """What a product's facts allow.

    Args:
        values: canonical numbers that stand in them as digits or words.
        codes: canonical codes.
        counts: numbers of things that a fact lists; they allow number words, not digits.
        months: numbers of the months that are named.
    """

    values: frozenset[str]
    codes: frozenset[str]
    counts: frozenset[str]
    months: frozenset[str]

    def allow(self, number: Number) -> bool:
        """Whether the facts contain this number or code."""
        if number.codes & self.codes or number.values & self.values:
            return True
        if number.is_month and number.values & self.months:
            return True
        return bool(number.parts) and all(part in self.values for part in number.parts)

    def allow_word(self, value: str) -> bool:
        """Whether the facts contain what a number word says."""
        return value in self.values or value in self.counts


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
    counts: set[str] = set()
    months: set[str] = set()
    for fact in product.values():
        for number in read_numbers(_SPACED_THOUSANDS.sub(r"\1", fact)):
            values.update(number.values, number.parts)
            codes |= number.codes
        values |= stated_values(fact)
        counts.add(listed_count(fact))
        months |= stated_months(fact)
    return FactNumbers(*map(frozenset, (values, codes, counts, months)))


def fold_digits(text: str) -> str:
    """``text`` with the decimal digits of any script, full-width letters and number marks, and
    super- or subscripts that belong to no unit as ASCII; its length stays the same."""
    if text.isascii():
        return text
    return _RAISED.sub(lambda match: match[0].translate(_LOWER), text.translate(_FOLD))


class _Fold(dict[int, str]):
    """Translation of one character, computed when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            self[code] = str(digit)
        elif 0xFF01 <= code <= 0xFF5E and (character.isalpha() or character in "．－／＋％"):
            self[code] = unicodedata.normalize("NFKC", character)
        else:
            self[code] = character
        return self[code]


_FOLD = _Fold()
_RAISED = re.compile(rf"(?<![\w{_SUPERSCRIPTS}{_SUBSCRIPTS}])[{_SUPERSCRIPTS}{_SUBSCRIPTS}]+")
_LOWER = str.maketrans(_SUPERSCRIPTS + _SUBSCRIPTS, "0123456789" * 2)


def _read(folded: str, text: str, language: Language | None) -> Iterator[Number]:
    for match in _TOKEN.finditer(folded):
        if match["code"]:
            yield _read_code(folded, text, match, language)
        elif match["single"]:
            value = Fraction(unicodedata.numeric(match["single"])).limit_denominator(1000)
            yield _number(folded, text, match, language, ({_decimal(value)}, ()))
        elif match["fraction"]:
            yield _number(folded, text, match, language, _fraction(match["fraction"], language))
        elif match["digits"]:
            yield _number(folded, text, match, language, _values(match["digits"], language))


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
        values = _values(side[1], language)[0]
    elif code[0].isdigit() and language is not None:
        parts = tuple(_canonical(digits) for digits in re.findall("[0-9]+", code))
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
        negative = {"-" + value for value in values}
        values = negative if language else values | negative
    tail = _LETTERS.match(folded, end)
    code = _joined(folded, start, match[0] + (tail[0] if tail else ""))
    return Number(
        text[start:end],
        start,
        end,
        frozenset(values),
        frozenset({code} - {""}),
        parts=parts,
        is_month=folded.startswith("月", end),
    )


def _joined(folded: str, start: int, word: str) -> str:
    """The code that ``word`` would be together with the word before it, or nothing."""
    before = _WORD_BEFORE.search(folded, max(0, start - 24), start)
    return _canonical_code(before[1] + word) if before else ""


def _canonical_code(code: str) -> str:
    return code.replace("-", "").replace(" ", "").replace(",", ".").upper()


def _fraction(written: str, language: Language | None) -> tuple[set[str], tuple[str, ...]]:
    """A fraction (1/2, 1 1/2) has one value; other pairs (24/7, 36/38) are two numbers."""
    top, bottom = re.split("[/⁄]", written.rpartition(" ")[2])
    numbers = tuple(_canonical(digits) for digits in re.findall("[0-9]+", written))
    if int(bottom) not in _FRACTION_BOTTOMS or not 0 < int(top) < int(bottom):
        return set(), numbers
    value = Fraction(int(top), int(bottom))
    whole = written.rpartition(" ")[0]
    values = {_decimal(value + int(whole or 0))}
    if whole and language is None:
        values |= {_decimal(value), _canonical(whole)}
    return values, ()


def _values(digits: str, language: Language | None) -> tuple[set[str], tuple[str, ...]]:
    """Canonical values of one run of digits and marks, and the parts that it may be instead."""
    if digits.startswith("."):
        return {_canonical("0", digits[1:])}, ()
    pieces = _SPLIT.split(digits)
    groups, marks = pieces[::2], pieces[1::2]
    if not marks:
        return {_canonical(digits)}, ()
    if all(mark in _SPACES for mark in marks):
        return {_canonical("".join(groups))}, tuple(map(_canonical, groups))
    whole, decimal = _canonical("".join(groups)), _canonical("".join(groups[:-1]), groups[-1])
    grouped = 0 < int(groups[0]) < 1000 and all(len(group) == 3 for group in groups[1:])
    if len(marks) > 1:
        return _many_groups(digits, groups, marks, grouped)
    if marks[0] in _APOSTROPHES:
        return ({whole}, ()) if grouped else (set(), tuple(map(_canonical, groups)))
    if not grouped:
        return {decimal}, ()
    if language is None:
        return {whole, decimal}, ()
    comma_is_decimal = language in (Language.DE, Language.FR)
    return {whole if (marks[0] == ".") is comma_is_decimal else decimal}, ()


def _many_groups(
    digits: str, groups: list[str], marks: list[str], grouped: bool
) -> tuple[set[str], tuple[str, ...]]:
    """1,200,000 and 1.200,50 are numbers; 12.05.2024 and 40,41,42 are several."""
    if grouped and len(set(marks)) == 1:
        return {_canonical("".join(groups))}, ()
    inner = all(len(group) == 3 for group in groups[1:-1])
    if inner and marks[-1] in ".," and len(set(marks[:-1])) == 1 and marks[-1] != marks[0]:
        return {_canonical("".join(groups[:-1]), groups[-1])}, ()
    return {digits}, tuple(map(_canonical, groups))


def _canonical(whole: str, decimals: str = "") -> str:
    whole, decimals = whole.lstrip("0") or "0", decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def shift(value: str, places: int) -> str:
    """A canonical value times ten to the power of ``places``, which is at least 0."""
    whole, _, decimals = value.partition(".")
    return _canonical(whole + decimals[:places].ljust(places, "0"), decimals[places:])


def _decimal(value: Fraction) -> str:
    return f"{float(value):.6f}".rstrip("0").rstrip(".")


def _is_negative(folded: str, start: int, language: Language | None) -> bool:
    """Whether a minus belongs to the digits at ``start``.

    A dash there is a sign only where no range can end; in facts, which only allow, it is one
    behind a Chinese character too (低于-5℃).
    """
    before = folded[max(0, start - 8) : start]
    if before[-1:] not in ("-", "−", "–"):
        return bool(_MINUS_WORD.search(before)) or (language is None and before[-1:] == "±")
    mark = before[-2:-1]
    return (
        mark == ""
        or mark in "\n(（:：,，~～至到/+" + _SPACES
        or (language is None and mark >= "一")
    )
