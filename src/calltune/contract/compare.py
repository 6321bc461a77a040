"""Two schemas, place by place. In: the old and the new canonical schema. Out: every `Difference`, and of each whether
it may narrow or widen what is accepted.

What may narrow is told on the safe side. A node is first asked about as a whole (`containment`): where the new one is
proven to accept all that the old one does, nothing in it narrows. Where it is not, the differences in it are found
keyword by keyword; and where they do not account for it, the node itself is a difference that nobody could decide."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .containment import alone, covers
from .keywords import ANNOTATIONS, KNOWN, subschemas
from .likeness import renamed
from .problem import decode_pointer
from .validate import build_validator

Where = tuple[str | int, ...]
_LIMITS = (
    ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"), ("multipleOf",), ("minLength",), ("maxLength",),
    ("minItems",), ("maxItems",), ("uniqueItems",), ("minProperties",), ("maxProperties",),
)  # fmt: skip
_CONTAINS = ("contains", "minContains", "maxContains")
_LOOSE = ("not", "if", "then", "else", "dependentRequired", "dependentSchemas", "propertyNames", "patternProperties")
"""Differences in these are not looked into."""
_UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
_CHOICES = ("anyOf", "oneOf", "allOf")
_NO_DEMAND = frozenset({*ANNOTATIONS, "$schema", "$id", "$anchor", "$vocabulary", "$defs", "contentEncoding",
                        "contentMediaType", "contentSchema"})  # fmt: skip
_ANY: dict[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs at one place of two schemas."""

    kind: str
    """What differs: "type", "limit", "values", "required", "property", "undecided", "note", ..."""
    where: Where
    """The place in the schema: in the new one, or in the old one for what is gone."""
    before: Any
    after: Any
    narrows: bool = False
    """Values that were accepted may be refused now."""
    widens: bool = False
    """Values that were refused may be accepted now."""
    at: Where
    """The place in the value where a broken rule would be reported."""
    site: Where
    """The place in the value of which `old` and `new` speak."""
    old: Any
    new: Any

    @property
    def keyword(self) -> str:
        """The last word of the place."""
        return str(self.where[-1]) if self.where else ""


def compare(old: Any, new: Any) -> tuple[Difference, ...]:
    """All differences; () where the two read the same.

    >>> [(d.kind, d.narrows) for d in compare({"maximum": 7}, {"maximum": 3})]
    [('limit', True)]
    """
    if text(old) == text(new):
        return ()
    comparison = _Comparison(old, new)
    try:
        comparison.node(old, new, (), (), True, True)
    except RecursionError:  # definitions that lead through hundreds of others
        comparison.found.clear()
        comparison.emit("undecided", (), old, new, narrows=True, widens=True)
    if not comparison.found:
        comparison.emit("rewritten", (), old, new)
    return tuple(comparison.found.values())


def text(value: Any) -> str:
    """A value to compare by: the order of keys counts, and true is not 1."""
    return json.dumps(value, ensure_ascii=False)


def demands(schema: Any) -> str:
    """What a schema demands, to compare by: without notes, and whatever the order of its keys."""
    return json.dumps(_demanding(schema), ensure_ascii=False, sort_keys=True)


def _demanding(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if key in KNOWN and key not in _NO_DEMAND}
    for keyword, key, child in subschemas({word: value for word, value in kept.items()}):
        if key is None:
            kept[keyword] = _demanding(child)
        else:
            if kept[keyword] is node[keyword]:
                kept[keyword] = kept[keyword].copy()
            kept[keyword][key] = _demanding(child)
    if isinstance(kept.get("required"), list):
        kept["required"] = sorted(kept["required"])
    return kept


class _Comparison:
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
                where = ("$defs", *decode_pointer(new["$ref"][1:])[1:])
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
        here = _Node(self, old, new, where, at, n, w)
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
        if any(word in outer for word in _UNEVALUATED):
            return False
        if not self.fixed("patternProperties", inner, outer):  # says which properties are left for the rest
            return False
        words = ("$ref", *_CHOICES, *_LOOSE, *_CONTAINS)
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
        kind = "undecided" if n else "alternatives"
        shown = _demanding(old), _demanding(new)
        self.emit(kind, (*where, after or before), *shown, narrows=n, widens=w, at=at, old=old, new=new)
        return True


