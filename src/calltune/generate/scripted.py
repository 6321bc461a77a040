"""`ScriptedEngine` replays completions written in advance, for tests and demonstrations. No model, no torch."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Sequence

from calltune.errors import ModelError
from calltune.generate.completion import Chunk, Completion, Request, cut_off
from calltune.generate.engine import Progress
from calltune.render.parse import Message, ParseFailure, parse

Script = Iterable[str | Completion] | Callable[[Request], str | Completion]


class ScriptedEngine:
    """Answers request after request from a list, or from a function of the request. Keeps what it was asked in
    `requests`."""

    def __init__(self, script: Script, *, format: str = "hermes", name: str = "scripted") -> None:
        self.name = name
        self.format = format
        self.requests: list[Request] = []
        self._answer = script if callable(script) else _from_list(list(script))

    def complete(
        self,
        requests: Sequence[Request],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[Completion]:
        """The next completions of the script; `max_tokens`, `temperature` and `seed` change nothing."""
        completions = []
        for done, request in enumerate(requests, start=1):
            self.requests.append(request)
            answer = self._answer(request)
            completions.append(Completion(answer) if isinstance(answer, str) else answer)
            if progress is not None:
                progress(done, len(requests))
        return completions

    def stream(
        self, request: Request, *, max_tokens: int = 512, temperature: float = 0.0, seed: int = 0
    ) -> Generator[Chunk, None, None]:
        """The next completion, word by word."""
        (completion,) = self.complete([request], max_tokens=max_tokens, temperature=temperature, seed=seed)
        yield from (Chunk(piece) for piece in re.findall(r"\S+\s*|\s+", completion.text))
        yield Chunk("", completion)

    def parse(self, completion: Completion) -> Message | ParseFailure:
        """Read by the format given."""
        return cut_off(completion) or parse(completion.text, format=self.format)


def _from_list(script: list[str | Completion]) -> Callable[[Request], str | Completion]:
    remaining = iter(script)

    def answer(request: Request) -> str | Completion:
        try:
            return next(remaining)
        except StopIteration:
            raise ModelError(
                f"the script has {len(script)} completions and was asked for one more.",
                hint="Give ScriptedEngine one completion for each request.",
            ) from None

    return answer
