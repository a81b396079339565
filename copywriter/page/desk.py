"""The desk behind the page: takes an order from the form and writes it language by language.

for job in Desk(writer).write(form, choices):
    ...  # one more language is in job.drafts each time; the first job has none
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from copywriter.brief import Kind, Language, Length, Style, make_briefs, parse_choice
from copywriter.draft import Draft
from copywriter.engines import SAMPLING_TEMPERATURE, Decoding
from copywriter.errors import InputError
from copywriter.page.facts import FactsForm
from copywriter.product import Product
from copywriter.writer import Writer

MAX_CANDIDATES = 4
_SAMPLED = Decoding(temperature=SAMPLING_TEMPERATURE)


@dataclass(frozen=True)
class Choices:
    """What to write, as checked values in the page's order."""

    languages: tuple[Language, ...]
    kinds: tuple[Kind, ...]
    style: Style
    length: Length
    candidates: int

    @classmethod
    def from_page(
        cls,
        languages: Sequence[Any],
        kinds: Sequence[Any],
        style: Any,
        length: Any,
        candidates: Any,
    ) -> Choices:
        """The choices from what a browser sent, of which nothing is certain."""
        chosen_languages = {
            parse_choice(Language, str(value), where="Languages") for value in languages
        }
        chosen_kinds = {parse_choice(Kind, str(value), where="Texts") for value in kinds}
        if not chosen_languages:
            raise InputError("no language is chosen; choose at least one under 'Languages'")
        if not chosen_kinds:
            raise InputError("no text is chosen; choose at least one under 'Texts'")
        if candidates not in range(1, MAX_CANDIDATES + 1):
            raise InputError(f"the number of candidates must be from 1 to {MAX_CANDIDATES}")
        return cls(
            tuple(language for language in Language if language in chosen_languages),
            tuple(kind for kind in Kind if kind in chosen_kinds),
            parse_choice(Style, str(style), where="Style"),
            parse_choice(Length, str(length), where="Length"),
            int(candidates),
        )


@dataclass(frozen=True)
class Job:
    """What one click on Write asked for and what has come of it so far."""

    product: Product
    choices: Choices
    drafts: tuple[Draft, ...] = ()

    def drafts_in(self, language: Language) -> tuple[Draft, ...]:
        """The drafts of one language, in the order of the chosen kinds."""
        return tuple(draft for draft in self.drafts if draft.brief.language is language)

    def pending(self) -> tuple[Language, ...]:
        """The languages that are not written yet; the next one first."""
        return tuple(
            language for language in self.choices.languages if not self.drafts_in(language)
        )


@dataclass
class Desk:
    """Writes jobs one after the other.

    A click on Stop cannot end a forward pass that runs already, so the queue of the page alone
    does not keep two of them from running at once: the lock does.
    """

    writer: Writer
    _model_lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, form: FactsForm, choices: Choices) -> Iterator[Job]:
        """The job before its first language and after each; an InputError comes before all."""
        job = Job(form.to_product(), choices)
        writer = self._writer(choices.candidates)
        yield job
        for language in choices.languages:
            briefs = make_briefs((language,), choices.kinds, choices.style, choices.length)
            with self._model_lock:
                drafts = writer.write([job.product], briefs)[0]
            job = replace(job, drafts=(*job.drafts, *drafts))
            yield job

    def _writer(self, candidates: int) -> Writer:
        decoding = self.writer.decoding
        if candidates > 1 and not decoding.temperature:
            decoding = _SAMPLED
        return replace(self.writer, candidates=candidates, decoding=decoding)
