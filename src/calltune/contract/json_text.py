"""Strict JSON. In: text (or Python data) that claims to be JSON. Out: the value and every way in which it is not JSON
that all programs read alike: duplicate keys, NaN, Infinity, lone surrogates, numbers beyond 64 bits, too deep, too
large. Nothing here raises and nothing is repaired; what a *schema* says about the value is checked elsewhere."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from .problem import Problem, pointer

MAX_DEPTH = 64
MAX_BYTES = 1 << 20
MAX_VALUES = 100_000
MAX_INTEGER = 2**64 - 1
MIN_INTEGER = -(2**63)
_MAX_PROBLEMS = 64

# A string is taken whole, closed or not (possessive, so that hostile text costs linear time), and brackets in it do
# not count.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_LONG_NUMBER = re.compile(r"-?[0-9]{19}")


def parse_json(
    text: str | bytes, *, max_depth: int = MAX_DEPTH, max_bytes: int = MAX_BYTES, max_values: int = MAX_VALUES
) -> tuple[Any, tuple[Problem, ...]]:
    """The value, and what is wrong with the text: `{"a": 1, "a": 2}` gives a of 2 and one duplicate_key.

    The value is None where the text cannot be read at all (not_json, too_deep, too_large).
    """
    if isinstance(text, bytes | bytearray):
        if len(text) > max_bytes:
            return None, (_too_large(len(text), max_bytes),)
        try:
            text = bytes(text).decode("utf-8")
        except UnicodeDecodeError as error:
            return None, (_not_json(f"byte {error.start + 1} is not UTF-8"),)
    elif not isinstance(text, str):
        return None, (_not_json(f"expected text, got {type_name(text)}"),)
    try:
        size = len(text) if text.isascii() else len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        return None, (_not_json(f"character {error.start + 1} is a lone surrogate, which is not Unicode text"),)
    if size > max_bytes:
        return None, (_too_large(size, max_bytes),)
    if text.count("[") + text.count("{") > max_depth and _depth(text) > max_depth:
        return None, (_too_deep("", max_depth),)
    return _load(text, max_depth, max_bytes, max_values)


def _load(text: str, max_depth: int, max_bytes: int, max_values: int) -> tuple[Any, tuple[Problem, ...]]:
    repeated: list[tuple[dict[str, Any], list[str]]] = []
    odd: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(items)
        if len(value) != len(items):
            seen: set[str] = set()
            twice = [key for key, _ in items if key in seen or seen.add(key)]  # type: ignore[func-returns-value]
            repeated.append((value, list(dict.fromkeys(twice))))
        return value

    def constant(name: str) -> float:
        odd.append(name)
        return float(name.replace("Infinity", "inf").replace("NaN", "nan"))

    def number(digits: str) -> float:
        value = float(digits)
        if math.isinf(value):
            odd.append(digits)
        return value

    def integer(digits: str) -> int | float:
        if len(digits) > 40:  # int() refuses thousands of digits; anything over 64 bits is a problem anyway
            return MAX_INTEGER + 1 if digits[0] != "-" else MIN_INTEGER - 1
        return int(digits)

    long_numbers = _LONG_NUMBER.search(text) is not None
    try:
        value = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=constant,
            parse_float=number,
            parse_int=integer if long_numbers else None,
        )
    except (ValueError, RecursionError) as error:
        return None, (_not_json(_reason(text, error)),)
    problems: list[Problem] = []
    if repeated:
        problems += _duplicates(value, repeated)
    if odd or long_numbers or "\\u" in text:
        problems += to_plain(value, max_depth=max_depth, max_bytes=max_bytes, max_values=max_values)[1]
    return value, tuple(problems[:_MAX_PROBLEMS])


def _reason(text: str, error: Exception) -> str:
    if not text.strip():
        return "the text is empty"
    if not isinstance(error, json.JSONDecodeError):
        return "it cannot be read"
    what = {
        "Expecting value": "expected a value",
        "Extra data": "there is more text after the end of the value",
        "Expecting property name enclosed in double quotes": "expected a key in double quotes",
    }.get(error.msg, error.msg[:1].lower() + error.msg[1:])
    near = text[max(0, error.pos - 12) : error.pos + 12]
    where = f"near {json.dumps(near, ensure_ascii=False)}" if error.pos < len(text) else "where the text ends"
    return f"{what} at character {error.pos + 1}, {where}"


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in _BRACKETS.finditer(text):
        token = match[0]
        if token in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif token in "]}":
            depth -= 1
    return deepest


def _duplicates(value: Any, repeated: list[tuple[dict[str, Any], list[str]]]) -> list[Problem]:
    """Where each repeated key stands. One in an object that a later duplicate replaced is reported at the top."""
    places: dict[int, str] = {}
    wanted = {id(item) for item, _ in repeated}
    stack: list[tuple[Any, str]] = [(value, "")]
    while stack and len(places) < len(wanted):
        item, at = stack.pop()
        if id(item) in wanted:
            places[id(item)] = at
        if isinstance(item, dict):
            stack += [(child, at + pointer(key)) for key, child in item.items()]
        elif isinstance(item, list):
            stack += [(child, at + pointer(index)) for index, child in enumerate(item)]
    return [
        Problem(
            kind="duplicate_key",
            pointer=places.get(id(item), "") + pointer(key),
            message=f"the key {quote(key)} is given more than once.",
            expected="each key once",
            got=clip(key),
        )
        for item, keys in repeated
        for key in keys
    ]


# -- Python data -----------------------------------------------------------------------------------------------------


def carries(value: Any) -> bool:
    """Quick yes for small JSON data of the exact plain types; no means: look closer with `to_plain`."""
    return _spend(value, 65_536, MAX_DEPTH) >= 0


def _spend(value: Any, budget: int, depth: int) -> int:
    """What is left of the budget (characters and values) after this value; below 0 where it is spent or the value is
    odd."""
    kind = type(value)
    if kind is str:
        return budget - len(value) if value.isascii() or _is_unicode(value) else -1
    if kind is bool or value is None:
        return budget - 1
    if kind is int:
        return budget - 1 if MIN_INTEGER <= value <= MAX_INTEGER else -1
    if kind is float:
        return budget - 1 if math.isfinite(value) else -1
    if depth <= 0:
        return -1
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not (key.isascii() or _is_unicode(key)):
                return -1
            budget = _spend(item, budget - len(key) - 1, depth - 1)
            if budget < 0:
                return -1
        return budget
    if kind is list:
        for item in value:
            budget = _spend(item, budget - 1, depth - 1)
            if budget < 0:
                return -1
        return budget
    return -1


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class _Walk:
    """One pass over Python data with its budgets; makes a plain copy and notes what JSON cannot carry."""

    def __init__(self, max_depth: int, max_bytes: int, max_values: int) -> None:
        self.max_depth = max_depth
        self.max_bytes = max_bytes
        self.max_values = max_values
        self.values = 0
        self.bytes = 0
        self.problems: list[Problem] = []

    @property
    def full(self) -> bool:
        return self.values > self.max_values or self.bytes > self.max_bytes or len(self.problems) >= _MAX_PROBLEMS

    def plain(self, value: Any, at: str, depth: int) -> Any:
        self.values += 1
        if self.full:
            return None
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self.text(value, at)
        if isinstance(value, int):
            number = int.__index__(value)
            if not MIN_INTEGER <= number <= MAX_INTEGER:
                self.note("range", at, "the number has more than 64 bits, which JSON programs do not carry.")
                return 0
            return number
        if isinstance(value, float):
            if not math.isfinite(value):
                self.note("not_finite", at, f"{_constant(value)} is not a JSON number.", got=_constant(value))
                return 0.0
            return float.__float__(value)
        if isinstance(value, Mapping | list | tuple):
            if depth <= 0:
                self.problems.append(_too_deep(at, self.max_depth))
                return None
            return self.container(value, at, depth - 1)
        self.note("wrong_type", at, f"expected JSON data, got a Python object of type {type(value).__name__}.")
        return None

    def container(self, value: Any, at: str, depth: int) -> Any:
        if not isinstance(value, Mapping):
            return [self.plain(item, f"{at}/{index}", depth) for index, item in enumerate(value) if not self.full]
        result = {}
        for key, item in value.items():
            if self.full:
                break
            if not isinstance(key, str):
                self.note("wrong_type", at, f"expected keys that are strings, got the key {clip_repr(key)}.")
                continue
            result[self.text(key, at)] = self.plain(item, at + pointer(key), depth)
        return result

    def text(self, value: str, at: str) -> str:
        plain = str.__str__(value)
        self.bytes += len(plain)
        if not plain.isascii() and not _is_unicode(plain):
            self.note("not_json", at, "the text holds a lone surrogate, which is not Unicode.")
            return ""
        return plain

    def note(self, kind: str, at: str, message: str, got: Any = None) -> None:
        at = _safe(at)
        named = f"{at[1:].replace('/', '.')}: " if at else ""
        self.problems.append(Problem(kind=kind, pointer=at, message=named + message, got=got))


def to_plain(
    value: Any, *, max_depth: int = MAX_DEPTH, max_bytes: int = MAX_BYTES, max_values: int = MAX_VALUES
) -> tuple[Any, list[Problem]]:
    """A plain copy (dict, list, str, int, float, bool, None) and what JSON cannot carry. Never raises."""
    walk = _Walk(max_depth, max_bytes, max_values)
    try:
        plain = walk.plain(value, "", max_depth)
    except Exception as error:  # a Mapping written by someone else may raise anything; that is a problem of the value
        return None, [_not_json(f"reading it failed with {type(error).__name__}")]
    if walk.values > max_values:
        walk.problems.append(_too_large_values(max_values))
    elif walk.bytes > max_bytes:
        walk.problems.append(_too_large(walk.bytes, max_bytes))
    return plain, walk.problems


# -- words --------------------------------------------------------------------------------


def type_name(value: Any) -> str:
    """The JSON name of a value's type: `type_name(True)` is "boolean"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    for kind, name in (
        (str, "string"),
        (int, "integer"),
        (float, "number"),
        (Mapping, "object"),
        (list | tuple, "array"),
    ):
        if isinstance(value, kind):
            return name
    return type(value).__name__


