"""What a kind of made row may look at besides its own row: the other tools and rows of the data, and what the run time
will say. In: nothing. Out: plain records, filled by the command; the data stage does not know the guard, so its words
come as a protocol (`calltune.guard.rehearsal` fills it in)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from calltune.contract import Problem, Tool, Toolset
from calltune.data.conversation import Conversation

Call = tuple[str, Mapping[str, Any]]
"""Name and arguments."""


class RunTimeTexts(Protocol):
    """The words of the run time: what it says in a made row is what it says when the model is in use."""

    def rejected(self, toolset: Toolset, calls: Sequence[Call], number: int) -> list[dict[str, Any]] | None:
        """A turn that is not let through and what the model is told; None where it would be let through."""

    def unreadable(self, toolset: Toolset, text: str) -> list[dict[str, Any]] | None:
        """The same for a turn written as `text`; None where it can be read."""

    def question(self, toolset: Toolset, calls: Sequence[Call]) -> str:
        """What the user is asked for arguments that are missing; "" where that is not all that is wrong."""

    def timed_out(self, tool: Tool, arguments: Mapping[str, Any]) -> str:
        """The content of the tool message after a time-out."""

    def failed(self, tool: Tool, arguments: Mapping[str, Any], error: str) -> str:
        """The content of the tool message of a tool that says why it failed."""

    def substituted(self, name: str, instead: str, value: Any) -> str:
        """The content of the tool message where a substitute ran."""

    def check_substitutes(self, toolset: Toolset, substitutes: Mapping[str, str]) -> None:
        """Raises ConfigError for tools that the contract does not have."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the kinds share."""

    texts: RunTimeTexts
    """What the run time says."""
    pool: Sequence[Tool] = ()
    """Tools of all the data, each once; what distractors are drawn from."""
    partners: Mapping[bytes, Sequence[Conversation]] = field(default_factory=dict)
    """By toolset (`Offer.digest`): rows with one request each, to be merged with."""
    substitutes: Mapping[str, str] = field(default_factory=dict)
    """Tool -> the tool that the run time calls in its place when it fails."""


Kind = Callable[[Random, Conversation, Context], Conversation | Problem | None]
"""Makes one row out of a gold row; None where it does not apply, a problem where it does and no good row comes of it.
The same generator gives the same row."""
