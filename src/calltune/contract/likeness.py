"""How alike two names are. In: names of tools or arguments. Out: a number from 0 to 1, and pairs that were probably
renamed. Nothing is known here about schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Any

NEAR = 0.6
"""From here on a name reads like a rename, where all else is the same."""
MOST_PAIRS = 20_000
"""More pairs than this are not compared by name: a thousand tools that came for a thousand that went."""
LONGEST = 128
"""Characters of a name that is looked into."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def words(name: str) -> tuple[str, ...]:
    """The words of a name: `words("getUserByID")` is `("get", "user", "by", "id")`."""
    return tuple(word.lower() for word in _WORD.findall(name)) or (name,)


def likeness(one: str, other: str) -> float:
    """1 for the same words in any order, less for fewer letters in common."""
    if max(len(one), len(other)) > LONGEST:  # comparing letters takes the product of the lengths
        return float(one == other)
    left, right = words(one), words(other)
    if sorted(left) == sorted(right):
        return 1.0
    return SequenceMatcher(None, "_".join(left), "_".join(right), autojunk=False).ratio()


def renamed(gone: Sequence[tuple[str, Any]], come: Sequence[tuple[str, Any]]) -> dict[str, str]:
    """Old name -> new name, each at most once, nearest first. Each name comes with what must be equal for the two to be
    the same thing."""
    if len(gone) * len(come) > MOST_PAIRS:
        return {}
    ranked = sorted(_alike(gone, come), key=lambda pair: -pair[0])
    pairs: dict[str, str] = {}
    for _, old, new in ranked:
        if old not in pairs and new not in pairs.values():
            pairs[old] = new
    return pairs


def _alike(gone: Iterable[tuple[str, Any]], come: Sequence[tuple[str, Any]]) -> Iterable[tuple[float, str, str]]:
    for old, same in gone:
        for new, also in come:
            if same == also and (near := likeness(old, new)) >= NEAR:
                yield near, old, new
