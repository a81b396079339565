"""What to write: language, kind, style and length, and the size that each asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from copywriter.errors import InputError


class Language(StrEnum):
    """ISO 639-1 codes of the languages that copy is written in."""

    EN = "en"
    DE = "de"
    FR = "fr"
    ZH = "zh"


class Kind(StrEnum):
    """What kind of text a draft is."""

    TITLE = "title"
    BULLETS = "bullets"
    DESCRIPTION = "description"
    SLOGAN = "slogan"


class Style(StrEnum):
    """The tone of a text."""

    PROMOTIONAL = "promotional"
    FUNCTIONAL = "functional"
    PLAYFUL = "playful"
    POETIC = "poetic"
    HEARTWARMING = "heartwarming"


class Length(StrEnum):
    """How long a description is; other kinds have one length."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


BULLET_COUNT = 3

Choice = TypeVar("Choice", bound=StrEnum)


def parse_choice(kind: type[Choice], value: str, *, where: str) -> Choice:
    """``value`` as a member of ``kind``; an InputError names the place and the choices."""
    try:
        return kind(value.strip().lower())
    except ValueError:
        choices = ", ".join(member.value for member in kind)
        raise InputError(f"{value!r} is unknown for {where}; choose from: {choices}") from None


def parse_choices(kind: type[Choice], values: str, *, where: str) -> tuple[Choice, ...]:
    """A comma-separated list as distinct members of ``kind``, in the order given."""
    parts = [part for part in values.split(",") if part.strip()]
    if not parts:
        raise InputError(f"no value given for {where}; give at least one of: {', '.join(kind)}")
    return tuple(dict.fromkeys(parse_choice(kind, part, where=where) for part in parts))


@dataclass(frozen=True)
class SizeRange:
    """Allowed size of a text, both ends included. ``unit`` is ``words`` or ``characters``."""

    low: int
    high: int
    unit: str


# Word ranges (en, de, fr) and character ranges without spaces (zh), as in finetune/corpora/SPEC.md.
_DESCRIPTION = {
    Length.SHORT: ((22, 45), (40, 80)),
    Length.MEDIUM: ((50, 85), (90, 150)),
    Length.LONG: ((95, 145), (170, 270)),
}


@dataclass(frozen=True)
class Brief:
    """One text to write. ``style`` and ``length`` say nothing about titles."""

    language: Language
    kind: Kind
    style: Style = Style.FUNCTIONAL
    length: Length = Length.MEDIUM

    def size_range(self) -> SizeRange:
        """The size this brief asks for; for bullets it holds for each bullet.

        Titles count characters with spaces in every language; all other kinds count words, in
        Chinese characters without spaces.
        """
        chinese = self.language is Language.ZH
        if self.kind is Kind.TITLE:
            return SizeRange(12, 34, "characters") if chinese else SizeRange(40, 95, "characters")
        if self.kind is Kind.BULLETS:
            return SizeRange(8, 28, "characters") if chinese else SizeRange(5, 18, "words")
        if self.kind is Kind.SLOGAN:
            return SizeRange(6, 16, "characters") if chinese else SizeRange(2, 9, "words")
        low, high = _DESCRIPTION[self.length][chinese]
        return SizeRange(low, high, "characters" if chinese else "words")


def measure(text: str, brief: Brief) -> int:
    """Size of ``text`` in the unit of ``brief.size_range()``."""
    if brief.size_range().unit == "words":
        return len(text.split())
    if brief.kind is Kind.TITLE:
        return len(text.strip())
    return len("".join(text.split()))


def make_briefs(
    languages: tuple[Language, ...],
    kinds: tuple[Kind, ...],
    style: Style,
    length: Length,
) -> tuple[Brief, ...]:
    """Every language with every kind, languages outermost, in the order given."""
    return tuple(Brief(language, kind, style, length) for language in languages for kind in kinds)
