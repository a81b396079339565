"""The wheel and the documents: what is shipped works alone, what is written down is true."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import copywriter

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.strip()]
# These serve forever or run for an hour; of them only the options are checked.
LONG = ("copywriter ui", "finetune train", "finetune ship", "eval speed")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_wheel_holds_the_package_and_its_data_only(wheel: Path) -> None:
    """Prompts, page, kept tokens and licences are inside; training and evaluation are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"copywriter", f"copywriter-{copywriter.__version__}.dist-info"}
    for name in ("prompts/zh.yaml", "app.py", "data/kept_tokens.txt", "page/page.css"):
        assert f"copywriter/{name}" in names
    for name in ("LICENSE", "NOTICE"):
        assert any(path.endswith(f"licenses/{name}") for path in names)


def test_wheel_runs_without_the_sources(wheel: Path, tmp_path: Path) -> None:
    """Installed alone in another folder, it writes a catalog and shows it."""
    target = tmp_path / "installed"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--target", str(target), str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    (tmp_path / "in.csv").write_text("name,Color\nCup,red\n", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(target), "COPYWRITER_CACHE": str(tmp_path)}

    def run(*arguments: str) -> str:
        command = [sys.executable, "-P", *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, text=True, capture_output=True, check=True
        )
        return done.stdout

    where = run("-c", "import copywriter; print(copywriter.__file__)")
    assert Path(where.strip()).is_relative_to(target)
    run("-m", "copywriter", "batch", "in.csv", "-o", "out.jsonl", "--engine", "echo")
    record = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert len(record["drafts"]) == 8
    assert "Cup" in run("-m", "copywriter", "show", "out.jsonl")
    run("-c", "from copywriter.resources import resource; resource('app.py')")


def test_changelog_has_the_version() -> None:
    """The newest entry is the version of the package."""
    entries = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert entries[0] == copywriter.__version__


def test_readme_tree_names_what_exists() -> None:
    """Every path of the file tree exists, and every top-level place is in it."""
    tree = re.search(r"## The tree\n\n```\n(.*?)```", README, re.DOTALL)
    assert tree is not None
    folder, tops = "", set()
    for line in tree[1].splitlines():
        inside = line.startswith("  ")
        parts = re.split(r"  +", line.strip())
        for name in parts[:-1] or parts:
            path = f"{folder}{name}" if inside else name
            assert (ROOT / path).exists(), path
            tops.add(path.partition("/")[0])
            if not inside:
                folder = name if name.endswith("/") else ""
    shipped = {"copywriter", "finetune", "eval", "prompts", "tests", "examples", "app.py"}
    assert shipped <= tops


@pytest.mark.parametrize("command", [line for line in COMMANDS if line.startswith("make ")])
def test_make_targets_of_the_readme_exist(command: str) -> None:
    """make knows what the README says."""
    subprocess.run([*shlex.split(command), "--dry-run"], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.model
def test_commands_of_the_readme_work() -> None:
    """Each runs from the checkout, in the order of the README; of long ones the options are
    checked."""
    ran = 0
    for line in COMMANDS:
        words = shlex.split(line)
        if words[0] == "make":
            continue
        program = [sys.executable, *words[1:]]
        if words[0].endswith("/copywriter"):
            program = [sys.executable, "-m", "copywriter", *words[1:]]
        if any(part in line for part in LONG):
            program.append("--help")
        done = subprocess.run(program, cwd=ROOT, text=True, capture_output=True)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        ran += 1
    assert ran >= 8
