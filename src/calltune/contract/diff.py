"""What changed from one contract to another. In: two toolsets. Out: a `Diff`: every `Change`, with the rule that says
for whom it breaks and, where one is found, a call that was valid and is not.

Arguments and results go opposite ways: to accept less of a call breaks it, to give back more than was promised breaks
who reads it. Nothing is said to be harmless that was not proven; a rename is found only where all else is the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from .change import RULES, Breaks, Change
from .compare import compare
from .difference import Difference, demands, text
from .difference_words import words_for
from .likeness import renamed
from .problem import pointer
from .specimen import Specimens
from .tools import Tool
from .toolset import Toolset

MOST_WITNESSES = 200
"""Changes for which a call is looked for; later ones have none."""
Side = Literal["parameters", "returns"]


@dataclass(frozen=True, kw_only=True)
class Diff:
    """Two contracts and all that is different."""

    old: Toolset
    new: Toolset
    renames: Mapping[str, str]
    """Old name -> new name, of tools."""
    changes: tuple[Change, ...]
    """In the order of the old contract, then what is new; of one tool, what breaks for callers first."""

    def breaking(self, who: Breaks) -> tuple[Change, ...]:
        """The changes that break for the one named."""
        return tuple(change for change in self.changes if change.breaks == who)

    @property
    def added(self) -> tuple[str, ...]:
        """Tools of the new contract that are in no way in the old one."""
        return tuple(name for name in self.new.names if name not in self.old and name not in self.renames.values())

    @property
    def removed(self) -> tuple[str, ...]:
        """Tools of the old contract that are in no way in the new one."""
        return tuple(name for name in self.old.names if name not in self.new and name not in self.renames)

    @property
    def changed(self) -> tuple[str, ...]:
        """Tools of both, by their old names, that are not the same."""
        names = {change.tool for change in self.changes} - {*self.added, *self.removed, ""}
        return tuple(name for name in self.old.names if name in names)

    @cached_property
    def other_prompt(self) -> tuple[str, ...]:
        """Tools of both, by their old names, that a prompt shows differently."""
        return tuple(
            name
            for name in self.changed
            if text(self.old[name].to_openai()) != text(self.new[self.renames.get(name, name)].to_openai())
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        counts = Counter(change.breaks for change in self.changes)
        return {
            "old": self.old.fingerprint,
            "new": self.new.fingerprint,
            "breaks": {who: counts[who] for who in ("callers", "model", "nothing")},
            "added": list(self.added),
            "removed": list(self.removed),
            "renamed": dict(self.renames),
            "changed": list(self.changed),
            "changes": [change.to_json() for change in self.changes],
        }


def diff(old: Toolset, new: Toolset, *, witnesses: bool = True) -> Diff:
    """Everything that changed. Without `witnesses` no calls are looked for."""
    gone = [tool for tool in old if tool.name not in new]
    come = [tool for tool in new if tool.name not in old]
    renames = (
        renamed(*([(tool.name, _same(tool)) for tool in tools] for tools in (gone, come))) if gone and come else {}
    )
    changes: list[Change] = []
    left = MOST_WITNESSES if witnesses else 0
    for tool in old:
        now = new.get(renames.get(tool.name, tool.name))
        if now is None:
            changes.append(_change("tool-removed", tool.name, "", tool.to_json(), None, f"{tool.name} is gone"))
            continue
        found = []
        for change, difference, side in _of_tool(tool, now):
            if change.breaks == "callers" and difference is not None and left > 0:
                change, left = _with_witness(change, difference, side, tool, now), left - 1
            found.append(change)
        changes += sorted(found, key=lambda change: ("callers", "model", "nothing").index(change.breaks))
    for tool in new:
        if tool.name not in old and tool.name not in renames.values():
            changes.append(_change("tool-added", tool.name, "", None, tool.to_json(), f"{tool.name} is new"))
    changes += _order(old, new, renames)
    return Diff(old=old, new=new, renames=renames, changes=tuple(changes))


def _same(tool: Tool) -> tuple[str, str]:
    """What two tools must have in common to be the same under another name: what they take; where they take nothing,
    what is said of them."""
    return demands(tool.parameters), "" if tool.parameters.get("properties") else tool.description


def _change(rule: str, tool: str, where: str, before: Any, after: Any, message: str, **more: Any) -> Change:
    return Change(tool=tool, rule=RULES[rule], pointer=where, before=before, after=after, message=message, **more)


def _order(old: Toolset, new: Toolset, renames: Mapping[str, str]) -> Iterator[Change]:
    kept = [renames.get(name, name) for name in old.names if renames.get(name, name) in new]
    now = [name for name in new.names if name in set(kept)]
    if kept != now:
        message = "the tools stand in another order"
        yield _change("tools-reordered", "", "", list(old.names), list(new.names), message)


def _of_tool(old: Tool, new: Tool) -> Iterator[tuple[Change, Difference | None, Side]]:
    name = old.name
    if name != new.name:
        message = f"{name} is now called {new.name}"
        yield _change("tool-renamed", name, "/name", name, new.name, message), None, "parameters"
    if old.description != new.description:
        message = words_for("description", "", old.description, new.description, "argument")
        change = _change("description-changed", name, "/description", old.description, new.description, message)
        yield change, None, "parameters"
    for difference in compare(old.parameters, new.parameters):
        yield _of_schema(name, difference, "parameters"), difference, "parameters"
    if old.returns is None or new.returns is None:
        if old.returns is not new.returns:
            rule = "returns-added" if old.returns is None else "returns-removed"
            message = "a result is promised now" if old.returns is None else "no result is promised any more"
            change = _change(rule, name, "/returns", old.returns, new.returns, message, about_calls=False)
            yield change, None, "returns"
    else:
        for difference in compare(old.returns, new.returns):
            yield _of_schema(name, difference, "returns"), difference, "returns"
    for change in _behaviour(old, new):
        yield change, None, "parameters"


def _behaviour(old: Tool, new: Tool) -> Iterator[Change]:
    """What the prompt does not show."""
    named: dict[str, dict[Any, str]] = {
        "effect": {("read", "write"): "effect-read-to-write", ("write", "read"): "effect-write-to-read"},
        "idempotent": {(True, False): "idempotent-lost", (False, True): "idempotent-gained"},
        "timeout_s": {},
    }
    for field, rules in named.items():
        before, after = getattr(old, field), getattr(new, field)
        if before != after:
            rule = rules.get((before, after), "timeout-changed")
            message = words_for(field, "", before, after, "argument")
            yield _change(rule, old.name, f"/{field}", before, after, message, about_calls=False)


_NARROWED = {
    "type": "type-narrowed", "anything": "type-narrowed", "values": "enum-value-removed", "list": "enum-added",
    "limit": "limit-tightened", "pattern": "pattern-added", "format": "format-added", "required": "argument-required",
    "removed": "argument-removed", "renamed": "argument-renamed", "added": "argument-narrowed", "rest": "object-closed",
    "alternative gone": "alternative-removed", "other pattern": "undecided", "other format": "format-changed",
    "other list": "enum-value-removed",
}  # fmt: skip
_WIDENED = {
    "type": "type-widened", "anything": "type-widened", "values": "enum-value-added", "list": "enum-dropped",
    "limit": "limit-loosened", "pattern": "pattern-dropped", "format": "format-dropped", "added": "argument-added",
    "optional": "argument-optional", "rest": "object-opened", "alternative come": "alternative-added",
    "alternatives": "alternative-added",
}  # fmt: skip
_UNMOVED = {"description": "description-changed", "default": "default-changed", "order": "arguments-reordered",
            "note": "note-changed"}  # fmt: skip


def _of_schema(tool: str, found: Difference, side: Side) -> Change:
    """The change that a difference of a schema is: parameters break when narrowed, results when widened."""
    if side == "returns":
        broken = "returns-undecided" if found.kind == "undecided" else "returns-widened"
        rule = broken if found.widens else "returns-narrowed" if found.narrows else None
    elif found.narrows:
        changed = found.before is not None and found.after is not None
        changed = changed and (found.kind != "list" or isinstance(found.before, list))
        rule = _NARROWED.get(f"other {found.kind}" if changed else found.kind) or _NARROWED.get(found.kind, "undecided")
    else:
        rule = _WIDENED.get(found.kind, "schema-widened") if found.widens else None
    rule = rule or _UNMOVED.get(found.kind, "schema-rewritten")
    subject = "argument" if side == "parameters" else "field"
    message = words_for(found.kind, found.keyword, found.before, found.after, subject, found.at)
    about = side == "parameters"
    where = pointer(side, *found.where)
    return _change(rule, tool, where, found.before, found.after, message, about_calls=about)


def _with_witness(change: Change, found: Difference, side: Side, old: Tool, new: Tool) -> Change:
    """The change with a value that only one of the two accepts, refused at the place of the change."""
    accepting, refusing = (old, new) if side == "parameters" else (new, old)
    root = accepting.parameters if side == "parameters" else accepting.returns
    inner, hint = (found.old, found.new) if side == "parameters" else (found.new, found.old)
    inner, hint = (root if schema is None else schema for schema in (inner, hint))
    lacking = side == "returns" and found.kind == "removed"  # the new value is the object without it
    site = found.site[:-1] if lacking else found.site
    specimens = Specimens(root)
    at = pointer(*found.at)
    for value in specimens.valid(inner, hint):
        for whole in specimens.placed(site, value):
            if side == "parameters" and not isinstance(whole, dict):
                continue
            check = (Tool.check, Tool.check_result)[side == "returns"]
            if check(accepting, whole):
                continue
            refused = [one for one in check(refusing, whole) if (one.pointer + "/").startswith(at + "/")]
            if refused:
                called = {"name": old.name, "arguments": whole} if side == "parameters" else {"result": whole}
                return replace(change, witness=called, refusal=refused[0].message)
    return change
