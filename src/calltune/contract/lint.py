"""What in a contract makes a model call badly, although nothing is wrong. In: a toolset. Out: `Remark`s: the rule, the
place, one sentence, and what to write instead. A table of small functions; each says one thing and none fails a
contract.

The rules are about what a model reads (names, descriptions), what it may write (bounds, forms) and what servers take.
They know no language: a name is words between underscores and capitals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from .json_text import quote
from .keywords import subschemas
from .likeness import words
from .lint_arguments import ARGUMENT_RULES, Found, arguments_of
from .problem import pointer
from .sentences import label, listed
from .tools import Tool
from .toolset import Toolset

MOST_COMPARED = 400
"""Names compared pair by pair; among more, only those of the same words are found."""
SHORT_WORDS = 3
"""A description of fewer words says hardly more than the name."""
DEEP = 4
"""Objects and lists inside each other, the arguments themselves not counted."""
_SAID = re.compile(r"[A-Za-z0-9']+|[^\W_]")
"""A word; of a script without spaces, a character."""
_REFUSED = re.compile(r"[^A-Za-z0-9_-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that could be better."""

    rule: str
    """Stable, for programs."""
    tool: str
    """The tool; "" for the contract as a whole."""
    pointer: str
    """JSON Pointer into the tool."""
    message: str
    """What is so, in one sentence."""
    instead: str
    """What to write instead."""

    def to_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        return asdict(self)


def lint(toolset: Toolset) -> tuple[Remark, ...]:
    """Every remark: of each tool in order, then of the contract as a whole."""
    remarks = []
    for tool in toolset:
        arguments = tuple(arguments_of(tool))
        for rule, check in TOOL_RULES.items():
            remarks += [Remark(rule=rule, tool=tool.name, pointer=at, message=m, instead=i) for at, m, i in check(tool)]
        for rule, look in ARGUMENT_RULES.items():
            for argument in arguments:
                remarks += [
                    Remark(rule=rule, tool=tool.name, pointer=at, message=m, instead=i) for at, m, i in look(argument)
                ]
    for rule, compare in TOOLSET_RULES.items():
        remarks += [
            Remark(rule=rule, tool=name, pointer=at, message=m, instead=i) for name, at, m, i in compare(toolset)
        ]
    return tuple(remarks)


def by_rule(remarks: tuple[Remark, ...]) -> dict[str, int]:
    """How often each rule speaks, most first."""
    return dict(Counter(remark.rule for remark in remarks).most_common())


# -- of one tool -----------------------------------------------------------------------------------------------------


def _no_description(tool: Tool) -> Found:
    if not tool.description.strip():
        yield "/description", "there is no description", "Say in a sentence what it does and when to call it."


def _short_description(tool: Tool) -> Found:
    said = [word.casefold() for word in _SAID.findall(tool.description)]
    if tool.description.strip() and (len(said) < SHORT_WORDS or set(said) <= {*words(tool.name), "the", "a", "an"}):
        message = f"the description {quote(tool.description)} says no more than the name"
        yield "/description", message, "Say what it does, when to call it and what comes back."


def _refused_name(tool: Tool) -> Found:
    if _REFUSED.search(tool.name):
        message = "OpenAI's and other APIs take only letters, digits, _ and - in the name of a tool"
        yield "/name", message, f"Call it {_REFUSED.sub('_', tool.name)}."


def _alike_arguments(tool: Tool) -> Found:
    for one, other in _alike(list(tool.parameters.get("properties", {}))):
        message = f"the arguments {one} and {other} are easily taken for one another"
        yield pointer("parameters", "properties", other), message, "Give them names that differ in a word that matters."


def _deep(tool: Tool) -> Found:
    depth, at = _deepest(tool.parameters)
    if depth > DEEP:
        message = f"{label(at)} stands {depth} objects and lists deep; small models lose count of the brackets"
        yield "/parameters", message, "Flatten it, or split the tool."


