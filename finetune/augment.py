"""Fact swaps: fresh, consistent values in facts and texts, so that copying is learned.

A model that sees "750 ml" in every epoch learns 750; one that sees another number each time, in
the facts and in the text alike, learns to copy. Numbers and brands are swapped, attributes are
shuffled. A record whose texts would no longer agree with its facts is left as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from copywriter.product import Product
from finetune.corpus import Reference

_DIGITS = re.compile(r"\d{2,}")
# Numbers with a meaning of their own (percent of one material, a full turn, a day) and those that
# texts may spell as words stay as they are.
_FIXED = {"10", "11", "12", "24", "100", "360"}
_ONSETS = ("B", "Br", "C", "D", "F", "Fl", "G", "H", "K", "L", "M", "N", "P", "R", "S", "St", "T",
           "Tr", "V", "W", "Z")  # fmt: skip
_MIDDLES = ("a", "e", "i", "o", "u", "ai", "el", "en", "or", "an", "il", "ar", "um", "ov")
_CODAS = ("na", "ro", "lis", "den", "mar", "via", "tta", "ko", "field", "wick", "berg", "ly", "ne",
          "dor", "son", "tec", "lo", "ra", "vik", "mond")  # fmt: skip


def swap_facts(
    product: Product, references: Sequence[Reference], rng: random.Random
) -> tuple[Product, list[Reference]]:
    """The product and its texts with the same fresh numbers and brand in both.

    Args:
        product: facts in one language.
        references: texts of that product in any language.
        rng: drives every choice.
    """
    substitutions = [_number_swap(product, references, rng)]
    brand = _brand_swap(product, references, rng)
    if brand:
        substitutions.append(brand)

    def apply(text: str) -> str:
        for substitute in substitutions:
            text = substitute(text)
        return text

    swapped = replace(
        product,
        name=apply(product.name),
        brand=apply(product.brand),
        attributes=tuple((label, apply(value)) for label, value in product.attributes),
    )
    return swapped, [replace(item, text=apply(item.text)) for item in references]


def shuffle_attributes(product: Product, rng: random.Random) -> Product:
    """The same attributes in another order, so that position carries no meaning."""
    attributes = list(product.attributes)
    rng.shuffle(attributes)
    return replace(product, attributes=tuple(attributes))


def number_mapping(runs: Iterable[str], rng: random.Random) -> dict[str, str]:
    """A fresh digit run for each; same length, same trailing zeros, same order by size.

    Keeping the order keeps ranges and comparisons ("39-46", "folded smaller than open") true.
    """
    mapping: dict[str, str] = {}
    free = sorted({run for run in runs if run not in _FIXED and not run.startswith("0")})
    for length in sorted({len(run) for run in free}):
        group = [run for run in free if len(run) == length]
        low, high = 10 ** (length - 1), 10**length
        if len(group) > (high - low) // 2:
            continue
        fresh = sorted(rng.sample(range(low, high), len(group)))
        for run, number in zip(group, fresh, strict=True):
            zeros = min(len(run) - len(run.rstrip("0")), length - 1)
            mapping[run] = str(number)[: length - zeros] + "0" * zeros
    # Cutting to trailing zeros can make two numbers equal; equal values would merge two facts.
    if len(set(mapping.values())) < len(mapping) or set(mapping.values()) & _FIXED:
        return {}
    return mapping


def _number_swap(
    product: Product, references: Sequence[Reference], rng: random.Random
) -> Callable[[str], str]:
    facts = set(_DIGITS.findall(" ".join(product.values())))
    texts = set(_DIGITS.findall(" ".join(item.text for item in references)))
    # "1,200" here and "1200" there: the runs differ, and so would their replacements.
    mapping = number_mapping(facts, rng) if texts <= facts else {}
    return lambda text: _DIGITS.sub(lambda found: mapping.get(found[0], found[0]), text)


def _brand_swap(
    product: Product, references: Sequence[Reference], rng: random.Random
) -> Callable[[str], str] | None:
    brand = product.brand
    if len(brand) < 4 or not brand.isascii():
        return None
    texts = [*product.values(), *(item.text for item in references)]
    # A part or another spelling of the brand in a text would keep the old name alive.
    parts = [part for part in re.findall(r"\w+", brand.lower()) if len(part) > 3]
    for text in texts:
        rest = text.replace(brand, " ").lower()
        if any(part in rest for part in parts):
            return None
    fresh = make_brand(rng)
    return lambda text: text.replace(brand, fresh)


def make_brand(rng: random.Random) -> str:
    """A pronounceable invented name of one or two words."""
    name = rng.choice(_ONSETS) + rng.choice(_MIDDLES) + rng.choice(_CODAS)
    if rng.random() < 0.15:
        name += " " + rng.choice(_ONSETS) + rng.choice(_MIDDLES) + rng.choice(_CODAS)
    return name
