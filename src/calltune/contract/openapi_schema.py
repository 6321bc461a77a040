"""Schemas of an OpenAPI document in the words of JSON Schema 2020-12. In: schema objects of versions 3.0 and 3.1. Out:
schemas that refer to one another by `#/$defs/...`, whole ones with the definitions they need, and what could not be
carried over. Each schema of the document is converted once, however many operations name it.

`allOf` is laid together where that changes nothing, a `discriminator` becomes a constant in each branch, a fault in a
keyword costs that keyword. Whatever is left behind makes the schema wider, never narrower. `xml`, `externalDocs` and
`x-...` say nothing about JSON values and are left out without a line. Nothing is closed here: that is the canonical
form's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from .closing import opened
from .dialects import modern_words, nullable
from .json_text import MAX_VALUES, quote
from .keywords import ANNOTATIONS, subschemas
from .not_carried import NotCarried
from .openapi_document import Document, Where, items, left_behind
from .openapi_sides import merged, without_hidden
from .openapi_subtypes import MOST_OF_A_FAMILY, common_of, extended, values_of

_LEFT_OUT = frozenset({"xml", "externalDocs", "$id", "$anchor", "$schema", "$vocabulary", "$defs", "definitions"})
"""`$defs` are reached by the references that name them."""


class TooLargeError(Exception):
    """A schema that no prompt and no check can carry."""


class Schemas:
    """The schemas of one document, as they are for arguments or, with `results`, for results."""

    def __init__(self, document: Document, *, results: bool = False, subtypes: bool = True) -> None:
        """Without `subtypes`, a schema that others extend is itself alone."""
        self.document = document
        self.results = results
        self._families = extended(document) if subtypes else {}
        self.hidden = "writeOnly" if results else "readOnly"
        self.notes: list[NotCarried] = []
        """What was left behind in schemas that several operations may share."""
        self._names: dict[tuple[Where, bool], str] = {}
        self._converted: dict[str, Any] = {}
        self._places: dict[str, tuple[Any, Where]] = {}
        self._running: list[str] = []
        self._whole: dict[str, tuple[Any, int]] = {}
        self.most_values = _MOST_IN_A_RESULT if results else MAX_VALUES

    @cached_property
    def without_subtypes(self) -> Schemas:
        """The schemas of the same document, those that others extend without these."""
        return Schemas(self.document, results=self.results, subtypes=False) if self._families else self

    def convert(self, node: Any, where: Where) -> Any:
        """One schema with its subschemas, in today's words; what it names stays named."""
        if isinstance(node, bool):
            return node
        if not isinstance(node, Mapping):
            self._note(where, "schema", f"{quote(node)} is no schema; any value is allowed")
            return {}
        if "$ref" in node and self.document.is_3_0:
            return self._reference_alone(node, where)
        node = {key: node[key] for key in node if isinstance(key, str) and not key.startswith("x-")}
        words, faults = modern_words(node)
        for below, sentence in faults:
            why = f"nothing checks {quote(node['format'])}" if below == ("format",) else sentence
            self._note((*where, *below), str(below[0]), f"{why}; it is left out")
        new = {key: value for key, value in words.items() if key not in _LEFT_OUT}
        _keep_examples(new)
        if node.get("format") == "password" and not self.results:
            new["writeOnly"] = True  # the guard writes no secrets down
        if node.get("format") == "binary":
            new.setdefault("contentMediaType", "application/octet-stream")
        self._match_enum(new, where)
        for keyword, key, child in list(subschemas(new)):
            place = (*where, keyword) if key is None else (*where, keyword, key)
            common = self._common(child, where) if keyword == "allOf" else None
            converted = common or self.convert(child, place)
            if key is None:
                new[keyword] = converted
            else:
                if new[keyword] is words[keyword]:
                    new[keyword] = new[keyword].copy()
                new[keyword][key] = converted
        if "$ref" in new:
            new = self._named(new, where)
        if "discriminator" in node:
            new = self._discriminated(new, node, where)
        return nullable(self._laid_together(new), node)

    def whole(self, schema: Any) -> dict[str, Any]:
        """The schema as a document of its own: without what this side never has, with the definitions it needs.
        TooLargeError where these are beyond reason."""
        result = self.one_sided(schema)
        needed: dict[str, Any] = {}
        waiting = list(_named_in(result))
        values = 0
        while waiting:
            name = waiting.pop()
            if name in needed:
                continue
            needed[name], size = self._definition(name)
            values += size
            if values > self.most_values:
                raise TooLargeError(f"its schemas have more than {self.most_values:,} values")
            waiting += _named_in(needed[name])
        if self._families and not self.results and _is_longer(result, needed, _MOST_WITH_FAMILIES):
            raise TooLargeError(f"its schemas have more than {_MOST_WITH_FAMILIES:,} values once they are written out")
        if not isinstance(result, dict):
            result = {} if result else {"not": {}}
        return {**result, "$defs": {name: needed[name] for name in sorted(needed)}} if needed else result

    def spelled_out(self, schema: Any) -> Any:
        """The schema that a bare reference names; the same one where it is none."""
        seen = 0
        while isinstance(schema, dict) and "$ref" in schema and seen < 64:
            target = self._target(schema["$ref"])
            rest = {key: value for key, value in schema.items() if key != "$ref"}
            together = merged(rest, target) if isinstance(target, dict) else None
            if together is None:
                return schema
            schema, seen = together, seen + 1
        return schema

    def is_hidden(self, node: Any) -> bool:
        """Whether a schema as written is one that this side never has."""
        for _ in range(8):
            if not isinstance(node, Mapping) or node.get(self.hidden) is True:
                return isinstance(node, Mapping)
            found = self.document.target(node["$ref"]) if "$ref" in node else None
            if found is None:
                return False
            node = found[0]
        return False

    # -- references ------------------------------------------------------------------------------------------------

    def _reference_alone(self, node: Mapping[str, Any], where: Where) -> Any:
        """A reference in 3.0, where only annotations beside it can be meant."""
        beside = [key for key in node if key not in ("$ref", *ANNOTATIONS) and not str(key).startswith("x-")]
        for key in beside:
            self._note((*where, key), "beside $ref", f"in OpenAPI 3.0, {quote(key)} beside $ref says nothing")
        notes = {key: value for key, value in node.items() if key in ANNOTATIONS}
        kept = modern_words(notes)[0]
        _keep_examples(kept)
        return self._named({**kept, "$ref": node["$ref"]}, where)

    def _named(self, new: dict[str, Any], where: Where) -> dict[str, Any]:
        """The schema with its reference leading to a definition."""
        reference = new["$ref"]
        found = self.document.target(reference)
        if found is None:
            remote = isinstance(reference, str) and not reference.startswith("#")
            why = "nothing is fetched" if remote else "there is nothing of that name"
            what = "remote $ref" if remote else "$ref"
            self._note((*where, "$ref"), what, f"{quote(reference)}: {why}; any value is allowed")
            return {key: value for key, value in new.items() if key != "$ref"}
        if self.is_hidden(found[0]):
            new[self.hidden] = True
        return {**new, "$ref": f"#/$defs/{self._name(*found)}"}

    def _common(self, node: Any, where: Where) -> dict[str, Any] | None:
        """The reference by which the schema at `where` extends another one, leading to what they have in common; None
        of any other schema."""
        found = self.document.target(node["$ref"]) if isinstance(node, Mapping) and "$ref" in node else None
        if found is None or where == found[1] or where not in self._families.get(found[1], ()):
            return None
        return {"$ref": f"#/$defs/{self._name(*found, common=True)}"}

    def _name(self, node: Any, where: Where, *, common: bool = False) -> str:
        if (where, common) not in self._names:
            words = [str(part) for part in where if not str(part).isdecimal()] or ["document"]
            word = "".join(c if c.isascii() and (c.isalnum() or c in "_.-") else "_" for c in words[-1]) or "schema"
            word = f"{word}_common" if common else word
            node = common_of(node, self.document, self._families[where]) if common else node
            name, number = word, 2
            while name in self._places:
                name, number = f"{word}_{number}", number + 1
            self._names[where, common] = name
            self._places[name] = node, where
        return self._names[where, common]

    def _target(self, reference: str) -> Any:
        """The converted schema that `#/$defs/name` names; None while it is being converted."""
        name = reference.removeprefix("#/$defs/")
        if name not in self._converted:
            if name in self._running or len(self._running) > _MOST_NESTED:
                return None
            self._running.append(name)
            try:
                self._converted[name] = self.convert(*self._places[name])
            finally:
                self._running.pop()
        return self._converted[name]

    def _definition(self, name: str) -> tuple[Any, int]:
        """A definition as this side has it, and how many values it has."""
        if name not in self._whole:
            schema = self.one_sided(self._target(f"#/$defs/{name}"))
            self._whole[name] = schema, _values(schema)
        return self._whole[name]

    # -- composition -----------------------------------------------------------------------------------------------

    def _laid_together(self, new: dict[str, Any]) -> dict[str, Any]:
        """`allOf` merged into the schema it stands in, as far as that changes nothing."""
        if "allOf" not in new:
            return new
        out = {key: value for key, value in new.items() if key != "allOf"}
        rest = []
        for part in new["allOf"]:
            if part is True or part == {}:
                continue
            spelled = self.spelled_out(part)
            together = merged(out, spelled) if isinstance(spelled, dict) and "$ref" not in spelled else None
            if together is None:
                rest.append(part)
            else:
                out = together
        if rest:
            out["allOf"] = rest
        return out

    def _discriminated(self, new: dict[str, Any], node: Mapping[str, Any], where: Where) -> dict[str, Any]:
        """Each branch gets the value it goes by: the mapping's, or its schema's name, unless it says that itself."""
        said = node["discriminator"]
        place = (*where, "discriminator")
        name = said.get("propertyName") if isinstance(said, Mapping) else None
        keyword = next((word for word in ("oneOf", "anyOf") if word in new and word in node), None)
        values: dict[Where, list[str]] = {}
        for value, reference in items(said.get("mapping")):
            found = self.document.target(reference) or self.document.target(f"#/components/schemas/{reference}")
            if found is not None:
                values.setdefault(found[1], []).append(value)
        if isinstance(name, str) and keyword is None and where in self._families and not self.results:
            if len(self._families[where]) <= MOST_OF_A_FAMILY:
                return self._any_of_family(new, where, name, values_of(self._families[where], values))
            why = f"{len(self._families[where]) - 1:,} schemas extend this one; it stands alone"
            self._note(place, "discriminator", why)
            return new
        if not isinstance(name, str) or keyword is None:
            self._note(place, "discriminator", "no oneOf or anyOf stands beside it; the schema stands without it")
            return new
        branches: list[Any] = []
        for raw, branch in zip(node[keyword], new[keyword], strict=True):
            found = self.document.target(raw["$ref"]) if isinstance(raw, Mapping) and "$ref" in raw else None
            implied = str(found[1][-1]) if found and not self.results else ""  # results may be what they are
            told = self._told(branch, name, values.get(found[1], []) if found else [], implied)
            if told is None:
                why = f"nothing says which {name} belongs to branch {len(branches) + 1}; it is told apart by its schema"
                self._note(place, "discriminator", why)
            branches.append(branch if told is None else told)
        return {**new, keyword: branches}

    def _any_of_family(
        self, new: dict[str, Any], where: Where, name: str, values: Mapping[Where, list[str]]
    ) -> dict[str, Any]:
        """A schema that others extend as one of these, or as itself where the values do not leave it out."""
        branches: list[Any] = []
        for place, schema in self._families[where].items():
            itself = place == where
            if itself and values and place not in values:
                continue
            branch = {"$ref": f"#/$defs/{self._name(schema, place, common=place in self._families)}"}
            own = values.get(place, [str(place[-1])] if itself else [])
            told = self._told(branch, name, own, str(place[-1]))
            if told is None and not itself:
                why = f"nothing says which {name} belongs to {place[-1]}; it is told apart by its schema"
                self._note((*where, "discriminator"), "discriminator", why)
            if told is not None or not itself:
                branches.append(branch if told is None else told)
        return {**{key: value for key, value in new.items() if key in ANNOTATIONS}, "anyOf": branches}

    def _told(self, branch: Any, name: str, values: list[str], implied: str) -> dict[str, Any] | None:
        """The branch with the values that its discriminating property has: those of the mapping, of the property
        itself, or what is `implied`, the name of the schema. None where nothing says them."""
        spelled = self.spelled_out(branch)
        if not isinstance(spelled, dict):
            return None
        described = self.spelled_out(spelled.get("properties", {}).get(name))
        own = described if isinstance(described, dict) else {}
        listed = own["enum"] if isinstance(own.get("enum"), list) else [own["const"]] if "const" in own else []
        if len(listed) == 1 or (listed and not values) or own.get(self.hidden):
            return branch if isinstance(branch, dict) else None
        values = values or ([implied] if implied and own else [])
        fitting = [value for value in values if not listed or value in listed]
        if not fitting:
            return None
        fixed = {key: value for key, value in own.items() if key in ("title", "description")}
        fixed |= {"type": "string", "const": fitting[0]} if len(fitting) == 1 else {"type": "string", "enum": fitting}
        required = list(dict.fromkeys([*spelled.get("required", ()), name]))
        return {**spelled, "properties": {**spelled.get("properties", {}), name: fixed}, "required": required}

    # -- small repairs ---------------------------------------------------------------------------------------------

    def _match_enum(self, new: dict[str, Any], where: Where) -> None:
        """Values of an enum that are not of the type beside it (`type: string, enum: [1, 2]`, unquoted in YAML)."""
        listed, kind = new.get("enum"), new.get("type")
        if not isinstance(listed, list) or kind not in ("string", "integer", "number", "boolean"):
            return
        read = [_as(value, kind) for value in listed]
        if any(one is not value for one, value in zip(read, listed, strict=True)):
            new["enum"] = [value for index, value in enumerate(read) if value not in read[:index]]
            self._note(
                (*where, "enum"), "enum", f"its values are not all of type {kind}; they are read as if they were"
            )

    def one_sided(self, node: Any) -> Any:
        """The schema without the properties that this side never has, without names that are required and unknown."""
        result = without_hidden(node, self.hidden)
        return opened(result) if self.results else result

    def _note(self, where: Where, what: str, why: str) -> None:
        self.notes.append(left_behind(where, what, why))


