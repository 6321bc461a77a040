"""Attention over a pack without the dense mask: blocks of queries, each with the keys its rows can see and no others.

In: a pack's `subtree_end`. Out: attention for transformers' interface, exact. A dense mask makes a pack of n nodes cost
n^2; here a branch costs the length of its own path. The products are plain batched matrix products, query heads that
share a key head taken as one matrix: on a CPU two to three times as fast as the fused kernel, whose backward pass was
half of a step. Covers full attention; sliding windows, soft caps and sinks take the dense mask
(`tree.attention_inputs`). It does not decide who uses it: `use_tree_attention` does, after a numeric trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

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
    keys: torch.Tensor
    """(keys,) nodes that are an ancestor of at least one query of the block, or in it; at the end fillers that no query
    sees."""
    bias: torch.Tensor
    """(queries, keys), float32: 0 where the query may attend, minus infinity elsewhere."""


def plan_blocks(subtree_end: torch.Tensor, size: int = BLOCK) -> tuple[Block, ...]:
    """The blocks of a pack; `subtree_end` has shape (nodes,)."""
    import torch

    nodes = len(subtree_end)
    blocks = []
    for start in range(0, nodes, size):
        stop = min(start + size, nodes)
        keys = (subtree_end[:stop] > start).nonzero()[:, 0]
        queries = torch.arange(start, stop, device=subtree_end.device)
        sees = (keys[None, :] <= queries[:, None]) & (queries[:, None] < subtree_end[keys][None, :])
        fillers = -len(keys) % ROUND
        keys = torch.nn.functional.pad(keys, (0, fillers))
        sees = torch.nn.functional.pad(sees, (0, fillers))
        bias = torch.zeros(sees.shape, device=sees.device).masked_fill(~sees, float("-inf"))
        blocks.append(Block(start=start, stop=stop, keys=keys, bias=bias))
    return tuple(blocks)


def tree_attention(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    dropout: float = 0.0,
    tree: tuple[Block, ...] | None = None,
    **ignored: Any,
) -> tuple[torch.Tensor, None]:
    """transformers' attention interface: query (batch, head, node, dim) -> (batch, node, head, dim).

    Without a `tree` this is plain causal attention."""
    import torch

    batch, query_heads, nodes, dim = query.shape
    group = query_heads // key.shape[1]
    if tree is None:
        attend = torch.nn.functional.scaled_dot_product_attention
        key, value = key.repeat_interleave(group, dim=1), value.repeat_interleave(group, dim=1)
        causal = attention_mask is None and nodes > 1
        out = attend(query, key, value, attn_mask=attention_mask, dropout_p=dropout, is_causal=causal, scale=scaling)
        return out.transpose(1, 2), None
    scaling = dim**-0.5 if scaling is None else scaling
    heads = batch * key.shape[1]
    query = query.reshape(heads, group, nodes, dim)
    key, value = key.reshape(heads, nodes, dim), value.reshape(heads, nodes, dim)
    parts = []
    for block in tree:
        size = block.stop - block.start
        asked = query[:, :, block.start : block.stop].reshape(heads, group * size, dim)
        bias = block.bias.to(query.dtype).repeat(group, 1).expand(heads, -1, -1)
        scores = torch.baddbmm(bias, asked, key.index_select(1, block.keys).transpose(1, 2), alpha=scaling)
        shares = torch.nn.functional.dropout(scores.softmax(-1), dropout)
        parts.append(torch.bmm(shares, value.index_select(1, block.keys)).view(heads, group, size, dim))
    return torch.cat(parts, dim=2).view(batch, query_heads, nodes, dim).transpose(1, 2), None


def set_tree_attention(model: Any) -> None:
    """Let the model attend through `tree_attention`; its forward pass then takes `tree=plan_blocks(...)`."""
    import torch
    from transformers import AttentionInterface

    # No two packs have the same blocks: under torch.compile this would be compiled anew at every step.
    AttentionInterface.register(NAME, torch.compiler.disable(tree_attention))  # type: ignore[no-untyped-call]
    model.set_attn_implementation(NAME)
