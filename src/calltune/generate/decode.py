"""The decoding loop. In: a model, the prompts of one batch, the prefix they share. Out: the tokens of each row.

Rows are padded on the left; a row that has ended leaves the batch at once, so that one long answer does not keep the
others busy. Greedy output is that of `model.generate`, token for token in float32. No beams, no penalties.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from calltune.generate.shared_prefix import Prefix, attending, shared_attention

Choose = Callable[[torch.Tensor, list[int]], torch.Tensor]
"""Logits (row, vocabulary) and the index of each row -> the next token of each row."""


@dataclass(frozen=True, slots=True)
class Generated:
    """What one row wrote."""

    ids: list[int]
    """Without the token that ended it."""
    stopped: bool
    """The row ended by itself; otherwise it was cut off."""


def greedy(logits: torch.Tensor, rows: list[int]) -> torch.Tensor:
    """The most likely token."""
    return logits.argmax(dim=-1)


def sampler(temperature: float, seed: int) -> Choose:
    """Draws from the softmax at `temperature`. Each row has a generator of its own, so its draws do not depend on its
    batch."""
    generators: dict[int, random.Random] = {}

    def choose(logits: torch.Tensor, rows: list[int]) -> torch.Tensor:
        draws = [generators.setdefault(row, random.Random(f"{seed}/{row}")).random() for row in rows]
        cumulative = torch.softmax(logits.float() / temperature, dim=-1).double().cumsum(dim=-1)
        # Scaled by the sum: rounding leaves it a little beside 1.
        wanted = torch.tensor(draws, dtype=torch.float64, device=logits.device)[:, None] * cumulative[:, -1:]
        return torch.searchsorted(cumulative, wanted, right=True).clamp(max=logits.shape[-1] - 1)[:, 0]

    return choose


def generate_batch(
    model: Any,
    prompts: Sequence[Sequence[int]],
    rows: Sequence[int],
    *,
    prefix: Prefix | None,
    max_new: Sequence[int],
    stop_ids: frozenset[int],
    choose: Choose,
    finished: Callable[[int, Generated], None],
) -> None:
    """Decode `prompts` together; `finished(row, generated)` is called for each as soon as it ends.

    `prefix`: the computed beginning that all prompts have in common, None where nothing is shared. `rows`: what each
    prompt is called by `choose` and `finished`. `max_new`: for each prompt, at least 1.
    """
    with torch.inference_mode(), shared_attention(model) if prefix else nullcontext():
        batch = _Batch(model, prompts, prefix)
        logits = batch.prefill()
        written: list[list[int]] = [[] for _ in prompts]
        active = list(range(len(prompts)))
        while active:
            tokens = choose(logits, [rows[i] for i in active]).tolist()
            staying = []
            for place, (i, token) in enumerate(zip(active, tokens, strict=True)):
                if token not in stop_ids:
                    written[i].append(token)
                if token in stop_ids or len(written[i]) >= max_new[i]:
                    finished(rows[i], Generated(written[i], token in stop_ids))
                else:
                    staying.append(place)
            if staying and len(staying) < len(active):
                batch.keep(staying)
            active = [active[place] for place in staying]
            if active:
                logits = batch.step([tokens[place] for place in staying])


class _Batch:
    """The caches of the rows that are still running."""

    def __init__(self, model: Any, prompts: Sequence[Sequence[int]], prefix: Prefix | None) -> None:
        from transformers import DynamicCache

        self.model = model
        self.device = next(model.parameters()).device
        self.prefix = prefix
        offset = len(prefix.ids) if prefix else 0
        # Beside a shared prefix every layer keeps all its keys: sliding windows are masked by position there.
        self.cache = DynamicCache() if prefix else DynamicCache(config=model.config)
        self.rests = [list(prompt[offset:]) for prompt in prompts]
        longest = max(map(len, self.rests))
        places = [[-1] * (longest - len(rest)) + list(range(offset, offset + len(rest))) for rest in self.rests]
        self.positions = torch.tensor(places, device=self.device)
        """(row, own token): its place in the prompt, -1 for padding."""

    def prefill(self) -> torch.Tensor:
        """Logits of the first token of every row: (row, vocabulary)."""
        longest = self.positions.shape[1]
        # What stands in the padding is never seen; 0 is a token of every vocabulary.
        ids = torch.tensor([[0] * (longest - len(rest)) + rest for rest in self.rests], device=self.device)
        return self._forward(ids, self.positions)

    def step(self, tokens: list[int]) -> torch.Tensor:
        """Append one token to every row; the logits after it: (row, vocabulary)."""
        new = self.positions[:, -1:] + 1
        self.positions = torch.cat([self.positions, new], dim=1)
        return self._forward(torch.tensor(tokens, device=self.device)[:, None], new)

    def keep(self, places: list[int]) -> None:
        """Only these rows go on."""
        index = torch.tensor(places, device=self.device)
        self.cache.batch_select_indices(index)
        self.positions = self.positions[index]

    def _forward(self, ids: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
        inputs: dict[str, Any] = {"input_ids": ids, "position_ids": positions.clamp(min=0)}
        if self.prefix:
            context: AbstractContextManager[None] = attending(self.prefix.layers, positions, self.positions)
        else:
            inputs["attention_mask"] = (self.positions >= 0).long()
            context = nullcontext()
        with context:
            output = self.model(**inputs, past_key_values=self.cache, use_cache=True, logits_to_keep=1)
        logits: torch.Tensor = output.logits[:, -1]
        return logits
