"""Every error that Copywriter raises on purpose.

* CopywriterError
  + InputError      a file, row, column, option or product that cannot be used as given
  + PromptError     a prompt that cannot be rendered (missing template, prompt too long)
  + ModelError      a model, adapter or tokenizer that cannot be found, verified or loaded
  + EngineError     generation failed
    x OutOfMemory   one single prompt does not fit into memory
    x EngineTimeout an engine did not answer in time
  + RunMismatch     a batch job was continued with other settings than it was started with

Each message says which value is wrong, where it stands and what to do next. Only ``cli.py``
and ``app.py`` turn these into messages for people; nothing else catches the base class.
"""

from __future__ import annotations


class CopywriterError(Exception):
    """Base of all expected errors; ``str(error)`` is a complete message for the user."""


class InputError(CopywriterError):
    """A value given by the user that cannot be used.

    Args:
        message: what is wrong and what to do next, without the place.
        file: name of the file, as the user gave it.
        row: 1-based row as a spreadsheet shows it (the header is row 1) or line of a JSON
            Lines file; None when the error is about the whole file.
        column: header of the column or key of the record.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        self.message, self.file, self.row, self.column = message, file, row, column
        place = ", ".join(
            part
            for part in (
                file or "",
                f"row {row}" if row is not None else "",
                f"column {column!r}" if column is not None else "",
            )
            if part
        )
        super().__init__(f"{place}: {message}" if place else message)

    def at(
        self, *, file: str | None = None, row: int | None = None, column: str | None = None
    ) -> InputError:
        """The same error with the places that were still unknown filled in."""
        return InputError(
            self.message,
            file=self.file or file,
            row=self.row if self.row is not None else row,
            column=self.column or column,
        )


class PromptError(CopywriterError):
    """A prompt that cannot be rendered or is too long for the model."""


class ModelError(CopywriterError):
    """A model or adapter that cannot be found, verified or loaded."""


class EngineError(CopywriterError):
    """Generation failed."""


class OutOfMemory(EngineError):
    """One prompt alone does not fit into memory; larger batches are halved first."""


class EngineTimeout(EngineError):
    """An engine did not answer in time."""


class RunMismatch(CopywriterError):
    """A batch job was continued with other settings than it was started with."""
