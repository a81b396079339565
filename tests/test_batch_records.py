"""Every row becomes exactly one record, in order, whatever fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from copywriter.batch.records import MAX_FAILURES_IN_A_ROW, Item, RecordMaker, count, to_line
from copywriter.brief import Kind, Language, Length, Style, make_briefs
from copywriter.engines import Candidate, Decoding, GenerationRequest
from copywriter.engines.echo import EchoEngine
from copywriter.errors import EngineError, ModelError, OutOfMemory, PromptError
from copywriter.product import Product
from copywriter.writer import Writer

BRIEFS = make_briefs((Language.EN, Language.DE), (Kind.TITLE,), Style.FUNCTIONAL, Length.MEDIUM)


class BrittleEngine(EchoEngine):
    """Echo, but a prompt with a marker in it fails, for its whole batch or alone."""

    def __init__(self, raise_for: Mapping[str, Exception], finish_for: str = "\0") -> None:
        self._raise_for, self._finish_for = raise_for, finish_for

    def generate(
        self, requests: Sequence[GenerationRequest], decoding: Decoding
    ) -> list[Candidate]:
        """Raises, or gives an error candidate, for the prompts that hold a marker."""
        for request in requests:
            for marker, error in self._raise_for.items():
                if marker in request.prompt:
                    raise error
        return [
            Candidate("", 0, "error", error="the prompt is too long")
            if self._finish_for in request.prompt
            else candidate
            for request, candidate in zip(
                requests, super().generate(requests, decoding), strict=True
            )
        ]


def items(*names: str) -> list[Item]:
    return [
        Item(row, f"id-{row}", name, Product(f"id-{row}", name, language=Language.EN))
        for row, name in enumerate(names, start=2)
    ]


def make(engine: EchoEngine, rows: list[Item]) -> list[dict[str, Any]]:
    return RecordMaker(Writer(engine), BRIEFS).make(rows, {"engine": "echo"})


def test_a_record_holds_what_was_asked_for() -> None:
    """A record names its row and product; the provenance stands once, not in each draft."""
    record = make(EchoEngine(), items("Oxford shirt"))[0]
    assert (record["id"], record["row"], record["name"]) == ("id-2", 2, "Oxford shirt")
    assert [(draft["language"], draft["kind"]) for draft in record["drafts"]] == [
        ("en", "title"),
        ("de", "title"),
    ]
    assert record["provenance"] == {"engine": "echo"}
    assert all("provenance" not in draft for draft in record["drafts"])
    assert "error" not in record


def test_rows_without_product_keep_their_place() -> None:
    """A row that cannot be read is an error record between its neighbours."""
    rows = items("shirt", "cup")
    rows.insert(1, Item(9, "row-9", "", error="row 9: the product has no name"))
    records = make(EchoEngine(), rows)
    assert [record["row"] for record in records] == [2, 9, 3]
    assert records[1]["status"] == "error"
    assert records[1]["error"] == "row 9: the product has no name"
    assert records[1]["drafts"] == []


@pytest.mark.parametrize(
    "error", [EngineError("no luck"), OutOfMemory("no memory"), PromptError("no such template")]
)
def test_a_row_that_breaks_its_chunk_fails_alone(error: Exception) -> None:
    """When a chunk fails its rows are tried one by one, and only the bad one is an error."""
    records = make(BrittleEngine({"BAD": error}), items("shirt", "BAD cup", "lamp"))
    assert [record["status"] == "error" for record in records] == [False, True, False]
    assert records[1]["error"] == str(error)


def test_a_text_that_cannot_be_made_is_the_rows_error() -> None:
    """A draft with an error makes its record an error, which says for which text."""
    record = make(BrittleEngine({}, finish_for="BAD"), items("BAD cup"))[0]
    assert record["status"] == "error"
    assert record["error"] == "en title: the prompt is too long"
    assert json.loads(to_line(record))["drafts"][0]["score"] is None


def test_an_engine_that_fails_for_every_row_stops_the_job() -> None:
    """When no row of a chunk works it is not the rows: no error records are made of them."""
    engine = BrittleEngine({"": EngineError("the server is gone")})
    with pytest.raises(EngineError, match="2 products in a row: the server is gone"):
        make(engine, items("shirt", "cup"))


def test_failures_are_counted_across_chunks() -> None:
    """With one row per chunk, too, an engine that always fails stops the job."""
    maker = RecordMaker(Writer(BrittleEngine({"": EngineError("gone")})), BRIEFS)
    for _ in range(MAX_FAILURES_IN_A_ROW - 1):
        assert maker.make(items("cup"), {})[0]["status"] == "error"
    with pytest.raises(EngineError, match="in a row"):
        maker.make(items("cup"), {})


def test_rows_too_large_for_the_memory_never_stop_the_job() -> None:
    """Out of memory at one row is about that row, even for a whole chunk of them."""
    engine = BrittleEngine({"": OutOfMemory("too large")})
    records = make(engine, items(*"abcdefgh"))
    assert [record["error"] for record in records] == ["too large"] * 8


def test_a_broken_model_stops_the_job() -> None:
    """A ModelError would hit every row and is passed on."""
    with pytest.raises(ModelError):
        make(BrittleEngine({"cup": ModelError("damaged")}), items("shirt", "cup"))


def test_counts_are_per_status_and_per_rule() -> None:
    """The summary counts records per status and findings per rule."""
    finding = {"rule": "length.long"}
    records = [
        {"status": "ok", "drafts": [{"findings": []}]},
        {"status": "review", "drafts": [{"findings": [finding, finding]}]},
        {"status": "error", "drafts": []},
    ]
    assert count(records) == ({"ok": 1, "review": 1, "error": 1}, {"length.long": 2})


@pytest.mark.parametrize("read", [json.loads, lambda line: json.loads(line.decode("utf-8"))])
def test_any_text_fits_into_a_line(read: Callable[[bytes], Any]) -> None:
    """Line separators and lone surrogates stay inside one line of valid UTF-8."""
    record = {"name": "a\nb\u2028c\ud800d 衬衫"}
    line = to_line(record)
    assert line.count(b"\n") == 1
    assert read(line) == record
