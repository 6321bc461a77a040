"""Pretraining of the embedded model on prefix-sharing packs; deterministic, resumable, CPU or one GPU.

In: a folder with the tokenizer, a `PretrainConfig`. Out: the same folder with `checkpoint.pt` (to go on from) and, at
the end, bf16 weights. Muon for the matrices and AdamW for the rest: with AdamW alone the loss after five minutes was
twice as high."""

from __future__ import annotations

import copy
import json
import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from calltune.base.corpus import NAME_WEIGHT, Corpus, CorpusConfig
from calltune.base.model import base_config, base_model
from calltune.render.renderer import Renderer

if TYPE_CHECKING:
    import torch
    from transformers import Qwen3ForCausalLM


@dataclass(frozen=True, kw_only=True)
class PretrainConfig:
    """One pretraining run."""

    out: Path
    """Folder with the tokenizer; checkpoint, log and model are written there."""
    steps: int = 4000
    """Optimizer steps."""
    sequences_per_step: int = 4
    """Sequences of `nodes` tokens in a step. This and `nodes` may change when a run goes on: short first, long at the
    end."""
    nodes: int = 1024
    """Token-trie nodes a sequence."""
    muon_lr: float = 0.012
    """Learning rate of the matrices (Muon, Keller Jordan 2024)."""
    adam_lr: float = 0.002
    """Learning rate of embeddings and norms (AdamW)."""
    warmup: int = 60
    """Steps of linear warm-up."""
    cooldown: float = 0.4
    """Last share of the steps in which the rate falls linearly to zero."""
    real: Path | None = None
    """Folder with real conversation files to mix in."""
    ramp: int = 2000
    """Sequences until the invented toolsets have their full size."""
    seed: int = 0
    """Seed of data and initialisation."""
    workers: int = 0
    """Processes that make data; 0 makes it in the training process."""
    width: int = 256
    """Hidden size."""
    layers: int = 6
    """Decoder layers."""
    dtype: Literal["bfloat16", "float32"] = "bfloat16"
    """Numbers of the forward and backward pass; the weights that are updated stay float32."""
    compile: bool = True
    """Fuse the layers with torch.compile: 2x faster on two cores, needs a C++ compiler there."""
    save_every: int = 500
    """Steps between checkpoints."""
    log_every: int = 20
    """Steps between log lines."""
    minutes: float | None = None
    """Stop with a checkpoint after this time; run again to go on."""


def pretrain(config: PretrainConfig) -> bool:
    """Train until `steps` or `minutes`; True when finished, the model then lies in `out`."""
    import torch
    from transformers import AutoTokenizer

    from calltune.train.tree_attention import set_tree_attention

    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(config.out)
    model = base_model(
        base_config(tokenizer, width=config.width, layers=config.layers),
        seed=config.seed,
        attention="flex_attention" if device == "cuda" else "sdpa",
    ).to(device)
    if device != "cuda":
        set_tree_attention(model)
    optimizers = make_optimizers(model, config)
    step = load_checkpoint(config.out, model, optimizers)
    corpus = Corpus(
        CorpusConfig(seed=config.seed, nodes=config.nodes, real=config.real, ramp=config.ramp),
        Renderer(tokenizer, template="calltune"),
    )
    working = copy.deepcopy(model).to(getattr(torch, config.dtype))
    body = torch.compile(working.model) if config.compile else working.model
    started, seen = time.monotonic(), 0
    losses: list[torch.Tensor] = []
    name_losses: list[torch.Tensor] = []
    for batch in batches(corpus, config, step):
        set_rates(optimizers, rate_at(step, config))
        batch = {name: value.to(device, non_blocking=True) for name, value in batch.items()}
        copy_weights(model, working)
        loss, call_loss, name_loss = pack_loss(working, body, batch)
        loss.backward()  # type: ignore[no-untyped-call]  # torch has no type here
        take_gradients(working, model)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        losses.append(call_loss)
        name_losses.append(name_loss)
        seen += batch["ids"].numel()
        step += 1
        if step % config.log_every == 0:
            elapsed = time.monotonic() - started
            record = {
                "step": step,
                "loss": round(torch.stack(losses).mean().item(), 4),
                "name_loss": round(torch.stack(name_losses).mean().item(), 4),
                "nodes_per_s": round(seen / elapsed),
                "elapsed_s": round(elapsed, 1),
            }
            losses.clear()
            name_losses.clear()
            print(json.dumps(record), flush=True)
            with (config.out / "pretrain.jsonl").open("a") as log:
                log.write(json.dumps(record) + "\n")
        out_of_time = config.minutes is not None and time.monotonic() - started > config.minutes * 60
        if step % config.save_every == 0 or step == config.steps or out_of_time:
            save_checkpoint(config, model, optimizers, step)
        if out_of_time and step < config.steps:
            print(f"stopped at step {step} of {config.steps}; run the same command to go on", flush=True)
            return False
    export(model, tokenizer, config.out)
    return True


