"""The page in a real Chromium, on the echo engine: what a person sees and clicks."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence

import pytest
from app_server import HOSTILE, Served, served
from playwright.sync_api import Browser, Page, expect, sync_playwright

from copywriter.engines import Candidate, Decoding, GenerationRequest
from copywriter.engines.echo import EchoEngine

pytestmark = pytest.mark.browser

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
# The page clips what is too wide, so that its scroll width alone proves nothing.
TOO_WIDE = """() => [...document.querySelectorAll('.gradio-container *')]
  .filter(part => part.checkVisibility() && part.getBoundingClientRect().right > innerWidth + 1)
  .map(part => part.className)"""
LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "zh": "中文"}


class GatedEngine(EchoEngine):
    """Echo that waits before the second language of a job while the gate is shut."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()
        self.calls = 0

    def generate(
        self, requests: Sequence[GenerationRequest], decoding: Decoding
    ) -> list[Candidate]:
        """As Echo, once the gate is open."""
        self.calls += 1
        if self.calls > 1:
            assert self.open.wait(30)
        return super().generate(requests, decoding)


@pytest.fixture(scope="module")
def engine() -> GatedEngine:
    """The engine behind the page, with its gate open."""
    return GatedEngine()


@pytest.fixture(scope="module")
def site(engine: GatedEngine) -> Iterator[Served]:
    """One running page for all tests."""
    with served(engine) as running:
        yield running


