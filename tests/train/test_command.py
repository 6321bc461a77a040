"""The whole run, on a random model of two layers."""

from __future__ import annotations

import errno
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.errors import ConfigError, DataError, ModelError
from calltune.train import TrainConfig, read_run, train
from calltune.train.checkpoints import complete_checkpoints
from calltune.train.run_folder import read_log
from calltune.train.session import quiet_libraries

from .conftest import conversation, conversations

Config = Callable[..., TrainConfig]


def trained(config: TrainConfig) -> tuple[Any, str]:
    console = Console(file=io.StringIO(), width=120)
    report = train(config, console=console)
    report.show(console)
    assert report.finished == (report.steps == report.steps_planned)
    return report, console.file.getvalue()  # type: ignore[attr-defined]


def losses(folder: Path) -> list[float]:
    return [line["loss"] for line in read_log(folder) if "loss" in line]


def test_a_run_leaves_what_peft_and_transformers_load(config: Config, model_folder: Path, write_rows: Any) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    rows = [*conversations(20), conversation("play it", "play", {"title": "it"})]
    options = config(data=str(write_rows(rows)), validation_share=0.2)
    report, text = trained(options)
    assert report.finished and report.exit_code == 0 and report.steps == 4 and report.packing == "prefix"
    json.dumps(report.to_json(), allow_nan=False)
    for words in (
        "left out",
        "learned",
        "of the tokens are shared prefixes",
        "4 in",
        "estimate",
        "calltune eval --model",
    ):
        assert words in text

    names = {path.name for path in options.out.iterdir()}
    assert names >= {
        "run.yaml",
        "contract.json",
        "data.json",
        "versions.json",
        "log.jsonl",
        "loss.png",
        "quarantine.jsonl",
    }
    assert "rows" not in names and "unfinished" not in names
    log = read_log(options.out)
    assert [line["step"] for line in log if "loss" in line] == [1, 2, 3, 4]
    assert {"loss", "learning_rate", "tokens_per_s"} <= log[0].keys()
    assert "validation_loss" in log[-1] and report.validation_loss == log[-1]["validation_loss"]

    run = read_run(options.out)
    assert run.contract is not None and set(run.contract.names) == {"get_weather", "play"}
    assert run.data["bad"] == 1 and run.template == "calltune"

    tokenizer = AutoTokenizer.from_pretrained(options.out)
    assert tokenizer.chat_template
    with quiet_libraries():
        base = AutoModelForCausalLM.from_pretrained(model_folder)
        base.resize_token_embeddings(len(tokenizer), mean_resizing=False)  # the model had no tokens for calls
        model = PeftModel.from_pretrained(base, options.out)
    with torch.no_grad():
        ids = torch.tensor([tokenizer("play")["input_ids"]])
        tuned = model(ids).logits
        with model.disable_adapter():
            assert (tuned - model(ids).logits).abs().max() > 0


@pytest.mark.parametrize("packing", ["prefix", "none", "bfd"])
def test_every_packing_learns_the_same_data(config: Config, packing: Any, write_rows: Callable[..., Path]) -> None:
    data = str(write_rows(conversations(6)))
    options = config(data=data, packing=packing, rows_per_step=6, epochs=1, max_steps=None, warmup=0)
    report, _ = trained(options)
    assert report.packing == packing
    # one step over all rows: the loss before any learning, however the rows are laid out
    steps = losses(options.out)
    assert steps[0] == pytest.approx(5.98, abs=0.2)
    if packing != "bfd":
        assert len(steps) == 1


def test_prefix_packs_and_padding_have_the_same_first_loss_and_gradient(config: Config, tmp_path: Path) -> None:
    logs = []
    for packing in ("prefix", "none"):
        options = config(packing=packing, rows_per_step=20, max_steps=1, out=tmp_path / packing)
        trained(options)
        logs.append(read_log(options.out)[0])
    assert logs[0]["loss"] == pytest.approx(logs[1]["loss"], rel=1e-6)
    assert logs[0]["grad_norm"] == pytest.approx(logs[1]["grad_norm"], rel=1e-5)


