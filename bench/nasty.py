"""Tools whose schemas use everything that JSON Schema has, and whose names and texts try to get out of the code that is
generated from them. In: nothing. Out: a `Toolset`."""

from __future__ import annotations

import random
from typing import Any

from calltune.contract import Tool, Toolset
from calltune.errors import ContractError

HOSTILE = '"""*/ \\" \\\' `${process.exit(1)}` </script> \\u002a/ \u2028 \u202e \x00 \n\r\t{: any} %s {{}}\\'
"""Text that ends strings and comments in one language or another."""
_TEXT, _WHOLE = {"type": "string"}, {"type": "integer"}
_NODE = {
    "type": "object",
    "properties": {
        "n": _WHOLE,
        "next": {"$ref": "#/$defs/node"},
        "all": {"type": "array", "items": {"$ref": "#/$defs/node"}},
    },
}

_VALUES: dict[str, Any] = {
    "lengths": {"type": "string", "minLength": 2, "maxLength": 3},
    "short": {"type": "string", "minLength": 1},
    "empty": {"type": "string", "maxLength": 0},
    "pattern": {"type": "string", "pattern": r"^[\w.+-]+@\S+\.(com|de)$"},
    "dots": {"type": "string", "pattern": "^a.b$"},
    "classes": {"type": "string", "pattern": r"^[^\s\d/\]]{1,4}\D\W\S$"},
    "escapes": {"type": "string", "pattern": "^\\u00e9|\\x41\\/`$|\\$\\{x\\}$"},
    "boundary": {"type": "string", "pattern": r"\bcafé\b"},
    "letters": {"type": "string", "pattern": r"^\p{Lu}+$"},
    "both": {"type": "string", "pattern": "^2", "format": "date"},
    **{
        f"as_{name.replace('-', '_')}": {"type": "string", "format": name}
        for name in ("date", "time", "date-time", "duration", "uuid", "ipv4", "ipv6", "json-pointer", "email", "uri")
    },
    "whole": _WHOLE,
    "day": {"type": "integer", "minimum": 1, "maximum": 31},
    "above": {"type": "integer", "exclusiveMinimum": 0, "multipleOf": 5},
    "half": {"type": "integer", "minimum": 0.5, "exclusiveMaximum": 7.5},
    "cents": {"type": "number", "multipleOf": 0.01, "minimum": 0},
    "thirds": {"type": "number", "multipleOf": 0.3},
    "tiny": {"type": "number", "multipleOf": 1e-8},
    "open_interval": {"type": "number", "exclusiveMinimum": -1, "exclusiveMaximum": 1.5},
    "numbers": {"enum": [1, 2.5, -3]},
    "wholes": {"type": "integer", "enum": [1, 2]},
    "flags": {"type": "boolean", "const": True},
    "mixed": {"enum": ["1", 1, True, None, "x"]},
    "deep_enum": {"enum": [{"a": [1, {"b": None}]}, [1, "2"], {}]},
    "hostile_enum": {
        "type": "string",
        "enum": [HOSTILE, "*/", '"', "'", "`", "\\", "${1}", "__proto__", "constructor"],
    },
    "constant": {"const": HOSTILE},
    "no_type": {"minLength": 2, "minimum": 3},
    "nullable": {"type": ["string", "null"], "maxLength": 3},
    "several": {"type": ["integer", "string", "array"], "minimum": 2, "minLength": 2, "items": _WHOLE},
    "anything": {},
    "nothing": {"not": {}},
    "list": {"type": "array", "items": {"type": ["integer", "null"]}, "minItems": 1, "maxItems": 3},
    "unique": {"type": "array", "uniqueItems": True},
    "unique_objects": {"type": "array", "items": {"type": "object"}, "uniqueItems": True},
    "tuple": {"type": "array", "prefixItems": [_TEXT, _WHOLE], "items": False, "minItems": 1},
    "tuple_rest": {"type": "array", "prefixItems": [_TEXT], "items": _WHOLE, "maxItems": 3},
    "tuple_open": {"type": "array", "prefixItems": [_TEXT, {"type": "boolean"}], "minItems": 3},
    "tuple_anything": {"type": "array", "prefixItems": [{}, _WHOLE], "minItems": 1},
    "contains": {"type": "array", "contains": {"type": "string", "minLength": 2}, "minContains": 1, "maxContains": 2},
    "none_contained": {"type": "array", "contains": _WHOLE, "minContains": 0, "maxContains": 1},
    "record": {"type": "object", "additionalProperties": _WHOLE},
    "declared_and_rest": {
        "type": "object",
        "properties": {"a": _TEXT},
        "required": ["a"],
        "additionalProperties": _WHOLE,
    },
    "required_of_the_rest": {
        "type": "object",
        "properties": {"a": _TEXT},
        "required": ["b"],
        "additionalProperties": _WHOLE,
    },
    "loose": {"type": "object", "properties": {"a": _TEXT}, "additionalProperties": True},
    "required_only": {"type": "object", "required": ["p", "q r"]},
    "sizes": {"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": _TEXT},
    "names": {"type": "object", "propertyNames": {"pattern": "^[a-z]+$", "maxLength": 5}},
    "patterns": {
        "type": "object",
        "properties": {"n1": {"type": "number"}},
        "patternProperties": {"^n": {"minimum": 5}, "^S_": _TEXT},
        "additionalProperties": False,
    },
    "patterns_rest": {"type": "object", "patternProperties": {"^x-": {}}, "additionalProperties": _WHOLE},
    "together": {"type": "object", "properties": {"a": _WHOLE, "b": _WHOLE}, "dependentRequired": {"a": ["b"]}},
    "given": {
        "type": "object",
        "properties": {"a": _WHOLE, "b": _WHOLE},
        "dependentSchemas": {"a": {"properties": {"b": {"minimum": 5}}}},
    },
    "any_of": {"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer", "minimum": 5}, {"type": "array"}]},
    "one_of": {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}, _TEXT]},
    "all_of": {"allOf": [{"type": "number", "minimum": 1}, {"maximum": 9, "multipleOf": 2}]},
    "two_unions": {"anyOf": [{"minimum": 3}, _TEXT], "oneOf": [{"maximum": 5}, {"type": "string", "minLength": 3}]},
    "not_text": {"not": {"type": "string"}},
    "not_required": {"type": "object", "not": {"required": ["a"]}},
    "objects": {
        "anyOf": [
            {
                "type": "object",
                "properties": {"kind": {"const": "card"}, "number": _TEXT},
                "required": ["kind", "number"],
            },
            {"type": "object", "properties": {"kind": {"const": "cash"}}, "required": ["kind"]},
        ]
    },
    "condition": {
        "type": "object",
        "properties": {"kind": {"enum": ["card", "cash"]}, "number": _TEXT},
        "if": {"properties": {"kind": {"const": "card"}}, "required": ["kind"]},
        "then": {"required": ["number"]},
        "else": {"not": {"required": ["number"]}},
    },
    "unevaluated_deep": {
        "type": "object",
        "properties": {"a": _TEXT},
        "anyOf": [{"anyOf": [{"properties": {"b": _WHOLE}}]}, {"properties": {"c": _WHOLE}, "required": ["c"]}],
        "unevaluatedProperties": False,
    },
    "unevaluated": {
        "type": "object",
        "properties": {"a": _TEXT},
        "anyOf": [{"properties": {"b": _WHOLE}, "required": ["b"]}, {"properties": {"c": _WHOLE}, "required": ["c"]}],
        "unevaluatedProperties": False,
    },
}
_NAMES = [
    "class",
    "None",
    "type",
    "id",
    "_private",
    "__init__",
    "__dunder__",
    "model_config",
    "model_dump",
    "copy",
    "json",
    "int",
    "str",
    "list",
    "Any",
    "Field",
    "MISSING",
    "a b",
    "a-b",
    "a_b",
    "a.b",
    "1st",
    "",
    "ß",
    "constructor",
    "toString",
    "hasOwnProperty",
    "then",
    "*/",
    '"',
    "'",
    "`${x}`",
    "\\",
    "\n",
    "\u2028",
    "\u202e",
    "z",
    "NamesTest",
    "__pydantic_extra__",
    "__class__",
    "self",
    "cls",
    "schema",
    "validate",
]
"""Arguments whose names are no identifiers, or mean something to a language."""
_OF_A_LANGUAGE = ["array", "big_int", "infinity", "JSON", "math", "number", "object", "record", "set", "value_error"]
"""Tools whose names, as a type has them, are those of what generated code calls."""


