"""A pack's loss and gradient are those of its rows, on every architecture that takes packs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TREES = (
    "qwen3",
    "llama",
    "mistral, sliding window of 5",
    "gemma2, half its layers sliding, soft caps",
    "gemma3, sliding window of 5",
    "qwen3 mixture of experts",
)
Rows = list[tuple[list[int], list[float]]]

STEM = list(range(3, 13))
ROWS: Rows = [
    ([*STEM, 20, 21, 22], [0.0] * 11 + [1.0, 1.0]),
    ([*STEM, 20, 21, 23], [0.0] * 10 + [1.0, 1.0, 1.0]),  # another target after the same prefix
    ([*STEM, 30, 31, 32, 33], [0.0] * 10 + [1.0] * 4),  # a branch begins with a learned token
    ([*STEM, 20], [0.0] * 10 + [1.0]),  # one row a prefix of another
    ([50, 51, 52], [0.0, 1.0, 0.5]),  # shares nothing, weighs tokens differently
    ([*STEM, 20, 21, 22], [0.0] * 11 + [1.0, 1.0]),  # a duplicate
]


def rows_apart(model: Any, rows: Rows) -> Any:
    """The weighted loss of rows computed one by one, in the plainest way."""
    import torch

    total = torch.zeros(())
    for ids, weights in rows:
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, :-1]
        log_probs = torch.log_softmax(logits.float(), -1)[range(len(ids) - 1), ids[1:]]
        total = total - (log_probs * torch.tensor(weights[1:])).sum()
    return total / sum(sum(weights) for _, weights in rows)


def rows_packed(model: Any, rows: Rows) -> Any:
    from calltune.train.trainer import collate_pack, pack_loss

    batch = collate_pack([{"input_ids": ids, "weights": weights} for ids, weights in rows])
    return pack_loss(model, batch) / batch["pair_weight"].sum()


def gradients(model: Any, loss: Any) -> dict[str, Any]:
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("kind", TREES)
def test_a_pack_has_the_loss_and_the_gradients_of_its_rows(
    kind: str, tiny_model: Callable[..., Any], with_lora: Callable[..., Any]
) -> None:
    model = with_lora(tiny_model(kind))
    apart, packed = rows_apart(model, ROWS), rows_packed(model, ROWS)
    assert packed.item() == pytest.approx(apart.item(), rel=1e-6)
    expected, got = gradients(model, apart), gradients(model, packed)
    assert expected.keys() == got.keys()
    largest = max(float(g.abs().max()) for g in expected.values())
    for name in expected:
        assert float((expected[name] - got[name]).norm()) <= 1e-5 * max(float(expected[name].norm()), 1e-3 * largest), (
            name
        )


@pytest.mark.parametrize(("kind", "plain"), [("qwen3", True), ("llama", True), (TREES[3], False)])
def test_logits_computed_in_parts_have_the_same_loss_and_gradients(
    kind: str,
    plain: bool,
    tiny_model: Callable[..., Any],
    with_lora: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from calltune.train import trainer
    from calltune.train.tree import has_plain_head

    rows = [0, 5] if kind == "qwen3" else {"embed_tokens": [0, 5], "lm_head": [0, 5]}
    model = with_lora(tiny_model(kind), **({"trainable_token_indices": rows} if plain else {}))
    assert has_plain_head(model) == plain
    whole = rows_packed(model, ROWS)
    expected = gradients(model, whole)
    monkeypatch.setattr(trainer, "MOST_LOGITS", 4 * 96)
    batch = trainer.collate_pack([{"input_ids": ids, "weights": weights} for ids, weights in ROWS])
    parts = trainer.pack_loss(model, batch, plain_head=plain) / batch["pair_weight"].sum()
    assert parts.item() == pytest.approx(whole.item(), rel=1e-6)
    got = gradients(model, parts)
    assert expected.keys() == got.keys()
    for name in expected:
        assert (expected[name] - got[name]).norm() <= 1e-5 * expected[name].norm() + 1e-7, name


short_rows = st.lists(
    st.lists(st.integers(0, 3), min_size=2, max_size=7).flatmap(
        lambda ids: st.tuples(
            st.just(ids),
            st.lists(st.sampled_from([0.0, 1.0]), min_size=len(ids), max_size=len(ids)).map(
                lambda w: [0.0, *w[1:-1], 1.0]
            ),
        )
    ),
    min_size=1,
    max_size=6,
)


@pytest.fixture(scope="module")
def shared_model() -> Any:
    import torch
    import transformers as hf

    torch.manual_seed(0)
    return hf.AutoModelForCausalLM.from_config(
        hf.Qwen3Config(
            vocab_size=16,
            hidden_size=16,
            intermediate_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=8,
        )
    ).eval()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=short_rows, random=st.randoms())
def test_any_rows_in_any_order_have_the_same_loss(rows: Rows, random: Any, shared_model: Any) -> None:
    import torch

    with torch.no_grad():
        apart = float(rows_apart(shared_model, rows))
        random.shuffle(rows)
        assert float(rows_packed(shared_model, rows)) == pytest.approx(apart, abs=2e-6)


@pytest.mark.parametrize("kind", TREES)
def test_a_model_that_takes_packs_is_recognised(kind: str, tiny_model: Callable[..., Any]) -> None:
    from calltune.train.tree import why_not_a_tree

    assert why_not_a_tree(tiny_model(kind)) is None


def test_a_state_space_model_takes_no_packs_and_the_reason_is_told(tiny_model: Callable[..., Any]) -> None:
    from calltune.train.tree import why_not_a_tree

    assert why_not_a_tree(tiny_model("mamba"))


def test_a_bfloat16_model_is_recognised(tiny_model: Callable[..., Any]) -> None:
    import torch

    from calltune.train.tree import why_not_a_tree

    assert why_not_a_tree(tiny_model("qwen3").to(torch.bfloat16)) is None


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_model_that_ignores_the_mask_takes_no_packs(
    dtype: str, tiny_model: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from calltune.train import tree

    monkeypatch.setattr(tree, "attention_inputs", lambda *columns: {"attention_mask": None})
    reason = tree.why_not_a_tree(tiny_model("qwen3").to(getattr(torch, dtype)))
    assert reason is not None
    assert "do not follow the mask" in reason
