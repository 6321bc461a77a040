"""Grammar rules for arguments that stand in tags of their own. In: a tool's projected schema, and the schema as the
reader of the template sees it. Out: Lark rules, and what they leave to validation.

Texts stand between the tags as they are and everything else as JSON, and which of the two is meant is found out by the
declared types when the call is read. So of a text's schema only `enum` and `const` are enforced, and what would not be
read as it was meant is left to validation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from calltune.contract import Tool
from calltune.contract.problem import pointer
from calltune.contract.projection import TWICE, Unenforced
from calltune.generate.arguments import MOST_IN_FREE_ORDER, PLAIN, any_order, choices, json_value, options_of
from calltune.generate.shape import Shape, literal
from calltune.render.call_form import Tags

UNREADABLE = "a name that cannot be read in tags"
UNDECLARED = "arguments beside those declared"
"""No keywords, but demands of the contract all the same."""

Value = tuple[str | None, list[str], list[str]]
"""What may stand between the tags (None: any text), the rules it needs, and the keywords left to validation."""


def tagged_arguments(rule: str, tool: Tool, schema: dict[str, Any], shape: Shape, left: list[Unenforced]) -> list[str]:
    """The rules of one tool's arguments, each in its tags."""
    tags = _tags(shape)
    declared = {name: inner for name, inner in schema.get("properties", {}).items() if inner is not False}
    as_read = tool.parameters.get("properties", {})
    required = set(schema.get("required", ())) if shape.forces_required else set()
    is_open = schema.get("additionalProperties") is not False or "patternProperties" in schema
    words = sorted(schema.keys() - PLAIN) + ["required"] * bool(required - declared.keys())
    left += [Unenforced(tool.name, "", word) for word in words]
    rules: list[str] = []
    for number, (name, inner) in enumerate(declared.items()):
        types = types_as_read(as_read.get(name))
        value, more, words = _value(f"{rule}v{number}x", inner, types, schema.get("$defs"), shape)
        left += [Unenforced(tool.name, pointer("properties", name), word) for word in words]
        if not name or set(name) & {"\n", tags.middle[0]}:
            left.append(Unenforced(tool.name, pointer("properties", name), UNREADABLE))
        rules += [*more, *_in_tags(f"{rule}v{number}", literal(name), value, shape)]
    each = [f"{rule}v{number}" for number in range(len(declared))]
    if is_open:
        left.append(Unenforced(tool.name, "", UNDECLARED))
        name = f"{rule.upper()}NAME"
        rules += [
            f"{name}: {_undeclared(schema.get('properties', {}), tags)}",
            *_in_tags(f"{rule}other", name, None, shape),
        ]
    if shape.order == "free" and (is_open or len(declared) > MOST_IN_FREE_ORDER):
        words = [TWICE] * bool(declared) + ["required"] * bool(required)
        left += [Unenforced(tool.name, "", word) for word in words]
        return [*rules, f"{rule}: ({' | '.join([*each, *([f'{rule}other'] if is_open else [])])})*"]
    if shape.order == "free" and declared:
        rules += any_order(rule, [name in required for name in declared], "", literal(""))
        return [*rules, f"{rule}: {rule}s0"]
    parts = [one if name in required else f"{one}?" for one, name in zip(each, declared, strict=True)]
    return [*rules, f"{rule}: {' '.join([*parts, *([f'{rule}other*'] if is_open else [])]) or literal('')}"]


def _in_tags(rule: str, name: str, value: str | None, shape: Shape) -> Iterator[str]:
    tags = _tags(shape)
    before, close = f"{shape.text(tags.open)} {name} {shape.text(tags.middle)}", shape.text(tags.close)
    if value is not None:
        yield f"{rule}: {before} {value} {close}"
    elif tags.close.startswith(tuple(shape.specials)):
        yield f"{rule}: {before} TEXT {close}"
    else:
        yield f"{rule}t[suffix={literal(tags.close)}]: /(.|\\n)*/"
        yield f"{rule}: {before} {rule}t"


