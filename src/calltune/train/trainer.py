"""TRL's `SFTTrainer` with the few methods that packs, our order of rows and safe checkpoints need.

In: rows of token ids and weights on disk. Out: a trained adapter in memory and checkpoints on disk. Imports torch and
TRL when it is imported, because it derives from their class; import it inside functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, Dataset
from trl import SFTTrainer

from calltune.train.checkpoints import mark_complete
from calltune.train.order import Batches, batches_with_rows
from calltune.train.packing import build_pack
from calltune.train.processes import Processes, average_gradients, totals
from calltune.train.tree import attention_inputs, has_plain_head

MOST_LOGITS = 1 << 26
"""Logits held at once where they can be computed in parts: a quarter of a gigabyte in float32."""


def collate_pack(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One pack of the rows. Loss pairs: the logits at `predecessor` predict `target` with `pair_weight`."""
    pack = build_pack([(row["input_ids"], row["weights"]) for row in rows])
    targets = pack.weights.nonzero()[0]
    return {
        "input_ids": torch.as_tensor(pack.ids)[None],  # (1, nodes)
        "position_ids": torch.as_tensor(pack.position_ids)[None],  # (1, nodes)
        "subtree_end": torch.as_tensor(pack.subtree_end),  # (nodes,)
        "predecessor": torch.as_tensor(pack.parent[targets]),  # (pairs,)
        "target": torch.as_tensor(pack.ids[targets]),  # (pairs,)
        "pair_weight": torch.as_tensor(pack.weights[targets]),  # (pairs,)
        "row_tokens": pack.row_tokens,
    }


class PadRows:
    """Pads rows to the longest of the batch."""

    def __init__(self, pad_id: int) -> None:
        self.pad_id = pad_id

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        length = max(len(row["input_ids"]) for row in rows)
        batch = {
            "input_ids": torch.full((len(rows), length), self.pad_id),  # (rows, tokens)
            "labels": torch.full((len(rows), length), -100),  # (rows, tokens)
            "attention_mask": torch.zeros((len(rows), length), dtype=torch.long),  # (rows, tokens)
        }
        for index, row in enumerate(rows):
            size = len(row["input_ids"])
            batch["input_ids"][index, :size] = torch.as_tensor(row["input_ids"])
            batch["labels"][index, :size] = torch.as_tensor(row["labels"])
            batch["attention_mask"][index, :size] = 1
        return batch


