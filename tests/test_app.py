"""The page without a browser: what it is made of, who may reach it, what it refuses."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from html import unescape

import pytest
from app_server import HOSTILE, BrokenEngine, Served, form, free_port, served

import app
from copywriter.engines import make_engine
from copywriter.errors import InputError
from copywriter.writer import Writer


@pytest.fixture(scope="module")
def page() -> Iterator[Served]:
    """One page on the echo engine for the tests that leave nothing behind."""
    with served(make_engine("echo")) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COPYWRITER_USER", "COPYWRITER_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def test_every_event_goes_through_the_queue_and_is_private() -> None:
    """No handler can be called past the queue or by a client library."""
    built = app.build(Writer(make_engine("echo")))
    events = [event for event in built.fns.values() if event.fn is not None]
    assert len(events) > 10
    assert all(event.queue for event in events)
    assert {event.api_visibility for event in built.fns.values()} == {"private"}
    built.close(verbose=False)


def test_all_writing_shares_one_place_at_the_model() -> None:
    """Write and every example are one group of which one runs at a time."""
    built = app.build(Writer(make_engine("echo")))
    writers = [event for event in built.fns.values() if event.concurrency_id == "model"]
    assert len(writers) == 7
    assert {event.concurrency_limit for event in writers} == {1}
    built.close(verbose=False)


def test_html_components_hold_only_words_of_the_page() -> None:
    """What users and models write is shown by components that show text as text."""
    built = app.build(Writer(make_engine("echo")))
    kinds = {type(block).__name__ for block in built.blocks.values()}
    assert not kinds & {"Markdown", "Chatbot", "JSON", "Code"}
    tables = [block for block in built.blocks.values() if type(block).__name__ == "Dataframe"]
    assert [table.datatype for table in tables] == ["str"]
    built.close(verbose=False)


def test_the_page_is_served_without_telling_anybody(page: Served) -> None:
    """Analytics, sharing, monitoring and run history are off."""
    config = page.page.config
    assert page.get("").status_code == 200
    assert config["analytics_enabled"] is False
    assert page.page.share is False
    assert page.page.enable_monitoring is False
    assert page.page.run_history is False


def test_a_click_writes_language_by_language(page: Served) -> None:
    """The queue sends the drafts of a language before the next one is written."""
    messages = page.click("write", [*form(rows=[("Material", "cotton")])])
    assert messages[-1]["success"], messages[-1]
    steps = [json.dumps(message) for message in messages if message["msg"] == "process_generating"]
    assert "language 1 of 2" in steps[0]
    assert "language 2 of 2" in steps[1]
    assert "Material: cotton" in steps[1]


def test_direct_calls_are_turned_away(page: Served) -> None:
    """The queue with its limits cannot be skipped."""
    for event in page.page.config["dependencies"]:
        if event["backend_fn"]:
            answer = page.post("run/predict", {"data": form(), "fn_index": event["id"]})
            assert answer.status_code == 404


@pytest.mark.parametrize("file", ["/etc/passwd", "pyproject.toml", "app.py"])
def test_files_outside_the_cache_are_not_served(page: Served, file: str) -> None:
    """No path leads out of Gradio's own cache."""
    assert page.get(f"gradio_api/file={file}").status_code in (403, 404)


