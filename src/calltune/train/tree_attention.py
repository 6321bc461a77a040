"""Attention over a pack without the dense mask: blocks of queries, each with the keys its rows can see and no others.

In: a pack's `subtree_end`. Out: attention for transformers' interface, exact, in plain SDPA calls. A dense mask makes a
pack of n nodes cost n^2; here a branch costs the length of its own path. On a CPU the step of a long prompt with
16 rows is about twice as fast. Covers full attention; sliding windows, soft caps and sinks take the dense mask
(`tree.attention_inputs`). It does not decide who uses it: `use_tree_attention` does, after a numeric trial.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

NAME = "calltune_tree"
BLOCK = 128
"""Queries of a block. On two cores 128 was 7 % faster than 256."""


@dataclass(frozen=True, slots=True)
class Block:
    """Queries `start` to `stop` and what they can see."""

    start: int
    stop: int
    keys: torch.Tensor
    """(keys,) nodes that are an ancestor of at least one query of the block, or in it."""
    mask: torch.Tensor
    """(queries, keys), True where the query may attend."""


def plan_blocks(subtree_end: torch.Tensor, size: int = BLOCK) -> tuple[Block, ...]:
    """The blocks of a pack; `subtree_end` has shape (nodes,)."""
    import torch

    nodes = len(subtree_end)
    blocks = []
    for start in range(0, nodes, size):
        stop = min(start + size, nodes)
        keys = (subtree_end[:stop] > start).nonzero()[:, 0]
        queries = torch.arange(start, stop, device=subtree_end.device)
        mask = (keys[None, :] <= queries[:, None]) & (queries[:, None] < subtree_end[keys][None, :])
        blocks.append(Block(start=start, stop=stop, keys=keys, mask=mask))
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

    attend = torch.nn.functional.scaled_dot_product_attention
    group = query.shape[1] // key.shape[1]
    if group > 1:
        key, value = key.repeat_interleave(group, dim=1), value.repeat_interleave(group, dim=1)
    if tree is None:
        causal = attention_mask is None and query.shape[2] > 1
        out = attend(query, key, value, attn_mask=attention_mask, dropout_p=dropout, is_causal=causal, scale=scaling)
        return out.transpose(1, 2), None
    parts = [
        attend(
            query[:, :, block.start : block.stop],
            key.index_select(2, block.keys),
            value.index_select(2, block.keys),
            attn_mask=block.mask,
            dropout_p=dropout,
            scale=scaling,
        )
        for block in tree
    ]
    return torch.cat(parts, dim=2).transpose(1, 2), None


def set_tree_attention(model: Any) -> None:
    """Let the model attend through `tree_attention`; its forward pass then takes `tree=plan_blocks(...)`."""
    import torch
    from transformers import AttentionInterface

    # No two packs have the same blocks: under torch.compile this would be compiled anew at every step.
    AttentionInterface.register(NAME, torch.compiler.disable(tree_attention))  # type: ignore[no-untyped-call]
    model.set_attn_implementation(NAME)
