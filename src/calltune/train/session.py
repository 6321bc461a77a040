"""Builds the trainer of a run. In: the config, a loaded model, prepared rows. Out: a `RowTrainer` ready to train, on
quiet libraries. It decides nothing: how rows are packed comes from `plan`, what is trained from `adapter`.
"""

from __future__ import annotations

import logging
import math
import os
import warnings
from collections.abc import Callable, Iterator, Sequence, Sized
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from calltune.errors import ConfigError
from calltune.train.adapter import answer_for_bias, lora_config
from calltune.train.checkpoints import KEPT
from calltune.train.config import TrainConfig
from calltune.train.order import Batches, Limits, plan_batches

if TYPE_CHECKING:
    from calltune.train.plan import Packing
    from calltune.train.rows import PreparedRows, RowFile
    from calltune.train.trainer import RowTrainer

SCHEDULES = {"cosine": "cosine", "linear": "linear", "constant": "constant_with_warmup"}
NOT_FOR_THE_USER = (
    r"`is_gradient_checkpointing` is deprecated",  # PEFT 0.21 uses transformers' names from before 5.23
    r"`gradient_checkpointing_enable` is deprecated",
    r"The following (rank|alpha)_pattern keys did not match",  # patterns that PEFT itself makes for mixtures of experts
)
"""Warnings between the libraries that a user of calltune can do nothing about."""
MOST_STEPS_BETWEEN_CHECKPOINTS = 500
WHOLE_PAGES = {"THP_MEM_ALLOC_ENABLE": "1"}
"""What has PyTorch give every tensor of megabytes pages of its own, large ones where the system has them."""


def batches_of(
    rows: RowFile, config: TrainConfig, packing: Packing, processes: int, *, epochs: float, steps: int | None
) -> Batches:
    """The batches of `epochs` times over the rows, or of so many steps."""
    return plan_batches(
        rows.numbers,
        "prefix" if packing == "prefix" else "length",
        limits_of(config, processes),
        seed=config.seed,
        epochs=epochs,
        exactly=steps and steps * config.micro_batches * processes,
        a_step=config.micro_batches * processes,
        multiple_of=processes,
    )


