"""Durable files: what was written is on the disk before the next step relies on it.

Nothing here survives a lying disk, but a killed process, a full disk and a power cut leave
either the old file or the new one, never half of it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from copywriter.errors import InputError

_BLOCK_BYTES = 1 << 20
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns every OSError inside into an InputError that names ``path`` and the way out."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            message = (
                "cannot be written because the disk is full; make room and run the same command "
                "again, finished rows are kept"
            )
        else:
            message = (
                f"cannot be written ({error.strerror or error}); check the folder and its "
                "permissions, or choose another place with --output"
            )
        raise InputError(message, file=str(path)) from error


def sync_file(path: Path) -> None:
    """Returns once the content of ``path`` is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Returns once the names in ``folder`` are on the disk, where the system can tell."""
    # Windows cannot open folders; its file system orders renames by itself.
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Network shares do not sync folders.
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Writes ``data`` as readable JSON; ``path`` appears complete or not at all."""
    partial = path.with_name(f".{path.name}.partial")
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    with disk_errors(path):
        partial.write_bytes(text.encode("utf-8", "replace"))
        sync_file(partial)
        partial.replace(path)
        sync_folder(path.parent)


def read_json(path: Path) -> dict[str, Any] | None:
    """The JSON object in ``path``; None when there is no such file or no object in it."""
    try:
        data = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()
