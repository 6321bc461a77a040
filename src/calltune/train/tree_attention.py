"""Attention over a pack without the dense mask: blocks of queries, each with the keys its rows can see and no others.

In: a pack's `subtree_end`. Out: attention for transformers' interface, exact. A dense mask makes a pack of n nodes cost
n^2; here a branch costs the length of its own path. The products are plain batched matrix products, query heads that
share a key head taken as one matrix: on a CPU two to three times as fast as the fused kernel, whose backward pass was
half of a step. The backward pass is written out: most keys of a block are one run of nodes (the shared prompt), whose
gradients are added up in place, where autograd would scatter a copy of them for every block. Covers full attention
and sliding windows without dropout; soft caps and sinks take the dense mask (`tree.attention_inputs`). It does not
decide who uses it: `use_sparse_attention` does, after a numeric trial. Imports torch when it is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import pad, scaled_dot_product_attention

NAME = "calltune_tree"
BLOCK = 256
"""Queries of a block."""
ROUND = 64
"""The keys of a block are filled up to a multiple of this: a kernel is made for every new shape, and few shapes are few
kernels."""


@dataclass(frozen=True, slots=True)
class Block:
    """Queries `start` to `stop` and what they can see."""

    start: int
    stop: int
    run: slice
    """The longest run of nodes each of which is an ancestor of at least one query of the block, or in it."""
    rest: torch.Tensor
    """The other such nodes; at the end fillers that no query sees."""
    bias: torch.Tensor
    """(queries, keys), float32: 0 where the query may attend, minus infinity elsewhere. Keys are the run, then the
    rest."""

    def pick(self, nodes: torch.Tensor) -> torch.Tensor:
        """(heads, nodes, dim) -> (heads, keys, dim)"""
        run = nodes[:, self.run]
        return torch.cat([run, nodes.index_select(1, self.rest)], dim=1) if len(self.rest) else run

    def add(self, picked: torch.Tensor, nodes: torch.Tensor) -> None:
        """Add (heads, keys, dim) to the (heads, nodes, dim) where `pick` takes them from."""
        size = self.run.stop - self.run.start
        nodes[:, self.run] += picked[:, :size]
        if len(self.rest):
            nodes.index_add_(1, self.rest, picked[:, size:])


def plan_blocks(
    subtree_end: torch.Tensor, position_ids: torch.Tensor, window: int | None = None, *, size: int = BLOCK
) -> tuple[Block, ...]:
    """The blocks of a pack for layers that see `window` tokens back, or all. Shapes: (nodes,)."""
    nodes = len(subtree_end)
    blocks = []
    for start in range(0, nodes, size):
        stop = min(start + size, nodes)
        keys = (subtree_end[:stop] > start).nonzero()[:, 0]
        queries = torch.arange(start, stop, device=keys.device)
        sees = _sees(queries, keys, subtree_end, position_ids, window)
        if window:
            keys = keys[sees.any(dim=0)]
        run, rest = longest_run(keys)
        keys = torch.cat([torch.arange(run.start, run.stop, device=rest.device), rest])
        sees = _sees(queries, keys, subtree_end, position_ids, window)
        fillers = -len(keys) % ROUND
        bias = torch.zeros(sees.shape, device=rest.device).masked_fill(~sees, float("-inf"))
        bias = pad(bias, (0, fillers), value=float("-inf"))
        blocks.append(Block(start=start, stop=stop, run=run, rest=pad(rest, (0, fillers)), bias=bias))
    return tuple(blocks)


def _sees(
    queries: torch.Tensor,
    keys: torch.Tensor,
    subtree_end: torch.Tensor,
    position_ids: torch.Tensor,
    window: int | None,
) -> torch.Tensor:
    """Which key (column) each query (row) may attend to, of some nodes."""
    sees = (keys[None, :] <= queries[:, None]) & (queries[:, None] < subtree_end[keys][None, :])
    return sees & (position_ids[queries][:, None] - position_ids[keys][None, :] < window) if window else sees


def longest_run(keys: torch.Tensor) -> tuple[slice, torch.Tensor]:
    """The longest run of consecutive numbers in an ascending list, and the numbers outside of it.

    >>> longest_run(torch.tensor([0, 1, 5, 6, 7, 9]))
    (slice(5, 8, None), tensor([0, 1, 9]))
    """
    breaks = (keys.diff() != 1).nonzero()[:, 0] + 1
    edges = pad(breaks, (1, 1))
    edges[-1] = len(keys)
    longest = int(edges.diff().argmax())
    start, stop = edges[longest : longest + 2].tolist()
    first = int(keys[start])
    return slice(first, first + stop - start), torch.cat([keys[:start], keys[stop:]])


class BlockAttention(torch.autograd.Function):
    """Softmax attention block by block. Queries (heads, group, nodes, dim), keys and values (heads, nodes, dim).

    The attention weights are computed again in the backward pass: kept, they would be most of a step's memory."""

    @staticmethod
    def forward(
        ctx: Any,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        tree: tuple[Block, ...],
        scaling: float,
    ) -> torch.Tensor:
        out = torch.empty_like(query)
        for block in tree:
            asked = query[:, :, block.start : block.stop]
            share = _shares(block, asked.flatten(1, 2), block.pick(key), asked.shape[1], scaling)
            out[:, :, block.start : block.stop] = torch.bmm(share, block.pick(value)).view_as(asked)
        ctx.save_for_backward(query, key, value)
        ctx.tree, ctx.scaling = tree, scaling
        return out

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        query, key, value = ctx.saved_tensors
        to_query, to_key, to_value = torch.empty_like(query), torch.zeros_like(key), torch.zeros_like(value)
        for block in ctx.tree:
            here = slice(block.start, block.stop)
            asked, back = query[:, :, here].flatten(1, 2), grad[:, :, here].flatten(1, 2)
            keys = block.pick(key)
            share = _shares(block, asked, keys, query.shape[1], ctx.scaling)
            block.add(torch.bmm(share.transpose(1, 2), back), to_value)
            to_share = torch.bmm(back, block.pick(value).transpose(1, 2))
            to_scores = torch.ops.aten._softmax_backward_data(to_share, share, -1, share.dtype).mul_(ctx.scaling)
            to_query[:, :, here] = torch.bmm(to_scores, keys).view_as(to_query[:, :, here])
            block.add(torch.bmm(to_scores.transpose(1, 2), asked), to_key)
        return to_query, to_key, to_value, None, None


