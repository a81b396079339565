"""``copywriter batch``: exit codes, summary and options."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copywriter.cli import run
from copywriter.engines import SAMPLING_TEMPERATURE

ECHO = ["--engine", "echo", "--languages", "en", "--kinds", "title"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.csv"
    path.write_text("sku;Produkt;Stoff\n1;Oxford shirt;cotton\n2;Water bottle;steel\n", "utf-8")
    return path


def batch(table: Path, out: Path, *options: str) -> int:
    return run(["batch", str(table), "-o", str(out), *ECHO, "--map", "name=Produkt", *options])


def test_a_finished_job_says_where_everything_is(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The summary counts all statuses and names the output; progress goes to standard error."""
    out = tmp_path / "copy.jsonl"
    assert batch(table, out) == 0
    streams = capsys.readouterr()
    assert "2 rows: 0 ok, 2 review, 0 error" in streams.out
    assert f"Results: {out}" in streams.out
    assert f"{out}.run.json" in streams.out
    assert "2/2 rows (100%)" in streams.err
    assert "2/2" not in streams.out


def test_row_errors_exit_with_3_every_time(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A job with row errors finishes with code 3, also when it is complete already."""
    table.write_text(table.read_text("utf-8") + "3;;wool\n", "utf-8")
    out = tmp_path / "copy.csv"
    assert batch(table, out) == 3
    assert "2 review, 1 error" in capsys.readouterr().out
    assert batch(table, out) == 3
    assert "complete already" in capsys.readouterr().out


def test_other_settings_exit_with_2(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The mismatch is listed, and --fresh gets through."""
    out = tmp_path / "copy.jsonl"
    batch(table, out)
    capsys.readouterr()
    assert batch(table, out, "--seed", "3") == 2
    assert "writer.seed: was 0, now 3" in capsys.readouterr().err
    assert batch(table, out, "--seed", "3", "--fresh") == 0


def test_quiet_prints_nothing(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --quiet both streams stay empty."""
    assert batch(table, tmp_path / "copy.jsonl", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_options_reach_the_records(table: Path, tmp_path: Path) -> None:
    """Style, length, seed, candidates, temperature, limit and mapping are what was asked for."""
    out = tmp_path / "copy.jsonl"
    tone = ["--style", "playful", "--length", "short", "--kinds", "slogan"]
    sampling = ["--seed", "5", "--candidates", "2"]
    assert batch(table, out, *tone, *sampling, "--limit", "1", "--map", "Material=Stoff") == 0
    (record,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    (draft,) = record["drafts"]
    assert (draft["kind"], draft["style"], draft["length"]) == ("slogan", "playful", "short")
    assert "Material: cotton" in draft["text"]
    provenance = record["provenance"]
    assert (provenance["seed"], provenance["candidates"]) == (5, 2)
    assert provenance["decoding"]["temperature"] == SAMPLING_TEMPERATURE


def test_a_folder_that_is_missing_is_made(table: Path, tmp_path: Path) -> None:
    """OUT may lie in a folder that does not exist yet."""
    assert batch(table, tmp_path / "a" / "b" / "copy.jsonl") == 0
    assert (tmp_path / "a" / "b" / "copy.jsonl").is_file()
