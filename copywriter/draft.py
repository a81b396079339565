"""What the Writer returns: findings and drafts with their provenance."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from copywriter.brief import Brief


class Severity(StrEnum):
    """How much a finding weighs: ``block`` must not be published, ``review`` needs a human's
    look, ``info`` changes no status."""

    BLOCK = "block"
    REVIEW = "review"
    INFO = "info"


class Status(StrEnum):
    """``ok``: no check objects; ``review``: a human should look; ``error``: no text was made."""

    OK = "ok"
    REVIEW = "review"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One objection of one check.

    Args:
        rule: stable id, ``check.detail`` (``numbers.not_in_facts``).
        severity: see Severity.
        message: what is wrong, for a person.
        span: (start, end) in characters of the draft's text, end exclusive; None: whole text.
        suggestion: what to do about it, or an empty string.
    """

    rule: str
    severity: Severity
    message: str
    span: tuple[int, int] | None = None
    suggestion: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "span": list(self.span) if self.span else None,
            "message": self.message,
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True)
class Draft:
    """One text for one brief, what was checked about it and where it comes from.

    Bullets are separated by newlines and carry no bullet marks. ``score`` orders the candidates
    of one brief: higher is better, comparable only within that brief.
    """

    brief: Brief
    text: str
    status: Status
    findings: tuple[Finding, ...] = ()
    score: float = 0.0
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form: the ``drafts`` entries of a batch record."""
        return {
            "language": self.brief.language.value,
            "kind": self.brief.kind.value,
            "style": self.brief.style.value,
            "length": self.brief.length.value,
            "text": self.text,
            "status": self.status.value,
            "findings": [finding.to_dict() for finding in self.findings],
            # JSON has no infinity; a draft without a text has no score.
            "score": round(self.score, 4) if math.isfinite(self.score) else None,
            "provenance": dict(self.provenance),
        }


def status_of(findings: tuple[Finding, ...]) -> Status:
    """``review`` when any finding weighs more than ``info``."""
    heavy = any(finding.severity is not Severity.INFO for finding in findings)
    return Status.REVIEW if heavy else Status.OK
