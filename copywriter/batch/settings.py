"""What decides the outcome of a batch job, and the refusal to continue under other settings."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from copywriter.errors import InputError, RunMismatch

_ABSENT = "(nothing)"


def normalized(settings: Mapping[str, Any]) -> dict[str, Any]:
    """``settings`` as they read back from JSON, so that both sides compare equal."""
    data: dict[str, Any] = json.loads(json.dumps(settings, ensure_ascii=False))
    return data


def refuse_changes(old: Mapping[str, Any], new: Mapping[str, Any], *, place: str) -> None:
    """Raises RunMismatch, with each setting's old and new value, unless both are equal.

    Args:
        old: settings the job was started with.
        new: settings of this command.
        place: the output, for the message.
    """
    before, now = dict(_flatten(normalized(old))), dict(_flatten(normalized(new)))
    changes = [
        f"  {key}: was {before.get(key, _ABSENT)}, now {now.get(key, _ABSENT)}"
        for key in dict.fromkeys([*before, *now])
        if before.get(key) != now.get(key)
    ]
    if changes:
        raise RunMismatch(
            f"{place} was started with other settings:\n"
            + "\n".join(changes)
            + "\nGive the same settings to continue, choose another --output, or start over "
            "with --fresh (finished rows are then written again)."
        )


def _flatten(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Leaves of nested objects as dotted keys with their JSON text."""
    if isinstance(data, dict) and data:
        for name, value in data.items():
            yield from _flatten(value, f"{key}.{name}" if key else str(name))
    else:
        yield key, json.dumps(data, ensure_ascii=False)


def start_time() -> str:
    """Now, in UTC to the second, or SOURCE_DATE_EPOCH for reproducible output.

    https://reproducible-builds.org/specs/source-date-epoch/
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        moment = datetime.now(UTC) if epoch is None else datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError, OSError):
        raise InputError(
            f"SOURCE_DATE_EPOCH is {epoch!r}; it must be a whole number of seconds since 1970, "
            "or not be set"
        ) from None
    return moment.isoformat("T", "seconds")
