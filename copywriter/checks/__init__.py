"""Checks: what is wrong with a draft, each objection with its place and what to do about it.

    findings = run_checks(text, product, brief, finish="stop")

A new check is one new file with a function of type ``Check`` and one line in ``CHECKS``.
"""

from __future__ import annotations

from copywriter.brief import Brief
from copywriter.checks.base import Check, CheckInput
from copywriter.checks.brand import check_brand
from copywriter.checks.cut_off import check_cut_off
from copywriter.checks.language import check_language
from copywriter.checks.leftovers import check_leftovers
from copywriter.checks.length import check_length
from copywriter.checks.numbers import check_numbers
from copywriter.checks.repetition import check_repetition
from copywriter.draft import Finding, Severity
from copywriter.product import Product

__all__ = ["CHECKS", "Check", "CheckInput", "run_checks"]

CHECKS: tuple[Check, ...] = (
    check_numbers,
    check_language,
    check_leftovers,
    check_cut_off,
    check_repetition,
    check_brand,
    check_length,
)

_ORDER = {severity: position for position, severity in enumerate(Severity)}


def run_checks(text: str, product: Product, brief: Brief, *, finish: str) -> tuple[Finding, ...]:
    """Every finding of every check: heaviest first, then by place in the text.

    Args:
        text: the draft; bullets are separated by newlines and carry no marks.
        product: the facts the draft may state.
        brief: what was asked for.
        finish: ``stop`` or ``length``, as in ``engines.Candidate``.
    """
    draft = CheckInput(text, product, brief, finish)
    findings = [finding for check in CHECKS for finding in check(draft)]
    return tuple(sorted(findings, key=_position))


def _position(finding: Finding) -> tuple[int, int, str]:
    return _ORDER[finding.severity], finding.span[0] if finding.span else -1, finding.rule
