"""Where a `$ref` leads. In: one schema document. Out: the subschema a reference names, which targets lead back to
themselves, and how big the document becomes when every reference is written out. Nothing is ever fetched: a reference
out of the document is a fault."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from .keywords import CONDITION_ONE, IN_PLACE_LIST, IN_PLACE_MAP, IN_PLACE_ONE, near, subschemas
from .problem import decode_pointer

_IN_PLACE = (*IN_PLACE_LIST, *IN_PLACE_MAP, *IN_PLACE_ONE, *CONDITION_ONE)
_HOME = "calltune:tool"


@dataclass(frozen=True, slots=True)
class _Reference:
    node: dict[str, Any]
    base: str
    where: tuple[str | int, ...]


class References:
    """All references of one document, by the identity of the schema objects in it (the document must not change)."""

    def __init__(self, root: dict[str, Any], where: tuple[str | int, ...] = ("$",)) -> None:
        self.root = root
        self.faults: list[tuple[tuple[str | int, ...], str]] = []
        self._resources: dict[str, dict[str, Any]] = {_HOME: root}
        self._anchors: dict[tuple[str, str], dict[str, Any]] = {}
        self._references: list[_Reference] = []
        self._targets: dict[int, dict[str, Any]] = {}
        self._names: dict[int, str] = {}
        self._schemas: set[int] = set()
        self._scan(root, _HOME, where)
        for reference in self._references:
            target = self._resolve(reference)
            if isinstance(target, str):
                self.faults.append(((*reference.where, "$ref"), target))
            elif target is not None:
                self._targets[id(reference.node)] = target

    def target(self, node: dict[str, Any]) -> dict[str, Any] | bool:
        """The schema that this object's `$ref` names."""
        return self._targets.get(id(node), True)

    def name(self, target: dict[str, Any]) -> str:
        """A readable name for a target: the last word of the reference that led there."""
        return self._names.get(id(target), "schema")

    def recursive(self) -> set[int]:
        """Identities of the targets that lead back to themselves (or lie between two that do)."""
        return self._on_cycles(in_place_only=False)

    def endless(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """References that come back to the same value without taking a step into it: no value could ever be checked."""
        bad = self._on_cycles(in_place_only=True)
        for reference in self._references:
            target = self._targets.get(id(reference.node))
            if target is not None and id(target) in bad:
                yield (*reference.where, "$ref"), "the reference leads back to itself without a step into the value"

    def expanded(self, keep: set[int]) -> tuple[int, int]:
        """Schema objects and depth after every reference but the kept ones is written out, in the document and in what
        the kept ones name. The target graph has no loops then."""
        memo: dict[int, tuple[int, int]] = {}

        def measure(node: Any) -> tuple[int, int]:
            if not isinstance(node, dict):
                return 1, 1
            if id(node) in memo:
                return memo[id(node)]
            count, depth = 1, 0
            target = self._targets.get(id(node))
            if target is not None and id(target) not in keep:
                count, depth = measure(target)
            for keyword, _, child in subschemas(node):
                if keyword != "$defs":
                    below, levels = measure(child)
                    count, depth = count + below, max(depth, levels)
            memo[id(node)] = count, depth + 1
            return memo[id(node)]

        kept = (target for target in self._distinct() if id(target) in keep)
        sizes = [measure(schema) for schema in (self.root, *kept)]
        return sum(count for count, _ in sizes), max(depth for _, depth in sizes)

    def _distinct(self) -> list[dict[str, Any]]:
        return list({id(target): target for target in self._targets.values()}.values())

    def _scan(self, node: Any, base: str, where: tuple[str | int, ...]) -> None:
        if not isinstance(node, dict):
            return
        self._schemas.add(id(node))
        if isinstance(identity := node.get("$id"), str):
            base = urldefrag(urljoin(base, identity))[0] if base != _HOME else urldefrag(identity)[0] or base
            self._resources.setdefault(base, node)
        for anchor in (node.get("$anchor"), node.get("$dynamicAnchor")):
            if isinstance(anchor, str):
                self._anchors[base, anchor] = node
        if isinstance(node.get("$ref"), str):
            self._references.append(_Reference(node, base, where))
        for keyword, key, child in subschemas(node):
            self._scan(child, base, (*where, keyword) if key is None else (*where, keyword, key))

    def _resolve(self, reference: _Reference) -> dict[str, Any] | str | None:
        """The target, a sentence where there is none, or None for a target that is plainly true."""
        text: str = reference.node["$ref"]
        address, fragment = urldefrag(text)
        base = reference.base
        if address:
            base = urljoin(base, address) if base != _HOME else address
        resource = self._resources.get(base)
        if resource is None:
            return f"{text!r} lies outside this schema, and nothing is fetched: copy it into $defs"
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            target: Any = self._anchors.get((base, fragment))
            if target is None:
                return f"there is no $anchor {fragment!r} in this schema"
        else:
            target = self._walk(resource, fragment)
            if isinstance(target, str):
                return target
        if isinstance(target, bool):
            return None if target else "the reference names a schema that accepts nothing"
        if not isinstance(target, dict):
            return f"{text!r} does not name a schema"
        if id(target) not in self._schemas:
            return f"{text!r} names a place where no schema is looked for: move it into $defs"
        self._names.setdefault(id(target), fragment.rpartition("/")[2] or "schema")
        return target

    def _walk(self, resource: dict[str, Any], path: str) -> Any:
        at: Any = resource
        for key in decode_pointer(path):
            if isinstance(at, dict) and key == "definitions" and key not in at:
                key = "$defs"
            if isinstance(at, dict) and key in at:
                at = at[key]
            elif isinstance(at, list) and key.isdigit() and int(key) < len(at):
                at = at[int(key)]
            else:
                known = list(at) if isinstance(at, dict) else []
                meant = near(key, known)
                return f"there is no {key!r} at {path!r}" + (f"; did you mean {meant!r}?" if meant else "")
        return at

    def _on_cycles(self, *, in_place_only: bool) -> set[int]:
        """What is left when targets that nobody names, or that name nobody, are taken away again and again."""
        names = {id(target): self._named_in(target, in_place_only) for target in self._distinct()}
        named: dict[int, set[int]] = {key: set() for key in names}
        for key, targets in names.items():
            for target in targets:
                named[target].add(key)
        for forth, back in ((names, named), (named, names)):
            ends = [key for key, targets in forth.items() if not targets]
            while ends:
                end = ends.pop()
                forth.pop(end)
                for key in back.pop(end):
                    if key in forth:
                        forth[key].discard(end)
                        if not forth[key]:
                            ends.append(key)
            for targets in back.values():
                targets &= forth.keys()
        return set(names)

    def _named_in(self, target: dict[str, Any], in_place_only: bool) -> set[int]:
        """Identities of the targets that references inside a target name."""
        found: set[int] = set()
        stack: list[Any] = [target]
        while stack:
            node = stack.pop()
            if not isinstance(node, dict):
                continue
            if id(node) in self._targets:
                found.add(id(self._targets[id(node)]))
            for keyword, _, child in subschemas(node):
                if keyword != "$defs" and (not in_place_only or keyword in _IN_PLACE):
                    stack.append(child)
        return found
