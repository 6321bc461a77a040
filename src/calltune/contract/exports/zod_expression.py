"""An expression of Zod while it is put together. In: its parts. Out: its text, on one line or with one call a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import indent
from typing import Any

from .text import WIDTH, javascript


@dataclass(kw_only=True)
class Code:
    """An expression, and what z.toJSONSchema would not know about it."""

    text: str
    calls: list[str] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)

    def refine(self, call: str, message: str, **meta: Any) -> None:
        self.calls.append(f".refine({call}, {javascript(message)})")
        self.meta |= meta

    def written(self, after: tuple[str, ...] = ()) -> str:
        """The expression, with one call a line where it would be too long."""
        calls = [call for call in (*self.calls, *after) if call]
        line = self.text + "".join(calls)
        if len(line.splitlines()[-1]) <= WIDTH and (not self.calls or "\n" not in line):
            return line
        return self.text + "".join("\n" + indent(call, "  ") for call in calls)


def meta_call(meta: Mapping[str, Any]) -> str:
    if not meta:
        return ""
    if meta.keys() == {"description"} and isinstance(meta["description"], str):
        return f".describe({javascript(meta['description'])})"
    return f".meta({javascript(dict(meta))})"


def refers(value: Any) -> bool:
    """Whether a part names a definition: it means nothing where the definitions are not beside it."""
    return '"$ref"' in json.dumps(value)


def between(least: int, most: Any, what: str) -> str:
    if most is None:
        return f"must have at least {least} {what}"
    return f"must have {least} to {int(most)} {what}" if least else f"must have at most {int(most)} {what}"
