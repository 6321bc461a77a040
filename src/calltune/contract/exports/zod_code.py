"""A contract as a module of Zod 4 schemas. In: a `Toolset`. Out: TypeScript or JavaScript in which every tool's
arguments are a schema that accepts what the contract accepts, and what could not be said. `z.toJSONSchema` of these
schemas is the contract's own: what Zod has no word for is a refinement, and its keyword stands in `.meta()`.

Not covered: numbers beyond 2^53, which JavaScript rounds while it reads JSON, and arguments named `__proto__`, which
Zod leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent
from typing import Any

from ..keywords import ANNOTATIONS
from ..not_carried import NotCarried
from ..tools import Tool
from ..toolset import Toolset
from .formats import FORMAT_PATTERNS
from .names import Names, camel
from .patterns import translated
from .shapes import UNSURE, Notes, Where, looked_at, take_apart
from .text import INHERITED, comment, javascript, key, wrapped
from .zod_expression import Code, between, meta_call, refers
from .zod_helpers import RESERVED, format_helper, helpers

_HEAD = "// Written by calltune from {fingerprint}. Needs zod 4.6 or newer.\n"
_TYPES = {"string": "z.string()", "number": "z.number()", "boolean": "z.boolean()", "null": "z.null()"}
_NOTES = (*ANNOTATIONS, "contentEncoding", "contentMediaType", "contentSchema")
_EXACT = 2**53


def zod_code(toolset: Toolset, *, typed: bool = True) -> tuple[str, tuple[NotCarried, ...]]:
    """The module's text, and what it does not check. `typed`: as TypeScript."""
    names = Names(RESERVED)
    used: set[str] = set()
    left: list[NotCarried] = []
    blocks, entries = [], []
    for tool in toolset:
        block, entry = _tool(tool, names, used, left, typed)
        blocks.append(block)
        entries.append(entry)
    parts = [_HEAD.format(fingerprint=toolset.fingerprint) + 'import { z } from "zod";\n']
    parts += [helpers(used, typed=typed)] if used else []
    parts += blocks
    record = "".join(indent(entry, "  ") for entry in entries)
    parts.append("/** Every tool by its name. */\nexport const tools = {\n" + record + "};\n")
    return "\n".join(parts), tuple(left)


def _tool(tool: Tool, names: Names, used: set[str], left: list[NotCarried], typed: bool) -> tuple[str, str]:
    block, entry = "", ""
    name = names.claim(camel(tool.name))
    schemas = [("parameters", name, tool.parameters)]
    if tool.returns is not None:
        schemas.append(("returns", names.claim(f"{name}Result"), tool.returns))
    for part, called, schema in schemas:
        notes = Notes(tool.name, part)
        block += _Writer(called, schema, names, notes, used, typed).module()
        entry += f"  {part}: {called},\n"
        left += notes.found.values()
    block = (comment(tool.description) if tool.description else "") + block
    facts = {"effect": tool.effect, "idempotent": tool.idempotent or None, "timeout_s": tool.timeout_s}
    entry += "".join(f"  {word}: {javascript(value)},\n" for word, value in facts.items() if value is not None)
    return block, f"{key(tool.name)}: {{\n  description: {javascript(tool.description)},\n{entry}}},\n"


