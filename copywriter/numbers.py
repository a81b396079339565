"""Numbers and model codes in product text, read the way four languages write them.

    >>> [number.values for number in read_numbers("1.200 g in 3 Teilen", Language.DE)]
    [frozenset({'1200'}), frozenset({'3'})]

The number check and the fact lock share this reading. A *number* is digits with their decimal and
thousands marks; a *code* has letters before digits or between them (IP67, WH-X500B, CR2032).
Values are canonical decimal strings: no thousands marks, a point for decimals, no trailing zeros.

What counts as the same:

* 0.75 = 0,75; 1,200 = 1.200 = 1 200 = 1'200; １２ = 12; ① = 1; ½ = 1/2 = 0.5; 2万 = 20000.
* A mark before exactly three digits is ambiguous. Text is read as its language writes (de 1.200 =
  1200, en 1.200 = 1.2); facts are read both ways, since shops mix the formats.
* Ends of a range, sides of a dimension and parts of a ratio, a date or a list are numbers of
  their own.
* Units written with a digit (m², m2, CO₂) hold no number.
* A code is one whole: of the fact WH-X500B neither X500B nor 500 is a fact. Only case, hyphens and
  spaces inside it may differ (USB-C 3.2, USB C3.2).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from copywriter.brief import Language
from copywriter.product import Product

_SPACES = "\u00a0\u202f\u2009\u2007"
_APOSTROPHES = "'’"
# Numerals of one character that are no decimal digits: fractions, Roman, circled, in brackets.
_SINGLE = (
    "\u00bc-\u00be\u2150-\u218b\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\u3220-\u3229"
    "\u3248-\u324f\u3251-\u325f\u3280-\u3289\u32b1-\u32bf"
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_UNIT = r"(?<![A-Za-z])(?:[mcdk]?m|in|ft|yd)[23](?![0-9A-Za-z])"
_CODE = (
    r"(?<![A-Za-z0-9])(?:[A-Z]{1,6}[0-9]*-)*(?:[A-Za-z]+[0-9]|[0-9]+[A-Za-wyzA-WYZ]+[0-9])"
    r"[A-Za-z0-9]*(?:[.,][0-9]+)*(?:[-/][A-Z0-9]+(?![A-Za-z0-9]))*"
    r"|(?<![A-Za-z0-9])[A-Z]{2,6}(?:-[A-Z]+)*-[0-9]+[A-Za-z0-9]*(?:[.,][0-9]+)*"
    r"(?:-[A-Z0-9]+(?![A-Za-z0-9]))*"
)
_DIGITS = rf"[0-9]+(?:[.,{_APOSTROPHES}][0-9]+|[ {_SPACES}][0-9]{{3}}(?![0-9]))*"
_TOKEN = re.compile(
    rf"(?P<unit>{_UNIT})|(?P<code>{_CODE})|(?P<digits>(?<![0-9])\.?{_DIGITS})|(?P<single>[{_SINGLE}])"
)
_JOINED_WORD = re.compile(r"([A-Za-z]+(?:[- ][A-Z])?)[ \-]?$")
_TIMES = {"百": 2, "千": 3, "万": 4, "亿": 8}
_FRACTION = re.compile(r"(?P<top>[0-9]+)[/⁄](?P<bottom>[0-9]+)(?![0-9/])")


@dataclass(frozen=True)
class Number:
    """One number or code in a text.

    Args:
        text: as it stands there.
        start: first character in the text.
        end: after the last character.
        values: every canonical value it can have; empty for a code.
        code: canonical form of a code; of a number, that of the code it would be together with
            the word before it ("USB-C 3.2": USBC3.2); empty where there is none.
        is_code: whether letters and digits are one word.
        parts: the numbers it may be instead (2 500: 2 and 500; 24/7 is read as two anyway).
    """

    text: str
    start: int
    end: int
    values: frozenset[str]
    code: str = ""
    is_code: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class FactNumbers:
    """What a product's facts allow: ``values`` of numbers and ``codes``, both canonical."""

    values: frozenset[str]
    codes: frozenset[str]

    def allow(self, number: Number) -> bool:
        """Whether the facts contain this number or code."""
        if number.code and number.code in self.codes:
            return True
        if number.is_code:
            return False
        if number.values & self.values:
            return True
        return bool(number.parts) and all(part in self.values for part in number.parts)


def read_numbers(text: str, language: Language | None = None) -> tuple[Number, ...]:
    """The numbers and codes of ``text``, in order; without a language, ambiguous ones have
    several values."""
    return tuple(_read(fold_digits(text), text, language))


@lru_cache(maxsize=256)
def fact_numbers(product: Product) -> FactNumbers:
    """The numbers and codes that the facts of ``product`` state."""
    values: set[str] = set()
    codes: set[str] = set()
    for fact in product.values():
        for number in read_numbers(fact):
            values |= number.values
            values.update(number.parts)
            codes.add(number.code)
    return FactNumbers(frozenset(values), frozenset(codes - {""}))


