"""A contract as pydantic models. In: a `Toolset`. Out: Python in which every tool's arguments are a model that accepts
what the contract accepts, and what could not be said. Models are strict; an argument that may be left out is `MISSING`
when it is, which is not None.

The code needs nothing of calltune, only pydantic 2.14 or newer."""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from ..not_carried import NotCarried
from ..tools import Tool
from ..toolset import Toolset
from .formats import FORMAT_PATTERNS
from .names import Names, camel, snake
from .patterns import translated
from .pydantic_expression import Type, call, indented, python, union
from .pydantic_helpers import RESERVED, format_helper, head, raw
from .shapes import UNSURE, Notes, Where, looked_at, take_apart
from .text import docstring

_HEAD = '"""Written by calltune from {fingerprint}."""\n\n'
_CONFIG = "strict=True, allow_inf_nan=False"
_TYPES = {"string": "str", "boolean": "bool", "null": "None", "integer": "int", "number": "int | float"}
_TAKEN = frozenset({*RESERVED, *dir(BaseModel), *keyword.kwlist, "bool", "dict", "float", "int", "list", "set", "str"})
"""Names that a field or a class would hide."""
_LONGEST_LITERAL = 2**63
"""From here on pydantic knows no `Literal`."""


def pydantic_code(toolset: Toolset) -> tuple[str, tuple[NotCarried, ...]]:
    """The module's text, and what its models do not check."""
    names = Names({*_TAKEN, *(name for name in dir(builtins) if name[0].isupper())})
    used: set[str] = set()
    left: list[NotCarried] = []
    code, tools, results = "", [], []
    for tool in toolset:
        name = names.claim(camel(tool.name))
        notes = Notes(tool.name, "parameters")
        writer = _Writer(name, tool.parameters, names, notes, used)
        code += writer.arguments(tool)
        tools.append((tool.name, name))
        left += notes.found.values()
        if tool.returns is not None:
            notes = Notes(tool.name, "returns")
            called = names.claim(f"{name}Result")
            code += _Writer(called, tool.returns, names, notes, used).result()
            results.append((tool.name, f"TypeAdapter(list[{called}], config=ConfigDict({_CONFIG}))"))
            left += notes.found.values()
    code += _dict("TOOLS: dict[str, type[BaseModel]]", tools)
    if results:
        code += '\n# The type of each result, in a list of one: RESULTS["name"].validate_python([result]).\n'
        code += _dict("RESULTS: dict[str, TypeAdapter[Any]]", results).lstrip("\n")
    return _HEAD.format(fingerprint=toolset.fingerprint) + head(used, code) + code, tuple(left)


def _dict(what: str, items: list[tuple[str, str]]) -> str:
    inner = "".join(f"    {python(name)}: {value},\n" for name, value in items)
    return f"\n\n{what} = {{\n{inner}}}\n" if items else f"\n\n{what} = {{}}\n"


