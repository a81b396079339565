"""Engines by name, loaded only when asked for."""

from __future__ import annotations

import difflib
from importlib import import_module
from typing import Any

from copywriter.engines.base import (
    SAMPLING_TEMPERATURE,
    Candidate,
    Decoding,
    Engine,
    GenerationRequest,
)
from copywriter.errors import InputError

__all__ = [
    "ENGINES",
    "SAMPLING_TEMPERATURE",
    "Candidate",
    "Decoding",
    "Engine",
    "GenerationRequest",
    "make_engine",
]

ENGINES = {
    "transformers": "copywriter.engines.transformers:TransformersEngine",
    "echo": "copywriter.engines.echo:EchoEngine",
}


def make_engine(name: str, **options: Any) -> Engine:
    """The engine called ``name``; ``options`` go to its constructor."""
    if name not in ENGINES:
        close = difflib.get_close_matches(name, ENGINES, n=1)
        hint = f" Did you mean: {close[0]}?" if close else ""
        raise InputError(f"Unknown engine {name!r}.{hint} Available: {', '.join(ENGINES)}")
    module, _, attribute = ENGINES[name].partition(":")
    engine: Engine = getattr(import_module(module), attribute)(**options)
    return engine
