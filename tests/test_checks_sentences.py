"""Tests of copywriter.checks.sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copywriter.checks.sentences import split_lines, split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Holds 1.5 l. Is it light? Yes!", ["Holds 1.5 l.", "Is it light?", "Yes!"]),
        (
            "Für z. B. Tee, ca. 3 kg. Nr. 4 ist blau.",
            ["Für z. B. Tee, ca. 3 kg.", "Nr. 4 ist blau."],
        ),
        ("Länge 2 m. Das Kabel ist rot.", ["Länge 2 m.", "Das Kabel ist rot."]),
        ("Léger ! « Vraiment ? » Oui.", ["Léger !", "« Vraiment ? »", "Oui."]),
        ("Er sagt: „Gut.“ Sie nickt.", ["Er sagt: „Gut.“", "Sie nickt."]),
        ("很轻。“真的？”“真的！”好。", ["很轻。", "“真的？”", "“真的！”", "好。"]),
        ("One\nTwo\n\nThree", ["One", "Two", "Three"]),
        ("", []),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, sentences: list[str]) -> None:
    """Abbreviations, decimals and quotes do not end a sentence; units before a full stop do."""
    assert [sentence.text for sentence in split_sentences(text)] == sentences


@given(st.text(alphabet="aB1.!?。！ \n“”«»z", max_size=80))
def test_sentences_and_lines_lose_nothing_but_white_space(text: str) -> None:
    """Passages stand where they say, in order, and together hold every visible character."""
    for passages in (split_sentences(text), split_lines(text)):
        assert all(text[passage.start : passage.end] == passage.text for passage in passages)
        assert [p.start for p in passages] == sorted(p.start for p in passages)
        assert "".join("".join(p.text.split()) for p in passages) == "".join(text.split())
