"""``copywriter show``: finished records, readable in any terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from copywriter.cli import run


def record(row: int, **changes: Any) -> dict[str, Any]:
    texts = {"zh": "这款水杯容量750毫升，杯身为双层不锈钢，" * 6, "en": "[bold]Holds[/bold] 750 ml"}
    finding = {
        "rule": "length.long",
        "severity": "review",
        "message": "The text is too long.",
        "suggestion": "Cut it.",
    }
    drafts = [
        {
            "language": language,
            "kind": "description",
            "text": text,
            "status": "review",
            "findings": [finding],
        }
        for language, text in texts.items()
    ]
    base = {"id": f"A-{row}", "row": row, "name": "保温水杯", "status": "review", "drafts": drafts}
    return {**base, **changes}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "copy.jsonl"
    failed = record(4, status="error", drafts=[], error="the product has no name")
    records = [record(2), record(3), failed]
    lines = [json.dumps(item, ensure_ascii=False) + "\n" for item in records]
    path.write_text("".join(lines), "utf-8")
    return path


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["show", *arguments]) == 0
    return capsys.readouterr().out


def test_lines_fit_the_terminal(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chinese characters take two columns each, and no line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", "40")
    lines = shown(capsys, str(file)).splitlines()
    assert max(map(cell_len, lines)) == 40
    chinese = "".join(line.strip() for line in lines if "，" in line or "杯身" in line)
    assert "这款水杯容量750毫升" in chinese


def test_records_show_drafts_findings_and_errors(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record shows its row, id and name, each draft with its findings, or its error."""
    output = shown(capsys, str(file))
    assert "row 2 · A-2 · 保温水杯" in output
    assert "zh description · review" in output
    assert "! review length.long: The text is too long. → Cut it." in output
    assert "! error the product has no name" in output


def test_texts_are_no_markup(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What looks like markup is shown as it is."""
    assert "[bold]Holds[/bold] 750 ml" in shown(capsys, str(file))


def test_rows_and_languages_choose(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the first rows and the wanted languages are shown, and that there is more."""
    output = shown(capsys, str(file), "--rows", "1", "--languages", "en")
    assert "en description" in output
    assert "zh description" not in output
    assert "row 3" not in output
    assert f"1 of 3 rows shown; all are in {file}" in output


@pytest.mark.parametrize(
    "line",
    [
        "id,row\n",
        "[]\n",
        "{}\n",
        "[" * 100_000,
        '{"id": 1, "row": 2, "status": "ok", "drafts": 5}\n',
        '{"id": 1, "row": 2, "status": "ok", "drafts": [{}]}\n',
        '{"id": 1, "row": 2, "status": "ok", "drafts": [[]]}\n',
        "\udcff\udcfe",
    ],
)
def test_other_files_are_refused(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is no record is refused with its line."""
    path = tmp_path / "other.jsonl"
    path.write_bytes(line.encode("utf-8", "surrogateescape"))
    assert run(["show", str(path)]) == 2
    assert f"{path}, row 1: is no record of copywriter batch" in capsys.readouterr().err


def test_an_empty_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file without records is an error, not an empty page."""
    path = tmp_path / "empty.jsonl"
    path.write_text("", "utf-8")
    assert run(["show", str(path)]) == 2
    assert "has no records" in capsys.readouterr().err
