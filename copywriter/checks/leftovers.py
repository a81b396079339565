"""Left-overs: marks of the model, the prompt or a page that no shop text shows.

Rules, all block: ``leftovers.end_mark``, ``markdown``, ``html``, ``placeholder``, ``broken_text``,
``address``, ``chat``, ``prompt``, ``facts_dump`` and ``lines``. What stands in the facts may stand
in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from copywriter.brief import Kind
from copywriter.checks.base import CheckInput
from copywriter.draft import Finding, Severity
from copywriter.prompting import load_prompter

_TAGS = (
    "a|b|i|u|p|br|hr|em|strong|div|span|ul|ol|li|h[1-6]|table|tbody|t[rdh]|img|font|center|small"
    "|script|style|iframe|section|html|body"
)
_PATTERNS = {
    "end_mark": r"<(?:eos|bos|pad|unk|mask|/?s|(?:start|end)_of_turn|unused\d+)>|<\|[^|>\n]*\|>"
    r"|\[/?INST\]",
    "markdown": r"\*\*|(?<!\w)__(?=\w)|`|^ {0,3}#{1,6} |!?\[[^\[\]\n]*\]\([^)\n]*\)"
    r"|(?<![\w*])\*[^*\s][^*\n]*\*(?![\w*])|^\s*\|.*\|\s*$|^ {0,3}(?:-{3,}|={3,}|>\s.*)$",
    "html": rf"</?(?:{_TAGS})\b[^<>\n]*>|&(?:[a-zA-Z]{{2,8}}|#\d+);|<!--",
    "placeholder": r"\[[^\W\d][\w .:/-]{1,40}\]|\{\{?\s*\w*\s*\}?\}|\b[Xx]{3,}\b|\b[Ll]orem ipsum\b"
    r"|\bT(?:ODO|BD)\b|<(?:[Bb]rand|[Nn]ame|[Pp]roduct[ _]?[Nn]ame|[Mm]arke|[Mm]arque|[Nn]om)>"
    r"|[<＜【][^<>＜＞【】\n]{0,12}(?:名称|品牌|商品名|产品名)[^<>＜＞【】\n]{0,6}[>＞】]",
    "broken_text": '\ufffd|[\x00-\x08\x0b-\x1f\x7f]|\\\\[nt"]|Ã[¤¶¼©¨\x9f]|â€',
    "address": r"https?://\S+|\bwww\.\S+|(?<![\w.+-])[\w.+-]+@[\w-]+\.\w{2,}"
    r"|(?<![\w.-])[a-z0-9-]{3,}\.(?:com|net|org|de|fr|cn|shop)\b",
}
_SUGGESTIONS = {
    "placeholder": "Put the real value there or remove it.",
    "address": "Remove it; marketplaces forbid addresses in copy.",
    "broken_text": "Type the characters again.",
}
_COMPILED = {detail: re.compile(pattern, re.MULTILINE) for detail, pattern in _PATTERNS.items()}
# "Here is the product description:", and what assistants say about themselves.
_CHAT = re.compile(
    r"\A[^.。\n]{0,60}\b(?:title|description|slogan|bullet points?|[Tt]itel|[Bb]eschreibung"
    r"|[Ss]tichpunkte|[Tt]itre|[Aa]ccroche)\b[^.。\n:]{0,40}:"
    r"|\A[^。\n]{0,20}(?:标题|描述|文案|广告语)："
    r"|\b(?:[Aa]s an AI|[Aa]ls KI|[Ee]n tant qu[e']\s?(?:IA|assistant))\b"
    r"|作为(?:一个)?(?:AI|人工智能)"
)
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*•·▪–][ \t]+|\d{1,2}[.)][ \t]+)(?=\S)", re.MULTILINE)


def check_leftovers(draft: CheckInput) -> Iterator[Finding]:
    """One finding per left-over."""
    for detail, pattern in _COMPILED.items():
        for match in pattern.finditer(draft.text):
            if not draft.in_facts(match[0]):
                yield _finding(detail, match[0], match.span())
    yield from _list_marks(draft)
    yield from _prompt_echo(draft)
    yield from _facts_dump(draft)


def _list_marks(draft: CheckInput) -> Iterator[Finding]:
    """A dash begins no text; a number does ("3. Generation"), unless the next line has one too."""
    marks = list(_LIST_MARK.finditer(draft.text))
    for mark in marks:
        if not mark[0].strip()[0].isdigit() or len(marks) > 1:
            yield _finding("markdown", mark[0], mark.span())
    if draft.brief.kind in (Kind.TITLE, Kind.SLOGAN) and len(draft.lines) > 1:
        second = draft.lines[1]
        yield _finding("lines", second.text, (second.start, len(draft.text)))


def _prompt_echo(draft: CheckInput) -> Iterator[Finding]:
    echoes, labels = _prompt_wording()
    for line in draft.lines:
        folded = line.text.casefold()
        if folded.rstrip(":： ") in echoes or labels.match(folded):
            yield _finding("prompt", line.text, (line.start, line.end))
            return
    chat = _CHAT.search(draft.text)
    if chat:
        yield _finding("chat", chat[0], chat.span())


def _facts_dump(draft: CheckInput) -> Iterator[Finding]:
    """Two or more facts as ``label: value``; bullets may be written that way."""
    if draft.brief.kind is Kind.BULLETS or not re.search("[:：]", draft.text):
        return
    text = re.sub(r"\s*[:：]\s*", ":", draft.text.casefold())
    pairs = [f"{label}:{value}".casefold() for label, value in draft.product.attributes]
    copied = [pair for pair in pairs if pair in text]
    if len(copied) > 1:
        yield _finding("facts_dump", ", ".join(copied), None)


@lru_cache(maxsize=1)
def _prompt_wording() -> tuple[frozenset[str], re.Pattern[str]]:
    """Headings and task lines of all four prompts, and the labels that begin a fact; folded."""
    lines: set[str] = set()
    labels: set[str] = set()
    for template in load_prompter().templates.values():
        lines.add(template.facts_heading)
        labels.update((template.name, template.brand, template.category))
        for task in template.tasks.values():
            lines.update(
                task.format(style=style, length=length)
                for style in template.styles.values()
                for length in template.lengths.values()
            )
    folded = "|".join(sorted(re.escape(label.casefold()) for label in labels))
    return (
        frozenset(line.casefold().rstrip(":： ") for line in lines),
        re.compile(rf"(?:{folded})\s?[:：]"),
    )


def _finding(detail: str, passage: str, span: tuple[int, int] | None) -> Finding:
    return Finding(
        f"leftovers.{detail}",
        Severity.BLOCK,
        f"{passage.strip()[:60]!r} does not belong into a shop text.",
        span,
        _SUGGESTIONS.get(detail, "Remove it."),
    )
