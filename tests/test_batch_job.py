"""A batch job ends in one record per row, and never touches what is not its own."""

from __future__ import annotations

import errno
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from copywriter.batch import BatchJob, BatchResult, Progress, run_batch
from copywriter.batch.progress import QuietReporter
from copywriter.brief import Kind, Language
from copywriter.engines import Decoding
from copywriter.engines.echo import EchoEngine
from copywriter.errors import InputError, ModelError, RunMismatch
from copywriter.writer import Writer

TABLE = """sku,name,Material
A-1,Oxford shirt,cotton
A-2,,linen
A-3,Water bottle,steel
A-4,Pencil case,wool felt,red
A-5,Desk lamp,oak
"""


class StoppingReporter(QuietReporter):
    """Raises after so many rows, as Ctrl-C would."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def update(self, progress: Progress) -> None:
        """Stops the job once enough rows are done."""
        super().update(progress)
        if progress.done >= self._rows:
            raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _fixed_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1750000000")


@pytest.fixture
def job(tmp_path: Path) -> BatchJob:
    source = tmp_path / "catalog.csv"
    source.write_text(TABLE, "utf-8")
    return BatchJob(
        source,
        tmp_path / "out" / "copy.jsonl",
        (Language.EN, Language.DE),
        (Kind.TITLE,),
        facts_language=Language.EN,
        chunk_size=2,
    )


def echo_writer() -> Writer:
    return Writer(EchoEngine())


def run(job: BatchJob) -> BatchResult:
    return run_batch(job, echo_writer)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def stop_after(job: BatchJob, rows: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_batch(job, echo_writer, StoppingReporter(rows))


def test_every_row_is_one_record_in_order(job: BatchJob) -> None:
    """Good rows, a row without a name and a row with a cell too many keep their places."""
    result = run(job)
    records = read(job.out)
    assert [record["row"] for record in records] == [2, 3, 4, 5, 6]
    assert [record["status"] == "error" for record in records] == [False, True, False, True, False]
    assert "row 3" in records[1]["error"]
    assert "catalog.csv" in records[1]["error"]
    assert str(job.source.parent) not in records[1]["error"]
    assert records[3]["id"] == "A-4"
    assert result.errors == 2


def test_only_the_output_and_its_summary_remain(job: BatchJob) -> None:
    """After the job there is no work folder, lock or temporary file."""
    run(job)
    assert sorted(path.name for path in job.out.parent.iterdir()) == [
        "copy.jsonl",
        "copy.jsonl.run.json",
    ]


def test_the_summary_counts_what_the_records_say(job: BatchJob) -> None:
    """OUT.run.json holds the settings, and counts per status and rule."""
    run(job)
    data = json.loads(job.out.with_name("copy.jsonl.run.json").read_text("utf-8"))
    records = read(job.out)
    assert data["summary"]["rows"] == 5
    assert data["summary"]["status"]["error"] == 2
    rules = [item["rule"] for record in records for d in record["drafts"] for item in d["findings"]]
    assert sum(data["summary"]["rules"].values()) == len(rules)
    assert data["summary"]["tokens"] > 0
    assert data["settings"]["input"]["name"] == "catalog.csv"
    assert data["settings"]["chunk_size"] == 2
    assert data["settings"]["writer"]["engine"] == "echo"
    assert data["started_at"] == records[0]["provenance"]["generated_at"]


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".xlsx", ".parquet", ".ndjson"])
def test_every_format_can_be_written(job: BatchJob, ending: str) -> None:
    """The ending of OUT decides its format, also though it is written under another name."""
    from copywriter.tables import read_rows

    job = replace(job, out=job.out.with_suffix(ending))
    run(job)
    assert [row.values["id"] for row in read_rows(job.out)] == [f"A-{n}" for n in range(1, 6)]


@pytest.mark.parametrize("rows", [0, 2, 4, 5])
def test_a_stopped_job_continues_to_the_same_bytes(job: BatchJob, rows: int) -> None:
    """Stopped after any chunk and continued, the output equals that of an undisturbed job."""
    whole = replace(job, out=job.out.with_name("whole.jsonl"))
    run(whole)
    stop_after(job, rows)
    assert not job.out.exists()
    assert run(job).summary["rows"] == 5
    assert job.out.read_bytes() == whole.out.read_bytes()


def test_finished_rows_are_not_written_again(job: BatchJob) -> None:
    """A continued job writes only what is missing."""
    stop_after(job, 4)
    writer = echo_writer()
    run_batch(job, lambda: writer)
    assert writer.stats.drafts == 2


def test_once_more_changes_nothing(job: BatchJob) -> None:
    """The same command on a finished job touches no file and gives the same summary."""
    first = run(job)
    before = {path: path.stat().st_mtime_ns for path in job.out.parent.iterdir()}
    again = run(job)
    assert again.unchanged
    assert again.summary == first.summary
    assert {path: path.stat().st_mtime_ns for path in job.out.parent.iterdir()} == before


def test_other_settings_are_refused_for_a_finished_job(job: BatchJob) -> None:
    """The refusal says what changed, and the output stays."""
    run(job)
    before = job.out.read_bytes()
    with pytest.raises(RunMismatch, match=r'languages: was \["en", "de"\], now \["fr"\]'):
        run(replace(job, languages=(Language.FR,)))
    with pytest.raises(RunMismatch, match=r"writer.seed: was 0, now 7"):
        run_batch(job, lambda: Writer(EchoEngine(), seed=7))
    assert job.out.read_bytes() == before


def test_other_settings_are_refused_for_an_unfinished_job(job: BatchJob) -> None:
    """A changed table or temperature is refused while work is kept, and can still be finished."""
    stop_after(job, 2)
    with pytest.raises(RunMismatch, match=r"decoding.temperature: was 0.0, now 0.7"):
        run_batch(job, lambda: Writer(EchoEngine(), decoding=Decoding(temperature=0.7)))
    original = job.source.read_text("utf-8")
    job.source.write_text(original.replace("cotton", "cotton twill"), "utf-8")
    with pytest.raises(RunMismatch, match=r"input.sha256"):
        run(job)
    job.source.write_text(original, "utf-8")
    assert run(job).summary["rows"] == 5


def test_fresh_starts_over(job: BatchJob) -> None:
    """With fresh, other settings replace a finished and an unfinished job."""
    run(job)
    french = replace(job, languages=(Language.FR,), fresh=True)
    with pytest.raises(KeyboardInterrupt):
        run_batch(french, echo_writer, StoppingReporter(2))
    assert read(job.out)[0]["drafts"][0]["language"] == "en"
    assert run(replace(french, fresh=False)).summary["rows"] == 5
    assert [draft["language"] for draft in read(job.out)[0]["drafts"]] == ["fr"]


def test_fresh_with_the_same_settings_is_a_job_of_its_own(job: BatchJob) -> None:
    """A fresh job that was stopped continues; the older output does not count as its result."""
    run(job)
    first = json.loads(job.out.with_name("copy.jsonl.run.json").read_text("utf-8"))["job"]
    with pytest.raises(KeyboardInterrupt):
        run_batch(replace(job, fresh=True), echo_writer, StoppingReporter(2))
    assert not run(job).unchanged
    assert json.loads(job.out.with_name("copy.jsonl.run.json").read_text("utf-8"))["job"] != first


@pytest.mark.parametrize("summary", [None, "{", "[]", '{"settings": {}}'])
def test_a_foreign_output_is_refused(job: BatchJob, summary: str | None) -> None:
    """A file that no job made is not overwritten, whatever lies beside it; fresh replaces it."""
    job.out.parent.mkdir()
    job.out.write_text("precious", "utf-8")
    if summary is not None:
        job.out.with_name("copy.jsonl.run.json").write_text(summary, "utf-8")
    with pytest.raises(InputError, match="not known to come from this batch job"):
        run(job)
    assert job.out.read_text("utf-8") == "precious"
    assert run(replace(job, fresh=True)).summary["rows"] == 5


def test_an_output_that_appears_meanwhile_is_refused(job: BatchJob) -> None:
    """A file that someone puts in the place of OUT while a job rests is not overwritten."""
    stop_after(job, 2)
    job.out.write_text("precious", "utf-8")
    with pytest.raises(InputError, match="not known to come from this batch job"):
        run(job)
    job.out.unlink()
    assert run(job).summary["rows"] == 5


def test_a_kill_between_output_and_summary_is_mended(job: BatchJob) -> None:
    """OUT without its summary is recognised as the job's own work, and the summary is written."""
    summary = job.out.with_name("copy.jsonl.run.json")
    summary.mkdir(parents=True)  # so that the job fails exactly between the two
    with pytest.raises(InputError, match="cannot be written"):
        run(job)
    assert len(read(job.out)) == 5
    summary.rmdir()
    assert run(job).summary["rows"] == 5
    assert summary.is_file()
    assert run(job).unchanged


