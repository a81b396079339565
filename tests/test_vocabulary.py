"""The compact vocabulary: the cut changes no text that it was made for and loses no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copywriter.embedded import assemble_gguf, prepare_embedded
from copywriter.errors import ModelError
from copywriter.prompting import load_prompter
from copywriter.tables import open_table, to_product
from copywriter.vocabulary import (
    build_tokenizer,
    merge_path,
    merges_between,
    read_kept_tokens,
    respell,
    write_kept_tokens,
)
from finetune.corpus import load_corpus
from finetune.encode import encode_text
from tests.tiny import tiny_vocabulary

ROOT = Path(__file__).resolve().parent.parent
# What a catalog could contain and neither corpora nor word lists do.
STRANGE = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@pytest.fixture(scope="session")
def compact() -> Any:
    """The tokenizer of the prepared embedded model."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(prepare_embedded())


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The full tokenizer as transformers itself reads it from the GGUF file: the oracle."""
    from transformers import AutoTokenizer

    folder = tmp_path_factory.mktemp("gguf")
    assemble_gguf(folder / "base.gguf")
    return AutoTokenizer.from_pretrained(folder, gguf_file="base.gguf")


def texts_of_corpora() -> list[str]:
    """Facts and texts of every record as they stand in a sequence."""
    prompter = load_prompter()
    texts = []
    for record in load_corpus(["plain", "rich"]):
        texts += [prompter.render_facts(product) for product in record.facts.values()]
        for item in record.references:
            target = prompter.render_target(item.text, item.brief.kind)
            texts.append(prompter.render_task(item.brief) + target)
    return texts


def texts_of_examples() -> list[str]:
    """The facts of every product of the example catalog."""
    table = open_table(ROOT / "examples" / "catalog.csv")
    prompter, mapping = load_prompter(), table.mapping({})
    return [prompter.render_facts(to_product(row, mapping, file=table.file)) for row in table.rows]


@pytest.mark.model
def test_corpus_and_examples_tokenize_as_with_the_full_vocabulary(compact: Any, full: Any) -> None:
    """Every project text is cut into exactly the tokens of the full tokenizer."""
    texts = texts_of_corpora() + texts_of_examples()
    assert len(texts) > 18_000
    for text in texts:
        ours = compact.convert_ids_to_tokens(encode_text(compact, text))
        assert ours == full.convert_ids_to_tokens(encode_text(full, text)), text


@pytest.mark.model
@given(STRANGE)
@settings(max_examples=300, deadline=None)
def test_any_unicode_text_round_trips(compact: Any, text: str) -> None:
    """Text outside the kept tokens is written in bytes and read back unchanged."""
    assert compact.decode(encode_text(compact, text)) == text


@pytest.mark.model
def test_control_tokens_in_facts_are_text(compact: Any) -> None:
    """A product that is called <eos> does not end the sequence."""
    ids = encode_text(compact, "Name: <eos><bos>")
    assert not {compact.eos_token_id, compact.bos_token_id} & set(ids)
    assert compact.decode(ids) == "Name: <eos><bos>"


@pytest.mark.model
def test_tokenizer_and_model_have_the_same_size(compact: Any) -> None:
    """No token id lies outside the embedding."""
    assert len(compact) == len(read_kept_tokens())


def test_cut_tokenizer_keeps_the_tokens_of_texts_it_was_cut_for() -> None:
    """Dropping tokens that a text does not use leaves its tokens as they are."""
    tokens, types = tiny_vocabulary()
    unused = {tokens.index("er"), tokens.index("▁a")}
    kept = [index for index in range(len(tokens)) if index not in unused]
    whole: Any = build_tokenizer(tokens, types, range(len(tokens)))
    cut: Any = build_tokenizer(tokens, types, kept)
    text = "in the tin"
    assert cut.tokenize(text) == whole.tokenize(text)
    assert whole.tokenize("over") != cut.tokenize("over")
    assert cut.decode(cut.encode("over", add_special_tokens=False)) == "over"


def test_merge_path_holds_every_step() -> None:
    """Building a token passes through exactly the tokens that its best merges make."""
    tokens, _ = tiny_vocabulary()
    vocabulary = {token: index for index, token in enumerate(tokens)}
    ranks = {pair: rank for rank, pair in enumerate(merges_between(vocabulary))}
    assert merge_path("▁the", ranks) == {"▁", "t", "h", "e", "▁t", "he", "▁the"}


def test_runs_of_spaces_are_respelled() -> None:
    """GGUF stores them as spaces, the tokenizer looks them up as marks."""
    assert respell(["  ", " ", "a b", ""]) == ["▁▁", "▁", "a b", ""]


def test_kept_tokens_round_trip(tmp_path: Path) -> None:
    """What is written is read back, ranges and single ids alike."""
    path = tmp_path / "kept.txt"
    write_kept_tokens(path, [7, 1, 2, 3, 9], "why\nand how")
    assert read_kept_tokens(path) == (1, 2, 3, 7, 9)
    assert path.read_text().startswith("# why\n# and how\n1-3\n7\n9\n")


def test_damaged_list_is_refused(tmp_path: Path) -> None:
    """Ids out of order mean that the file was edited."""
    path = tmp_path / "kept.txt"
    path.write_text("5\n1\n")
    with pytest.raises(ModelError, match="not sorted"):
        read_kept_tokens(path)


def test_shipped_list_keeps_control_tokens_in_place() -> None:
    """Pad, end, begin, unknown and mask stay at their old places; the size is the intended one."""
    kept = read_kept_tokens()
    assert kept[:5] == (0, 1, 2, 3, 4)
    assert 50_000 <= len(kept) <= 65_000
