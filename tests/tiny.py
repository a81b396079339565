"""A tiny random model with a real tokenizer, made in the test that needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from copywriter.vocabulary import CONTROL, build_tokenizer

_BYTE = 6


def tiny_vocabulary() -> tuple[list[str], list[int]]:
    """Control tokens, all bytes, printable ASCII, the space mark and a few joined tokens."""
    control = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"]
    by_bytes = [f"<0x{byte:02X}>" for byte in range(256)]
    characters = [chr(code) for code in range(33, 127)] + ["▁", "\n"]
    joined = ["in", "an", "▁t", "he", "▁the", "er", "▁a"]
    tokens = control + by_bytes + characters + joined
    types = [CONTROL] * 5 + [_BYTE] * 256 + [1] * (len(characters) + len(joined))
    return tokens, types


def save_tiny_model(folder: Path, seed: int = 0) -> Path:
    """Writes a random two-layer Gemma 3 with its tokenizer; returns the folder."""
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    tokens, types = tiny_vocabulary()
    tokenizer: Any = build_tokenizer(tokens, types, range(len(tokens)))
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = Gemma3TextConfig(
        vocab_size=len(tokens), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, head_dim=16, max_position_embeddings=2048,
        pad_token_id=0, eos_token_id=1, bos_token_id=2, initializer_range=0.2,
    )  # fmt: skip
    model: Any = Gemma3ForCausalLM(config)
    # Embeddings are tied: a zero row is hardly ever the best, so texts are made of characters.
    with torch.no_grad():
        model.get_input_embeddings().weight[: tokens.index("<0xFF>") + 1] = 0
    model.save_pretrained(folder)
    return folder
