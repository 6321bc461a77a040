"""Near-duplicates among plain words. In: the texts of one side, then text after text of the other. Out: which of the
first are as similar as asked, with the similarity. MinHash LSH (the library rensa) proposes candidates, and the
n-grams themselves decide, so that what is reported is so; with 32 bands of 4 a pair of similarity 0.8 is missed once
in twenty million times, one of 0.5 once in eight. Memory grows with the first side only."""

from __future__ import annotations

import importlib
import importlib.util
from array import array
from collections.abc import Iterator
from functools import lru_cache

from calltune.data.wording import grams
from calltune.errors import MissingExtraError

PERMUTATIONS = 128
BANDS = 32
SEED = 1
MOST_CANDIDATES = 1000
"""Candidates of one text that are compared; data made from one template would have all of them compared with all."""


def has_library() -> bool:
    """Whether rensa is installed."""
    return importlib.util.find_spec("rensa") is not None


class NearIndex:
    """The texts of one side; `find` looks another one up in it."""

    def __init__(self, threshold: float) -> None:
        if not has_library():
            raise MissingExtraError("rensa", "data")
        self._rensa = importlib.import_module("rensa")
        self._threshold = threshold
        self._lsh = self._rensa.RMinHashLSH(threshold=threshold, num_perm=PERMUTATIONS, num_bands=BANDS)
        self._texts: list[str] = []
        self._sizes = array("I")
        self._grams = lru_cache(maxsize=4096)(grams)
        self.cut = 0
        """Texts that had more candidates than were compared."""

    def add(self, plain: str) -> int:
        """The number of the text, counted from 0."""
        found = grams(plain)
        self._lsh.insert(len(self._texts), self._sketch(found))
        self._texts.append(plain)
        self._sizes.append(len(found))
        return len(self._texts) - 1

    def find(self, plain: str) -> Iterator[tuple[int, float]]:
        """The texts that are near, by number, and how near: the Jaccard similarity of their n-grams."""
        here = grams(plain)
        candidates = self._lsh.query(self._sketch(here))
        self.cut += len(candidates) > MOST_CANDIDATES
        for number in candidates[:MOST_CANDIDATES]:
            size = self._sizes[number]
            if min(size, len(here)) < self._threshold * max(size, len(here)):
                continue
            shared = len(here & self._grams(self._texts[number]))
            similarity = shared / (size + len(here) - shared)
            if similarity >= self._threshold:
                yield number, similarity

    def _sketch(self, found: set[str]) -> object:
        sketch = self._rensa.RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update(list(found))
        return sketch
