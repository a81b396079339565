"""tables.encodings: the encoding of a text table is found, or its error says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copywriter.errors import InputError
from copywriter.tables import read_rows
from copywriter.tables.encodings import resolve_encoding

GERMAN = "Artikelnr;Bezeichnung;Größe\n1;Gießkanne für Äpfel;5 °C – „groß“, 12,50 €\n"
FRENCH = "réf;désignation;matière\n1;théière émaillée;fonte, œuf créé à Noël\n"
CHINESE = "编号,名称,材质\n1,搪瓷保温杯,不锈钢\n"


def _names(path: Path, encoding: str | None = None) -> list[str]:
    return [list(row.values.values())[1] for row in read_rows(path, encoding=encoding)]


@pytest.mark.parametrize("text", [GERMAN, FRENCH, CHINESE], ids=["de", "fr", "zh"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_without_help(tmp_path: Path, text: str, encoding: str) -> None:
    """UTF-8 with and without, UTF-16 and UTF-32 with a byte order mark give the same cells."""
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    (row,) = read_rows(path)
    assert list(row.values.values()) == text.splitlines()[1].replace(";", ",", 2).split(",", 2)


@pytest.mark.parametrize("rows", [1, 20_000], ids=["short", "long"])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [(GERMAN, "cp1252"), (FRENCH, "cp1252"), (CHINESE, "gb18030")],
    ids=["de", "fr", "zh"],
)
def test_old_encodings_are_told_apart(tmp_path: Path, text: str, encoding: str, rows: int) -> None:
    """German and French in Windows-1252 and Chinese in GB18030, short or longer than a chunk."""
    path = tmp_path / "a.csv"
    header, row, _ = text.split("\n")
    path.write_bytes("\n".join([header] + [row] * rows).encode(encoding))
    assert resolve_encoding(path) == encoding
    names = _names(path)
    assert len(names) == rows
    assert set(names) == {row.replace(";", ",").split(",")[1]}


@pytest.mark.parametrize(
    "word",
    ["Größe", "süß", "Füße", "Maß", "Öl", "Café", "créée", "théière", "Übermaß", "20°C", "½ l"],
)
def test_one_western_word_is_not_chinese(tmp_path: Path, word: str) -> None:
    """A file whose only non-ASCII text is one German or French word is Windows-1252."""
    path = tmp_path / "a.csv"
    path.write_bytes(f"id,name\n1,{word}x\n".encode("cp1252"))
    assert _names(path) == [word + "x"]


@pytest.mark.parametrize("word", ["杯", "锂电池", "榉木", "镊子", "（大）", "颜色：红", "搪瓷"])
def test_one_chinese_word_is_not_western(tmp_path: Path, word: str) -> None:
    """A file whose only non-ASCII text is one Chinese word, rare ones too, is GB18030."""
    path = tmp_path / "a.csv"
    path.write_bytes(f"id,name\n1,{word}\n".encode("gb18030"))
    assert _names(path) == [word]


def test_late_umlaut_is_found(tmp_path: Path) -> None:
    """A file that is plain ASCII for a megabyte and Windows-1252 after it is read as such."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n" + b"1,plain\n" * 150_000 + "2,Tür\n".encode("cp1252"))
    assert _names(path)[-1] == "Tür"


def test_broken_utf8_is_not_taken_for_windows_1252(tmp_path: Path) -> None:
    """One bad byte in a UTF-8 file is an error with its line, not a table of GrÃ¶ÃŸe."""
    path = tmp_path / "a.csv"
    path.write_bytes("id,name\n1,Größe\n2,Tür\n".encode() + b"3,\xff\n")
    with pytest.raises(InputError, match=r"a\.csv: line 4 .* not UTF-8 .*--encoding"):
        read_rows(path)


def test_broken_gb18030_is_not_taken_for_windows_1252(tmp_path: Path) -> None:
    """A character cut in half in a Chinese file is an error that names --encoding."""
    path = tmp_path / "a.csv"
    path.write_bytes(CHINESE.encode("gb18030") + "2,砧板".encode("gb18030")[:-1] + b"\n")
    with pytest.raises(InputError, match=r"line 3 .* not gb18030.*--encoding"):
        read_rows(path)


def test_undecodable_bytes_name_the_option(tmp_path: Path) -> None:
    """Bytes that are neither UTF-8, GB18030 nor Windows-1252 are an error that names --encoding."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,name\n1,\x81 \x8d\n")
    with pytest.raises(InputError, match="--encoding"):
        read_rows(path)


def test_utf16_without_mark_asks_for_its_name(tmp_path: Path) -> None:
    """UTF-16 without a byte order mark is named as what it probably is, and read when told."""
    path = tmp_path / "a.csv"
    path.write_bytes(GERMAN.encode("utf-16-le"))
    with pytest.raises(InputError, match="--encoding utf-16-le"):
        read_rows(path)
    assert _names(path, "utf-16-le") == ["Gießkanne für Äpfel"]


def test_given_encoding_wins(tmp_path: Path) -> None:
    """``encoding`` is used even where another would be detected."""
    path = tmp_path / "a.csv"
    path.write_bytes("id,name\n1,Größe\n".encode())
    assert _names(path, "cp1252") == ["GrÃ¶ÃŸe"]


def test_given_encoding_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """The wrong ``encoding`` is an error with the line of the first bad byte."""
    path = tmp_path / "a.csv"
    path.write_bytes(GERMAN.encode("cp1252"))
    with pytest.raises(InputError, match="line 1 has bytes that are not utf-8"):
        read_rows(path, encoding="utf-8")


def test_given_utf8_drops_the_mark(tmp_path: Path) -> None:
    """``encoding="UTF-8"`` on a file with a byte order mark does not put it into the header."""
    path = tmp_path / "a.csv"
    path.write_bytes("name\nTür\n".encode("utf-8-sig"))
    assert [dict(row.values) for row in read_rows(path, encoding="UTF8")] == [{"name": "Tür"}]


@pytest.mark.parametrize("name", ["utf-99", "base64", "rot13", "undefined", "a\0b", ""])
def test_unknown_encoding_is_refused(tmp_path: Path, name: str) -> None:
    """A name that is no text encoding is an error with examples."""
    path = tmp_path / "a.csv"
    path.write_text("name\na\n")
    with pytest.raises(InputError, match="is unknown; use for example"):
        read_rows(path, encoding=name)


@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.sampled_from(GERMAN.split() + FRENCH.split()), min_size=1, max_size=30))
def test_mixed_western_words_are_never_chinese(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    """Any text of German and French words comes back from Windows-1252 as it was written."""
    path = tmp_path_factory.mktemp("western") / "a.tsv"
    text = " ".join(words).replace('"', "")
    path.write_bytes(f"id\tname\n1\t{text}\n".encode("cp1252"))
    assert _names(path) == [text]
