"""``copywriter write``: copy for one product, from options, a file or standard input."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from copywriter.brief import Brief, Kind, Language, Length, Style, make_briefs, parse_choices
from copywriter.cli import options
from copywriter.errors import InputError

if TYPE_CHECKING:
    from copywriter.draft import Draft
    from copywriter.product import Product

MAX_INPUT_BYTES = 1_000_000
# \b keeps the lines of the paragraph behind it as they are.
EPILOG = """\b
Examples:
  copywriter write --name "Oxford shirt" --attribute Material=cotton
  copywriter write product.json --languages de --kinds description --json

A file holds a product as JSON ({"name": ..., "attributes": {...}}) or as lines: the name first,
then "Label: value". The exit code is 0 when every text was written, 3 when one could not be, 2
for bad usage or input."""


def write(
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE", help="The product as JSON or as lines; - reads standard input."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the product.")] = None,
    brand: Annotated[str | None, typer.Option(help="Brand.")] = None,
    category: Annotated[str | None, typer.Option(help="Category.")] = None,
    attribute: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL=VALUE", help="A fact, such as Colour=blue (repeatable)."),
    ] = None,
    facts_language: options.FactsLanguage = None,
    languages: options.Languages = "zh,de,fr,en",
    kinds: options.Kinds = "title,bullets,description",
    style: options.StyleOption = Style.FUNCTIONAL,
    length: options.LengthOption = Length.MEDIUM,
    engine: options.Engine = "transformers",
    model: options.Model = "embedded",
    adapter: options.Adapter = "default",
    seed: options.Seed = 0,
    candidates: options.Candidates = 1,
    temperature: options.Temperature = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON with all findings and the provenance.")
    ] = False,
) -> None:
    """Write copy for one product and print it.

    The facts come from options, or from a file, or from standard input.
    """
    briefs = make_briefs(
        parse_choices(Language, languages, where="--languages"),
        parse_choices(Kind, kinds, where="--kinds"),
        style,
        length,
    )
    named = {"name": name, "brand": brand, "category": category}
    product = _product(file, named, attribute or [])
    if language := options.parse_facts_language(facts_language):
        product = product.with_language(language)
    writer = options.WriterOptions(engine, model, adapter, seed, candidates, temperature)
    drafts = [draft.to_dict() for draft in _write(writer, product, briefs)]
    if as_json:
        document = {"product": product.to_dict(), "drafts": drafts}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        from copywriter.cli.display import Display

        Display(sys.stdout).drafts(drafts)
    failed = any(draft["status"] == "error" for draft in drafts)
    raise typer.Exit(3 if failed else 0)


def _write(
    options_: options.WriterOptions, product: Product, briefs: tuple[Brief, ...]
) -> list[Draft]:
    from copywriter.batch import make_reporter

    with make_reporter(sys.stderr, keep=False) as reporter:
        writer = options_.make_writer(reporter.note)
        reporter.note(f"writing {len(briefs)} texts")
        return writer.write([product], briefs)[0]


def _product(file: str | None, named: dict[str, str | None], attributes: list[str]) -> Product:
    given = [f"--{option}" for option, value in named.items() if value is not None]
    given += ["--attribute"] if attributes else []
    if file is None:
        return _from_options(named, attributes)
    if given:
        raise InputError(
            f"Can't take the facts both from {file!r} and from {given[0]}. Choose one."
        )
    return parse_product(_read(file), file=_shown(file))


def _shown(file: str) -> str:
    return "standard input" if file == "-" else file


def _from_options(named: dict[str, str | None], attributes: list[str]) -> Product:
    from copywriter.product import Product

    if not named["name"]:
        raise InputError(
            "there is no product; give --name with --attribute LABEL=VALUE, or a FILE, or - for "
            "standard input"
        )
    facts: dict[str, str] = {}
    for option in attributes:
        label, equals, value = option.partition("=")
        if not (equals and label.strip() and value.strip()):
            raise InputError(f"--attribute {option!r} must be LABEL=VALUE, such as Colour=blue")
        if label.strip() in facts:
            raise InputError(f"--attribute gives {label.strip()!r} twice; keep one of them")
        facts[label.strip()] = value
    return Product.from_dict({"id": "1", **named, "attributes": facts})


def _read(file: str) -> str:
    try:
        if file == "-":
            data = sys.stdin.buffer.read(MAX_INPUT_BYTES + 1)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(MAX_INPUT_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror}); check the name", file=_shown(file)
        ) from error
    if len(data) > MAX_INPUT_BYTES:
        raise InputError(
            f"is longer than {MAX_INPUT_BYTES:,} bytes, too long for one product; for a catalog "
            "use: copywriter batch",
            file=_shown(file),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("is not UTF-8; save it as UTF-8", file=_shown(file)) from None


def parse_product(text: str, *, file: str) -> Product:
    """A product from its JSON form, or from lines ``Label: value`` with the name first.

    Args:
        text: of the file.
        file: name of the file, for errors.
    """
    if not text.strip():
        raise InputError("is empty; it needs the product's name and facts", file=file)
    try:
        return _from_json(text) if text.lstrip()[:1] in ("{", "[") else _from_lines(text)
    except InputError as error:
        raise InputError(error.message, file=file, column=error.column) from None


def _from_json(text: str) -> Product:
    from copywriter.tables import ColumnMapping, Row, to_product

    try:
        data = json.loads(text)
    except RecursionError:
        raise InputError("is nested too deeply for a product") from None
    except ValueError as error:
        raise InputError(f"is no valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise InputError("must be one JSON object; for a list of products use: copywriter batch")
    mapping = ColumnMapping.from_overrides(list(data), {})
    return to_product(Row(1, data), mapping, file="", default_id="1")


def _from_lines(text: str) -> Product:
    from copywriter.page.facts import parse_pasted

    form = parse_pasted(text)
    if not form.name:
        raise InputError("has no name; write it into the first line, or after 'Name:'")
    return replace(form.to_product(), id="1")