def test_a_kill_while_clearing_up_is_mended(job: BatchJob) -> None:
    """A work folder of the finished job that was left behind is removed."""
    run(job)
    summary = json.loads(job.out.with_name("copy.jsonl.run.json").read_text("utf-8"))
    work = job.out.with_name("copy.jsonl.work")
    work.mkdir()
    left = {key: summary[key] for key in ("job", "started_at", "settings")}
    (work / "run.json").write_text(json.dumps({**left, "replaces": False}), "utf-8")
    assert run(job).unchanged
    assert not work.exists()


def test_a_foreign_work_folder_is_left_alone(job: BatchJob) -> None:
    """Files that are no part of a job stay, even with fresh."""
    work = job.out.with_name("copy.jsonl.work")
    work.mkdir(parents=True)
    (work / "thesis.txt").write_text("precious", "utf-8")
    for fresh in (False, True):
        with pytest.raises(InputError, match=r"thesis\.txt"):
            run(replace(job, fresh=fresh))
    assert (work / "thesis.txt").read_text("utf-8") == "precious"


def test_finished_rows_without_their_settings_are_not_thrown_away(job: BatchJob) -> None:
    """A damaged run.json is an error that names it; fresh starts over."""
    stop_after(job, 4)
    work = job.out.with_name("copy.jsonl.work")
    (work / "run.json").write_text("{", "utf-8")
    with pytest.raises(InputError, match=r"no readable run\.json"):
        run(job)
    (work / "run.json").write_text("{}", "utf-8")
    with pytest.raises(InputError, match="lacks 'job'"):
        run(job)
    assert run(replace(job, fresh=True)).summary["rows"] == 5


