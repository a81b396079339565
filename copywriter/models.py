"""Find, check and load models.

    loaded = load_model("embedded", adapter="default")

A model is a base plus an optional adapter. The base is ``embedded`` (prepared once into the
user's cache), a local folder or GGUF file, or a hub id such as ``google/gemma-3-1b-pt``. Weights
come from safetensors or GGUF only, and a model's own code is never run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copywriter.embedded import (
    EMBEDDED_SHA256,
    cache_folder,
    embedded_folder,
    is_prepared,
    prepare_embedded,
)
from copywriter.errors import CopywriterError, ModelError
from copywriter.prompting import load_prompter
from copywriter.resources import resource

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

__all__ = [
    "Base",
    "LoadedModel",
    "check_adapter",
    "describe_model",
    "find_adapter",
    "list_models",
    "load_base",
    "load_model",
    "prepare_embedded",
    "resolve_base",
]

EMBEDDED = "embedded"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_ADAPTER_WEIGHTS = "adapter_model.safetensors"


@dataclass(frozen=True)
class Base:
    """A resolved base model.

    Args:
        name: as the user gave it.
        source: what transformers loads: a folder or a hub id.
        sha256: of the weights: of the GGUF for the embedded model, of the safetensors files for
            a folder; empty for a hub id, whose revision transformers pins.
        gguf_file: name of the GGUF file inside ``source``, where the base is one.
    """

    name: str
    source: str
    sha256: str = ""
    gguf_file: str | None = None


@dataclass(frozen=True)
class LoadedModel:
    """A model in memory, with its tokenizer and its provenance (JSON values)."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase
    provenance: Mapping[str, Any]
    has_adapter: bool


def resolve_base(name: str, progress: Callable[[str, float], None] | None = None) -> Base:
    """The base called ``name``; prepares the embedded one where needed.

    Raises:
        ModelError: no such folder, a folder that is no model, pickled weights, a malformed id.
    """
    if name == EMBEDDED:
        return Base(name, str(prepare_embedded(progress)), EMBEDDED_SHA256)
    path = Path(name.strip() or "missing").expanduser()
    if path.is_file() and path.suffix == ".gguf":
        return Base(name, str(path.parent), _digest([path]), gguf_file=path.name)
    if path.is_dir():
        return _folder_base(name, path)
    looks_local = name.startswith((".", "/", "~")) or path.suffix == ".gguf" or "\\" in name
    if looks_local or not _HUB_ID.fullmatch(name):
        raise ModelError(
            f"model {name!r} is neither 'embedded', nor a folder or .gguf file that exists, "
            "nor a hub id such as google/gemma-3-1b-pt"
        )
    return Base(name, name)


def _folder_base(name: str, path: Path) -> Base:
    weights = sorted(path.glob("*.safetensors"))
    if not (path / "config.json").is_file():
        raise ModelError(
            f"folder {name!r} is no model: it has no config.json; give the folder that holds "
            "config.json, tokenizer.json and *.safetensors"
        )
    if not weights:
        raise ModelError(
            f"folder {name!r} has no *.safetensors; other formats can run code when loaded and "
            "are refused. Convert the model with save_pretrained of a current transformers"
        )
    base_file = path / "base.json"
    if base_file.is_file():
        recorded = _read_json(base_file).get("base_sha256")
        if recorded:
            return Base(name, str(path), str(recorded))
    return Base(name, str(path), _digest(weights))


def find_adapter(name: str, base: Base) -> Path | None:
    """The folder of the adapter called ``name``: ``default``, ``none`` or a folder.

    ``default`` is the adapter that ships with the package; it fits the embedded base only, so
    for every other base it means none.
    """
    if name == "none":
        return None
    if name == "default":
        try:
            folder = resource("adapters/default")
        except CopywriterError:
            return None
        return folder if base.sha256 == EMBEDDED_SHA256 else None
    return Path(name).expanduser()


def check_adapter(folder: Path, base: Base) -> dict[str, Any]:
    """The adapter's ``run.json``, after checking that the adapter fits the base and prompts.

    Raises:
        ModelError: a file is missing, weights are pickled, or the base hash or prompt version
            differs; both values are named.
    """
    for name in ("adapter_config.json", _ADAPTER_WEIGHTS, "run.json"):
        if not (folder / name).is_file():
            raise ModelError(
                f"{folder} is no adapter: it has no {name}; give a folder that "
                "`python -m finetune ship` wrote"
            )
    run = _read_json(folder / "run.json")
    for what, recorded, running in (
        ("base model (sha256)", run.get("base_sha256"), base.sha256),
        ("prompt version", run.get("prompt_version"), load_prompter().version),
    ):
        if recorded != running:
            raise ModelError(
                f"adapter {folder} was trained with {what} {recorded}, but {running} is in use; "
                "choose the model it was trained on, or train it again"
            )
    return run


