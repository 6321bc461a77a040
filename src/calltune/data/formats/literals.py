"""Values and calls in Python's spelling, read without running anything. In: text such as `{'a': [1, None]}` or
`[find(city="Oslo", days=2), ping()]`. Out: plain JSON data, or `Refused` with the reason. Literals only: no names
but true, false, null and their Python forms, no operators but a sign, no comprehensions, no attributes; length and
depth are bounded before the parser sees the text."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from calltune.data.formats.reading import Refused
from calltune.data.formats.transcript import Call

MAX_TEXT = 1 << 18
"""Characters of a list of functions in a prompt; calls are far shorter."""
MAX_DEPTH = 64
MAX_NAME = 200
_WORDS = {"true": True, "false": False, "null": None, "none": None, "True": True, "False": False, "None": None}
_OPEN, _CLOSE = "([{", ")]}"


def literal(text: str, what: str = "value") -> Any:
    """The JSON data that a Python literal says; tuples become lists."""
    text = text.strip()
    _bounded(text, what)
    try:
        with warnings.catch_warnings():  # "\d" in a text is a SyntaxWarning and means what it says
            warnings.simplefilter("ignore")
            body = ast.parse(text, mode="eval").body
        return _value(body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        raise Refused(f"unreadable {what}", f"the {what} is neither JSON nor a Python literal: {reason}.") from None


def read_pythonic(text: str, order: Mapping[str, list[str]] | None = None) -> list[Call]:
    """The calls in `[name(a=1), other.name()]`, with or without the brackets. `order` names the arguments of a tool in
    their order, for values that come without a name."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    if len(text) > MAX_TEXT:
        raise Refused("unreadable call", f"the call is longer than {MAX_TEXT:,} characters.")
    calls = [_call(part, order or {}) for part in _split(text, ",")]
    if not calls:
        raise Refused("unreadable call", "there is no call in it.")
    return calls


def looks_pythonic(text: str) -> bool:
    """Whether the text is written as `[name(...)]`; a cheap look, not a parse."""
    text = text.strip()
    if not (text.startswith("[") and text.endswith(")]")):
        return False
    name = text[1 : text.find("(")].strip()
    return 0 < len(name) <= MAX_NAME and not set(name) & set("\"'{}[]:,")


def _call(text: str, order: Mapping[str, list[str]]) -> Call:
    text = text.strip()
    name, bracket, rest = text.partition("(")
    name = name.strip()
    if not bracket or not rest.endswith(")") or not 0 < len(name) <= MAX_NAME or set(name) & set("\"'{}[]:="):
        raise Refused("unreadable call", f"expected name(argument=value, ...), got {_shown(text)}.")
    arguments: dict[str, Any] = {}
    for index, part in enumerate(_split(rest[:-1], ",")):
        key, value = _argument(part)
        if not key:
            names = order.get(name, [])
            if index >= len(names):
                raise Refused("unnamed argument", f"a value of {name} has no name, and no tool says which it is.")
            key = names[index]
        if key in arguments:
            raise Refused("unreadable call", f"the argument {_shown(key)} of {name} is given twice.")
        arguments[key] = literal(value, "argument")
    return Call(name, arguments)


def _argument(text: str) -> tuple[str, str]:
    """The name ("" where there is none) and the text of the value."""
    for index, character in enumerate(text):
        if character in "\"'([{":
            break
        if character == "=":
            return text[:index].strip(), text[index + 1 :]
    return "", text


def _split(text: str, separator: str) -> Iterator[str]:
    """The parts of the text between separators that stand outside quotes and brackets. One pass."""
    depth = start = 0
    for index, character in _outside_quotes(text):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        elif character == separator and not depth:
            yield text[start:index]
            start = index + 1
        if not 0 <= depth <= MAX_DEPTH:
            raise Refused("unreadable call", "its brackets do not match, or are nested too deep.")
    if depth:
        raise Refused("unreadable call", "a bracket in it is never closed.")
    if text[start:].strip():
        yield text[start:]


def _outside_quotes(text: str) -> Iterator[tuple[int, str]]:
    quote = ""
    index = 0
    while index < len(text):
        character = text[index]
        if quote:
            if character == "\\":
                index += 1
            elif character == quote:
                quote = ""
        elif character in "\"'":
            quote = character
        else:
            yield index, character
        index += 1
    if quote:
        raise Refused("unreadable call", "a quote in it is never closed.")


def _bounded(text: str, what: str) -> None:
    """Refuses what could cost the parser its stack: length, nesting, and chains of operators of any kind."""
    if len(text) > MAX_TEXT:
        raise Refused(f"unreadable {what}", f"the {what} is longer than {MAX_TEXT:,} characters.")
    depth = 0
    for _, character in _outside_quotes(text):
        if character in _OPEN:
            depth += 1
        elif character in _CLOSE:
            depth -= 1
        elif not (character.isalnum() or character in " \t\r\n,:.+-_"):
            raise Refused(
                f"unreadable {what}", f"the {what} is neither JSON nor a Python literal: {character!r} in it."
            )
        if depth > MAX_DEPTH:
            raise Refused(f"unreadable {what}", f"the {what} is nested more than {MAX_DEPTH} levels deep.")


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=bool() | str() | int() | float() | None as value):
            return value
        case ast.Name(id=name) if name in _WORDS:
            return _WORDS[name]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=ast.Constant(value=int() | float() as value)):
            return -value if isinstance(sign, ast.USub) else value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [_value(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            names = [_key(key) for key in keys]
            if len(set(names)) != len(names):
                raise ValueError("a key is given twice")
            return dict(zip(names, map(_value, values), strict=True))
    raise ValueError(f"{type(node).__name__} is no plain value")


def _key(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError("a key is not text")


def _shown(text: str, most: int = 60) -> str:
    return repr(text if len(text) <= most else text[:most] + "...")
