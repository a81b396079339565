"""Progress says what is known, and never ends a job."""

from __future__ import annotations

import io
import os

import pytest

from copywriter.batch.progress import PlainReporter, Progress, TerminalReporter, duration


def test_time_left_counts_this_session_only() -> None:
    """Rows of earlier sessions took no time of this one."""
    progress = Progress(done=60, total=100, resumed=50, tokens=400, seconds=20)
    assert progress.seconds_left() == 80
    assert str(progress) == "60/100 rows (60%) · 20 tokens/s · 1 min 20 s left"


def test_unknown_total_shows_rows_alone() -> None:
    """Without a total there is no share and no time left."""
    assert str(Progress(done=1200, total=None, tokens=10, seconds=1)) == "1,200 rows · 10 tokens/s"


def test_nothing_is_estimated_from_nothing() -> None:
    """At the start, and when all rows are old, no pace is shown."""
    assert str(Progress(done=0, total=10)) == "0/10 rows (0%)"
    assert Progress(done=10, total=10, resumed=10, seconds=1).seconds_left() is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.6, "1 min 00 s"), (3599, "59 min 59 s"), (7620, "2 h 07 min")],
)
def test_duration_is_readable(seconds: float, text: str) -> None:
    """Durations keep two units."""
    assert duration(seconds) == text


def shown_lines(total: int | None, steps: list[tuple[int, float]]) -> list[str]:
    """The lines of a reporter that is told ``done`` at ``second``, for each step."""
    stream, now = io.StringIO(), [0.0]
    reporter = PlainReporter(stream, clock=lambda: now[0])
    for done, second in steps:
        now[0] = second
        reporter.update(Progress(done, total))
    return stream.getvalue().splitlines()


def test_plain_lines_come_every_5_percent() -> None:
    """A fast job writes some twenty lines, the last of them at its end."""
    lines = shown_lines(1000, [(done, 0.0) for done in range(0, 1001, 10)])
    assert len(lines) == 21
    assert lines[-1] == "1,000/1,000 rows (100%)"


def test_plain_lines_come_every_10_seconds() -> None:
    """A slow job writes a line when ten seconds have gone by since the last."""
    lines = shown_lines(None, [(0, 0), (1, 9), (2, 10.5), (3, 12), (4, 20.6)])
    assert lines == ["0 rows", "2 rows", "4 rows"]


def test_a_closed_pipe_does_not_end_the_job() -> None:
    """Progress that nobody reads any more is dropped."""
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    reporter = PlainReporter(stream)
    reporter.note("still here")
    reporter.update(Progress(1, 2))
    assert reporter.last == Progress(1, 2)
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_terminal_line_shows_the_numbers() -> None:
    """On a terminal the line holds notes first and then the progress."""
    stream = io.StringIO()
    with TerminalReporter(stream) as reporter:
        reporter.note("loading the model")
        reporter.update(Progress(3, 4))
        reporter.note("writing copy.csv")
    last_line = stream.getvalue().splitlines()[-1]
    assert "3/4 rows (75%)" in last_line
