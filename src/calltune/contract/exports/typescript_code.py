"""A contract as TypeScript types. In: a `Toolset`. Out: a type for the arguments and the result of every tool, and the
union of all calls, told apart by name; and every demand that a type cannot hold. Types are checked while code is
written; they check nothing of what a model writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import indent
from typing import Any

from ..not_carried import NotCarried
from ..toolset import Toolset
from .names import Names, camel
from .shapes import Notes, Shape, Where, take_apart
from .text import INHERITED, WIDTH, comment, javascript, key

_HEAD = "// Written by calltune from {fingerprint}.\n"
_TYPES = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}
_RESERVED = ("Call", "Record", "Array", "T")
_WHY = "A type of TypeScript cannot say it."


def typescript_code(toolset: Toolset) -> tuple[str, tuple[NotCarried, ...]]:
    """The file's text, and what its types leave open."""
    names = Names(_RESERVED)
    left: list[NotCarried] = []
    blocks, calls = [], ""
    for tool in toolset:
        name = names.claim(camel(tool.name))
        notes = Notes(tool.name, "parameters")
        blocks.append(_Writer(name, tool.parameters, names, notes).declaration(tool.description))
        left += notes.found.values()
        if tool.returns is not None:
            notes = Notes(tool.name, "returns")
            blocks.append(_Writer(names.claim(f"{name}Result"), tool.returns, names, notes).declaration(""))
            left += notes.found.values()
        calls += f"\n  | {{ name: {javascript(tool.name)}; arguments: {name} }}"
    blocks.append(f"/** A call of one tool. */\nexport type Call ={calls or ' never'};\n")
    return "\n".join([_HEAD.format(fingerprint=toolset.fingerprint), *blocks]), tuple(left)


