"""Resolving models and adapters: every wrong value ends in an error that says what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from copywriter.embedded import EMBEDDED_SHA256
from copywriter.errors import ModelError
from copywriter.models import (
    Base,
    check_adapter,
    describe_model,
    find_adapter,
    list_models,
    load_model,
    resolve_base,
)
from copywriter.prompting import load_prompter
from tests.tiny import save_tiny_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny random model."""
    return save_tiny_model(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def adapter(tmp_path: Path, tiny: Path) -> Path:
    """A LoRA adapter for the tiny model that changes its output, in the shipped form."""
    import torch
    from peft import LoraConfig, get_peft_model

    base = resolve_base(str(tiny))
    model = load_model(str(tiny), "none").model
    config = LoraConfig(r=2, target_modules="all-linear", init_lora_weights=False)
    torch.manual_seed(1)
    get_peft_model(model, config).save_pretrained(str(tmp_path / "adapter"))
    run = {
        "name": "tiny-adapter",
        "base_sha256": base.sha256,
        "prompt_version": load_prompter().version,
    }
    (tmp_path / "adapter" / "run.json").write_text(json.dumps(run))
    return tmp_path / "adapter"


def test_folder_is_hashed(tiny: Path) -> None:
    """The hash follows the weights."""
    first = resolve_base(str(tiny))
    assert len(first.sha256) == 64
    assert resolve_base(str(tiny)) == first


def test_folder_without_config_is_no_model(tmp_path: Path) -> None:
    """The missing file is named."""
    with pytest.raises(ModelError, match=r"no model: it has no config\.json"):
        resolve_base(str(tmp_path))


def test_pickled_weights_are_refused(tmp_path: Path, tiny: Path) -> None:
    """A folder with only a .bin file is not loaded, since unpickling runs code."""
    folder = tmp_path / "pickled"
    shutil.copytree(tiny, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=r"no \*\.safetensors"):
        resolve_base(str(folder))


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/model", "nowhere", "a/b/c", "x.gguf", ""])
def test_names_that_are_no_model_are_refused(name: str) -> None:
    """Neither a folder that exists nor a hub id: the three forms are listed."""
    with pytest.raises(ModelError, match="neither 'embedded'"):
        resolve_base(name)


def test_hub_id_without_a_network_says_what_to_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A hub model that cannot be fetched ends in one line."""
    import huggingface_hub.constants as constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match=r"cannot be loaded.*use 'embedded' or a local folder"):
        load_model("nobody/no-such-model", "none")


def test_default_adapter_fits_the_embedded_base_only(tiny: Path) -> None:
    """For any other base, 'default' means none."""
    assert find_adapter("default", resolve_base(str(tiny))) is None
    assert find_adapter("none", Base("embedded", "", EMBEDDED_SHA256)) is None


def test_adapter_changes_the_model_and_is_recorded(tiny: Path, adapter: Path) -> None:
    """The merged weights differ from the base's; provenance names the adapter and its hash."""
    import torch

    plain, tuned = load_model(str(tiny), "none"), load_model(str(tiny), str(adapter))
    name = "model.layers.0.mlp.up_proj.weight"
    assert not torch.equal(plain.model.state_dict()[name], tuned.model.state_dict()[name])
    assert tuned.has_adapter
    assert not plain.has_adapter
    assert tuned.provenance["adapter"] == "tiny-adapter"
    assert len(tuned.provenance["adapter_sha256"]) == 64
    assert plain.provenance["adapter"] == "none"


@pytest.mark.parametrize("key", ["base_sha256", "prompt_version"])
def test_adapter_for_something_else_is_refused_with_both_values(
    tiny: Path, adapter: Path, key: str
) -> None:
    """The recorded and the running value are both in the message."""
    path = adapter / "run.json"
    run = json.loads(path.read_text())
    running = run[key]
    path.write_text(json.dumps(run | {key: "another"}))
    with pytest.raises(ModelError, match=f"another, but {running}"):
        load_model(str(tiny), str(adapter))


@pytest.mark.parametrize(
    "missing", ["adapter_config.json", "adapter_model.safetensors", "run.json"]
)
def test_incomplete_adapter_names_the_missing_file(tiny: Path, adapter: Path, missing: str) -> None:
    """Among them the weights: a pickled adapter_model.bin is no replacement."""
    (adapter / missing).unlink()
    (adapter / "adapter_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match=f"no {missing}"):
        check_adapter(adapter, resolve_base(str(tiny)))


def test_list_and_description_load_nothing() -> None:
    """Both answer from files alone and name the embedded base."""
    assert list_models()[0]["name"] == "embedded"
    facts = describe_model()
    assert facts["sha256"] == EMBEDDED_SHA256
    assert facts["prompt_version"] == load_prompter().version
