"""Attention over a prefix that is stored once for a whole batch.

In: the key/value cache of one prefix (batch 1) and, inside `attending(...)`, the forward passes of a batch whose rows
go on from it. Out: the attention that each row would have computed over its own copy, without that copy: the scores
against the prefix are one matrix product for all rows, the scores against a row's own tokens are added beside them,
and one softmax runs over both. The expanded cache, which `torch.cat` copies at every step, never exists. (The same
idea as cascade or Hydragen attention, arXiv 2402.05099, in plain matrix products, which is what a CPU wants.)

Exact up to rounding: rotary positions are those of the tokens, masks are made from positions (sliding windows too).
Covers models that use transformers' attention interface with full or sliding attention; `LocalEngine` checks a model
once against its own attention and does without sharing where they differ. Not covered: attention sinks, chunked or
linear attention, ALiBi.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import torch

from calltune.generate.batching import common_prefix

NAME = "calltune_shared_prefix"

# Scores of one chunk of queries: at most so many numbers (128 MB in float32).
MAX_SCORES = 1 << 25


Layers = tuple[tuple[torch.Tensor, torch.Tensor], ...]
"""Keys and values by layer, each (1, kv head, prefix token, head dim)."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """Tokens and what every layer computed for them."""

    ids: tuple[int, ...]
    layers: Layers

    def cut(self, length: int) -> Prefix:
        """Its beginning, without a copy."""
        return Prefix(self.ids[:length], tuple((k[:, :, :length], v[:, :, :length]) for k, v in self.layers))

    @property
    def bytes(self) -> int:
        """Of its keys and values, the room in their buffers included."""
        return sum(tensor.untyped_storage().nbytes() for layer in self.layers for tensor in layer)


def compute_prefix(model: Any, ids: Sequence[int], known: Prefix | None = None) -> Prefix:
    """Run `ids` through the model's ordinary attention; the part that `known` begins with is taken from there."""
    from transformers import DynamicCache

    reused = common_prefix(known.ids, ids) if known else 0
    if known and reused == len(ids):
        return known.cut(reused)
    cache = DynamicCache(list(known.cut(reused).layers)) if known and reused else DynamicCache()
    device = next(model.parameters()).device
    with torch.inference_mode():
        positions = torch.arange(reused, len(ids), device=device)[None]
        new = torch.tensor([list(ids[reused:])], device=device)
        model(input_ids=new, position_ids=positions, past_key_values=cache, use_cache=True, logits_to_keep=1)
    return Prefix(tuple(ids), tuple((layer.keys, layer.values) for layer in cache.layers))


@dataclass(frozen=True, slots=True)
class _Pass:
    """What the attention of one forward pass needs beside queries, keys and values."""

    prefix: Layers | None
    """None: the keys given are all there are."""
    query_positions: torch.Tensor
    """(batch, query)"""
    key_positions: torch.Tensor
    """(batch, own token), -1 where it is padding."""
    masks: dict[int | None, torch.Tensor | None] = field(default_factory=dict)

    def mask(self, window: int | None, keys: int) -> torch.Tensor | None:
        """(batch, query, prefix + own token), True where the query may look; None where it may look everywhere. Made
        once for all layers with the same sliding window. `keys`: how many the layer has, the prefix not included."""
        if window not in self.masks:
            if self.prefix is None:
                mask = _mask_alone(self.query_positions, keys, window)
            else:
                mask = _mask(self, self.prefix[0][0].shape[2], window)
            self.masks[window] = None if bool(mask.all()) else mask
        return self.masks[window]


_current: ContextVar[_Pass] = ContextVar("calltune_shared_prefix_pass")


