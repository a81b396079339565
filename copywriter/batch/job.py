"""Runs a batch job: a table in, one finished record per row out, resumable at any moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from copywriter.batch.durable import disk_errors
from copywriter.batch.journal import Journal, Outcome
from copywriter.batch.output import Output, Run
from copywriter.batch.progress import Progress, QuietReporter, Reporter
from copywriter.batch.records import Item, RecordMaker, count, to_line
from copywriter.batch.settings import start_time
from copywriter.batch.source import Source
from copywriter.brief import Kind, Language, Length, Style, make_briefs
from copywriter.draft import Status
from copywriter.errors import InputError
from copywriter.tables import check_output, open_writer
from copywriter.tables.writing import MAX_XLSX_ROWS
from copywriter.writer import Writer

# Texts that an engine gets at once: enough for full batches sorted by length, few enough that a
# kill costs seconds to a minute.
TEXTS_PER_CHUNK = 128


@dataclass(frozen=True)
class BatchJob:
    """What to write for which table.

    Args:
        source: the table; its format follows from its ending.
        out: the result; its format follows from its ending.
        languages: of the copy.
        kinds: of text, per language.
        style: of the copy.
        length: of the descriptions.
        overrides: field -> header, as ``--map`` gives them.
        encoding: of the table; None to detect it.
        sheet: of a workbook; None for the first.
        facts_language: of all rows that do not state theirs; None to detect it.
        chunk_size: rows per chunk; None for as many as make ``TEXTS_PER_CHUNK`` texts.
        limit: only the first so many rows; None for all.
        fresh: start over, and replace ``out`` where it exists.
    """

    source: Path
    out: Path
    languages: tuple[Language, ...]
    kinds: tuple[Kind, ...]
    style: Style = Style.FUNCTIONAL
    length: Length = Length.MEDIUM
    overrides: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    sheet: str | None = None
    facts_language: Language | None = None
    chunk_size: int | None = None
    limit: int | None = None
    fresh: bool = False


@dataclass(frozen=True)
class BatchResult:
    """The end of a job.

    Args:
        out: the finished output.
        summary: ``rows``, ``status`` and ``rules`` (counts), ``tokens``, ``seconds``.
        unchanged: whether the output was complete before and nothing was done.
    """

    out: Path
    summary: Mapping[str, Any]
    unchanged: bool = False

    @property
    def errors(self) -> int:
        """Rows without copy."""
        return int(self.summary["status"].get("error", 0))


def run_batch(
    job: BatchJob, make_writer: Callable[[], Writer], reporter: Reporter | None = None
) -> BatchResult:
    """Writes ``job.out``, continuing an unfinished job with the same settings.

    Args:
        job: what to do.
        make_writer: loads the model; called once the inputs are known to be usable.
        reporter: shows progress; None shows nothing.

    Raises InputError (also for a full disk), RunMismatch, ModelError and EngineError; the
    finished chunks are kept in any case.
    """
    reporter = reporter or QuietReporter()
    _check_paths(job)
    reporter.note(f"reading {job.source}")
    source = Source.open(
        job.source,
        overrides=job.overrides,
        encoding=job.encoding,
        sheet=job.sheet,
        facts_language=job.facts_language,
        limit=job.limit,
    )
    _check_size(job.out, source.total)
    output = Output(job.out)
    with output.locked():
        output.check(fresh=job.fresh)
        writer = make_writer()
        return _Session(job, source, output, writer, reporter).run()


def _check_paths(job: BatchJob) -> None:
    with disk_errors(job.out):
        job.out.parent.mkdir(parents=True, exist_ok=True)
    check_output(job.out)
    if job.out.exists() and job.source.exists() and job.out.samefile(job.source):
        raise InputError("is the input as well; choose another --output", file=str(job.out))


def _check_size(out: Path, rows: int) -> None:
    """A sheet that is too small must not show only after hours of work."""
    if out.suffix.lower() == ".xlsx" and rows >= MAX_XLSX_ROWS:
        raise InputError(
            f"{rows:,} rows do not fit into a sheet of {MAX_XLSX_ROWS:,} with its header; write "
            ".csv, .parquet or .jsonl",
            file=str(out),
        )


@dataclass
class _Session:
    """One process's share of a job."""

    job: BatchJob
    source: Source
    output: Output
    writer: Writer
    reporter: Reporter

    def run(self) -> BatchResult:
        job, output, settings = self.job, self.output, self._settings()
        if not job.fresh and (finished := output.finished(settings)):
            return BatchResult(job.out, finished, unchanged=True)
        run, continued = output.open_run(settings, started_at=start_time(), fresh=job.fresh)
        journal = Journal(output.work)
        done = journal.resume().outcome.rows
        if continued:
            self.reporter.note(f"continuing behind row {done:,} of {self.source.total:,}")
        self._write(run, journal)
        return self._publish(run, journal)

    def _chunk_size(self) -> int:
        texts = len(self.job.languages) * len(self.job.kinds) * self.writer.candidates
        return self.job.chunk_size or max(1, TEXTS_PER_CHUNK // texts)

    def _settings(self) -> dict[str, Any]:
        job = self.job
        return {
            "input": self.source.describe(),
            "languages": list(job.languages),
            "kinds": list(job.kinds),
            "style": job.style,
            "length": job.length,
            "chunk_size": self._chunk_size(),
            "writer": self.writer.provenance(),
        }

    def _write(self, run: Run, journal: Journal) -> None:
        """Writes all chunks that the journal lacks."""
        job, size = self.job, self._chunk_size()
        writer = replace(self.writer, clock=lambda: run.started_at)
        maker = RecordMaker(writer, make_briefs(job.languages, job.kinds, job.style, job.length))
        stamp = {**writer.provenance(), "generated_at": run.started_at, "chunk_size": size}
        resumed, started = journal.totals.outcome.rows, time.perf_counter()
        first_tokens = writer.stats.tokens
        self._report(journal, resumed, 0, 0.0)
        for items in _chunks(self.source.items(skip=resumed), size):
            before = replace(writer.stats)
            records = maker.make(items, {**stamp, "chunk": journal.totals.chunks})
            statuses, rules = count(records)
            journal.append(
                [to_line(record) for record in records],
                (items[0].row, items[-1].row),
                Outcome(
                    len(records),
                    statuses,
                    rules,
                    writer.stats.tokens - before.tokens,
                    writer.stats.seconds - before.seconds,
                ),
            )
            tokens = writer.stats.tokens - first_tokens
            self._report(journal, resumed, tokens, time.perf_counter() - started)
        self.source.check_unchanged(journal.totals.outcome.rows)

    def _report(self, journal: Journal, resumed: int, tokens: int, seconds: float) -> None:
        done = journal.totals.outcome.rows
        self.reporter.update(Progress(done, self.source.total, resumed, tokens, seconds))

    def _publish(self, run: Run, journal: Journal) -> BatchResult:
        """The records in the format of the output; it appears complete or not at all."""
        job, output = self.job, self.output
        self.reporter.note(f"writing {job.out}")
        with (
            disk_errors(job.out),
            open_writer(
                output.partial, ending=job.out.suffix, languages=job.languages, kinds=job.kinds
            ) as table,
        ):
            for record in journal.records():
                table.write(record)
        summary = _summary(journal.totals.outcome)
        output.publish(run, summary)
        return BatchResult(job.out, summary)


def _summary(outcome: Outcome) -> dict[str, Any]:
    return {
        "rows": outcome.rows,
        "status": {status.value: outcome.counts.get(status.value, 0) for status in Status},
        "rules": dict(sorted(outcome.rules.items())),
        "tokens": outcome.tokens,
        "seconds": round(outcome.seconds, 3),
    }


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
