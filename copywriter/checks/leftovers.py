"""Left-overs: marks of the model, the prompt or a page that no shop text shows.

Rules, all block: ``leftovers.markdown``, ``leftovers.html``, ``leftovers.placeholder``,
``leftovers.end_mark``, ``leftovers.broken_character``, ``leftovers.address`` and
``leftovers.prompt``. What stands in the facts may stand in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from copywriter.brief import Kind
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity
from copywriter.prompting import load_prompter

_PATTERNS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "end_mark",
        "Remove the mark.",
        re.compile(r"<(?:eos|bos|pad|unk|mask|/?s|(?:start|end)_of_turn|unused\d+)>|<\|[^|>]*\|>"),
    ),
    (
        "markdown",
        "Remove the mark-up.",
        re.compile(
            r"\*\*|__(?=\w)|`|^ {0,3}#{1,6} |!?\[[^\]\n]*\]\([^)\n]*\)|(?<!\w)\*[^*\s][^*\n]*\*(?!\w)"
            r"|^\s*\|.*\|\s*$",
            re.MULTILINE,
        ),
    ),
    ("html", "Remove the mark-up.", re.compile(r"</?[a-zA-Z][^<>\n]*>|&(?:[a-z]{2,8}|#\d+);")),
    (
        "placeholder",
        "Put the real value there or remove it.",
        re.compile(
            r"\[[^\W\d][\w .:-]{1,30}\]|\{\{?\w+\}?\}|\bX{3,}\b|\blorem ipsum\b|\bT(?:ODO|BD)\b",
            re.IGNORECASE,
        ),
    ),
    ("broken_character", "Type the character again.", re.compile(r"\ufffd|[\x00-\x08\x0e-\x1f]")),
    (
        "address",
        "Remove it; shops forbid addresses in copy.",
        re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w{2,}", re.IGNORECASE),
    ),
)
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*•·▪]|\d{1,2}[.)])[ \t]+(?=\S)", re.MULTILINE)


def check_leftovers(draft: CheckInput) -> Iterator[Finding]:
    """One finding per left-over."""
    for detail, suggestion, pattern in _PATTERNS:
        for match in pattern.finditer(draft.text):
            if not draft.in_facts(match[0]):
                yield _finding(detail, match[0], match.span(), suggestion)
    if draft.brief.kind is Kind.DESCRIPTION:
        for match in _LIST_MARK.finditer(draft.text):
            yield _finding("markdown", match[0], match.span(), "Write sentences, no list.")
    yield from _prompt_echo(draft)


def _prompt_echo(draft: CheckInput) -> Iterator[Finding]:
    start = 0
    for line in draft.text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped.casefold() in _prompt_lines() or _is_fact_line(draft, stripped):
            yield _finding("prompt", stripped, (start, start + len(line.rstrip())), "Remove it.")
        start += len(line)


def _is_fact_line(draft: CheckInput, line: str) -> bool:
    """A line of the facts block; one bullet may say a fact that way."""
    if draft.brief.kind is Kind.BULLETS:
        return False
    squeezed = re.sub(r"\s*[:：]\s*", ":", line.casefold())
    return any(
        f"{label}:{value}".casefold() == squeezed for label, value in draft.product.attributes
    )


@lru_cache(maxsize=1)
def _prompt_lines() -> frozenset[str]:
    """Headings and task lines of all four prompts, casefolded."""
    lines: set[str] = set()
    for template in load_prompter().templates.values():
        lines.add(template.facts_heading)
        for task in template.tasks.values():
            lines.update(
                task.format(style=style, length=length)
                for style in template.styles.values()
                for length in template.lengths.values()
            )
    return frozenset(line.casefold() for line in lines)


def _finding(detail: str, passage: str, span: tuple[int, int], suggestion: str) -> Finding:
    return Finding(
        f"leftovers.{detail}",
        Severity.BLOCK,
        f"{passage.strip()[:60]!r} does not belong into a shop text.",
        span,
        suggestion,
    )