def load_model(
    name: str = EMBEDDED,
    adapter: str = "default",
    *,
    device: str | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> LoadedModel:
    """The model ready to run in evaluation mode, its adapter merged into the weights.

    Args:
        name: ``embedded``, a folder, a GGUF file or a hub id.
        adapter: ``default``, ``none`` or a folder.
        device: a torch device such as ``cuda:0`` or ``cpu``; None takes a GPU when there is one.
        progress: see ``prepare_embedded``.
    """
    # Spinning threads lose a core to whatever else runs; read when torch is first imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    base = resolve_base(name, progress)
    folder = find_adapter(adapter, base)
    run = check_adapter(folder, base) if folder else {}
    target = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    dtype = best_dtype(target)
    tokenizer, model = load_base(base, dtype)
    if folder:
        model = _merge_adapter(model, folder)
    moved: Any = model
    model = moved.to(device=target, dtype=dtype).eval()
    provenance = {
        "model": base.name,
        "model_sha256": base.sha256,
        "adapter": run.get("name", folder.name) if folder else "none",
        "adapter_sha256": _digest([folder / _ADAPTER_WEIGHTS]) if folder else "",
        "dtype": str(dtype).removeprefix("torch."),
        "device": target.type,
    }
    return LoadedModel(model, tokenizer, provenance, folder is not None)


def best_dtype(device: torch.device) -> torch.dtype:
    """bf16 where the hardware multiplies it natively, else fp32."""
    import torch

    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    if device.type == "cpu":
        capabilities = torch.backends.cpu.get_cpu_capability()
        # Without native bf16 products torch converts at every step: slower than plain fp32.
        return torch.bfloat16 if capabilities == "AMX" or _has_avx512_bf16() else torch.float32
    return torch.float32


@lru_cache(maxsize=1)
def _has_avx512_bf16() -> bool:
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def load_base(base: Base, dtype: torch.dtype) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    """Tokenizer and model of a resolved base, on the CPU, in the precision asked for."""
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    quiet: Any = logging.disable_progress_bar
    quiet()
    options: dict[str, Any] = {"trust_remote_code": False}
    if base.gguf_file:
        options["gguf_file"] = base.gguf_file
    try:
        tokenizer = AutoTokenizer.from_pretrained(base.source, **options)
        if not base.gguf_file:
            options["use_safetensors"] = True
        model = AutoModelForCausalLM.from_pretrained(base.source, dtype=dtype, **options)
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise ModelError(
            f"model {base.name!r} cannot be loaded: {first}. Without a network use 'embedded' or "
            "a local folder with safetensors"
        ) from error
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer, model


def _merge_adapter(model: PreTrainedModel, folder: Path) -> PreTrainedModel:
    from peft import PeftModel

    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5.24 for an attribute by its old name; no user can mend that.
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing` is deprecated")
        adapted = PeftModel.from_pretrained(model, str(folder))
    merged: PreTrainedModel = adapted.merge_and_unload()
    return merged


def list_models() -> list[dict[str, Any]]:
    """What can be used without a network: the embedded base and the shipped adapter."""
    rows: list[dict[str, Any]] = [
        {
            "name": EMBEDDED,
            "kind": "base",
            "state": "prepared" if is_prepared() else "not prepared yet",
            "where": str(embedded_folder()),
        }
    ]
    folder = find_adapter("default", Base(EMBEDDED, "", EMBEDDED_SHA256))
    if folder:
        rows.append(
            {"name": "default", "kind": "adapter", "state": "shipped", "where": str(folder)}
        )
    return rows


def describe_model(name: str = EMBEDDED, adapter: str = "default") -> dict[str, Any]:
    """Facts about a model and its adapter, without loading or preparing anything."""
    if name == EMBEDDED:
        base = Base(EMBEDDED, str(embedded_folder()), EMBEDDED_SHA256)
        ready = is_prepared()
    else:
        base, ready = resolve_base(name), True
    facts: dict[str, Any] = {
        "model": base.name,
        "source": base.source,
        "sha256": base.sha256 or "unknown until it is loaded",
        "ready": ready,
        "cache": str(cache_folder()),
        "prompt_version": load_prompter().version,
    }
    base_file = Path(base.source) / "base.json"
    if base_file.is_file():
        facts |= {key: value for key, value in _read_json(base_file).items() if key not in facts}
    folder = find_adapter(adapter, base)
    facts["adapter"] = str(folder) if folder else "none"
    if folder:
        run = check_adapter(folder, base)
        facts["adapter_sha256"] = _digest([folder / _ADAPTER_WEIGHTS])
        facts |= {f"adapter_{key}": run[key] for key in ("name", "git_commit") if key in run}
    return facts


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}; restore it") from error
    if not isinstance(data, dict):
        raise ModelError(f"{path} must hold a JSON object")
    return data


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()
