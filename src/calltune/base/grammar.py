"""A small phrase grammar: `(a|b)` is a choice, `[a]` may be left out, `{slot}` is filled in, `<a>` is written
whenever its slots are known.

In: patterns as text. Out: lists of pieces, so that the words of the pattern and the values in it can be treated apart
(a spelling mistake may fall into the first, never into the second). It knows nothing of tools.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import TypeVar

T = TypeVar("T")
_EMPTY: frozenset[str] = frozenset()


def pick(rng: Random, items: Sequence[T]) -> T:
    """One of `items`; several times faster than `rng.choice`, which matters here."""
    return items[int(rng.random() * len(items))]


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a compiled pattern."""

    kind: str
    """text, slot, sequence, choice, maybe (`[a]`) or known (`<a>`)."""
    text: str
    """The words of a text, the name of a slot."""
    parts: tuple[Node, ...]
    """The members of a sequence or choice."""
    needs: frozenset[str]
    """Slots without which this part cannot be written."""


class _Reader:
    """Recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def sequence(self, closing: str) -> Node:
        parts: list[Node] = []
        text = ""
        while self.at < len(self.pattern) and self.pattern[self.at] not in closing:
            char = self.pattern[self.at]
            if char not in "([{<":
                text += char
                self.at += 1
                continue
            if text:
                parts.append(Node("text", text, (), _EMPTY))
                text = ""
            self.at += 1
            parts.append(self.group(char))
        if text:
            parts.append(Node("text", text, (), _EMPTY))
        return _sequence(parts)

    def group(self, opening: str) -> Node:
        if opening == "{":
            end = self.pattern.index("}", self.at)
            name, self.at = self.pattern[self.at : end], end + 1
            return Node("slot", name, (), frozenset([name]))
        closing = {"(": ")", "[": "]", "<": ">"}[opening]
        options = [self.sequence("|" + closing)]
        while self.pattern[self.at] == "|":
            self.at += 1
            options.append(self.sequence("|" + closing))
        assert self.pattern[self.at] == closing, f"unbalanced pattern: {self.pattern}"
        self.at += 1
        inner = options[0] if len(options) == 1 else _choice(options)
        if opening == "(":
            return inner
        return Node("maybe" if opening == "[" else "known", "", (inner,), _EMPTY)


def _sequence(parts: list[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    return Node("sequence", "", tuple(parts), _EMPTY.union(*(part.needs for part in parts)))


def _choice(options: list[Node]) -> Node:
    return Node("choice", "", tuple(options), frozenset.intersection(*(option.needs for option in options)))


@cache
def compile_pattern(pattern: str) -> Node:
    """The tree of a pattern; a pattern is compiled once."""
    reader = _Reader(pattern)
    node = reader.sequence("|")
    options = [node]
    while reader.at < len(pattern):
        reader.at += 1
        options.append(reader.sequence("|"))
    return options[0] if len(options) == 1 else _choice(options)


def slots_of(node: Node) -> frozenset[str]:
    """Every slot a pattern may write."""
    if node.kind == "slot":
        return node.needs
    return _EMPTY.union(*(slots_of(part) for part in node.parts))


Piece = tuple[str, str | None]
"""(words, None) or ("", slot)."""


def expand(rng: Random, node: Node, known: frozenset[str] | set[str], out: list[Piece]) -> None:
    """Append the pieces of one reading of `node` that uses only `known` slots; `node.needs` must be known."""
    kind = node.kind
    if kind == "text":
        out.append((node.text, None))
    elif kind == "slot":
        out.append(("", node.text))
    elif kind == "sequence":
        for part in node.parts:
            expand(rng, part, known, out)
    elif kind == "choice":
        part = pick(rng, node.parts)
        if not part.needs <= known:
            possible = [part for part in node.parts if part.needs <= known]
            part = pick(rng, possible)
        expand(rng, part, known, out)
    elif (part := node.parts[0]).needs <= known and (kind == "known" or rng.random() < 0.5):
        expand(rng, part, known, out)


def say(rng: Random, pattern: str, **words: str) -> str:
    """One reading of a pattern as text."""
    pieces: list[Piece] = []
    expand(rng, compile_pattern(pattern), words.keys(), pieces)  # type: ignore[arg-type]
    return "".join(words[slot] if slot is not None else text for text, slot in pieces)
