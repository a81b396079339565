"""Choose the tokens of the compact vocabulary: ``python -m finetune vocabulary``.

Kept are: control tokens that are used, whitespace runs and markup tokens, all bytes, every single
character of the scripts of the four languages, every token of the project's corpora, prompts and
example catalogs, the most frequent words of each language as they stand in running text, and
every token on the merge path of one of these.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from copywriter.brief import Language
from copywriter.embedded import assemble_gguf
from copywriter.prompting import load_prompter
from copywriter.tables import open_table, to_product
from copywriter.vocabulary import (
    CONTROL,
    SPECIAL,
    build_tokenizer,
    merge_path,
    merges_between,
    respell,
    write_kept_tokens,
)
from finetune.corpus import CORPORA, load_corpus

WORDS_PER_LANGUAGE = 10_000
_ROOT = Path(__file__).resolve().parent.parent
_CHAT = ("<start_of_turn>", "<end_of_turn>")
# Inclusive code point ranges whose single characters always stay: Latin with its extensions,
# punctuation to arrows and shapes, CJK punctuation, half- and full-width forms. Of the CJK
# ideographs those of GB 2312 stay, the 6,763 that simplified Chinese is written with.
_RANGES = ((0, 0x24F), (0x2000, 0x2BFF), (0x3000, 0x303F), (0xFF00, 0xFFEF))
_IDEOGRAPHS = (0x4E00, 0x9FFF)


def read_full_vocabulary() -> tuple[list[str], list[int]]:
    """Spellings and GGUF types of all 262,144 tokens of the embedded base."""
    from gguf import GGUFReader

    with tempfile.TemporaryDirectory() as folder:
        reader = GGUFReader(assemble_gguf(Path(folder) / "base.gguf"))
        tokens = respell(reader.fields["tokenizer.ggml.tokens"].contents())
        types = list(reader.fields["tokenizer.ggml.token_type"].contents())
        del reader
    return tokens, types


def choose_tokens(tokens: list[str], types: list[int], texts: Iterable[str]) -> list[int]:
    """Sorted ids to keep: fixed ones, those of ``texts``, and all merge paths."""
    ids = {token: index for index, token in enumerate(tokens)}
    kept = {
        index
        for index, (token, kind) in enumerate(zip(tokens, types, strict=True))
        if _always_kept(token, kind)
    }
    tokenizer: Any = build_tokenizer(tokens, types, range(len(tokens)))
    for text in texts:
        kept.update(tokenizer.encode(text, add_special_tokens=False))
    ranks = {pair: rank for rank, pair in enumerate(merges_between(ids))}
    for index in sorted(kept):
        if types[index] == 1:
            kept.update(ids[part] for part in merge_path(tokens[index], ranks) if part in ids)
    return sorted(kept)


def _always_kept(token: str, kind: int) -> bool:
    if kind == CONTROL:
        return token in SPECIAL.values() or token in _CHAT
    if kind != 1:
        return True
    if len(token) != 1:
        return False
    if _IDEOGRAPHS[0] <= ord(token) <= _IDEOGRAPHS[1]:
        return _is_gb2312(token)
    return any(low <= ord(token) <= high for low, high in _RANGES)


def _is_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def project_texts() -> Iterator[str]:
    """Every text of the project that a model sees or writes, as it stands in a sequence."""
    prompter = load_prompter()
    for record in load_corpus(["plain", "rich"]):
        yield from (prompter.render_facts(product) for product in record.facts.values())
        for item in record.references:
            target = prompter.render_target(item.text, item.brief.kind)
            yield prompter.render_task(item.brief) + target
    table = open_table(_ROOT / "examples" / "catalog.csv")
    mapping = table.mapping({})
    for row in table.rows:
        yield prompter.render_facts(to_product(row, mapping, file=table.file))
    for path in sorted(CORPORA.glob("*/*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield from _strings(json.loads(line))
    for pattern in ("prompts/*.yaml", "examples/*.csv", "examples/*.jsonl"):
        for path in sorted(_ROOT.glob(pattern)):
            yield path.read_text(encoding="utf-8")


def _strings(value: Any) -> Iterator[str]:
    """All strings of a JSON value, each as a line, as a labelled value and inside a sentence."""
    if isinstance(value, str):
        yield from (value, f"- {value}\n", f": {value}\n\n", f"：{value}\n", f" {value}, {value}.")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield f"\n{key}: "
            yield f"\n{key}："
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def frequent_words() -> Iterator[str]:
    """The most frequent words of each language, in lower case and capitalized, behind a space.

    Words that begin a line are rarer; the corpora bring the common ones.
    """
    from wordfreq import top_n_list

    for language in Language:
        for word in top_n_list(language.value, WORDS_PER_LANGUAGE):
            if language is Language.ZH:
                yield word
            else:
                yield from (f" {word}", f" {word.capitalize()}")


def make_kept_tokens(target: Path) -> int:
    """Writes the kept-token list to ``target``; returns how many tokens it keeps."""
    tokens, types = read_full_vocabulary()
    kept = choose_tokens(tokens, types, [*project_texts(), *frequent_words()])
    comment = (
        "Ids of the tokens of Gemma 3 that the compact vocabulary keeps; one id or range a line.\n"
        "Made by `python -m finetune vocabulary`; do not edit."
    )
    write_kept_tokens(target, kept, comment)
    return len(kept)
