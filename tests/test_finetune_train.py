"""Training: the loss is that of the texts alone, a run learns, resumes after a kill, and ships."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from copywriter.brief import Language
from copywriter.errors import InputError, RunMismatch
from copywriter.models import check_adapter, load_model, resolve_base
from copywriter.prompting import load_prompter
from finetune.cli import parse_overrides
from finetune.config import load_config
from finetune.corpus import load_corpus
from finetune.encode import IGNORED, encode_sequence
from finetune.loss import Batch, CopyLoss
from finetune.ship import FILES, ship_run
from finetune.train import Trainer
from tests.tiny import save_tiny_model

ROOT = Path(__file__).resolve().parent.parent
TINY = ROOT / "finetune" / "configs" / "tiny.yaml"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny model and a corpus of short texts, some of them held out."""
    folder = tmp_path_factory.mktemp("training")
    save_tiny_model(folder / "model")
    with (folder / "corpus.jsonl").open("w") as file:
        for number in range(40):
            facts = {"name": f"tin {number}", "attributes": {"Volume": f"{number + 20} ml"}}
            copy = {"title": f"The tin {number}", "bullets": [], "descriptions": []}
            record = {"id": f"t-{number}", "facts": {"en": facts}, "copy": {"en": copy}}
            file.write(json.dumps(record) + "\n")
    return folder


def overrides(workspace: Path, **more: Any) -> dict[str, Any]:
    """The tiny configuration on the workspace's model and corpus."""
    phase = {"corpora": [str(workspace / "corpus.jsonl")], "epochs": 2}
    return {"base": str(workspace / "model"), "phases": [phase], "batch_tokens": 512, **more}


def train(workspace: Path, output: Path, **more: Any) -> Trainer:
    """A finished run."""
    trainer = Trainer(load_config(TINY, overrides(workspace, **more)), output, lambda line: None)
    trainer.run()
    return trainer


def adapter_tensors(output: Path) -> dict[str, torch.Tensor]:
    """The weights that a run wrote."""
    from safetensors.torch import load_file

    return load_file(output / "adapter" / "adapter_model.safetensors")


def test_loss_with_shared_facts_equals_one_text_at_a_time(workspace: Path) -> None:
    """Branches do not see each other: the summed loss is that of separate sequences, computed
    by the plain model with ordinary causal attention."""
    loaded = load_model(str(workspace / "model"), "none")
    record = load_corpus(["plain"])[3]
    product = record.facts[Language.EN]
    references = [item for item in record.references if item.brief.language is Language.EN]
    prompter = load_prompter()
    shared = encode_sequence(loaded.tokenizer, prompter, product, references)
    other = encode_sequence(loaded.tokenizer, prompter, product, references[:1])
    batch = Batch([shared, other], pad_id=0)
    ours = CopyLoss(loaded.model)(batch.ids, batch.labels, batch.positions, batch.mask())
    expected = torch.zeros(())
    for reference in [*references, references[0]]:
        single = encode_sequence(loaded.tokenizer, prompter, product, [reference])
        logits = loaded.model(input_ids=torch.tensor([single.ids])).logits[0, :-1].float()
        targets = torch.tensor(single.labels[1:])
        expected += torch.nn.functional.cross_entropy(
            logits, targets, ignore_index=IGNORED, reduction="sum"
        ).detach()
    assert ours.detach() == pytest.approx(float(expected), rel=1e-4)


def test_head_gradient_equals_autograd(workspace: Path) -> None:
    """The gradient taken slice by slice is the one that autograd gives for whole logits."""
    from finetune.loss import _HeadLoss

    torch.manual_seed(0)
    hidden = torch.randn(600, 8, requires_grad=True)
    head, targets = torch.randn(50, 8), torch.randint(50, (600,))
    apply: Any = _HeadLoss.apply
    (apply(hidden, head, targets) * 3).backward()
    ours = hidden.grad
    hidden.grad = None
    loss = torch.nn.functional.cross_entropy(hidden @ head.T, targets, reduction="sum") * 3
    loss.backward()
    assert torch.allclose(ours, hidden.grad, atol=1e-4)


def test_training_lowers_the_loss_and_records_the_curve(workspace: Path, tmp_path: Path) -> None:
    """The last steps are better than the first, and validation losses stand in the curve."""
    trainer = train(workspace, tmp_path / "run", optimizer={"learning_rate": 0.02})
    losses = [row["loss"] for row in trainer.progress.curve]
    assert sum(losses[-3:]) < sum(losses[:3]) * 0.8
    assert any("validation_loss" in row for row in trainer.progress.curve)
    assert json.loads((tmp_path / "run" / "curve.json").read_text()) == trainer.progress.curve


