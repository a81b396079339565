"""Options that several commands share, and the Writer that they describe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from copywriter.brief import Language, Length, Style, parse_choice
from copywriter.engines import SAMPLING_TEMPERATURE
from copywriter.errors import InputError

if TYPE_CHECKING:
    from copywriter.engines import Decoding
    from copywriter.writer import Writer

Languages = Annotated[
    str,
    typer.Option(metavar="LIST", help="Languages of the copy, by commas: zh, de, fr, en."),
]
Kinds = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        help="What to write, by commas: title, bullets, description, slogan.",
    ),
]
StyleOption = Annotated[Style, typer.Option("--style", help="Tone of the copy.")]
LengthOption = Annotated[
    Length, typer.Option("--length", help="Length of descriptions; other kinds have one length.")
]
FactsLanguage = Annotated[
    str | None,
    typer.Option(
        metavar="CODE",
        help="Language of the facts: zh, de, fr or en.",
        show_default="detected",
    ),
]
Seed = Annotated[
    int,
    typer.Option(min=0, metavar="N", help="The same seed and settings give the same copy again."),
]
Candidates = Annotated[
    int,
    typer.Option(min=1, max=64, metavar="N", help="Texts generated per draft; the best is kept."),
]
Temperature = Annotated[
    float | None,
    typer.Option(
        metavar="X",
        help="Variety from 0 (always the likeliest words) to 2.",
        show_default=f"0, with several candidates {SAMPLING_TEMPERATURE}",
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="transformers runs the model; echo only repeats facts (a dry run)."
    ),
]
Model = Annotated[
    str,
    typer.Option(
        metavar="MODEL",
        help="embedded, a folder with a model, or a hub id such as Qwen/Qwen3-0.6B.",
    ),
]
Adapter = Annotated[
    str,
    typer.Option(
        metavar="ADAPTER",
        help="default (the shipped fine-tuning), none, or an adapter folder.",
    ),
]


def parse_facts_language(value: str | None) -> Language | None:
    """The language, or None to detect it."""
    return parse_choice(Language, value, where="--facts-language") if value else None


@dataclass(frozen=True)
class WriterOptions:
    """The options that describe a Writer; InputError for those that make no sense.

    ``temperature`` None is greedy for one candidate and sampling for several.
    """

    engine: str
    model: str
    adapter: str
    seed: int
    candidates: int
    temperature: float | None

    def __post_init__(self) -> None:
        from copywriter.engines import ENGINES, make_engine

        self.decoding()
        if self.engine not in ENGINES:
            make_engine(self.engine)  # raises, with the names that are known

    def decoding(self) -> Decoding:
        """How to sample."""
        from copywriter.engines import Decoding

        temperature = self.temperature
        if temperature is None:
            temperature = 0.0 if self.candidates == 1 else SAMPLING_TEMPERATURE
        if self.candidates > 1 and temperature == 0:
            raise InputError(
                f"--candidates {self.candidates} with --temperature 0 would write the same text "
                f"{self.candidates} times; leave --temperature out, or raise it"
            )
        return Decoding(temperature=temperature)

    def make_writer(self, note: Callable[[str], None]) -> Writer:
        """Loads the model; ``note`` shows the steps, which may take a minute at first use."""
        from copywriter.engines import make_engine
        from copywriter.writer import Writer

        chosen: dict[str, str] = {}
        if self.engine != "echo":
            chosen = {"model": self.model, "adapter": self.adapter}
            _prepare(self.model, note)
            note(f"loading the model {self.model}")
        return Writer(
            make_engine(self.engine, **chosen),
            decoding=self.decoding(),
            seed=self.seed,
            candidates=self.candidates,
        )


def _prepare(model: str, note: Callable[[str], None]) -> None:
    from copywriter.embedded import is_prepared, prepare_embedded
    from copywriter.models import EMBEDDED

    if model == EMBEDDED and not is_prepared():
        prepare_embedded(StepNotes(note))


class StepNotes:
    """Turns the many reports of a long preparation into a few notes."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._step, self._share = "", -1.0

    def __call__(self, step: str, share: float) -> None:
        """A new step, or ten percent more, is a note; ``share`` is from 0 to 1."""
        if step != self._step or share - self._share >= 0.1:
            self._step, self._share = step, share
            self._note(f"preparing the embedded model, once ({share:.0%}): {step}")