class _Writer:
    """Writes one schema with its definitions."""

    def __init__(
        self, name: str, schema: Mapping[str, Any], names: Names, notes: Notes, used: set[str], typed: bool
    ) -> None:
        self.name = name
        self.schema = schema
        self.notes = notes
        self.used = used
        self.typed = typed
        self.references = {"#": f"z.lazy(() => {name})"}
        self.definitions = {}
        for word in schema.get("$defs", {}):
            self.definitions[word] = names.claim(f"{name}{camel(word)}")
            self.references[f"#/$defs/{word}"] = self.definitions[word]

    def module(self) -> str:
        """The declarations, definitions first."""
        annotation = ": z.ZodType" if self.typed else ""
        text = ""
        for word, called in self.definitions.items():
            code = self.code(self.schema["$defs"][word], ("$defs", word))
            text += f"const {called}{annotation} = z.lazy(() => {code}).meta({{ id: {javascript(word)} }});\n"
        root = self.code({word: value for word, value in self.schema.items() if word != "$defs"}, ())
        circular = annotation if f"z.lazy(() => {self.name})" in text + root else ""
        text += f"export const {self.name}{circular} = {root};\n"
        if self.typed:
            text += f"export type {self.name} = z.infer<typeof {self.name}>;\n"
        return text

    def code(self, node: Any, where: Where, types: tuple[str, ...] | None = None, *, optional: bool = False) -> str:
        """A schema as an expression with its annotations."""
        code = self.expression(node, where, types)
        meta = dict(code.meta)
        if isinstance(node, Mapping):
            meta |= {word: value for word, value in node.items() if word in _NOTES or word.startswith("x-")}
        return code.written((".optional()" if optional else "", meta_call(meta)))

    def use(self, helper: str, *arguments: str) -> str:
        """A call of a helper, which the module then begins with."""
        self.used.add(helper)
        return wrapped(f"{helper}(", list(arguments), ")") if arguments else helper

    def expression(self, node: Any, where: Where, types: tuple[str, ...] | None = None) -> Code:
        if node is False or node == {"not": {}}:
            return Code(text="z.never()")
        if not isinstance(node, Mapping):
            return Code(text="z.unknown()")
        shape = take_apart(node, types)
        if shape.literals is not None:
            return self.literals(shape.literals, node, where)
        code = Code(text="z.unknown()") if shape.types is None else self.typed_as(shape.types, shape.of, where)
        plain = shape.types is None and len(shape.whole) == 1
        for word, value in shape.whole.items():
            inner = shape.types
            if word == "$ref":
                target = self.references[value]
                if plain:
                    return Code(text=target)
                code.refine(self.use("allOf", target), "does not follow its definition")
            elif word in ("anyOf", "oneOf", "allOf"):
                before = len(self.notes.found)
                parts = [self.code(part, (*where, word, index), inner) for index, part in enumerate(value)]
                helper = word
                if word == "oneOf" and self.notes.unsure(before, value):
                    helper = "anyOf"
                    self.notes.add(where, word, UNSURE)
                meta = {} if refers(value) else {word: value}
                if plain and word != "allOf":
                    text = wrapped("z.union([" if helper == "anyOf" else "z.xor([", parts, "])")
                    return Code(text=text, meta=meta if helper != word else {})
                code.refine(self.use(helper, *parts), f"does not follow {word}", **meta)
            else:
                self.condition(code, word, value, node, where, inner)
        if shape.of("object").get("unevaluatedProperties", True) is not True:
            self.unevaluated(code, node, where)
        return code

    def unevaluated(self, code: Code, node: Mapping[str, Any], where: Where) -> None:
        found = looked_at(node)
        if found is None:
            why = "Zod does not know which names were looked at; undeclared ones are let through."
            self.notes.add(where, "unevaluatedProperties", why)
            return
        parts = [
            f"[{self.code(node[word][index], (*where, word, index), ('object',))}, {javascript(names)}]"
            for word, index, names in found[1]
        ]
        call = self.use("declared", javascript(found[0]), *parts)
        code.refine(call, "holds a name that is not declared", unevaluatedProperties=False)

    def condition(self, code: Code, word: str, value: Any, node: Mapping[str, Any], where: Where, inner: Any) -> None:
        before = len(self.notes.found)
        if word == "enum":
            code.refine(self.use("among", *map(javascript, value)), "is none of the values", enum=value)
        elif word == "not":
            part = self.code(value, (*where, word), inner)
            if self.notes.unsure(before, value):
                self.notes.add(where, word, UNSURE)
                return
            call = self.use("not", part)
            code.refine(call, "is what it must not be", **({} if refers(value) else {word: value}))
        else:
            whole = {part: node[part] for part in ("if", "then", "else") if part in node}
            parts = [self.code(node.get(part, True), (*where, part), inner) for part in ("if", "then", "else")]
            if self.notes.unsure(before, whole):
                self.notes.add(where, word, UNSURE)
                return
            code.refine(self.use("when", *parts), "does not go together", **({} if refers(whole) else whole))

    def literals(self, values: tuple[Any, ...], node: Mapping[str, Any], where: Where) -> Code:
        if not values:
            return Code(text="z.never()")
        for value in values:
            self.exact(value, where, "enum")
        if any(isinstance(value, dict | list) for value in values):
            code = Code(text="z.unknown()", meta={"type": node["type"]} if "type" in node else {})
            words = {word: node[word] for word in ("enum", "const") if word in node}
            code.refine(self.use("among", *map(javascript, values)), "is none of the values", **words)
            return code
        if all(isinstance(value, str) for value in values) and "const" not in node:
            return Code(text=wrapped("z.enum([", [javascript(value) for value in values], "])"))
        meta = {"type": "integer"} if node.get("type") == "integer" else {}
        items = [javascript(value) for value in values]
        return Code(
            text=f"z.literal({items[0]})" if len(items) == 1 else wrapped("z.literal([", items, "])"), meta=meta
        )

    def typed_as(self, types: tuple[str, ...], of: Any, where: Where) -> Code:
        """A value of one of some types, each with its own demands."""
        codes = [self.of_type(kind, of(kind), where) for kind in types if kind != "null" or len(types) == 1]
        if len(types) == 1:
            return codes[0]
        if len(codes) == 1:
            return Code(text=codes[0].text, calls=[*codes[0].calls, meta_call(codes[0].meta), ".nullable()"])
        parts = [code.written((meta_call(code.meta),)) for code in codes]
        return Code(text=wrapped("z.union([", [*parts, "z.null()"] if "null" in types else parts, "])"))

    def of_type(self, kind: str, words: Mapping[str, Any], where: Where) -> Code:
        if kind == "array":
            return self.array(words, where)
        if kind == "object":
            return self.object(words, where)
        code = Code(text=_TYPES.get(kind, ""))
        if kind in ("integer", "number"):
            self.number(code, kind, words, where)
        if kind == "string":
            self.string(code, words, where)
        return code

    def string(self, code: Code, words: Mapping[str, Any], where: Where) -> None:
        least, most = int(words.get("minLength", 0)), words.get("maxLength")
        if (least <= 1 and most is None) or (least == 0 and most == 0):  # what UTF-16 and characters agree on
            code.calls += [".min(1)"] if least else [".max(0)"] if most == 0 else []
        else:
            call = self.use("length", str(least), "Infinity" if most is None else str(int(most)))
            kept = {word: words[word] for word in ("minLength", "maxLength") if word in words}
            code.refine(call, between(least, most, "characters"), **kept)
        if "pattern" in words:
            pattern = translated(words["pattern"], "javascript")
            if pattern is None:
                self.notes.add(where, "pattern", "JavaScript may read this pattern in another way; it is not checked.")
            else:
                code.calls.append(f".regex(/{pattern}/u)")
            code.meta["pattern"] = words["pattern"]
        if "format" in words:
            self.format(code, words["format"], where)

    def format(self, code: Code, name: str, where: Where) -> None:
        known = FORMAT_PATTERNS.get(name)
        code.meta["format"] = name
        if known is not None:
            code.refine(self.use(format_helper(name)), f"is no {name}")
        if known is None or not known.exact:
            what = "only its outline is" if known else "it is not"
            self.notes.add(where, f"format {name}", f"The whole of RFC and registry is no pattern; {what} checked.")

    def number(self, code: Code, kind: str, words: Mapping[str, Any], where: Where) -> None:
        low, high = (
            words.get("minimum", words.get("exclusiveMinimum")),
            words.get("maximum", words.get("exclusiveMaximum")),
        )
        if kind == "integer":
            bounded = low is not None and high is not None and low > -_EXACT and high < _EXACT
            code.text = "z.int()" if bounded else f"{self.use('whole')}()"
        else:
            code.text = "z.number()"
        for word, method in (
            ("minimum", "min"),
            ("exclusiveMinimum", "gt"),
            ("maximum", "max"),
            ("exclusiveMaximum", "lt"),
        ):
            if word in words:
                self.exact(words[word], where, word)
                code.calls.append(f".{method}({javascript(words[word])})")
        step = words.get("multipleOf")
        if step is not None and float(step).is_integer():
            code.refine(f"(value) => value % {int(step)} === 0", f"must be a multiple of {int(step)}", multipleOf=step)
        elif step is not None:
            code.refine(self.use("multipleOf", javascript(step)), f"must be a multiple of {step}", multipleOf=step)

    def exact(self, value: Any, where: Where, word: str) -> None:
        if isinstance(value, int) and abs(value) > _EXACT:
            self.notes.add(where, word, f"JavaScript rounds {value} to {int(float(value))}.")

    def array(self, words: Mapping[str, Any], where: Where) -> Code:
        items = words.get("items", True)
        least, most = int(words.get("minItems", 0)), words.get("maxItems")
        if "prefixItems" in words:
            code = self.tuple(words["prefixItems"], items, least, where)
            if least > len(words["prefixItems"]) or most is not None:
                high = "Infinity" if most is None else str(int(most))
                kept = {word: words[word] for word in ("minItems", "maxItems") if word in words}
                code.refine(
                    f"(items) => {least} <= items.length && items.length <= {high}",
                    between(least, most, "items"),
                    **kept,
                )
        else:
            code = Code(text=wrapped("z.array(", [self.code(items, (*where, "items"))], ")"))
            code.calls += [f".min({least})"] if least else []
            code.calls += [] if most is None else [f".max({int(most)})"]
        if words.get("uniqueItems"):
            code.refine(self.use("unique"), "must not hold an item twice", uniqueItems=True)
        if "contains" in words:
            bounds = words.get("minContains", 1), words.get("maxContains")
            before = len(self.notes.found)
            part = self.code(words["contains"], (*where, "contains"))
            if bounds[1] is not None and self.notes.unsure(before, words["contains"]):
                self.notes.add(where, "maxContains", UNSURE)
                bounds = bounds[0], None
            most_of_it = "Infinity" if bounds[1] is None else str(int(bounds[1]))
            call = self.use("contains", part, str(int(bounds[0])), most_of_it)
            kept = {word: words[word] for word in ("contains", "minContains", "maxContains") if word in words}
            code.refine(call, "does not hold what it must", **({} if refers(kept) else kept))
        if words.get("unevaluatedItems", True) is not True:
            self.notes.add(
                where, "unevaluatedItems", "Zod does not know which items were looked at; it is not checked."
            )
        return code

    def tuple(self, prefix: list[Any], items: Any, least: int, where: Where) -> Code:
        parts = [
            self.code(part, (*where, "prefixItems", index), optional=index >= least)
            for index, part in enumerate(prefix)
        ]
        for index, part in enumerate(prefix[:least]):
            if not isinstance(part, Mapping) or "type" not in part:  # z.unknown() takes what is not there
                parts[index] += ".nonoptional()"
        rest = "" if items is False else f".rest({self.code(items, (*where, 'items'))})"
        return Code(text=wrapped("z.tuple([", parts, "])") + rest)

    def object(self, words: Mapping[str, Any], where: Where) -> Code:
        declared, required = words.get("properties", {}), words.get("required", ())
        rest, patterns = words.get("additionalProperties", True), words.get("patternProperties", {})
        lines = "".join(
            self.field(name, declared.get(name, True if patterns else rest), name in required, where)
            for name in dict.fromkeys([*declared, *required])
        )
        shape = f"{{\n{indent(lines, '  ')}}}" if lines else "{}"
        if patterns or rest is True or rest == {}:
            code = Code(text=f"z.looseObject({shape})")
        elif rest is False:
            code = Code(text=f"z.strictObject({shape})")
        elif not lines:
            code = Code(
                text=wrapped("z.record(", ["z.string()", self.code(rest, (*where, "additionalProperties"))], ")")
            )
        else:
            code = Code(text=f"z.object({shape}).catchall({self.code(rest, (*where, 'additionalProperties'))})")
        if patterns:
            self.patterns(code, patterns, list(declared), rest, where)
        self.object_checks(code, words, where)
        return code

    def field(self, name: str, schema: Any, required: bool, where: Where) -> str:
        if name == "__proto__":
            self.notes.add((*where, "properties", name), "__proto__", "Zod leaves out an argument of this name unread.")
        elif name in INHERITED and not required:
            why = "Zod takes what every object inherits for an argument; it refuses calls that leave this one out."
            self.notes.add((*where, "properties", name), "inherited name", why)
        return f"{key(name)}: {self.code(schema, (*where, 'properties', name), optional=not required)},\n"

    def patterns(self, code: Code, patterns: Mapping[str, Any], declared: list[str], rest: Any, where: Where) -> None:
        readable = {pattern: translated(pattern, "javascript") for pattern in patterns}
        kept = {"patternProperties": dict(patterns), "additionalProperties": rest}
        kept = {} if refers(kept) else kept
        if None in readable.values():
            why = "JavaScript may read one of these patterns in another way; they are not checked."
            self.notes.add(where, "patternProperties", why)
            code.meta |= kept
            return
        pairs = [
            f"[/{readable[pattern]}/u, {self.code(schema, (*where, 'patternProperties', pattern))}]"
            for pattern, schema in patterns.items()
        ]
        call = self.use(
            "matched",
            wrapped("[", pairs, "]"),
            javascript(declared),
            self.code(rest, (*where, "additionalProperties")),
        )
        code.refine(call, "holds a name or a value that it must not", **kept)

    def object_checks(self, code: Code, words: Mapping[str, Any], where: Where) -> None:
        least, most = int(words.get("minProperties", 0)), words.get("maxProperties")
        if least or most is not None:
            call = self.use("size", str(least), "Infinity" if most is None else str(int(most)))
            kept = {word: words[word] for word in ("minProperties", "maxProperties") if word in words}
            code.refine(call, between(least, most, "names"), **kept)
        if "propertyNames" in words:
            schema = words["propertyNames"]
            call = self.use("named", self.code(schema, (*where, "propertyNames"), ("string",)))
            code.refine(call, "holds a name that it must not", **({} if refers(schema) else {"propertyNames": schema}))
        if "dependentRequired" in words:
            needs = words["dependentRequired"]
            code.refine(
                self.use("together", javascript(needs)), "lacks a name that another one needs", dependentRequired=needs
            )
        for name, schema in words.get("dependentSchemas", {}).items():
            part = self.code(schema, (*where, "dependentSchemas", name), ("object",))
            code.refine(self.use("given", javascript(name), part), f"is not as {name} demands")
            if not refers(words["dependentSchemas"]):
                code.meta["dependentSchemas"] = words["dependentSchemas"]
