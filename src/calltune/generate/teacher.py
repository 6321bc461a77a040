"""A model as a teacher: `teacher_of("http://localhost:8000/v1#model")`. In: what the user typed for `--teacher`. Out: a
callable that `calltune.data.augment.teacher.write_rows` asks; what is done with the answers is written there."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from calltune.errors import ModelError
from calltune.generate.completion import Completion, Request
from calltune.generate.engine import Engine
from calltune.generate.load import is_url, load_engine


class Teacher:
    """Any engine, asked one prompt at a time from several threads. A server takes them side by side; a model in this
    process one after the other."""

    def __init__(self, engine: Engine, *, side_by_side: bool) -> None:
        self.engine = engine
        self._gate: Any = nullcontext() if side_by_side else threading.Lock()

    @property
    def name(self) -> str:
        """What exchanges and rows call it."""
        return self.engine.name

    def __call__(
        self, messages: Sequence[Mapping[str, Any]], *, temperature: float, seed: int, max_tokens: int
    ) -> Completion:
        """The answer to a prompt. ModelError where there is none."""
        with self._gate:
            (completion,) = self.engine.complete(
                [Request(messages)], temperature=temperature, seed=seed, max_tokens=max_tokens
            )
        if completion.error is not None:
            raise ModelError(f"{self.name} cannot be asked: {completion.error}")
        return completion


def teacher_of(model: str, **options: Any) -> Teacher:
    """The teacher that `--teacher` names: the address of a server, or a model for this process. Raises ModelError."""
    return Teacher(load_engine(model, **options), side_by_side=is_url(model))
