"""What a training run tells at its end: `TrainReport`, for a person, for `--json`, and as exit code. Torch-free."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calltune.train.config import TrainConfig
from calltune.train.run_folder import read_log

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, kw_only=True)
class TrainReport:
    """How a run ended."""

    out: Path
    """The run folder."""
    finished: bool
    """False when it was stopped by Ctrl-C or a signal."""
    steps: int
    """Optimizer steps done, those before a resume included."""
    steps_planned: int
    """Optimizer steps of the whole run."""
    counts: dict[str, Any]
    """Rows and tokens, kept and left out."""
    packing: str
    """prefix, bfd or none."""
    packing_reason: str
    """Why."""
    first_loss: float | None
    """Loss of the first step."""
    last_loss: float | None
    """Mean loss of the last twentieth of the steps."""
    validation_loss: float | None
    """Loss on the rows held out, at the end."""
    time_s: float
    """Seconds of training in this process."""
    tokens_per_s: float
    """Tokens of the rows trained on per second, shared prefixes counted for every row."""
    peak_memory_bytes: int
    """Peak memory of the device; of the process on a CPU."""
    data: str
    """The data it was trained on, for the next command."""
    tools: str | None
    """The contract, for the next command."""
    model: str
    """The model that was tuned, for the next command."""
    command: str = "calltune"
    """How it was started, for the next command: `calltune`, or a launcher of several processes."""

    @property
    def exit_code(self) -> int:
        """1 when the run was stopped before its end."""
        return 0 if self.finished else 1

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {**asdict(self), "out": str(self.out)}

    def show(self, console: Console) -> None:
        """For a person: how it went and what to type next."""
        if not self.finished:
            console.print(f"\nStopped after step {self.steps:,} of {self.steps_planned:,}; a checkpoint is saved.")
            console.print(f"To go on, type:  {self.command} train --config {self.out / 'run.yaml'} --resume")
            return
        losses = "" if self.first_loss is None else f"loss {self.first_loss:.3f} -> {self.last_loss:.3f}"
        held_out = "" if self.validation_loss is None else f", validation {self.validation_loss:.3f}"
        console.print(f"\nDone: {self.steps:,} steps, {losses}{held_out}")
        console.print(
            f"{self.time_s:,.0f} s, {self.tokens_per_s:,.0f} tokens/s, {self.peak_memory_bytes / 2**30:.1f} GiB at most"
        )
        left_out = self.counts["bad"] + self.counts["too_long"] + self.counts["unlearnable"]
        if left_out:
            console.print(f"Rows that were not trained on: {left_out:,}, in {self.out / 'quarantine.jsonl'}")
        console.print(f"The adapter, its contract and the loss curve are in {self.out}")
        run = f"--model {self.out}" + (f" --tools {self.tools}" if self.tools else "")
        console.print(
            f"Next, on rows it has not seen:  calltune eval {run} --data TEST.jsonl --compare {self.model}",
            markup=False,
        )
        console.print(f"Or talk to it:                  calltune chat {run}", markup=False)


def report_of_finished(config: TrainConfig, console: Console) -> TrainReport:
    """`--resume` of a run that has nothing left to do: not an error, so that a restarted job may always say it."""
    console.print(f"The run in {config.out} is finished already; nothing to do.")
    counts = json.loads((config.out / "data.json").read_text(encoding="utf-8"))
    steps = max((line["step"] for line in read_log(config.out)), default=0)
    return TrainReport(
        out=config.out,
        finished=True,
        steps=steps,
        steps_planned=steps,
        counts=counts,
        packing="",
        packing_reason="finished before",
        time_s=0.0,
        tokens_per_s=0.0,
        peak_memory_bytes=0,
        data=config.data,
        tools=config.tools,
        model=config.model,
        **losses_of(config.out),
    )


def losses_of(folder: Path) -> dict[str, Any]:
    """First, last and validation loss, from log.jsonl."""
    log = read_log(folder)
    losses = [line["loss"] for line in log if "loss" in line]
    held_out = [line["validation_loss"] for line in log if "validation_loss" in line]
    last = losses[-max(len(losses) // 20, 1) :]
    return {
        "first_loss": losses[0] if losses else None,
        "last_loss": sum(last) / len(last) if last else None,
        "validation_loss": held_out[-1] if held_out else None,
    }