def limits_of(config: TrainConfig, processes: int) -> Limits:
    """What one forward and backward pass may hold."""
    parts = config.micro_batches * processes
    rows, tokens = config.most_rows, config.tokens_per_step
    return Limits(rows=rows and rows // parts, tokens=tokens and tokens // parts)


def open_rows(rows: RowFile) -> Any:
    """The rows as a memory-mapped dataset that gives NumPy arrays."""
    from datasets import Dataset

    return Dataset.from_file(str(rows.path)).with_format("numpy")


def build_trainer(
    config: TrainConfig,
    *,
    model: Any,
    tokenizer: Any,
    prepared: PreparedRows,
    packing: Packing,
    new_tokens: Sequence[int],
    device: str,
    dtype: str,
    processes: int,
) -> RowTrainer:
    """The trainer, with LoRA on the model and the rows in their order."""
    from calltune.train.trainer import PadRows, RowTrainer, collate_pack

    rows = prepared.train
    laid_end_to_end = packing == "bfd"
    pad_id = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    collators: dict[str, Callable[..., Any] | None] = {
        "prefix": collate_pack,
        "none": PadRows(pad_id or 0),
        "bfd": None,
    }
    dataset = open_rows(rows)
    batches = None
    if not laid_end_to_end:
        batches = batches_of(rows, config, packing, processes, epochs=config.epochs, steps=config.max_steps)
    trainer = RowTrainer(
        batches=batches,
        model=model,
        args=_arguments(config, packing=packing, rows=rows, device=device, dtype=dtype, processes=processes),
        data_collator=collators[packing],
        train_dataset=dataset.with_format(None) if laid_end_to_end else dataset,
        processing_class=tokenizer,
        peft_config=lora_config(config, model, new_tokens),
    )
    answer_for_bias(trainer.model)
    if laid_end_to_end:
        trainer.batches = _batches_of_packs(trainer.train_dataset, config, processes)
    steps = planned_steps(config, trainer, processes)
    trainer.args.save_steps = config.save_steps or max(min(-(-steps // 10), MOST_STEPS_BETWEEN_CHECKPOINTS), 1)
    return trainer


def _batches_of_packs(packs: Sized, config: TrainConfig, processes: int) -> Batches:
    return plan_batches(
        packs,
        "each",
        Limits(),
        seed=config.seed,
        epochs=config.epochs,
        exactly=config.max_steps and config.max_steps * config.micro_batches * processes,
        multiple_of=processes,
    )


def planned_steps(config: TrainConfig, trainer: RowTrainer, processes: int) -> int:
    """Optimizer steps of the whole run."""
    return math.ceil(len(trainer.batches.rows) / (config.micro_batches * processes))


def check_trackers(names: Sequence[str]) -> None:
    """Refuse trackers that transformers does not know or that are not installed."""
    from transformers.integrations.integration_utils import get_available_reporting_integrations

    here = get_available_reporting_integrations()
    unknown = [name for name in names if name not in here]
    if unknown:
        raise ConfigError(
            f"--report-to {' '.join(unknown)}: no such tracker is installed.",
            hint=f"Installed: {', '.join(sorted(here)) or 'none'}. The losses are in log.jsonl anyway.",
        )


def _arguments(config: TrainConfig, *, packing: Packing, rows: RowFile, device: str, dtype: str, processes: int) -> Any:
    from trl import SFTConfig

    laid_end_to_end = packing == "bfd"
    limits, lengths = limits_of(config, processes), rows.numbers.lengths
    # a pack laid end to end holds about as many rows as a batch would
    pack_tokens = max(int(lengths.max()), limits.tokens or round(float(lengths.mean()) * (limits.rows or 1)))
    return SFTConfig(
        output_dir=str(config.out / "checkpoints"),
        per_device_train_batch_size=1,  # a pack, or one of our batches
        gradient_accumulation_steps=config.micro_batches,
        num_train_epochs=1.0,  # our batches are those of the whole run
        max_steps=config.max_steps if config.max_steps is not None else -1,
        learning_rate=config.learning_rate,
        lr_scheduler_type=SCHEDULES[config.schedule],
        warmup_steps=config.warmup,
        weight_decay=0.0,
        optim="adamw_torch",
        seed=config.seed,
        data_seed=config.seed,
        bf16=dtype == "bfloat16",
        use_cpu=device == "cpu",
        dataloader_pin_memory=device == "cuda",
        activation_checkpointing=config.gradient_checkpointing,
        packing=laid_end_to_end,
        packing_strategy="bfd",
        max_length=pack_tokens if laid_end_to_end else None,  # TRL's default of 1024 would cut the calls off
        dataset_kwargs=None if laid_end_to_end else {"skip_prepare_dataset": True},
        remove_unused_columns=False,
        router_aux_loss_coef=0.0,  # the router is frozen, and the loss is to be that of the rows alone
        save_strategy="steps",
        save_total_limit=KEPT,
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,  # a loss that breaks must be seen
        report_to=list(config.report_to) or "none",
        disable_tqdm=True,
    )


def take_whole_pages() -> None:
    """Have PyTorch give every large tensor pages of its own. Call this before it takes memory for the first time.

    Otherwise pieces of tensors that are gone lie between those that are kept: a step took up to twice what it needed.
    """
    for name, value in WHOLE_PAGES.items():
        os.environ.setdefault(name, value)


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence the progress bars and log lines of the libraries below: the user follows one progress bar, ours."""
    import datasets
    import transformers

    names = ("trl", "peft", "accelerate", "datasets")
    levels = {name: logging.getLogger(name).level for name in names}
    verbosity = transformers.logging.get_verbosity()
    bars = datasets.are_progress_bars_disabled()
    transformers.logging.set_verbosity_error()
    datasets.disable_progress_bars()
    for name in names:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            for message in NOT_FOR_THE_USER:
                warnings.filterwarnings("ignore", message=message)
            yield
    finally:
        transformers.logging.set_verbosity(verbosity)
        if not bars:
            datasets.enable_progress_bars()
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