def _value(rule: str, schema: Any, types: Sequence[str], definitions: Any, shape: Shape) -> Value:
    tags = _tags(shape)
    if not isinstance(schema, dict):
        return None, [], []
    words = [word for word in schema if word != "type" or schema["type"] != "string"]
    if "enum" in schema or "const" in schema:
        keyword = "enum" if "enum" in schema else "const"
        options = options_of(schema, definitions)
        if not options:
            return None, [], words
        texts = dict.fromkeys(_written(option, shape) for option in options)
        unread = [option for option in options if not _reads_back(option, types, shape)]
        return f"({' | '.join(map(literal, texts))})", [], [keyword] if unread else []
    if branches := [inner for _, inner in choices(schema)]:
        if _is_any_text(branches):
            return None, [], []
        values = [_value(f"{rule}u{number}", inner, types, definitions, shape) for number, inner in enumerate(branches)]
        ways = [way for way, _, _ in values if way is not None]
        if len(ways) < len(values) or _digits_are_truth(types):
            return None, [], words
        return (
            f"({' | '.join(ways)})",
            [r for _, more, _ in values for r in more],
            [w for _, _, ws in values for w in ws],
        )
    kind = schema.get("type")
    if not isinstance(kind, str) or kind == "string" or kind not in types:
        return None, [], words
    if kind == "boolean":
        return f"({literal(tags.true)} | {literal(tags.false)})", [], []
    if kind == "null":
        return literal(tags.null), [], []
    return (*json_value(rule, schema, definitions, shape), [])


def _is_any_text(branches: Sequence[Any]) -> bool:
    """Whether any text between the tags is a good value: a string of any kind beside true, false or null."""
    kinds = [branch.get("type") if isinstance(branch, dict) and len(branch) == 1 else None for branch in branches]
    return "string" in kinds and all(kind in ("string", "boolean", "null") for kind in kinds)


def _digits_are_truth(types: Sequence[str]) -> bool:
    """Whether 0 and 1 are read as false and true though numbers may be meant."""
    numbers = [place for place, kind in enumerate(types) if kind in ("integer", "number")]
    return bool(numbers) and "boolean" in types[: max(numbers)]


def types_as_read(schema: Any) -> tuple[str, ...]:
    """The types by which transformers (5.23) reads a value in tags, in the order in which it tries them."""
    if not isinstance(schema, dict):
        return ()
    kind = schema.get("type")
    types = [kind] if isinstance(kind, str) else [one for one in kind or () if isinstance(one, str)]
    for word in ("anyOf", "oneOf"):
        for branch in schema.get(word) or ():
            types += types_as_read(branch)
    return (*types, "null") if schema.get("nullable") and "null" not in types else tuple(types)


def read_in_tags(text: str, types: Sequence[str]) -> Any:
    """What transformers (5.23) makes of a text in tags."""
    text = text.strip()
    for kind in types:
        try:
            if kind in ("integer", "number"):
                number = float(text)
                if kind == "number" and "." in text:
                    return number
                if number.is_integer():
                    return int(text) if text.removeprefix("-").isdigit() else int(number)
                if kind == "number" and number - number == 0:
                    return number
            elif kind == "boolean" and text.lower() in ("true", "1", "false", "0"):
                return text.lower() in ("true", "1")
            elif kind == "null" and text in ("null", "None"):
                return None
            elif kind in ("object", "array"):
                value = json.loads(text)
                if isinstance(value, dict if kind == "object" else list):
                    return value
        except (ValueError, RecursionError):
            continue
    return text


def _reads_back(option: Any, types: Sequence[str], shape: Shape) -> bool:
    """Whether a value, written between the tags, is read as itself."""
    text = _written(option, shape)
    if any(mark in text for mark in (*shape.specials, _tags(shape).close.strip())):
        return False
    read = read_in_tags(text, types)
    return isinstance(read, bool) == isinstance(option, bool) and read == option


def _written(option: Any, shape: Shape) -> str:
    tags = _tags(shape)
    if option is None or isinstance(option, bool):
        return tags.null if option is None else tags.true if option else tags.false
    if isinstance(option, str):
        return option
    return json.dumps(option, separators=shape.form.separators, ensure_ascii=False)


def _tags(shape: Shape) -> Tags:
    assert shape.form.tags is not None
    return shape.form.tags


def _undeclared(declared: Mapping[str, Any], tags: Tags) -> str:
    """Names that can be read, but for those declared: a value must not get around the schema of its name."""
    end = re.escape(tags.middle[0]).replace("/", r"\/")
    names = rf"/[^\n{end}]+/"
    return f"{names} & ~({' | '.join(map(literal, declared))})" if declared else names
