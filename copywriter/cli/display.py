"""Drafts and records for people to read, wrapped to the width of the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from copywriter.terminal import printable

if TYPE_CHECKING:
    from rich.text import Text

_COLOURS = {"ok": "green", "review": "yellow", "error": "red"}
_INDENT = "  "


class Display:
    """Prints to ``stream``; colours only on a terminal, never markup from the texts."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console

        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)

    def record(self, record: Mapping[str, Any], languages: Sequence[str] = ()) -> None:
        """One record of a batch; ``languages`` keeps only their drafts, empty keeps all."""
        from rich.rule import Rule
        from rich.text import Text

        parts = (f"row {record['row']}", record["id"], record.get("name") or "")
        title = Text(printable(" · ".join(str(part) for part in parts if part)), style="bold")
        self._console.print(Rule(title, align="left", characters="─"))
        if record.get("error"):
            self._line("error", "red", str(record["error"]))
        drafts = [
            draft for draft in record["drafts"] if not languages or draft["language"] in languages
        ]
        self.drafts(drafts)
        if not drafts:
            self._console.print()

    def drafts(self, drafts: Sequence[Mapping[str, Any]]) -> None:
        """Each draft with its status and findings."""
        from rich.text import Text

        for draft in drafts:
            status = str(draft["status"])
            heading = Text.assemble(
                (f"{draft['language']} {draft['kind']}", "bold cyan"),
                " · ",
                (status, _COLOURS.get(status, "")),
            )
            self._console.print(heading)
            for line in str(draft["text"]).splitlines():
                self._wrapped(Text(printable(line)))
            for finding in draft["findings"]:
                self._finding(finding)
            self._console.print()

    def _finding(self, finding: Mapping[str, Any]) -> None:
        advice = f" → {finding['suggestion']}" if finding.get("suggestion") else ""
        self._line(
            str(finding["severity"]), "yellow", f"{finding['rule']}: {finding['message']}{advice}"
        )

    def _line(self, label: str, colour: str, text: str) -> None:
        from rich.text import Text

        self._wrapped(Text.assemble((f"! {printable(label)} ", colour), (printable(text), "dim")))

    def _wrapped(self, text: Text) -> None:
        """Indented lines; rich knows that a Chinese character is two columns wide."""
        from rich.text import Text

        width = max(self._console.width - len(_INDENT), 10)
        for line in text.wrap(self._console, width):
            line.rstrip()
            self._console.print(Text(_INDENT) + line)

    def line(self, text: str) -> None:
        """One line of plain text, not wrapped."""
        from rich.text import Text

        self._console.print(Text(printable(text)), soft_wrap=True)
