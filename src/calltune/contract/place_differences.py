"""Two schemas of one place, keyword by keyword. In: both, where they stand, and the walk that looks into what they
hold. Out: differences, told to the walk. What cannot be judged by one keyword alone is left to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .containment import covers
from .difference import Where, demands, text
from .likeness import renamed

if TYPE_CHECKING:
    from .compare import Comparison

_LIMITS = (
    ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"), ("multipleOf",), ("minLength",), ("maxLength",),
    ("minItems",), ("maxItems",), ("uniqueItems",), ("minProperties",), ("maxProperties",),
)  # fmt: skip
CONTAINS = ("contains", "minContains", "maxContains")
LOOSE = ("not", "if", "then", "else", "dependentRequired", "dependentSchemas", "propertyNames", "patternProperties")
"""Differences in these are not looked into."""
UNEVALUATED = ("unevaluatedProperties", "unevaluatedItems")
CHOICES = ("anyOf", "oneOf", "allOf")


@dataclass(frozen=True, slots=True)
class Place:
    """One place, keyword by keyword."""

    walk: Comparison
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
        for word in (*LOOSE, *UNEVALUATED):
            self.loose((word,))
        self.loose(CONTAINS)

    def plain(self, kind: str, words: tuple[str, ...]) -> None:
        """Keywords that can be judged alone, of values of the types that are allowed."""
        old, new = self.old, self.new
        before, after = ({word: schema[word] for word in words if word in schema} for schema in (old, new))
        if text(before) == text(after):
            return
        mine, theirs = ({key: schema[key] for key in ("type", *words) if key in schema} for schema in (old, new))
        changed = [word for word in words if text(before.get(word)) != text(after.get(word))]
        word = next((word for word in changed if word in after), changed[0])
        self.emit(
            kind,
            (word,),
            before.get(word, before or None),  # with its name where it is the other of a pair
            after.get(word),
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
        for word in CHOICES:
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
