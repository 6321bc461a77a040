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
    _heap: list[tuple[Rank, int, Made, Conversation | None]] = field(default_factory=list)
    _digests: set[bytes] = field(default_factory=set)
    _added: int = 0

    def __len__(self) -> int:
        return len(self._heap)

    def __contains__(self, made: Made) -> bool:
        return made.digest in self._digests

    def has_room_for(self, rank: Rank) -> bool:
        """Whether a row with this rank would stay."""
        return self.wanted > 0 and (len(self._heap) < self.wanted or rank > self._heap[0][0])

    def add(self, rank: Rank, made: Made, before: Conversation | None = None) -> None:
        """Keep the row, with the one it was made of where that is to be shown; drop the worst of too many."""
        self._added += 1
        self._digests.add(made.digest)
        heapq.heappush(self._heap, (rank, self._added, made, before))
        if len(self._heap) > self.wanted:
            self._digests.discard(heapq.heappop(self._heap)[2].digest)

    def best_first(self) -> list[tuple[Made, Conversation | None]]:
        """The rows in the order in which they are written."""
        return [(made, before) for _, _, made, before in sorted(self._heap, key=lambda one: one[0], reverse=True)]
