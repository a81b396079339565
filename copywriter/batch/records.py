"""Records: what becomes of the rows of a table, exactly one record per row.

A row that cannot be read, is no product or cannot be written gets a record with status
``error`` and the reason; only errors that would hit every row stop the job.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copywriter.brief import Brief
from copywriter.draft import Draft, Status
from copywriter.errors import CopywriterError, EngineError, InputError, OutOfMemory, PromptError
from copywriter.product import Product
from copywriter.writer import Writer

# Engines raise only when nothing can work; after so many rows in a row it is not the rows.
MAX_FAILURES_IN_A_ROW = 5
_SEVERITY = {Status.OK: 0, Status.REVIEW: 1, Status.ERROR: 2}
_ROW_ERRORS = (EngineError, PromptError, InputError)


@dataclass(frozen=True)
class Item:
    """A row of the table: its product, or the reason why there is none.

    Args:
        row: number of the row in the table.
        id: the product's id, or the row number as text.
        name: the product's name; empty where it is unknown.
        product: None for a row that is no product.
        error: why ``product`` is None.
    """

    row: int
    id: str
    name: str
    product: Product | None = None
    error: str = ""


class RecordMaker:
    """Turns chunks of items into records.

    Args:
        writer: writes the drafts.
        briefs: what to write for every product.
    """

    def __init__(self, writer: Writer, briefs: Sequence[Brief]) -> None:
        self._writer, self._briefs = writer, briefs
        self._failures = 0

    def make(self, items: Sequence[Item], stamp: Mapping[str, Any]) -> list[dict[str, Any]]:
        """One record per item, in order, each with ``stamp`` as its provenance.

        Raises EngineError when all rows fail, ModelError as the engine raises it.
        """
        products = [item.product for item in items if item.product is not None]
        outcomes = iter(self._write(products))
        return [
            _record(item, next(outcomes) if item.product else item.error, stamp) for item in items
        ]

    def _write(self, products: list[Product]) -> Sequence[list[Draft] | str]:
        """Drafts per product; where a product fails alone, the reason."""
        if not products:
            return []
        try:
            drafts = self._writer.write(products, self._briefs)
        except _ROW_ERRORS as error:
            if len(products) == 1:
                return [self._reason(error)]
            return self._write_one_by_one(products)
        self._failures = 0
        return drafts

    def _write_one_by_one(self, products: list[Product]) -> Sequence[list[Draft] | str]:
        """Finds the products that made the whole chunk fail."""
        before, outcomes = self._failures, [self._write([product])[0] for product in products]
        if self._failures == before + len(products):
            raise self._stop(str(outcomes[-1]))
        return outcomes

    def _reason(self, error: CopywriterError) -> str:
        if isinstance(error, EngineError) and not isinstance(error, OutOfMemory):
            self._failures += 1
        else:
            self._failures = 0
        if self._failures >= MAX_FAILURES_IN_A_ROW:
            raise self._stop(str(error)) from error
        return str(error)

    def _stop(self, reason: str) -> EngineError:
        return EngineError(
            f"the engine failed for {self._failures} products in a row: {reason}; when that is "
            "solved, run the same command again, finished rows are kept"
        )


def _record(item: Item, outcome: list[Draft] | str, stamp: Mapping[str, Any]) -> dict[str, Any]:
    drafts = [] if isinstance(outcome, str) else outcome
    worst = max((draft.status for draft in drafts), key=_SEVERITY.__getitem__, default=Status.ERROR)
    record = {"id": item.id, "row": item.row, "name": item.name, "status": worst.value}
    if worst is Status.ERROR:
        record["error"] = outcome if isinstance(outcome, str) else _first_error(drafts)
    return {**record, "drafts": [_draft(draft) for draft in drafts], "provenance": dict(stamp)}


def _first_error(drafts: Sequence[Draft]) -> str:
    failed = next(draft for draft in drafts if draft.status is Status.ERROR)
    reason = "; ".join(finding.message for finding in failed.findings) or "no text was made"
    return f"{failed.brief.language} {failed.brief.kind}: {reason}"


def _draft(draft: Draft) -> dict[str, Any]:
    """JSON form without the provenance, which the record states once for all its drafts."""
    data = draft.to_dict()
    del data["provenance"]
    return data


def to_line(record: Mapping[str, Any]) -> bytes:
    """The record as a line of JSON Lines, with its newline."""
    text = json.dumps(record, ensure_ascii=False, allow_nan=False)
    # A lone surrogate cannot be UTF-8; as \udXXX inside a JSON string it is still exact.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def count(records: Sequence[Mapping[str, Any]]) -> tuple[dict[str, int], dict[str, int]]:
    """Records per status, and findings per rule."""
    statuses = Counter(record["status"] for record in records)
    rules = Counter(
        finding["rule"]
        for record in records
        for draft in record["drafts"]
        for finding in draft["findings"]
    )
    return dict(statuses), dict(rules)
