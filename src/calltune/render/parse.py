"""Completion text -> text, reasoning and tool calls, or a `ParseFailure` with a kind.

In: the text of one completion and the name of its format. Out: a value, always; nothing here raises, repairs or checks
a schema (that is `contract`). A call is never lost in silence: text that holds a call marker and cannot be read is a
failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from calltune.contract import parse_json

MAX_CHARACTERS = 1 << 22
"""A longer completion is refused unread: far beyond any context window in use, and it bounds memory."""
MAX_CALLS = 4096
"""More calls than this in one completion are a loop, not an answer."""

FailureKind = Literal["truncated", "malformed", "too_large"]


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """One call as the model wrote it. Not checked: the tool may not exist and the arguments may break its schema."""

    name: str
    """The tool's name."""
    arguments: Any
    """The parsed arguments; an object in every good call. Where the text has a duplicate key, the last one."""
    arguments_text: str | None = None
    """The arguments' JSON text as written, so that duplicate keys, NaN and depth are reported by the contract."""
    id: str | None = None
    """The call's id, where the format has one."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a completion says."""

    text: str = ""
    """What the model says to the user, without surrounding white space."""
    reasoning: str | None = None
    """What it thought before, without surrounding white space; None where it did not think."""
    calls: tuple[ToolCall, ...] = ()
    """The calls, in order."""


@dataclass(frozen=True, kw_only=True)
class ParseFailure:
    """A completion that means to call and cannot be read. It is wrong, which is not the same as no call."""

    kind: FailureKind
    """`truncated`: it stops inside a call or a thought; `malformed`: complete and broken; `too_large`: not read."""
    message: str
    """One sentence that a model can act on."""
    text: str
    """The completion."""
    format: str | None = None
    """The format in which the text can be read again; None where the text alone does not tell the model's markers from
    characters that somebody typed."""


