"""The Writer: one draft per product and brief, checked, ranked and traceable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from copywriter.brief import Brief, Kind, Language, Length, Style, make_briefs
from copywriter.draft import Severity, Status
from copywriter.engines import Candidate, Decoding, GenerationRequest, make_engine
from copywriter.product import Product
from copywriter.writer import Writer

CUP = Product.from_dict(
    {"id": "1", "name": "Cup", "language": "en", "attributes": {"Volume": "300 ml"}}
)
POT = Product.from_dict({"id": "2", "name": "Pot", "language": "en", "attributes": {}})
BRIEFS = make_briefs(
    (Language.EN, Language.DE), (Kind.TITLE, Kind.BULLETS), Style.FUNCTIONAL, Length.SHORT
)
GOOD = "Porcelain Cup for the Kitchen, Holds 300 ml of Tea"
INVENTED = "Porcelain Cup for the Kitchen, Holds 450 ml of Tea"


class ScriptedEngine:
    """Returns given candidates in turn and remembers what it was asked."""

    few_shot = False

    def __init__(self, *candidates: Candidate) -> None:
        self.candidates, self.requests = candidates, list[GenerationRequest]()

    def generate(
        self, requests: Sequence[GenerationRequest], decoding: Decoding
    ) -> list[Candidate]:
        """One scripted candidate per request, starting over at the end of the script."""
        start = len(self.requests)
        self.requests += requests
        script = self.candidates
        return [script[(start + place) % len(script)] for place in range(len(requests))]

    def describe(self) -> Mapping[str, Any]:
        """Provenance."""
        return {"engine": "scripted"}


def test_every_product_gets_every_brief_in_order() -> None:
    """The result has the shape of the question."""
    drafts = Writer(make_engine("echo")).write([CUP, POT], BRIEFS)
    assert [[draft.brief for draft in row] for row in drafts] == [list(BRIEFS), list(BRIEFS)]
    assert "300 ml" in drafts[0][0].text
    assert "Pot" in drafts[1][0].text


def test_nothing_to_write_is_no_error() -> None:
    """No products give no rows, no briefs give empty rows."""
    writer = Writer(make_engine("echo"))
    assert writer.write([], BRIEFS) == []
    assert writer.write([CUP, POT], []) == [[], []]


def test_same_seed_same_requests_whatever_the_batch() -> None:
    """A text's seed hangs on its product and brief, not on its neighbours."""
    together, alone = (
        ScriptedEngine(Candidate(GOOD, 9, "stop")),
        ScriptedEngine(Candidate(GOOD, 9, "stop")),
    )
    Writer(together, seed=3).write([CUP, POT], BRIEFS)
    for product in (CUP, POT):
        Writer(alone, seed=3).write([product], BRIEFS)
    assert together.requests == alone.requests
    assert len({request.seed for request in together.requests}) == len(together.requests)
    other = ScriptedEngine(Candidate(GOOD, 9, "stop"))
    Writer(other, seed=4).write([CUP, POT], BRIEFS)
    assert other.requests[0].seed != together.requests[0].seed


def test_best_candidate_is_the_one_that_the_checks_prefer() -> None:
    """An invented number loses against a true text, even a less likely one."""
    engine = ScriptedEngine(
        Candidate(INVENTED, 12, "stop", logprob=-0.1),
        Candidate("", 0, "error", error="too long"),
        Candidate(GOOD, 12, "stop", logprob=-2.0),
    )
    brief = Brief(Language.EN, Kind.TITLE)
    draft = Writer(engine, candidates=3).write([CUP], [brief])[0][0]
    assert draft.text == GOOD
    assert draft.status is Status.OK
    assert len({request.seed for request in engine.requests}) == 3


def test_invented_number_is_flagged_and_kept() -> None:
    """A draft that fails is marked for review with its reason; it is never dropped."""
    brief = Brief(Language.EN, Kind.TITLE)
    engine = ScriptedEngine(Candidate(INVENTED, 12, "stop"))
    draft = Writer(engine).write([CUP], [brief])[0][0]
    assert (draft.text, draft.status) == (INVENTED, Status.REVIEW)
    finding = next(item for item in draft.findings if item.rule == "numbers.not_in_facts")
    assert finding.severity is Severity.BLOCK
    assert finding.span is not None
    start, end = finding.span
    assert "450" in draft.text[start:end]


def test_failed_generation_is_a_draft_with_its_reason() -> None:
    """The text is empty, the status says error, the finding says why."""
    engine = ScriptedEngine(Candidate("", 0, "error", error="the prompt is too long"))
    draft = Writer(engine).write([CUP], BRIEFS[:1])[0][0]
    assert (draft.text, draft.status) == ("", Status.ERROR)
    assert draft.findings[0].message == "the prompt is too long"


def test_bullets_lose_their_marks() -> None:
    """The draft's text has one bullet per line and no marks."""
    engine = ScriptedEngine(Candidate("- Holds 300 ml of tea\n- A cup\n- b", 9, "stop"))
    draft = Writer(engine).write([CUP], [Brief(Language.EN, Kind.BULLETS)])[0][0]
    assert draft.text == "Holds 300 ml of tea\nA cup\nb"


def test_drafts_say_where_they_come_from() -> None:
    """Engine, prompt version, seed, decoding and the mark that a machine wrote it."""
    writer = Writer(make_engine("echo"), seed=5, clock=lambda: "2026-01-02T03:04:05+00:00")
    data = writer.write([CUP], BRIEFS[:1])[0][0].to_dict()
    provenance = data["provenance"]
    assert provenance["engine"] == "echo"
    assert provenance["seed"] == 5
    assert provenance["ai_generated"] is True
    assert provenance["generated_at"] == "2026-01-02T03:04:05+00:00"
    assert len(provenance["prompt_version"]) == 12


def test_stats_count_what_was_generated() -> None:
    """Drafts and tokens add up over calls."""
    writer = Writer(ScriptedEngine(Candidate(GOOD, 12, "stop")), candidates=2)
    writer.write([CUP], BRIEFS)
    writer.write([POT], BRIEFS)
    assert (writer.stats.drafts, writer.stats.tokens) == (8, 16 * 12)
