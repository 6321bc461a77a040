"""Grammar rules for arguments that are one JSON object. In: a tool's projected schema. Out: Lark rules, and what they
leave to validation.

In declared order the back end's own JSON rules say it all. In any order, members of closed objects are written out by
hand: a rule for each set of members already written, so that none comes twice and none that is required is missing.
Objects stay in declared order where that would take too many rules, under keywords other than `properties` and `items`,
and where undeclared members are allowed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from calltune.contract import Tool
from calltune.contract.projection import TWICE, Unenforced, schema_text
from calltune.contract.validate import build_validator
from calltune.generate.shape import Shape, literal

MOST_IN_FREE_ORDER = 5
"""Arguments up to which every order is written out in the grammar; beyond it a grammar of any order does not see that a
name comes twice or that one is missing."""
MOST_INSIDE = 4
"""The same for objects inside arguments; larger ones come in declared order."""
PLAIN = frozenset({"type", "properties", "required", "additionalProperties", "$defs"})
"""What is said of an object whose members may be written out one by one."""
Place = tuple[str | int, ...]
"""Where something stands in a schema."""


def json_arguments(rule: str, tool: Tool, schema: dict[str, Any], shape: Shape, left: list[Unenforced]) -> list[str]:
    """The rules of one tool's arguments."""
    properties: dict[str, Any] = schema.get("properties", {})
    if not shape.forces_required:
        schema = {key: value for key, value in schema.items() if key != "required"}
    if shape.order == "declared" or not _is_closed(schema) or len(properties) < 2:
        return [f"{rule}: {_json(schema, shape)}"]
    required = set(schema.get("required", ()))
    if len(properties) <= MOST_IN_FREE_ORDER:
        return list(_members_in_any_order(rule, properties, required, schema.get("$defs"), shape))
    left += [Unenforced(tool.name, "", word) for word in (["required"] if required else []) + [TWICE]]
    rules = list(_members(rule, properties, schema.get("$defs"), shape))
    member = " | ".join(f"{rule}v{number}" for number in range(len(properties)))
    item = shape.text(shape.form.separators[0])
    return [*rules, f"{rule}m: {member}", f'{rule}: "{{" ({rule}m ({item} {rule}m)*)? "}}"']


def json_value(rule: str, schema: Any, definitions: Any, shape: Shape) -> tuple[str, list[str]]:
    """What may stand for one value, and the rules that it needs, whose names begin with `rule`."""
    if shape.order == "free" and isinstance(schema, dict):
        if _is_closed(schema) and 2 <= len(schema.get("properties", ())) <= MOST_INSIDE:
            required = set(schema.get("required", ()))
            return rule, list(_members_in_any_order(rule, schema["properties"], required, definitions, shape))
        if schema.get("type") == "array" and schema.keys() == {"type", "items"}:
            one, rules = json_value(f"{rule}i", schema["items"], definitions, shape)
            if rules:
                return rule, [*rules, f'{rule}: "[" ({one} ({shape.text(shape.form.separators[0])} {one})*)? "]"']
    whole = {**(schema if isinstance(schema, dict) else {}), **({"$defs": definitions} if definitions else {})}
    return _json(whole, shape), []


def any_order(rule: str, needed: Sequence[bool], comma: str, end: str) -> Iterator[str]:
    """Rules for `{rule}v0`, `{rule}v1` ... each at most once in any order, and those needed once: a rule `{rule}sN` for
    each set N of those already written, beginning with `{rule}s0`."""
    must = sum(1 << number for number, is_needed in enumerate(needed) if is_needed)
    for written in range(1 << len(needed)):
        ways = [end] if written & must == must else []
        for number in range(len(needed)):
            if not written >> number & 1:
                ways.append(f"{comma if written else ''} {rule}v{number} {rule}s{written | 1 << number}".strip())
        yield f"{rule}s{written}: {' | '.join(ways)}"


def choices(schema: Mapping[str, Any]) -> list[tuple[Place, Any]]:
    """The schemas of which one must be met and their places, where the schema says only that; [] where it does not."""
    for word in ("anyOf", "oneOf"):
        if schema.keys() == {word}:
            return [((word, number), inner) for number, inner in enumerate(schema[word])]
    if isinstance(schema.get("type"), list) and not schema.keys() & {"anyOf", "oneOf", "allOf", "$ref"}:
        return [((), {**schema, "type": kind}) for kind in schema["type"]]
    return []


def options_of(schema: Mapping[str, Any], definitions: Any) -> list[Any]:
    """The values of `enum` or `const` that the whole schema allows."""
    allowed = build_validator({**schema, **({"$defs": definitions} if definitions else {})})
    return [option for option in schema.get("enum", [schema.get("const")]) if allowed.is_valid(option)]


def _members_in_any_order(
    rule: str, properties: dict[str, Any], required: set[str], definitions: Any, shape: Shape
) -> Iterator[str]:
    yield from _members(rule, properties, definitions, shape)
    yield from any_order(rule, [name in required for name in properties], shape.text(shape.form.separators[0]), '"}"')
    yield f'{rule}: "{{" {rule}s0'


def _members(rule: str, properties: dict[str, Any], definitions: Any, shape: Shape) -> Iterator[str]:
    for number, (name, schema) in enumerate(properties.items()):
        value, rules = json_value(f"{rule}v{number}x", schema, definitions, shape)
        yield from rules
        key = f"{literal(json.dumps(name, ensure_ascii=False))} {shape.text(shape.form.separators[1])}"
        yield f"{rule}v{number}: {key} {value}"


def _is_closed(schema: dict[str, Any]) -> bool:
    """Whether an object has its declared members, each with some value, and no other demands."""
    names = schema.get("properties", {})
    plain = schema.get("additionalProperties") is False and not schema.keys() - PLAIN
    return (
        plain
        and schema.get("type") == "object"
        and names.keys() >= set(schema.get("required", ()))
        and all(inner is not False for inner in names.values())
    )


def _json(schema: dict[str, Any], shape: Shape) -> str:
    item, key = shape.form.separators
    style = {"item_separator": item, "key_separator": key, "whitespace_flexible": False}
    return f"%json {schema_text({**schema, 'x-guidance': style})}"
