"""Find data that ships with the package: prompts, the kept-token list, the adapter, the page.

In the wheel everything lies inside the package; in a checkout ``prompts/`` and ``app.py`` lie
beside it, where a newcomer looks for them.
"""

from __future__ import annotations

from pathlib import Path

from copywriter.errors import CopywriterError

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Path of a shipped file or folder; an error says that the installation is broken."""
    for folder in (_PACKAGE, _PACKAGE.parent):
        if (folder / name).exists():
            return folder / name
    raise CopywriterError(
        f"{name} is missing from the installation in {_PACKAGE}; install copywriter again"
    )
