"""Corpora, fact swaps and encoding: what the model learns is what it will be asked."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from copywriter.brief import Brief, Kind, Language
from copywriter.errors import InputError
from copywriter.product import Product
from copywriter.prompting import load_prompter
from finetune.augment import number_mapping, shuffle_attributes, swap_facts
from finetune.corpus import Reference, load_corpus, split
from finetune.encode import (
    IGNORED,
    Sampling,
    batches_by_tokens,
    encode_sequence,
    encode_text,
    epoch_sequences,
)
from tests.tiny import tiny_vocabulary

RECORDS = load_corpus(["plain", "rich"])
DIGITS = re.compile(r"\d+")
HELD_OUT_FIRST = ["plainA-017", "plainA-020", "plainA-040"]


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """A small real tokenizer with byte fallback."""
    from copywriter.vocabulary import build_tokenizer

    tokens, types = tiny_vocabulary()
    return build_tokenizer(tokens, types, range(len(tokens)))


def test_corpora_are_complete() -> None:
    """970 products with facts and copy in four languages."""
    assert len(RECORDS) == 970
    assert len({record.id for record in RECORDS}) == 970
    for record in RECORDS:
        assert set(record.facts) == set(Language)
        assert {item.brief.language for item in record.references} == set(Language)


def test_split_is_by_product_and_fixed() -> None:
    """About one in twelve is held out, and these ids always are."""
    train, held_out = split(RECORDS)
    assert len(train) + len(held_out) == len(RECORDS)
    assert 0.06 < len(held_out) / len(RECORDS) < 0.11
    assert [record.id for record in held_out[:3]] == HELD_OUT_FIRST


def test_text_and_inference_prompt_are_equal_byte_for_byte(tokenizer: Any) -> None:
    """Each branch of a training sequence, decoded behind the facts, is prompt plus text; its
    tokens are those that the engine encodes."""
    prompter = load_prompter()
    for record in RECORDS[::97]:
        for language, product in record.facts.items():
            example = encode_sequence(tokenizer, prompter, product, record.references)
            for number, reference in enumerate(record.references, 1):
                ids = [
                    token
                    for token, branch in zip(example.ids, example.branches, strict=True)
                    if branch in (0, number)
                ]
                prompt = prompter.render_prompt(product, reference.brief)
                target = prompter.render_target(reference.text, reference.brief.kind)
                asked = [tokenizer.bos_token_id, *encode_text(tokenizer, prompt)]
                assert ids[: len(asked)] == asked, (record.id, language)
                assert ids[-1] == tokenizer.eos_token_id
                assert tokenizer.decode(ids[1:-1]) == prompt + target


def test_only_texts_are_learned(tokenizer: Any) -> None:
    """Labels cover the text and its end mark, and nothing of facts and tasks."""
    record, prompter = RECORDS[0], load_prompter()
    reference = record.references[0]
    example = encode_sequence(tokenizer, prompter, record.facts[Language.DE], [reference])
    learned = [label for label in example.labels if label != IGNORED]
    target = prompter.render_target(reference.text, reference.brief.kind)
    assert learned == [*encode_text(tokenizer, target), tokenizer.eos_token_id]
    assert example.positions == list(range(len(example.ids)))


def test_each_text_is_seen_once_an_epoch(tokenizer: Any) -> None:
    """Languages share the facts in pairs; no text is lost or doubled where all fit."""
    records = RECORDS[:5]
    sampling = Sampling(swap=0, max_tokens=10**6)
    examples = epoch_sequences(records, tokenizer, load_prompter(), sampling, random.Random(1))
    assert len(examples) == 2 * len(records)
    branches = sum(max(example.branches) for example in examples)
    assert branches == sum(len(record.references) for record in records)


def test_epochs_follow_from_the_seed(tokenizer: Any) -> None:
    """The same seed gives the same sequences, another seed others."""

    def epoch(seed: int) -> list[list[int]]:
        examples = epoch_sequences(
            RECORDS[:4], tokenizer, load_prompter(), Sampling(), random.Random(seed)
        )
        return [example.ids for example in examples]

    assert epoch(1) == epoch(1)
    assert epoch(1) != epoch(2)


def test_long_sequences_drop_texts_from_their_end(tokenizer: Any) -> None:
    """What does not fit is left for another epoch; one text always stays."""
    sampling = Sampling(swap=0, max_tokens=600)
    examples = epoch_sequences(RECORDS[:3], tokenizer, load_prompter(), sampling, random.Random(1))
    assert all(len(item.ids) <= 600 or max(item.branches) == 1 for item in examples)


def test_batches_hold_all_sequences_within_the_budget(tokenizer: Any) -> None:
    """Rows times padded width stays within the budget unless one sequence alone is longer."""
    examples = epoch_sequences(
        RECORDS[:20], tokenizer, load_prompter(), Sampling(), random.Random(1)
    )
    batches = batches_by_tokens(examples, 4000, random.Random(1))
    assert sum(len(batch) for batch in batches) == len(examples)
    for batch in batches:
        width = -(-max(len(item.ids) for item in batch) // 8) * 8
        assert len(batch) == 1 or len(batch) * width <= 4000


@pytest.mark.parametrize("seed", range(3))
def test_swapped_texts_state_the_swapped_facts(seed: int) -> None:
    """In the plain corpus, every number of a swapped text is a number of the swapped facts."""
    rng, changed = random.Random(seed), 0
    for record in load_corpus(["plain"])[::7]:
        for language, product in record.facts.items():
            own = [item for item in record.references if item.brief.language is language]
            before = numbers(own) - fact_numbers(product)
            swapped, texts = swap_facts(product, own, rng)
            assert numbers(texts) - fact_numbers(swapped) <= before, record.id
            changed += swapped != product
    assert changed > 200


def numbers(references: list[Reference]) -> set[str]:
    """Digit runs of texts."""
    return set(DIGITS.findall(" ".join(item.text for item in references)))


def fact_numbers(product: Product) -> set[str]:
    """Digit runs of facts."""
    return set(DIGITS.findall(" ".join(product.values())))


def test_number_mapping_keeps_order_length_and_zeros() -> None:
    """39-46 stays a range, 750 stays round, 100 and 24 keep their meaning."""
    for seed in range(50):
        mapping = number_mapping(["39", "46", "750", "100", "24", "05"], random.Random(seed))
        if not mapping:
            continue
        assert set(mapping) == {"39", "46", "750"}
        assert int(mapping["39"]) < int(mapping["46"])
        assert len(mapping["750"]) == 3
        assert mapping["750"].endswith("0")


def test_brand_is_swapped_everywhere_or_nowhere() -> None:
    """A text that spells the brand another way keeps the old brand, in the facts too."""
    product = Product("1", "Nordhaf cup", brand="Nordhaf", language=Language.EN)
    brief = Brief(Language.EN, Kind.TITLE)
    swapped, texts = swap_facts(product, [Reference(brief, "Nordhaf cup")], random.Random(1))
    assert swapped.brand != "Nordhaf"
    assert swapped.name == f"{swapped.brand} cup" == texts[0].text
    kept, texts = swap_facts(product, [Reference(brief, "NORDHAF cup")], random.Random(1))
    assert kept.brand == "Nordhaf"
    assert texts[0].text == "NORDHAF cup"


def test_shuffling_keeps_the_attributes() -> None:
    """Order changes, contents do not."""
    product = next(iter(RECORDS[0].facts.values()))
    shuffled = shuffle_attributes(product, random.Random(2))
    assert sorted(shuffled.attributes) == sorted(product.attributes)
    assert shuffled.attributes != product.attributes


def test_broken_corpus_names_file_and_line(tmp_path: Path) -> None:
    """The line that is no record is named, and so is a corpus that is not there."""
    file = tmp_path / "mine.jsonl"
    file.write_text('\n{"id": "1"}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.jsonl, row 2: not a corpus record"):
        load_corpus([file])
    with pytest.raises(InputError, match="neither one of the project's corpora"):
        load_corpus(["plane"])
