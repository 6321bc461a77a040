"""The decoding loop. In: a model, the rows of one batch, the prefix they share. Out: the rows, each as often as it has
grown.

A pass may carry several tokens of a row: those that the grammar forces, and a draft looked up in the prompt that the
pass then verifies. Rows are padded on the left, and what was fed in vain keeps its place in the cache without being
seen; a row that has ended leaves the batch at once, so that one long answer does not keep the others busy. Greedy
output is that of `model.generate` under the same grammar, token for token in float32. No beams, no penalties.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from calltune.errors import ModelError
from calltune.generate.alone import Alone
from calltune.generate.constraint import Constraint
from calltune.generate.lookup import LONGEST, LONGEST_OF_MANY
from calltune.generate.shared_prefix import Prefix, attending, shared_attention

Draft = Callable[["Row"], list[int]]
"""Tokens that may come next in a row, to be verified; [] for none."""


@dataclass(kw_only=True)
class Row:
    """One completion in progress."""

    number: int
    """What the caller calls it."""
    prompt: Sequence[int]
    most: int
    """Tokens to write at most, 1 or more."""
    start: float = 0.0
    """When its batch began, on the clock of `time.perf_counter`."""
    cached: int = 0
    """Tokens of its prompt that were not computed for it."""
    constraint: Constraint | None = None
    """What may be written; None: anything."""
    written: list[int] = field(default_factory=list)
    """Without the token that ends the turn."""
    stopped: bool = False
    """It ended by itself."""
    done: bool = False
    error: str | None = None
    """Why it was given up."""
    passes: int = 0
    """Forward passes that it took part in, the prompt's included."""
    mask_s: float = 0.0
    """Seconds spent on the grammar."""
    first_s: float = 0.0
    """When its first token was there, on the clock of `time.perf_counter`."""
    pending: list[int] = field(default_factory=list)
    """Written, and not yet fed to the model."""

    def begin(self) -> None:
        """Write what the grammar forces before the model has said anything."""
        if self.constraint is not None:
            forced = self.timed(self.constraint.forced)
            try:
                self.timed(lambda: self.constraint.take(forced))  # type: ignore[union-attr]
            except ModelError as error:
                self.done, self.error = True, str(error)
                return
            self._write(forced, frozenset())

    def write(self, token: int, stop_ids: frozenset[int]) -> list[int]:
        """Write the token that was chosen and what is forced behind it; give back what was written."""
        if token in stop_ids:
            self.stopped = self.done = True
            return []
        new = [token]
        if self.constraint is not None:
            try:
                self.timed(lambda: self._take(new))
            except ModelError as error:
                self.done, self.error = True, str(error)
                return []
        return self._write(new, stop_ids)

    def _take(self, new: list[int]) -> None:
        assert self.constraint is not None
        self.constraint.take(new)
        forced = self.constraint.forced()
        if forced:
            self.constraint.take(forced)
            new += forced

    def _write(self, new: list[int], stop_ids: frozenset[int]) -> list[int]:
        stop = next((place for place, token in enumerate(new) if token in stop_ids), None)
        new = new[:stop]
        room = self.most - len(self.written)
        new = new[:room]
        self.written += new
        if stop is not None and len(new) == stop:
            self.stopped = self.done = True
        elif len(self.written) >= self.most:
            self.done = True
        elif self.constraint is not None and self.constraint.ended:
            self.stopped = self.done = True
        return new

    def timed(self, work: Callable[[], Any]) -> Any:
        """The work, its time put down to the grammar."""
        start = time.perf_counter()
        try:
            return work()
        finally:
            self.mask_s += time.perf_counter() - start

    def allowed(self, logits: torch.Tensor) -> torch.Tensor:
        """Logits (vocabulary) with -inf where the grammar forbids the token."""
        if self.constraint is None:
            return logits
        mask = self.timed(self.constraint.mask)
        bits = np.unpackbits(np.frombuffer(mask, dtype=np.uint8), bitorder="little")[: logits.shape[-1]]
        allowed = torch.from_numpy(bits).to(logits.device).bool()
        return logits.masked_fill(~allowed, float("-inf"))

    def allows(self, token: int) -> bool:
        """Whether the grammar lets this token come next."""
        return self.constraint is None or bool(self.timed(lambda: self.constraint.allows(token)))  # type: ignore[union-attr]


