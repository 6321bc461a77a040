"""A bad row mended without loss, or left alone. In: a row with problems, and a `Mend` for its calls (the guard has one;
`cli` brings them together). Out: the row as a good one, with every change; None if any problem is left. Here are the
repairs that data needs and a running call does not: columns and roles under other names, JSON text inside JSON text.
No word of a message is changed, no argument is invented or dropped, no order guessed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from calltune.contract import Toolset, parse_json
from calltune.contract.json_text import clip
from calltune.contract.problem import decode_pointer
from calltune.data.conversation import MESSAGES_ALIASES
from calltune.data.lines import MAX_LINE_BYTES, Line
from calltune.data.messages import OTHER_ROLES, ROLES
from calltune.data.read import MAX_ROW_DEPTH, Row, row_of_line
from calltune.data.rules import CALL, check_row
from calltune.data.tools import TOOLS_ALIASES, Offer

MOST_ENCODED = 3
"""How often JSON text inside JSON text is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One repair of a row."""

    kind: str
    """`column_name`, `role_name`, `encoded_twice`, `json_in_string`, or a repair of the guard."""
    pointer: str
    """JSON Pointer into the row."""
    before: Any
    """What stood there, shortened where it is long. JSON data."""
    after: Any
    """What stands there now."""

    def at(self, prefix: str) -> Change:
        """The same change seen from further out."""
        return replace(self, pointer=prefix + self.pointer)


Mend = Callable[[Toolset, str, Any], tuple[dict[str, Any], tuple[Change, ...]] | None]
"""The arguments of a call of the named tool, mended, and the changes (pointers into the arguments); None where they
cannot be."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A row that was bad."""

    row: Row
    """It is good now; `row.raw` is what to write."""
    changes: tuple[Change, ...]


def fix_row(row: Row, offer: Offer, mend: Mend) -> Fixed | None:
    """The row without any problem, or None. `offer` stands in for tools that rows do not bring."""
    if row.data is None or parse_json(row.raw, max_depth=MAX_ROW_DEPTH, max_bytes=MAX_LINE_BYTES)[1]:
        return None  # too deep, or with numbers that would not be written back as they are
    changes: list[Change] = []
    data = _with_columns(copy.deepcopy(row.data), offer, changes)
    _decode(data, "messages", "", changes)
    messages = data.get("messages")
    for index, message in enumerate(messages if isinstance(messages, list) else ()):
        if isinstance(message, dict):
            _decode(message, "tool_calls", f"/messages/{index}", changes)
            _name_role(message, index, changes)
    now = _reread(row, data, offer) if changes else row
    problems = check_row(now)
    toolset = None if now.draft is None or now.draft.offer is None else now.draft.offer.toolset
    if problems and toolset is not None:
        calls = dict.fromkeys(match.group() for problem in problems if (match := CALL.match(problem.pointer)))
        for place in calls:
            if not _mend_call(data, place, toolset, mend, changes):
                return None
        now = _reread(row, data, offer)
        problems = check_row(now)
    return None if problems or not changes else Fixed(now, tuple(changes))


def _with_columns(data: dict[str, Any], offer: Offer, changes: list[Change]) -> dict[str, Any]:
    """The columns under the names that the reader looks for, where one other name is there."""
    for name, aliases in (("messages", MESSAGES_ALIASES), ("tools", TOOLS_ALIASES)):
        if data.get(name) not in (None, "") or (name == "tools" and offer.state != "absent"):
            continue
        lower = {key.lower(): key for key, value in data.items() if isinstance(value, list) and value}
        found = [lower[alias] for alias in (name, *aliases) if alias in lower]
        if len(found) != 1:
            continue
        changes.append(Change(kind="column_name", pointer="/" + found[0], before=found[0], after=name))
        data = {name if key == found[0] else key: value for key, value in data.items() if key != name}
    return data


def _decode(holder: dict[str, Any], key: str, at: str, changes: list[Change]) -> None:
    """A list that is written as JSON text becomes the list."""
    text = holder.get(key)
    value, faults = parse_json(text) if isinstance(text, str) else (None, ())
    if isinstance(value, list) and not faults:
        changes.append(Change(kind="json_in_string", pointer=f"{at}/{key}", before=clip(text), after=clip(value)))
        holder[key] = value


def _name_role(message: dict[str, Any], index: int, changes: list[Change]) -> None:
    role = message.get("role")
    if not isinstance(role, str) or role in ROLES:
        return
    name = role.strip().lower()
    right = name if name in ROLES else OTHER_ROLES.get(name)
    if right is not None:
        changes.append(Change(kind="role_name", pointer=f"/messages/{index}/role", before=clip(role), after=right))
        message["role"] = right


def _mend_call(data: dict[str, Any], place: str, toolset: Toolset, mend: Mend, changes: list[Change]) -> bool:
    """Mend the call at the pointer `place`, in place; False if it cannot be."""
    call: Any = data
    for part in decode_pointer(place):
        call = call[int(part) if isinstance(call, list) else part]
    function = call.get("function", call) if isinstance(call, dict) else None
    if not isinstance(function, dict) or function.get("name") not in toolset:
        return False
    inside = place + ("/function" if function is not call else "") + "/arguments"
    written, wrapped = _unwrapped(function.get("arguments"))
    changes += (change.at(inside) for change in wrapped)
    mended = mend(toolset, function["name"], written)
    if mended is None:
        return False
    function["arguments"] = mended[0]
    changes += (change.at(inside) for change in mended[1])
    return True


def _unwrapped(written: Any) -> tuple[Any, tuple[Change, ...]]:
    """Arguments that were encoded as JSON text more than once, encoded once."""
    first = written
    for _ in range(MOST_ENCODED):
        value, faults = parse_json(written) if isinstance(written, str) else (None, ())
        if faults or not isinstance(value, str):
            break
        written = value
    if written is first:
        return written, ()
    return written, (Change(kind="encoded_twice", pointer="", before=clip(first), after=clip(written)),)


def _reread(row: Row, data: dict[str, Any], offer: Offer) -> Row:
    """The row read again from what would be written: nothing is good that only looks good in memory."""
    raw = _text_like(row, data).encode("utf-8", "backslashreplace")
    return row_of_line(Line(row.line, row.source, raw), offer)


def _text_like(row: Row, data: dict[str, Any]) -> str:
    """The changed row as JSON, with the spacing and escapes of the row as it was, where these are usual ones."""
    for ascii_only in (False, True):
        for separators in ((", ", ": "), (",", ":")):
            if json.dumps(row.data, ensure_ascii=ascii_only, separators=separators).encode() == row.raw:
                return json.dumps(data, ensure_ascii=ascii_only, separators=separators)
    return json.dumps(data, ensure_ascii=False)
