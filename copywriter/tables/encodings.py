"""Which encoding a text file has, decided before its first row is read.

A byte order mark decides; else UTF-8 where the whole file is valid UTF-8; else GB18030 (Excel
in China) or Windows-1252 (old German and French exports). charset-normalizer, restricted to
these candidates, takes a short German file for Chinese and a short Chinese one for Western
(measured: 33 of 150 files with one German word), so the last choice is made here, by where the
bytes lie: Chinese text is made of pairs from the GB2312 plane, while an umlaut stands alone
between ASCII letters.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from copywriter.errors import InputError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 16
_ADVICE = "save it as UTF-8, or name its encoding: --encoding gb18030, windows-1252, utf-16-le, ..."
_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def resolve_encoding(path: Path, encoding: str | None = None) -> str:
    """The codec name that decodes the whole of ``path``: the given one, or the detected one.

    Reads the file once, in pieces.

    Raises:
        InputError: an unknown encoding, or bytes that it cannot decode, with their line.
    """
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE_BYTES)
    if encoding is not None:
        return _given(path, encoding, head)
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return _checked(path, name)
    if head.count(0) > len(head) // 4:
        raise InputError(
            "looks like UTF-16 without a byte order mark; name it: --encoding utf-16-le "
            "(or utf-16-be)",
            file=str(path),
        )
    line = _first_bad_line(path, "utf-8")
    return "utf-8" if line is None else _legacy(path, line)


def _given(path: Path, encoding: str, head: bytes) -> str:
    try:
        info = codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, UnicodeError, ValueError):
        raise InputError(
            f"--encoding {encoding!r} is unknown; use for example utf-8, gb18030, windows-1252, "
            "utf-16",
            file=str(path),
        ) from None
    marked = info.name == "utf-8" and head.startswith(codecs.BOM_UTF8)
    return _checked(path, "utf-8-sig" if marked else info.name)


def _checked(path: Path, encoding: str) -> str:
    line = _first_bad_line(path, encoding)
    if line is not None:
        raise _undecodable(path, encoding, line)
    return encoding


def _undecodable(path: Path, encoding: str, line: int) -> InputError:
    return InputError(f"line {line} has bytes that are not {encoding}; {_ADVICE}", file=str(path))


def _legacy(path: Path, bad_line: int) -> str:
    """GB18030 or Windows-1252 for a file that is not UTF-8 from ``bad_line`` on."""
    sample = _non_ascii_sample(path)
    high = sum(byte >= 0x80 for byte in sample)
    if sum(len(match[0]) for match in _UTF8_SEQUENCE.finditer(sample)) > 0.8 * high:
        raise _undecodable(path, "UTF-8 (as the rest of the file is)", bad_line)
    return _checked(path, "gb18030" if _looks_chinese(sample) else "cp1252")


def _looks_chinese(sample: bytes) -> bool:
    """Whether most non-ASCII bytes pair up to characters of GB2312."""
    good = bad = position = 0
    while position < len(sample) - 1:
        lead, trail = sample[position], sample[position + 1]
        if lead < 0x80:
            position += 1
        elif 0x30 <= trail <= 0x39:  # four-byte form: emoji and rare scripts, or "ä5"
            position += 4
        else:
            pair = _in_gb2312(lead, trail)
            good, bad = good + pair, bad + (not pair)
            position += 2
    return good > bad


def _in_gb2312(lead: int, trail: int) -> bool:
    # Windows-1252 pairs of its own: ß, é, è after another accented letter (Größe, créée).
    accented = lead >= 0xE0 and trail in (0xDF, 0xE8, 0xE9)
    return trail >= 0xA1 and (0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xF7) and not accented


def _non_ascii_sample(path: Path) -> bytes:
    """The first lines with non-ASCII bytes, together at most _SAMPLE_BYTES.

    Whole lines, so that pairs are read from their first byte.
    """
    sample = b""
    with path.open("rb") as stream:
        while len(sample) < _SAMPLE_BYTES and (line := stream.readline(_SAMPLE_BYTES)):
            sample += b"" if line.isascii() else line
    return sample[:_SAMPLE_BYTES]


def _first_bad_line(path: Path, encoding: str) -> int | None:
    """The 1-based line of the first bytes that ``encoding`` cannot decode, or None."""
    line = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    for chunk in _chunks(path):
        try:
            line += decoder.decode(chunk, final=not chunk).count("\n")
        except UnicodeError as error:
            start = getattr(error, "start", 0)
            return line + getattr(error, "object", b"")[:start].count(b"\n")
    return None


def _chunks(path: Path) -> Iterator[bytes]:
    """The file in pieces, with an empty one at the end."""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield chunk
    yield b""
