"""Progress of a batch job on standard error.

On a terminal one line is rewritten all the time; elsewhere a plain line appears about every
10 seconds or 5 percent, so that a log stays readable.

    with make_reporter(sys.stderr) as reporter:
        reporter.note("loading the model")
        reporter.update(Progress(done=40, total=1000, ...))
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from copywriter.terminal import printable

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

_PLAIN_SECONDS, _PLAIN_SHARE = 10.0, 0.05


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Args:
        done: finished rows, those of earlier sessions included.
        total: rows of the job; None where it is unknown.
        resumed: rows that earlier sessions finished.
        tokens: generated in this session.
        seconds: since this session began to write.
    """

    done: int
    total: int | None
    resumed: int = 0
    tokens: int = 0
    seconds: float = 0.0

    def tokens_per_second(self) -> float:
        """Of this session; 0 before anything is known."""
        return self.tokens / self.seconds if self.seconds > 0 else 0.0

    def seconds_left(self) -> float | None:
        """Estimated from this session's rows; None while unknown."""
        fresh = self.done - self.resumed
        if self.total is None or fresh <= 0 or self.seconds <= 0:
            return None
        return (self.total - self.done) * self.seconds / fresh

    def __str__(self) -> str:
        if self.total is None:
            parts = [f"{self.done:,} rows"]
        else:
            parts = [f"{self.done:,}/{self.total:,} rows ({self.done / max(self.total, 1):.0%})"]
        if self.tokens:
            parts.append(f"{self.tokens_per_second():,.0f} tokens/s")
        left = self.seconds_left()
        if left:
            parts.append(f"{duration(left)} left")
        return " · ".join(parts)


def duration(seconds: float) -> str:
    """``42 s``, ``3 min 05 s`` or ``2 h 07 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


class Reporter(Protocol):
    """Shows how a job goes on. ``last`` is the latest progress, None before the first."""

    last: Progress | None

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    def note(self, message: str) -> None:
        """Shows what is being done now."""
        ...

    def update(self, progress: Progress) -> None:
        """Shows how far it is."""
        ...


class QuietReporter:
    """Shows nothing."""

    def __init__(self) -> None:
        self.last: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing was opened."""

    def note(self, message: str) -> None:
        """Shows nothing."""

    def update(self, progress: Progress) -> None:
        """Only remembers."""
        self.last = progress


class PlainReporter(QuietReporter):
    """Plain lines for logs and pipes.

    Args:
        stream: where the lines go; a stream that cannot be written any more stays silent.
        clock: seconds, for the pace of the lines.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._stream, self._clock = stream, clock
        self._shown: Progress | None = None
        self._shown_at = 0.0

    def note(self, message: str) -> None:
        """One line."""
        # Progress is a courtesy: a closed pipe or a full disk behind it must not end the job.
        with suppress(OSError, ValueError):
            print(printable(message), file=self._stream, flush=True)

    def update(self, progress: Progress) -> None:
        """One line, when it is time for one."""
        super().update(progress)
        if self._due(progress):
            self._shown, self._shown_at = progress, self._clock()
            self.note(str(progress))

    def _due(self, progress: Progress) -> bool:
        if self._shown is None or progress.done == progress.total:
            return True
        share = (progress.done - self._shown.done) / (progress.total or float("inf"))
        return share >= _PLAIN_SHARE or self._clock() - self._shown_at >= _PLAIN_SECONDS


class TerminalReporter(QuietReporter):
    """One line that is rewritten; it shows the elapsed time while a chunk is being written."""

    def __init__(self, stream: TextIO, *, keep: bool = True) -> None:
        super().__init__()
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self._bar: RichProgress = RichProgress(
            SpinnerColumn(),
            BarColumn(bar_width=24),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=Console(file=stream),
            refresh_per_second=4,
            transient=not keep,
        )
        self._task = self._bar.add_task("starting", total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Ends the line, with the numbers where there are any, or takes it away."""
        if self.last:
            self.note(str(self.last))
        self._bar.stop()

    def note(self, message: str) -> None:
        """Shown in place of the numbers until they are known."""
        self._bar.update(self._task, description=printable(message))

    def update(self, progress: Progress) -> None:
        """Rewrites the line."""
        super().update(progress)
        self._bar.update(
            self._task,
            description=str(progress),
            completed=progress.done,
            total=progress.total,
        )


def make_reporter(stream: TextIO, *, quiet: bool = False, keep: bool = True) -> Reporter:
    """The reporter that fits ``stream``; without ``keep`` a terminal's line is gone at the end."""
    if quiet:
        return QuietReporter()
    return TerminalReporter(stream, keep=keep) if stream.isatty() else PlainReporter(stream)
