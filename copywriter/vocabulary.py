"""The compact vocabulary: the tokens of the embedded model that four languages use.

164 of the 268 million parameters of Gemma 3 270M are one row per token of a vocabulary for 140
languages. ``data/kept_tokens.txt`` (made by ``python -m finetune vocabulary``) lists the tokens
that stay. A BPE tokenizer is cut without changing what it does to text made of kept tokens by
keeping every token on the merge path of a kept token and every merge between kept tokens: the
full tokenizer, on such a text, only ever applies merges that are still there, in the same order.
Everything else is written in bytes.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copywriter.errors import ModelError
from copywriter.resources import resource

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

KEPT_TOKENS = "data/kept_tokens.txt"

# token types of the GGUF format, as llama.cpp names them
CONTROL, USER_DEFINED = 3, 4
# Control tokens by their spelling in the base model; the rest of its control tokens are unused.
SPECIAL = {
    "pad_token": "<pad>",
    "eos_token": "<eos>",
    "bos_token": "<bos>",
    "unk_token": "<unk>",
    "mask_token": "<mask>",
}


def read_kept_tokens(path: Path | None = None) -> tuple[int, ...]:
    """Sorted ids in the full vocabulary; the file has one id or one range ``from-to`` a line."""
    path = path or resource(KEPT_TOKENS)
    kept: list[int] = []
    for line in path.read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            first, _, last = line.partition("-")
            kept.extend(range(int(first), int(last or first) + 1))
    if kept != sorted(set(kept)):
        raise ModelError(f"{path} is damaged: its ids are not sorted; install copywriter again")
    return tuple(kept)


def write_kept_tokens(path: Path, kept: Iterable[int], comment: str) -> None:
    """The inverse of ``read_kept_tokens``; ``comment`` says how the list was made."""
    lines = [f"# {line}" for line in comment.splitlines()]
    for _, run in itertools.groupby(enumerate(sorted(set(kept))), lambda pair: pair[1] - pair[0]):
        ids = [token for _, token in run]
        lines.append(f"{ids[0]}-{ids[-1]}" if len(ids) > 1 else str(ids[0]))
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def kept_tokens_digest(kept: Sequence[int]) -> str:
    """First 12 hexadecimal digits of the SHA-256 over the ids."""
    return hashlib.sha256(",".join(map(str, kept)).encode()).hexdigest()[:12]


def respell(tokens: Sequence[str]) -> list[str]:
    """Tokens as the tokenizer looks them up: a GGUF stores runs of spaces as real spaces."""
    return ["▁" * len(token) if token and not token.strip(" ") else token for token in tokens]


def merges_between(vocabulary: Mapping[str, int]) -> list[tuple[str, str]]:
    """Every pair of tokens that joins to a token, best first.

    Args:
        vocabulary: token -> id in the full vocabulary. Gemma's merge order is the order of the
            joined tokens in the vocabulary, then of the parts' lengths (the same order as
            ``transformers`` derives when it loads the GGUF file).
    """
    merges = []
    for token in vocabulary:
        pairs = ((token[:cut], token[cut:]) for cut in range(1, len(token)))
        merges += [pair for pair in pairs if pair[0] in vocabulary and pair[1] in vocabulary]

    def rank(pair: tuple[str, str]) -> tuple[int, int, int]:
        return vocabulary[pair[0] + pair[1]], -len(pair[0]), -len(pair[1])

    return sorted(merges, key=rank)


def merge_path(token: str, ranks: Mapping[tuple[str, str], int]) -> set[str]:
    """All tokens that BPE passes through while it builds ``token`` from its characters."""
    parts, seen = list(token), set(token)
    while len(parts) > 1:
        ranked = (
            (ranks[pair], place)
            for place, pair in enumerate(itertools.pairwise(parts))
            if pair in ranks
        )
        best = min(ranked, default=None)
        if best is None:
            break
        place = best[1]
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
        seen.add(parts[place])
    return seen


def build_tokenizer(
    tokens: Sequence[str], types: Sequence[int], kept: Sequence[int]
) -> PreTrainedTokenizerBase:
    """A tokenizer over the kept tokens; new ids are their places in ``kept``.

    Args:
        tokens: spellings of the full vocabulary, from the GGUF file.
        types: GGUF token type of each.
        kept: ids in the full vocabulary, sorted.
    """
    from transformers import AddedToken, GemmaTokenizer

    spelled = respell(tokens)
    old = {spelled[index]: index for index in kept}
    new = {spelled[index]: place for place, index in enumerate(kept)}
    merges: Any = merges_between(old)  # annotated as strings, but pairs are what it takes
    tokenizer: Any = GemmaTokenizer(vocab=new, merges=merges, add_bos_token=True, **SPECIAL)
    added = [
        AddedToken(spelled[index], normalized=False, special=types[index] == CONTROL)
        for index in kept
        if types[index] in (CONTROL, USER_DEFINED)
    ]
    tokenizer.add_tokens(added)
    result: PreTrainedTokenizerBase = tokenizer
    return result
