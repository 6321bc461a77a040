"""What people say to the help desk: patterns of sentences, some of them kept for the test rows.

What goes in: `phrasings.txt`. What comes out: `Phrases`. In the file, `# create_ticket do` opens the imperatives for a
function (they follow "please" and "could you", and join with "and"), `# create_ticket say` its whole sentences,
`# create_ticket needs summary` first messages that leave an argument out, `# create_ticket gets summary` the answers
that give it, and a bare `# openers` a list that serves them all. `(give|hand)` are alternatives, `{site}` is a slot,
drawn by `values.py`; the words of the company are there, not here. Chance decides which patterns training never sees.
"""

from __future__ import annotations

import random
import re
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

Split = Literal["train", "test"]
Patterns = tuple[str, ...]

HELD_OUT = 6
"""One pattern in so many belongs to the test split."""

ALTERNATIVES = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """Every pattern of one split."""

    do: Mapping[str, Patterns]
    """By function: imperatives, lower case, without a full stop."""
    say: Mapping[str, Patterns]
    """By function: whole sentences with their punctuation."""
    needs: Mapping[tuple[str, str], Patterns]
    """By function and argument: first messages that leave the argument out."""
    gets: Mapping[tuple[str, str], Patterns]
    """By function and argument: answers that give it."""
    openers: Patterns
    """What may come before a request."""
    closers: Patterns
    """What may come after it."""
    requests: Patterns
    """Frames that make a sentence of an imperative `{do}`."""
    joints: Patterns
    """Frames that make one imperative of two, `{a}` and `{b}`."""
    unrelated: Patterns
    """Questions that no function of the help desk can answer."""
    thanks: Patterns
    """What is said after an answer."""


@cache
def phrases(split: Split) -> Phrases:
    """The patterns of a split."""
    sections: dict[str, Patterns] = {}
    for block in (files("calltune.demo") / "phrasings.txt").read_text(encoding="utf-8").split("# ")[1:]:
        title, *lines = [line.strip() for line in block.splitlines() if line.strip()]
        sections[title] = part(lines, split)
    by_title: dict[str, dict[Any, Patterns]] = defaultdict(dict)
    for title in [title for title in sections if " " in title]:
        tool, kind, *argument = title.split()
        by_title[kind][(tool, *argument) if argument else tool] = sections.pop(title)
    return Phrases(**by_title, **sections)  # type: ignore[arg-type]  # the titles are the names of the fields


def part(patterns: Sequence[str], split: Split) -> Patterns:
    """The patterns of a list that belong to a split: those with the smallest checksums are for the test."""
    lot = sorted(patterns, key=lambda pattern: zlib.crc32(pattern.encode()))
    test = lot[: max(1, round(len(lot) / HELD_OUT))]
    return tuple(pattern for pattern in patterns if (pattern in test) == (split == "test"))


def choose(pattern: str, rng: random.Random) -> str:
    """The pattern with one of its alternatives in every place."""
    return ALTERNATIVES.sub(lambda found: rng.choice(found[1].split("|")), pattern)
