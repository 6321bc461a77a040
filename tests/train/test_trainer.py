"""A pack's loss and gradient are those of its rows, on every architecture that takes packs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch")

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calltune.train.tree import use_sparse_attention

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
    from calltune.train.trainer import collate_pack

    return rows_together(model, rows, collate_pack)


def rows_padded(model: Any, rows: Rows) -> Any:
    from calltune.train.trainer import PadRows

    return rows_together(model, rows, PadRows(0))


def rows_together(model: Any, rows: Rows, collate: Callable[..., Any]) -> Any:
    from calltune.train.head import find_head
    from calltune.train.trainer import batch_loss

    batch = collate([{"input_ids": ids, "weights": weights} for ids, weights in rows])
    return batch_loss(model, batch, find_head(model)) / batch["pair_weight"].sum()


def gradients(model: Any, loss: Any) -> dict[str, Any]:
    model.zero_grad()
    loss.backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def assert_same_gradients(expected: dict[str, Any], got: dict[str, Any], *, nothing: float = 1e-3) -> None:
    """Within 1e-5 of their norm; what is less than `nothing` beside the largest number is compared with that."""
    assert expected.keys() == got.keys()
    largest = max(float(g.abs().max()) for g in expected.values())
    for name in expected:
        limit = 1e-5 * max(float(expected[name].norm()), nothing * largest)
        assert float((expected[name] - got[name]).norm()) <= limit, name


@pytest.mark.parametrize("together", [rows_packed, rows_padded])
@pytest.mark.parametrize("kind", TREES)
def test_a_batch_has_the_loss_and_the_gradients_of_its_rows(
    kind: str, together: Callable[..., Any], tiny_model: Callable[..., Any], with_lora: Callable[..., Any]
) -> None:
    model = with_lora(tiny_model(kind))
    apart, batch = rows_apart(model, ROWS), together(model, ROWS)
    assert batch.item() == pytest.approx(apart.item(), rel=1e-6)
    assert_same_gradients(gradients(model, apart), gradients(model, batch))


def test_a_model_that_takes_no_packs_is_trained_on_padded_rows(
    tiny_model: Callable[..., Any], with_lora: Callable[..., Any]
) -> None:
    model = with_lora(tiny_model("mamba"), target_modules=["in_proj", "x_proj"])
    apart, batch = rows_apart(model, ROWS), rows_padded(model, ROWS)
    assert batch.item() == pytest.approx(apart.item(), rel=1e-6)
    assert_same_gradients(gradients(model, apart), gradients(model, batch))


@pytest.mark.parametrize("together", [rows_packed, rows_padded])
def test_a_head_of_unknown_form_computes_its_own_logits(
    together: Callable[..., Any],
    tiny_model: Callable[..., Any],
    with_lora: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from calltune.train import head

    model = with_lora(tiny_model("qwen3"))
    monkeypatch.setattr(head, "find_head", lambda model: None)
    apart, batch = rows_apart(model, ROWS), together(model, ROWS)
    assert batch.item() == pytest.approx(apart.item(), rel=1e-6)
    assert_same_gradients(gradients(model, apart), gradients(model, batch))


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
@given(rows=short_rows, sparse=st.booleans(), random=st.randoms())
def test_any_rows_in_any_order_have_the_same_loss_and_gradients(
    rows: Rows, sparse: bool, random: Any, shared_model: Any
) -> None:
    shared_model.set_attn_implementation("sdpa")
    apart = rows_apart(shared_model, rows)
    expected = gradients(shared_model, apart)
    assert not sparse or use_sparse_attention(shared_model, "cpu")
    random.shuffle(rows)
    packed = rows_packed(shared_model, rows)
    assert packed.item() == pytest.approx(apart.item(), abs=2e-6)
    assert_same_gradients(expected, gradients(shared_model, packed), nothing=0.1)  # rows of one token attend to nothing


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


@pytest.mark.parametrize("collate", ["collate_pack", "PadRows"])
def test_a_run_ends_with_the_adapter_of_trl(
    collate: str, tiny_model: Callable[..., Any], with_lora: Callable[..., Any], tmp_path: Any
) -> None:
    """Four steps over the same rows, ours and those of an unchanged `SFTTrainer` on a padded batch."""
    import torch
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    from calltune.train import trainer as ours
    from calltune.train.order import Batches
    from calltune.train.processes import ALONE
    from calltune.train.session import quiet_libraries

    rows = [row for row in ROWS if set(row[1]) <= {0.0, 1.0}]
    labels = [[i if weight else -100 for i, weight in zip(ids, weights, strict=True)] for ids, weights in rows]
    table = {"input_ids": [ids for ids, _ in rows], "labels": labels}
    options = {"max_steps": 4, "learning_rate": 1e-2, "lr_scheduler_type": "constant", "weight_decay": 0.0}
    options |= {"report_to": "none", "disable_tqdm": True, "save_strategy": "no", "use_cpu": True, "bf16": False}
    options |= {"activation_checkpointing": False, "remove_unused_columns": False, "output_dir": str(tmp_path)}
    with quiet_libraries():
        theirs = SFTTrainer(
            model=with_lora(tiny_model("qwen3")),
            args=SFTConfig(per_device_train_batch_size=len(rows), **options),
            train_dataset=Dataset.from_dict(table),
            processing_class=_tokenizer(),
        )
        mine = ours.RowTrainer(
            batches=Batches(rows=[range(len(rows))] * 4, epochs=[1, 2, 3, 4]),
            model=with_lora(tiny_model("qwen3")),
            args=SFTConfig(per_device_train_batch_size=1, dataset_kwargs={"skip_prepare_dataset": True}, **options),
            data_collator=ours.collate_pack if collate == "collate_pack" else ours.PadRows(0),
            train_dataset=Dataset.from_dict(table | {"weights": [weights for _, weights in rows]}),
            processing_class=_tokenizer(),
        )
        before = {name: p.detach().clone() for name, p in mine.model.named_parameters() if p.requires_grad}
        theirs.train()
        mine.train()
        held_out = ours.held_out_loss(mine, mine.train_dataset, Batches(rows=[[0, 2], [1, 3, 4]], epochs=[0, 1]), ALONE)
    with torch.no_grad():
        assert held_out == pytest.approx(float(rows_apart(mine.model, rows)), rel=1e-5)
    expected, learned = (dict(one.model.state_dict()) for one in (theirs, mine))
    for name, start in before.items():
        got = learned[name]
        assert float((got - start).norm()) > 0.01, "the run learned nothing"
        assert float((got - expected[name]).norm()) <= 1e-4 * float((got - start).norm()), name


def _tokenizer() -> Any:
    """TRL wants one, although the rows are token ids."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({f"w{i}": i for i in range(96)}, unk_token="w0"))
    return PreTrainedTokenizerFast(tokenizer_object=words, eos_token="w1", pad_token="w2")
