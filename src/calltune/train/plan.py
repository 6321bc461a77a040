"""What is about to happen, said before it happens. In: prepared rows, a trainer. Out: how rows are packed and why,
steps, and an estimate of time and memory from two batches that are really computed. It changes no weight and no random
state.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from calltune.errors import ConfigError
from calltune.train.config import TrainConfig
from calltune.train.order import batches_with_rows
from calltune.train.packing import build_pack

if TYPE_CHECKING:
    from rich.console import Console

    from calltune.train.rows import PreparedRows
    from calltune.train.trainer import RowTrainer

Packing = Literal["prefix", "bfd", "none"]

ENOUGH_SHARED = 0.3
"""Share of tokens that must be saved before prefix packs are worth their mask."""
LINEAR_COST = 6
"""At a width of h, a token costs a decoder layer about 24 h^2 operations beside attention, and 4 h for every token it
is compared with: as much as LINEAR_COST * h comparisons."""
SAMPLED_BATCHES = 16


@dataclass(frozen=True, kw_only=True)
class PackingChoice:
    """How rows are put together, and the reason."""

    packing: Packing
    reason: str


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Measured on two batches before the training."""

    step_s: float
    """Seconds of one optimizer step."""
    memory_bytes: int
    """Peak memory of the device (of the process, on a CPU), with the optimizer's."""


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """What prefix packs would save, measured on a sample of batches."""

    shared: float
    """Share of the rows' tokens that is computed once instead of again."""
    cost: float
    """Work of the packs in units of the work of the padded batches. Over a dense mask, a large pack may cost more."""


