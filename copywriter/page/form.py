"""The left half of the page: the product's facts and what to write. Imports gradio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from copywriter.brief import Kind, Language, Length, Style
from copywriter.page import look
from copywriter.page.desk import MAX_CANDIDATES
from copywriter.page.facts import DETECT, FactsForm, load_examples
from copywriter.page.review import KINDS, LANGUAGES, LENGTHS, STYLES
from copywriter.product import Product

_FIRST_ROWS = 4
_SPARE_ROWS = 2
_PASTE_HINT = "Oxford shirt\nBrand: Hartwell\nMaterial: cotton, 140 g/m²\nColor: light blue"


class Form:
    """All fields and buttons of the form; build it inside a Blocks context."""

    def __init__(self) -> None:
        self.examples = self._examples()
        with gr.Column(elem_classes="cw-card"):
            gr.HTML(look.section_html("The product"))
            self.name = gr.Textbox(
                label="Product name",
                placeholder="Oxford shirt",
                elem_id="product-name",
                max_lines=2,
            )
            with gr.Row():
                self.brand = gr.Textbox(label="Brand", min_width=120)
                self.category = gr.Textbox(label="Category", min_width=120)
            self.rows = gr.Dataframe(
                _table(()),
                headers=["Fact", "Value"],
                datatype="str",
                type="array",
                column_count=2,
                label="Facts",
                interactive=True,
                wrap=True,
                column_widths=["38%", "62%"],
                buttons=[],
                elem_id="facts",
            )
            self.more = gr.Button("Add rows", size="sm", elem_id="more-rows")
            self.language = gr.Dropdown(
                [("Detect", DETECT), *((LANGUAGES[code], code.value) for code in Language)],
                value=DETECT,
                label="Language of the facts",
                filterable=False,
            )
            self._paste()
        with gr.Column(elem_classes="cw-card"):
            gr.HTML(look.section_html("The copy"))
            self._choices()
        with gr.Row(elem_classes="cw-actions"):
            self.write = gr.Button("Write", variant="primary", scale=3, elem_id="write")
            self.stop = gr.Button("Stop", interactive=False, scale=1, min_width=90, elem_id="stop")

    def facts(self) -> list[Any]:
        """The fields of the product, in the order in which ``FactsForm.from_page`` takes them."""
        return [self.name, self.brand, self.category, self.language, self.rows]

    def choices(self) -> list[Any]:
        """What to write, in the order in which ``Choices.from_page`` takes it."""
        return [self.languages, self.kinds, self.style, self.length, self.candidates]

    def buttons(self) -> list[Any]:
        """Every button that starts or stops the writing."""
        return [self.write, self.stop, *(button for button, _ in self.examples)]

    def busy(self, working: bool) -> dict[Any, Any]:
        """Updates of the buttons while a job runs, or after it."""
        starters = (self.write, *(button for button, _ in self.examples))
        updates = {button: gr.update(interactive=not working) for button in starters}
        return {**updates, self.stop: gr.update(interactive=working)}

    def _examples(self) -> list[tuple[gr.Button, Product]]:
        with gr.Row(elem_classes="cw-examples"):
            gr.HTML(
                '<span class="cw-hint">Try an example: one click fills the form and writes</span>'
            )
            return [
                (gr.Button(product.name, size="sm", min_width=40, scale=0), product)
                for product in load_examples()
            ]

    def _paste(self) -> None:
        with gr.Accordion("Paste the facts instead", open=False):
            self.pasted = gr.Textbox(
                label="One fact per line, as Label: value",
                placeholder=_PASTE_HINT,
                lines=5,
                max_lines=12,
                elem_id="pasted",
            )
            self.fill = gr.Button("Fill the form", size="sm", elem_id="fill")

    def _choices(self) -> None:
        self.languages = gr.CheckboxGroup(
            [(name, code.value) for code, name in LANGUAGES.items()],
            value=[code.value for code in LANGUAGES],
            label="Languages",
            elem_id="languages",
        )
        self.kinds = gr.CheckboxGroup(
            [(name, kind.value) for kind, name in KINDS.items()],
            value=[Kind.TITLE.value, Kind.DESCRIPTION.value],
            label="Texts",
            elem_id="kinds",
        )
        self.style = gr.Radio(
            [(name, style.value) for style, name in STYLES.items()],
            value=Style.FUNCTIONAL.value,
            label="Style",
            info=look.STYLE_NOTE,
            elem_id="style",
        )
        self.length = gr.Radio(
            [(name, length.value) for length, name in LENGTHS.items()],
            value=Length.MEDIUM.value,
            label="Length of descriptions",
        )
        self.candidates = gr.Radio(
            [(str(number), number) for number in range(1, MAX_CANDIDATES + 1)],
            value=1,
            label="Tries per text",
            info="The best try is shown. More of them take longer.",
        )


def facts_values(form: FactsForm) -> list[Any]:
    """The values that show ``form`` in ``Form.facts()``."""
    language = form.language or DETECT
    return [form.name, form.brand, form.category, language, _table(form.rows)]


def with_more_rows(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The facts table with empty rows to go on writing in."""
    return [*(list(row) for row in rows), *([["", ""]] * _SPARE_ROWS)]


def _table(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    empty = [["", ""]] * max(0, _FIRST_ROWS - _SPARE_ROWS - len(rows))
    return with_more_rows([*rows, *empty])
