"""Lossless repairs of calls that were meant well. In: text that cannot be read as a call, or arguments that break their
schema. Out: the mended text or arguments and a `Repair` for every change; nothing where there is more than one way to
read it. Never here: a bracket or quote that is missing, a value the model did not write, an argument left out, a name
guessed. Whatever comes out is checked again.

    kind                what is mended                                   with side effects
    code_fence          ```json around a call, or around the arguments   yes
    prose               words beside the JSON inside the markers         yes
    markers             a whole turn that is one bare call               yes
    trailing_comma      {"a": 1,}                                        yes
    python_literal      True, False, None                                yes
    single_quotes       {'a': 'b'}                                       yes
    raw_newline         a line break or tab inside a string              yes
    json_in_string      "[1, 2]" where an array or object is demanded    no
    number_in_string    "10" -> 10                                       no
    boolean_in_string   "true" -> true                                   no
    integral_float      10.0 -> 10 where an integer is demanded          no
    enum_case           "celsius" -> "Celsius" where only that is alike  no
    single_item         "a" -> ["a"] where a list of it is demanded      no

>>> mend_json("{'city': 'Paris', 'rain': True,}").text
'{"city": "Paris", "rain": true}'
"""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from calltune.contract import Problem, Tool, parse_json
from calltune.contract.json_text import MAX_BYTES, MAX_DEPTH, MAX_INTEGER, MIN_INTEGER, clip, type_name
from calltune.contract.subschema import decode_pointer, subschema

