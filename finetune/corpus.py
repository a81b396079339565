"""Corpus records: the facts of one product and its copy, in up to four languages.

    records = load_corpus(["plain", "rich"])
    train, validation = split(records)

The JSON Lines form is described in ``corpora/SPEC.md`` and ``corpora/SPEC-PLAIN.md``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copywriter.brief import Brief, Kind, Language, Length, Style
from copywriter.errors import InputError
from copywriter.product import Product

CORPORA = Path(__file__).resolve().parent / "corpora"
# One product in twelve is held out. The choice hangs on the product's id alone, so it stays the
# same when records are added, dropped or reordered.
_HELD_OUT_ONE_IN = 12


@dataclass(frozen=True)
class Reference:
    """One hand-written text and the brief that it answers."""

    brief: Brief
    text: str


@dataclass(frozen=True)
class CorpusRecord:
    """One product: the same facts in each language, and the texts.

    Args:
        source: name of the corpus, such as ``plain``.
    """

    id: str
    source: str
    facts: Mapping[Language, Product]
    references: tuple[Reference, ...]

    @property
    def held_out(self) -> bool:
        """Whether this product belongs to the validation split."""
        digest = hashlib.sha256(self.id.encode()).digest()
        return int.from_bytes(digest[:4]) % _HELD_OUT_ONE_IN == 0


def load_corpus(names: Iterable[str | Path]) -> list[CorpusRecord]:
    """All records of corpora, in file order.

    Args:
        names: ``plain`` and ``rich`` for the project's own, or a folder or file of JSON Lines.
    """
    records = []
    for name in names:
        given = Path(name)
        own = CORPORA / given
        path = own if len(given.parts) == 1 and own.is_dir() else given
        files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
        if not files or not files[0].is_file():
            raise InputError(f"corpus {str(name)!r} is neither one of the project's corpora "
                             "(plain, rich) nor a JSON Lines file or folder of them")  # fmt: skip
        for file in files:
            records += _read_file(file, source=path.stem)
    return records


def split(records: Sequence[CorpusRecord]) -> tuple[list[CorpusRecord], list[CorpusRecord]]:
    """Training and validation records; every product is in exactly one."""
    return (
        [record for record in records if not record.held_out],
        [record for record in records if record.held_out],
    )


def _read_file(file: Path, source: str) -> list[CorpusRecord]:
    records = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            records.append(_parse(json.loads(line), source))
        except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            reason = f"not a corpus record ({error!r}); see finetune/corpora/SPEC.md"
            raise InputError(reason, file=str(file), row=number) from error
        except InputError as error:
            raise error.at(file=str(file), row=number) from error
    return records


def _parse(data: Mapping[str, Any], source: str) -> CorpusRecord:
    facts = {}
    for code, product in data["facts"].items():
        language = Language(code)
        facts[language] = Product.from_dict(
            {"id": data["id"], **product, "language": language.value}
        )
    references = [
        reference
        for code, copy in data["copy"].items()
        for reference in _references(Language(code), copy)
    ]
    return CorpusRecord(data["id"], source, facts, tuple(references))


def _references(language: Language, copy: Mapping[str, Any]) -> list[Reference]:
    found = []
    if copy.get("title"):
        found.append(Reference(Brief(language, Kind.TITLE), copy["title"]))
    if copy.get("bullets"):
        found.append(Reference(Brief(language, Kind.BULLETS), "\n".join(copy["bullets"])))
    if copy.get("slogan"):
        # The corpus gives slogans no style of their own; they are written to sell.
        brief = Brief(language, Kind.SLOGAN, Style.PROMOTIONAL)
        found.append(Reference(brief, copy["slogan"]))
    for description in copy.get("descriptions", ()):
        brief = Brief(
            language, Kind.DESCRIPTION, Style(description["style"]), Length(description["length"])
        )
        found.append(Reference(brief, description["text"]))
    return found