class _Broken(Exception):
    """Carries a failure out of a parser; never leaves `parse`."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        self.kind: FailureKind = kind
        self.message = message


def parse(text: str, *, format: str = "hermes", thinking: bool | None = None) -> Message | ParseFailure:
    """What `text` says. Formats: "hermes", "llama3", "mistral".

    `thinking`: whether the prompt opened a thought already; None where that is not known.

    >>> parse('<tool_call>{"name": "now", "arguments": {}}</tool_call>').calls[0].name
    'now'
    """
    if len(text) > MAX_CHARACTERS:
        message = f"The completion has more than {MAX_CHARACTERS} characters."
        return ParseFailure(kind="too_large", message=message, text=text, format=format)
    try:
        reasoning, rest = _split_reasoning(text, thinking)
        said, calls = FORMATS[format](rest)
        return Message(text=said.strip(), reasoning=reasoning, calls=calls)
    except _Broken as broken:
        return ParseFailure(kind=broken.kind, message=broken.message, text=text, format=format)


_PLAIN_CHARACTERS = 1 << 16
_PLAIN_DEPTH = 32


def read_plain_call(text: str) -> tuple[str, dict[str, Any]] | None:
    """Name and arguments, where the whole of `text` is one Hermes call of plain JSON: what nearly every call is, read
    several times as fast as `parse` does. None means nothing but: let `parse` read it.

    Plain is what all JSON programs read alike: no key twice, no number beyond 64 bits, not deep. (orjson refuses NaN
    and lone surrogates itself.)
    """
    if len(text) > _PLAIN_CHARACTERS or not text.startswith("<tool_call>") or not text.endswith("</tool_call>"):
        return None
    body = text[11:-12]
    try:
        call = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if type(call) is not dict or len(call) != 2 or "name" not in call or "arguments" not in call:
        return None
    name, arguments = call["name"], call["arguments"]
    if type(name) is not str or not name or type(arguments) is not dict:
        return None
    keys = 2 + _plain_keys(arguments, _PLAIN_DEPTH)
    return (name, arguments) if keys == body.count(":") or keys == _most_keys(body) else None


def _most_keys(body: str) -> int:
    """At least as many keys as JSON text can have, counting one that stands there twice as two: before the colon of a
    key stands a quote or white space. Colons in strings make it more, never less."""
    return body.count('":') + body.count(" :") + body.count("\n:") + body.count("\r:") + body.count("\t:")


def _plain_keys(value: dict[str, Any] | list[Any], depth: int) -> int:
    """Keys in the value, at any depth; far below 0 where it is not plain."""
    if depth == 0:
        return -_PLAIN_CHARACTERS
    keys = 0
    items: Any = value
    if type(value) is dict:
        keys, items = len(value), value.values()
    for item in items:
        kind = type(item)
        if kind is dict or kind is list:
            keys += _plain_keys(item, depth - 1)
        elif kind is float and (item.is_integer() or not -(2.0**53) < item < 2.0**53):
            return -_PLAIN_CHARACTERS  # a whole number written as a float, or one that did not fit into 64 bits
    return keys


def _split_reasoning(text: str, thinking: bool | None) -> tuple[str | None, str]:
    """The `<think>` span at the start, and the rest."""
    head = text.lstrip()
    opened = head.startswith("<think>")
    end = head.find("</think>") if opened or thinking is not False else -1
    if end < 0:
        if opened or thinking:
            raise _Broken("truncated", "The completion ends inside <think>: </think> is missing.")
        return None, text
    if not opened and thinking is None and CALL_MARKER.search(head, 0, end):
        return None, text  # it is more likely a word inside an argument than the end of a thought
    thought = head[len("<think>") if opened else 0 : end].strip()
    return thought or None, head[end + len("</think>") :]


CALL_MARKER = re.compile(r"</?tool_call>|\[TOOL_CALLS\]|<\|python_tag\|>|\A\s*\{")
"""What a call begins with in one format or another, or ends with."""


def _hermes(text: str) -> tuple[str, tuple[ToolCall, ...]]:
    """`<tool_call>{"name": ..., "arguments": {...}}</tool_call>`, any number, text before, between and after."""
    said: list[str] = []
    calls: list[ToolCall] = []
    position = 0
    while (start := text.find("<tool_call>", position)) >= 0:
        said.append(text[position:start])
        body = start + len("<tool_call>")
        _no_stray(said[-1], "</tool_call>")
        call, position = _call_at(text, body, closing="</tool_call>", arguments_key="arguments")
        _append(calls, call)
    said.append(text[position:])
    _no_stray(said[-1], "</tool_call>")
    if not calls and _is_bare_call(text):
        raise _Broken("malformed", "A call must stand between <tool_call> and </tool_call>.")
    return _joined(said), tuple(calls)


def _llama3(text: str) -> tuple[str, tuple[ToolCall, ...]]:
    """JSON objects with "name" and "parameters", separated by ";" or white space; `<|python_tag|>` may stand before."""
    tag = "<|python_tag|>"
    said, found, body = text.partition(tag)
    if not found:
        match = _LLAMA3_START.match(text) or _LLAMA3_LATER.search(text)
        if match is None:
            return text, ()
        said, body = text[: match.start()], text[match.start() :]
    elif tag in body:
        raise _Broken("malformed", f"{tag} occurs twice.")
    calls: list[ToolCall] = []
    position = _skip_space(body, 0)
    if position == len(body):
        raise _Broken("truncated", f"Nothing follows {tag}.")
    while position < len(body):
        call, position = _call_at(body, position, closing="", arguments_key="parameters")
        _append(calls, call)
        position = _skip_space(body, position)
        if body.startswith(";", position):
            position = _skip_space(body, position + 1)
    return said, tuple(calls)


# At the start, an object that could be a call is one; later in the text, only what cannot be anything else.
_LLAMA3_START = re.compile(r'\s*\{\s*"(?:name|parameters)"\s*:|\s*\{\s*"type"\s*:\s*"function"')
_LLAMA3_LATER = re.compile(r'\{\s*"name"\s*:\s*"[^"]*"\s*,\s*"parameters"\s*:')


def _mistral(text: str) -> tuple[str, tuple[ToolCall, ...]]:
    """`[TOOL_CALLS][{"name": ..., "arguments": {...}}, ...]` or, newer, `[TOOL_CALLS]name[ARGS]{...}` for each call."""
    said, found, _ = text.partition("[TOOL_CALLS]")
    if not found:
        _no_stray(text, "[ARGS]")
        return text, ()
    calls: list[ToolCall] = []
    position = len(said)
    while position < len(text):
        if not text.startswith("[TOOL_CALLS]", position):
            raise _Broken("malformed", "Something other than a call follows a call.")
        position = _skip_space(text, position + len("[TOOL_CALLS]"))
        if text.startswith("[", position):
            for call in _calls_of_list(text, position):
                _append(calls, call)
            position = _value_end(text, position)
        else:
            call, position = _named_call(text, position)
            _append(calls, call)
        position = _skip_space(text, position)
    return said, tuple(calls)


def _named_call(text: str, position: int) -> tuple[ToolCall, int]:
    """`name[ARGS]{...}` or `name[CALL_ID]id[ARGS]{...}`, or `name{...}` as the oldest of these templates write it."""
    limit = text.find("{", position, position + 512)
    if limit < 0:
        complete = len(text) - position > 512
        raise _Broken("malformed" if complete else "truncated", "A call has no arguments.")
    head = text[position:limit].removesuffix("[ARGS]")
    name, _, call_id = head.partition("[CALL_ID]")
    if not name.strip() or "[" in name:
        raise _Broken("malformed", "A call has no name.")
    end = _value_end(text, limit)
    raw = text[limit:end]
    return ToolCall(name=name.strip(), arguments=_json(raw), arguments_text=raw, id=call_id.strip() or None), end


def _calls_of_list(text: str, position: int) -> Iterator[ToolCall]:
    end = _value_end(text, position)
    at = _skip_space(text, position + 1)
    while at < end - 1:
        call, at = _call_at(text, at, closing="", arguments_key="arguments")
        yield call
        at = _skip_space(text, at)
        if text.startswith(",", at):
            at = _skip_space(text, at + 1)
            if at == end - 1:
                raise _Broken("malformed", "A comma ends the list of calls.")
        elif at != end - 1:
            raise _Broken("malformed", "A comma is missing in the list of calls.")


FORMATS: dict[str, Callable[[str], tuple[str, tuple[ToolCall, ...]]]] = {
    "hermes": _hermes,
    "llama3": _llama3,
    "mistral": _mistral,
}
"""Each takes the text after the reasoning and returns what is said and the calls."""


def _call_at(text: str, position: int, *, closing: str, arguments_key: str) -> tuple[ToolCall, int]:
    """The call whose JSON object starts at `position`, and the place after its closing marker."""
    start = _skip_space(text, position)
    if start == len(text):
        raise _Broken("truncated", "The completion ends where a call should start.")
    if not text.startswith("{", start):
        complete = bool(closing) and text.find(closing, start) >= 0
        # Without a closing marker, anything that is not "{" can no longer become a call.
        kind: FailureKind = "malformed" if complete or not closing else "truncated"
        raise _Broken(kind, 'A call must be a JSON object with "name" and "' + arguments_key + '".')
    try:
        end = _value_end(text, start)
    except _Broken:
        if closing and text.find(closing, start) >= 0:
            raise _Broken("malformed", "A call is not valid JSON: a bracket or a quote is not closed.") from None
        raise
    after = _skip_space(text, end)
    if closing and not text.startswith(closing, after):
        if closing.startswith(text[after:]):
            raise _Broken("truncated", f"The completion ends before {closing}.")
        kind = "malformed" if text.find(closing, after) >= 0 else "truncated"
        raise _Broken(kind, f"A call must end with {closing} after its JSON object.")
    return _call(text[start:end], arguments_key), (after + len(closing) if closing else end)


def _call(raw: str, arguments_key: str) -> ToolCall:
    """A call from the text of its JSON object."""
    members: dict[str, str] = {}
    for name, text in _members(raw):
        if name in members:
            raise _Broken("malformed", f'A call has "{_short(name)}" twice.')
        members[name] = text
    key = next((given for given in (arguments_key, "arguments", "parameters") if given in members), "")
    if "name" not in members or not key:
        raise _Broken("malformed", f'A call must have "name" and "{arguments_key}".')
    unexpected = sorted(set(members) - {"name", key, "id", "type"})
    if unexpected:
        raise _Broken("malformed", f'A call has an unexpected "{_short(unexpected[0])}".')
    tool = _json(members["name"])
    if not isinstance(tool, str) or not tool:
        raise _Broken("malformed", 'The "name" of a call must be a string.')
    call_id = _json(members["id"]) if "id" in members else None
    if "type" in members:
        _json(members["type"])
    arguments, arguments_text = _json(members[key]), members[key]
    if isinstance(arguments, str):  # OpenAI writes the arguments as JSON text
        arguments, arguments_text = _json(arguments), arguments
    return ToolCall(
        name=tool, arguments=arguments, arguments_text=arguments_text, id=call_id if isinstance(call_id, str) else None
    )


def _json(raw: str) -> Any:
    """The value of `raw`. Duplicate keys, NaN, depth and size are left for the contract to report."""
    value, problems = parse_json(raw)
    for problem in problems:
        if problem.kind == "not_json":
            raise _Broken("malformed", f"A call is not valid JSON: {problem.message}")
    return value


# A whole string, a lone quote (an unclosed string), or a bracket. Possessive, so that no text makes it slow.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|["{}\[\]]', re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*+")
_SCALAR = re.compile(r"[^\s,\]}\"{\[]++")


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    assert match is not None
    return match.end()


def _value_end(text: str, start: int) -> int:
    """Where the object or list that starts at `start` ends, by brackets and strings only."""
    open_brackets: list[str] = []
    for match in _TOKEN.finditer(text, start):
        token = match.group()
        if token in "{[":
            open_brackets.append(token)
        elif token in "}]":
            if not open_brackets or open_brackets.pop() + token not in ("{}", "[]"):
                raise _Broken("malformed", f"A call is not valid JSON: {token} closes another bracket.")
            if not open_brackets:
                return match.end()
        elif token == '"':
            break
    raise _Broken("truncated", "The completion ends inside a call.")


def _members(raw: str) -> Iterator[tuple[str, str]]:
    """The members of a JSON object, values as text. `raw` starts with "{" and its brackets are balanced."""
    position = _skip_space(raw, 1)
    last = len(raw) - 1
    while position < last:
        key = _TOKEN.match(raw, position)
        if key is None or len(key.group()) < 2:
            raise _Broken("malformed", "A call is not valid JSON: a key must be a string in double quotes.")
        colon = _skip_space(raw, key.end())
        if not raw.startswith(":", colon):
            raise _Broken("malformed", 'A call is not valid JSON: ":" is missing after a key.')
        start = _skip_space(raw, colon + 1)
        end = _member_end(raw, start)
        yield str(_json(key.group())), raw[start:end]
        position = _skip_space(raw, end)
        if raw.startswith(",", position):
            position = _skip_space(raw, position + 1)
            if position >= last:
                raise _Broken("malformed", "A call is not valid JSON: a comma ends an object.")
        elif position < last:
            raise _Broken("malformed", "A call is not valid JSON: a comma is missing.")


def _member_end(raw: str, start: int) -> int:
    if raw[start] in "{[":
        return _value_end(raw, start)
    match = _TOKEN.match(raw, start) if raw[start] == '"' else _SCALAR.match(raw, start)
    if match is None:
        raise _Broken("malformed", "A call is not valid JSON: a value is missing.")
    return match.end()


def _append(calls: list[ToolCall], call: ToolCall) -> None:
    if len(calls) >= MAX_CALLS:
        raise _Broken("too_large", f"The completion has more than {MAX_CALLS} calls.")
    calls.append(call)


def _no_stray(said: str, marker: str) -> None:
    if marker in said:
        raise _Broken("malformed", f"{marker} occurs without a call in front of it.")


def _is_bare_call(text: str) -> bool:
    """Whether the whole text is a JSON object in the shape of a call: the markers were forgotten."""
    body = text.strip()
    if body.startswith("```") and body.endswith("```"):
        body = body[3:-3].removeprefix("json").strip()
    return body.startswith("{") and body.endswith("}") and '"name"' in body and '"arguments"' in body


def _joined(said: list[str]) -> str:
    return "\n".join(piece.strip() for piece in said if piece.strip())


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."
