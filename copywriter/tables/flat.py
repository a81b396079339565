"""The flat view of a batch record, and its cells made safe for spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

MAX_XLSX_CHARACTERS = 32_767

# (language, kind) of each text column.
TextColumns = Sequence[tuple[str, str]]

_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def flatten(record: Mapping[str, Any], columns: TextColumns) -> dict[str, Any]:
    """``id``, ``row``, ``status``, ``name``, the texts, ``findings``, ``error``, in this order.

    All values are text but ``row``, a number. A finding reads
    ``description_de: numbers.not_in_facts (message)``; several are separated by `` | ``.
    """
    texts: dict[tuple[str, str], str] = {}
    findings = []
    for draft in record["drafts"]:
        texts[draft["language"], draft["kind"]] = draft["text"]
        name = f"{draft['kind']}_{draft['language']}"
        findings += [f"{name}: {item['rule']} ({item['message']})" for item in draft["findings"]]
    text_cells = {f"{kind}_{language}": texts.get((language, kind)) for language, kind in columns}
    return {
        "id": str(record["id"]),
        "row": record["row"],
        "status": str(record["status"]),
        "name": record["name"],
        **{name: text or "" for name, text in text_cells.items()},
        "findings": " | ".join(findings),
        "error": record.get("error") or "",
    }


def column_names(columns: TextColumns) -> list[str]:
    """The header of the flat view."""
    return list(flatten({"id": "", "row": 0, "status": "", "name": "", "drafts": ()}, columns))


def spreadsheet_safe(text: str) -> str:
    """``text`` with a leading apostrophe where a spreadsheet would run it as a formula.

    That is where it begins with ``= + - @``, tab, CR, LF, NUL or the full-width ``＝ ＋ － ＠``
    (OWASP, CSV injection). The apostrophe stays in the file and is seen by other programs.
    """
    return "'" + text if text.startswith(_FORMULA_START) else text


def xlsx_text(text: str) -> str:
    """``text`` as an XLSX cell can hold it, safe for spreadsheets.

    Characters that XML forbids are removed, line ends become LF, and what exceeds Excel's
    32,767 characters is cut and ends in ``…``.
    """
    text = _NOT_IN_XML.sub("", spreadsheet_safe(text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if len(text) <= MAX_XLSX_CHARACTERS else text[: MAX_XLSX_CHARACTERS - 1] + "…"
