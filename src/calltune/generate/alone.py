"""One row by itself, after a prefix that is known: its keys and values lie in one buffer with room to grow, so that a
pass copies nothing and attention is torch's own. In: the prefix and tokens. Out: logits. What `decode._Batch` does for
several rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer

from calltune.generate.shared_prefix import Prefix, attending, shared_attention

ROOM = 256
"""Tokens that a buffer grows by."""


class _Layer(DynamicLayer):  # type: ignore[misc]  # not looked into
    """Keys and values of one layer, written in place."""

    def __init__(self, keys: torch.Tensor, values: torch.Tensor, room: int) -> None:
        super().__init__()
        self.dtype, self.device, self.is_initialized = keys.dtype, keys.device, True
        self.length = keys.shape[2]
        self._keys, self._values = _with_room(keys, room), _with_room(values, room)
        self._show()

    def update(self, keys: torch.Tensor, values: torch.Tensor, *more: Any, **named: Any) -> Any:
        """Write new tokens behind the others; all of them."""
        end = self.length + keys.shape[2]
        if end > self._keys.shape[2]:
            self._keys, self._values = (_with_room(self.keys, end + ROOM), _with_room(self.values, end + ROOM))
        self._keys[:, :, self.length : end] = keys
        self._values[:, :, self.length : end] = values
        self.length = end
        self._show()
        return self.keys, self.values

    def crop(self, tokens_to_remove: int) -> None:
        """Forget the last tokens, given as a negative number."""
        self.length += tokens_to_remove
        self._show()

    def _show(self) -> None:
        self.keys, self.values = self._keys[:, :, : self.length], self._values[:, :, : self.length]


def _with_room(known: torch.Tensor, room: int) -> torch.Tensor:
    """A copy in a buffer for at least `room` tokens."""
    shape = list(known.shape)
    shape[2] = max(room, known.shape[2])
    buffer = known.new_empty(shape)
    buffer[:, :, : known.shape[2]] = known
    return buffer


class Alone:
    """The cache of a single row."""

    def __init__(self, model: Any, prompt: Sequence[int], prefix: Prefix, most: int) -> None:
        self.model = model
        self.device = next(model.parameters()).device
        self.rests = [list(prompt[len(prefix.ids) :])]
        self.length = len(prefix.ids)
        """Tokens that have been fed, the prefix included."""
        room = len(prompt) + min(most, ROOM)
        with torch.inference_mode():
            self.cache = Cache(layers=[_Layer(keys, values, room) for keys, values in prefix.layers])

    def feed(self, tokens: Sequence[Sequence[int]], keep: int) -> torch.Tensor:
        """Append tokens; the logits after the last `keep` of them: (1, keep, vocabulary)."""
        (row,) = tokens
        places = torch.arange(self.length, self.length + len(row), device=self.device)[None]
        self.length += len(row)
        with torch.inference_mode(), shared_attention(self.model), attending(None, places, places):
            output = self.model(
                input_ids=torch.tensor([list(row)], device=self.device),
                position_ids=places,
                past_key_values=self.cache,
                use_cache=True,
                logits_to_keep=keep,
            )
        logits: torch.Tensor = output.logits
        return logits[:, -keep:]

    def forget(self, counts: Sequence[int]) -> None:
        """The last so many tokens were fed in vain."""
        if counts[0]:
            self.length -= counts[0]
            for layer in self.cache.layers:
                layer.crop(-counts[0])

    def keep(self, places: list[int]) -> None:
        """There is nothing to leave out: the row has ended."""

    def whole(self, prompt: Sequence[int], written: Sequence[int]) -> Prefix:
        """All that is known of the row. Its buffers are handed over: nothing may be fed afterwards."""
        ids = (*prompt, *written)[: self.length]
        return Prefix(tuple(ids), tuple((layer.keys, layer.values) for layer in self.cache.layers))