def test_killed_run_resumes_to_the_same_adapter(workspace: Path, tmp_path: Path) -> None:
    """SIGKILL behind the first checkpoint, the same command again: the same bytes."""
    code = (
        "import sys, json, pathlib; from finetune.config import load_config\n"
        "from finetune.train import Trainer\n"
        "config = load_config(pathlib.Path(sys.argv[1]), json.loads(sys.argv[2]))\n"
        "Trainer(config, pathlib.Path(sys.argv[3]), lambda line: print(line, flush=True)).run()"
    )
    settings = json.dumps(overrides(workspace, checkpoint_every_steps=3))
    output = tmp_path / "killed"
    command = [sys.executable, "-W", "ignore", "-c", code, str(TINY), settings, str(output)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    # The first validation, at step 4, is the first line behind the first checkpoint.
    for line in process.stdout:
        if "validation loss" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert (output / "checkpoint.pt").is_file()
    assert not (output / "adapter").exists()
    resumed = train(workspace, output, checkpoint_every_steps=3)
    whole = train(workspace, tmp_path / "whole", checkpoint_every_steps=3)
    assert resumed.progress.step == whole.progress.step == len(whole.batches)
    one, other = adapter_tensors(output), adapter_tensors(tmp_path / "whole")
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_other_configuration_in_the_same_folder_is_refused(workspace: Path, tmp_path: Path) -> None:
    """A checkpoint is continued only with the configuration that made it."""
    train(workspace, tmp_path / "run")
    with pytest.raises(RunMismatch, match="another configuration"):
        train(workspace, tmp_path / "run", seed=2)


def test_early_stop_ends_a_run_that_no_longer_gains(workspace: Path, tmp_path: Path) -> None:
    """With a learning rate of next to nothing validation stands still and the run ends early."""
    trainer = train(
        workspace, tmp_path / "run", patience=1, validate_every_steps=1,
        optimizer={"learning_rate": 1e-12},
    )  # fmt: skip
    assert trainer.progress.step == 2 < len(trainer.batches)


def test_shipped_adapter_loads_and_has_exactly_its_files(workspace: Path, tmp_path: Path) -> None:
    """The folder is complete, its checksums hold, and the model accepts and uses it."""
    train(workspace, tmp_path / "run", optimizer={"learning_rate": 0.02})
    target = ship_run(tmp_path / "run", tmp_path / "shipped")
    assert {path.name for path in target.iterdir()} == set(FILES)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=target, check=True)
    base = resolve_base(str(workspace / "model"))
    run = check_adapter(target, base)
    assert run["config"]["base"] == str(workspace / "model")
    assert run["trained"]["steps"] == len(run["loss_curve"])
    assert load_model(base.name, str(target)).has_adapter


def test_unfinished_run_cannot_be_shipped(tmp_path: Path) -> None:
    """The message says which command finishes it."""
    with pytest.raises(InputError, match="no finished run; finish it with"):
        ship_run(tmp_path, tmp_path / "shipped")


def test_all_problems_of_a_configuration_are_told_at_once(tmp_path: Path) -> None:
    """Unknown keys and wrong values, each with its place."""
    path = tmp_path / "config.yaml"
    path.write_text("phases: []\nlora: {r: 0}\nsped: 1\n")
    with pytest.raises(InputError) as caught:
        load_config(path)
    for part in ("phases", "lora.r", "sped", "config.yaml"):
        assert part in str(caught.value)


@pytest.mark.parametrize("name", [path.name for path in sorted(TINY.parent.glob("*.yaml"))])
def test_committed_configurations_are_valid(name: str) -> None:
    """Every YAML file loads and begins with what it assumes, how to launch and to override."""
    path = TINY.parent / name
    assert load_config(path).phases
    head = path.read_text().splitlines()[:3]
    assert [line.split(":")[0] for line in head] == ["# assumes", "# launch", "# override"]


def test_overrides_are_nested_and_checked(tmp_path: Path) -> None:
    """Dotted keys reach inner values; a missing value is told with the right form."""
    assert parse_overrides(["lora.r=8", "name=x"]) == {"lora": {"r": 8}, "name": "x"}
    config = load_config(TINY, parse_overrides(["lora.r=8"]))
    assert (config.lora.r, config.lora.alpha) == (8, 4)
    with pytest.raises(InputError, match="write KEY=VALUE"):
        parse_overrides(["lora.r"])
