"""A pack computes what its rows compute apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.train.packing import Pack, build_pack, common_prefix

token_ids = st.lists(st.integers(0, 3), min_size=1, max_size=8)
rows = st.lists(
    token_ids.flatmap(
        lambda ids: st.tuples(
            st.just(ids), st.lists(st.sampled_from([0.0, 1.0]), min_size=len(ids) - 1, max_size=len(ids) - 1)
        )
    ).map(lambda row: (row[0], [0.0, *row[1]])),
    min_size=1,
    max_size=8,
)


def path_of(pack: Pack, node: int) -> list[int]:
    path = []
    while node >= 0:
        path.append(node)
        node = int(pack.parent[node])
    return path[::-1]


@given(rows)
def test_every_row_is_a_path_and_nothing_else_is(rows: list[tuple[list[int], list[float]]]) -> None:
    pack = build_pack(rows)
    prefixes = {tuple(ids[: n + 1]) for ids, _ in rows for n in range(len(ids))}
    assert {tuple(int(pack.ids[k]) for k in path_of(pack, node)) for node in range(len(pack))} == prefixes
    assert len(pack) == len(prefixes)


@given(rows)
def test_a_token_attends_to_its_ancestors_and_itself_only(rows: list[tuple[list[int], list[float]]]) -> None:
    pack = build_pack(rows)
    for query in range(len(pack)):
        seen = [key for key in range(len(pack)) if key <= query < pack.subtree_end[key]]
        assert seen == path_of(pack, query)
        assert pack.position_ids[query] == len(seen) - 1


@given(rows)
def test_weights_are_those_of_the_rows_summed(rows: list[tuple[list[int], list[float]]]) -> None:
    pack = build_pack(rows)
    summed: dict[tuple[int, ...], float] = {}
    for ids, weights in rows:
        for n, weight in enumerate(weights):
            summed[tuple(ids[: n + 1])] = summed.get(tuple(ids[: n + 1]), 0) + weight
    for node in range(len(pack)):
        assert pack.weights[node] == summed[tuple(int(pack.ids[k]) for k in path_of(pack, node))]


@given(rows, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[list[int], list[float]]], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = build_pack(rows), build_pack(shuffled)
    for name in ("ids", "parent", "subtree_end", "weights", "position_ids"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_sharing_is_reported() -> None:
    pack = build_pack([([1, 2, 3], [0, 0, 1])] * 4)
    assert (len(pack), pack.rows, pack.row_tokens) == (3, 4, 12)


def test_a_row_whose_first_token_is_learned_is_refused() -> None:
    with pytest.raises(AssertionError, match="no predecessor"):
        build_pack([([1, 2], [1, 0])])


def test_common_prefix_counts_from_the_start() -> None:
    assert common_prefix([1, 2, 3], [1, 2, 4]) == 2
    assert common_prefix([1, 2], [1, 2, 3]) == 2
    assert common_prefix([], [1]) == 0


@settings(max_examples=20, deadline=None)
@given(rows)
def test_the_models_logits_are_those_of_the_rows_apart(rows: list[tuple[list[int], list[float]]]) -> None:
    torch = pytest.importorskip("torch")
    from calltune.train.packing import tree_mask

    model = tiny_model()
    pack = build_pack(rows)
    with torch.inference_mode():
        packed = model(
            input_ids=torch.from_numpy(pack.ids)[None],
            position_ids=torch.from_numpy(pack.position_ids)[None],
            attention_mask=tree_mask(torch.from_numpy(pack.subtree_end)),
        ).logits[0]
        for node in range(len(pack)):
            path = path_of(pack, node)
            apart = model(input_ids=torch.from_numpy(pack.ids[path])[None]).logits[0, -1]
            torch.testing.assert_close(packed[node], apart, atol=1e-5, rtol=1e-4)


_MODELS: list[object] = []


def tiny_model():  # type: ignore[no-untyped-def]
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    if not _MODELS:
        torch.manual_seed(0)
        config = Qwen3Config(
            vocab_size=8,
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=8,
        )
        _MODELS.append(Qwen3ForCausalLM(config).eval())
    return _MODELS[0]