class RowTrainer(SFTTrainer):  # type: ignore[misc]  # TRL has no types
    """`SFTTrainer` on rendered rows."""

    def __init__(self, *args: Any, batches: Batches | None, **kwargs: Any) -> None:
        self.batches = batches or Batches(rows=(), epochs=())
        """The batches of the whole run. None leaves them to be planned when TRL has laid the packs end to end."""
        self.seen_tokens = 0
        """Tokens of the rows that this process trained on since its start, prompts and padding-free."""
        self._part = 0
        """Number of the micro-batch in its step."""
        super().__init__(*args, **kwargs)
        if self.args.world_size > 1:
            # no DDP: see `average_gradients`
            self.accelerator.prepare_model = partial(self.accelerator.prepare_model, evaluation_mode=True)
            # TRL gathers its metrics in every forward pass, and not every process has as many: trackers get the first's
            self.accelerator.gather_for_metrics = lambda values, **options: values
        self.plain_head = batches is not None and has_plain_head(self.model)
        self.model_accepts_loss_kwargs = True  # the loss is divided by the weight of the whole step, here and in TRL

    def get_train_dataloader(self) -> Any:
        """The run's batches, dealt out to the processes: to the trainer, the whole run is one epoch of them."""
        rows = _RowsOfBatches(self.train_dataset, self.batches, self.data_collator)
        loader = DataLoader(rows, collate_fn=itemgetter(0), pin_memory=self.args.dataloader_pin_memory)
        return self.accelerator.prepare(loader)

    def epochs_at(self, step: int) -> float:
        """How many times over the data the run has gone after so many steps."""
        batches: int = step * self.args.gradient_accumulation_steps * self.args.world_size
        return self.batches.epochs[min(batches, len(self.batches.epochs)) - 1] if batches else 0.0

    def _get_num_items_in_batch(self, batch_samples: list[dict[str, Any]], device: torch.device) -> Any:
        """The weight of all learned tokens of a step, over its micro-batches and processes."""
        total = torch.tensor(sum(learned_weight(batch) for batch in batch_samples), device=device)
        return self.accelerator.gather(total).sum() if self.args.world_size > 1 else total

    def training_step(self, model: Any, inputs: dict[str, Any], num_items_in_batch: Any = None) -> Any:
        """Forward and backward pass of a batch; after the last one of a step, every process has the step's gradients.

        What is random in it (dropout) depends on the number of the batch in the run: it is the same for any number of
        processes, and after a resume.
        """
        step = self.state.global_step * self.args.gradient_accumulation_steps + self._part
        number = step * self.args.world_size + self.args.process_index
        torch.manual_seed(int(np.random.SeedSequence([self.args.seed, number]).generate_state(1)[0]))
        if inputs:
            loss = super().training_step(model, inputs, num_items_in_batch)
        else:  # a batch that only fills up: see `plan_batches`
            loss = torch.zeros((), device=self.args.device)
        self._part += 1
        if self.accelerator.sync_gradients:
            self._part = 0
            if self.args.world_size > 1:
                average_gradients(p for p in self.model.parameters() if p.requires_grad)
        return loss

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The summed negative log-likelihood of the loss pairs, divided by the weight of the step."""
        if self.model.training:
            self.seen_tokens += count_tokens(inputs)
        if "pair_weight" not in inputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        loss = pack_loss(model, inputs, plain_head=self.plain_head)
        total = inputs["pair_weight"].sum() if num_items_in_batch is None else num_items_in_batch
        loss = loss / torch.as_tensor(total, device=loss.device).clamp(min=1e-9)
        if num_items_in_batch is not None and self.args.average_tokens_across_devices:
            loss = loss * self.accelerator.num_processes
        return (loss, None) if return_outputs else loss

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        # not as Trainer does it: PEFT would ask the Hub for the base model's config at every checkpoint, and save the
        # whole embedding where tokens were added; tokenizer and contract are in the run folder already
        if self.args.should_save:
            self.model.save_pretrained(output_dir, state_dict=state_dict, save_embedding_layers=False)

    def _save_rng_state(self, output_dir: str) -> None:
        if self.args.should_save:  # the others write nothing, and nothing of it is needed: see `training_step`
            super()._save_rng_state(output_dir)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        # past SFTTrainer, which would write a model card into every checkpoint
        super(SFTTrainer, self)._save_checkpoint(model, trial)
        if self.args.should_save:
            mark_complete(Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}")


class _RowsOfBatches(Dataset[Any]):
    """The collated rows of every batch, as a map from its number."""

    def __init__(self, rows: Any, batches: Batches, collate: Callable[[list[Any]], Any]) -> None:
        self.rows, self.batches, self.collate = rows, batches, collate

    def __len__(self) -> int:
        return len(self.batches.rows)

    def __getitem__(self, number: int) -> Any:
        rows = [self.rows[int(row)] for row in self.batches.rows[number]]
        return self.collate(rows) if rows else {}


def learned_weight(batch: dict[str, Any]) -> float:
    """The weight of the learned tokens of a batch."""
    if not batch:
        return 0.0
    return float(batch["pair_weight"].sum() if "pair_weight" in batch else batch["labels"].ne(-100).sum())


def count_tokens(inputs: dict[str, Any]) -> int:
    """Tokens of the rows in a batch: shared prefixes count for every row, padding does not count."""
    if "row_tokens" in inputs:
        return int(inputs["row_tokens"])
    return int(inputs["attention_mask"].sum() if "attention_mask" in inputs else inputs["input_ids"].numel())


def pack_loss(model: Any, inputs: dict[str, Any], *, plain_head: bool = False) -> torch.Tensor:
    """The weighted sum of the negative log-likelihood over a pack's loss pairs. Only there logits are computed.

    `plain_head` (see `tree.has_plain_head`) allows to compute many logits in parts, each again in the backward pass, so
    that a long pack with a large vocabulary needs no more memory than a short one.
    """
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    nodes = {
        "input_ids": inputs["input_ids"],
        "position_ids": inputs["position_ids"],
        **attention_inputs(
            base.config.get_text_config(), inputs["subtree_end"], inputs["position_ids"][0], compute_dtype(model)
        ),
        "use_cache": False,
    }
    head = base.get_output_embeddings()
    part = max(MOST_LOGITS // head.weight.shape[0], 1)
    if plain_head and len(inputs["target"]) > part:
        hidden = base.base_model(**nodes).last_hidden_state[0, inputs["predecessor"]]  # (pairs, width)
        columns = zip(hidden.split(part), inputs["target"].split(part), inputs["pair_weight"].split(part), strict=True)
        parts = [checkpoint(_part_loss, head, *column, use_reentrant=False) for column in columns]
        return torch.stack(parts).sum()
    predecessors, pair = torch.unique(inputs["predecessor"], return_inverse=True)
    logits = model(**nodes, logits_to_keep=predecessors).logits[0]  # (predecessors, vocabulary)
    log_probs = torch.log_softmax(logits.float(), dim=-1)[pair, inputs["target"]]  # (pairs,)
    total: torch.Tensor = (log_probs * inputs["pair_weight"]).sum()
    return -total


def _part_loss(head: Any, hidden: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    losses = torch.nn.functional.cross_entropy(head(hidden).float(), targets, reduction="none")
    return (losses * weights).sum()


def compute_dtype(model: Any) -> torch.dtype:
    """The number format of the attention scores."""
    device = next(model.parameters()).device.type
    if torch.is_autocast_enabled(device):
        return torch.get_autocast_dtype(device)
    dtype: torch.dtype = next(parameter.dtype for parameter in model.parameters() if parameter.is_floating_point())
    return dtype


@torch.no_grad()
def held_out_loss(trainer: RowTrainer, rows: Any, batches: Batches, processes: Processes) -> float:
    """Mean negative log-likelihood of the learned tokens of `rows`, each token counting by its weight. The processes
    share the batches."""
    model = trainer.model
    was_training = model.training
    model.eval()
    total, weight = 0.0, 0.0
    try:
        for numbers in batches_with_rows(batches.rows[processes.rank :: processes.count]):
            batch = trainer._prepare_inputs(trainer.data_collator([rows[int(number)] for number in numbers]))
            with trainer.compute_loss_context_manager():
                total += float(trainer.compute_loss(model, batch, num_items_in_batch=torch.tensor(1.0)))
            weight += learned_weight(batch)
    finally:
        model.train(was_training)
    total, weight = totals(processes, total / processes.count, weight)  # the trainer scales a loss for a mean over them
    return total / weight
