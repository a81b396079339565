"""The page: a product's facts in, checked drafts in four languages out.

    copywriter ui --port 7860           the command that starts it

Layout and wiring only: the parts lie in ``copywriter.page``, what is done in ``Writer``.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from typing import Any

# Read when gradio is imported.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from copywriter.brief import Kind, Language
from copywriter.engines import make_engine
from copywriter.errors import InputError
from copywriter.page import look
from copywriter.page.board import Board, Updates
from copywriter.page.desk import Choices, Desk, Job
from copywriter.page.facts import FactsForm, parse_pasted
from copywriter.page.form import Form, facts_values, with_more_rows
from copywriter.page.review import recheck, tab_label
from copywriter.product import MAX_ATTRIBUTES
from copywriter.writer import Writer

logger = logging.getLogger("copywriter.page")

MAX_WAITING = 20
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Events of one group run one at a time: they share the model.
_MODEL: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1}
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
# On a phone the drafts lie below the form; elsewhere the reader may have scrolled.
_TO_DRAFTS = """() => {
  const line = document.getElementById('status'), box = line.getBoundingClientRect();
  if (box.top < 0 || box.bottom > innerHeight - 200)
    line.scrollIntoView({behavior: 'smooth', block: 'start'});
}"""
_TO_FORM = """() => document.getElementById('product-name')
  .scrollIntoView({behavior: 'smooth', block: 'center'})"""


def build(writer: Writer) -> gr.Blocks:
    """The page around ``writer``; ``serve`` launches it."""
    page = gr.Blocks(
        title="Copywriter", analytics_enabled=False, delete_cache=(3600, 3600), fill_width=True
    )
    with page:
        gr.HTML(look.HEADER)
        with gr.Row(elem_classes="cw-desk"):
            with gr.Column(scale=5, min_width=320):
                form = Form()
            with gr.Column(scale=7, min_width=320, elem_id="drafts"):
                board = Board()
        gr.HTML(look.footer_html(writer.provenance()))
        _wire(Desk(writer), form, board)
    page.queue(api_open=False, max_size=MAX_WAITING, default_concurrency_limit=4)
    return page


def _wire(desk: Desk, form: Form, board: Board) -> None:
    job = gr.State(None, time_to_live=3600)
    outputs = [job, *form.buttons(), *board.parts()]
    stopped = partial(_settle, form, board, "Stopped.")
    failed = partial(_settle, form, board, "Nothing was written; the message says why.")

    def start(trigger: Callable[..., Any]) -> Any:
        waiting = trigger(
            partial(_wait, form, board), outputs=[*form.buttons(), board.status], **_QUIET
        )
        run = waiting.success(
            partial(_write, desk, form, board, job),
            inputs=[*form.facts(), *form.choices()],
            outputs=outputs,
            **_MODEL,
            **_QUIET,
        )
        run.failure(failed, inputs=job, outputs=outputs, **_QUIET)
        run.failure(None, js=_TO_FORM, api_visibility="private")
        return run

    runs = [start(form.write.click)]
    form.write.click(None, js=_TO_DRAFTS, api_visibility="private")
    for button, product in form.examples:
        values = facts_values(FactsForm.from_product(product))
        shown = button.click(lambda values=values: values, outputs=form.facts(), **_QUIET)
        button.click(None, js=_TO_DRAFTS, api_visibility="private")
        runs.append(start(shown.success))
    form.stop.click(stopped, inputs=job, outputs=outputs, cancels=runs, **_QUIET)
    form.fill.click(_fill, inputs=[form.pasted, form.name], outputs=form.facts(), **_QUIET)
    form.more.click(_more_rows, inputs=form.rows, outputs=form.rows, **_QUIET)
    for language in Language:
        _wire_rechecks(board, job, language)


def _wire_rechecks(board: Board, job: gr.State, language: Language) -> None:
    """Checks the drafts of one language again whenever one of them was edited."""
    slots = [board.slots[language, kind] for kind in Kind]
    for slot in slots:
        slot.text.blur(
            partial(_recheck, board, language),
            inputs=[job, *(slot.text for slot in slots)],
            outputs=[
                board.tabs_by_language[language],
                *(part for slot in slots for part in (slot.head, slot.marks, slot.why)),
            ],
            **_QUIET,
        )


def _wait(form: Form, board: Board) -> Updates:
    """At once, since others may be before this job in the queue."""
    return {**form.busy(True), **board.wait()}


def _write(
    desk: Desk, form: Form, board: Board, state: gr.State, *values: Any
) -> Iterator[Updates]:
    """Clears the board, then shows language after language."""
    count = len(form.facts())
    with _errors_shown():
        written = 0
        jobs = desk.write(FactsForm.from_page(*values[:count]), Choices.from_page(*values[count:]))
        for job in jobs:
            if not job.drafts:
                yield {state: job, **form.busy(True), **board.start(job)}
                continue
            language = job.choices.languages[written]
            written += 1
            yield {state: job, **board.show(job, language)}
        yield form.busy(False)


def _settle(form: Form, board: Board, words: str, job: Job | None) -> Updates:
    return {**form.busy(False), **board.settle(job, words)}


def _fill(text: str, name: str) -> list[Any]:
    """The form filled from pasted lines; a name that they lack stays as it stands."""
    with _errors_shown():
        pasted = parse_pasted(text)
        return facts_values(pasted if pasted.name else pasted.named(name))


def _more_rows(rows: list[list[Any]]) -> list[list[Any]]:
    """A longer facts table, up to what a product may hold."""
    with _errors_shown():
        if len(rows) >= MAX_ATTRIBUTES:
            raise InputError(f"a product has {MAX_ATTRIBUTES} facts at most")
        return with_more_rows(rows)


def _recheck(board: Board, language: Language, job: Job | None, *texts: str) -> Updates:
    """What the checks say about the drafts of one language as they now stand in the page."""
    if job is None:
        return {board.tabs_by_language[language]: gr.skip()}
    updates: Updates = {}
    drafts = []
    with _errors_shown():
        edited = dict(zip(Kind, texts, strict=True))
        for draft in job.drafts_in(language):
            new = recheck(draft, edited[draft.brief.kind], job.product)
            drafts.append(new)
            updates |= board.slots[language, draft.brief.kind].show(new, edited=new is not draft)
    return {
        board.tabs_by_language[language]: gr.update(label=tab_label(language, drafts)),
        **updates,
    }


@contextmanager
def _errors_shown() -> Iterator[None]:
    """Turns what a user can mend into a message, and all else into an id that the log explains."""
    try:
        yield
    except InputError as error:
        # gr.Error renders HTML, and the message quotes what the user typed.
        text = f"{error.column}: {error.message}" if error.column else error.message
        raise gr.Error(
            escape(text[:1].upper() + text[1:]) + ".", duration=30, print_exception=False
        ) from None
    except Exception:
        error_id = secrets.token_hex(4)
        logger.exception("the page failed, error %s", error_id)
        raise gr.Error(
            f"The text could not be written. Try again; if it fails again, tell the person who "
            f"runs this page the error number {error_id}: the log says more.",
            duration=None,
            print_exception=False,
        ) from None


def serve(page: gr.Blocks, *, host: str, port: int, insecure: bool, wait: bool = True) -> str:
    """Launches ``page`` and gives its address, after it has ended if ``wait``.

    Raises:
        InputError: the address is open to others without a password, or cannot be opened.
    """
    auth = _auth(host, insecure)
    # Gradio takes an empty allow-list for none given and reads this instead.
    os.environ.pop("GRADIO_ALLOWED_PATHS", None)
    _bypass_proxies(host)
    _check_free(host.strip("[]"), port)
    _, address, _ = page.launch(
        server_name=f"[{host}]" if ":" in host.strip("[]") else host,
        server_port=port,
        auth=auth,
        prevent_thread_lock=True,
        theme=look.make_theme(),
        css_paths=look.STYLE_SHEET,
        favicon_path=look.ICON,
        footer_links=[],
        run_history=False,
        share=False,
        show_error=False,
        enable_monitoring=False,
        allowed_paths=[],
        max_file_size="1mb",
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        quiet=True,
    )
    if wait:
        print(f"Copywriter runs at {address} ; stop it with Ctrl+C", flush=True)
        page.block_thread()
    return str(address)


def _check_free(host: str, port: int) -> None:
    # Gradio would report any trouble with the address as a port in use, and late.
    if not 0 < port < 65_536:
        raise InputError(f"{port} is no port; choose one from 1 to 65535 with --port")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise InputError(
            f"{host}:{port} cannot be opened: {error.strerror}; choose another address with --host "
            "or --port"
        ) from None


def _bypass_proxies(host: str) -> None:
    """Gradio asks the page whether it is up, and a proxy could not reach it."""
    given = os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")
    hosts = ",".join(dict.fromkeys([*filter(None, given.split(",")), *_LOOPBACK, host.strip("[]")]))
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = hosts


def _auth(host: str, insecure: bool) -> tuple[str, str] | None:
    user, password = (os.environ.get(f"COPYWRITER_{part}", "") for part in ("USER", "PASSWORD"))
    if user and password:
        return user, password
    if user or password:
        raise InputError(
            "only one of COPYWRITER_USER and COPYWRITER_PASSWORD is set; set both or none"
        )
    if not insecure and not _is_loopback(host):
        raise InputError(
            f"{host!r} is open to other machines and the page has no password; set "
            "COPYWRITER_USER and COPYWRITER_PASSWORD, or pass --insecure if everybody may use it"
        )
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def main(
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    engine: str = "transformers",
    model: str = "embedded",
    adapter: str = "default",
    insecure: bool = False,
) -> None:
    """Runs the page until it is interrupted; see ``copywriter ui --help``."""
    _auth(host, insecure)  # before the model is loaded, which takes a while
    options = {} if engine == "echo" else {"model": model, "adapter": adapter}
    if options:
        print("Loading the model; the very first time takes a minute or two.", flush=True)
    serve(build(Writer(make_engine(engine, **options))), host=host, port=port, insecure=insecure)
