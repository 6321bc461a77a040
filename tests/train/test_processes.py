"""Several processes do what one does. They run on the CPU, over the loopback device, with a model of two layers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from calltune.cli import main
from calltune.errors import ConfigError
from calltune.train import TrainConfig, train
from calltune.train.checkpoints import complete_checkpoints
from calltune.train.processes import Processes, find_processes
from calltune.train.run_folder import read_log

from .conftest import conversations

Config = Callable[..., TrainConfig]
TIMEOUT_S = 100
TORCHRUN = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone", "--local-addr", "127.0.0.1"]

PROGRAM = """
import json, os, shutil, signal, sys
from pathlib import Path
from calltune.train import TrainConfig, processes, train
from calltune.train.trainer import RowTrainer

processes._leave = lambda: None  # all runs of this program in one group
stop_at, *runs = map(json.loads, sys.argv[1:])
step = RowTrainer.training_step

def interrupted(self, *args, **kwargs):
    if self.state.global_step == stop_at and os.environ["RANK"] == "1":
        signal.raise_signal(signal.SIGINT)
    return step(self, *args, **kwargs)

for options in runs:
    RowTrainer.training_step = step if options.get("resume") else interrupted
    out = Path(options["out"])
    train(TrainConfig(**{**options, "out": out, "targets": tuple(options["targets"])}))
    if os.environ["RANK"] == "0" and not (out / "adapter_model.safetensors").exists():
        shutil.copytree(out, out.with_name("stopped"))
os._exit(0)  # see calltune.__main__
"""


def start(*arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code, output and errors of a process; one that does not end is asked to, and torchrun then ends its own."""
    try:
        text, errors = process.communicate(timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.communicate(timeout=TIMEOUT_S)
        raise
    return process.returncode, text, errors


def train_in_two(configs: Iterable[TrainConfig], *, stop_at: int = -1) -> None:
    """Each run in two processes; the second is interrupted before step `stop_at`, unless the run resumes. A run that
    stopped is copied to the folder "stopped"."""
    runs = [json.dumps({**config.to_json(), "resume": config.resume}) for config in configs]
    program = Path(json.loads(runs[0])["out"]).parent / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    code, _, errors = ended(start(*TORCHRUN, str(program), str(stop_at), *runs))
    assert code == 0, errors


def numbers(folder: Path) -> list[dict[str, Any]]:
    """The log, without what depends on the clock."""
    return [{name: line[name] for name in line if name != "tokens_per_s"} for line in read_log(folder)]


def assert_same(left: Path, right: Path) -> None:
    from safetensors.numpy import load_file

    assert len(numbers(left)) == len(numbers(right))
    for one, two in zip(numbers(left), numbers(right), strict=True):
        assert one == pytest.approx(two, rel=1e-5)
    adapters = [load_file(folder / "adapter_model.safetensors") for folder in (left, right)]
    assert adapters[0].keys() == adapters[1].keys()
    for name in adapters[0]:
        assert adapters[0][name] == pytest.approx(adapters[1][name], abs=1e-6), name


def test_two_processes_learn_what_one_with_two_micro_batches_learns(config: Config, tmp_path: Path) -> None:
    """With dropout, a validation loss and an odd number of batches: the last step has one that only fills up."""
    same = {"rows_per_step": 8, "epochs": 1, "max_steps": None, "dropout": 0.1, "validation_share": 0.12}
    packings = ("prefix", "none", "bfd")
    train_in_two(config(**same, packing=packing, out=tmp_path / f"two-{packing}") for packing in packings)
    for packing in packings:
        one, two = tmp_path / f"one-{packing}", tmp_path / f"two-{packing}"
        train(config(**same, packing=packing, out=one, micro_batches=2))
        log = read_log(two)
        assert len([line for line in log if "loss" in line]) == 3 and log[2]["epoch"] == 1.0
        assert "validation_loss" in log[-1]
        assert_same(one, two)
        assert not (two / "rows").exists()
    # a filler is in the plans above, or they prove less than they say
    assert json.loads((tmp_path / "two-none" / "data.json").read_text())["rows"] in range(17, 21)


def test_one_interrupted_process_stops_all_after_the_same_step_and_resume_goes_on(
    config: Config, tmp_path: Path
) -> None:
    same = {"max_steps": 6, "dropout": 0.1}
    train(config(**same, out=tmp_path / "whole", micro_batches=2))
    train_in_two([config(**same, out=tmp_path / "two", resume=resume) for resume in (False, True)], stop_at=2)
    stopped = tmp_path / "stopped"
    assert [line["step"] for line in read_log(stopped)] == [1, 2, 3]
    assert complete_checkpoints(stopped / "checkpoints")[-1].name == "checkpoint-3"
    assert_same(tmp_path / "two", tmp_path / "whole")

    with pytest.raises(ConfigError, match="2 then, 1 now"):
        train(config(**same, out=stopped, resume=True))
    train(config(**same, out=stopped, micro_batches=2, resume=True))
    assert_same(stopped, tmp_path / "whole")


def test_a_wrong_option_is_told_once() -> None:
    code, _, errors = ended(start(*TORCHRUN, "-m", "calltune", "train", "--data", "d", "--rows-per-step", "7"))
    assert errors.count("--rows-per-step 7 must be a multiple of --micro-batches 1 x 2 processes: 6 or 8") == 1
    assert code != 0 and "exitcode  : 2" in errors


def test_an_error_of_one_process_ends_all_and_is_told_by_the_first(
    model_folder: Path, write_rows: Callable[..., Path], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    group = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    common = ["-m", "calltune", "train", "--model", str(model_folder), "--device", "cpu", "--out", str(tmp_path / "r")]
    data = (str(write_rows(conversations(6))), "missing.jsonl")
    first, second = (
        start(*common, "--data", data[rank], **group, RANK=str(rank), LOCAL_RANK=str(rank)) for rank in range(2)
    )
    code, _, errors = ended(first)
    assert code == 2 and "process 1: no such file or folder: missing.jsonl" in errors
    second.terminate()  # as a launcher does when one has ended
    code, text, errors = ended(second)
    assert code in (2, -signal.SIGTERM) and "error" not in text + errors


def test_without_a_launcher_there_is_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_processes() == Processes(rank=0, count=1, here=1) and find_processes().command == "calltune"
    monkeypatch.setenv("WORLD_SIZE", "4")
    with pytest.raises(ConfigError, match="RANK, LOCAL_RANK"):
        find_processes()


def test_other_commands_refuse_a_launcher(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in (("WORLD_SIZE", "2"), ("RANK", "0"), ("LOCAL_RANK", "0")):
        monkeypatch.setenv(name, value)
    assert main(["check", "--data", "d"]) == 2
    assert "calltune check runs in one process" in capsys.readouterr().err


def test_several_gpus_without_a_launcher_are_refused_with_both_ways_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from calltune.train import adapter

    monkeypatch.setattr(adapter, "find_device", lambda device: "cuda")
    monkeypatch.setattr("torch.cuda.device_count", lambda: 4)
    with pytest.raises(ConfigError, match=r"CUDA_VISIBLE_DEVICES=0[\s\S]*torchrun --nproc-per-node 4 -m calltune"):
        adapter.resolve_device(TrainConfig(data="d"))
    assert adapter.resolve_device(TrainConfig(data="d"), Processes(count=4, here=4)) == "cuda"
    with pytest.raises(ConfigError, match="8 processes on this machine, 4 GPUs"):
        adapter.resolve_device(TrainConfig(data="d"), Processes(count=8, here=8))
