"""What two schemas differ in, and the one promise that matters: what is not said to narrow does not."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calltune.contract.compare import compare
from calltune.contract.schema import canonical
from calltune.contract.specimen import Specimens
from calltune.contract.validate import build_validator

NAMES = ("a", "b", "name", "user_name", "userName")
TEXTS = st.sampled_from(("", "a", "ab", "abc", "2026-05-31", "x-1"))
NUMBERS = st.one_of(st.integers(-4, 12), st.sampled_from((0.5, 2.0, -1.5, 7.25)))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from((*NAMES, "extra")), inner, max_size=3)
    ),
    max_leaves=6,
)
PATTERNS = st.sampled_from(("^a", "^a*$", "^[a-c]+$", "-"))
SIZES = st.integers(0, 4)


def _some(**words: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=words)


def _ordered(low: str, high: str, schema: dict[str, Any]) -> dict[str, Any]:
    if low in schema and high in schema and schema[low] > schema[high]:
        schema = {**schema, low: schema[high], high: schema[low]}
    return schema


def _leaf() -> st.SearchStrategy[dict[str, Any]]:
    number = _some(
        minimum=NUMBERS,
        maximum=NUMBERS,
        exclusiveMinimum=NUMBERS,
        exclusiveMaximum=NUMBERS,
        multipleOf=st.integers(1, 4),
    )
    text = _some(
        minLength=SIZES, maxLength=SIZES, pattern=PATTERNS, format=st.sampled_from(("date", "email")), description=TEXTS
    )
    return st.one_of(
        st.builds(
            lambda kind, words: _ordered("minimum", "maximum", {"type": kind, **words}),
            st.sampled_from(("integer", "number", ["integer", "null"])),
            number,
        ),
        st.builds(lambda words: _ordered("minLength", "maxLength", {"type": "string", **words}), text),
        st.builds(lambda values: {"enum": values}, st.lists(st.one_of(TEXTS, NUMBERS), min_size=1, max_size=3)),
        st.builds(lambda value: {"const": value}, st.one_of(TEXTS, NUMBERS, st.booleans())),
        st.sampled_from(({"type": "boolean"}, {"type": "null"}, {}, {"type": ["boolean", "string"]})),
    )


def _inside(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(NAMES)
    objects = st.builds(
        lambda words, required: {
            "type": "object",
            **words,
            "required": sorted(set(required) & set(words["properties"])),
        },
        st.fixed_dictionaries(
            {"properties": st.dictionaries(names, inner, max_size=3)},
            optional={
                "additionalProperties": st.one_of(st.booleans(), inner),
                "maxProperties": SIZES,
                "patternProperties": st.dictionaries(PATTERNS, inner, max_size=1),
                "dependentRequired": st.dictionaries(names, st.lists(names, max_size=2, unique=True), max_size=1),
                "propertyNames": st.builds(lambda size: {"maxLength": size}, SIZES),
                "minProperties": st.integers(0, 1),
            },
        ),
        st.lists(names, max_size=2),
    )
    arrays = st.builds(
        lambda words: _ordered("minItems", "maxItems", {"type": "array", **words}),
        _some(
            items=st.one_of(inner, st.booleans()),
            prefixItems=st.lists(inner, min_size=1, max_size=2),
            minItems=SIZES,
            maxItems=SIZES,
            uniqueItems=st.booleans(),
            contains=inner,
            minContains=st.integers(0, 2),
        ),
    )
    branches = st.lists(inner, min_size=1, max_size=3)
    mixed = _some(anyOf=branches, oneOf=branches, allOf=branches)
    conditions = st.one_of(
        st.builds(lambda schema: {"not": schema}, inner),
        st.builds(lambda a, b, c: {"if": a, "then": b, "else": c}, inner, inner, inner),
    )
    unevaluated = st.builds(
        lambda one, branches: {**one, "anyOf": branches, "unevaluatedProperties": False},
        objects,
        st.lists(objects, min_size=1, max_size=2),
    )
    return st.one_of(objects, objects, arrays, mixed, conditions, unevaluated)


SCHEMAS = st.recursive(_leaf(), _inside, max_leaves=6)
RECURSIVE = st.builds(
    lambda inner, extra: {
        "$defs": {"n": {"type": "object", "properties": {"a": inner, "b": {"$ref": "#/$defs/n"}, **extra}}},
        "$ref": "#/$defs/n",
    },
    _leaf(),
    st.dictionaries(st.sampled_from(("c", "d")), _leaf(), max_size=1),
)


def places(schema: Any) -> list[tuple[Any, Any]]:
    """Every container and key in a schema, to be changed there."""
    found: list[tuple[Any, Any]] = []
    stack = [schema]
    while stack:
        node = stack.pop()
        pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for key, value in pairs:
            found.append((node, key))
            stack.append(value)
    return found


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two canonical schemas, mostly one and a slightly changed copy of it."""
    old = draw(st.one_of(SCHEMAS, SCHEMAS, RECURSIVE))
    if draw(st.integers(0, 4)) == 0:
        new = draw(st.one_of(SCHEMAS, RECURSIVE))
    else:
        new = copy.deepcopy(old)
        for _ in range(draw(st.integers(1, 3))):
            spots = places(new)
            if not spots:
                break
            node, key = draw(st.sampled_from(spots))
            match draw(st.integers(0, 3)):
                case 0 if isinstance(node, dict):
                    del node[key]
                case 1 if isinstance(node[key], int | float) and not isinstance(node[key], bool):
                    node[key] = draw(NUMBERS)
                case 2 if isinstance(node[key], str):
                    node[key] = draw(TEXTS)
                case _:
                    if isinstance(node[key], dict):
                        node[key] = draw(_leaf())
    forms = []
    for schema in (old, new):
        form, faults = canonical(schema)
        forms.append({} if faults else form)
    return forms[0], forms[1]


def accepted(schema: Any) -> Any:
    return build_validator(schema).is_valid


@settings(max_examples=120, suppress_health_check=list(HealthCheck))
@given(pairs(), st.lists(VALUES, max_size=8))
def test_what_is_not_said_to_narrow_accepts_all_that_was_accepted(
    schemas: tuple[dict[str, Any], dict[str, Any]], values: list[Any]
) -> None:
    old, new = schemas
    found = compare(old, new)
    tried = [*values, *Specimens(old).any(old, new), *Specimens(new).any(new, old)]
    for before, after, breaks in (
        (old, new, any(one.narrows for one in found)),
        (new, old, any(one.widens for one in found)),
    ):
        if not breaks:
            was, now = accepted(before), accepted(after)
            wrong = [value for value in tried if was(value) and not now(value)]
            assert not wrong, f"{json.dumps(before)}\n{json.dumps(after)}\n{wrong[0]!r}\n{found}"