class _Writer:
    """Writes one schema: the classes it needs in `code`, innermost first."""

    def __init__(self, name: str, schema: Mapping[str, Any], names: Names, notes: Notes, used: set[str]) -> None:
        self.name = name
        self.schema = schema
        self.names = names
        self.notes = notes
        self.used = used
        self.code = ""
        self.references = {"#": name}
        self.later: set[str] = set()
        """References to what is no class, which cannot be named before it is defined."""

    def arguments(self, tool: Tool) -> str:
        """The model of a tool's arguments and what it needs."""
        self.definitions()
        root = {word: value for word, value in self.schema.items() if word != "$defs"}
        self.model(self.name, root, (), tool.description)
        return self.code

    def result(self) -> str:
        """The type of a tool's result and what it needs."""
        self.definitions()
        root = {word: value for word, value in self.schema.items() if word != "$defs"}
        if _is_model(root):
            self.model(self.name, root, (), root.get("description", ""))
        else:
            self.later.add("#")
            written = self.type(root, (), self.name).written()
            self.code += f"\n\n{self.name} = {written}\n"
        return self.code

    def definitions(self) -> None:
        """Each definition under a name of its own: a model, or a type that is looked up when it is needed."""
        found = self.schema.get("$defs", {})
        called = {word: self.names.claim(f"{self.name}{camel(word)}") for word in found}
        for word, name in called.items():
            self.references[f"#/$defs/{word}"] = name
            if not _is_model(found[word]):
                self.later.add(f"#/$defs/{word}")
        for word, name in called.items():
            if _is_model(found[word]):
                self.model(name, found[word], ("$defs", word), found[word].get("description", ""))
            else:
                written = self.type(found[word], ("$defs", word), name).written()
                self.code += f"\n\n{name} = {written}\n"

    def use(self, helper: str, *arguments: str) -> str:
        """A call of a helper, which the module then begins with."""
        self.used.add(helper)
        return call(f"{helper}(", list(arguments), ")") if arguments else helper

    def fitting(self, least: int, most: int, what: str, *types: str) -> str:
        return self.use("_fitting", str(least), str(most), python(what), *(f"lambda: {each}" for each in types))

    def type(self, node: Any, where: Where, name: str, types: tuple[str, ...] | None = None) -> Type:
        """The type of a schema. `name`: what a class for it would be called."""
        if node is False or node == {"not": {}}:
            return self.literals(())
        if not isinstance(node, Mapping):
            return Type(text="Any")
        shape = take_apart(node, types)
        if shape.literals is not None:
            return self.literals(shape.literals)
        if shape.types is None:
            plain = len(shape.whole) == 1
            if plain and "$ref" in shape.whole:
                target = shape.whole["$ref"]
                if target not in self.later:
                    return Type(text=f'"{self.references[target]}"')
                return Type(text="Any", checks=[self.fitting(1, 1, "its definition", self.references[target])])
            if plain and "anyOf" in shape.whole:
                return Type(text=union(self.each(shape.whole["anyOf"], (*where, "anyOf"), name, None)))
        if shape.types == ("object",) and _is_model(node):
            called = self.names.claim(name)
            self.model(called, node, where, node.get("description", ""), types)
            return Type(text=called)
        if shape.types is None:
            result = Type(text="Any")
        elif len(shape.types) == 1:
            result = self.of_type(shape.types[0], shape.of(shape.types[0]), where, name)
        else:
            parts = [self.of_type(kind, shape.of(kind), where, name).written() for kind in shape.types]
            result = Type(text=union(parts))
        result.checks += self.whole(shape.whole, node, where, name, shape.types)
        return result

    def each(self, nodes: list[Any], where: Where, name: str, types: tuple[str, ...] | None) -> list[str]:
        return [
            self.type(node, (*where, index), f"{name}{index + 1}", types).written() for index, node in enumerate(nodes)
        ]

    def literals(self, values: tuple[Any, ...]) -> Type:
        if not values:
            return Type(text="Any", checks=[f"{self.use('_among')}()"])
        kinds = {type(value) for value in values}
        written = call("Literal[", [python(value) for value in values], "]")
        if kinds <= {str, type(None)}:
            return Type(text="None" if kinds == {type(None)} else written)
        if kinds == {int} and all(abs(value) < _LONGEST_LITERAL for value in values):
            return Type(text=written, checks=[self.use("_number")])
        return Type(text="Any", checks=[self.use("_among", *(python(value) for value in values))])

    def whole(
        self, words: Mapping[str, Any], node: Mapping[str, Any], where: Where, name: str, types: tuple[str, ...] | None
    ) -> list[str]:
        """Checks on the value as a whole, before it becomes what it is."""
        checks = []
        for word, value in words.items():
            before = len(self.notes.found)
            if word == "$ref":
                checks.append(self.fitting(1, 1, "its definition", self.references[value]))
            elif word in ("anyOf", "oneOf", "allOf"):
                parts = self.each(value, (*where, word), name, types)
                least, most = (len(parts) if word == "allOf" else 1), (1 if word == "oneOf" else len(parts))
                if word == "oneOf" and self.notes.unsure(before, value):
                    self.notes.add(where, word, UNSURE)
                    most = len(parts)
                checks.append(self.fitting(least, most, word, *map(self.direct, parts)))
            elif word == "enum":
                checks.append(self.use("_among", *map(python, value)))
            elif word == "not":
                part = self.type(value, (*where, word), f"{name}Not", types).written()
                if self.notes.unsure(before, value):
                    self.notes.add(where, word, UNSURE)
                else:
                    checks.append(self.fitting(0, 0, "not", self.direct(part)))
            else:
                parts = [
                    self.direct(
                        self.type(node.get(part, True), (*where, part), f"{name}{camel(part)}", types).written()
                    )
                    for part in ("if", "then", "else")
                ]
                if self.notes.unsure(before, [node.get(part) for part in ("if", "then", "else")]):
                    self.notes.add(where, word, UNSURE)
                else:
                    checks.append(self.use("_when", *(f"lambda: {part}" for part in parts)))
        if (types is None or "object" in types) and node.get("unevaluatedProperties", True) is not True:
            checks += self.unevaluated(node, where, name)
        return checks

    def unevaluated(self, node: Mapping[str, Any], where: Where, name: str) -> list[str]:
        found = looked_at(node)
        if found is None:
            why = "pydantic does not know which names were looked at; undeclared ones are let through."
            self.notes.add(where, "unevaluatedProperties", why)
            return []
        parts = []
        for word, index, names in found[1]:
            part = self.type(node[word][index], (*where, word, index), f"{name}{index + 1}", ("object",)).written()
            parts.append(f"(lambda: {self.direct(part)}, {_set(names)})")
        return [self.use("_declared", _set(found[0]), *parts)]

    def direct(self, text: str) -> str:
        """A type within a function: there, all names are known."""
        return text[1:-1] if text.startswith('"') else text

    def of_type(self, kind: str, words: Mapping[str, Any], where: Where, name: str) -> Type:
        if kind == "array":
            return self.array(words, where, name)
        if kind == "object":
            return self.mapping(words, where, name)
        result = Type(text=_TYPES[kind])
        if kind in ("integer", "number"):
            self.number(result, kind, words)
        if kind == "string":
            self.string(result, words, where)
        return result

    def number(self, result: Type, kind: str, words: Mapping[str, Any]) -> None:
        limits = {"minimum": "ge", "exclusiveMinimum": "gt", "maximum": "le", "exclusiveMaximum": "lt"}
        bounds = {word: words[word] for word in limits if word in words}
        if kind == "integer":
            bounds = {word: _whole_bound(word, value) for word, value in bounds.items()}
        result.limits = {limits[word]: repr(value) for word, value in bounds.items()}
        if kind == "integer":
            result.checks.append(self.use("_whole"))
        if "multipleOf" in words:
            result.checks.append(self.use("_multiple_of", python(repr(words["multipleOf"]))))

    def string(self, result: Type, words: Mapping[str, Any], where: Where) -> None:
        for word, limit in (("minLength", "min_length"), ("maxLength", "max_length")):
            if word in words:
                result.limits[limit] = str(int(words[word]))
        if "pattern" in words:
            pattern = translated(words["pattern"], "rust")
            if pattern is None:
                self.notes.add(where, "pattern", "pydantic may read this pattern in another way; it is not checked.")
            else:
                result.limits["pattern"] = raw(pattern)
        if "format" in words:
            name = words["format"]
            known = FORMAT_PATTERNS.get(name)
            if known is None or not known.exact:
                what = "only its outline is" if known else "it is not"
                self.notes.add(where, f"format {name}", f"The whole of RFC and registry is no pattern; {what} checked.")
            if known is not None:
                helper = self.use(format_helper(name))
                if "pattern" in result.limits:
                    result.checks.append(self.fitting(1, 1, name, helper))
                else:
                    result.text = helper

    def array(self, words: Mapping[str, Any], where: Where, name: str) -> Type:
        items = words.get("items", True)
        inner = self.type(items, (*where, "items"), f"{name}Item").written()
        if "prefixItems" in words:
            parts = self.each(words["prefixItems"], (*where, "prefixItems"), f"{name}Item", None)
            result = Type(text="list[Any]")
            rest = [f"lambda: {self.direct(part)}" for part in (inner, *parts)]
            result.checks.append(self.use("_items", *rest))
        else:
            result = Type(text=f"list[{inner}]")
        for word, limit in (("minItems", "min_length"), ("maxItems", "max_length")):
            if word in words:
                result.limits[limit] = str(int(words[word]))
        if words.get("uniqueItems"):
            result.checks.append(self.use("_unique"))
        if "contains" in words:
            most, before = words.get("maxContains"), len(self.notes.found)
            part = self.type(words["contains"], (*where, "contains"), f"{name}Contained").written()
            if most is not None and self.notes.unsure(before, words["contains"]):
                self.notes.add(where, "maxContains", UNSURE)
                most = None
            bounds = str(int(words.get("minContains", 1))), "float('inf')" if most is None else str(int(most))
            result.checks.append(self.use("_contains", *bounds, f"lambda: {self.direct(part)}"))
        if words.get("unevaluatedItems", True) is not True:
            why = "pydantic does not know which items were looked at; it is not checked."
            self.notes.add(where, "unevaluatedItems", why)
        return result

    def mapping(self, words: Mapping[str, Any], where: Where, name: str) -> Type:
        """An object without declared names; one with them is a model."""
        if words.get("properties") or words.get("required"):
            called = self.names.claim(name)
            alone = {word: value for word, value in words.items() if word != "unevaluatedProperties"}
            self.model(called, {"type": "object", **alone}, where, "")
            return Type(text=called)
        rest = True if "patternProperties" in words else words.get("additionalProperties", True)
        inner = self.type(rest, (*where, "additionalProperties"), f"{name}Value").written()
        result = Type(text=f"dict[str, {inner}]")
        result.checks = self.object_checks(words, where, name)
        return result

    def object_checks(self, words: Mapping[str, Any], where: Where, name: str) -> list[str]:
        checks = []
        least, most = int(words.get("minProperties", 0)), words.get("maxProperties")
        if least or most is not None:
            checks.append(self.use("_size", str(least), "float('inf')" if most is None else str(int(most))))
        if "propertyNames" in words:
            part = self.type(words["propertyNames"], (*where, "propertyNames"), f"{name}Name", ("string",)).written()
            checks.append(self.use("_named", f"lambda: {self.direct(part)}"))
        if "dependentRequired" in words:
            checks.append(self.use("_together", python(words["dependentRequired"])))
        for key, schema in words.get("dependentSchemas", {}).items():
            part = self.type(schema, (*where, "dependentSchemas", key), f"{name}{camel(key)}", ("object",)).written()
            checks.append(self.use("_given", python(key), f"lambda: {self.direct(part)}"))
        if words.get("patternProperties"):
            checks += self.patterns(words, where, name)
        return checks

    def patterns(self, words: Mapping[str, Any], where: Where, name: str) -> list[str]:
        readable = {pattern: translated(pattern, "rust") for pattern in words["patternProperties"]}
        if None in readable.values():
            why = "pydantic may read one of these patterns in another way; they are not checked."
            self.notes.add(where, "patternProperties", why)
            return []
        pairs = []
        for number, (pattern, schema) in enumerate(words["patternProperties"].items(), start=1):
            part = self.type(schema, (*where, "patternProperties", pattern), f"{name}Pattern{number}").written()
            pairs.append(f"{raw(readable[pattern] or '')}: lambda: {self.direct(part)}")
        rest = self.type(words.get("additionalProperties", True), (*where, "additionalProperties"), f"{name}Value")
        return [
            self.use(
                "_matched",
                call("{", pairs, "}"),
                _set(list(words.get("properties", ()))),
                f"lambda: {self.direct(rest.written())}",
            )
        ]

    def model(
        self, name: str, node: Mapping[str, Any], where: Where, description: str, types: tuple[str, ...] | None = None
    ) -> None:
        """Adds the class of an object."""
        shape = take_apart(node, types)
        words = shape.of("object")
        declared, required = words.get("properties", {}), words.get("required", ())
        rest, loose = words.get("additionalProperties", True), bool(words.get("patternProperties"))
        undeclared = True if loose else rest
        types_of = {
            prop: self.type(
                declared.get(prop, undeclared), (*where, "properties", prop), f"{name}{camel(prop)}"
            ).written()
            for prop in dict.fromkeys([*declared, *required])
        }
        fields = Names()  # given out when all classes have theirs, which a field must not hide
        lines = [
            self.field(prop, declared.get(prop, undeclared), prop in required, written, fields)
            for prop, written in types_of.items()
        ]
        extra = "allow" if loose or rest is not False else "forbid"
        body = f"{docstring(description)}\n".lstrip("\n")
        body += f'    model_config = ConfigDict({_CONFIG}, extra="{extra}", protected_namespaces=())\n'
        if not loose and isinstance(rest, Mapping) and rest:
            inner = self.type(rest, (*where, "additionalProperties"), f"{name}Value").written()
            body += f"    __pydantic_extra__: dict[str, {inner}] = Field(init=False)\n"
        checks = self.object_checks(words, where, name)
        if shape.literals is not None:
            checks.append(self.use("_among", *map(python, shape.literals)))
        checks += self.whole(shape.whole, node, where, name, ("object",))
        if checks:
            self.used.add("_each")
            body += f'    _checked = model_validator(mode="before")({indented(call("_each(", checks, ")"))})\n'
        body += "\n" + "".join(lines) if lines else ""
        self.code += f"\n\nclass {name}(BaseModel):\n{body}"

    def field(self, prop: str, schema: Any, required: bool, text: str, fields: Names) -> str:
        called = snake(prop)
        called = fields.claim(f"{called}_" if called in _TAKEN or self.names.has(called) else called)
        notes = schema if isinstance(schema, Mapping) else {}
        arguments = []
        default = notes.get("default", ...)
        if not required and (default is None or isinstance(default, str | int | float)):
            arguments.append(f"default={python(default)}")
        elif not required:
            text = union([text, "MISSING"])
            arguments.append("default=MISSING")
        if called != prop:
            arguments.append(f"alias={python(prop)}")
        if isinstance(notes.get("description"), str):
            arguments.append(f"description={python(notes['description'])}")
        if arguments == ["default=MISSING"]:
            end = " = MISSING"
        else:
            end = f" = {call('Field(', arguments, ')')}" if arguments else ""
        return f"    {indented(f'{called}: {text}{end}')}\n"


def _is_model(node: Any) -> bool:
    """Whether a schema is of an object with declared names and nothing else."""
    if not isinstance(node, Mapping) or node.get("type") != "object" or {"enum", "const"} & node.keys():
        return False
    return bool(node.get("properties") or node.get("required"))


def _whole_bound(word: str, value: int | float) -> int:
    """The same limit for whole numbers, of which pydantic takes no fraction and no float beyond 64 bits."""
    exact = Decimal(repr(value))
    return math.ceil(exact) if word in ("minimum", "exclusiveMaximum") else math.floor(exact)


def _set(names: list[str]) -> str:
    return f"{{{', '.join(map(python, names))}}}" if names else "set()"