@contextmanager
def shared_attention(model: Any) -> Iterator[None]:
    """The model uses the attention of this module inside the block, and its own again after it."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, _attention)
    config = (model.get_base_model() if hasattr(model, "get_base_model") else model).config
    before = config._attn_implementation
    config._attn_implementation = NAME  # reaches inner configurations; the public setter walks all modules each time
    try:
        yield
    finally:
        config._attn_implementation = before


@contextmanager
def attending(prefix: Layers | None, query_positions: torch.Tensor, key_positions: torch.Tensor) -> Iterator[None]:
    """Forward passes inside the block attend to `prefix` and then to their own tokens; without a prefix to all keys
    that a single row has."""
    token = _current.set(_Pass(prefix, query_positions, key_positions))
    try:
        yield
    finally:
        _current.reset(token)


def _attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    **ignored: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' attention interface: query (batch, head, query, dim) -> (batch, query, head, dim)."""
    now = _current.get()
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    if now.prefix is None:
        return _alone(query, key, value, now.mask(sliding_window, key.shape[2]), scaling, softcap), None
    prefix_keys, prefix_values = now.prefix[int(module.layer_idx)]  # type: ignore[arg-type]
    batch, heads, queries = query.shape[:3]
    width = prefix_keys.shape[2] + key.shape[2]
    chunk = max(1, MAX_SCORES // (batch * heads * width))
    outputs = []
    for start in range(0, queries, chunk):
        part = query[:, :, start : start + chunk]
        mask = now.mask(sliding_window, key.shape[2])
        mask = mask if mask is None else mask[:, start : start + chunk]
        outputs.append(_attend(part * scaling, key, value, prefix_keys[0], prefix_values[0], mask, softcap))
    return torch.cat(outputs, dim=1) if len(outputs) > 1 else outputs[0], None


def _alone(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    mask: torch.Tensor | None,
    scaling: float,
    softcap: float | None,
) -> torch.Tensor:
    """Attention of a single row whose keys lie together: torch's own."""
    if softcap is not None:
        return _attend(query * scaling, key, value, key[0, :, :0], value[0, :, :0], mask, softcap)
    shown = mask if mask is None else mask[:, None]
    grouped = key.shape[1] != query.shape[1]
    output = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, attn_mask=shown, scale=scaling, enable_gqa=grouped
    )
    return output.transpose(1, 2)


def _mask_alone(queries: torch.Tensor, keys: int, window: int | None) -> torch.Tensor:
    """A single row: the keys are the tokens from the first to the last query."""
    places = torch.arange(keys, device=queries.device)[None, None, :]
    own = places <= queries[:, :, None]
    return own if window is None else own & (queries[:, :, None] - places < window)


def _mask(now: _Pass, prefix: int, window: int | None) -> torch.Tensor:
    queries = now.query_positions[:, :, None]
    keys = now.key_positions[:, None, :]
    own = (keys >= 0) & (keys <= queries)
    places = torch.arange(prefix, device=queries.device)[None, None, :]
    before = (places <= queries).expand(own.shape[0], own.shape[1], prefix)
    if window is not None:
        own = own & (queries - keys < window)
        before = before & (queries - places < window)
    return torch.cat([before, own], dim=-1)


def _attend(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    prefix_key: torch.Tensor,
    prefix_value: torch.Tensor,
    mask: torch.Tensor | None,
    softcap: float | None,
) -> torch.Tensor:
    """The queries of all rows, folded into one matrix per kv head, meet the prefix in a single product."""
    batch, heads, queries, dim = query.shape
    kv_heads, prefix = prefix_key.shape[:2]
    group = heads // kv_heads
    grouped = query.reshape(batch, kv_heads, group * queries, dim)
    folded = grouped.transpose(0, 1).reshape(kv_heads, batch * group * queries, dim)
    to_prefix = (folded @ prefix_key.transpose(-1, -2)).view(kv_heads, batch, group * queries, prefix).transpose(0, 1)
    scores = torch.cat([to_prefix, grouped @ key.transpose(-1, -2)], dim=-1)  # (batch, kv head, group * query, token)
    if softcap is not None:
        scores = torch.tanh(scores / softcap) * softcap
    scores = scores.view(batch, kv_heads, group, queries, -1)
    # The smallest number instead of -inf: a query that is padding sees nothing, and must not become NaN.
    if mask is not None:
        scores = scores.masked_fill(~mask[:, None, None], torch.finfo(scores.dtype).min)
    weights = torch.softmax(scores, dim=-1, dtype=torch.float32).to(value.dtype)
    weights = weights.view(batch, kv_heads, group * queries, -1)
    own = weights[..., prefix:] @ value
    folded = weights[..., :prefix].transpose(0, 1).reshape(kv_heads, batch * group * queries, prefix)
    shared = (folded @ prefix_value).view(kv_heads, batch, group * queries, -1).transpose(0, 1)
    return (own + shared).reshape(batch, heads, queries, -1).transpose(1, 2)
