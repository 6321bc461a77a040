"""One contestant of `bench.train_speed`, in a process of its own: a real training run that waits before every step.

In: a job as JSON (argv[1]). Out: a line of JSON a step, {"seconds", "loss", "rows", "rss"}; before each step it waits
for a line on its input, so that contestants can take turns.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from datasets import Dataset
from transformers import Qwen3Config, Qwen3ForCausalLM, TrainerCallback
from trl import SFTConfig, SFTTrainer
from trl.trainer import utils as trl_utils

from calltune.render.source import load_tokenizer, resolve_model
from calltune.train import TrainConfig
from calltune.train.order import Batches
from calltune.train.plan import choose_packing, measure_sharing
from calltune.train.rows import Counts, PreparedRows, RowFile, RowNumbers
from calltune.train.session import batches_of, build_trainer, open_rows, quiet_libraries
from calltune.train.tree import use_sparse_attention, why_not_a_tree

Contestant = Literal["textbook", "trl", "trl learned", "calltune"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a contestant trains on, and how."""

    contestant: Contestant
    rows: str
    """Folder with train.arrow and numbers.npz."""
    tokenizer: str
    dtype: str
    device: str
    model: dict[str, int]
    """Sizes of the model; see `build_model`."""
    rows_per_step: int
    setting: str
    """calltune: "plain" or "checkpointing"; TRL: "padded by 4" rows, or "bfd"."""
    steps: int
    passes: int = 1
    """Passes a step of calltune: they decide which rows a step holds, for TRL as well."""
    only: int | None = None
    """Train on so many rows of the first step only."""
    heaviest: bool = False
    """Take the step with the most tokens first: trials see the memory that the run will need."""
    out: str = field(default_factory=tempfile.mkdtemp)


def build_model(job: Job) -> Any:
    """A random model with the shape of Qwen3."""
    torch.manual_seed(0)
    config = Qwen3Config(tie_word_embeddings=True, max_position_embeddings=32768, **job.model)
    model = Qwen3ForCausalLM(config).to(job.device, getattr(torch, job.dtype))
    model.generation_config.eos_token_id = None
    return model


def load_rows(folder: str) -> RowFile:
    """The rows that `bench.train_speed` prepared."""
    with np.load(Path(folder) / "numbers.npz") as numbers:
        return RowFile(path=Path(folder) / "train.arrow", numbers=RowNumbers(**dict(numbers)))


def our_config(job: Job) -> TrainConfig:
    """The training options of both sides."""
    return TrainConfig(
        data="",
        out=Path(job.out),
        rows_per_step=job.rows_per_step,
        max_steps=job.steps,
        micro_batches=job.passes,
        schedule="constant",
        warmup=0,
        dtype="float32" if job.dtype == "float32" else "bfloat16",
        gradient_checkpointing=job.setting == "checkpointing",
        save_steps=10_000,
    )


def steps_of(job: Job, rows: RowFile) -> list[list[Any]]:
    """The rows of every batch, step by step."""
    batches = batches_of(rows, our_config(job), "prefix", 1, epochs=1, steps=job.steps).rows
    steps = [list(batches[start : start + job.passes]) for start in range(0, len(batches), job.passes)]
    if job.heaviest:
        steps.sort(key=lambda step: -int(rows.numbers.lengths[np.concatenate(step)].sum()))
    return steps


def calltune_trainer(job: Job, tokenizer: Any) -> tuple[Any, str]:
    """calltune as its command builds it, and how it packs."""
    config, rows, model = our_config(job), load_rows(job.rows), build_model(job)
    dataset = open_rows(rows)
    obstacle = why_not_a_tree(model)
    sparse = obstacle is None and use_sparse_attention(model, job.device)
    batches = [batch for step in steps_of(job, rows) for batch in step]
    sharing = measure_sharing(batches, dataset, job.model["hidden_size"])
    choice = choose_packing(config, sharing, obstacle=obstacle, sparse=sparse, fractional=False, device=job.device)
    prepared = PreparedRows(
        train=rows, validation=None, counts=Counts(), contract=None, data_fingerprint="", token_fingerprint=""
    )
    trainer = build_trainer(
        config,
        model=model,
        tokenizer=tokenizer,
        prepared=prepared,
        packing=choice.packing,
        new_tokens=[],
        device=job.device,
        dtype=job.dtype,
        processes=1,
    )
    trainer.batches = Batches(rows=batches, epochs=trainer.batches.epochs)
    return trainer, choice.packing


