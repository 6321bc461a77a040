"""Grammar rules for arguments in a dialect of JSON: keys bare and sorted, texts between marks of their own, as Gemma 4
writes them (`{city:<|"|>Oslo<|"|>,days:3}`). In: a tool's projected schema. Out: Lark rules, and what they leave to
validation.

Of a text's schema only `enum` and `const` are enforced, of a list only its items, of an object its members; everything
else is listed. Members come sorted, as the template writes them; where arguments come in any order, up to five of a
closed object do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calltune.contract import Tool
from calltune.contract.problem import pointer
from calltune.contract.projection import TWICE, Unenforced
from calltune.generate.arguments import MOST_IN_FREE_ORDER, PLAIN, Place, any_order, choices, json_value, options_of
from calltune.generate.shape import Shape, literal
from calltune.generate.tagged import UNDECLARED
from calltune.render.call_form import BARE, bare_order, in_dialect

UNREADABLE = "a name of other than letters, digits and _"
"""No keyword, but a demand all the same: such a name is not read as it was written."""


def dialect_arguments(rule: str, tool: Tool, schema: dict[str, Any], shape: Shape, left: list[Unenforced]) -> list[str]:
    """The rules of one tool's arguments."""
    if not shape.forces_required:
        schema = {key: value for key, value in schema.items() if key != "required"}
    writer = _Writer(rule, tool.name, schema.get("$defs"), shape)
    if not BARE.fullmatch(tool.name):
        writer.note((), [UNREADABLE])
    writer.rules.append(f"{rule}: {writer.object(f'{rule}o', schema, ())}")
    left += writer.left
    return [*writer.rules, *writer.anything()]


class _Writer:
    """Collects the rules of one tool."""

    def __init__(self, rule: str, tool: str, definitions: Any, shape: Shape) -> None:
        assert shape.form.quote is not None
        self.any, self.tool, self.definitions, self.shape = f"{rule}any", tool, definitions, shape
        self.quote = shape.text(shape.form.quote)
        self.rules: list[str] = []
        self.left: list[Unenforced] = []
        self.text = f"{self.quote} /[^\\x01\\x02]*/ {self.quote}"  # the reader keeps these two for itself

    def note(self, where: Place, words: Sequence[str]) -> None:
        self.left += [Unenforced(self.tool, pointer(*where), word) for word in words]

    def value(self, rule: str, schema: Any, where: Place) -> str:
        """What may stand for one value."""
        if not isinstance(schema, dict) or not schema:
            return self.any
        if "enum" in schema or "const" in schema:
            options = options_of(schema, self.definitions)
            if options:
                return f"({' | '.join(dict.fromkeys(map(self.option, options)))})"
        if branches := choices(schema):
            ways = [self.value(f"{rule}u{number}", inner, (*where, *at)) for number, (at, inner) in enumerate(branches)]
            return f"({' | '.join(ways)})"
        match schema.get("type"):
            case "boolean":
                return '("true" | "false")'
            case "null":
                return '"null"'
            case "integer" | "number":
                return json_value(rule, schema, self.definitions, self.shape)[0]
            case "string":
                self.note(where, [word for word in schema if word != "type"])
                return self.text
            case "array":
                self.note(where, [word for word in schema if word not in ("type", "items")])
                item = self.value(f"{rule}i", schema.get("items", {}), (*where, "items"))
                return f'"[" ({item} ("," {item})*)? "]"'
            case "object":
                return self.object(rule, schema, where)
        self.note(where, list(schema))
        return self.any

    def object(self, rule: str, schema: dict[str, Any], where: Place) -> str:
        self.note(where, [word for word in schema if word not in PLAIN])
        names = {name: inner for name, inner in schema.get("properties", {}).items() if inner is not False}
        required = set(schema.get("required", ()))
        if schema.get("additionalProperties") is not False:
            self.note(where, [*(["properties"] if names else []), *(["required"] if required else []), UNDECLARED])
            return f"{self.any}o"
        for name in names:
            if not BARE.fullmatch(name):
                self.note((*where, "properties", name), [UNREADABLE])
        if required - names.keys():
            self.note(where, ["required"])
        ordered = sorted(names, key=bare_order)
        for number, name in enumerate(ordered):
            value = self.value(f"{rule}v{number}x", names[name], (*where, "properties", name))
            self.rules.append(f"{rule}v{number}: {literal(f'{name}:')} {value}")
        needed = [name in required for name in ordered]
        if self.shape.order == "free" and len(ordered) <= MOST_IN_FREE_ORDER:
            self.rules += any_order(rule, needed, '","', '"}"')
            return f'"{{" {rule}s0'
        if self.shape.order == "free" and not where:  # of the arguments themselves, any after any
            self.note((), [TWICE, *(["required"] if required else [])])
            self.rules.append(f"{rule}m: {' | '.join(f'{rule}v{number}' for number in range(len(ordered)))}")
            return f'"{{" ({rule}m ("," {rule}m)*)? "}}"'
        # s: no member stands there yet; w: one does
        self.rules += [f'{rule}s{len(ordered)}: "}}"', f'{rule}w{len(ordered)}: "}}"']
        for number, is_needed in enumerate(needed):
            for state, comma in (("s", ""), ("w", '"," ')):
                skip = "" if is_needed else f" | {rule}{state}{number + 1}"
                self.rules.append(f"{rule}{state}{number}: {comma}{rule}v{number} {rule}w{number + 1}{skip}")
        return f'"{{" {rule}s0'

    def option(self, option: Any) -> str:
        """A constant, its texts as characters and their marks as marks."""
        assert self.shape.form.quote is not None
        pieces = in_dialect(option, self.shape.form.quote).split(self.shape.form.quote)
        return " ".join([literal(pieces[0]), *(f"{self.quote} {literal(piece)}" for piece in pieces[1:])])

    def anything(self) -> list[str]:
        """Rules for a value of any kind."""
        number, name = json_value(self.any, {"type": "number"}, None, self.shape)[0], self.any
        return [
            f'{name}: {self.text} | {number} | "true" | "false" | "null" | {name}o | "[" ({name} ("," {name})*)? "]"',
            f'{name}o: "{{" ({name}m ("," {name}m)*)? "}}"',
            f'{name}m: /\\w+/ ":" {name}',
        ]
