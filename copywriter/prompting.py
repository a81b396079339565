"""The one place where the text that a model sees is made.

Training, the command line, the page and the evaluation all call ``Prompter``; the wording lies
in ``prompts/{en,de,fr,zh}.yaml``. A sequence is the facts, then one or more tasks:

    Product facts            in the language of the facts
    Name: Oxford shirt
    Material: cotton

    German title:            in the language of the text; its wording names language, kind, style
    Oxford-Hemd ...<eos>

``render_prompt`` ends where the model continues. ``render_task`` and ``render_target`` give the
pieces that training puts one after the other behind the same facts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from copywriter.brief import BULLET_COUNT, Brief, Kind, Language, Length, Style
from copywriter.errors import PromptError
from copywriter.product import Product
from copywriter.resources import resource

BULLET_MARK = "- "
SEPARATOR = "\n\n"
# Generated tokens per word (zh: per character) of the largest text asked for, with room for
# long compounds: of 14,920 texts of the corpora one, a German title, needs more.
_TOKENS_PER_UNIT = {Language.EN: 2.2, Language.DE: 2.8, Language.FR: 2.5, Language.ZH: 1.3}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Example(_Strict):
    """A product with texts, shown to models that were not trained on these prompts."""

    facts: dict[str, Any]
    title: str
    slogan: str
    bullets: list[str]
    descriptions: dict[Style, str]


class Template(_Strict):
    """The wording of one language, as in ``prompts/<language>.yaml``."""

    facts_heading: str
    name: str
    brand: str
    category: str
    fact: str
    tasks: dict[Kind, str]
    styles: dict[Style, str]
    lengths: dict[Length, str]
    examples: list[_Example]


@dataclass(frozen=True)
class Prompter:
    """Renders prompts from four templates.

    Args:
        templates: one per language.
        version: first 12 hexadecimal digits of the SHA-256 over the templates without their
            examples; an adapter records it and is refused when it differs.
    """

    templates: Mapping[Language, Template]
    version: str

    def render_facts(self, product: Product) -> str:
        """The facts block, in the language of the facts, without a final newline."""
        template = self.templates[product.facts_language()]
        named = (
            (template.name, product.name),
            (template.brand, product.brand),
            (template.category, product.category),
        )
        lines = [
            template.fact.format(label=label, value=value)
            for label, value in (*named, *product.attributes)
            if value
        ]
        return "\n".join([template.facts_heading, *lines])

    def render_task(self, brief: Brief) -> str:
        """The line that asks for one text, with the newline after which the text begins."""
        template = self.templates[brief.language]
        task = template.tasks[brief.kind]
        return (
            task.format(style=template.styles[brief.style], length=template.lengths[brief.length])
            + "\n"
        )

    def render_target(self, text: str, kind: Kind) -> str:
        """The text as the model writes it: bullets carry marks, all else stands as it is."""
        if kind is not Kind.BULLETS:
            return text
        return "\n".join(BULLET_MARK + line for line in text.splitlines())

    def parse_target(self, text: str, kind: Kind) -> str:
        """The inverse of ``render_target``, tolerant of other bullet marks and blank lines."""
        text = text.strip()
        if kind is not Kind.BULLETS:
            return text
        lines = (
            line.strip().removeprefix("-").lstrip("•*·– ").strip() for line in text.splitlines()
        )
        return "\n".join(line for line in lines if line)

    def render_prompt(self, product: Product, brief: Brief, *, few_shot: bool = False) -> str:
        """Facts and task; the model continues right after it.

        With ``few_shot`` the examples of the brief's language come first, each with the text
        of the same kind, in the style that is nearest to the one asked for.
        """
        parts = [self.render_facts(product), self.render_task(brief)]
        if few_shot:
            parts = [*self._render_examples(brief), *parts]
        return SEPARATOR.join(parts)

    def _render_examples(self, brief: Brief) -> list[str]:
        parts = []
        for example in self.templates[brief.language].examples:
            product = Product.from_dict({**example.facts, "language": brief.language.value})
            if brief.kind is Kind.TITLE:
                text = example.title
            elif brief.kind is Kind.SLOGAN:
                text = example.slogan
            elif brief.kind is Kind.BULLETS:
                text = "\n".join(example.bullets)
            else:
                style = brief.style if brief.style in example.descriptions else Style.FUNCTIONAL
                text = example.descriptions[style]
            task = self.render_task(brief)
            parts += [self.render_facts(product), task + self.render_target(text, brief.kind)]
        return parts

    def stop_strings(self, brief: Brief, *, few_shot: bool) -> tuple[str, ...]:
        """Strings that end a text. A trained model writes its end mark; one that is shown
        examples goes on with the next one instead."""
        return (SEPARATOR,) if few_shot else ()


def max_new_tokens(brief: Brief) -> int:
    """Upper bound of generated tokens for a brief: what its longest allowed text needs."""
    size = brief.size_range()
    if brief.kind is Kind.TITLE:
        return 48
    count = BULLET_COUNT if brief.kind is Kind.BULLETS else 1
    return int(size.high * count * _TOKENS_PER_UNIT[brief.language] * 1.15) + 8


@lru_cache(maxsize=4)
def load_prompter(folder: Path | None = None) -> Prompter:
    """The prompter of the shipped templates, or of a folder with the same four files."""
    folder = folder or resource("prompts")
    templates, digest = {}, hashlib.sha256()
    for language in Language:
        path = folder / f"{language}.yaml"
        try:
            template = Template.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise PromptError(f"{path} is missing; each language needs its prompts") from None
        except (yaml.YAMLError, ValidationError) as error:
            raise PromptError(f"{path} cannot be used: {error}") from error
        _check_complete(template, path)
        templates[language] = template
        digest.update(template.model_dump_json(exclude={"examples"}).encode())
    return Prompter(templates, digest.hexdigest()[:12])


def _check_complete(template: Template, path: Path) -> None:
    for name, entries, members in (
        ("tasks", template.tasks, Kind),
        ("styles", template.styles, Style),
        ("lengths", template.lengths, Length),
    ):
        missing = [member.value for member in members if member not in entries]
        if missing:
            raise PromptError(f"{path}: {name} lacks {', '.join(missing)}")
    for example in template.examples:
        if Style.FUNCTIONAL not in example.descriptions:
            raise PromptError(f"{path}: an example has no functional description")
