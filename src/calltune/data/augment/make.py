"""One made row, from a gold row to the line that is written. In: a good row, a kind, a seed. Out: the line, or why
there is none. Every line is read back and checked as `calltune check` does it; nothing that has a problem is returned.

What is made depends on the words and tools of the gold row, the kind, the seed and the number of the copy; not on where
the row stands in its file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from calltune.contract import Problem
from calltune.data.augment.context import Context
from calltune.data.augment.kinds import KINDS
from calltune.data.conversation import Conversation, read_conversation
from calltune.data.rules import check_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A row that passed its check."""

    line: bytes
    """JSON text, without the end of the line."""
    digest: bytes
    """Of its messages and tools: two rows with the same one are the same row."""


def make(
    row: Conversation, kind: str, context: Context, *, origin: str, seed: int, digest: bytes, copy: int = 0
) -> Made | Problem | None:
    """A row of that kind out of a good row; None where the kind does not apply, a problem where the row is bad."""
    rng = Random(hashlib.blake2b(digest + repr((kind, seed, copy)).encode(), digest_size=16).digest())
    made = KINDS[kind].make(rng, row, context)
    if made is None or isinstance(made, Problem):
        return made
    data: dict[str, Any] = {} if row.id is None else {"id": f"{row.id}:{kind}" + (f":{copy}" if copy else "")}
    data |= {"tools": list(made.tools), "messages": list(made.messages)}
    data["made"] = {"kind": kind, "from": origin, "seed": seed}
    return checked(data)


def checked(data: Mapping[str, Any]) -> Made | Problem:
    """The row as a line, or the first problem that it has when it is read back."""
    try:
        line = json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError) as error:
        return Problem(kind="not_json", pointer="", message=f"the row is no JSON: {error}.")
    row, problems = read_conversation(json.loads(line))
    problems = problems or (check_row(row) if row is not None else ())
    if problems or row is None:
        return problems[0]
    return Made(line=line, digest=digest_of(row))


def digest_of(row: Conversation) -> bytes:
    """16 bytes of what is said in a row and of its tools."""
    tools = row.offer.digest if row.offer is not None else b""
    said = json.dumps(row.messages, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(tools + said.encode("utf-8", "backslashreplace"), digest_size=16).digest()
