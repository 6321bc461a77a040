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
from peft.tuners.tuners_utils import BaseTunerLayer
from torch.utils.data import DataLoader, Dataset
from trl import SFTTrainer

from calltune.train.checkpoints import mark_complete
from calltune.train.head import Head, find_head, head_loss
from calltune.train.order import Batches, batches_with_rows
from calltune.train.packing import build_pack
from calltune.train.processes import Processes, average_gradients, totals
from calltune.train.tree import attention_inputs


def collate_pack(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One pack of the rows. Loss pairs: the hidden state at `predecessor` predicts `target` with `pair_weight`."""
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
    """Pads rows to the longest of the batch. Its loss pairs index the tokens of the batch laid end to end."""

    def __init__(self, pad_id: int) -> None:
        self.pad_id = pad_id

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
        length = max(len(row["input_ids"]) for row in rows)
        ids = torch.full((len(rows), length), self.pad_id)  # (rows, tokens)
        attention_mask = torch.zeros((len(rows), length), dtype=torch.long)  # (rows, tokens)
        weights = torch.zeros((len(rows), length))  # (rows, tokens)
        for index, row in enumerate(rows):
            size = len(row["input_ids"])
            ids[index, :size] = torch.as_tensor(row["input_ids"])
            attention_mask[index, :size] = 1
            weights[index, 1:size] = torch.as_tensor(row["weights"])[1:]
        targets = weights.flatten().nonzero()[:, 0]
        return {
            "input_ids": ids,
            "attention_mask": attention_mask,
            "predecessor": targets - 1,  # (pairs,)
            "target": ids.flatten()[targets],  # (pairs,)
            "pair_weight": weights.flatten()[targets],  # (pairs,)
            "row_tokens": int(attention_mask.sum()),
        }


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
        self.head = find_head(self.model) if batches is not None else None
        """Where logits are computed at the loss pairs only; None where TRL computes the loss or the head is unknown."""
        for module in self.model.modules():  # autocast does it, and PEFT's own cast would keep a float32 copy a layer
            if isinstance(module, BaseTunerLayer):
                module.cast_input_dtype_enabled = not self.args.bf16
        if self.args.world_size > 1:
            # no DDP: see `average_gradients`
            self.accelerator.prepare_model = partial(self.accelerator.prepare_model, evaluation_mode=True)
            # TRL gathers its metrics in every forward pass, and not every process has as many: trackers get the first's
            self.accelerator.gather_for_metrics = lambda values, **options: values
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
        with self.accelerator.autocast():
            loss = batch_loss(model, inputs, self.head)
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


def batch_loss(model: Any, inputs: dict[str, Any], head: Head | None) -> torch.Tensor:
    """The weighted sum of the negative log-likelihood over the loss pairs of a pack or a padded batch.

    Logits are computed at the pairs only. Without a known `head` (see `find_head`) the model computes them itself, for
    all rows of the batch at every place where one of them is learned.
    """
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    nodes = {"input_ids": inputs["input_ids"], "use_cache": False}
    if "subtree_end" in inputs:
        config, position_ids = base.config.get_text_config(), inputs["position_ids"]
        tree = attention_inputs(config, inputs["subtree_end"], position_ids[0], compute_dtype(model))
        nodes |= {"position_ids": position_ids, **tree}
    else:
        nodes["attention_mask"] = inputs["attention_mask"]
    if head is not None:
        hidden = base.base_model(**nodes).last_hidden_state.flatten(0, 1)[inputs["predecessor"]]  # (pairs, width)
        return head_loss(head, hidden, inputs["target"], inputs["pair_weight"])
    length = nodes["input_ids"].shape[1]
    columns, at = torch.unique(inputs["predecessor"] % length, return_inverse=True)
    kept = model(**nodes, logits_to_keep=columns).logits  # (rows, columns, vocabulary)
    logits = kept[inputs["predecessor"] // length, at]  # (pairs, vocabulary)
    losses = torch.nn.functional.cross_entropy(logits.float(), inputs["target"], reduction="none")
    total: torch.Tensor = (losses * inputs["pair_weight"]).sum()
    return total


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
