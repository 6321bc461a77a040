"""Attention block by block is the attention over the dense mask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("torch")

import torch

from calltune.train.packing import build_pack, tree_mask
from calltune.train.tree import flex_mask, use_sparse_attention, why_not_a_tree
from calltune.train.tree_attention import NAME, ROUND, plan_blocks, tree_attention

rows = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=9), min_size=1, max_size=6)


windows = st.one_of(st.none(), st.integers(1, 6))


@given(rows, windows, st.integers(1, 7))
def test_blocks_see_what_the_mask_allows(rows: list[list[int]], window: int | None, size: int) -> None:
    pack = build_pack([(row, [0.0] * len(row)) for row in rows])
    subtree_end, positions = torch.as_tensor(pack.subtree_end), torch.as_tensor(pack.position_ids)
    seen = torch.zeros(len(subtree_end), len(subtree_end), dtype=torch.bool)
    for block in plan_blocks(subtree_end, positions, window, size=size):
        sees = block.bias == 0
        keys = block.pick(torch.arange(len(subtree_end))[None, :, None])[0, :, 0]
        for key, column in zip(keys, sees.T, strict=True):
            seen[block.start : block.stop, key] |= column
        assert len(keys) < sees.any(dim=0).sum() + ROUND, "keys that no query of the block sees were gathered"
    assert torch.equal(seen, dense_mask(subtree_end, positions, window)[0, 0])


@pytest.mark.parametrize("window", [None, 6])
def test_outputs_and_gradients_are_those_of_the_mask(window: int | None) -> None:
    torch.manual_seed(0)
    stem = list(range(20))
    pack = build_pack([([*stem, 30 + n, 40 + n], [0.0] * 22) for n in range(5)])
    subtree_end, positions = torch.as_tensor(pack.subtree_end), torch.as_tensor(pack.position_ids)
    query = torch.randn(1, 4, len(pack), 8, requires_grad=True)
    key, value = (torch.randn(1, 2, len(pack), 8, requires_grad=True) for _ in range(2))
    tree = {window: plan_blocks(subtree_end, positions, window, size=7)}
    blocks, _ = tree_attention(None, query, key, value, None, tree=tree, sliding_window=window)
    dense, _ = tree_attention(None, query, key, value, dense_mask(subtree_end, positions, window))
    torch.testing.assert_close(blocks, dense)
    upstream = torch.randn_like(dense)
    for one, other in zip(
        torch.autograd.grad(blocks, (query, key, value), upstream),
        torch.autograd.grad(dense, (query, key, value), upstream),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("size", [3, 7, 64])
def test_the_gradient_is_that_of_finite_differences(size: int) -> None:
    torch.manual_seed(0)
    rows = [[1, 2, 3, 4, 5, 6], [1, 2, 3, 7, 8], [1, 2, 9], [10, 11, 12], [10, 11, 13, 14]]
    pack = build_pack([(row, [0.0] * len(row)) for row in rows])
    tree = {None: plan_blocks(torch.as_tensor(pack.subtree_end), torch.as_tensor(pack.position_ids), size=size)}
    query = torch.randn(1, 4, len(pack), 2, dtype=torch.float64, requires_grad=True)
    key, value = (torch.randn(1, 2, len(pack), 2, dtype=torch.float64, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(
        lambda *inputs: tree_attention(None, *inputs, None, tree=tree)[0], (query, key, value)
    )


@pytest.mark.parametrize(
    "kind",
    ["qwen3", "llama", "qwen3 mixture of experts", "mistral, sliding window of 5", "gemma3, sliding window of 5"],
)
def test_plain_decoders_attend_in_blocks_with_the_loss_and_gradients_of_the_mask(
    kind: str, tiny_model: Callable[..., Any], with_lora: Callable[..., Any]
) -> None:
    from calltune.train.head import find_head
    from calltune.train.trainer import batch_loss, collate_pack

    plain = tiny_model(kind)
    model = with_lora(plain)
    head = find_head(model)
    assert head is not None
    rows = [{"input_ids": [*range(3, 13), 20 + n, 21], "weights": [0.0] * 10 + [1.0, 1.0]} for n in range(4)]
    batch = collate_pack(rows)
    found = []
    for _ in range(2):
        model.zero_grad()
        loss = batch_loss(model, batch, head)
        loss.backward()
        found.append((loss.detach(), [p.grad.clone() for p in model.parameters() if p.grad is not None]))
        assert use_sparse_attention(plain, "cpu")
        assert plain.config._attn_implementation == NAME
    torch.testing.assert_close(found[0], found[1], rtol=1e-5, atol=5e-6)


def test_dropout_in_attention_takes_the_mask(tiny_model: Callable[..., Any]) -> None:
    model = tiny_model("qwen3")
    model.config.attention_dropout = 0.1
    assert not use_sparse_attention(model, "cpu")


def test_attention_with_soft_caps_is_left_as_it_is(tiny_model: Callable[..., Any]) -> None:
    model = tiny_model("gemma2, half its layers sliding, soft caps")
    before = model.config._attn_implementation
    assert not use_sparse_attention(model, "cpu")
    assert model.config._attn_implementation == before
    assert why_not_a_tree(model) is None


def dense_mask(subtree_end: torch.Tensor, positions: torch.Tensor, window: int | None) -> torch.Tensor:
    mask = tree_mask(subtree_end)
    return mask & (positions[:, None] - positions[None, :] < window) if window else mask


@given(rows, windows)
def test_the_mask_of_flex_attention_is_the_dense_mask(rows: list[list[int]], window: int | None) -> None:
    from torch.nn.attention.flex_attention import create_mask

    pack = build_pack([(row, [0.0] * len(row)) for row in rows])
    subtree_end, positions = torch.as_tensor(pack.subtree_end), torch.as_tensor(pack.position_ids)
    nodes = len(pack)
    dense = dense_mask(subtree_end, positions, window)
    sees = flex_mask(subtree_end, positions, window).mask_mod
    assert torch.equal(create_mask(sees, None, None, nodes, nodes, device="cpu"), dense)
