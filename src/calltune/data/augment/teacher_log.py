"""Every exchange with a teacher, kept. In: a folder. Out: answers that need not be paid for twice: `exchanges.jsonl`, a
line an exchange, keyed by a hash of the prompt and everything that decides the answer. A line is written when its
answer is there, so that Ctrl-C loses none; half a line at the end, or a line that is no exchange, is passed over."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from calltune.errors import DataError

MAX_LINE = 4 << 20
"""Bytes of a line that is read."""
_BY_GUESS = 4
"""Characters of a token, where the server does not count tokens."""


class Answer(Protocol):
    """What a teacher answers: a `Completion`, or anything with these."""

    @property
    def text(self) -> str: ...
    @property
    def finish_reason(self) -> str: ...
    @property
    def prompt_tokens(self) -> int: ...
    @property
    def completion_tokens(self) -> int: ...


class Ask(Protocol):
    """A teacher: any model behind a call."""

    def __call__(
        self, messages: Sequence[Mapping[str, Any]], *, temperature: float, seed: int, max_tokens: int
    ) -> Answer: ...


@dataclass(frozen=True)
class Exchange:
    """One answer, and what it cost."""

    key: str
    step: str
    """write or agree."""
    text: str
    finish_reason: str
    tokens_in: int
    tokens_out: int
    counted: bool
    """Whether the server counted the tokens; else they are guessed from the characters."""


class ExchangeLog:
    """The exchanges of a folder, asked or read. One process writes to a folder at a time; threads may share it."""

    def __init__(self, folder: Path, ask: Ask, *, teacher: str, max_tokens: int) -> None:
        self.path = folder / "exchanges.jsonl"
        self.asked = 0
        """Exchanges that were new."""
        self.used: dict[str, Exchange] = {}
        """Those that this run asked for or read."""
        self._ask, self._teacher, self._max_tokens = ask, teacher, max_tokens
        self._lock = threading.Lock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.skipped_lines, self._known = _read(self.path)
            self._file = self.path.open("ab")
            if self.path.stat().st_size and not _ends_in_newline(self.path):
                self._file.write(b"\n")
        except OSError as error:
            raise DataError(
                f"{folder} cannot be used for the exchanges: {error.strerror or error}.", hint="Name another folder."
            ) from error

    def exchange(self, step: str, messages: Sequence[Mapping[str, Any]], *, temperature: float, seed: int) -> Exchange:
        """The answer to a prompt: the one of an earlier run, or a new one, which is written down at once."""
        asked = [self._teacher, list(messages), temperature, seed, self._max_tokens]
        key = hashlib.sha256(json.dumps(asked, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
        known = self._known.get(key)
        if known is None:
            answer = self._ask(messages, temperature=temperature, seed=seed, max_tokens=self._max_tokens)
            known = _exchange(key, step, messages, answer)
            self._write(known)
        with self._lock:
            self.used[key] = known
        return known

    def _write(self, exchange: Exchange) -> None:
        line = json.dumps(asdict(exchange)).encode() + b"\n"
        with self._lock:
            try:
                self._file.write(line)
                self._file.flush()
            except OSError as error:
                raise DataError(f"{self.path} cannot be written: {error.strerror or error}.") from error
            self._known[exchange.key] = exchange
            self.asked += 1

    def tokens(self) -> tuple[int, int]:
        """Tokens in and out of all exchanges in use, those of earlier runs too."""
        with self._lock:
            used = list(self.used.values())
        return sum(one.tokens_in for one in used), sum(one.tokens_out for one in used)

    def close(self) -> None:
        with self._lock:
            os.fsync(self._file.fileno())
            self._file.close()


def _exchange(key: str, step: str, messages: Sequence[Mapping[str, Any]], answer: Answer) -> Exchange:
    came, went = answer.prompt_tokens, answer.completion_tokens
    counted = came > 0 and went > 0
    if not counted:
        came = sum(len(str(message.get("content", ""))) for message in messages) // _BY_GUESS
        went = len(answer.text) // _BY_GUESS
    return Exchange(key, step, answer.text, answer.finish_reason, came, went, counted)


def _read(path: Path) -> tuple[int, dict[str, Exchange]]:
    """Lines that are no exchange, and the others."""
    found: dict[str, Exchange] = {}
    skipped = 0
    if not path.exists():
        return skipped, found
    with path.open("rb") as file:
        while line := file.readline(MAX_LINE):
            exchange = _exchange_of(line)
            if exchange is None:
                skipped += 1
            else:
                found[exchange.key] = exchange
    return skipped, found


def _exchange_of(line: bytes) -> Exchange | None:
    try:
        data = json.loads(line)
        exchange = Exchange(**data)
    except (ValueError, TypeError, RecursionError):
        return None
    texts = (exchange.key, exchange.step, exchange.text, exchange.finish_reason)
    numbers = (exchange.tokens_in, exchange.tokens_out)
    fits = all(isinstance(text, str) for text in texts) and all(type(number) is int for number in numbers)
    return exchange if fits else None


def _ends_in_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
