"""Logits at learned tokens only, a part at a time, have the loss and the gradients of the whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch")

import torch

from calltune.train import head as heads
from calltune.train.head import Head, find_head, head_loss

PAIRS, WIDTH, VOCABULARY = 23, 8, 40


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "PART", {"cpu": 7 * VOCABULARY})
    monkeypatch.setattr(heads, "CACHED", 3 * VOCABULARY)


def plainly(head: Head, hidden: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    log_probs = torch.log_softmax(head.logits(hidden), -1)
    return -(log_probs[torch.arange(len(targets)), targets] * weights).sum()


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize(
    ("scale", "cap", "bias"), [(1.0, None, False), (0.5, None, True), (1.0, 3.0, False), (2.0, 5.0, True)]
)
def test_the_loss_and_the_gradients_are_the_plain_ones(
    scale: float, cap: float | None, bias: bool, frozen: bool
) -> None:
    torch.manual_seed(0)
    linear = torch.nn.Linear(WIDTH, VOCABULARY, bias=bias)
    linear.requires_grad_(not frozen)
    head = Head(linear=linear, scale=scale, cap=cap)
    assert head.frozen == frozen
    hidden = (4 * torch.randn(PAIRS, WIDTH)).requires_grad_()
    columns = (torch.randint(VOCABULARY, (PAIRS,)), torch.rand(PAIRS))
    learned = [hidden, *(parameter for parameter in linear.parameters() if not frozen)]
    plain, parts = plainly(head, hidden, *columns), head_loss(head, hidden, *columns)
    torch.testing.assert_close(parts, plain, rtol=1e-6, atol=0)
    for one, other in zip(
        torch.autograd.grad(3 * parts, learned), torch.autograd.grad(3 * plain, learned), strict=True
    ):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)


def test_logits_far_apart_lose_nothing() -> None:
    """A target that the model thinks impossible: its probability is 0 in float32, its loss is not infinite."""
    head = Head(linear=torch.nn.Linear(1, 3, bias=False).requires_grad_(False))
    with torch.no_grad():
        head.linear.weight.copy_(torch.tensor([[0.0], [400.0], [-400.0]]))
    hidden = torch.ones(1, 1, requires_grad=True)
    loss = head_loss(head, hidden, torch.tensor([2]), torch.ones(1))
    assert loss.item() == 800
    loss.backward()
    assert hidden.grad is not None and hidden.grad.item() == 800


def test_nothing_is_computed_for_a_gradient_that_nobody_asks_for() -> None:
    head = Head(linear=torch.nn.Linear(WIDTH, VOCABULARY).requires_grad_(False))
    columns = (torch.randn(PAIRS, WIDTH), torch.randint(VOCABULARY, (PAIRS,)), torch.ones(PAIRS))
    loss = head_loss(head, *columns)
    assert not loss.requires_grad
    torch.testing.assert_close(loss, plainly(head, *columns), rtol=1e-6, atol=0)


def test_the_heads_of_models_are_found(tiny_model: Callable[..., Any]) -> None:
    for kind, cap in (("qwen3", None), ("llama", None), ("gemma2, half its layers sliding, soft caps", 30.0)):
        head = find_head(tiny_model(kind))
        assert head is not None and head.cap == cap and head.scale == 1.0, kind


def test_a_head_that_does_something_else_is_not_taken(tiny_model: Callable[..., Any]) -> None:
    model = tiny_model("qwen3")
    model.lm_head.register_forward_hook(lambda module, inputs, output: output)  # still the same
    assert find_head(model) is not None
    plain = model.forward
    model.forward = lambda *args, **options: _doubled(plain(*args, **options))
    assert find_head(model) is None


def _doubled(output: Any) -> Any:
    output.logits = 2 * output.logits
    return output


@pytest.mark.parametrize("tied", [True, False])
def test_a_head_whose_rows_are_trained_has_their_gradients(
    tied: bool, tiny_model: Callable[..., Any], with_lora: Callable[..., Any]
) -> None:
    rows = [0, 5] if tied else {"embed_tokens": [0, 5], "lm_head": [0, 5]}
    model = with_lora(tiny_model("qwen3" if tied else "llama"), trainable_token_indices=rows)
    head = find_head(model)
    assert head is not None and not head.frozen
    hidden = torch.randn(PAIRS, model.config.hidden_size, requires_grad=True)
    columns = (torch.randint(VOCABULARY, (PAIRS,)), torch.rand(PAIRS))
    learned = [hidden, *(p for name, p in model.named_parameters() if "trainable_tokens" in name)]
    assert len(learned) >= 2
    for one, other in zip(
        torch.autograd.grad(head_loss(head, hidden, *columns), learned, allow_unused=True),
        torch.autograd.grad(plainly(head, hidden, *columns), learned, allow_unused=True),
        strict=True,
    ):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)
