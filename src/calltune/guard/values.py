"""Arguments of another type than their schema demands, where they can be read in one way: the repairs of values, for
calls without side effects. In: a tool, arguments and their problems. Out: arguments that follow the schema and the
changes, or the arguments as they were."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Set
from decimal import Decimal
from typing import Any

from calltune.contract import Problem, Tool, parse_json
from calltune.contract.json_text import MAX_INTEGER, MIN_INTEGER, clip, type_name
from calltune.contract.problem import decode_pointer, pointer
from calltune.contract.subschema import subschema
from calltune.guard.mend import NUMBER, mend_json
from calltune.guard.repair import ALL, MOST_RECORDED, Repair

_ROUNDS = 4
MOST_LEAVES = 5_000
"""Values in arguments that are mended: each candidate means that all of them are checked again."""


def repair_values(
    tool: Tool, arguments: dict[str, Any], problems: tuple[Problem, ...], *, allowed: Set[str] = ALL
) -> tuple[dict[str, Any], tuple[Repair, ...], tuple[Problem, ...]]:
    """Arguments that follow the schema of `tool`, the changes, and what is still wrong.

    All of it is mended, but for arguments that are missing, or nothing is: half a repair would hide what was meant.
    """
    if _leaves(arguments, MOST_LEAVES) > MOST_LEAVES:
        return arguments, (), problems
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


def _leaves(value: Any, most: int) -> int:
    """How many values there are; more than `most` are not counted."""
    count, stack = 0, [value]
    while stack and count <= most:
        here = stack.pop()
        count += 1
        if isinstance(here, dict | list):
            stack += here.values() if isinstance(here, dict) else here
    return count


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
        if isinstance(after, dict | list) and kind in (
            "json_in_string",
            "literal_in_string",
        ):  # its parts may need repairs of their own
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
        if kinds == ["array"] and not isinstance(got, list) and got is not None and not _may_be_several(got):
            yield "single_item", [got]
    elif problem.kind == "not_in_enum" and isinstance(got, str):
        schema = subschema(tool.parameters, path)
        options = schema.get("enum", [schema["const"]] if "const" in schema else ()) if schema else ()
        alike = [option for option in options if isinstance(option, str) and option.casefold() == got.casefold()]
        if len(alike) == 1:
            yield "enum_case", alike[0]


def _may_be_several(value: Any) -> bool:
    """Whether a text could be a list written as text: then there is more than one reading."""
    return isinstance(value, str) and (
        value.lstrip()[:1] in ("[", "{", "(") or re.search(r"[,;|\n]", value) is not None
    )


def _readings(text: str, kinds: list[str]) -> Iterator[tuple[str, Any]]:
    """What a text can be read as, of the kinds demanded."""
    for kinds_read, read in _READERS:
        if not kinds_read.isdisjoint(kinds):
            found = read(text, kinds)
            if found is not None:
                yield found


def _number_in(text: str, kinds: list[str]) -> tuple[str, Any] | None:
    if len(text) > 40 or not NUMBER.fullmatch(text):
        return None
    exponent = re.search(r"[eE]([+-]?[0-9]+)\Z", text)
    if exponent and abs(int(exponent[1])) > 400:
        return None  # beyond any number that JSON programs carry
    exact = Decimal(text)
    if exact == exact.to_integral_value() and abs(exact) <= MAX_INTEGER:
        whole = int(exact)
        return ("number_in_string", whole) if MIN_INTEGER <= whole <= MAX_INTEGER else None
    value = float(text)
    same = Decimal(repr(value)) == exact
    return ("number_in_string", value) if "number" in kinds and same else None


def _boolean_in(text: str, kinds: list[str]) -> tuple[str, Any] | None:
    value = {"true": True, "True": True, "false": False, "False": False}.get(text)
    return None if value is None else ("boolean_in_string", value)


def read_as(text: str, schema: Any) -> Any:
    """What a person typed, as the type that a schema demands; the text where it demands text or none fits."""
    kinds = schema.get("type") if isinstance(schema, dict) else None
    kinds = [kinds] if isinstance(kinds, str) else list(kinds or ())
    if "string" in kinds or (not kinds and text in (schema or {}).get("enum", ())):
        return text
    found = list(_readings(text.strip(), kinds or ["integer", "number", "boolean", "object", "array"]))
    return found[0][1] if len(found) == 1 else text


def _json_in(text: str, kinds: list[str]) -> tuple[str, Any] | None:
    if not text.lstrip().startswith(("{", "[")):
        return None
    value, problems = parse_json(text)
    return ("json_in_string", value) if not problems and type_name(value) in kinds else None


def _literal_in(text: str, kinds: list[str]) -> tuple[str, Any] | None:
    """A list or an object as Python writes it."""
    text = text.strip()
    mended = mend_json(text) if text.startswith(("{", "[")) and parse_json(text)[1] else None
    if mended is None or mended.end != len(text):
        return None
    value, problems = parse_json(mended.text)
    return ("literal_in_string", value) if not problems and type_name(value) in kinds else None


_READERS: tuple[tuple[frozenset[str], Callable[[str, list[str]], tuple[str, Any] | None]], ...] = (
    (frozenset({"integer", "number"}), _number_in),
    (frozenset({"boolean"}), _boolean_in),
    (frozenset({"object", "array"}), _json_in),
    (frozenset({"object", "array"}), _literal_in),
)


def whole_numbers(schema: Any, value: Any, at: str = "") -> tuple[Any, tuple[Repair, ...]]:
    """The value with floats as integers where the schema demands integers: `10.0` follows it, and a function that was
    written for integers does not expect it."""
    if isinstance(value, float):
        if isinstance(schema, dict) and schema.get("type") == "integer" and abs(value) < 2**53 and value.is_integer():
            return int(value), (Repair(kind="integral_float", pointer=at, before=value, after=int(value)),)
        return value, ()
    repairs: list[Repair] = []
    if isinstance(value, dict):
        made: Any = {}
        for key, item in value.items():
            inner = subschema(schema, [key]) if isinstance(item, float | dict | list) else None
            made[key], found = whole_numbers(inner, item, at + pointer(key))
            repairs += found
    elif isinstance(value, list):
        made = []
        for index, item in enumerate(value):
            inner = subschema(schema, [str(index)]) if isinstance(item, float | dict | list) else None
            item, found = whole_numbers(inner, item, at + pointer(index))
            made.append(item)
            repairs += found
    else:
        return value, ()
    return (made, tuple(repairs)) if repairs else (value, ())
