"""Rows a second with the shared prompt computed once, beside the same rows padded: the embedded model with LoRA, on the
demo's rows, forward and backward, logits at learned positions only in both. Medians over alternating rounds."""

from __future__ import annotations

import statistics
import time
from typing import Any

import torch
from peft import LoraConfig, get_peft_model

from calltune.contract import Toolset
from calltune.data import Conversation
from calltune.demo.conversations import conversations
from calltune.render.renderer import Renderer
from calltune.render.source import load_model, load_tokenizer, resolve_model
from calltune.train.head import find_head
from calltune.train.trainer import batch_loss, collate_pack
from calltune.train.tree import use_sparse_attention

ROUNDS, ROWS = 3, 16


def padded_loss(model: Any, rows: list[dict[str, Any]]) -> torch.Tensor:
    """The same loss from a padded batch: the plain forward pass."""
    length = max(len(row["input_ids"]) for row in rows)
    ids = torch.zeros((len(rows), length), dtype=torch.long)
    mask = torch.zeros_like(ids)
    weights = torch.zeros((len(rows), length))
    for index, row in enumerate(rows):
        size = len(row["input_ids"])
        ids[index, :size] = torch.tensor(row["input_ids"])
        mask[index, :size] = 1
        weights[index, :size] = torch.tensor(row["weights"])
    decoder = model.get_base_model()
    hidden = decoder.model(input_ids=ids, attention_mask=mask, use_cache=False).last_hidden_state
    at, target = weights.nonzero(as_tuple=True)
    log_probs = torch.log_softmax(decoder.lm_head(hidden[at, target - 1]).float(), -1)
    return -(log_probs[torch.arange(len(at)), ids[at, target]] * weights[at, target]).sum()


def main() -> dict[str, Any]:
    """Print the table; return it."""
    source = resolve_model("base")
    renderer = Renderer(load_tokenizer(source))
    toolset = Toolset.load("calltune.demo.helpdesk")
    rendered = [
        row
        for data in conversations(0, "train", ROWS)
        for row in renderer.render(Conversation.from_json(data, toolset))
    ][:ROWS]
    rows = [{"input_ids": list(row.ids), "weights": list(row.weights)} for row in rendered]
    models = {}
    for name in ("padded", "shared"):
        plain = load_model(source, dtype="float32", device="cpu").train()
        if name == "shared":
            use_sparse_attention(plain, "cpu")
        models[name] = get_peft_model(plain, LoraConfig(target_modules="all-linear"))
    pack = collate_pack(rows)
    seconds: dict[str, list[float]] = {"shared": [], "padded": []}
    losses: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name in seconds:
            start = time.perf_counter()
            model = models[name]
            loss = padded_loss(model, rows) if name == "padded" else batch_loss(model, pack, find_head(model))
            loss.backward()
            model.zero_grad()
            seconds[name].append(time.perf_counter() - start)
            losses[name] = float(loss.detach())
    rate = {name: len(rows) / statistics.median(values) for name, values in seconds.items()}
    print(f"padded  {rate['padded']:6.2f} rows/s   loss {losses['padded']:.4f}")
    print(
        f"shared  {rate['shared']:6.2f} rows/s   loss {losses['shared']:.4f}   {rate['shared'] / rate['padded']:.1f}x"
    )
    return {"rows_per_s": rate, "loss": losses, "ratio": rate["shared"] / rate["padded"]}