def toolset() -> Toolset:
    """One tool for each kind of demand, and some for what only a whole can have."""
    tools = [
        Tool(
            name=f"value_{name}",
            description=HOSTILE,
            parameters={
                "type": "object",
                "properties": {"v": {**schema, "description": HOSTILE}, "n": schema},
                "required": ["v"] if name != "nothing" else [],
            },
        )
        for name, schema in _VALUES.items()
    ]
    whole = {
        "NamesTest": {"type": "object", "properties": {name: _TEXT for name in _NAMES}, "required": _NAMES[:2]},
        "optional_names": {
            "type": "object",
            "properties": {name: {"type": "integer", "default": 3} for name in _NAMES},
        },
        "nothing_at_all": {"type": "object", "properties": {}},
        "anything_at_all": {"type": "object"},
        "only_rest": {"type": "object", "additionalProperties": _TEXT},
        "recursive": {
            "type": "object",
            "properties": {"root": {"$ref": "#/$defs/node"}, "n": _WHOLE},
            "$defs": {"node": _NODE},
        },
        "recursive_union": {
            "type": "object",
            "properties": {"v": {"$ref": "#/$defs/json"}},
            "required": ["v"],
            "$defs": {
                "json": {
                    "anyOf": [
                        _WHOLE,
                        {"type": "array", "items": {"$ref": "#/$defs/json"}},
                        {"type": "object", "additionalProperties": {"$ref": "#/$defs/json"}},
                    ]
                }
            },
        },
        "recursive_root": {
            "type": "object",
            "properties": {"n": _WHOLE, "child": {"$ref": "#"}, "kids": {"type": "array", "items": {"$ref": "#"}}},
        },
        "recursive_check": {
            "type": "object",
            "properties": {
                "v": {"allOf": [{"$ref": "#/$defs/node"}, {"type": "object", "minProperties": 1}]},
                "w": {"not": {"$ref": "#/$defs/node"}},
            },
            "$defs": {"node": _NODE},
        },
        "root_union": {
            "type": "object",
            "anyOf": [
                {"type": "object", "properties": {"a": _TEXT}, "required": ["a"]},
                {"type": "object", "properties": {"b": _WHOLE}, "required": ["b"]},
            ],
        },
        "root_values": {"type": "object", "enum": [{}, {"a": 1}]},
        "root_checks": {
            "type": "object",
            "properties": {"a": _TEXT, "b": _WHOLE, "c": {"type": "boolean"}},
            "minProperties": 1,
            "dependentRequired": {"a": ["b"]},
            "oneOf": [{"required": ["b"]}, {"required": ["c"]}],
        },
        "root_patterns": {
            "type": "object",
            "properties": {"a": _TEXT},
            "patternProperties": {"^x-": _WHOLE},
            "additionalProperties": False,
        },
        "x.y-z": {"type": "object", "properties": {"v": _TEXT}},
        "x_y_z": {"type": "object", "properties": {"v": _WHOLE}},
        "tools": {"type": "object", "properties": {"z": _TEXT}},
        "BaseModel": {
            "type": "object",
            "properties": {"Annotated": _TEXT, "v": {"type": "object", "properties": {"w": _TEXT}}},
        },
        "__proto__": {"type": "object", "properties": {"v": _TEXT}},
        "hidden": {
            "type": "object",
            "properties": {"HiddenV": _TEXT, "v": {"type": "object", "properties": {"w": _TEXT}}},
        },
        **{name: {"type": "object", "properties": {"v": _TEXT}} for name in _OF_A_LANGUAGE},
    }
    tools += [Tool(name=name, description=name, parameters=schema) for name, schema in whole.items()]
    return Toolset(tools)