def clip(value: Any, limit: int = 60) -> Any:
    """The value as JSON data, shortened: long text is cut with an ellipsis, a big container becomes its cut JSON
    text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else _constant(value)
    if isinstance(value, str):
        return _safe(value if len(value) <= limit else value[: limit - 1] + "…")
    text = clip_repr(value, limit)
    return value if not text.endswith("…") and isinstance(value, dict | list) else text


def quote(value: Any, limit: int = 60) -> str:
    """The value as it stands in a sentence: JSON, at most about `limit` characters."""
    if isinstance(value, str):
        text = value if len(value) <= limit else value[: limit - 1] + "…"
        return _safe(json.dumps(text, ensure_ascii=False))
    return clip_repr(value, limit)


def clip_repr(value: Any, limit: int = 60) -> str:
    """JSON text of anything, cut at `limit`; Python's repr where it is no JSON."""
    try:
        pieces, length = [], 0
        for piece in json.JSONEncoder(ensure_ascii=False).iterencode(value):
            pieces.append(piece[: limit + 1])
            length += len(pieces[-1])
            if length > limit:
                break
        text = "".join(pieces)
    except Exception:  # not JSON data: any object may come here, and its repr may fail as well
        text = f"<{type(value).__name__}>"
    return _safe(text if len(text) <= limit else text[: limit - 1] + "…")


def _safe(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def _constant(value: float) -> str:
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _not_json(reason: str) -> Problem:
    return Problem(kind="not_json", pointer="", message=f"not valid JSON: {reason}.", expected="JSON")


def _too_large(size: int, limit: int) -> Problem:
    return Problem(
        kind="too_large",
        pointer="",
        message=f"too large: {size:,} bytes where {limit:,} are allowed.",
        expected=limit,
        got=size,
    )


def _too_large_values(limit: int) -> Problem:
    return Problem(kind="too_large", pointer="", message=f"too large: more than {limit:,} values.", expected=limit)


def _too_deep(at: str, limit: int) -> Problem:
    return Problem(kind="too_deep", pointer=at, message=f"nested more than {limit} levels deep.", expected=limit)