@pytest.fixture
def shut_engine(engine: GatedEngine) -> Iterator[GatedEngine]:
    """The engine with its gate shut; open again for the next test, whatever happens."""
    engine.calls = 0
    engine.open.clear()
    yield engine
    engine.open.set()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, site: Served) -> Iterator[Page]:
    """A fresh visit; afterwards neither a script nor a request may have gone wrong."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    visit = context.new_page()
    visit.set_default_timeout(20_000)
    failures: list[str] = []
    visit.on("pageerror", lambda error: failures.append(str(error)))
    visit.on("request", lambda request: failures.extend(_foreign(request.url, site.address)))
    visit.goto(site.address)
    expect(visit.locator("#write")).to_be_enabled()
    yield visit
    context.close()
    assert failures == []


def _foreign(url: str, address: str) -> list[str]:
    own = url.startswith((address, "data:", "blob:"))
    return [] if own else [f"a request left this machine: {url}"]


def fill(page: Page, name: str, *facts: str) -> None:
    """Fills the form from pasted lines."""
    page.get_by_text("Paste the facts instead").click()
    page.locator("#pasted textarea").fill("\n".join([f"Name: {name}", *facts]))
    page.locator("#fill").click()
    expect(page.locator("#product-name textarea")).to_have_value(name)


def write(page: Page, languages: int = 4) -> None:
    """Clicks Write and waits for the end."""
    page.locator("#write").click()
    words = f"All {languages} languages are written" if languages > 1 else "Written."
    expect(page.locator("#status")).to_contain_text(words, timeout=30_000)


def text_of(page: Page, language: str, kind: str) -> str:
    """The text in the box of one draft."""
    return page.locator(f"#draft-{language}-{kind} textarea").input_value()


def test_drafts_in_four_languages_stand_in_tabs_with_their_findings(page: Page) -> None:
    """A form, one click, and each language has its drafts, marks and explanations."""
    fill(page, "Trail tent", "Weight: 2.1 kg", "Persons: 2")
    write(page)
    for language, name in LANGUAGES.items():
        page.get_by_role("tab", name=re.compile(name)).click()
        draft = page.locator(f"#draft-{language}-description")
        expect(draft.locator("textarea")).to_be_visible()
        assert "Weight: 2.1 kg" in text_of(page, language, "description")
        expect(draft.locator(".cw-badge")).to_have_text(re.compile("Must fix|Needs a look"))
        expect(draft.locator(".cw-size")).to_contain_text("asked for")
        expect(draft.locator(".cw-why")).to_contain_text("were asked for")


def test_one_click_on_an_example_fills_the_form_and_writes(page: Page) -> None:
    """A newcomer sees text after one click."""
    expect(page.get_by_text("Your drafts will stand here")).to_be_visible()
    example = page.locator(".cw-examples button").first
    name = example.inner_text()
    example.click()
    expect(page.locator("#status")).to_contain_text("All 4 languages are written", timeout=30_000)
    assert name in text_of(page, "en", "title")
    expect(page.locator("#product-name textarea")).to_have_value(name)
    expect(page.get_by_text("Your drafts will stand here")).to_be_hidden()


def test_the_facts_table_can_be_typed_into_and_grows(page: Page) -> None:
    """Cells are edited in place, and more rows are one click away."""
    page.locator("#product-name textarea").fill("Trail tent")
    for column, typed in enumerate(("Weight", "2.1 kg")):
        cell = page.get_by_test_id(f"cell-0-{column}")
        cell.dblclick()
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        expect(cell).to_contain_text(typed)
    page.locator("#more-rows").click()
    expect(page.get_by_test_id("cell-5-0")).to_be_visible()
    only(page, "languages", "en")
    write(page, languages=1)
    assert "Weight: 2.1 kg" in text_of(page, "en", "title")


def only(page: Page, group: str, *values: str) -> None:
    """Leaves only some boxes of a group checked."""
    boxes = page.locator(f"#{group} input")
    expect(boxes).to_have_count(4)
    for box in boxes.all():
        box.set_checked(box.get_attribute("name") in values)


def test_only_chosen_languages_and_texts_are_shown(page: Page) -> None:
    """What was not asked for has no tab and no box."""
    only(page, "languages", "de", "zh")
    only(page, "kinds", "slogan")
    fill(page, "Trail tent", "Weight: 2.1 kg")
    write(page, languages=2)
    shown = [tab.inner_text() for tab in page.get_by_role("tab").all() if tab.is_visible()]
    assert [label.split()[0] for label in shown] == ["Deutsch", "中文"]
    expect(page.locator("#draft-de-slogan textarea")).to_be_visible()
    expect(page.locator("#draft-de-title")).to_be_hidden()


def test_hostile_facts_are_shown_as_text(page: Page) -> None:
    """Markup in a name, a label or a value runs nowhere on the page."""
    only(page, "languages", "en")
    fill(page, f"Tent {HOSTILE}", f"Color: {HOSTILE}", f"{HOSTILE}: red")
    write(page, languages=1)
    assert HOSTILE in text_of(page, "en", "description")
    expect(page.locator("#facts")).to_contain_text("onerror")
    expect(page.locator("#draft-en-description .cw-why")).to_be_visible()
    assert page.locator("img[src='x']").count() == 0
    assert page.title() == "Copywriter"


def test_an_over_long_fact_is_refused_with_a_message(page: Page) -> None:
    """The message names the field and the limit; the form can be mended and sent again."""
    fill(page, "Trail tent", "Story: " + "x" * 5_001)
    page.locator("#write").click()
    toast = page.get_by_test_id("toast-body")
    expect(toast).to_contain_text("Story: the value has 5,001 characters, more than 5,000")
    expect(page.locator("#status")).to_contain_text("Nothing was written")
    expect(page.locator("#write")).to_be_enabled()
    expect(page.get_by_text("Your drafts will stand here")).to_be_visible()


def test_a_hostile_message_is_shown_as_text(page: Page) -> None:
    """What an error message quotes is not run either."""
    fill(page, "Trail tent", HOSTILE)
    page.locator("#write").click()
    expect(page.get_by_test_id("toast-body")).to_contain_text("<img src=x onerror=")
    assert page.locator("img[src='x']").count() == 0
    assert page.title() == "Copywriter"


def test_an_edited_draft_is_checked_again(page: Page) -> None:
    """A number that a person adds is marked as soon as the box is left."""
    only(page, "languages", "en")
    only(page, "kinds", "description")
    fill(page, "Trail tent", "Weight: 2.1 kg")
    write(page, languages=1)
    draft = page.locator("#draft-en-description")
    draft.locator("textarea").fill("A tent that weighs 999 kg.")
    draft.locator("textarea").blur()
    expect(draft.locator(".cw-edited")).to_be_visible()
    expect(draft.locator(".cw-size")).to_contain_text("6 words")
    expect(draft.locator(".cw-marks .highlighted")).to_contain_text(["999"])


def test_a_job_can_be_stopped_between_two_languages(page: Page, shut_engine: GatedEngine) -> None:
    """What is written stays, what is not has no tab, and the next job runs whole."""
    fill(page, "Trail tent", "Weight: 2.1 kg")
    page.locator("#write").click()
    expect(page.locator("#status")).to_contain_text("Writing Deutsch, language 2 of 4")
    expect(page.locator("#write")).to_be_disabled()
    assert "Trail tent" in text_of(page, "en", "title")
    page.locator("#stop").click()
    expect(page.locator("#status")).to_contain_text("Stopped")
    shown = [tab.inner_text() for tab in page.get_by_role("tab").all() if tab.is_visible()]
    assert [label.split()[0] for label in shown] == ["English"]
    shut_engine.open.set()
    write(page)


def test_a_second_person_is_told_to_wait(
    page: Page, browser: Browser, site: Served, shut_engine: GatedEngine
) -> None:
    """Jobs run one after the other, and who waits can see it and give up."""
    page.locator(".cw-examples button").first.click()
    expect(page.locator("#status")).to_contain_text("language 2 of 4")
    context = browser.new_context()
    second = context.new_page()
    second.goto(site.address)
    second.locator(".cw-examples button").first.click()
    expect(second.locator("#status")).to_contain_text("Waiting for the model")
    second.locator("#stop").click()
    expect(second.locator("#status")).to_contain_text("Stopped")
    context.close()
    shut_engine.open.set()
    expect(page.locator("#status")).to_contain_text("All 4 languages are written", timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_the_page_without_scrolling_sideways(
    browser: Browser, site: Served, scheme: str
) -> None:
    """390 pixels are enough, before and after writing."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto(site.address)
    page.locator(".cw-examples button").first.click()
    expect(page.locator("#status")).to_contain_text("All 4 languages are written", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(TOO_WIDE) == []
    context.close()
