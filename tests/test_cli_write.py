"""``copywriter write``: facts from options, files and standard input."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from copywriter.cli import run
from copywriter.cli.write import MAX_INPUT_BYTES, parse_product
from copywriter.errors import InputError

ECHO = ["--engine", "echo", "--languages", "en", "--kinds", "title"]


def written(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["write", *arguments, *ECHO, "--json"]) == code
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_facts_come_from_options(capsys: pytest.CaptureFixture[str]) -> None:
    """Name, brand, category and attributes make the product; a value may hold a = sign."""
    options = ["--name", "Oxford shirt", "--brand", "Nordhaf", "--category", "Clothing"]
    facts = ["--attribute", "Colour=blue", "--attribute", "Fit=a=b", "--facts-language", "en"]
    document = written(capsys, *options, *facts)
    assert document["product"] == {
        "id": "1",
        "name": "Oxford shirt",
        "brand": "Nordhaf",
        "category": "Clothing",
        "language": "en",
        "attributes": {"Colour": "blue", "Fit": "a=b"},
    }
    (draft,) = document["drafts"]
    assert draft["text"].startswith("Name: Oxford shirt")
    assert draft["provenance"]["engine"] == "echo"


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Steppdecke", "attributes": {"Material": "Baumwolle"}}',
        '\ufeff{"id": "", "Titel": "Steppdecke", "Material": "Baumwolle"}',
        "Steppdecke\nMaterial: Baumwolle\n",
        "Material：Baumwolle\n\nName : Steppdecke\n",
    ],
)
def test_files_hold_json_or_lines(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON in both forms and lines with either colon give the same product."""
    path = tmp_path / "product.txt"
    path.write_text(text, "utf-8")
    product = written(capsys, str(path))["product"]
    expected = {"id": "1", "name": "Steppdecke", "attributes": {"Material": "Baumwolle"}}
    assert product == expected


def test_standard_input_is_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dash reads the product from standard input."""
    stream = io.TextIOWrapper(io.BytesIO("保温水杯\n容量：750毫升\n".encode()))
    monkeypatch.setattr("sys.stdin", stream)
    product = written(capsys, "-")["product"]
    assert (product["name"], product["attributes"]) == ("保温水杯", {"容量": "750毫升"})


def test_readable_output_shows_text_status_and_findings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without --json each draft shows its language, kind, status, text and findings."""
    assert run(["write", "--name", "Oxford shirt", *ECHO]) == 0
    output = capsys.readouterr().out
    assert "en title · review" in output
    assert "Oxford shirt" in output
    assert "leftovers.prompt" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["product.json", "--name", "x"], "both from 'product.json' and from --name. Choose one"),
        (["-", "--attribute", "a=b"], "--attribute. Choose one"),
        (["--brand", "Nordhaf"], "give --name"),
        (["--name", "x", "--attribute", "blue"], "'blue' must be LABEL=VALUE"),
        (["--name", "x", "--attribute", "=blue"], "must be LABEL=VALUE"),
        (["--name", "x", "--attribute", "a=b", "--attribute", "a=c"], "gives 'a' twice"),
        (["--name", " "], "has no name"),
        (["--name", "x" * 6000], "more than 5,000"),
    ],
)
def test_facts_that_cannot_be_used_exit_with_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says which option is wrong."""
    assert run(["write", *arguments, *ECHO]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("{", "no valid JSON"),
        ('[{"name": "x"}]', "must be one JSON object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"name": "x", "attributes": {"a": {"b": 1}}}', "column 'a': must be text"),
        ('{"name": "x", "attributes": [], "extra": 1}', "unknown key 'extra'"),
        ('{"attributes": {}}', "has no name"),
        ('{"name": "\\ud800"}', "has no name"),
        ("Material: cotton", "has no name"),
        ("Shirt\nlight and airy", "has no label"),
    ],
)
def test_files_that_cannot_be_used_name_the_file(text: str, message: str) -> None:
    """Every way in which a product can be wrong is an InputError with the file in front."""
    with pytest.raises(InputError) as caught:
        parse_product(text, file="product.json")
    assert str(caught.value).startswith("product.json")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x" * (MAX_INPUT_BYTES + 1), "is longer than 1,000,000 bytes"),
        (b"\xff\xfe\x00x", "is not UTF-8"),
    ],
)
def test_files_that_are_no_text_exit_with_2(
    data: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Files that are too long or not UTF-8 are refused before they are parsed."""
    path = tmp_path / "product.json"
    path.write_bytes(data)
    assert run(["write", str(path), *ECHO]) == 2
    assert f"{path}: {message}" in capsys.readouterr().err


def test_a_folder_is_no_product(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder in the place of a file is named in the error."""
    assert run(["write", str(tmp_path), *ECHO]) == 2
    assert f"{tmp_path}: cannot be read" in capsys.readouterr().err
