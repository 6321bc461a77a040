"""A schema in today's words, rewritten into canonical form: references written out, objects closed, unions folded,
keywords in one order. In: a document and its references, both free of faults. Out: the canonical document. Nothing is
checked here."""

from __future__ import annotations

import re
from typing import Any, Literal

from .closing import close, conjoin, disjoint, fold_union
from .json_text import MAX_DEPTH
from .keywords import (
    ANNOTATIONS,
    CONDITION_ONE,
    COUNTED_ONE,
    IN_PLACE_MAP,
    IN_PLACE_ONE,
    SITE_LIST,
    SITE_MAP,
    SITE_ONE,
)
from .references import References

Mode = Literal["site", "branch", "open"]
"""What a subschema is: a whole place (closed), one of several that speak of the same value (its parts are closed, it is
not), or something whose narrowing could widen the whole (left open)."""
_ORDER = {
    word: rank
    for rank, word in enumerate(
        [
            "$ref",
            "type",
            "title",
            "description",
            "enum",
            "const",
            "format",
            "pattern",
            "minLength",
            "maxLength",
            "minimum",
            "exclusiveMinimum",
            "maximum",
            "exclusiveMaximum",
            "multipleOf",
            "prefixItems",
            "items",
            "minItems",
            "maxItems",
            "uniqueItems",
            "properties",
            "required",
            "additionalProperties",
            "unevaluatedProperties",
            "patternProperties",
            "default",
            "examples",
            "anyOf",
            "oneOf",
            "allOf",
        ]
    )
}


def ordered(schema: dict[str, Any]) -> dict[str, Any]:
    """Keywords in one order, so that equal schemas are printed alike; properties keep theirs, `required` follows
    them."""
    if "required" in schema:
        names = schema["required"]
        declared = [name for name in schema.get("properties", ()) if name in names]
        schema = {**schema, "required": [*declared, *sorted(name for name in names if name not in declared)]}
        if not names and schema["required"] == []:
            del schema["required"]
    last = len(_ORDER)
    return dict(
        sorted(schema.items(), key=lambda item: (_ORDER.get(item[0], last), item[0] if item[0] not in _ORDER else ""))
    )


