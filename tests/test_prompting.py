"""Prompts: one rendering, complete in four languages, and the same text read back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from copywriter.brief import Brief, Kind, Language, Length, Style
from copywriter.errors import PromptError
from copywriter.product import Product
from copywriter.prompting import load_prompter, max_new_tokens
from copywriter.resources import resource

PRODUCT = Product.from_dict(
    {"id": "1", "name": "Isolierflasche", "brand": "Nordhaf", "language": "de",
     "attributes": {"Inhalt": "0,75 l", "Farbe": "k.A.", "Deckel": "dicht"}}
)  # fmt: skip


def all_briefs() -> list[Brief]:
    """Every combination of language, kind, style and length."""
    return [
        Brief(language, kind, style, length)
        for language in Language
        for kind in Kind
        for style in Style
        for length in Length
    ]


def test_prompt_has_the_stated_form() -> None:
    """Facts in their language, then the task in the language of the text."""
    prompt = load_prompter().render_prompt(PRODUCT, Brief(Language.FR, Kind.TITLE))
    assert prompt == (
        "Produktdaten\nName: Isolierflasche\nMarke: Nordhaf\nInhalt: 0,75 l\nDeckel: dicht"
        "\n\nTitre français :\n"
    )


def test_each_brief_that_differs_asks_for_something_else() -> None:
    """Descriptions differ by style and length, slogans by style, the rest by language."""
    prompter = load_prompter()
    tasks = {prompter.render_task(brief) for brief in all_briefs()}
    descriptions = len(Language) * len(Style) * len(Length)
    assert len(tasks) == descriptions + len(Language) * len(Style) + 2 * len(Language)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(Kind))
def test_examples_come_before_the_product(language: Language, kind: Kind) -> None:
    """With examples the prompt ends exactly as without, and shows each example's text."""
    prompter, brief = load_prompter(), Brief(language, kind, Style.POETIC)
    plain = prompter.render_prompt(PRODUCT, brief)
    shown = prompter.render_prompt(PRODUCT, brief, few_shot=True)
    assert shown.endswith("\n\n" + plain)
    assert shown.count(prompter.render_task(brief)) == 3


@pytest.mark.parametrize("written", ["- a\n- b\n- c", "• a\n\n• b\n• c\n", "a\nb\nc"])
def test_bullets_are_read_back_without_marks(written: str) -> None:
    """Marks and blank lines go, the lines stay."""
    assert load_prompter().parse_target(written, Kind.BULLETS) == "a\nb\nc"


def test_render_and_parse_are_inverse() -> None:
    """A target that is rendered and parsed again is unchanged, bullets with hyphens too."""
    prompter = load_prompter()
    for kind, text in ((Kind.BULLETS, "-20 °C fest\nzwei"), (Kind.SLOGAN, "Kalt bleibt kalt")):
        assert prompter.parse_target(prompter.render_target(text, kind), kind) == text


def test_token_bounds_grow_with_length() -> None:
    """Longer texts may use more tokens, and every bound allows the text asked for."""
    for language in Language:
        bounds = [
            max_new_tokens(Brief(language, Kind.DESCRIPTION, length=length)) for length in Length
        ]
        assert bounds == sorted(bounds)
        assert bounds[0] >= Brief(language, Kind.DESCRIPTION, length=Length.SHORT).size_range().high


def copied_prompts(tmp_path: Path) -> Path:
    """The shipped templates in a folder that a test may change."""
    return Path(shutil.copytree(resource("prompts"), tmp_path / "prompts"))


def test_version_follows_the_wording_but_not_the_examples(tmp_path: Path) -> None:
    """An adapter is tied to what it saw in training, and it saw no examples."""
    folder = copied_prompts(tmp_path)
    shipped = load_prompter().version
    english = folder / "en.yaml"
    text = english.read_text()
    english.write_text(text.replace("A zipper closes it.", "It has a zipper."))
    load_prompter.cache_clear()
    assert load_prompter(folder).version == shipped
    english.write_text(text.replace("English title:", "Title:"))
    load_prompter.cache_clear()
    assert load_prompter(folder).version != shipped


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  playful: playful\n", "", "styles lacks playful"),
        ("facts_heading: Product facts\n", "", "facts_heading"),
        ("name: Name\n", "name: Name\nnme: x\n", "nme"),
        ("name: Name\n", "name: [\n", "cannot be used"),
    ],
)
def test_broken_template_names_the_file(tmp_path: Path, old: str, new: str, message: str) -> None:
    """A missing or unknown key and broken YAML are told with the file."""
    folder = copied_prompts(tmp_path)
    path = folder / "en.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    load_prompter.cache_clear()
    with pytest.raises(PromptError, match=rf"en\.yaml.*{message}|(?s:en\.yaml.*{message})"):
        load_prompter(folder)


def test_missing_template_is_named(tmp_path: Path) -> None:
    """Each of the four languages needs its file."""
    folder = copied_prompts(tmp_path)
    (folder / "zh.yaml").unlink()
    load_prompter.cache_clear()
    with pytest.raises(PromptError, match=r"zh\.yaml is missing"):
        load_prompter(folder)
