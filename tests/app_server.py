"""A launched page for the tests of app.py, and a client of its queue that is no browser."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import httpx

import app
from copywriter.engines import Candidate, Decoding, Engine, GenerationRequest
from copywriter.engines.echo import EchoEngine
from copywriter.writer import Writer

HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


class BrokenEngine(EchoEngine):
    """Fails with a text that no user may see."""

    def generate(
        self, requests: Sequence[GenerationRequest], decoding: Decoding
    ) -> list[Candidate]:
        """Raises, always."""
        raise RuntimeError("secret: /etc/model")


@dataclass(frozen=True)
class Served:
    """A running page."""

    page: Any
    address: str

    def post(self, path: str, data: Any) -> httpx.Response:
        """A direct request to the API, past the queue."""
        return httpx.post(f"{self.address}gradio_api/{path}", json=data)

    def get(self, path: str, **options: Any) -> httpx.Response:
        """One page or file."""
        return httpx.get(self.address + path, **options)

    def click(self, button: str, data: Sequence[Any]) -> list[dict[str, Any]]:
        """All messages of the queue about one click, the last one the result."""
        session = "test"
        event = self._event(button)
        join = self.post(
            "queue/join", {"data": list(data), "fn_index": event, "session_hash": session}
        )
        join.raise_for_status()
        with httpx.stream(
            "GET", f"{self.address}gradio_api/queue/data?session_hash={session}", timeout=30
        ) as stream:
            lines = (line.removeprefix("data: ") for line in stream.iter_lines() if line)
            messages = []
            for message in map(json.loads, lines):
                messages.append(message)
                if message["msg"] == "process_completed":
                    break
        return messages

    def _event(self, button: str) -> int:
        """The event that writes: the one after the one that the button starts."""
        components, events = (self.page.config[key] for key in ("components", "dependencies"))
        ids = {part["id"] for part in components if part["props"].get("elem_id") == button}
        calls = [event for event in events if event["backend_fn"]]
        first = next(e for e in calls if any(target[0] in ids for target in e["targets"]))
        return next(int(e["id"]) for e in calls if e["trigger_after"] == first["id"])


@contextmanager
def served(engine: Engine, host: str = "127.0.0.1") -> Iterator[Served]:
    """The page around ``engine`` on a free port, closed afterwards."""
    page = app.build(Writer(engine))
    # serve() sets variables that gradio reads.
    with patch.dict(os.environ):
        try:
            address = app.serve(page, host=host, port=free_port(), insecure=False, wait=False)
            yield Served(page, address)
        finally:
            page.close(verbose=False)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def form(
    name: str = "Oxford shirt", rows: Sequence[Sequence[str]] = (), **choices: Any
) -> list[Any]:
    """The values of all fields, as a browser sends them with a click on Write."""
    table = {"headers": ["Fact", "Value"], "data": [*map(list, rows), ["", ""]], "metadata": None}
    return [
        name,
        "",
        "",
        choices.get("facts_language", "en"),
        table,
        choices.get("languages", ["en", "de"]),
        choices.get("kinds", ["title"]),
        "functional",
        "short",
        1,
    ]
