"""Where an argument comes from: whether the user said it, or a tool's result did (prompt injection).

In: a value of a call and the conversation before it. Out: whether these words stand there. Words are compared, not
meanings: text as it is, apart from case and white space, never a part of a longer word, name, address or path; numbers
by their value. What the guard itself told the model in the user's place counts as nobody's words, for it quotes the
model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from calltune.contract import parse_json
from calltune.contract.problem import decode_pointer
from calltune.contract.sentences import label

NOTHING_RUN = "Nothing was run, because of this:"
"""The first words of what the guard tells the model of a rejected turn."""

_USER = ("user", "system", "developer")
_TOOL = ("tool", "function")


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an argument must come from."""

    tool: str
    argument: str
    """JSON Pointer; `*` for every item of a list."""
    source: Literal["user", "not_a_tool"]
    """"user": it must stand in what the user or the system said. "not_a_tool": it may not stand in a tool's result,
    unless the user or the system said it too."""

    def broken_by(self, arguments: Any, messages: Sequence[Mapping[str, Any]] | None) -> str:
        """Why the call is forbidden, as a sentence; "" where it is not. Without the conversation it is."""
        parts = decode_pointer(self.argument)
        name = label(parts)
        for value in values_at(arguments, parts):
            if value is None:
                continue
            if messages is None:
                return f"where {name} comes from is not known without the conversation."
            if said_in(value, messages, _USER):
                continue
            if said_in(value, messages, _TOOL):
                return f"{name} must come from the user; it was taken from the result of a tool."
            if self.source == "user":
                return f"{name} must be said by the user, word for word."
        return ""


def values_at(value: Any, parts: Sequence[str]) -> list[Any]:
    """The values at a place; several where `*` stands for every item."""
    if not parts:
        return [value]
    part, rest = parts[0], parts[1:]
    if part == "*" and isinstance(value, list):
        return [found for item in value for found in values_at(item, rest)]
    if isinstance(value, Mapping) and part in value:
        return values_at(value[part], rest)
    if isinstance(value, list) and part.isdecimal() and int(part) < len(value):
        return values_at(value[int(part)], rest)
    return []


def said_in(value: Any, messages: Sequence[Mapping[str, Any]], roles: Sequence[str]) -> bool:
    """Whether every text and number in `value` stands in what these roles said. A value without any is said by
    nobody."""
    texts = [_plain(text) for message in messages if message.get("role") in roles for text in _texts(message)]
    leaves = list(_leaves(value))
    return bool(leaves) and all(any(_stands_in(leaf, text) for text in texts) for leaf in leaves)


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    content = message.get("content")
    if isinstance(content, list):
        content = "\n".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    if isinstance(content, Mapping):
        content = json.dumps(content, ensure_ascii=False)
    if not isinstance(content, str) or (message.get("role") == "user" and content.startswith(NOTHING_RUN)):
        return
    yield content
    if message.get("role") in _TOOL:  # JSON text writes a line break as two characters
        data, problems = parse_json(content)
        if not problems:
            yield from (str(leaf) for leaf in _leaves(data))


def _leaves(value: Any) -> Iterator[str | Decimal]:
    """Texts and numbers, keys too: a tool chooses those as well."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield Decimal(repr(value))


_SPACE = re.compile(r"\s+")
_INSIDE = "@._-+/\\:*~%#&=?"
"""Characters that bind what they touch into one word: addresses, dates, paths."""
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w])(?!\.\d)")


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text.casefold()).strip()


def _stands_in(leaf: str | Decimal, text: str) -> bool:
    if isinstance(leaf, Decimal):
        return any(Decimal(match[0].replace(",", "")) == leaf for match in _NUMBER.finditer(text))
    wanted = _plain(leaf)
    if not wanted:
        return False
    start = text.find(wanted)
    while start >= 0:
        if _free_before(text, start) and _free_after(text, start + len(wanted)):
            return True
        start = text.find(wanted, start + 1)
    return False


def _free_before(text: str, start: int) -> bool:
    """Whether a word may begin here: not inside another, nor behind what binds."""
    return start == 0 or not (text[start - 1].isalnum() or text[start - 1] in _INSIDE)


def _free_after(text: str, end: int) -> bool:
    """Whether a word may end here: punctuation may follow where nothing follows that."""
    rest = text[end : end + 2]
    if not rest or not (rest[0].isalnum() or rest[0] in _INSIDE):
        return True
    return rest[0] in ".:?" and (len(rest) == 1 or rest[1] in " \"')]}>")