_MOST_WITH_FAMILIES = 2_000
"""Values in the schema of arguments, references written out, where schemas bring those that extend them; a longer one
does without these."""
_MOST_NESTED = 24
"""Definitions that are laid into one another; deeper ones stay references."""
_MOST_IN_A_RESULT = 10_000
"""Values in the schema of a result before references are written out; the largest of GitHub has 4,391."""


def _keep_examples(new: dict[str, Any]) -> None:
    """OpenAPI's `example` among the `examples` of JSON Schema."""
    if "example" in new:
        example = new.pop("example")
        new.setdefault("examples", [example])
    if not isinstance(new.get("examples", []), list):
        del new["examples"]


def _as(value: Any, kind: str) -> Any:
    """The value as one of the type, where it can only be meant as that; otherwise the value itself."""
    if kind == "string":
        return json.dumps(value) if isinstance(value, bool | int | float) else value
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except (ValueError, RecursionError):
        return value
    fits = {"boolean": isinstance(read, bool), "number": isinstance(read, int | float) and not isinstance(read, bool)}
    fits["integer"] = isinstance(read, int) and not isinstance(read, bool)
    return read if fits[kind] else value


def _values(schema: Any) -> int:
    """How many values a schema has, those in it counted."""
    count, stack = 0, [schema]
    while stack:
        value = stack.pop()
        count += 1
        stack += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return count


def _is_longer(schema: Any, definitions: Mapping[str, Any], most: int) -> bool:
    """Whether a schema has more values than that, each definition counted wherever it is named, except in itself."""
    count, stack = 0, [(schema, frozenset[str]())]
    while stack and count <= most:
        value, inside = stack.pop()
        count += 1
        if isinstance(value, dict):
            name = str(value.get("$ref")).removeprefix("#/$defs/")
            if name in definitions and name not in inside:
                stack.append((definitions[name], inside | {name}))
            stack += [(item, inside) for item in value.values()]
        elif isinstance(value, list):
            stack += [(item, inside) for item in value]
    return count > most


def _named_in(schema: Any) -> list[str]:
    """The definitions that a schema names."""
    found: dict[str, None] = {}
    stack = [schema]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                found[node["$ref"].removeprefix("#/$defs/")] = None
            stack += [child for _, _, child in subschemas(node)]
    return list(found)