class Greedy:
    """Always the most likely token that is allowed."""

    verifies = True
    """Whether a draft can be verified: what it chooses depends on nothing but the logits."""

    def choose(self, row: Row, logits: torch.Tensor, best: int) -> int:
        """The next token of a row from its logits (vocabulary), of which `best` is the largest."""
        return best if row.allows(best) else int(row.allowed(logits).argmax())


class Sampler:
    """Draws from the softmax at a temperature. Each row has a generator of its own, so that its draws do not depend on
    its batch."""

    verifies = False

    def __init__(self, temperature: float, seed: int) -> None:
        self.temperature = temperature
        self.seed = seed
        self._generators: dict[int, random.Random] = {}

    def choose(self, row: Row, logits: torch.Tensor, best: int) -> int:
        """One draw."""
        generator = self._generators.setdefault(row.number, random.Random(f"{self.seed}/{row.number}"))
        odds = torch.softmax(row.allowed(logits).float() / self.temperature, dim=-1).double().cumsum(dim=-1)
        # Scaled by the sum: rounding leaves it a little beside 1.
        wanted = generator.random() * odds[-1:]
        return int(torch.searchsorted(odds, wanted, right=True).clamp(max=len(odds) - 1))


def decode(
    model: Any,
    rows: Sequence[Row],
    *,
    prefix: Prefix | None,
    stop_ids: frozenset[int],
    chooser: Greedy | Sampler,
    draft: Draft | None = None,
    fast_forward: bool = True,
    kept: Callable[[Prefix], None] | None = None,
) -> Iterator[Row]:
    """Decode `rows` together, and give each back whenever it has grown or ended.

    `prefix`: the computed beginning that all prompts have in common, None where nothing is shared. `fast_forward`:
    forced tokens are fed together; otherwise one a pass, which changes the number of passes and nothing else. `kept`:
    gets all that was computed for a batch of one row, for a conversation that goes on.
    """
    batch: _Batch | Alone
    if prefix is not None and len(rows) == 1:
        batch = Alone(model, rows[0].prompt, prefix, rows[0].most)
    else:
        batch = _Batch(model, [row.prompt for row in rows], prefix)
    for row in rows:
        row.cached = len(prefix.ids) if prefix else 0
        row.begin()
        if row.done:
            yield row
    active = [row for row in rows if not row.done]
    if len(active) < len(rows):
        batch.keep([place for place, row in enumerate(rows) if not row.done])
    feeds = [[*batch.rests[place], *row.written] for place, row in enumerate(rows) if not row.done]
    if not fast_forward:  # the prompt first, then what was forced
        for place, row in enumerate(active):
            row.pending = list(row.written)
            feeds[place] = feeds[place][: len(feeds[place]) - len(row.written)]
    drafts = _guesses(active, draft, chooser)
    while active:
        logits = batch.feed(
            [feed + guess for feed, guess in zip(feeds, drafts, strict=True)], 1 + max(map(len, drafts))
        )
        best = logits.argmax(dim=-1).tolist()
        in_vain, staying = [], []
        for place, row in enumerate(active):
            row.passes += 1
            guess = drafts[place]
            if row.pending:  # more is forced: there is nothing to choose
                accepted, grown = 0, False
            else:
                accepted, grown = _accept(row, logits[place], best[place], guess, chooser, stop_ids, fast_forward)
            in_vain.append(len(guess) - accepted)
            if grown or row.done:
                row.first_s = row.first_s or time.perf_counter()
                yield row
            if not row.done:
                staying.append(place)
        batch.forget(in_vain)
        if not staying and kept is not None and isinstance(batch, Alone):
            kept(batch.whole(active[0].prompt, active[0].written))
        if staying and len(staying) < len(active):
            batch.keep(staying)
        active = [active[place] for place in staying]
        feeds = []
        for row in active:
            step = len(row.pending) if fast_forward else 1
            feeds.append(row.pending[:step])
            row.pending = row.pending[step:]
        drafts = _guesses(active, draft, chooser)


