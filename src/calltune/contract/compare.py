"""Two schemas, place by place. In: the old and the new canonical schema. Out: every `Difference`, and of each whether
it may narrow or widen what is accepted.

What may narrow is told on the safe side. A node is first asked about as a whole (`containment`): where the new one is
proven to accept all that the old one does, nothing in it narrows. Where it is not, the differences in it are found
keyword by keyword; and where they do not account for it, the node itself is a difference that nobody could decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .containment import alone, covers
from .difference import NO_DEMAND, Difference, Where, demanding, demands, text
from .keywords import KNOWN
from .place_differences import CHOICES, CONTAINS, LOOSE, UNEVALUATED, Place
from .problem import decode_pointer
from .validate import build_validator

_ANY: dict[str, Any] = {}
_NOTES = NO_DEMAND - {"$defs"}


def compare(old: Any, new: Any) -> tuple[Difference, ...]:
    """All differences; () where the two read the same.

    >>> [(d.kind, d.narrows) for d in compare({"maximum": 7}, {"maximum": 3})]
    [('limit', True)]
    """
    if text(old) == text(new):
        return ()
    comparison = Comparison(old, new)
    try:
        comparison.node(old, new, (), (), True, True)
    except RecursionError:  # definitions that lead through hundreds of others
        comparison.found.clear()
        comparison.emit("undecided", (), old, new, narrows=True, widens=True)
    if not comparison.found:
        comparison.emit("rewritten", (), old, new)
    return tuple(comparison.found.values())


class Comparison:
    """Walks two schemas side by side and gathers what differs."""

    def __init__(self, old: Any, new: Any) -> None:
        self.old, self.new = old, new
        self.found: dict[tuple[str, str], Difference] = {}
        self.seen: set[tuple[int, int, bool, bool]] = set()
        self.same_definitions = demands(_definitions(old)) == demands(_definitions(new))

    def emit(
        self,
        kind: str,
        where: Where,
        before: Any,
        after: Any,
        *,
        narrows: bool = False,
        widens: bool = False,
        at: Where = (),
        site: Where | None = None,
        old: Any = None,
        new: Any = None,
    ) -> None:
        """Remember a difference; one that is met again through another reference is the same."""
        found = Difference(
            kind=kind,
            where=where,
            before=before,
            after=after,
            narrows=narrows,
            widens=widens,
            at=at,
            site=at if site is None else site,
            old=old,
            new=new,
        )
        key = kind, text(where)
        known = self.found.get(key)
        if known is not None:
            found = replace(known, narrows=known.narrows or narrows, widens=known.widens or widens)
        self.found[key] = found

    def fixed(self, word: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
        """Whether a keyword demands the same in both, whatever it refers to."""
        before, after = (demands({word: schema[word]} if word in schema else {}) for schema in (old, new))
        return before == after and ('"$ref"' not in after or self.same_definitions)

    def covered(self, inner: Any, outer: Any, *, reverse: bool = False) -> bool:
        """Whether the new `outer` is proven to accept what the old `inner` does; reversed, the old what the new."""
        roots = (self.old, self.new) if reverse else (self.new, self.old)
        return covers(outer, inner, *roots)

    # -- one node ----------------------------------------------------------------------------------------------------

    def node(self, old: Any, new: Any, where: Where, at: Where, n: bool, w: bool) -> None:
        """Two schemas of the same place. `n`, `w`: whether it is still open that narrowing, widening matter here."""
        if text(old) == text(new) and '"$ref"' not in text(new):
            return
        old, new = (_ANY if schema is True else schema for schema in (old, new))
        if isinstance(old, dict) and isinstance(new, dict):
            self.notes(old, new, where, at)
        first, second = _target(self.old, old), _target(self.new, new)
        if first is not old or second is not new:
            met = id(first), id(second), n, w
            if met in self.seen:
                return
            self.seen.add(met)
            if second is not new:
                where = tuple(decode_pointer(new["$ref"][1:]))
            old, new = first, second
            if isinstance(old, dict) and isinstance(new, dict):
                self.notes(old, new, where, at)
        n, w = n and not self.covered(old, new), w and not self.covered(new, old, reverse=True)
        before = len(self.found)
        if old is False or new is False:
            if old is not new:
                self.emit("anything", where, old, new, narrows=n, widens=w, at=at, old=old, new=new)
            return
        if self.values(old, new, where, at, n, w) or self.union_or_not(old, new, where, at, n, w):
            return
        here = Place(self, old, new, where, at, n, w)
        here.keywords()
        here.object()
        here.array()
        paired = here.choices()
        found = list(self.found.values())[before:]
        narrows = n and not any(one.narrows for one in found) and not self.accounted(old, new, paired)
        widens = w and not any(one.widens for one in found) and not self.accounted(new, old, paired)
        if narrows or widens:
            here.emit("undecided", (), old, new, narrows=narrows, widens=widens)

    def accounted(self, inner: dict[str, Any], outer: dict[str, Any], paired: set[str]) -> bool:
        """Whether everything that `outer` demands was compared, so that no narrowing found is none there."""
        if any(word in outer for word in UNEVALUATED):
            return False
        if not self.fixed("patternProperties", inner, outer):  # says which properties are left for the rest
            return False
        words = ("$ref", *CHOICES, *LOOSE, *CONTAINS)
        return all(word not in outer or word in paired or self.fixed(word, inner, outer) for word in words)

    def notes(self, old: dict[str, Any], new: dict[str, Any], where: Where, at: Where) -> None:
        """Texts and examples that people and models read."""
        for word in dict.fromkeys([*old, *new]):
            if word in _NOTES or word not in KNOWN:
                before, after = old.get(word), new.get(word)
                if text(before) != text(after):
                    kind = word if word in ("description", "default") else "note"
                    self.emit(kind, (*where, word), before, after, at=at, old=old, new=new)

    # -- what decides at once ----------------------------------------------------------------------------------------

    def values(self, old: dict[str, Any], new: dict[str, Any], where: Where, at: Where, n: bool, w: bool) -> bool:
        """Where one of the two lists its values, these are tried on the other."""
        if not {"enum", "const"} & (old.keys() | new.keys()):
            return False
        first, second = _listed(old), _listed(new)
        word = "const" if "const" in new or ("const" in old and "enum" not in new) else "enum"
        before, after = _shown_values(old), _shown_values(new)
        if first is not None and second is not None:
            gone, come = self.refused(first, old, new), self.refused(second, new, old, reverse=True)
            if gone or come or text(before) != text(after):
                self.emit(
                    "values",
                    (*where, word),
                    before,
                    after,
                    narrows=n and bool(gone),
                    widens=w and bool(come),
                    at=at,
                    old={"enum": gone} if gone else old,
                    new={"enum": come} if come else new,
                )
            elif demands(old) != demands(new):
                self.emit("rewritten", where, demanding(old), demanding(new), at=at, old=old, new=new)
        else:
            self.emit("list", (*where, word), before, after, narrows=n, widens=w, at=at, old=old, new=new)
        return True

    def refused(self, values: Sequence[Any], own: Any, other: Any, *, reverse: bool = False) -> list[Any]:
        """Of the values that `own` lists and accepts, those that the other refuses."""
        roots = (self.new, self.old) if reverse else (self.old, self.new)
        mine, theirs = (build_validator(alone(node, root)) for node, root in zip((own, other), roots, strict=True))
        return [value for value in values if mine.is_valid(value) and not theirs.is_valid(value)]

    def union_or_not(self, old: Any, new: Any, where: Where, at: Where, n: bool, w: bool) -> bool:
        """One is nothing but alternatives and the other is not: told as one difference."""
        before, after = _bare_union(old), _bare_union(new)
        if bool(before) == bool(after):
            return False
        left = next((one for one in old.get(before, ()) if demands(one) == demands(new)), None)
        if left is not None:
            self.node(left, new, where, at, False, False)
            for index, gone in enumerate(old[before]):
                if gone is not left:
                    narrows = n and not self.covered(gone, new)
                    place = (*where, before, index)
                    self.emit("alternative gone", place, gone, None, narrows=narrows, at=at, old=gone, new=new)
            return True
        kind = "undecided" if n else "alternatives"
        shown = demanding(old), demanding(new)
        self.emit(kind, (*where, after or before), *shown, narrows=n, widens=w, at=at, old=old, new=new)
        return True


def _definitions(schema: Any) -> Any:
    """The schema that every reference is resolved in; the root itself where something refers to it."""
    if not isinstance(schema, dict):
        return {}
    return schema if '"$ref": "#"' in text(schema) else {"properties": schema.get("$defs", {})}


def _target(root: Any, schema: Any) -> Any:
    """What a schema that is nothing but a reference refers to."""
    for _ in range(64):
        if not isinstance(schema, dict) or "$ref" not in schema or schema.keys() - {"$ref"} - NO_DEMAND:
            return schema
        target = root
        for part in decode_pointer(schema["$ref"][1:]):
            target = target.get(part) if isinstance(target, dict) else None
        if not isinstance(target, dict):
            return schema
        schema = target
    return schema


def _listed(schema: dict[str, Any]) -> list[Any] | None:
    """All values that can be accepted, where they are listed or are those of true, false and null."""
    if "const" in schema:
        return [schema["const"]]
    if "enum" in schema:
        return list(schema["enum"])
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and set(kinds) <= {"boolean", "null"}:
        return [value for kind in kinds for value in ((True, False) if kind == "boolean" else (None,))]
    return None


def _shown_values(schema: dict[str, Any]) -> Any:
    if "const" in schema:
        return [schema["const"]]
    return schema["enum"] if "enum" in schema else {"type": schema["type"]} if "type" in schema else None


def _bare_union(schema: dict[str, Any]) -> str:
    """`anyOf` or `oneOf`, where a schema is nothing else."""
    words = schema.keys() - NO_DEMAND
    return next(iter(words)) if len(words) == 1 and words <= {"anyOf", "oneOf"} else ""