@dataclass(frozen=True, slots=True)
class _Node:
    """One place, keyword by keyword."""

    walk: _Comparison
    old: dict[str, Any]
    new: dict[str, Any]
    where: Where
    at: Where
    n: bool
    w: bool

    def emit(self, kind: str, below: Where, before: Any, after: Any, **more: Any) -> None:
        place = {"at": self.at, "old": self.old, "new": self.new, **more}
        self.walk.emit(kind, (*self.where, *below), before, after, **place)

    def keywords(self) -> None:
        """What is about the value itself."""
        self.plain("type", ("type",))
        for group in _LIMITS:
            self.plain("limit", group)
        for word in ("pattern", "format"):
            self.plain(word, (word,))
        for word in (*_LOOSE, *_UNEVALUATED):
            self.loose((word,))
        self.loose(_CONTAINS)

    def plain(self, kind: str, words: tuple[str, ...]) -> None:
        """Keywords that can be judged alone, of values of the types that are allowed."""
        old, new = self.old, self.new
        before, after = ({word: schema[word] for word in words if word in schema} for schema in (old, new))
        if text(before) == text(after):
            return
        own = ({key: schema[key] for key in ("type", *words) if key in schema} for schema in (old, new))
        mine, theirs = own
        word = next((word for word in words if word in after and after.get(word) != before.get(word)), words[0])
        word = word if word in after or word in before else next(iter({**before, **after}))
        self.emit(
            kind,
            (word,),
            before.get(word, next(iter(before.values()), None)),
            after.get(word, next(iter(after.values()), None)),
            narrows=self.n and not covers(after, mine),
            widens=self.w and not covers(before, theirs),
        )

    def loose(self, words: tuple[str, ...]) -> None:
        """Keywords that are not looked into."""
        old, new = self.old, self.new
        before, after = ({word: schema[word] for word in words if word in schema} for schema in (old, new))
        if text(before) == text(after) and ('"$ref"' not in text(after) or self.walk.same_definitions):
            return
        fixed = all(self.walk.fixed(word, old, new) for word in words)
        narrows, widens = (open_ and not fixed and bool(said) for open_, said in ((self.n, after), (self.w, before)))
        kind = "undecided" if narrows or widens else "rewritten"
        self.emit(kind, (words[0],), before.get(words[0]), after.get(words[0]), narrows=narrows, widens=widens)

    # -- objects -----------------------------------------------------------------------------------------------------

    def object(self) -> None:
        """Properties that came, went, were renamed, are demanded now; and the rest."""
        old, new = (schema.get("properties", {}) for schema in (self.old, self.new))
        rest_old, rest_new = (schema.get("additionalProperties", True) for schema in (self.old, self.new))
        patterns = "patternProperties" in self.old or "patternProperties" in self.new
        gone = [(name, demands(schema)) for name, schema in old.items() if name not in new]
        come = [(name, demands(schema)) for name, schema in new.items() if name not in old]
        names = renamed(gone, come)
        for name, schema in old.items():
            if name in new:
                self.walk.node(schema, new[name], self.below("properties", name), (*self.at, name), self.n, self.w)
            elif name in names:
                self.rename(name, names[name])
            else:
                narrows = patterns or not self.walk.covered(schema, rest_new)
                widens = patterns or not self.walk.covered(rest_new, schema, reverse=True)
                self.property(name, schema, None, narrows, widens)
        for name, schema in new.items():
            if name not in old and name not in names.values():
                narrows = patterns or not self.walk.covered(rest_old, schema)
                widens = patterns or not self.walk.covered(schema, rest_old, reverse=True)
                self.property(name, None, schema, narrows, widens)
        self.required(names)
        self.rest(rest_old, rest_new, "extra")
        common = [[name for name in names_of if name in old and name in new] for names_of in (old, new)]
        if common[0] != common[1]:
            self.emit("order", ("properties",), list(old), list(new))

    def below(self, *parts: str | int) -> Where:
        return (*self.where, *parts)

    def rename(self, name: str, now: str) -> None:
        place = ("properties", now)
        here = {"at": (*self.at, name), "old": self.old["properties"][name], "new": False}
        self.emit("renamed", place, name, now, narrows=self.n, widens=self.w, **here)
        before, after = self.old["properties"][name], self.new["properties"][now]
        self.walk.node(before, after, self.below(*place), (*self.at, now), False, False)

    def property(self, name: str, before: Any, after: Any, narrows: bool, widens: bool) -> None:
        """One that only one side declares. A new one that is demanded is told once, as that."""
        here = {"at": (*self.at, name), "old": True if before is None else before, "new": after}
        widens = self.w and (widens or (after is None and name in self.old.get("required", ())))
        if after is not None and name in self.new.get("required", ()):
            here = {**here, "site": self.at, "old": self.old, "new": self.new}
            self.emit("required", ("properties", name), before, after, narrows=self.n, widens=widens, **here)
            return
        kind = "removed" if after is None else "added"
        here = here if after is not None else {**here, "new": self.new}
        self.emit(kind, ("properties", name), before, after, narrows=self.n and narrows, widens=widens, **here)

    def required(self, names: dict[str, str]) -> None:
        """What must be given now, or need not any more."""
        before, after = (schema.get("required", ()) for schema in (self.old, self.new))
        old, new = (schema.get("properties", {}) for schema in (self.old, self.new))
        was = {now: name for name, now in names.items()}
        for name in after:
            if was.get(name, name) not in before and (name not in new or was.get(name, name) in old):
                place = {"at": (*self.at, name), "site": self.at}
                self.emit("required", ("required", after.index(name)), False, True, narrows=self.n, **place)
        for name in before:
            if names.get(name, name) not in after and (names.get(name, name) in new or name not in old):
                place = {"at": (*self.at, name), "site": self.at}
                self.emit("optional", ("required", before.index(name)), True, False, widens=self.w, **place)

    def rest(self, before: Any, after: Any, name: str) -> None:
        """Properties that are not declared."""
        if isinstance(before, dict) and isinstance(after, dict):
            self.walk.node(before, after, self.below("additionalProperties"), (*self.at, name), self.n, self.w)
        elif text(before) != text(after):
            self.emit(
                "rest",
                ("additionalProperties",),
                self.old.get("additionalProperties"),
                self.new.get("additionalProperties"),
                narrows=self.n and not self.walk.covered(before, after),
                widens=self.w and not self.walk.covered(after, before, reverse=True),
                at=(*self.at, name),
                old=before,
                new=after,
            )

    # -- arrays and alternatives -------------------------------------------------------------------------------------

    def array(self) -> None:
        """Items by their place, and the rest of them."""
        first, second = (schema.get("prefixItems", ()) for schema in (self.old, self.new))
        rest_old, rest_new = (schema.get("items", True) for schema in (self.old, self.new))
        for index in range(max(len(first), len(second))):
            before = first[index] if index < len(first) else rest_old
            after = second[index] if index < len(second) else rest_new
            place = self.below("prefixItems", index) if index < len(second) else self.below("items")
            self.walk.node(before, after, place, (*self.at, index), self.n, self.w)
        if isinstance(rest_old, dict) or isinstance(rest_new, dict) or rest_old is not rest_new:
            at = (*self.at, max(len(first), len(second)))
            self.walk.node(rest_old, rest_new, self.below("items"), at, self.n, self.w)

    def choices(self) -> set[str]:
        """Alternatives and conjunctions. Gives back those of which every branch was compared with one of the other."""
        paired = set()
        for word in _CHOICES:
            old, new = (list(schema.get(word, ())) for schema in (self.old, self.new))
            if (text(old) == text(new) and self.walk.same_definitions) or (not old and not new):
                continue
            pairs, gone, come = _pairs(old, new)
            for i, j in pairs:
                self.walk.node(old[i], new[j], self.below(word, j), self.at, self.n, self.w)
            if word == "allOf" and (gone or come):
                self.emit("undecided", (word,), old, new, narrows=self.n and bool(new), widens=self.w and bool(old))
                continue
            for i in gone:
                narrows = self.n and not self.walk.covered(old[i], self.new)
                self.emit("alternative gone", (word, i), old[i], None, narrows=narrows, old=old[i])
            for j in come:
                widens = self.w and not self.walk.covered(new[j], self.old, reverse=True)
                self.emit("alternative come", (word, j), None, new[j], widens=widens, new=new[j])
            if not gone and not come and word != "oneOf":
                paired.add(word)
        return paired


