"""The training configuration: one YAML file, checked as a whole before anything is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copywriter.brief import Style
from copywriter.errors import InputError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Phase(_Strict):
    """One stage of the curriculum.

    Args:
        corpora: names of the project's corpora, or paths.
        epochs: passes over them; a fraction ends within a pass.
        styles: description styles to learn in this phase.
    """

    corpora: list[str]
    epochs: float = Field(gt=0)
    styles: list[Style] = list(Style)


class Lora(_Strict):
    """LoRA on all linear layers (Hu et al. 2021), as peft names the settings."""

    r: int = Field(32, ge=1)
    alpha: int = Field(32, ge=1)
    dropout: float = Field(0.0, ge=0, lt=1)
    use_rslora: bool = False
    use_dora: bool = False
    target_modules: str | list[str] = "all-linear"


class Optimizer(_Strict):
    """AdamW with linear warm-up and cosine decay to a tenth."""

    learning_rate: float = Field(3e-4, gt=0)
    warmup_share: float = Field(0.05, ge=0, lt=1)
    weight_decay: float = Field(0.0, ge=0)
    max_grad_norm: float = Field(1.0, gt=0)


class Config(_Strict):
    """Everything that a training run depends on; saved resolved beside the adapter."""

    name: str = "default"
    base: str = "embedded"
    seed: int = 1
    phases: list[Phase] = Field(min_length=1)
    lora: Lora = Field(default_factory=lambda: Lora.model_validate({}))
    optimizer: Optimizer = Field(default_factory=lambda: Optimizer.model_validate({}))
    batch_tokens: int = Field(2048, ge=64)
    max_sequence_tokens: int = Field(768, ge=64)
    swap_share: float = Field(0.7, ge=0, le=1)
    languages_per_sequence: int = Field(2, ge=1, le=4)
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    compile_layers: bool = False
    pad_multiple: int = Field(8, ge=1, description="64 keeps the shapes few for compiled layers")
    validate_every_steps: int = Field(100, ge=1)
    validation_sequences: int = Field(64, ge=1)
    samples: int = Field(4, ge=0)
    patience: int = Field(0, ge=0, description="validations without a better loss; 0 is off")
    checkpoint_every_steps: int = Field(50, ge=1)


def load_config(path: Path, overrides: dict[str, Any] | None = None) -> Config:
    """The configuration in ``path`` with keys replaced by ``overrides``.

    Raises:
        InputError: no such file, no YAML, or wrong values; all problems are named at once.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}); give a YAML file such as "
                         "finetune/configs/default.yaml", file=str(path)) from None  # fmt: skip
    except yaml.YAMLError as error:
        raise InputError(f"is not YAML: {error}", file=str(path)) from None
    if not isinstance(data, dict):
        raise InputError("must hold keys and values; see finetune/configs/", file=str(path))
    try:
        return Config.model_validate(_merged(data, overrides or {}))
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        )
        raise InputError(problems, file=str(path)) from None


def _merged(data: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    result = dict(data)
    for key, value in overrides.items():
        old = result.get(key)
        nested = isinstance(value, dict) and isinstance(old, dict)
        result[key] = _merged(old, value) if nested else value  # type: ignore[arg-type]
    return result
