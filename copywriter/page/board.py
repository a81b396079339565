"""The right half of the page: a tab per language, a place per draft. Imports gradio.

Every component is there from the start, and ``page.css`` hides what has nothing to say by the
words in the HTML parts. Gradio 6.31 loses updates of components that a handler makes visible
while it yields (https://github.com/gradio-app/gradio/pull/13553 mends a part of it).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from copywriter.brief import Kind, Language
from copywriter.draft import Draft, Severity
from copywriter.page import look
from copywriter.page.desk import Job
from copywriter.page.review import KINDS, LANGUAGES, explained, head_html, marked, tab_label

Updates = dict[Any, Any]
# Behind the text, so that it is readable on light and dark paper.
_COLORS = {Severity.BLOCK: "#d0503f", Severity.REVIEW: "#c98a1b", Severity.INFO: "#5b8fb0"}


@dataclass(frozen=True)
class Slot:
    """The place of one draft."""

    head: gr.HTML
    text: gr.Textbox
    marks: gr.HighlightedText
    why: gr.HighlightedText

    def parts(self) -> list[Any]:
        """Every component that shows the draft."""
        return [self.head, self.text, self.marks, self.why]

    def show(self, draft: Draft, *, edited: bool = False) -> Updates:
        """Updates that show what the checks say about ``draft``; the text is left alone."""
        colors = {
            str(number): _COLORS[finding.severity]
            for number, finding in enumerate(draft.findings, start=1)
        }
        tokens = marked(draft.text, draft.findings)
        return {
            self.head: head_html(draft, edited=edited),
            self.marks: gr.update(value=tokens, color_map=colors),
            self.why: gr.update(value=explained(draft.findings), color_map=colors),
        }

    def clear(self, *, wanted: bool) -> Updates:
        """Updates of a draft that is still to be written, or not wanted."""
        head = look.WAITING if wanted else look.UNWANTED
        return {self.head: head, self.text: "", self.marks: None, self.why: None}


class Board:
    """Status line, empty state and all drafts; build it inside a Blocks context."""

    def __init__(self) -> None:
        self.status = gr.HTML(look.status_html(""), elem_id="status")
        self.empty = gr.HTML(look.EMPTY, elem_id="empty")
        self.tabs_by_language: dict[Language, gr.Tab] = {}
        self.slots: dict[tuple[Language, Kind], Slot] = {}
        with gr.Tabs(overflow_behavior="wrap", elem_classes="cw-tabs") as self.tabs:
            for language in Language:
                tab = gr.Tab(
                    LANGUAGES[language],
                    id=language.value,
                    elem_id=f"tab-{language}",
                    render_children=True,
                )
                self.tabs_by_language[language] = tab
                with tab:
                    for kind in Kind:
                        self.slots[language, kind] = _slot(language, kind)

    def parts(self) -> list[Any]:
        """Every component that changes while a job runs."""
        slots = (part for slot in self.slots.values() for part in slot.parts())
        return [self.status, self.empty, self.tabs, *self.tabs_by_language.values(), *slots]

    def wait(self) -> Updates:
        """Updates until the model is free for the job."""
        return {self.status: look.status_html("Waiting for the model", busy=True)}

    def start(self, job: Job) -> Updates:
        """Updates that clear the board for ``job``."""
        choices = job.choices
        updates: Updates = {
            self.empty: "",
            self.tabs: gr.update(selected=choices.languages[0].value),
        }
        for language, tab in self.tabs_by_language.items():
            wanted = language in choices.languages
            updates[tab] = gr.update(label=tab_label(language, ()), interactive=wanted)
        for (language, kind), slot in self.slots.items():
            updates |= slot.clear(wanted=language in choices.languages and kind in choices.kinds)
        return updates | self.announce(job)

    def announce(self, job: Job) -> Updates:
        """Updates that say which language is being written."""
        pending, total = job.pending(), len(job.choices.languages)
        if not pending:
            facts = LANGUAGES[job.product.facts_language()]
            words = f"All {total} languages are written." if total > 1 else "Written."
            return {self.status: look.status_html(f"{words} The facts were read as {facts}.")}
        number = total - len(pending) + 1
        words = f"Writing {LANGUAGES[pending[0]]}, language {number} of {total}"
        heads = {slot.head: look.WRITING for slot in self._wanted(job, pending[0])}
        return {self.status: look.status_html(words, busy=True), **heads}

    def show(self, job: Job, language: Language) -> Updates:
        """Updates that show the new drafts of one language."""
        drafts = job.drafts_in(language)
        updates: Updates = {
            self.tabs_by_language[language]: gr.update(label=tab_label(language, drafts))
        }
        for draft in drafts:
            slot = self.slots[language, draft.brief.kind]
            updates[slot.text] = draft.text
            updates |= slot.show(draft)
        return updates | self.announce(job)

    def settle(self, job: Job | None, words: str) -> Updates:
        """Updates that leave only what was written, after a stop or a failure."""
        updates: Updates = {self.status: look.status_html(words)}
        if job is None or not job.drafts:
            return {**updates, self.empty: look.EMPTY}
        written = [language for language in job.choices.languages if job.drafts_in(language)]
        for language in job.pending():
            updates[self.tabs_by_language[language]] = gr.update(interactive=False)
        if job.pending():
            updates[self.tabs] = gr.update(selected=written[0].value)
        return updates

    def _wanted(self, job: Job, language: Language) -> Iterable[Slot]:
        return (self.slots[language, kind] for kind in job.choices.kinds)


def _slot(language: Language, kind: Kind) -> Slot:
    name = f"{KINDS[kind]} in {LANGUAGES[language]}"
    with gr.Column(elem_classes="cw-draft", elem_id=f"draft-{language}-{kind}"):
        head = gr.HTML(look.WAITING)
        text = gr.Textbox(
            label=KINDS[kind],
            buttons=["copy"],
            lines=1 if kind in (Kind.TITLE, Kind.SLOGAN) else 3,
            max_lines=24,
            interactive=True,
            html_attributes=gr.InputHTMLAttributes(lang=language.value),
        )
        marks = gr.HighlightedText(
            label="Marked passages",
            show_inline_category=True,
            elem_classes="cw-marks",
        )
        why = gr.HighlightedText(
            label=f"What to look at: {name}",
            show_label=False,
            show_inline_category=True,
            elem_classes="cw-why",
        )
    return Slot(head, text, marks, why)
