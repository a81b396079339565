"""JSON Lines: one object per line, with errors that cost one line instead of the file."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from copywriter.errors import InputError
from copywriter.tables.rows import MAX_ROW_CHARACTERS, Row


def read_objects(path: Path, encoding: str) -> Iterator[Row]:
    """One Row per line that is not blank; ``values`` is the object as it was parsed.

    A line that is malformed, no object, longer than MAX_ROW_CHARACTERS, nested too deeply, or
    has a key twice, NaN or Infinity becomes a Row with an error. Surrogates without their
    partner (``"\\ud800"``), which no file could hold, are replaced by U+FFFD.
    """
    with path.open(encoding=encoding, newline="") as stream:
        number = 0
        while line := stream.readline(MAX_ROW_CHARACTERS + 1):
            number += 1
            too_long = len(line) > MAX_ROW_CHARACTERS
            while too_long and line and line[-1] not in "\r\n":
                line = stream.readline(MAX_ROW_CHARACTERS + 1)
            if too_long:
                reason = f"the line is longer than {MAX_ROW_CHARACTERS:,} characters; shorten it"
                yield Row(number, {}, InputError(reason, file=str(path), row=number))
            elif line.strip():
                yield _parse(line, number, str(path))


def _parse(line: str, number: int, file: str) -> Row:
    try:
        value = json.loads(
            line,
            object_pairs_hook=_distinct,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
        if "\\u" in line:
            value = _without_surrogates(value)
    except RecursionError:
        reason = "the line is nested too deeply; a product is an object of texts and numbers"
    except ValueError as error:
        reason = f"the line is not valid JSON ({error}); write one complete object per line"
    else:
        if isinstance(value, dict):
            return Row(number, value)
        reason = f'the line holds {_kind(value)} instead of an object such as {{"name": "Mug"}}'
    return Row(number, {}, InputError(reason, file=file, row=number))


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {twice[:40]!r} stands twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:40]} is too large")
    return number


def _without_surrogates(value: Any) -> Any:
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