class _Writer:
    """Writes one schema with its definitions."""

    def __init__(self, name: str, schema: Mapping[str, Any], names: Names, notes: Notes) -> None:
        self.name = name
        self.schema = schema
        self.notes = notes
        self.references = {"#": name}
        for word in schema.get("$defs", {}):
            self.references[f"#/$defs/{word}"] = names.claim(f"{name}{camel(word)}")

    def declaration(self, description: str) -> str:
        """The declarations, definitions last."""
        text = comment(description or self.schema.get("description", ""))
        text += self.declared(self.name, {word: value for word, value in self.schema.items() if word != "$defs"}, ())
        for word, schema in self.schema.get("$defs", {}).items():
            if isinstance(schema, Mapping):
                text += comment(schema.get("description", ""))
            text += self.declared(self.references[f"#/$defs/{word}"], schema, ("$defs", word))
        return text

    def declared(self, name: str, node: Any, where: Where) -> str:
        code = self.type(node, where)
        if code.startswith("{") and code.count("{") == code.count("}") and _is_one(code):
            return f"export interface {name} {code}\n"
        return f"export type {name} = {code};\n"

    def type(self, node: Any, where: Where, types: tuple[str, ...] | None = None) -> str:
        if node is False or node == {"not": {}}:
            return "never"
        if not isinstance(node, Mapping):
            return "unknown"
        shape = take_apart(node, types)
        if shape.literals is not None:
            return _union([_literal(value) for value in shape.literals]) if shape.literals else "never"
        parts = []
        if shape.types is not None and not self.is_only_a_choice(shape):
            parts.append(_union([self.of_type(kind, shape.of(kind), where) for kind in shape.types]))
        parts += self.whole(shape, node, where)
        parts = list(dict.fromkeys(part for part in parts if part != "unknown"))
        if len(parts) <= 1:
            return parts[0] if parts else "unknown"
        return " & ".join(_grouped(part) for part in parts)

    def is_only_a_choice(self, shape: Shape) -> bool:
        """Whether the types say no more than what stands beside them."""
        return not any(shape.demands.values()) and bool({"anyOf", "oneOf", "allOf", "$ref"} & shape.whole.keys())

    def whole(self, shape: Shape, node: Mapping[str, Any], where: Where) -> list[str]:
        parts = []
        for word, value in shape.whole.items():
            if word == "$ref":
                parts.append(self.references[value])
            elif word == "enum":
                parts.append(_union([_literal(item) for item in value]))
            elif word in ("anyOf", "oneOf", "allOf"):
                inner = [self.type(part, (*where, word, index), shape.types) for index, part in enumerate(value)]
                parts.append(" & ".join(map(_grouped, inner)) if word == "allOf" else _union(inner))
                if word == "oneOf":
                    self.notes.add(where, word, "A union of TypeScript takes what fits several of its parts, too.")
            else:
                self.notes.add(where, word, _WHY)
        return parts

    def of_type(self, kind: str, words: Mapping[str, Any], where: Where) -> str:
        if kind == "integer":
            self.notes.add(where, "integer", "A number of TypeScript may have a fraction.")
        for word in words:
            if word not in _SAID:
                self.notes.add(where, f"format {words[word]}" if word == "format" else word, _WHY)
        if kind == "array":
            return self.array(words, where)
        return self.object(words, where) if kind == "object" else _TYPES[kind]

    def array(self, words: Mapping[str, Any], where: Where) -> str:
        items = self.type(words.get("items", True), (*where, "items"))
        prefix = words.get("prefixItems", ())
        least, most = int(words.get("minItems", 0)), words.get("maxItems")
        if not prefix:
            for word in ("minItems", "maxItems"):
                if word in words and not (word == "minItems" and least == 0):
                    self.notes.add(where, word, _WHY)
            return f"{_grouped(items)}[]"
        parts = [self.type(part, (*where, "prefixItems", index)) for index, part in enumerate(prefix)]
        if least > len(parts) or most is not None:
            self.notes.add(where, "maxItems" if most is not None else "minItems", _WHY)
        parts = [part if index < least else f"{_grouped(part)}?" for index, part in enumerate(parts)]
        rest = [] if items == "never" else [f"...{_grouped(items)}[]"]
        return f"[{', '.join([*parts, *rest])}]"

    def object(self, words: Mapping[str, Any], where: Where) -> str:
        declared, required = words.get("properties", {}), words.get("required", ())
        rest, patterns = words.get("additionalProperties", True), words.get("patternProperties")
        lines = ""
        for name in dict.fromkeys([*declared, *required]):
            schema = declared.get(name, True if patterns else rest)
            note = schema.get("description", "") if isinstance(schema, Mapping) else ""
            lines += comment(note if isinstance(note, str) else "")
            code = self.type(schema, (*where, "properties", name))
            if name in INHERITED and name not in required:
                self.notes.add((*where, "properties", name), "inherited name", "Every object has one of its own.")
            lines += f"{key(name)}{'' if name in required else '?'}: {code};\n"
        if rest is False and not patterns:
            if not lines:
                return "Record<string, never>"
            why = "TypeScript refuses undeclared names in literals only."
            self.notes.add((), "additionalProperties", why)
        elif not lines and not patterns:
            return f"{{ [name: string]: {self.type(rest, (*where, 'additionalProperties'))} }}"  # Record cannot recur
        else:
            if rest not in (True, {}):
                self.notes.add(
                    where, "additionalProperties", "Beside declared names, TypeScript takes any other value."
                )
            lines += "[name: string]: unknown;\n"
        return f"{{\n{indent(lines, '  ')}}}"


_SAID = ("properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems")
"""Keywords that types say, or that are looked at where they stand."""


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    if isinstance(value, dict):
        inner = "; ".join(f"{key(name)}: {_literal(item)}" for name, item in value.items())
        return f"{{ {inner} }}" if inner else "Record<string, never>"
    return javascript(value)


def _union(parts: list[str]) -> str:
    parts = list(dict.fromkeys(parts))
    if "unknown" in parts:
        return "unknown"
    parts = [part for part in parts if part != "never"] or ["never"]
    if len(parts) == 1:
        return parts[0]
    line = " | ".join(_grouped(part) if " & " in part else part for part in parts)
    if len(line) <= WIDTH or "\n" in line:
        return line
    return "".join(f"\n  | {part}" for part in parts)


def _grouped(part: str) -> str:
    """In brackets where another word would take hold of half of it."""
    return f"({part})" if (" | " in part or " & " in part) and not _is_one(part) else part


def _is_one(code: str) -> bool:
    """Whether the code is one object type, from its first bracket to its last."""
    if not code.startswith("{"):
        return False
    depth = 0
    for index, char in enumerate(_without_strings(code)):
        depth += (char == "{") - (char == "}")
        if depth == 0:
            return index == len(code) - 1
    return False


def _without_strings(code: str) -> str:
    blank = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', re.DOTALL)
    return blank.sub(lambda found: " " * len(found[0]), code)
