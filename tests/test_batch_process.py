"""The batch job as a process: killed, interrupted, and measured."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Start = Callable[[list[str]], "subprocess.Popen[str]"]
DEADLINE_SECONDS = 120.0
# The parent may ignore SIGINT (a job in the background of a shell does), and children inherit it.
PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from copywriter.cli import main
sys.argv[0] = "copywriter"
main()
"""
# VmHWM is this program's own peak; ru_maxrss would include that of the process it was forked from.
MEASURED = """
import re, sys
from pathlib import Path
from copywriter.cli import run
code = run(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(code, peak.group(1))
"""


def write_table(path: Path, rows: int) -> Path:
    materials = ("cotton", "linen", "stainless steel", "oiled oak")
    lines = [
        f"{number},Product {number},{materials[number % 4]},{number % 90} cm"
        for number in range(rows)
    ]
    path.write_text("sku,name,Material,Length\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def command(table: Path, out: Path, *options: str) -> list[str]:
    fixed = ["--engine", "echo", "--languages", "en", "--kinds", "title"]
    return ["batch", str(table), "-o", str(out), *fixed, "--facts-language", "en", *options]


def environment() -> dict[str, str]:
    return {**os.environ, "SOURCE_DATE_EPOCH": "1750000000"}


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts ``copywriter``; what still runs when the test ends is killed."""
    processes = []

    def start_process(arguments: list[str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        processes.append(process)
        return process

    yield start_process
    for process in processes:
        with process:
            process.kill()


def wait_for_chunks(process: subprocess.Popen[str], out: Path, count: int) -> None:
    """Returns when so many chunks are finished; fails when the process ends before."""
    chunks = out.with_name(f"{out.name}.work") / "chunks.jsonl"
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if chunks.is_file() and chunks.read_bytes().count(b"\n") >= count:
            return
        try:
            process.wait(timeout=0.01)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"the job ended, or {DEADLINE_SECONDS} s went by, before chunk {count}")


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and standard error of a process that is about to end."""
    _, errors = process.communicate(timeout=DEADLINE_SECONDS)
    return process.returncode, errors


def test_a_killed_job_continues_to_the_same_bytes(start: Start, tmp_path: Path) -> None:
    """Killed three times at different moments, the output equals an undisturbed job's."""
    table = write_table(tmp_path / "catalog.csv", 1_000)
    options = ("--chunk-size", "10", "--quiet")
    whole, out = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    assert end(start(command(table, whole, *options))) == (0, "")
    for chunks in (1, 12, 40):
        process = start(command(table, out, *options))
        wait_for_chunks(process, out, chunks)
        process.kill()
        assert end(process)[0] == -signal.SIGKILL
        assert not out.exists()
    assert end(start(command(table, out, *options))) == (0, "")
    assert out.read_bytes() == whole.read_bytes()


def test_ctrl_c_says_how_to_go_on(start: Start, tmp_path: Path) -> None:
    """Ctrl-C ends with code 130, without a traceback, and the same command continues."""
    table = write_table(tmp_path / "catalog.csv", 400)
    out = tmp_path / "copy.csv"
    process = start(command(table, out, "--chunk-size", "10"))
    wait_for_chunks(process, out, 2)
    process.send_signal(signal.SIGINT)
    code, errors = end(process)
    assert code == 130
    assert "Traceback" not in errors
    kept = re.search(r"stopped; (\d+) finished rows are kept", errors)
    assert kept is not None
    code, errors = end(start(command(table, out, "--chunk-size", "10")))
    assert code == 0
    assert re.search(rf"continuing behind row {kept[1]} of 400", errors)


def test_two_processes_do_not_write_one_output(start: Start, tmp_path: Path) -> None:
    """The second process is refused with a message, the first one finishes."""
    table = write_table(tmp_path / "catalog.csv", 400)
    out = tmp_path / "copy.jsonl"
    options = ("--chunk-size", "10", "--quiet")
    first = start(command(table, out, *options))
    wait_for_chunks(first, out, 1)
    first.send_signal(signal.SIGSTOP)  # so that it cannot finish before the second begins
    code, errors = end(start(command(table, out, *options)))
    first.send_signal(signal.SIGCONT)
    assert code == 2
    assert "another copywriter process is writing this output" in errors
    assert end(first) == (0, "")


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """10,000 rows use at most 50 MB more than 100 rows."""
    peaks = []
    for rows in (100, 10_000):
        table = write_table(tmp_path / f"{rows}.csv", rows)
        arguments = command(table, tmp_path / f"{rows}.jsonl", "--quiet")
        result = subprocess.run(
            [sys.executable, "-c", MEASURED, *arguments],
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            env=environment(),
            check=True,
        )
        code, peak_kilobytes = result.stdout.split()
        assert code == "0", result.stderr
        peaks.append(int(peak_kilobytes) / 1024)
    assert peaks[1] - peaks[0] <= 50, peaks