def test_a_directory_from_the_environment_is_not_served(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Gradio reads an allow-list from a variable that was meant for another program."""
    secret = tmp_path_factory.mktemp("other") / "secret.txt"
    secret.write_text("secret")
    monkeypatch.setenv("GRADIO_ALLOWED_PATHS", str(secret.parent))
    with served(make_engine("echo")) as running:
        assert running.page.allowed_paths == []


def test_an_over_long_fact_is_refused_with_its_message(page: Served) -> None:
    """The server checks, whatever the browser lets through."""
    result = page.click("write", form(rows=[("Story", "x" * 5_001)]))[-1]
    assert not result["success"]
    assert "Story: the value has 5,001 characters, more than 5,000" in result["output"]["error"]


def test_messages_quote_hostile_facts_as_text(page: Served) -> None:
    """Gradio shows messages as HTML, so what they quote is escaped."""
    result = page.click("write", form(rows=[("", HOSTILE)]))[-1]
    assert "<img" not in result["output"]["error"]
    assert "<img src=x onerror=" in unescape(result["output"]["error"])


def test_an_unexpected_error_shows_an_id_that_the_log_explains(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing of an exception reaches the user, all of it the log."""
    with caplog.at_level(logging.ERROR, logger="copywriter.page"), served(BrokenEngine()) as page:
        result = page.click("write", form())[-1]
    shown = result["output"]["error"]
    assert "secret" not in json.dumps(result)
    found = re.search(r"error number ([0-9a-f]{8})", shown)
    assert found is not None
    assert found[1] in caplog.text
    assert "secret: /etc/model" in caplog.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.3.2.1"])
def test_this_machine_needs_no_password(host: str) -> None:
    """Loopback is for the person at the machine."""
    assert app._auth(host, insecure=False) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "shop.example", ""])
def test_other_machines_need_a_password_or_a_word(host: str) -> None:
    """An open page is refused unless it is asked for in so many words."""
    with pytest.raises(InputError, match="COPYWRITER_USER and COPYWRITER_PASSWORD"):
        app._auth(host, insecure=False)
    assert app._auth(host, insecure=True) is None


def test_half_a_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten variable must not leave the page open."""
    monkeypatch.setenv("COPYWRITER_USER", "ada")
    with pytest.raises(InputError, match="only one of"):
        app._auth("0.0.0.0", insecure=True)


def test_a_password_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """With credentials set nothing but the login form is served without them."""
    monkeypatch.setenv("COPYWRITER_USER", "ada")
    monkeypatch.setenv("COPYWRITER_PASSWORD", "lovelace")
    with served(make_engine("echo")) as page:
        config = page.get("config")
        assert config.status_code == 401
        join = page.post("queue/join", {"data": form(), "fn_index": 0, "session_hash": "x"})
        assert join.status_code == 401


@pytest.mark.parametrize(
    ("host", "port", "why"),
    [
        ("127.0.0.1", None, "in use"),
        ("203.0.113.7", 7860, "assign"),
        ("no such host", 7860, "known"),
    ],
)
def test_an_address_that_cannot_be_opened_is_named(
    page: Served, host: str, port: int | None, why: str
) -> None:
    """The message says which address, why, and which options help."""
    port = port or page.page.server_port
    with pytest.raises(InputError, match=f"{host}:{port} cannot be opened: .*{why}.*--port"):
        app.serve(page.page, host=host, port=port, insecure=True, wait=False)


def test_a_number_that_is_no_port_is_refused(page: Served) -> None:
    """The range of ports is told."""
    with pytest.raises(InputError, match="70000 is no port; choose one from 1 to 65535"):
        app.serve(page.page, host="127.0.0.1", port=70_000, insecure=False, wait=False)


def test_the_page_is_served_on_ipv6() -> None:
    """An address with colons is written as browsers want it."""
    with served(make_engine("echo"), host="::1") as page:
        assert page.address.startswith("http://[::1]:")
        assert page.get("").status_code == 200


def test_a_proxy_does_not_stand_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """In company networks a proxy is set for everything, this machine included."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with served(make_engine("echo")) as page:
        assert page.get("", trust_env=False).status_code == 200


def test_the_open_page_is_refused_before_a_model_is_loaded() -> None:
    """The check comes first: loading takes a while, and this engine does not exist."""
    with pytest.raises(InputError, match="open to other machines"):
        app.main(host="0.0.0.0", engine="none such")


def test_an_unknown_engine_is_named() -> None:
    """The choice of engines is told."""
    with pytest.raises(InputError, match="Unknown engine 'none such'"):
        app.main(engine="none such")
