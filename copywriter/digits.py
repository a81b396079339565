"""What digits are worth: digits of any script as ASCII, and their canonical decimal values.

    >>> sorted(digit_values("1.200", None)[0])
    ['1.2', '1200']

Canonical values are decimal strings without thousands marks and trailing zeros, with a point for
decimals. ``copywriter.numbers`` finds the digits in a text.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from copywriter.brief import Language

SPACES = " \u00a0\u202f\u2009\u2007"
APOSTROPHES = "'’"
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_SPLIT = re.compile(rf"([.,{SPACES}{APOSTROPHES}])")
_FRACTION_BOTTOMS = {2, 3, 4, 8, 16, 32, 64}


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


def fraction_values(written: str, language: Language | None) -> tuple[set[str], tuple[str, ...]]:
    """A fraction (1/2, 1 1/2) has one value; other pairs (24/7, 36/38) are two numbers."""
    top, bottom = re.split("[/⁄]", written.rpartition(" ")[2])
    numbers = tuple(canonical(digits) for digits in re.findall("[0-9]+", written))
    if int(bottom) not in _FRACTION_BOTTOMS or not 0 < int(top) < int(bottom):
        return set(), numbers
    value = Fraction(int(top), int(bottom))
    whole = written.rpartition(" ")[0]
    values = {decimal_value(value + int(whole or 0))}
    if whole and language is None:
        values |= {decimal_value(value), canonical(whole)}
    return values, ()


def digit_values(digits: str, language: Language | None) -> tuple[set[str], tuple[str, ...]]:
    """Canonical values of one run of digits and marks, and the parts that it may be instead."""
    if digits.startswith("."):
        return {canonical("0", digits[1:])}, ()
    pieces = _SPLIT.split(digits)
    groups, marks = pieces[::2], pieces[1::2]
    if not marks:
        return {canonical(digits)}, ()
    if all(mark in SPACES for mark in marks):
        # "2 500 ml" may be two of 500 ml; "8 000" is no 8, and no list has fixed spaces.
        separate = set(marks) == {" "} and not any(group.startswith("0") for group in groups)
        return {canonical("".join(groups))}, tuple(map(canonical, groups)) if separate else ()
    whole, decimal = canonical("".join(groups)), canonical("".join(groups[:-1]), groups[-1])
    grouped = len(groups[0]) <= 3 and groups[0].strip("0") != ""
    grouped = grouped and all(len(group) == 3 for group in groups[1:])
    if len(marks) > 1:
        return _many_groups(digits, groups, marks, grouped)
    if marks[0] in APOSTROPHES:
        return ({whole}, ()) if grouped else (set(), tuple(map(canonical, groups)))
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
        return {canonical("".join(groups))}, ()
    inner = all(len(group) == 3 for group in groups[1:-1])
    if inner and marks[-1] in ".," and len(set(marks[:-1])) == 1 and marks[-1] != marks[0]:
        return {canonical("".join(groups[:-1]), groups[-1])}, ()
    return {digits}, tuple(map(canonical, groups))


def canonical(whole: str, decimals: str = "") -> str:
    """The canonical value of digits before and after the decimal mark."""
    whole, decimals = whole.lstrip("0") or "0", decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def shift(value: str, places: int) -> str:
    """A canonical value times ten to the power of ``places``, which is at least 0."""
    whole, _, decimals = value.partition(".")
    return canonical(whole + decimals[:places].ljust(places, "0"), decimals[places:])


def decimal_value(value: Fraction) -> str:
    """A fraction as a canonical value, to six decimals."""
    return f"{float(value):.6f}".rstrip("0").rstrip(".")
