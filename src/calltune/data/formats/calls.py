"""Calls as formats write them. In: an object, JSON text, or an assistant's text with calls in tags. Out: `Call`s, the
text around them and the reasoning before them; or `Refused`, where something claims to be a call and cannot be read.
Only the assistant's text is ever looked through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from calltune.contract import parse_json
from calltune.data.formats.literals import literal, looks_pythonic, read_pythonic
from calltune.data.formats.reading import Refused
from calltune.data.formats.transcript import Call

ARGUMENT_KEYS = ("arguments", "parameters", "args", "input", "kwargs")
_BESIDE = ("name", "id", "type", "index", "function", "tool_call_id", *ARGUMENT_KEYS)
CALL_TAGS = (
    ("<tool_call>", "</tool_call>"),
    ("<TOOLCALL>", "</TOOLCALL>"),
    ("<function_call>", "</function_call>"),
    ("<tool_calls>", "</tool_calls>"),
)
OTHER_CALL_MARKS = ("<|python_tag|>", "[TOOL_CALLS]", "<function=", "<functioncall>", "<|tool_call|>")
"""How other models' templates begin a call. Not read here, and not to be learned as words."""
REASONING_TAGS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<scratch_pad>", "</scratch_pad>"),
    ("<reasoning>", "</reasoning>"),
)


class Said(NamedTuple):
    """One assistant's turn, taken apart."""

    text: str
    calls: list[Call]
    reasoning: str | None


def read_call(raw: Any) -> Call:
    """A call from an object with a name and arguments, in an envelope or bare."""
    inner = raw.get("function", raw) if isinstance(raw, dict) else None
    if isinstance(inner, str) and isinstance(raw, dict):
        inner = {**raw, "name": inner}
    if not isinstance(inner, dict) or not isinstance(inner.get("name"), str) or not inner["name"]:
        raise Refused("unreadable call", "a call must have a name and arguments.")
    given = next((inner[key] for key in ARGUMENT_KEYS if inner.get(key) is not None), None)
    if given is None and (other := sorted(key for key in inner if key not in _BESIDE and inner[key] is not None)):
        shown = ", ".join(map(str, other))[:100]
        raise Refused("unreadable call", f"the call of {inner['name'][:80]} has no 'arguments', but {shown}.")
    name = raw.get("id", raw.get("tool_call_id"))
    return Call(inner["name"], read_arguments(given), None if name is None else str(name))


def read_arguments(raw: Any) -> dict[str, Any]:
    """Arguments as an object, from an object, JSON text, a Python literal or nothing."""
    value = read_data(raw, "argument") if isinstance(raw, str) and raw.strip() else raw
    if isinstance(raw, str) and isinstance(value, str) and value.strip():  # JSON text inside JSON text
        value = read_data(value, "argument")
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise Refused("unreadable call", f"the arguments must be an object, got {type(value).__name__}.")
    return value


def read_data(text: str, what: str) -> Any:
    """The data in JSON text; a Python literal is read too, because many files were written with `str()`."""
    value, problems = parse_json(text)
    if not problems:
        return value
    try:
        return literal(text, what)
    except Refused:
        raise Refused(f"unreadable {what}", f"the {what} cannot be read: {problems[0].message}") from None


def read_calls(raw: Any) -> list[Call]:
    """One call or several, from data, JSON text or `[name(a=1)]`."""
    if isinstance(raw, str):
        text = _without_fence(raw)
        if looks_pythonic(text) or (text[:1].isalpha() and text.endswith(")")):
            return read_pythonic(text)
        raw = read_data(text, "call")
    return [read_call(call) for call in (raw if isinstance(raw, list) else [raw])]


def has_call_in_text(text: str) -> bool:
    """Whether a call in tags stands in the text; both tags, because a text may speak of one."""
    return any(opening in text and closing in text for opening, closing in CALL_TAGS)


def take_apart(text: str, tags: Sequence[tuple[str, str]] = CALL_TAGS) -> Said:
    """Text, calls and reasoning of an assistant's turn with calls in tags."""
    reasoning, text = split_reasoning(text)
    calls: list[Call] = []
    if text.lstrip().startswith(OTHER_CALL_MARKS):
        raise Refused("unread call", f"a call in another syntax stands in the text: {text.strip()[:40]!r}.")
    for opening, closing in tags:
        if opening not in text:
            continue
        pieces = text.split(opening)
        kept = [pieces[0]]
        for piece in pieces[1:]:
            inside, found, after = piece.partition(closing)
            if not found:
                raise Refused("unfinished call", f"{opening} is never closed.")
            calls += read_calls(inside.strip())
            kept.append(after)
        text = "\n".join(part for part in (part.strip() for part in kept) if part)
    return Said(text, calls, reasoning)


def split_reasoning(text: str) -> tuple[str | None, str]:
    """The reasoning that a turn begins with, and the rest."""
    start = text.lstrip()
    for opening, closing in REASONING_TAGS:
        if start.startswith(opening):
            inside, found, rest = start[len(opening) :].partition(closing)
            if not found:
                raise Refused("unfinished reasoning", f"{opening} is never closed.")
            return inside.strip() or None, rest.lstrip()
    return None, text


def _without_fence(text: str) -> str:
    """The text inside a Markdown code fence, where it is nothing else."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```") and len(text) >= 6:
        first, _, rest = text[3:-3].partition("\n")
        text = rest if first.strip() in ("", "json", "python") else text[3:-3]
    return text.strip()
