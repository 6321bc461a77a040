"""The loss of learned tokens from the hidden states before them: logits there and nowhere else, a part at a time.

In: the model's head, hidden states, targets and their weights. Out: the weighted sum of the negative log-likelihood.
With a vocabulary of 150,000 the head costs as much as the layers below it, and its logits more memory. Where the head
is frozen, as under LoRA, the gradient of the hidden states is computed together with the loss, while the logits of a
part are there: two matrix products instead of three, and no logits kept (the idea of Liger's fused loss, Hsu et al.
2024, arXiv:2410.10989). Imports torch when it is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.checkpoint import checkpoint

from calltune.train.tree import TOLERANCE, evaluating

PART = {"cpu": 1 << 24, "cuda": 1 << 28}
"""Logits computed at once: enough rows for a fast matrix product."""
CACHED = 1 << 21
"""Of these, logits turned into probabilities at once in float32: on a CPU they stay in its cache."""
TRIED_TOKENS = 12


@dataclass(frozen=True, kw_only=True)
class Head:
    """How logits come from the last hidden state: `cap * tanh(scale * linear(hidden) / cap)`."""

    linear: Any
    """The module of the product: (..., width) -> (..., vocabulary)."""
    scale: float = 1.0
    cap: float | None = None
    """Bound of the logits (Gemma 2); None: no bound."""

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """(..., width) -> (..., vocabulary), float32."""
        scores = self.linear(hidden).float() * self.scale
        return scores if self.cap is None else self.cap * torch.tanh(scores / self.cap)

    @property
    def frozen(self) -> bool:
        """Whether nothing in the head is trained."""
        return isinstance(self.linear, torch.nn.Linear) and not any(p.requires_grad for p in self.linear.parameters())


def find_head(model: Any) -> Head | None:
    """The model's head, if it gives the model's own logits: tried, not looked up. None for a form it does not know."""
    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    config = base.config.get_text_config()
    scale = getattr(config, "logit_scale", None) or 1 / (getattr(config, "logits_scaling", None) or 1.0)
    cap = getattr(config, "final_logit_softcapping", None)
    parameter = next(base.parameters())
    head = Head(linear=base.get_output_embeddings(), scale=scale, cap=cap)
    with evaluating(model):
        ids = torch.arange(TRIED_TOKENS, device=parameter.device)[None]
        own = model(input_ids=ids, use_cache=False).logits.float()
        try:
            tried = head.logits(base.base_model(input_ids=ids, use_cache=False).last_hidden_state)
        except (TypeError, AttributeError):
            return None
    limit = 0.1 * TOLERANCE[str(parameter.dtype).removeprefix("torch.")]
    same = own.shape == tried.shape and float((own - tried).abs().max()) <= limit * float(own.std())
    return head if same else None


def head_loss(head: Head, hidden: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """The weighted sum of the negative log-likelihood of `targets`.

    Shapes: hidden (pairs, width), targets and weights (pairs,). Where the head learns (rows of added tokens), autograd
    goes through it, and the logits of each part are computed again in the backward pass.
    """
    if head.frozen:
        loss: torch.Tensor = _FrozenHeadLoss.apply(hidden, targets, weights, head)  # type: ignore[no-untyped-call]
        return loss
    size = _rows_of(PART, hidden.device.type, head.linear.weight.shape[0])
    parts = [slice(start, start + size) for start in range(0, len(hidden), size)]
    losses = [checkpoint(_part_loss, head, hidden[p], targets[p], weights[p], use_reentrant=False) for p in parts]
    return torch.stack(losses).sum()


def _rows_of(logits: dict[str, int], device: str, vocabulary: int) -> int:
    return max(logits.get(device, logits["cpu"]) // vocabulary, 1)


def _part_loss(head: Head, hidden: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    losses = torch.nn.functional.cross_entropy(head.logits(hidden), targets, reduction="none")
    return (losses * weights).sum()


class _FrozenHeadLoss(torch.autograd.Function):
    """The loss, with the gradient of the hidden states computed on the way."""

    @staticmethod
    def forward(
        ctx: Any, hidden: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor, head: Head
    ) -> torch.Tensor:
        weight, bias = head.linear.weight, head.linear.bias
        device, vocabulary = hidden.device, len(weight)
        size = min(_rows_of(PART, device.type, vocabulary), max(len(hidden), 1))
        logits = torch.empty(size, vocabulary, dtype=weight.dtype, device=device)  # then their gradients
        inner = size if device.type != "cpu" else min(max(CACHED // vocabulary, 1), size)
        scores, shares = (torch.empty(inner, vocabulary, dtype=torch.float32, device=device) for _ in range(2))
        learns = ctx.needs_input_grad[0]
        to_hidden = torch.empty(hidden.shape, dtype=hidden.dtype, device=device) if learns else None
        losses = torch.empty(len(hidden), dtype=torch.float32, device=device)
        with torch.autocast(device.type, enabled=False):
            for start in range(0, len(hidden), size):
                part = slice(start, min(start + size, len(hidden)))
                rows = logits[: part.stop - start]
                torch.mm(hidden[part].to(weight.dtype), weight.T, out=rows)
                if bias is not None:
                    rows += bias
                for inside in range(0, len(rows), inner):
                    block = rows[inside : inside + inner]
                    at = slice(start + inside, start + inside + len(block))
                    losses[at] = _shares(block, targets[at], head, scores[: len(block)], shares[: len(block)])
                if to_hidden is not None:
                    to_hidden[part] = torch.mm(rows, weight) * weights[part, None].to(weight.dtype)
        ctx.to_hidden = to_hidden
        return (losses * weights).sum()

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        return ctx.to_hidden * grad, None, None, None


def _shares(
    rows: torch.Tensor, targets: torch.Tensor, head: Head, scores: torch.Tensor, shares: torch.Tensor
) -> torch.Tensor:
    """The losses of some rows of logits, which become their gradients: probabilities less 1 at the target.

    Shapes: rows, and the scratch memory scores and shares (rows, vocabulary); targets and the result (rows,)."""
    scores.copy_(rows)
    if head.scale != 1.0:
        scores.mul_(head.scale)
    if head.cap is not None:
        scores.div_(head.cap).tanh_().mul_(head.cap)
    torch.softmax(scores, -1, out=shares)
    normaliser = scores.amax(-1) - shares.amax(-1).log()  # log of the sum of exp(scores)
    losses = normaliser - scores.gather(1, targets[:, None])[:, 0]
    shares.scatter_add_(1, targets[:, None], torch.full_like(targets, -1, dtype=shares.dtype)[:, None])
    if head.cap is not None:  # the derivative of the bound
        shares.mul_(scores.div_(head.cap).square_().neg_().add_(1))
    if head.scale != 1.0:
        shares.mul_(head.scale)
    rows.copy_(shares)
    return losses
