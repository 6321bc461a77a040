"""What a source says and the contract (or a format written from it) cannot hold. In: a place and a sentence. Out: a
value for a table, so that nothing is left behind in silence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCarried:
    """One thing that was left behind."""

    tool: str
    """The tool it belongs to; "" where it belongs to none."""
    where: str
    """Where it stands in the source: a JSON Pointer, or a line."""
    what: str
    """The keyword or part, in a word or two, so that they can be counted: "discriminator", "multipart body"."""
    why: str
    """One sentence: what happens instead."""
