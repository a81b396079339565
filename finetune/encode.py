"""From corpus records to token sequences: shared facts, then one branch per text.

A sequence holds the facts of one product once and several texts behind them. Each text attends
to the facts and to itself only, and its positions continue those of the facts. So every text is
trained exactly as it is generated, from facts and task alone, at about two thirds of the tokens.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from copywriter.brief import Language
from copywriter.product import Product
from copywriter.prompting import SEPARATOR, Prompter
from finetune.augment import shuffle_attributes, swap_facts
from finetune.corpus import CorpusRecord, Reference

IGNORED = -100


@dataclass(frozen=True)
class Example:
    """One training sequence; all lists have the same length.

    Args:
        ids: token ids.
        labels: the token's own id where it is to be learned (texts and their end marks), else
            IGNORED; the loss shifts by one, as in transformers.
        positions: rotary positions.
        branches: 0 for the facts, 1.. for the texts.
    """

    ids: list[int]
    labels: list[int]
    positions: list[int]
    branches: list[int]


def encode_text(tokenizer: Any, text: str) -> list[int]:
    """Token ids without the begin mark; control tokens inside ``text`` are plain text."""
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
    return ids


def encode_sequence(
    tokenizer: Any, prompter: Prompter, product: Product, references: Sequence[Reference]
) -> Example:
    """Facts once, then a branch per reference text."""
    ids = encode_text(tokenizer, prompter.render_facts(product))
    if tokenizer.bos_token_id is not None:
        ids = [tokenizer.bos_token_id, *ids]
    root = len(ids)
    labels, positions, branches = [IGNORED] * root, list(range(root)), [0] * root
    for number, reference in enumerate(references, 1):
        task = encode_text(tokenizer, SEPARATOR + prompter.render_task(reference.brief))
        target = prompter.render_target(reference.text, reference.brief.kind)
        answer = [*encode_text(tokenizer, target), tokenizer.eos_token_id]
        ids += task + answer
        labels += [IGNORED] * len(task) + answer
        positions += range(root, root + len(task) + len(answer))
        branches += [number] * (len(task) + len(answer))
    return Example(ids, labels, positions, branches)


@dataclass(frozen=True)
class Sampling:
    """How an epoch draws from the corpus.

    Args:
        swap: share of sequences with fresh numbers and brands.
        max_tokens: a sequence that is longer drops texts from its end.
        languages: texts of how many languages share one copy of the facts.
        styles: description styles to learn; texts in other styles are left out.
    """

    swap: float = 0.7
    max_tokens: int = 768
    languages: int = 2
    styles: tuple[str, ...] = ("functional", "promotional", "playful", "poetic", "heartwarming")


def epoch_sequences(
    records: Sequence[CorpusRecord],
    tokenizer: Any,
    prompter: Prompter,
    sampling: Sampling,
    rng: random.Random,
) -> list[Example]:
    """Every text once, in random order; facts in the language of one of the texts they share."""
    sequences = []
    for record in records:
        order = [language for language in Language if language in record.facts]
        rng.shuffle(order)
        for start in range(0, len(order), sampling.languages):
            group = order[start : start + sampling.languages]
            references = [
                item
                for item in record.references
                if item.brief.language in group and item.brief.style in sampling.styles
            ]
            product = shuffle_attributes(record.facts[group[0]], rng)
            if rng.random() < sampling.swap:
                product, references = swap_facts(product, references, rng)
            rng.shuffle(references)
            sequences.append(_fitting(tokenizer, prompter, product, references, sampling))
    rng.shuffle(sequences)
    return sequences


def _fitting(
    tokenizer: Any,
    prompter: Prompter,
    product: Product,
    references: list[Reference],
    sampling: Sampling,
) -> Example:
    while True:
        sequence = encode_sequence(tokenizer, prompter, product, references)
        if len(sequence.ids) <= sampling.max_tokens or len(references) <= 1:
            return sequence
        references = references[:-1]


def batches_by_tokens(
    sequences: Sequence[Example], tokens: int, rng: random.Random, multiple: int = 8
) -> list[list[Example]]:
    """Batches of similar lengths, each at most ``tokens`` after padding to ``multiple``."""
    ordered = sorted(sequences, key=lambda item: (len(item.ids), rng.random()))
    batches: list[list[Example]] = [[]]
    for sequence in ordered:
        width = -(-len(sequence.ids) // multiple) * multiple
        if batches[-1] and (len(batches[-1]) + 1) * width > tokens:
            batches.append([])
        batches[-1].append(sequence)
    rng.shuffle(batches)
    return batches
