"""``copywriter models`` and ``copywriter ui``: what can be told without a model or a server."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from copywriter.cli import run
from copywriter.cli.options import StepNotes


def test_the_embedded_model_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a network the embedded model is there, as text and as JSON."""
    assert run(["models", "list"]) == 0
    assert "embedded" in capsys.readouterr().out
    assert run(["models", "list", "--json"]) == 0
    assert "embedded" in [entry["name"] for entry in json.loads(capsys.readouterr().out)]


def test_facts_about_a_model_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The model's hash and the prompt version are told without loading it."""
    assert run(["models", "info", "--adapter", "none", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert run(["models", "info", "--adapter", "none"]) == 0
    output = capsys.readouterr().out
    for key in ("model", "sha256", "prompt_version"):
        assert key in output
        assert str(facts[key]) in output
    assert "torch" not in facts


def test_steps_are_told_now_and_then() -> None:
    """Each step, and every ten percent, is one note, however often progress is reported."""
    notes: list[str] = []
    tell = StepNotes(notes.append)
    for percent in range(101):
        tell("verifying" if percent < 50 else "saving", percent / 100)
    assert 10 <= len(notes) <= 12
    assert notes[0].endswith("(0%): verifying")
    assert sum("saving" in note for note in notes) >= 5


UI = """
import sys
{prepare}
from copywriter.cli import run
sys.exit(run(["ui", "--host", "0.0.0.0", "--engine", "echo"]))
"""


def start_page(prepare: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", UI.format(prepare=prepare)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_missing_gradio_names_the_extra() -> None:
    """Without Gradio the error says what to install."""
    result = start_page('sys.modules["gradio"] = None')
    assert result.returncode == 2
    assert "pip install 'copywriter[ui]'" in result.stderr


def test_the_page_is_loaded_with_the_options() -> None:
    """The shipped page gets the host, and refuses to be open to the network without a password."""
    result = start_page("")
    assert result.returncode == 2
    assert "--insecure" in result.stderr
    assert "Traceback" not in result.stderr