def test_a_second_process_is_kept_out(job: BatchJob) -> None:
    """While one process writes OUT another gets an error at once."""
    job.out.parent.mkdir()
    with (
        FileLock(job.out.with_name(".copy.jsonl.lock")),
        pytest.raises(InputError, match="another copywriter process"),
    ):
        run(job)
    assert run(job).summary["rows"] == 5


def test_the_input_is_never_the_output(job: BatchJob, tmp_path: Path) -> None:
    """Also through another name of the same file the table is not overwritten."""
    link = tmp_path / "link.csv"
    link.hardlink_to(job.source)
    for out in (job.source, link):
        with pytest.raises(InputError, match="is the input as well"):
            run(replace(job, out=out, fresh=True))
    assert job.source.read_text("utf-8") == TABLE


def test_a_table_that_changes_under_the_job_is_noticed(job: BatchJob) -> None:
    """Records of two versions of a table are not published."""

    def change_and_make() -> Writer:
        job.source.write_text(TABLE + "A-6,Rug,wool\n", "utf-8")
        return echo_writer()

    with pytest.raises(InputError, match="changed while it was being read"):
        run_batch(job, change_and_make)
    assert not job.out.exists()


def test_bad_inputs_fail_before_the_model_is_loaded(job: BatchJob, tmp_path: Path) -> None:
    """A wrong ending, folder, column or table costs no waiting for the model."""
    nameless = tmp_path / "nameless.csv"
    nameless.write_text("sku,Farbton\n1,blau\n", "utf-8")
    folder = tmp_path / "folder.jsonl"
    folder.mkdir()
    bad = {
        "cannot be written": replace(job, out=tmp_path / "copy.docx"),
        "is a folder": replace(job, out=folder),
        "does not exist": replace(job, source=tmp_path / "nix.csv"),
        "--map name=": replace(job, source=nameless),
        "no column 'Produkt'": replace(job, overrides={"Produkt": "name"}),
    }

    def refuse() -> Writer:
        raise ModelError("the model was loaded")

    for message, case in bad.items():
        with pytest.raises(InputError, match=message):
            run_batch(case, refuse)