def test_micro_batches_change_the_memory_and_not_the_result(config: Config, tmp_path: Path) -> None:
    logs = []
    for parts in (1, 4):
        options = config(rows_per_step=20, micro_batches=parts, max_steps=2, out=tmp_path / str(parts))
        trained(options)
        logs.append(read_log(options.out))
    for one, four in zip(*logs, strict=True):
        assert one["loss"] == pytest.approx(four["loss"], rel=1e-5)
        assert one["grad_norm"] == pytest.approx(four["grad_norm"], rel=1e-4)


def test_the_same_seed_gives_the_same_adapter(config: Config, tmp_path: Path) -> None:
    for name in ("a", "b"):
        trained(config(out=tmp_path / name, dropout=0.1))
    for name in ("adapter_model.safetensors", "adapter_config.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_ctrl_c_saves_a_checkpoint_and_resume_ends_as_if_nothing_had_happened(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from calltune.train.trainer import RowTrainer

    trained(config(out=tmp_path / "whole", max_steps=7, dropout=0.1))
    step, handler = RowTrainer.training_step, signal.getsignal(signal.SIGINT)

    def interrupted(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.state.global_step == 2:
            signal.raise_signal(signal.SIGINT)
        return step(self, *args, **kwargs)

    options = config(out=tmp_path / "stopped", max_steps=7, dropout=0.1)
    with monkeypatch.context() as patch:
        patch.setattr(RowTrainer, "training_step", interrupted)
        report, text = trained(options)
    assert not report.finished and report.exit_code == 1 and report.steps == 3
    assert "--resume" in text and "step 3 of 7" in text
    assert signal.getsignal(signal.SIGINT) is handler

    with pytest.raises(ConfigError, match="stopped"):
        train(options)
    report, _ = trained(config(out=tmp_path / "stopped", max_steps=7, dropout=0.1, resume=True))
    assert report.finished and report.steps == 7
    assert losses(tmp_path / "stopped") == losses(tmp_path / "whole")
    report, text = trained(config(out=tmp_path / "stopped", max_steps=7, dropout=0.1, resume=True))
    assert report.finished and "finished already" in text


def test_resuming_another_run_is_refused_with_what_differs(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write_rows: Callable[..., Path]
) -> None:
    from calltune.train.trainer import RowTrainer

    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(RowTrainer, "_save_optimizer_and_scheduler", full)
        with pytest.raises(ModelError, match=r"disk of .* is full.*no checkpoint yet[\s\S]*Make room"):
            train(config())
    assert not list((tmp_path / "run" / "checkpoints").glob("checkpoint-*"))

    other = write_rows(conversations(22), "other.jsonl")
    with pytest.raises(ConfigError) as caught:
        train(config(resume=True, rank=4, data=str(other)))
    assert len(caught.value.faults) == 2
    assert "rank: 16 then, 4 now" in str(caught.value) and "20 rows then, 22 now" in str(caught.value)
    assert not complete_checkpoints(tmp_path / "run" / "checkpoints")
    assert trained(config(resume=True))[0].finished  # nothing to go on from: from the beginning


def test_a_full_disk_leaves_the_last_checkpoint(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from calltune.train.trainer import RowTrainer

    save = RowTrainer._save_optimizer_and_scheduler

    def full_at_two(self: Any, folder: str) -> None:
        if self.state.global_step == 2:
            raise RuntimeError("PytorchStreamWriter failed writing file data/1: file write failed")
        save(self, folder)

    with monkeypatch.context() as patch:
        patch.setattr(RowTrainer, "_save_optimizer_and_scheduler", full_at_two)
        with pytest.raises(ModelError, match=r"The checkpoint of step 1 is whole[\s\S]*--resume"):
            train(config(save_steps=1))
    assert [path.name for path in (tmp_path / "run" / "checkpoints").iterdir()] == ["checkpoint-1"]


def test_running_out_of_memory_says_what_to_change(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from calltune.train import trainer

    def too_much(*args: Any, **options: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    monkeypatch.setattr(trainer, "batch_loss", too_much)
    with pytest.raises(ModelError, match=r"4 rows at once[\s\S]*--micro-batches 2 and --gradient-checkpointing"):
        train(config())


def test_gradient_checkpointing_changes_nothing_but_the_memory(config: Config, tmp_path: Path) -> None:
    for name, checkpointing in (("a", False), ("b", True)):
        trained(config(out=tmp_path / name, gradient_checkpointing=checkpointing, max_steps=2))
    for number in ("loss", "grad_norm"):
        without, with_it = ([line[number] for line in read_log(tmp_path / name)] for name in "ab")
        assert without == pytest.approx(with_it, rel=1e-5) and min(without) > 0


def test_bfloat16_trains_where_it_is_asked_for(config: Config) -> None:
    options = config(dtype="bfloat16", max_steps=2)
    report, text = trained(options)
    assert report.finished and "in bfloat16" in text
    assert losses(options.out)[0] == pytest.approx(5.98, abs=0.3)


def test_a_loss_that_breaks_stops_the_run(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    from calltune.train import trainer

    monkeypatch.setattr(
        trainer, "batch_loss", lambda model, inputs, head: model(inputs["input_ids"]).logits.sum() * float("nan")
    )
    with pytest.raises(ModelError, match=r"nan at step 1[\s\S]*--learning-rate"):
        train(config())


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"epochs": 0}, ConfigError, "--epochs"),
        ({"data": "missing.jsonl"}, DataError, "missing.jsonl"),
        ({"model": "./missing"}, ModelError, "missing"),
        ({"max_tokens": 4096}, ConfigError, "512"),
        ({"max_tokens": 20}, DataError, "longer than 20 tokens"),
        ({"tools": "missing.json"}, Exception, "missing.json"),
        ({"targets": ("qproj",)}, ConfigError, "q_proj"),
        ({"report_to": ("wandbb",)}, ConfigError, "wandbb"),
        ({"out": Path("/dev/null/run")}, ConfigError, "/dev/null/run"),
    ],
)
def test_what_cannot_work_is_refused_before_the_first_step(
    config: Config, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error) as caught:
        train(config(**options))
    assert words in str(caught.value)


PROGRAM = """
import sys, torch
torch.set_num_threads(1)
from pathlib import Path
from calltune.train import TrainConfig, train
model, data, out, packing = sys.argv[1:]
train(TrainConfig(model=model, data=data, out=Path(out), packing=packing, device="cpu", dtype="float32",
                  rows_per_step=4, epochs=4, save_steps=3, dropout=0.1))
"""


@pytest.mark.slow
@pytest.mark.parametrize("packing", ["prefix", "bfd"])
def test_a_killed_run_resumes_with_the_losses_of_one_that_was_not(
    packing: Any, config: Config, model_folder: Path, write_rows: Callable[..., Path], tmp_path: Path
) -> None:
    data = str(write_rows(conversations(38)))
    same = {"data": data, "packing": packing, "max_steps": None, "epochs": 4, "save_steps": 3, "dropout": 0.1}
    arguments = [str(model_folder), data, str(tmp_path / "killed"), packing]
    killed = subprocess.Popen([sys.executable, "-c", PROGRAM, *arguments], env={**os.environ, "HF_HUB_OFFLINE": "1"})
    whole, _ = trained(config(out=tmp_path / "whole", **same))
    log = tmp_path / "killed" / "log.jsonl"
    while killed.poll() is None and not (log.exists() and log.read_text().count("\n") >= 17):
        time.sleep(0.01)
    killed.kill()
    killed.wait()
    assert not (tmp_path / "killed" / "adapter_model.safetensors").exists(), "the run was over before it was killed"
    # as if the kill had come in the middle of writing one more
    half = tmp_path / "killed" / "checkpoints" / "checkpoint-39"
    half.mkdir()
    (half / "adapter_model.safetensors").write_bytes(b"half")

    resumed, text = trained(config(out=tmp_path / "killed", resume=True, **same))
    assert "checkpoint-39 was not written to its end" in text
    assert resumed.finished and resumed.steps == whole.steps > 20
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")
    adapters = [(tmp_path / name / "adapter_model.safetensors").read_bytes() for name in ("killed", "whole")]
    assert adapters[0] == adapters[1]