def combined(count: int, seed: int = 0) -> Toolset:
    """Tools whose schemas are put together by chance from those of `toolset`."""
    pick = random.Random(seed)
    tools: list[Tool] = []
    while len(tools) < count:
        properties = {f"p{number}": _combined(pick, 0) for number in range(3)}
        schema = {"type": "object", "properties": properties, "required": ["p0"]}
        try:
            tools.append(Tool(name=f"mix_{len(tools)}", parameters=schema))
        except ContractError:  # demands that nothing can meet
            continue
    return Toolset(tools)


def _combined(pick: random.Random, depth: int) -> Any:
    one = pick.choice(list(_VALUES.values()))
    if depth > 2 or pick.random() < 0.25:
        return one

    def more() -> Any:
        return _combined(pick, depth + 1)

    name = pick.choice(["a", "n1", "kind"])
    made: list[Any] = [
        {"anyOf": [more(), more()]},
        {"oneOf": [more(), more()]},
        {"allOf": [one, more()]},
        {"allOf": [more(), {"anyOf": [more(), one]}]},
        {**one, "anyOf": [more(), more()]} if "anyOf" not in one else one,
        {**one, "not": more()} if "not" not in one else one,
        {"if": more(), "then": more(), "else": more()},
        {"type": "array", "items": more(), "contains": more()},
        {"type": "array", "prefixItems": [more(), more()], "items": more()},
        {"type": "object", "properties": {name: more(), "b": more()}, "required": [name]},
        {"type": "object", "properties": {name: more()}, "additionalProperties": more()},
        {
            "type": "object",
            "properties": {name: more()},
            "anyOf": [{"required": [name]}, {"properties": {"b": more()}}],
        },
        {"type": "object", "additionalProperties": more()},
        {"type": "object", "patternProperties": {"^n": more()}, "additionalProperties": more()},
        {"type": "object", "properties": {name: more()}, "dependentSchemas": {name: {"properties": {"b": more()}}}},
        {"anyOf": [one, {"type": "null"}]},
    ]
    return pick.choice(made)