def test_a_place_that_cannot_be_written_is_an_error(job: BatchJob, tmp_path: Path) -> None:
    """A file in the place of the folder, and a folder without files, are named."""
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(InputError, match=r"copy\.csv: cannot be written"):
        run(replace(job, out=tmp_path / "file" / "copy.csv"))
    with pytest.raises(InputError, match=r"cannot be written"):
        run(replace(job, out=Path("/proc/copy.csv")))


def test_a_sheet_that_is_too_small_is_refused_at_once(
    job: BatchJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More rows than a sheet holds are refused before the work, not after it."""
    monkeypatch.setattr("copywriter.batch.job.MAX_XLSX_ROWS", 5)
    with pytest.raises(InputError, match="do not fit into a sheet"):
        run(replace(job, out=job.out.with_suffix(".xlsx")))


def test_limit_takes_the_first_rows(job: BatchJob) -> None:
    """Only so many rows are written, and a higher limit is another job."""
    job = replace(job, limit=3)
    run(job)
    assert [record["id"] for record in read(job.out)] == ["A-1", "A-2", "A-3"]
    with pytest.raises(RunMismatch, match=r"input\.limit: was 3, now 4"):
        run(replace(job, limit=4))


def test_chunks_are_as_large_as_the_texts_allow(job: BatchJob) -> None:
    """Without a chunk size, a chunk holds 128 texts, and at least one row."""
    for candidates, rows in ((1, 64), (4, 16), (64, 1)):
        out = job.out.with_name(f"{candidates}.jsonl")
        decoding = Decoding(temperature=0.7)
        run_batch(
            replace(job, chunk_size=None, out=out),
            lambda n=candidates, d=decoding: Writer(EchoEngine(), decoding=d, candidates=n),
        )
        assert read(out)[0]["provenance"]["chunk_size"] == rows


def test_a_full_disk_keeps_the_finished_rows(job: BatchJob) -> None:
    """When the disk fills up the error says so, and the job continues once there is room."""
    import resource
    import signal

    source = job.source.read_text("utf-8") + "".join(
        f"B-{n},Oxford shirt {n},cotton\n" for n in range(100)
    )
    job.source.write_text(source, "utf-8")
    whole = replace(job, out=job.out.with_name("whole.jsonl"))
    run(whole)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A limit on the size of files stands in for a full disk: writing fails half-way the same.
    resource.setrlimit(resource.RLIMIT_FSIZE, (whole.out.stat().st_size // 2, limits[1]))
    try:
        assert signal.getsignal(signal.SIGXFSZ) is signal.SIG_IGN
        with pytest.raises(InputError, match="disk is full") as caught:
            run(job)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno == errno.EFBIG
    writer = echo_writer()
    run_batch(job, lambda: writer)
    assert 0 < writer.stats.drafts < 2 * 103
    assert job.out.read_bytes() == whole.out.read_bytes()