def _deepest(schema: Any) -> tuple[int, tuple[str | int, ...]]:
    best: tuple[int, tuple[str | int, ...]] = (0, ())
    stack: list[tuple[Any, int, tuple[str | int, ...]]] = [(schema, 0, ())]
    while stack:
        node, depth, at = stack.pop()
        if not isinstance(node, dict):
            continue
        best = max(best, (depth, at), key=lambda found: found[0])
        for keyword, key, child in subschemas(node):
            if keyword == "properties":
                stack.append((child, depth + _is_container(child), (*at, str(key))))
            elif keyword in ("items", "prefixItems", "additionalProperties"):
                stack.append((child, depth + _is_container(child), (*at, 0)))
            elif keyword in ("anyOf", "oneOf", "allOf"):
                stack.append((child, depth, at))
    return best


def _is_container(schema: Any) -> bool:
    kinds = schema.get("type", ()) if isinstance(schema, dict) else ()
    return bool({"object", "array"} & ({kinds} if isinstance(kinds, str) else set(kinds)))


TOOL_RULES: dict[str, Callable[[Tool], Found]] = {
    "description-missing": _no_description,
    "description-short": _short_description,
    "name-refused": _refused_name,
    "arguments-alike": _alike_arguments,
    "nested-deep": _deep,
}


# -- of all tools together -------------------------------------------------------------------------------------------


def _alike_tools(toolset: Toolset) -> Iterator[tuple[str, str, str, str]]:
    for one, other in _alike(list(toolset.names)):
        message = f"{one} and {other} are easily taken for one another"
        yield other, "/name", message, "Give them names that differ in a word that matters, or make them one tool."


def _unbounded_texts(toolset: Toolset) -> Iterator[tuple[str, str, str, str]]:
    """Only where the contract tells reads from writes: else every tool counts as one that writes."""
    if all(tool.effect == "write" for tool in toolset):
        return
    for tool in toolset:
        found = [label(p.at) for p in arguments_of(tool) if "string" in p.kinds and not p.bounded]
        if found and tool.effect == "write":
            message = f"a call that writes takes text of any length: {listed(found)}"
            yield tool.name, "/parameters", message, 'Add "maxLength", a `pattern` or an `enum`.'


def _same_descriptions(toolset: Toolset) -> Iterator[tuple[str, str, str, str]]:
    first: dict[str, str] = {}
    for tool in toolset:
        said = " ".join(tool.description.split()).casefold()
        if said and said in first:
            message = f"the description is that of {first[said]}, so only the name tells them apart"
            yield tool.name, "/description", message, "Say in each when it is the one to call."
        first.setdefault(said, tool.name)


TOOLSET_RULES: dict[str, Callable[[Toolset], Iterator[tuple[str, str, str, str]]]] = {
    "tools-alike": _alike_tools,
    "description-twice": _same_descriptions,
    "text-unbounded": _unbounded_texts,
}


def _alike(names: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs of names of the same words in another order, case or number, or with one letter changed in one word."""
    if len(names) <= MOST_COMPARED:
        split = {name: words(name) for name in names}
        folded = {name: _folded(parts) for name, parts in split.items()}
        for one, other in combinations(names, 2):
            if folded[one] == folded[other] or _slip(split[one], split[other]):
                yield one, other
        return
    first: dict[tuple[str, ...], str] = {}
    for name in names:
        key = _folded(words(name))
        if key in first:
            yield first[key], name
        first.setdefault(key, name)


def _folded(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(part[:-1] if len(part) > 3 and part.endswith("s") else part for part in parts))


def _slip(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the names differ in one letter of one word that is long enough to read over it."""
    differing = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    if len(one) != len(other) or len(differing) != 1:
        return False
    short, long = sorted(differing[0], key=len)
    if len(short) < 5 or len(long) - len(short) > 1 or short.isdigit() or long.isdigit():
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if same == 0:  # height and weight: people tell words apart by how they begin
        return False
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]
