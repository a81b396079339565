"""The command line as a whole: help, exit codes, errors, pipes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from copywriter import __version__
from copywriter.cli import run
from copywriter.cli.streams import prepare_streams
from copywriter.terminal import printable

COMMANDS = [
    [],
    ["write"],
    ["batch"],
    ["show"],
    ["ui"],
    ["models"],
    ["models", "list"],
    ["models", "info"],
    ["models", "prepare"],
]
HEAVY = ("torch", "transformers", "datasets", "gradio", "pandas", "pyarrow", "lingua", "openpyxl")
HELP_PROGRAM = """
import json, sys, time
started = time.process_time()
from copywriter.cli import run
code = run(json.loads(sys.argv[1]) + ["--help"])
seconds = time.process_time() - started
heavy = [name for name in json.loads(sys.argv[2]) if name in sys.modules]
print(json.dumps([code, seconds, heavy]), file=sys.stderr)
"""


def run_python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_light_and_complete(command: list[str]) -> None:
    """Every --help imports nothing heavy, takes under half a second of work, and says enough."""
    result = run_python("-c", HELP_PROGRAM, json.dumps(command), json.dumps(HEAVY))
    code, seconds, heavy = json.loads(result.stderr.splitlines()[-1])
    assert (code, heavy) == (0, [])
    assert seconds < 0.5
    assert result.stdout.startswith(" ".join(["Usage: copywriter", *command]))
    if command not in ([], ["models"], ["models", "list"]):
        assert "Example" in result.stdout


def test_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    """--version prints the version of the package."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"copywriter {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bach"], "Did you mean 'batch'?"),
        (["batch", "catalog.csv"], "Missing option '--output'"),
        (["batch", "nix.csv", "-o", "x.csv", "--engine", "ecco"], "Did you mean: echo?"),
        (["batch", "nix.csv", "-o", "x.csv", "--languages", "xx"], "choose from: en, de, fr, zh"),
        (["batch", "nix.csv", "-o", "x.csv", "--kinds", ","], "no value given for --kinds"),
        (["batch", "nix.csv", "-o", "x.csv", "--map", "name"], "must be field=HEADER"),
        (["batch", "nix.csv", "-o", "x.csv", "--chunk-size", "0"], "'--chunk-size'"),
        (["batch", "nix.csv", "-o", "x.csv", "--temperature", "nan"], "temperature is nan"),
        (["batch", "nix.csv", "-o", "x.csv", "--engine", "echo"], "nix.csv: does not exist"),
        (["write"], "give --name"),
        (["write", "--name", "x", "--candidates", "3", "--temperature", "0"], "3 times"),
        (["write", "--name", "x", "--facts-language", "it"], "'it' is unknown"),
        (["write", "--name", "x", "--style", "shouting"], "'--style'"),
        (["show", "nix.jsonl"], "nix.jsonl: cannot be read"),
        (["models", "info", "--model", "/nowhere/at/all"], "/nowhere/at/all"),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, list) else "",
)
def test_bad_usage_and_input_exit_with_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the user can mend is one message on standard error, without a traceback."""
    assert run(arguments) == 2
    streams = capsys.readouterr()
    assert message in streams.err
    assert "Traceback" not in streams.err
    assert streams.out == ""


FAULT = """
import sys
from copywriter.engines.echo import EchoEngine
def fail(self, requests, decoding): raise RuntimeError("gears jammed")
EchoEngine.generate = fail
from copywriter.cli import main
sys.argv = ["copywriter", "write", "--name", "shirt", "--engine", "echo"]
main()
"""


def test_a_fault_is_short_and_logged(tmp_path: Path) -> None:
    """An unexpected exception gives exit code 1, a short message and a log with the traceback."""
    home = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "COPYWRITER_DEBUG": ""}
    result = run_python("-c", FAULT, **home)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "fault of copywriter" in result.stderr
    assert "gears jammed" in result.stderr
    (log,) = tmp_path.rglob("last-error.log")
    assert str(log) in result.stderr
    assert "Traceback" in log.read_text("utf-8")


def test_a_fault_is_shown_on_request() -> None:
    """COPYWRITER_DEBUG=1 prints the traceback."""
    result = run_python("-c", FAULT, COPYWRITER_DEBUG="1")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_a_fault_without_a_place_for_the_log_says_how_to_see_it(tmp_path: Path) -> None:
    """Where no log can be written the message names COPYWRITER_DEBUG."""
    (tmp_path / "file").write_text("", "utf-8")
    nowhere = str(tmp_path / "file")
    result = run_python("-c", FAULT, HOME=nowhere, XDG_STATE_HOME=nowhere, COPYWRITER_DEBUG="")
    assert result.returncode == 1
    assert "COPYWRITER_DEBUG=1" in result.stderr


def test_a_reader_that_leaves_is_no_error() -> None:
    """Output into a closed pipe ends quietly."""
    program = (
        "import os, sys; reading, writing = os.pipe(); os.close(reading); os.dup2(writing, 1);"
        "from copywriter.cli import main; sys.argv = ['copywriter', '--help']; main()"
    )
    assert run_python("-c", program).stderr == ""


def test_every_language_passes_into_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output into a pipe is UTF-8, whatever the locale says; PYTHONIOENCODING still decides."""
    written = []
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    for _ in range(2):
        raw = io.BytesIO()
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="cp1252"))
        prepare_streams()
        print("Größe 保温水杯", end="", flush=True)
        written.append(raw.getvalue())
        monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    assert written == ["Größe 保温水杯".encode(), "Größe ????".encode("cp1252")]


def test_arguments_that_are_no_text_end_without_a_fault() -> None:
    """Bytes in an option that are not UTF-8 are left out, as other control characters are."""
    command = [sys.executable, "-m", "copywriter", "write", "--engine", "echo", "--languages", "en"]
    result = subprocess.run(
        [*command, "--kinds", "title", "--name", b"shirt\xff"],
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0
    assert b"Name: shirt" in result.stdout


def test_control_characters_do_not_reach_the_terminal() -> None:
    """Escape sequences in names and texts are replaced; line breaks and tabs stay."""
    assert printable("a\x1b[2Jb\x9b1mc\td\n") == "a�[2Jb�1mc\td\n"
    result = run_python("-m", "copywriter", "batch", "\x1b[2J.csv", "-o", "x.csv")
    assert "\x1b" not in result.stderr
