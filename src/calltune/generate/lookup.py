"""Drafts that a pass over several tokens verifies: arguments are mostly copied from what was said, and the shape of a
call from the calls before it. In: a row. Out: what followed the last time these tokens stood in its prompt, or in an
earlier answer under the same contract. (Prompt lookup decoding, Saxena 2023.) No torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

LONGEST = 16
"""Tokens of a draft for a row alone."""
LONGEST_OF_MANY = 6
"""Tokens of a draft where several rows share a pass: there every token costs time."""
GRAMS = (5, 3, 2, 1)
"""So many tokens must have stood there before; the longer match counts more."""
MOST_PLACES = 50_000
"""Of earlier answers, remembered for one contract."""

Table = dict[tuple[int, ...], list[int]]
"""Some tokens -> those that followed them last."""


class Written(Protocol):
    """What is read of a row."""

    @property
    def prompt(self) -> Sequence[int]: ...
    @property
    def written(self) -> list[int]: ...


class Lookup:
    """What answers under one contract were like, and drafts for the next."""

    def __init__(self) -> None:
        self._answers: Table = {}
        self._prompts: dict[int, tuple[list[int], dict[tuple[int, ...], int], int]] = {}

    def __call__(self, row: Written) -> list[int]:
        """At most `LONGEST` tokens; [] where nothing like it was said before."""
        if not row.written:
            return self._answers.get((), [])
        said, places = self._said(row)
        for size in GRAMS:
            gram = tuple(row.written[-size:])
            place = places.get(gram) if len(gram) == size else None
            if place is not None and place < len(said):
                return said[place : place + LONGEST]
            if gram in self._answers and len(gram) == size:
                return self._answers[gram]
        return []

    def ended(self, row: Written) -> None:
        """Remember an answer."""
        self._prompts.pop(id(row), None)
        if len(self._answers) > MOST_PLACES:
            self._answers.clear()
        self._answers[()] = row.written[:LONGEST]
        for end in range(1, len(row.written)):
            for size in GRAMS:
                if end >= size:
                    self._answers[tuple(row.written[end - size : end])] = row.written[end : end + LONGEST]

    def _said(self, row: Written) -> tuple[list[int], dict[tuple[int, ...], int]]:
        """The row so far, and after which tokens each of its places came last."""
        said, places, done = self._prompts.get(id(row), (list(row.prompt), {}, 0))
        said += row.written[len(said) - len(row.prompt) :]
        for end in range(max(done, 1), len(said)):  # what ends here is followed by what begins here
            for size in GRAMS:
                if end >= size:
                    places[tuple(said[end - size : end])] = end
        self._prompts[id(row)] = (said, places, len(said))
        return said, places
