"""What all tests share: where Chromium is, and what happens where there is none.

On a machine without Chromium the tests marked ``browser`` are left out and the summary says so.
In CI (the variable ``CI`` is set) they fail instead: there it must be installed.
"""

from __future__ import annotations

import os
import shutil

import pytest

_WHY = (
    "browser tests left out: no Chromium on this machine; install it (Debian: apt-get install "
    "chromium) to run them"
)
_LEFT_OUT = pytest.StashKey[int]()


def find_chromium() -> str | None:
    """Path of an installed Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if find_chromium() or os.environ.get("CI"):
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    items[:] = [item for item in items if not item.get_closest_marker("browser")]
    config.stash[_LEFT_OUT] = len(browser)
    config.hook.pytest_deselected(items=browser)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if config.stash.get(_LEFT_OUT, 0):
        terminalreporter.write_line(f"{config.stash[_LEFT_OUT]} {_WHY}")


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of Chromium; fails where CI has none."""
    path = find_chromium()
    if path is None:
        pytest.fail("Chromium is not installed, but CI is set; apt-get install chromium")
    return path
