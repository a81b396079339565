"""``copywriter batch``: a table in, one finished record per row out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from copywriter.brief import Kind, Language, Length, Style, parse_choices
from copywriter.cli import options
from copywriter.cli.streams import complain
from copywriter.terminal import printable

if TYPE_CHECKING:
    from copywriter.batch import BatchJob, BatchResult, Reporter

_RULES_SHOWN = 5
# \b keeps the lines of the paragraph behind it as they are.
EPILOG = """\b
Examples:
  copywriter batch catalog.csv -o copy.xlsx --languages de,fr --kinds title
  copywriter batch catalog.xlsx -o copy.jsonl --map name=Produkt --limit 20

A stopped job continues when the same command runs again. The exit code is 0 when every row has
copy, 3 when some rows have errors (their records say why), 2 when the job could not be done."""


def batch(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            help="The catalog: .csv, .tsv, .xlsx, .jsonl or .parquet, one product per row.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="The result; its ending decides the format (.jsonl has everything).",
        ),
    ],
    languages: options.Languages = "zh,de,fr,en",
    kinds: options.Kinds = "title,description",
    style: options.StyleOption = Style.FUNCTIONAL,
    length: options.LengthOption = Length.MEDIUM,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="FIELD=HEADER",
            help="Use a column as id, name, brand, category or language, or name an attribute "
            "(repeatable).",
        ),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Encoding of a text file, such as gb18030.",
            show_default="detected",
        ),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Sheet of a workbook.", show_default="the first"),
    ] = None,
    facts_language: options.FactsLanguage = None,
    engine: options.Engine = "transformers",
    model: options.Model = "embedded",
    adapter: options.Adapter = "default",
    seed: options.Seed = 0,
    candidates: options.Candidates = 1,
    temperature: options.Temperature = None,
    chunk_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Rows that are written at once and lost at most when the job is killed.",
            show_default="as many as make 128 texts",
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Only the first N rows.", show_default="all"),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over; replaces OUT where it exists.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Write copy for a whole catalog, one finished record per row.

    Progress is shown while it runs. Stopping it, or even killing it, loses at most the rows
    being written; the same command goes on from there.
    """
    from copywriter.batch import BatchJob
    from copywriter.tables import parse_map

    writer = options.WriterOptions(engine, model, adapter, seed, candidates, temperature)
    job = BatchJob(
        source=source,
        out=output,
        languages=parse_choices(Language, languages, where="--languages"),
        kinds=parse_choices(Kind, kinds, where="--kinds"),
        style=style,
        length=length,
        overrides=parse_map(mapping or []),
        encoding=encoding,
        sheet=sheet,
        facts_language=options.parse_facts_language(facts_language),
        chunk_size=chunk_size,
        limit=limit,
        fresh=fresh,
    )

    result = _run(job, writer, quiet=quiet)
    if not quiet:
        _print_summary(result)
    raise typer.Exit(3 if result.errors else 0)


def _run(job: BatchJob, writer: options.WriterOptions, *, quiet: bool) -> BatchResult:
    from copywriter.batch import make_reporter, run_batch

    with make_reporter(sys.stderr, quiet=quiet) as reporter:
        try:
            return run_batch(job, lambda: writer.make_writer(reporter.note), reporter)
        except KeyboardInterrupt:
            kept = _kept(reporter)
    complain(f"stopped; {kept}")
    raise typer.Exit(130)


def _kept(reporter: Reporter) -> str:
    if reporter.last is None:
        return "nothing had been written yet"
    return (
        f"{reporter.last.done:,} finished rows are kept, run the same command again to go on "
        "from there"
    )


def _print_summary(result: BatchResult) -> None:
    summary, out = result.summary, printable(str(result.out))
    if result.unchanged:
        print(f"{out} is complete already; nothing was changed (--fresh starts over).")
    counts = ", ".join(f"{number:,} {status}" for status, number in summary["status"].items())
    print(f"{summary['rows']:,} rows: {counts}")
    rules = sorted(summary["rules"].items(), key=lambda item: -item[1])[:_RULES_SHOWN]
    if rules:
        print("Most findings: " + ", ".join(f"{rule} {number:,}" for rule, number in rules))
    if result.errors:
        print("The reason of every error is in the record's 'error'.")
    print(f"Results: {out}")
    print(f"Settings and summary: {out}.run.json")