def _shares(block: Block, asked: torch.Tensor, keys: torch.Tensor, group: int, scaling: float) -> torch.Tensor:
    """How much of every key a query takes: (heads, group * queries, dim), (heads, keys, dim) -> (heads, ..., keys)."""
    bias = block.bias.to(asked.dtype).repeat(group, 1).expand(len(asked), -1, -1)
    return torch.baddbmm(bias, asked, keys.transpose(1, 2), alpha=scaling).softmax(-1)


def tree_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    tree: Mapping[int | None, tuple[Block, ...]] | None = None,
    sliding_window: int | None = None,
    softcap: float | None = None,
    s_aux: torch.Tensor | None = None,
    **ignored: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' attention interface: query (batch, head, node, dim) -> (batch, node, head, dim).

    `tree` has the blocks of each window that a layer may have. Without it this is plain causal attention."""
    if softcap is not None or s_aux is not None:
        raise ValueError("attention with soft caps or sinks takes the dense mask")
    batch, query_heads, nodes, dim = query.shape
    group = query_heads // key.shape[1]
    if tree is None:
        key, value = key.repeat_interleave(group, dim=1), value.repeat_interleave(group, dim=1)
        causal = attention_mask is None and nodes > 1
        attend = scaled_dot_product_attention
        out = attend(query, key, value, attn_mask=attention_mask, dropout_p=dropout, is_causal=causal, scale=scaling)
        return out.transpose(1, 2), None
    assert not dropout, "attention with dropout takes the dense mask"
    heads = batch * key.shape[1]
    device = query.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else query.dtype
    query = query.to(dtype).reshape(heads, group, nodes, dim)
    key, value = (part.to(dtype).reshape(heads, nodes, dim) for part in (key, value))
    with torch.autocast(device, enabled=False):
        scaling = dim**-0.5 if scaling is None else scaling
        out = BlockAttention.apply(query, key, value, tree[sliding_window], scaling)  # type: ignore[no-untyped-call]
    return out.view(batch, query_heads, nodes, dim).transpose(1, 2), None


def set_tree_attention(model: Any) -> None:
    """Let the model attend through `tree_attention`; its forward pass then takes `tree=plan_blocks(...)`."""
    from transformers import AttentionInterface
    from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

    # No two packs have the same blocks: under torch.compile this would be compiled anew at every step.
    AttentionInterface.register(NAME, torch.compiler.disable(tree_attention))  # type: ignore[no-untyped-call]
    AttentionMaskInterface.register(NAME, sdpa_mask)  # for forward passes without a tree
    model.set_attn_implementation(NAME)
