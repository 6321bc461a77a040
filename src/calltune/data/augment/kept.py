"""The made rows of one kind that will be written: those with the best ranks, as many as are wanted. In: rows in any
order. Out: the same ones whatever the order was. A rank depends on what the gold row says, the kind, the seed and the
copy, and on nothing else."""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import dataclass, field

from calltune.data.augment.make import Made
from calltune.data.conversation import Conversation

Rank = tuple[int, ...]
"""Higher is better."""


def rank_of(digest: bytes, kind: str, seed: int, copy: int = 0) -> Rank:
    """First copies first, then by hash."""
    place = hashlib.blake2b(digest + repr((seed, kind, copy)).encode(), digest_size=8).digest()
    return -copy, -int.from_bytes(place), -int.from_bytes(digest)


@dataclass(kw_only=True)
class Kept:
    """The best rows so far, and the counts of one kind."""

    wanted: int
    not_applicable: int = 0
    """Gold rows that were tried in vain."""
    _rows: dict[bytes, tuple[Rank, Made, Conversation | None]] = field(default_factory=dict)
    _heap: list[tuple[Rank, bytes]] = field(default_factory=list)
    """The worst first; with what a better rank has replaced."""

    def __len__(self) -> int:
        return len(self._rows)

    def has_room_for(self, rank: Rank) -> bool:
        """Whether a row with this rank would stay."""
        return self.wanted > 0 and (len(self._rows) < self.wanted or rank > self._worst())

    def add(self, rank: Rank, made: Made, before: Conversation | None = None) -> bool:
        """Keep the row, with the one it was made of where that is to be shown; drop the worst of too many. False where
        the same row is there: of the two the one with the better rank stays, whichever came first."""
        old = self._rows.get(made.digest)
        if old is None or rank > old[0]:
            self._rows[made.digest] = (rank, made, before)
            heapq.heappush(self._heap, (rank, made.digest))
        if len(self._rows) > self.wanted:
            self._worst()
            del self._rows[heapq.heappop(self._heap)[1]]
        return old is None

    def _worst(self) -> Rank:
        """The lowest rank that is kept."""
        while self._rows.get(self._heap[0][1], (None,))[0] != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0]

    def best_first(self) -> list[tuple[Made, Conversation | None]]:
        """The rows in the order in which they are written."""
        rows = sorted(self._rows.values(), key=lambda one: one[0], reverse=True)
        return [(made, before) for _, made, before in rows]