def pack_loss(
    model: Qwen3ForCausalLM, body: Any, batch: dict[str, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Weighted mean cross-entropy over the loss pairs (parent -> token); for the log, the mean over the tokens of calls
    and over those of the names in them."""
    import torch

    from calltune.train.tree import attention_inputs

    batch = end_to_end(batch)
    hidden = body(
        input_ids=batch["ids"].long(),
        position_ids=batch["position_ids"].long(),
        **attention_inputs(model.config, batch["subtree_end"][0], batch["position_ids"][0], model.dtype),
        use_cache=False,
    ).last_hidden_state
    at, target = (batch["weights"] > 0).nonzero(as_tuple=True)
    logits = model.lm_head(hidden[at, batch["parent"][at, target].long()])
    nll = torch.nn.functional.cross_entropy(logits.float(), batch["ids"][at, target].long(), reduction="none")
    weights = batch["weights"][at, target]
    seen = nll.detach()
    means = [(seen * part).sum() / part.sum().clamp(min=1) for part in (weights >= 0.5, weights >= NAME_WEIGHT)]
    return (nll * weights).sum() / weights.sum(), means[0], means[1]


def copy_weights(model: Qwen3ForCausalLM, working: Qwen3ForCausalLM) -> None:
    """The float32 weights into the model that computes."""
    import torch

    with torch.no_grad():
        for source, target in zip(model.parameters(), working.parameters(), strict=True):
            target.copy_(source)


def take_gradients(working: Qwen3ForCausalLM, model: Qwen3ForCausalLM) -> None:
    """The gradients of the model that computes to the float32 weights."""
    for source, target in zip(working.parameters(), model.parameters(), strict=True):
        target.grad = None if source.grad is None else source.grad.to(target.dtype)
        source.grad = None


def end_to_end(batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The sequences of a batch as one long sequence: packs stand side by side and do not see each other."""
    import torch

    rows, nodes = batch["ids"].shape
    offset = (torch.arange(rows, device=batch["ids"].device) * nodes)[:, None]
    moved = {
        "parent": torch.where(batch["parent"] < 0, -1, batch["parent"] + offset),
        "subtree_end": batch["subtree_end"] + offset,
    }
    return {name: value.reshape(1, -1) for name, value in {**batch, **moved}.items()}


def batches(corpus: Corpus, config: PretrainConfig, step: int) -> Iterator[dict[str, torch.Tensor]]:
    """One batch a step from `step` on: arrays of shape (sequences_per_step, nodes)."""
    import torch
    from torch.utils.data import DataLoader, Dataset

    class Sequences(Dataset[Any]):
        def __len__(self) -> int:
            return config.steps * config.sequences_per_step

        def __getitem__(self, index: int) -> Any:
            return {name: torch.from_numpy(value) for name, value in corpus.sequence(index).items()}

    sequences = Sequences()
    yield from DataLoader(
        sequences,
        sampler=range(step * config.sequences_per_step, len(sequences)),
        batch_size=config.sequences_per_step,
        num_workers=config.workers,
        prefetch_factor=8 if config.workers else None,
        pin_memory=torch.cuda.is_available(),
    )


def make_optimizers(model: Qwen3ForCausalLM, config: PretrainConfig) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for embeddings and norms."""
    import torch

    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed" not in name]
    rest = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed" in name]
    return [
        torch.optim.Muon(matrices, lr=config.muon_lr, momentum=0.95, nesterov=True, weight_decay=0.01),
        torch.optim.AdamW(rest, lr=config.adam_lr, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def rate_at(step: int, config: PretrainConfig) -> float:
    """Share of the full learning rate: warm-up, plateau, linear cool-down."""
    left = (config.steps - step) / max(config.steps * config.cooldown, 1)
    return min(1.0, (step + 1) / max(config.warmup, 1), left)


def set_rates(optimizers: list[torch.optim.Optimizer], share: float) -> None:
    """Scale every group's learning rate by `share` of its initial one."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group.setdefault("initial_lr", group["lr"])
            group["lr"] = group["initial_lr"] * share


def save_checkpoint(
    config: PretrainConfig, model: Qwen3ForCausalLM, optimizers: list[torch.optim.Optimizer], step: int
) -> None:
    """Everything needed to go on, written whole or not at all."""
    import torch

    state = {
        "step": step,
        "model": model.state_dict(),
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "config": {name: str(value) for name, value in asdict(config).items()},
    }
    temporary = config.out / "checkpoint.pt.part"
    torch.save(state, temporary)
    os.replace(temporary, config.out / "checkpoint.pt")


def load_checkpoint(out: Path, model: Qwen3ForCausalLM, optimizers: list[torch.optim.Optimizer]) -> int:
    """The step to go on from; 0 where there is no checkpoint."""
    import torch

    path = out / "checkpoint.pt"
    if not path.exists():
        return 0
    state = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
        rates = [group["lr"] for group in optimizer.param_groups]  # those asked for, not those of the earlier run
        optimizer.load_state_dict(saved)
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["initial_lr"] = rate
    return int(state["step"])


def export(model: Qwen3ForCausalLM, tokenizer: Any, out: Path) -> None:
    """bf16 weights, config and tokenizer with its chat template, as `AutoModelForCausalLM` reads them."""
    import torch

    model.to(torch.bfloat16).save_pretrained(out)
    tokenizer.save_pretrained(out)