def some_of(batches: Sequence[Any]) -> Sequence[Any]:
    """A sample of the batches, spread over all of them."""
    batches = batches_with_rows(batches)
    return batches[:: max(len(batches) // SAMPLED_BATCHES, 1)]


def measure_sharing(batches: Sequence[Any], dataset: Any, width: int) -> Sharing:
    """Lay out a sample of the batches (row numbers) as packs; `width` is the model's."""
    packed, padded, nodes, tokens = 0, 0, 0, 0
    for batch in some_of(batches):
        rows = [dataset[int(index)] for index in batch]
        pack = build_pack([(row["input_ids"], row["weights"]) for row in rows])
        longest = max(len(row["input_ids"]) for row in rows)
        packed += len(pack) * (LINEAR_COST * width + len(pack))
        padded += len(rows) * longest * (LINEAR_COST * width + longest)
        nodes += len(pack)
        tokens += pack.row_tokens
    return Sharing(shared=1 - nodes / tokens, cost=packed / padded)


def choose_packing(
    config: TrainConfig, sharing: Sharing, *, obstacle: str | None, sparse: bool, fractional: bool, device: str
) -> PackingChoice:
    """Follow the user's choice, or take what computes least. `obstacle`: why this model takes no prefix packs;
    `sparse`: its attention skips what a pack masks; `fractional`: rows weigh tokens differently."""
    if config.packing == "prefix" and obstacle:
        raise ConfigError(f"--packing prefix does not work with this model: {obstacle}.", hint="Type: --packing auto")
    if config.packing == "bfd" and fractional:
        raise ConfigError(
            "--packing bfd can learn a token or not, but these rows weigh tokens differently.",
            hint="Type: --packing prefix",
        )
    if config.packing != "auto":
        return PackingChoice(packing=config.packing, reason="as asked")
    shared = f"{sharing.shared:.0%} of the tokens"
    enough = sharing.shared >= ENOUGH_SHARED
    if obstacle is None and enough and (sparse or sharing.cost < 1):
        return PackingChoice(packing="prefix", reason=f"{shared} are shared prefixes, computed once")
    if sparse and (device == "cpu" or fractional):  # a pack of rows that share nothing is rows without padding
        return PackingChoice(packing="prefix", reason=f"no padding; rows share {shared}")
    if obstacle:
        why = f"no prefix packs: {obstacle}"
    elif not enough:
        why = f"rows share only {shared}"
    else:
        why = f"{shared} are shared, but packs this large cost more attention than that; try more --micro-batches"
    if device == "cuda" and not fractional:
        return PackingChoice(packing="bfd", reason=why)
    # without a kernel for packed rows, attention over a pack costs more than padding rows of like length wastes
    return PackingChoice(packing="none", reason=f"{why}; rows of like length are padded")


def estimate(trainer: RowTrainer, dataset: Any, batches: Sequence[Any], extra_bytes: int) -> Estimate:
    """Compute the longest of `batches` (row numbers) for the memory and a middling one for the time."""
    import torch

    sizes = [sum(len(dataset[int(row)]["input_ids"]) for row in batch) for batch in batches]
    ranked = sorted(range(len(batches)), key=lambda index: sizes[index])
    largest, middle = batches[ranked[-1]], batches[ranked[len(ranked) // 2]]
    cuda = trainer.args.device.type == "cuda"
    with torch.random.fork_rng(devices=[trainer.args.device] if cuda else []):
        if cuda:
            torch.cuda.reset_peak_memory_stats()
        _forward_and_backward(trainer, dataset, largest)
        memory = peak_bytes("cuda" if cuda else "cpu")
        started = time.perf_counter()
        _forward_and_backward(trainer, dataset, middle)
        if cuda:
            torch.cuda.synchronize()
        seconds = time.perf_counter() - started
    return Estimate(step_s=seconds * trainer.args.gradient_accumulation_steps, memory_bytes=memory + extra_bytes)


def _forward_and_backward(trainer: RowTrainer, dataset: Any, batch: Any) -> None:
    seen = trainer.seen_tokens
    inputs = trainer._prepare_inputs(trainer.data_collator([dataset[int(row)] for row in batch]))
    trainer.model.train()
    with trainer.compute_loss_context_manager():
        loss = trainer.compute_loss(trainer.model, inputs)
    loss.backward()
    trainer.model.zero_grad()
    trainer._metrics["train"].clear()
    trainer.seen_tokens = seen


def peak_bytes(device: str) -> int:
    """The most memory that was in use: of the GPU, or of this process."""
    if device == "cuda":
        import torch

        return torch.cuda.max_memory_allocated()
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def show_plan(
    console: Console,
    *,
    prepared: PreparedRows,
    choice: PackingChoice,
    steps: int,
    done: int,
    epochs: float,
    device: str,
    dtype: str,
    processes: int,
    trainable: int,
    parameters: int,
    measured: Estimate,
) -> None:
    """The table before the first step."""
    from rich.table import Table

    counts = prepared.counts
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column()
    held_out = f", {counts.validation_rows:,} held out for validation" if counts.validation_rows else ""
    table.add_row("rows", f"{counts.rows:,} from {counts.conversations:,} conversations{held_out}")
    dropped = [
        f"{number:,} {what}"
        for number, what in (
            (counts.bad, "bad"),
            (counts.too_long, "too long"),
            (counts.unlearnable, "with nothing to learn"),
        )
        if number
    ]
    if dropped:
        table.add_row("left out", f"{', '.join(dropped)}: listed with their reasons in quarantine.jsonl")
    total, learned = counts.tokens.total(), counts.learned.total()
    table.add_row("tokens", f"{total:,} in one epoch: {by_part(counts.tokens)}")
    table.add_row("learned", f"{learned:,} ({learned / total:.1%}): {by_part(counts.learned)}")
    table.add_row("packing", f"{choice.packing} ({choice.reason})")
    where = device if processes == 1 else f"{device}, {processes} processes"
    table.add_row("trained", f"{trainable:,} of {parameters:,} parameters, on {where} in {dtype}")
    already = f", {done:,} of them done" if done else ""
    table.add_row("steps", f"{steps:,} in {epochs:g} epochs{already}")
    remaining = (steps - done) * measured.step_s
    table.add_row(
        "estimate", f"{spell_duration(remaining)}, {measured.memory_bytes / 2**30:.1f} GiB (from two trial batches)"
    )
    console.print(table)


def by_part(parts: Any) -> str:
    """ "schemas 1,000, user 20", the largest first."""
    return ", ".join(f"{part} {number:,}" for part, number in parts.most_common() if number)


def spell_duration(seconds: float) -> str:
    """ "40 seconds", "3 minutes", "2.5 hours": as exact as an estimate can be."""
    if seconds < 90:
        return f"about {max(math.ceil(seconds / 5) * 5, 5)} seconds"
    if seconds < 90 * 60:
        return f"about {seconds / 60:.0f} minutes"
    return f"about {seconds / 3600:.1f} hours"
