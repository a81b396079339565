"""Product: the facts that copy is written from.

The JSON form is
``{"id", "name", "brand"?, "category"?, "language"?, "attributes": {label: value}}``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from copywriter.brief import Language, parse_choice
from copywriter.errors import InputError

MAX_VALUE_CHARACTERS = 5_000
MAX_ATTRIBUTES = 100
# A cell that only says that nothing is known is not a fact. "no", "none" and 无 are: they negate.
_UNKNOWN = {"n/a", "na", "k.a.", "k. a.", "nc", "n.c.", "-", "--", "—", "/", "?", "null",
            "无数据", "暂无", "未知", "keine angabe", "non communiqué", "unknown"}  # fmt: skip
_KEYS = {"id", "name", "brand", "category", "language", "attributes"}


@dataclass(frozen=True)
class Product:
    """One product. ``attributes`` keeps the order of the source; labels are unique.

    ``language`` is the language of the facts; when it is None, ``facts_language`` detects it.
    """

    id: str
    name: str
    brand: str = ""
    category: str = ""
    language: Language | None = None
    attributes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise InputError(
                "the product has no name; fill the column 'name' (or title, Name, nom, 名称)",
                column="name",
            )
        if len(self.attributes) > MAX_ATTRIBUTES:
            raise InputError(
                f"the product has {len(self.attributes)} attributes, more than {MAX_ATTRIBUTES}; "
                "leave out those that no text needs"
            )
        named = (("name", self.name), ("brand", self.brand), ("category", self.category))
        for label, value in (*named, *self.attributes):
            if len(value) > MAX_VALUE_CHARACTERS or len(label) > MAX_VALUE_CHARACTERS:
                raise InputError(
                    f"the value has {len(value):,} characters, more than {MAX_VALUE_CHARACTERS:,}; "
                    "shorten it or leave the column out",
                    column=label[:80],
                )

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Product:
        """A Product from its JSON form; unknown keys and wrong types are InputErrors."""
        if not isinstance(data, Mapping):
            raise InputError(f"a product must be an object, not {type(data).__name__}")
        unknown = sorted(str(key) for key in set(data) - _KEYS)
        if unknown:
            raise InputError(
                f"unknown key {unknown[0]!r}; a product has: {', '.join(sorted(_KEYS))} "
                "(other facts belong into 'attributes')",
                column=unknown[0],
            )
        attributes = data.get("attributes") or {}
        if not isinstance(attributes, Mapping):
            raise InputError(
                'must be an object of labels and values, such as {"Colour": "blue"}',
                column="attributes",
            )
        pairs = (
            (clean(str(label)), _scalar(value, str(label))) for label, value in attributes.items()
        )
        language = _scalar(data.get("language"), "language")
        return cls(
            id=_scalar(data.get("id"), "id"),
            name=_scalar(data.get("name"), "name"),
            brand=known(_scalar(data.get("brand"), "brand")),
            category=known(_scalar(data.get("category"), "category")),
            language=parse_choice(Language, language, where="'language'") if language else None,
            attributes=tuple((label, value) for label, value in pairs if label and known(value)),
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON form, without empty keys."""
        data: dict[str, Any] = {"id": self.id, "name": self.name}
        for key in ("brand", "category"):
            if getattr(self, key):
                data[key] = getattr(self, key)
        if self.language:
            data["language"] = self.language.value
        data["attributes"] = dict(self.attributes)
        return data

    def values(self) -> tuple[str, ...]:
        """Every fact as text: name, brand, category, then labels and values."""
        pairs = (part for pair in self.attributes for part in pair)
        return tuple(part for part in (self.name, self.brand, self.category, *pairs) if part)

    def facts_language(self) -> Language:
        """The given language of the facts, or the detected one."""
        return self.language or detect_language(" . ".join(self.values()))

    def with_language(self, language: Language) -> Product:
        """The same product with the language of its facts stated."""
        return replace(self, language=language)


def clean(text: str) -> str:
    """White space, control characters and lone surrogates folded to single spaces."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u200b\ufeff\ud800-\udfff]", " ", text).split())


def known(value: str) -> str:
    """``value``, or nothing where it only says that nothing is known (n/a, k.A., NC, 暂无)."""
    return "" if value.lower() in _UNKNOWN else value


def _scalar(value: Any, label: str) -> str:
    """A JSON value as text; lists of scalars are joined by commas, objects are refused."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return clean(str(value))
    if isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
        return ", ".join(clean(str(item)) for item in value)
    raise InputError(f"must be text or a number, not {type(value).__name__}", column=label[:80])


@lru_cache(maxsize=1)
def language_detector() -> Any:
    """lingua's detector for the four languages; built once, about 1 s and 100 MB."""
    from lingua import Language as Lingua
    from lingua import LanguageDetectorBuilder

    languages = (Lingua.ENGLISH, Lingua.GERMAN, Lingua.FRENCH, Lingua.CHINESE)
    return LanguageDetectorBuilder.from_languages(*languages).build()


def detect_language(text: str) -> Language:
    """The most likely of the four languages; English where a text has no words at all."""
    # Latin brand and model names are common in Chinese facts: a fifth of Han characters decides.
    letters = [character for character in text if character.isalpha()]
    han = sum("\u4e00" <= character <= "\u9fff" for character in letters)
    if letters and han / len(letters) >= 0.2:
        return Language.ZH
    found = language_detector().detect_language_of(text)
    return Language(found.iso_code_639_1.name.lower()) if found else Language.EN
