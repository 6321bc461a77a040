"""The `Engine` protocol: requests go in, completions come out in the same order, and the engine can read what it wrote.

Three implementations: `LocalEngine` (a model in this process), `RemoteEngine` (an OpenAI-compatible server) and
`ScriptedEngine` (texts written in advance).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Protocol

from calltune.generate.completion import Chunk, Completion, Request
from calltune.render.parse import Message, ParseFailure

Progress = Callable[[int, int], None]
"""Called with (requests done, requests in all) each time one is done."""


class Engine(Protocol):
    """Something that completes conversations."""

    @property
    def name(self) -> str:
        """What reports call it: the model's name or path."""

    def complete(
        self,
        requests: Sequence[Request],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[Completion]:
        """One completion a request, in order. Temperature 0 is greedy; otherwise `seed` makes it repeatable."""

    def stream(
        self, request: Request, *, max_tokens: int = 512, temperature: float = 0.0, seed: int = 0
    ) -> Generator[Chunk, None, None]:
        """One completion, piece by piece; the last chunk carries the whole of it."""

    def parse(self, completion: Completion) -> Message | ParseFailure:
        """What the completion says in the format of this engine's model; a failure is a value."""