def _pairs(old: list[Any], new: list[Any]) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Which branch goes with which: those that demand the same, then the others in order where there are as many."""
    places: dict[str, list[int]] = {}
    for j, branch in enumerate(new):
        places.setdefault(demands(branch), []).append(j)
    pairs, gone = [], []
    for i, branch in enumerate(old):
        same = places.get(demands(branch))
        if same:
            pairs.append((i, same.pop(0)))
        else:
            gone.append(i)
    come = sorted(j for rest in places.values() for j in rest)
    if len(gone) == len(come):
        return pairs + list(zip(gone, come, strict=True)), [], []
    return pairs, gone, come


_NOTES = frozenset(word for word in _NO_DEMAND if word != "$defs")


def _definitions(schema: Any) -> Any:
    """The schema that every reference is resolved in; the root itself where something refers to it."""
    if not isinstance(schema, dict):
        return {}
    return schema if '"$ref": "#"' in text(schema) else {"properties": schema.get("$defs", {})}


def _target(root: Any, schema: Any) -> Any:
    """What a schema that is nothing but a reference refers to."""
    for _ in range(64):
        if not isinstance(schema, dict) or "$ref" not in schema or schema.keys() - {"$ref"} - _NO_DEMAND:
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
    words = schema.keys() - _NO_DEMAND
    return next(iter(words)) if len(words) == 1 and words <= {"anyOf", "oneOf"} else ""