def fold_digits(text: str) -> str:
    """``text`` with every decimal digit of any script, full-width forms of marks and digits that
    stand alone as super- or subscripts as ASCII; the length stays the same."""
    if text.isascii():
        return text
    folded = text.translate(_FOLD)
    return _RAISED.sub(lambda match: match[0].translate(_LOWER), folded)


class _Fold(dict[int, str]):
    """Translation of one character, computed when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            self[code] = str(digit)
        elif 0xFF01 <= code <= 0xFF5E and (character.isalnum() or character in "．－／＋％"):
            self[code] = unicodedata.normalize("NFKC", character)
        else:
            self[code] = character
        return self[code]


_FOLD = _Fold()
_RAISED = re.compile(rf"(?<![\w{_SUPERSCRIPTS}{_SUBSCRIPTS}])[{_SUPERSCRIPTS}{_SUBSCRIPTS}]+")
_LOWER = str.maketrans(_SUPERSCRIPTS + _SUBSCRIPTS, "0123456789" * 2)


def _read(folded: str, text: str, language: Language | None) -> Iterator[Number]:
    for match in _TOKEN.finditer(folded):
        start, end = match.span()
        shown = text[start:end]
        if match["code"]:
            yield Number(shown, start, end, frozenset(), _canonical_code(match["code"]), True)
        elif match["single"]:
            yield Number(shown, start, end, frozenset({_single_value(match["single"])}))
        elif match["digits"]:
            yield _read_digits(folded, shown, start, end, language)


def _read_digits(
    folded: str, shown: str, start: int, end: int, language: Language | None
) -> Number:
    digits = folded[start:end]
    values, parts = _values(digits, language)
    multiplier = folded[end : end + 1]
    if multiplier in _TIMES:
        values = {shift(value, _TIMES[multiplier]) for value in values}
    if _is_negative(folded, start):
        start, shown = start - 1, folded[start - 1] + shown
        values = {"-" + value for value in values}
        if language is None:
            values |= {value.removeprefix("-") for value in values}
    word = _JOINED_WORD.search(folded[max(0, start - 20) : start])
    tail = re.match(r"[A-Za-z]*", folded[end:])
    code = _canonical_code(word[1] + digits + (tail[0] if tail else "")) if word else ""
    return Number(shown, start, end, frozenset(values), code, False, parts)


def _values(digits: str, language: Language | None) -> tuple[set[str], tuple[str, ...]]:
    """Canonical values of one run of digits and marks, and the parts that it may be instead."""
    if digits.startswith("."):
        return {_canonical("0", digits[1:])}, ()
    pieces = re.split(rf"([., {_SPACES}{_APOSTROPHES}])", digits)
    groups, marks = pieces[::2], pieces[1::2]
    if not marks:
        return {_canonical(digits)}, ()
    whole, kinds = "".join(groups), {" " if mark in _SPACES else mark for mark in marks}
    thousands = len(groups[0]) <= 3 and groups[0] != "0" and all(len(g) == 3 for g in groups[1:])
    if kinds <= {" ", *_APOSTROPHES}:
        return ({_canonical(whole)} if thousands else set()), tuple(map(_canonical, groups))
    decimal = _canonical("".join(groups[:-1]), groups[-1])
    if len(marks) == 1:
        if not thousands:
            return {decimal}, ()
        point = marks[0] == "."
        if language is None:
            return {_canonical(whole), decimal}, ()
        german = language in (Language.DE, Language.FR)
        return {_canonical(whole) if point is german else decimal}, ()
    if len(kinds) == 1 and thousands:
        return {_canonical(whole)}, ()
    inner = all(len(group) == 3 for group in groups[1:-1])
    if marks[-1] in ".," and marks[-1] not in marks[:-1] and len(set(marks[:-1])) == 1 and inner:
        return {decimal}, ()
    return {digits}, tuple(map(_canonical, groups))


def _canonical(whole: str, decimals: str = "") -> str:
    whole, decimals = whole.lstrip("0") or "0", decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def shift(value: str, places: int) -> str:
    """A canonical value times ten to the power of ``places``, at least 0."""
    whole, _, decimals = value.partition(".")
    moved = decimals[:places].ljust(places, "0")
    return _canonical(whole + moved, decimals[places:])


def _single_value(character: str) -> str:
    value = Fraction(unicodedata.numeric(character)).limit_denominator(1000)
    return _fraction(value)


def _fraction(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.6g}"


def _canonical_code(code: str) -> str:
    return re.sub(r"[-\s]", "", code).replace(",", ".").upper()


def _is_negative(folded: str, start: int) -> bool:
    """A minus before the digits is a sign only where no range can end there."""
    if start == 0 or folded[start - 1] not in "-−–":
        return False
    return start == 1 or folded[start - 2] in " \n(（:：,，~～至到/+" + _SPACES
