"""What people say to the help desk: sentences with slots, in a training half and a test half that share no sentence.

What goes in: the text files in `phrasings/`. What comes out: `Phrases`. In the files, `# create_ticket do` opens the
imperatives for a function (they follow "please" and "could you", and join with "and"), `# create_ticket say` its
whole sentences, and a bare `# openers` a list that serves them all. `{site}` is a slot, drawn by `values.py`; the
words of the company are there, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Split = Literal["train", "test"]


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """Every sentence of one split."""

    do: Mapping[str, tuple[str, ...]]
    """By function: imperatives, lower case, without a full stop."""
    say: Mapping[str, tuple[str, ...]]
    """By function: whole sentences with their punctuation."""
    openers: tuple[str, ...]
    """What may come before a request."""
    closers: tuple[str, ...]
    """What may come after it."""
    requests: tuple[str, ...]
    """Frames that make a sentence of an imperative `{do}`."""
    joints: tuple[str, ...]
    """Frames that make one imperative of two, `{a}` and `{b}`."""
    unrelated: tuple[str, ...]
    """Questions that no function of the help desk can answer."""


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text, without indentation and empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


@cache
def phrases(split: Split) -> Phrases:
    """The sentences of a split."""
    sections: dict[str, tuple[str, ...]] = {}
    text = (files("calltune.demo") / "phrasings" / f"{split}.txt").read_text(encoding="utf-8")
    for block in text.split("# ")[1:]:
        title, _, body = block.partition("\n")
        sections[title.strip()] = lines(body)
    by_tool: dict[str, dict[str, tuple[str, ...]]] = {"do": {}, "say": {}}
    for title in [title for title in sections if " " in title]:
        tool, kind = title.split()
        by_tool[kind][tool] = sections.pop(title)
    return Phrases(do=by_tool["do"], say=by_tool["say"], **sections)