SYNTAX = frozenset(
    {"code_fence", "prose", "markers", "trailing_comma", "python_literal", "single_quotes", "raw_newline"}
)
"""Repairs of how a call is written; its values stay what they are."""
VALUES = frozenset(
    {"json_in_string", "number_in_string", "boolean_in_string", "integral_float", "enum_case", "single_item"}
)
"""Repairs of values, for calls without side effects only."""
ALL = SYNTAX | VALUES
MOST_RECORDED = 64
_ROUNDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One change."""

    kind: str
    """One of the table above."""
    pointer: str
    """JSON Pointer into the arguments for a value; "" for the text."""
    before: Any
    """What stood there, shortened where it is long. JSON data."""
    after: Any
    """What stands there now."""
    times: int = 1
    """How often, for changes of the text; the first is shown."""

    def at(self, prefix: str) -> Repair:
        """The same repair seen from further out."""
        return replace(self, pointer=prefix + self.pointer)

    def to_json(self) -> dict[str, Any]:
        """Plain data for the audit log."""
        return {
            "kind": self.kind,
            "pointer": self.pointer,
            "before": self.before,
            "after": self.after,
            "times": self.times,
        }


@dataclass(frozen=True, slots=True)
class Mended:
    """Text after repairs."""

    text: str
    repairs: tuple[Repair, ...]
    end: int
    """Where the value ended in the original text."""


# -- text
# ----------------------------------------------------------------------------------------------------------------


class _Unclear(Exception):
    """There is no single way to read it; never leaves this module."""


_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORD = re.compile(r"[A-Za-z]++")
_SPACE = re.compile(r"[ \t\r\n]*+")
_LITERALS = {"true": "true", "false": "false", "null": "null", "True": "true", "False": "false", "None": "null"}
_PLAIN = {'"': re.compile(r'[^"\\\x00-\x1f]*+'), "'": re.compile(r"[^'\\\x00-\x1f\"]*+")}
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_FENCE_START = re.compile(r"```(?:json|python|tool_call|xml)?[ \t]*\r?\n?\s*")


class _Reader:
    """Reads one value of almost-JSON and writes it as JSON."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.noted: dict[str, tuple[str, str]] = {}
        """Of each kind the first: what stood there and what stands there now."""
        self.times: Counter[str] = Counter()

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """One of each kind."""
        return tuple(
            Repair(kind=kind, pointer="", before=clip(before), after=clip(after), times=self.times[kind])
            for kind, (before, after) in self.noted.items()
        )

    def note(self, kind: str, before: str, after: str) -> None:
        self.noted.setdefault(kind, (before, after))
        self.times[kind] += 1

    def space(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        assert match is not None
        return match.end()

    def value(self, position: int, depth: int) -> int:
        """Write the value that starts here; return where it ends."""
        first = self.text[position : position + 1]
        if first in ("{", "["):
            return self.container(position, depth)
        if first in ('"', "'"):
            return self.string(position)
        if match := _NUMBER.match(self.text, position):
            self.out.append(match[0])
            return match.end()
        match = _WORD.match(self.text, position)
        if match is None or match[0] not in _LITERALS:
            raise _Unclear
        written = _LITERALS[match[0]]
        if written != match[0]:
            self.note("python_literal", match[0], written)
        self.out.append(written)
        return match.end()

    def container(self, position: int, depth: int) -> int:
        if depth <= 0:
            raise _Unclear
        opening = self.text[position]
        closing = "}" if opening == "{" else "]"
        self.out.append(opening)
        position = self.space(position + 1)
        filled = False
        while not self.text.startswith(closing, position):
            if opening == "{":
                if self.text[position : position + 1] not in ('"', "'"):
                    raise _Unclear
                position = self.space(self.string(position))
                if not self.text.startswith(":", position):
                    raise _Unclear
                self.out.append(": ")
                position = self.space(position + 1)
            position = self.space(self.value(position, depth - 1))
            filled = True
            if self.text.startswith(",", position):
                position = self.space(position + 1)
                if self.text.startswith(closing, position):
                    self.note("trailing_comma", "," + closing, closing)
                else:
                    self.out.append(", ")
            elif not self.text.startswith(closing, position):
                raise _Unclear
        assert filled or self.out[-1] == opening
        self.out.append(closing)
        return position + 1

    def string(self, position: int) -> int:
        quote, start, first = self.text[position], position, len(self.out)
        self.out.append('"')
        position += 1
        while True:
            match = _PLAIN[quote].match(self.text, position)
            assert match is not None
            self.out.append(match[0])
            position = match.end()
            here = self.text[position : position + 1]
            if here == quote:
                break
            position = self.odd(position, here)
        self.out.append('"')
        if quote == "'":
            self.note("single_quotes", self.text[start : position + 1], "".join(self.out[first:]))
        return position + 1

    def odd(self, position: int, here: str) -> int:
        """A character that does not stand for itself in a string."""
        if here == "":
            raise _Unclear  # the text ends inside the string
        if here == '"':
            self.out.append('\\"')
            return position + 1
        if here == "\\":
            if self.text.startswith("\\'", position):
                self.out.append("'")
                self.note("single_quotes", "\\'", "'")
                return position + 2
            match = _ESCAPE.match(self.text, position)
            if match is None:
                raise _Unclear
            self.out.append(match[0])
            return match.end()
        if here not in "\n\r\t":
            raise _Unclear
        written = json.dumps(here)[1:-1]
        self.out.append(written)
        self.note("raw_newline", here, written)
        return position + 1


def mend_json(text: str, start: int = 0, *, allowed: Set[str] = ALL) -> Mended | None:
    """The JSON value at `start`, mended; None where it is not complete, can be read in two ways, or needs a repair that
    is not allowed."""
    if len(text) - start > MAX_BYTES:
        return None
    reader = _Reader(text)
    try:
        end = reader.value(reader.space(start), MAX_DEPTH)
    except _Unclear:
        return None
    if not allowed >= set(reader.noted):
        return None
    return Mended("".join(reader.out), reader.repairs, end)


def mend_arguments(text: str, *, allowed: Set[str] = ALL) -> Mended | None:
    """The text of a call's arguments, mended: one JSON object and nothing else, at most a code fence around it."""
    repairs: list[Repair] = []
    body = text.strip()
    fence = _FENCE_START.match(body)
    if fence and body.endswith("```") and len(body) >= fence.end() + 3:
        if "code_fence" not in allowed:
            return None
        body = body[fence.end() : -3].strip()
        repairs.append(Repair(kind="code_fence", pointer="", before="```", after=""))
    mended = mend_json(body, allowed=allowed) if body.startswith("{") else None
    if mended is None or mended.end != len(body):
        return None
    return Mended(mended.text, (*repairs, *mended.repairs), len(text))


def mend_text(text: str, format: str, *, allowed: Set[str] = ALL) -> Mended | None:
    """A completion whose calls could not be read, with each call as JSON between its markers; None where that is not
    possible without loss. `format`: see `calltune.render.parse`."""
    if len(text) > MAX_BYTES:
        return None
    return (_mend_hermes if format == "hermes" else _mend_objects)(text, allowed)


OPEN, CLOSE = "<tool_call>", "</tool_call>"


def _mend_hermes(text: str, allowed: Set[str]) -> Mended | None:
    if OPEN not in text:
        return _mend_bare(text, allowed)
    pieces: list[str] = []
    repairs: list[Repair] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        body = start + len(OPEN)
        opening = text.find("{", body)
        mended = mend_json(text, opening, allowed=allowed) if opening >= 0 else None
        end = text.find(CLOSE, mended.end) if mended else -1
        if mended is None or end < 0:
            return None
        around = _around(text[body:opening].strip(), text[mended.end : end].strip())
        if around is None or any(repair.kind not in allowed for repair in around):
            return None
        repairs += (*around, *mended.repairs)
        pieces += [text[position:body], mended.text, CLOSE]
        position = end + len(CLOSE)
    pieces.append(text[position:])
    return Mended("".join(pieces), tuple(repairs[:MOST_RECORDED]), len(text)) if repairs else None


def _around(before: str, after: str) -> tuple[Repair, ...] | None:
    """What stands beside a call inside its markers, as repairs that take it away; None where it could mean
    something."""
    if not before and not after:
        return ()
    fence = _FENCE_START.fullmatch(before)
    if fence and after == "```":
        return (Repair(kind="code_fence", pointer="", before=before, after=""),)
    if OPEN in before or CLOSE in before or OPEN in after or re.search(r'[{}\[\]"`]', before + after):
        return None
    return (Repair(kind="prose", pointer="", before=clip(f"{before} ... {after}".strip()), after=""),)


def _mend_bare(text: str, allowed: Set[str]) -> Mended | None:
    """A turn that is one call and nothing else, without markers."""
    mended = mend_arguments(text, allowed=allowed)
    if mended is None or "markers" not in allowed:
        return None
    value, problems = parse_json(mended.text)
    if problems or set(value) != {"name", "arguments"}:
        return None
    marked = Repair(kind="markers", pointer="", before="", after=OPEN)
    return Mended(f"{OPEN}{mended.text}{CLOSE}", (*mended.repairs, marked), len(text))


def _mend_objects(text: str, allowed: Set[str]) -> Mended | None:
    """Every JSON object after the marker of the calls; what stands between them stays."""
    start = max(text.find("[TOOL_CALLS]"), text.find("<|python_tag|>"))
    if start < 0 and not text.lstrip().startswith("{"):
        return None
    pieces: list[str] = []
    repairs: list[Repair] = []
    position = max(start, 0)
    pieces.append(text[:position])
    while (opening := text.find("{", position)) >= 0:
        mended = mend_json(text, opening, allowed=allowed)
        if mended is None:
            return None
        pieces += [text[position:opening], mended.text]
        repairs += mended.repairs
        position = mended.end
    pieces.append(text[position:])
    return Mended("".join(pieces), tuple(repairs[:MOST_RECORDED]), len(text)) if repairs else None


# -- values
# --------------------------------------------------------------------------------------------------------------


def repair_values(
    tool: Tool, arguments: dict[str, Any], problems: tuple[Problem, ...], *, allowed: Set[str] = ALL
) -> tuple[dict[str, Any], tuple[Repair, ...], tuple[Problem, ...]]:
    """Arguments that follow the schema of `tool`, the changes, and what is still wrong.

    All of it is mended, but for arguments that are missing, or nothing is: half a repair would hide what was meant.
    """
    mended = copy.deepcopy(arguments)
    repairs: list[Repair] = []
    left = problems
    for _ in range(_ROUNDS):
        changed = [repair for problem in left if (repair := _repair_value(tool, mended, problem, allowed)) is not None]
        repairs += changed
        left = tool.check(mended)
        if not changed or not left or len(repairs) > MOST_RECORDED:
            break
    if not repairs or any(problem.kind != "missing_required" for problem in left):
        return arguments, (), problems
    return mended, tuple(repairs), left


def _repair_value(tool: Tool, arguments: dict[str, Any], problem: Problem, allowed: Set[str]) -> Repair | None:
    path = decode_pointer(problem.pointer)
    found = _holder(arguments, path)
    if found is None:
        return None
    holder, key = found
    before = holder[key]
    for kind, after in _candidates(tool, path, before, problem):
        if kind not in allowed:
            continue
        holder[key] = after
        if not any(left.pointer == problem.pointer for left in tool.check(arguments)):
            return Repair(kind=kind, pointer=problem.pointer, before=clip(before), after=clip(after))
        if isinstance(after, dict | list) and kind == "json_in_string":  # its parts may need repairs of their own
            return Repair(kind=kind, pointer=problem.pointer, before=clip(before), after=clip(after))
        holder[key] = before
    return None


def _holder(value: Any, path: list[str]) -> tuple[Any, Any] | None:
    """The container and the key of the place `path`."""
    if not path:
        return None
    for number, part in enumerate(path):
        key: Any = part
        if isinstance(value, list):
            key = int(part) if part.isdecimal() and int(part) < len(value) else None
        if not isinstance(value, dict | list) or key is None or (isinstance(value, dict) and key not in value):
            return None
        if number == len(path) - 1:
            return value, key
        value = value[key]
    return None


def _candidates(tool: Tool, path: list[str], got: Any, problem: Problem) -> Iterator[tuple[str, Any]]:
    if problem.kind == "wrong_type":
        kinds = [problem.expected] if isinstance(problem.expected, str) else list(problem.expected or ())
        if isinstance(got, str):
            readings = list(_readings(got, kinds))
            if len(readings) == 1:
                yield readings[0]
        if kinds == ["array"] and not isinstance(got, list) and got is not None:
            yield "single_item", [got]
    elif problem.kind == "not_in_enum" and isinstance(got, str):
        schema = subschema(tool.parameters, path)
        options = schema.get("enum", [schema["const"]] if "const" in schema else ()) if schema else ()
        alike = [option for option in options if isinstance(option, str) and option.casefold() == got.casefold()]
        if len(alike) == 1:
            yield "enum_case", alike[0]


def _readings(text: str, kinds: list[str]) -> Iterator[tuple[str, Any]]:
    """What a text can be read as, of the kinds demanded."""
    for kinds_read, read in _READERS:
        if not kinds_read.isdisjoint(kinds):
            found = read(text, kinds)
            if found is not None:
                yield found


def _number_in(text: str, kinds: list[str]) -> tuple[str, Any] | None:
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return None
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return None
    if exact == exact.to_integral_value() and abs(exact) <= MAX_INTEGER:
        whole = int(exact)
        return ("number_in_string", whole) if MIN_INTEGER <= whole <= MAX_INTEGER else None
    value = float(text)
    same = Decimal(repr(value)) == exact
    return ("number_in_string", value) if "number" in kinds and same else None


def _boolean_in(text: str, kinds: list[str]) -> tuple[str, Any] | None:
    value = {"true": True, "True": True, "false": False, "False": False}.get(text)
    return None if value is None else ("boolean_in_string", value)


def _json_in(text: str, kinds: list[str]) -> tuple[str, Any] | None:
    if not text.lstrip().startswith(("{", "[")):
        return None
    value, problems = parse_json(text)
    return ("json_in_string", value) if not problems and type_name(value) in kinds else None


_READERS: tuple[tuple[frozenset[str], Callable[[str, list[str]], tuple[str, Any] | None]], ...] = (
    (frozenset({"integer", "number"}), _number_in),
    (frozenset({"boolean"}), _boolean_in),
    (frozenset({"object", "array"}), _json_in),
)


def whole_numbers(schema: Any, value: Any, pointer: str = "") -> tuple[Any, tuple[Repair, ...]]:
    """The value with floats as integers where the schema demands integers: `10.0` follows it, and a function that was
    written for integers does not expect it."""
    if isinstance(value, float):
        if isinstance(schema, dict) and schema.get("type") == "integer" and abs(value) < 2**53 and value.is_integer():
            return int(value), (Repair(kind="integral_float", pointer=pointer, before=value, after=int(value)),)
        return value, ()
    repairs: list[Repair] = []
    if isinstance(value, dict):
        made: Any = {}
        for key, item in value.items():
            inner = subschema(schema, [key]) if isinstance(item, float | dict | list) else None
            made[key], found = whole_numbers(inner, item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
            repairs += found
    elif isinstance(value, list):
        made = []
        for index, item in enumerate(value):
            inner = subschema(schema, [str(index)]) if isinstance(item, float | dict | list) else None
            item, found = whole_numbers(inner, item, f"{pointer}/{index}")
            made.append(item)
            repairs += found
    else:
        return value, ()
    return (made, tuple(repairs)) if repairs else (value, ())