def trl_trainer(job: Job, tokenizer: Any) -> SFTTrainer:
    """TRL on the rows of the same steps, those of a step sorted by length."""
    from peft import LoraConfig

    config, rows = our_config(job), load_rows(job.rows)
    dataset = open_rows(rows)
    steps = [np.concatenate(step)[: job.only] for step in steps_of(job, rows)]
    order = [int(row) for step in steps for row in sorted(step, key=lambda row: -rows.numbers.lengths[row])]
    columns = [dataset[row] for row in order]
    labels = "input_ids" if job.contestant == "textbook" else "labels"
    table = Dataset.from_dict(
        {
            "input_ids": [row["input_ids"].tolist() for row in columns],
            "labels": [row[labels].tolist() for row in columns],
        }
    )
    a_step = job.only or job.rows_per_step
    packing, longest = job.setting == "bfd", max(int(rows.numbers.lengths[step].max()) for step in steps)
    by = 1 if packing else min(int(job.setting.rpartition(" ")[2]), a_step)
    packs_a_step = -(-int(rows.numbers.lengths[order].sum()) // (longest * job.steps))
    arguments = SFTConfig(
        output_dir=job.out,
        per_device_train_batch_size=by,
        gradient_accumulation_steps=packs_a_step if packing else -(-a_step // by),
        max_steps=job.steps,
        learning_rate=config.learning_rate,
        lr_scheduler_type="constant",
        weight_decay=0.0,
        bf16=job.dtype == "bfloat16",
        use_cpu=job.device == "cpu",
        activation_checkpointing=False,
        train_sampling_strategy="sequential",
        packing=packing,
        packing_strategy="bfd",
        max_length=longest,
        seed=config.seed,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
    )
    if job.contestant == "trl learned":
        # what TRL does on CUDA: only the hidden states before learned tokens go through its head
        trl_utils._use_triton = lambda device: True
    model = build_model(job)
    return SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=table,
        processing_class=tokenizer,
        peft_config=LoraConfig(task_type="CAUSAL_LM", r=16, lora_alpha=32, target_modules="all-linear"),
    )


class TakeTurns(TrainerCallback):
    """Waits for a line before each step, times it, and says what it took."""

    def __init__(self, job: Job, packing: str) -> None:
        self.job, self.packing, self.seconds = job, packing, 0.0

    def on_step_begin(self, *args: Any, **kwargs: Any) -> None:
        if not sys.stdin.readline():
            sys.exit("the bench has gone")
        self.started = time.perf_counter()

    def on_step_end(self, *args: Any, **kwargs: Any) -> None:
        if self.job.device == "cuda":
            torch.cuda.synchronize()
        self.seconds = time.perf_counter() - self.started

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any], **kwargs: Any) -> None:
        if "loss" in logs:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            if self.job.device == "cuda":
                peak = torch.cuda.max_memory_allocated()
            say(seconds=self.seconds, loss=logs["loss"], peak_bytes=peak, packing=self.packing)


def say(**values: Any) -> None:
    """A line for the bench."""
    print(json.dumps(values), file=OUT, flush=True)


def main() -> None:
    """Run the job."""
    job = Job(**json.loads(sys.argv[1]))
    tokenizer = load_tokenizer(resolve_model(job.tokenizer))
    with quiet_libraries():
        if job.contestant == "calltune":
            trainer, packing = calltune_trainer(job, tokenizer)
        else:
            trainer, packing = trl_trainer(job, tokenizer), job.setting
        trainer.add_callback(TakeTurns(job, packing))
        say(ready=True, job=asdict(job))
        trainer.train()


if __name__ == "__main__":
    OUT, sys.stdout = sys.stdout, sys.stderr  # libraries print: only our lines reach the bench
    main()
