"""What a training run is told. In: a file, flags or Python. Out: one frozen `TrainConfig`, checked as a whole.

Torch-free. What the machine can do (CUDA, bf16, bitsandbytes) is checked where it is used, in `adapter`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from calltune.errors import ConfigError

NOT_PART_OF_THE_RESULT = frozenset(
    {"out", "report_to", "save_steps", "data", "tools", "validation", "max_bad", "micro_batches"}
)
"""Fields that may change when a run is resumed: data and contract are compared by fingerprint, not by path; validation
rows are only measured on; micro-batches are compared together with the processes that have so many each."""


ROWS_PER_STEP = 16
"""Where neither rows nor tokens of a step are given."""


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """Tune a model on conversations with LoRA."""

    data: str
    """Conversations to learn: a .jsonl or .jsonl.gz file, a folder of them, or a Hugging Face dataset name."""
    tools: str | None = None
    """The contract: a JSON or YAML file, or Python functions (module:name). Not needed where rows carry their own."""
    model: str = "base"
    """Model to tune: "base" (the embedded one), a folder, or a Hugging Face name."""
    out: Path = Path("run")
    """Run folder to write."""
    resume: bool = False
    """Go on from the last complete checkpoint in the run folder."""

    validation: str | None = None
    """Conversations to measure the loss on after every epoch; never trained on."""
    validation_share: float = 0.0
    """Or: this share of the data's conversations, chosen by seed, is held out for that."""
    max_bad: float = 0.5
    """Stop when more than this share of the rows is bad; up to it, bad rows only go to quarantine.jsonl."""

    template: Literal["auto", "native", "calltune"] = "auto"
    """Chat template: the model's own, or calltune's; auto takes the model's own where it loses nothing."""
    thinking: Literal["auto", "on", "off"] = "auto"
    """Whether the model's reasoning is part of what is learned."""
    max_tokens: int | None = None
    """Longest row; default: what the model can hold. Longer rows are dropped and listed, never cut."""

    epochs: float = 3.0
    """Times over the data."""
    max_steps: int | None = None
    """Stop after this many steps instead."""
    rows_per_step: int | None = None
    """Rows learned in one optimizer step, by all processes; default: 16, or no limit with --tokens-per-step."""
    tokens_per_step: int | None = None
    """Tokens computed in one optimizer step at most, a shared prompt counted once: as many rows as fit."""
    micro_batches: int = 1
    """Cut a step into this many forward and backward passes (gradient accumulation), in each process: same result,
    less memory."""
    packing: Literal["auto", "prefix", "bfd", "none"] = "auto"
    """prefix: shared prompts are computed once; bfd: rows laid end to end; none: rows padded to the longest."""

    learning_rate: float = 2e-4
    """Peak learning rate."""
    warmup: float = 0.05
    """Steps of warm-up; below 1 it is a share of all steps."""
    schedule: Literal["cosine", "linear", "constant"] = "cosine"
    """What the learning rate does after the warm-up."""

    rank: int = 16
    """Rank of the LoRA matrices."""
    alpha: float | None = None
    """LoRA scale; default: twice the rank."""
    targets: tuple[str, ...] = ("all-linear",)
    """Layers that get a LoRA matrix, by the end of their name, or all-linear."""
    dropout: float = 0.0
    """Dropout in front of the LoRA matrices."""
    rslora: bool = False
    """Scale by alpha / sqrt(rank): for ranks of 64 and more."""
    dora: bool = False
    """Weight-decomposed LoRA: a little better at low rank, about a quarter slower."""

    quantize: Literal["none", "nf4"] = "none"
    """nf4: hold the frozen model in 4 bits (QLoRA). Needs an NVIDIA GPU."""
    gradient_checkpointing: bool = False
    """Compute activations twice instead of keeping them: less memory, about a third slower."""
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    """Number format of the frozen model; auto: bfloat16 where the GPU or the CPU computes in it, float32 elsewhere."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where to compute."""

    seed: int = 0
    """Same seed, same data, same machine: same result."""
    save_steps: int | None = None
    """Steps between checkpoints; default: a tenth of the run, at most 500."""
    report_to: tuple[str, ...] = ()
    """Trackers that transformers knows (wandb, tensorboard, ...); none by default."""

    @property
    def most_rows(self) -> int | None:
        """Rows of an optimizer step at most; None where tokens alone are the limit."""
        return ROWS_PER_STEP if self.rows_per_step is None and self.tokens_per_step is None else self.rows_per_step

    def check(self, processes: int = 1) -> None:
        """Raise `ConfigError` with every option that makes no sense, where so many processes train."""
        faults = [
            f"--{name.replace('_', '-')} must be {rule}, got {getattr(self, name)}"
            for name, rule, fine in (
                ("epochs", "above 0", self.epochs > 0),
                ("max_steps", "at least 1", self.max_steps is None or self.max_steps >= 1),
                ("rows_per_step", "at least 1", self.rows_per_step is None or self.rows_per_step >= 1),
                ("tokens_per_step", "at least 2", self.tokens_per_step is None or self.tokens_per_step >= 2),
                ("micro_batches", "at least 1", self.micro_batches >= 1),
                ("max_tokens", "at least 2", self.max_tokens is None or self.max_tokens >= 2),
                ("learning_rate", "above 0", self.learning_rate > 0),
                ("warmup", "0 or more", self.warmup >= 0),
                ("rank", "at least 1", self.rank >= 1),
                ("alpha", "above 0", self.alpha is None or self.alpha > 0),
                ("dropout", "at least 0 and below 1", 0 <= self.dropout < 1),
                ("save_steps", "at least 1", self.save_steps is None or self.save_steps >= 1),
                ("validation_share", "at least 0 and below 1", 0 <= self.validation_share < 1),
                ("max_bad", "between 0 and 1", 0 <= self.max_bad <= 1),
                ("targets", "at least one name", len(self.targets) > 0),
            )
            if not fine
        ]
        parts, rows = self.micro_batches * processes, self.most_rows
        if parts >= 1 and rows is not None and rows % parts:
            shares = f"--micro-batches {self.micro_batches}" + (f" x {processes} processes" if processes > 1 else "")
            ways = " or ".join(str(way) for way in (rows - rows % parts, rows + -rows % parts) if way)
            faults.append(f"--rows-per-step {rows} must be a multiple of {shares}: {ways}")
        if self.validation and self.validation_share:
            faults.append("give --validation or --validation-share, not both")
        if faults:
            raise ConfigError("the options for training do not fit:", faults=faults)

    def to_json(self) -> dict[str, Any]:
        """Plain data for run.yaml, which is a file for `--config`; `resume` is not a setting of the run."""
        plain = {**dataclasses.asdict(self), "out": str(self.out)}
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
        del plain["resume"]
        return plain

    def differences(self, earlier: dict[str, Any]) -> list[str]:
        """What of `earlier` (a `to_json` of the run to resume) is another value here, one line an option."""
        now = self.to_json()
        return [
            f"{name}: {earlier[name]!r} then, {now[name]!r} now"
            for name in now
            if name not in NOT_PART_OF_THE_RESULT and name in earlier and earlier[name] != now[name]
        ]
