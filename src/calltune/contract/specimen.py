"""Values made from a schema: its listed values, its bounds and what lies beside them, the smallest object and fuller
ones. In: a schema and the document that its references name. Out: JSON values to try, few and always the same; most
follow the schema, none is promised to. Nothing random, and nothing realistic."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from .containment import alone
from .json_text import type_name
from .problem import decode_pointer
from .validate import build_validator

MOST = 60
"""Values of one schema; of one inside another, a sixth of that."""
_DEPTH = 8
_STEPS = 20_000
"""Schemas looked at for one document: definitions that name each other a hundred times would never end."""
_LONGEST = 4096
_LARGE = 5_000
"""Parts of one value."""
_WORDS = ("text", "", "a", "A1", "42", "Oslo", "2026-05-31")
_FORMATS = {
    "date": "2026-05-31", "date-time": "2026-05-31T14:30:00Z", "time": "14:30:00Z", "duration": "P3D",
    "email": "ada@example.org", "idn-email": "ada@example.org", "hostname": "www.example.org",
    "idn-hostname": "www.example.org", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "uri": "https://example.org/a",
    "uri-reference": "/a", "iri": "https://example.org/a", "iri-reference": "/a",
    "uri-template": "https://example.org/{id}", "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "json-pointer": "/a/0", "relative-json-pointer": "1/a", "regex": "a+",
}  # fmt: skip


class Specimens:
    """Values for the places of one document. Holds the validators it has compiled."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self._checked: dict[int, Any] = {}
        self._made: dict[tuple[int, int, int], list[Any]] = {}
        self._kept: list[Any] = []  # so that no other schema gets the id of one that is remembered
        self._steps = _STEPS

    def valid(self, schema: Any, hint: Any = None, *, most: int = MOST, depth: int = 0) -> Iterator[Any]:
        """Values that the schema accepts. `hint` is a schema whose bounds are worth trying too."""
        validator = self._validator(schema)
        return (value for value in self.any(schema, hint, most=most, depth=depth) if validator.is_valid(value))

    def any(self, schema: Any, hint: Any = None, *, most: int = MOST, depth: int = 0) -> Iterator[Any]:
        """Values to try, each once."""
        seen = set()
        for value in islice(self._values(self._target(schema), self._target(hint), depth), 4 * most):
            if _is_large(value):
                continue
            key = f"{type_name(value)} {value!r}"
            if key not in seen:
                seen.add(key)
                yield value
            if len(seen) == most:
                return

    def placed(self, path: Sequence[str | int], value: Any, schema: Any = None) -> Iterator[Any]:
        """The value at a place of the whole document, with whatever must stand around it."""
        schema = self._target(self.root if schema is None else schema)
        if not path:
            yield value
            return
        step, around = path[0], self._inner(schema, 0)
        objects = [whole for whole in around if isinstance(whole, dict)] or [{}]
        lists = [whole for whole in around if isinstance(whole, list)] or [[]]
        for child in self._children(schema, step):
            for inner in islice(self.placed(path[1:], value, child), 2):
                if isinstance(step, str):
                    yield from ({**whole, step: inner} for whole in objects[:3])
                else:
                    before = [self._simplest(schema, index) for index in range(min(step, MOST))]
                    yield from ([*before, inner, *whole[len(before) + 1 :]] for whole in lists[:3])

    def _simplest(self, schema: Any, index: int) -> Any:
        """An item to stand before another."""
        return next((item for child in self._children(schema, index) for item in self._inner(child, 0)), None)

    def _children(self, schema: Any, step: str | int, depth: int = 0) -> Iterator[Any]:
        """The schemas that speak about a property or an item."""
        if not isinstance(schema, dict) or depth > _DEPTH:
            yield True
        elif isinstance(step, str) and step in schema.get("properties", ()):
            yield schema["properties"][step]
        elif isinstance(step, int) and ("items" in schema or "prefixItems" in schema):
            first = schema.get("prefixItems", ())
            yield first[step] if step < len(first) else schema.get("items", True)
        else:
            branches = [branch for word in ("anyOf", "oneOf", "allOf") for branch in schema.get(word, ())]
            for branch in branches[:MOST]:
                yield from self._children(self._target(branch), step, depth + 1)
            if not branches:
                yield schema.get("additionalProperties", True) if isinstance(step, str) else True

    def _validator(self, schema: Any) -> Any:
        if id(schema) not in self._checked:
            self._kept.append(schema)
            self._checked[id(schema)] = build_validator(alone(schema, self.root))
        return self._checked[id(schema)]

    def _target(self, schema: Any) -> Any:
        for _ in range(_DEPTH):
            if not isinstance(schema, dict) or "$ref" not in schema:
                break
            target = self.root
            for part in decode_pointer(schema["$ref"][1:]):
                target = target.get(part) if isinstance(target, dict) else None
            schema = target if isinstance(target, dict) else {}
        return schema

    def _inner(self, schema: Any, depth: int, hint: Any = None) -> list[Any]:
        """Some values of a schema inside another, the simplest first."""
        key = id(schema), depth, id(hint)
        if key not in self._made:
            self._kept += [schema, hint]
            self._made[key] = []  # what it says inside itself
            self._made[key] = list(self.valid(schema, hint, most=MOST // 6, depth=depth + 1))
        return self._made[key]

    def _values(self, schema: Any, hint: Any, depth: int) -> Iterator[Any]:
        self._steps -= 1
        if schema is False or depth > _DEPTH or self._steps < 0:
            return
        schema = schema if isinstance(schema, dict) else {}
        hint = hint if isinstance(hint, dict) else {}
        for node in (schema, hint):
            yield from node.get("enum", ())[:MOST]
            yield from (node[word] for word in ("const", "default") if word in node)
            yield from node.get("examples", ())[:3]
        for word in ("anyOf", "oneOf", "allOf"):
            for branch in schema.get(word, ())[:MOST]:
                yield from self._inner({**_outside(schema), **branch} if isinstance(branch, dict) else branch, depth)
            for branch in hint.get(word, ())[:MOST]:
                yield from self._inner(branch, depth)
        if schema.get("allOf"):
            yield from self._inner(_laid_over(schema["allOf"], self._target), depth)
        kinds = schema.get("type", ["string", "integer", "number", "boolean", "null", "object", "array"])
        makers = {"string": _texts, "integer": _numbers, "number": _numbers, "boolean": _booleans, "null": _nulls}
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            if kind in makers:
                yield from makers[kind](schema, hint)
            elif kind == "array":
                yield from self._arrays(schema, hint, depth)
            else:
                yield from self._objects(schema, hint, depth)

    def _arrays(self, schema: dict[str, Any], hint: dict[str, Any], depth: int) -> Iterator[Any]:
        first = [next(iter(self._inner(item, depth)), None) for item in schema.get("prefixItems", ())[:MOST]]
        items = self._inner(schema.get("items", True), depth) or [None]
        inside = self._inner(schema["contains"], depth) if "contains" in schema else []
        for count in _counts(schema, hint, "Items", len(first)):
            rest = max(0, count - len(first))
            yield (first + [items[index % len(items)] for index in range(rest)])[:count]
            yield (first + items[:1] * rest)[:count]
        yield from ([*first, *inside[:1], item] for item in items[:4])

    def _objects(self, schema: dict[str, Any], hint: dict[str, Any], depth: int) -> Iterator[Any]:
        declared = dict(islice(schema.get("properties", {}).items(), 4 * MOST))
        required = schema.get("required", ())
        other = hint.get("properties", {})
        inner: dict[str, list[Any]] = {}

        def of(name: str) -> list[Any]:
            if name not in inner:
                rest = schema.get("additionalProperties", True)
                inner[name] = self._inner(declared.get(name, rest), depth, other.get(name))
            return inner[name]

        smallest = {name: of(name)[0] for name in required if of(name)}
        yield smallest
        yield {**smallest, **{name: of(name)[0] for name in declared if of(name)}}
        for name in declared:
            yield from ({**smallest, name: value} for value in of(name)[: 4 if depth else 10])
        for name in [*other, *_mentioned(schema), *_mentioned(hint), "extra"]:
            if name not in declared:
                yield from ({**smallest, name: value} for value in of(name)[:2])


def _is_large(value: Any) -> bool:
    """Whether a value has more parts than are tried."""
    stack, parts = [value], 0
    while stack and parts <= _LARGE:
        one = stack.pop()
        parts += 1
        if isinstance(one, dict | list):
            stack += one.values() if isinstance(one, dict) else one
    return parts > _LARGE


def _outside(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf", "allOf", "$defs")}


def _mentioned(schema: dict[str, Any]) -> list[str]:
    """Names that are demanded, or that conditions speak of."""
    conditions = [
        schema,
        *(schema[word] for word in ("not", "if", "then", "else") if isinstance(schema.get(word), dict)),
    ]
    names = [name for one in conditions for word in ("required", "properties") for name in one.get(word, ())]
    return list(dict.fromkeys(names))[:MOST]


def _laid_over(branches: Iterable[Any], target: Any) -> dict[str, Any]:
    """Roughly what satisfies all branches."""
    merged: dict[str, Any] = {}
    for branch in map(target, branches):
        for key, value in branch.items() if isinstance(branch, dict) else ():
            if key == "properties":
                merged[key] = {**merged.get(key, {}), **value}
            elif key == "required":
                merged[key] = [*merged.get(key, ()), *value]
            elif key not in ("additionalProperties", "unevaluatedProperties"):
                merged[key] = value
    return merged


def _texts(schema: dict[str, Any], hint: dict[str, Any]) -> Iterator[str]:
    for node in (schema, hint):
        if node.get("format") in _FORMATS:
            yield _FORMATS[node["format"]]
        if isinstance(node.get("pattern"), str):
            yield from _matching(node["pattern"])
    yield from _WORDS
    for count in _counts(schema, hint, "Length", 1):
        yield "a" * count
    yield from _FORMATS.values()


def _numbers(schema: dict[str, Any], hint: dict[str, Any]) -> Iterator[int | float]:
    words = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf")
    bounds = [node[word] for node in (schema, hint) for word in words if word in node]
    yield from bounds
    yield from (1, 0)
    for bound in bounds:
        whole = isinstance(bound, int) or bound.is_integer()
        yield from (int(bound) + step for step in ((-1, 1, -2, 2) if whole else (0, 1)))
        yield bound + 0.5
    yield from (-1, 2, 3, 10, 100, -100, 1.5, -0.5, 12345678901)


def _booleans(schema: dict[str, Any], hint: dict[str, Any]) -> Iterator[bool]:
    yield from (True, False)


def _nulls(schema: dict[str, Any], hint: dict[str, Any]) -> Iterator[None]:
    yield None


def _counts(schema: dict[str, Any], hint: dict[str, Any], what: str, usual: int) -> list[int]:
    """Lengths to try: the bounds of both schemas, and one more and one less."""
    bounds = [node[word] for node in (schema, hint) for word in (f"min{what}", f"max{what}") if word in node]
    tried = [usual, usual + 1, *(int(bound) + step for bound in bounds for step in (0, 1, -1)), 0, 2]
    return [count for count in dict.fromkeys(tried) if 0 <= count <= _LONGEST]


def _matching(pattern: str) -> list[str]:
    """Texts that a regular expression matches, as far as Python reads it: the shortest, and one of each alternative."""
    try:
        parsed = importlib.import_module("re._parser").parse(pattern)
        return [_written(parsed, turn)[:_LONGEST] for turn in range(4)]
    except Exception:  # another dialect, or nested too deep: then there are the usual words
        return []


def _written(parsed: Any, turn: int) -> str:
    text = ""
    for operation, argument in parsed:
        name = str(operation)
        if name == "LITERAL":
            text += chr(argument)
        elif name == "NOT_LITERAL":
            text += "a" if argument != ord("a") else "b"
        elif name == "ANY":
            text += "a"
        elif name == "IN":
            text += _of_class(argument, turn)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = argument
            text += _written(inner, turn) * min(max(low, min(turn, int(high))), 256)
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            text += _written(argument[-1] if name == "SUBPATTERN" else argument, turn)
        elif name == "BRANCH":
            text += _written(argument[1][turn % len(argument[1])], turn)
        if len(text) > _LONGEST:
            break
    return text


def _of_class(members: list[Any], turn: int) -> str:
    """One character of a class such as [a-z_]."""
    classes = {"CATEGORY_DIGIT": "0", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}
    if str(members[0][0]) == "NEGATE":
        taken = {chr(value) for name, value in members if str(name) == "LITERAL"}
        return next((letter for letter in "aA0_ -" if letter not in taken), "~")
    name, value = members[turn % len(members)]
    if str(name) == "RANGE":
        return chr(value[0])
    return chr(value) if str(name) == "LITERAL" else classes.get(str(value), "-")
