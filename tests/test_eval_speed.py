"""The speed command: the machine is described and bad options are refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from eval.speed import describe_machine

ROOT = Path(__file__).resolve().parent.parent


def test_machine_is_described() -> None:
    """Threads, instruction set and library versions stand beside every figure."""
    description = describe_machine()
    for part in ("threads", "torch", "transformers", "Python"):
        assert part in description


def test_help_loads_no_model_library() -> None:
    """`python -m eval --help` answers without torch."""
    code = (
        "import sys, eval.cli; from typer.testing import CliRunner\n"
        "assert CliRunner().invoke(eval.cli.app, ['speed', '--help']).exit_code == 0\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_nonsense_is_refused() -> None:
    """A batch of nothing is bad usage, exit code 2."""
    command = [sys.executable, "-m", "eval", "speed", "--batch", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "--batch" in done.stderr