def _guesses(rows: Sequence[Row], draft: Draft | None, chooser: Greedy | Sampler) -> list[list[int]]:
    """A draft for each row."""
    most = LONGEST if len(rows) == 1 else LONGEST_OF_MANY
    return [_guess(row, draft, chooser, most) for row in rows]


def _guess(row: Row, draft: Draft | None, chooser: Greedy | Sampler, most: int) -> list[int]:
    """At most so many tokens that may come next in a row, as far as the grammar has nothing against them."""
    if draft is None or not chooser.verifies or row.pending:
        return []
    guess = draft(row)[: min(most, row.most - len(row.written))]
    if row.constraint is None or not guess:
        return guess
    return guess[: row.timed(lambda: row.constraint.allowed_part(guess))]  # type: ignore[union-attr]


def _accept(
    row: Row,
    logits: torch.Tensor,
    best: Sequence[int],
    guess: Sequence[int],
    chooser: Greedy | Sampler,
    stop_ids: frozenset[int],
    fast_forward: bool,
) -> tuple[int, bool]:
    """Choose after the last known token, and go on along the draft as long as it is what would have been chosen. How
    many tokens of the draft were right, and whether anything was written."""
    at = logits.shape[0] - 1 - len(guess)
    used, grown = 0, False
    while True:
        token = chooser.choose(row, logits[at + used], best[at + used])
        new = row.write(token, stop_ids)
        grown = grown or bool(new)
        right = 0
        while right < len(new) and used + right < len(guess) and guess[used + right] == new[right]:
            right += 1
        used += right
        if right < len(new) or row.done or not new:
            row.pending = list(new[right:])
            return used, grown


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
        self.lengths = [offset] * len(prompts)
        """Tokens of each row that have been fed, the prefix included."""
        self.positions = torch.empty((len(prompts), 0), dtype=torch.long, device=self.device)
        """(row, own token): its place in the row, -1 for padding and for what was fed in vain."""

    def feed(self, tokens: Sequence[Sequence[int]], keep: int) -> torch.Tensor:
        """Append tokens to every row, at least one each; the logits after the last `keep` of them: (row, keep,
        vocabulary)."""
        width = max(map(len, tokens))
        # What stands in the padding is never seen; 0 is a token of every vocabulary.
        ids = torch.tensor([[0] * (width - len(row)) + list(row) for row in tokens], device=self.device)
        places = [
            [-1] * (width - len(row)) + list(range(length, length + len(row)))
            for row, length in zip(tokens, self.lengths, strict=True)
        ]
        new = torch.tensor(places, device=self.device)
        self.positions = torch.cat([self.positions, new], dim=1)
        self.lengths = [length + len(row) for length, row in zip(self.lengths, tokens, strict=True)]
        with torch.inference_mode():
            return self._forward(ids, new, keep)

    def forget(self, counts: Sequence[int]) -> None:
        """The last so many tokens of each row were fed in vain."""
        if not any(counts):
            return
        for place, count in enumerate(counts):
            if count:
                self.positions[place, -count:] = -1
                self.lengths[place] -= count
        if all(counts):  # the end of the cache is seen by nobody
            self.positions = self.positions[:, : -min(counts)]
            self.cache.crop(-min(counts))

    def keep(self, places: list[int]) -> None:
        """Only these rows go on."""
        index = torch.tensor(places, device=self.device)
        if self.positions.shape[1]:
            with torch.inference_mode():
                self.cache.batch_select_indices(index)
        self.positions = self.positions[index]
        self.lengths = [self.lengths[place] for place in places]
        self.rests = [self.rests[place] for place in places]

    def _forward(self, ids: torch.Tensor, new: torch.Tensor, keep: int) -> torch.Tensor:
        inputs: dict[str, Any] = {"input_ids": ids, "position_ids": new.clamp(min=0)}
        contexts: list[AbstractContextManager[None]]
        if self.prefix:
            contexts = [shared_attention(self.model), attending(self.prefix.layers, new, self.positions)]
        else:
            inputs["attention_mask"] = (self.positions >= 0).long()
            contexts = [nullcontext(), nullcontext()]
        with contexts[0], contexts[1]:
            output = self.model(**inputs, past_key_values=self.cache, use_cache=True, logits_to_keep=keep)
        logits: torch.Tensor = output.logits
        return logits[:, -keep:]
