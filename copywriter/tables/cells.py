"""Typed cells of workbooks and Parquet files as the text that a person reads in them."""

from __future__ import annotations

import re
from datetime import date, datetime, time

_UNIT_FORMAT = re.compile(r'[#0,.]*0[#0,.]*( ?)"([^"]+)"')


def number_text(value: int | float, number_format: str = "General") -> str:
    """15 significant digits, as Excel stores them, without a trailing ``.0``.

    Of the cell's number format, what belongs to the fact is kept: the percent sign, leading
    zeros (``00000``: article numbers) and a unit in quotes (``0.0 "kg"``). Rounding and
    thousands separators are not: the exact value is the fact.
    """
    if "%" in number_format:
        return f"{value * 100:.15g} %"
    text = str(value) if isinstance(value, int) else f"{value:.15g}"
    if number_format.strip("0") == "":
        return text.zfill(len(number_format))
    unit = _UNIT_FORMAT.fullmatch(number_format)
    return text + unit[1] + unit[2] if unit else text


def date_text(value: object) -> str:
    """Dates and times in ISO 8601, a date without its midnight; anything else as ``str``."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)
