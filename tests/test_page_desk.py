"""Jobs of the page: language by language, one forward pass at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from copywriter.brief import Kind, Language, Length, Style
from copywriter.engines import Candidate, Decoding, GenerationRequest, make_engine
from copywriter.engines.echo import EchoEngine
from copywriter.errors import InputError
from copywriter.page.desk import Choices, Desk
from copywriter.page.facts import FactsForm
from copywriter.writer import Writer

FORM = FactsForm("Oxford shirt", language="en", rows=(("Material", "cotton"),))


def choices(languages: Sequence[str] = ("zh", "en"), candidates: int = 1) -> Choices:
    return Choices.from_page(languages, ["description", "title"], "functional", "short", candidates)


class Watched(EchoEngine):
    """Echo that keeps the decodings it was given and how many calls ran at once."""

    def __init__(self) -> None:
        self.decodings: list[Decoding] = []
        self.running, self.most = 0, 0
        self.met = threading.Barrier(2)

    def generate(
        self, requests: Sequence[GenerationRequest], decoding: Decoding
    ) -> list[Candidate]:
        """As Echo, after a short wait for a second caller."""
        self.decodings.append(decoding)
        self.running += 1
        self.most = max(self.most, self.running)
        # Long enough for a second call to enter, were it let in.
        try:
            self.met.wait(0.05)
        except threading.BrokenBarrierError:
            self.met.reset()
        self.running -= 1
        return super().generate(requests, decoding)


def test_drafts_come_language_by_language() -> None:
    """First the empty job, then one more language each time, in the page's order."""
    jobs = list(Desk(Writer(make_engine("echo"))).write(FORM, choices()))
    seen = [[(draft.brief.language, draft.brief.kind) for draft in job.drafts] for job in jobs]
    english = [(Language.EN, Kind.TITLE), (Language.EN, Kind.DESCRIPTION)]
    chinese = [(Language.ZH, Kind.TITLE), (Language.ZH, Kind.DESCRIPTION)]
    assert seen == [[], english, [*english, *chinese]]
    assert [job.pending() for job in jobs] == [
        (Language.EN, Language.ZH),
        (Language.ZH,),
        (),
    ]


def test_an_unusable_form_is_refused_before_any_writing() -> None:
    """The engine is not asked for a product without a name."""
    engine = Watched()
    with pytest.raises(InputError, match="no name"):
        next(Desk(Writer(engine)).write(FactsForm(), choices()))
    assert engine.decodings == []


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (([], ["title"], "functional", "short", 1), "no language is chosen"),
        ((["en"], [], "functional", "short", 1), "no text is chosen"),
        ((["en", "xx"], ["title"], "functional", "short", 1), "'xx' is unknown for Languages"),
        ((["en"], ["poem"], "functional", "short", 1), "'poem' is unknown for Texts"),
        ((["en"], ["title"], None, "short", 1), "'None' is unknown for Style"),
        ((["en"], ["title"], "functional", "epic", 1), "'epic' is unknown for Length"),
        ((["en"], ["title"], "functional", "short", 5), "must be from 1 to 4"),
        ((["en"], ["title"], "functional", "short", "1"), "must be from 1 to 4"),
    ],
)
def test_choices_that_the_page_does_not_offer_are_refused(values: Any, message: str) -> None:
    """A browser may send anything; the message names the field."""
    with pytest.raises(InputError, match=message):
        Choices.from_page(*values)


def test_choices_come_in_the_order_of_the_page() -> None:
    """The order of the clicks and double values do not matter."""
    made = Choices.from_page(["fr", "en", "fr"], ["slogan", "title"], "playful", "long", 2)
    assert made == Choices(
        (Language.EN, Language.FR), (Kind.TITLE, Kind.SLOGAN), Style.PLAYFUL, Length.LONG, 2
    )


def test_several_tries_are_sampled() -> None:
    """Greedy tries would all be the same text."""
    engine = Watched()
    for candidates in (1, 3):
        list(Desk(Writer(engine)).write(FORM, choices(["en"], candidates)))
    assert [decoding.temperature > 0 for decoding in engine.decodings] == [False, True]


def test_two_jobs_never_share_the_model() -> None:
    """A stopped job may still be inside the engine when the next one begins."""
    engine = Watched()
    desk = Desk(Writer(engine))
    jobs = [
        threading.Thread(target=lambda: list(desk.write(FORM, choices(["en", "de"]))))
        for _ in range(2)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert len(engine.decodings) == 4
    assert engine.most == 1