class Rewriting:
    """One document on its way to canonical form. Schemas that stay references become definitions, one for each mode
    used."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.root = references.root
        self.keep = references.recursive()
        try:
            count, depth = references.expanded(self.keep)
        except RecursionError:  # a chain of a thousand references; none is written out then
            count, depth = INLINE_SCHEMAS + 1, 0
        self.settled = True
        """Whether nothing was met that a second reading could write more simply."""
        self.keep_all = count > INLINE_SCHEMAS or depth * 2 > MAX_DEPTH
        self.defs: dict[str, dict[str, Any]] = {}
        self.names: dict[tuple[int, Mode], str] = {}
        self.queue: list[tuple[str, dict[str, Any], Mode]] = []

    def document(self) -> dict[str, Any]:
        root = self.root
        seen: set[int] = set()
        while (
            "$ref" in root and not _demands(root) and id(root) not in seen
        ):  # a document that only names one of its definitions
            seen.add(id(root))
            target = self.references.target(root)
            if not isinstance(target, dict):
                break
            root = target
        self.root = root
        result = self.convert(root, "site")
        while self.queue:
            name, target, mode = self.queue.pop(0)
            self.defs[name] = self.convert(target, mode)
        if not isinstance(result, dict):
            result = {} if result else {"not": {}}
        return {**result, "$defs": dict(sorted(self.defs.items()))} if self.defs else result

    def convert(self, node: Any, mode: Mode) -> Any:
        if not isinstance(node, dict):
            return node
        if "$ref" in node and not _demands(node):
            return self.named(node, mode)
        inner: Mode = "open" if mode == "open" else "branch"
        site: Mode = "open" if mode == "open" else "site"
        union = mode == "site" and self.is_union(node)
        out: dict[str, Any] = {}
        rest: list[Any] = []
        for keyword, value in node.items():
            if keyword in ("allOf", "anyOf", "oneOf", "$ref", "$defs", "$id", "$anchor", "$dynamicAnchor", "$schema"):
                continue
            out[keyword] = self.keyword(keyword, value, inner, site)
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                self.union(out, node, keyword, "site" if union else inner, rest)
        parts = [self.convert(part, inner) for part in node.get("allOf", ())]
        if "$ref" in node:
            parts.insert(0, self.named({"$ref": node["$ref"]}, inner, node))
        for part in parts:
            if part is True:
                continue
            merged = conjoin(out, part) if isinstance(part, dict) else None
            if merged is None:
                rest.append(part)
            else:
                out = merged
        if rest:
            out["allOf"] = [*out.get("allOf", ()), *rest]
        if mode == "site" and not union:
            out = close(out)
        return ordered(out)

    def keyword(self, keyword: str, value: Any, inner: Mode, site: Mode) -> Any:
        if keyword in SITE_ONE:
            return self.convert(value, site)
        if keyword in SITE_LIST:
            return [self.convert(item, site) for item in value]
        if keyword in SITE_MAP:
            items = value.items() if keyword == "properties" else sorted(value.items())
            return {name: self.convert(item, site) for name, item in items}
        if keyword in IN_PLACE_ONE:
            return self.convert(value, inner)
        if keyword in IN_PLACE_MAP:
            return {name: self.convert(item, inner) for name, item in sorted(value.items())}
        if keyword in (*CONDITION_ONE, *COUNTED_ONE):
            return self.convert(value, "open")
        if keyword in ("patternProperties", "dependentRequired"):
            return dict(sorted(value.items()))
        return value

    def union(self, out: dict[str, Any], node: dict[str, Any], keyword: str, mode: Mode, rest: list[Any]) -> None:
        if keyword == "oneOf" and not self.is_disjoint(node["oneOf"]):
            mode, self.settled = "open", False
        branches = [self.convert(branch, mode) for branch in node[keyword]]
        if keyword == "oneOf" and len(branches) > 1 and mode == "open":
            out["oneOf"] = branches
            return
        folded = branches[0] if len(branches) == 1 else fold_union(branches) if keyword == "anyOf" else None
        merged = conjoin(out, folded) if isinstance(folded, dict) else None
        if merged is not None:
            out.clear()
            out.update(merged)
        else:
            out[keyword] = branches

    def is_union(self, node: dict[str, Any]) -> bool:
        """A choice between whole schemas and nothing else: each branch is closed by itself."""
        unions = [keyword for keyword in ("anyOf", "oneOf") if keyword in node]
        alone = len(unions) == 1 and all(
            key in ANNOTATIONS or key.startswith("x-") or key in ("type", "$defs", unions[0]) for key in node
        )
        return alone and (unions[0] == "anyOf" or self.is_disjoint(node["oneOf"]))

    def is_disjoint(self, branches: list[Any]) -> bool:
        looked_up = []
        for branch in branches:
            seen: set[int] = set()
            while isinstance(branch, dict) and "$ref" in branch and id(branch) not in seen:
                seen.add(id(branch))
                branch = self.references.target(branch)
            if not isinstance(branch, dict):
                return False
            looked_up.append(branch)
        return disjoint(looked_up)

    def named(self, node: dict[str, Any], mode: Mode, holder: dict[str, Any] | None = None) -> Any:
        """A reference: written out, or kept where it is recursive or would make the document too big. Annotations
        beside it win."""
        target = self.references.target(holder or node)
        notes = {key: value for key, value in node.items() if key in ANNOTATIONS or key.startswith("x-")}
        if not isinstance(target, dict):
            return notes if target else {"not": {}, **notes}
        if id(target) not in self.keep and not self.keep_all:
            written = self.convert(target, mode)
            return ordered({**written, **notes}) if isinstance(written, dict) else written
        if target is self.root and mode == "site":
            return ordered({"$ref": "#", **notes})
        return ordered({"$ref": f"#/$defs/{self.definition(target, mode)}", **notes})

    def definition(self, target: dict[str, Any], mode: Mode) -> str:
        key = (id(target), mode)
        if key not in self.names:
            self.settled = False
            word = "".join(
                c if c.isascii() and (c.isalnum() or c in "_.-") else "_" for c in self.references.name(target)
            )
            word = re.sub(r"(_part|_open)+$", "", word) + {"site": "", "branch": "_part", "open": "_open"}[mode]
            name, number = word, 2
            while name in self.names.values():
                name, number = f"{word}_{number}", number + 1
            self.names[key] = name
            self.queue.append((name, target, mode))
        return self.names[key]


INLINE_SCHEMAS = 10_000
"""References are written out up to so many schema objects; beyond, they stay in `$defs` (a few nested definitions that
each name the next one twice would otherwise fill the memory)."""


def _demands(node: dict[str, Any]) -> bool:
    """Whether something beside `$ref` constrains the value."""
    return any(
        key not in ANNOTATIONS
        and key not in ("$ref", "$defs", "$id", "$schema", "$anchor")
        and not key.startswith("x-")
        for key in node
    )
