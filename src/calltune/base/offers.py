"""Tools as a scene of real speech offers them: names and schemas drawn for intents, and what a sentence means to them.

In: the sentences of an intent, what its tool may be called (`spoken_tools`), a style. Out: `Offered`, and the arguments
of a sentence. Which slots a tool declares, whether it requires them, whether they are lists or have few values, and
whether day and time are one argument is drawn.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

from calltune.base.grammar import pick
from calltune.base.speech import Said
from calltune.base.spoken_tools import KIN, LISTED, OPEN, SLOTS, TEMPORAL, UNCLEAR, Merged, Wording
from calltune.base.styles import JOINS, Style, as_label, some_name

_JOINTS = re.compile(r"[ ,]*(?:at|on|in|the|by|for|of|from)?(?: the)? ?", re.IGNORECASE)
"""What may stand between a day and a time for them to be one value."""
_NO_LABEL = frozenset(
    ["how", "when", "where", "who", "what", "which", "by", "at", "on", "with", "about", "people", "guests"]
)
_DOMAINS = {"iot": "home", "qa": "info", "play": "media"}


@dataclass(slots=True)
class Argument:
    """How a tool of a scene takes a slot."""

    slot: str
    name: str
    schema: dict[str, Any]
    label: str
    required: bool = False

    @property
    def listed(self) -> bool:
        return self.schema.get("type") == "array"


@dataclass(slots=True)
class Offered:
    """A tool of a scene."""

    name: str
    description: str
    goal: str
    fixed: dict[str, dict[str, str]]
    """The intents it is for, and the arguments that each of them means."""
    arguments: list[Argument] = field(default_factory=list)
    choice: tuple[str, dict[str, Any]] | None = None
    """The argument that tells its intents apart."""

    def wire(self) -> dict[str, Any]:
        """The tool in OpenAI's shape."""
        properties = {self.choice[0]: self.choice[1]} if self.choice else {}
        properties |= {argument.name: argument.schema for argument in self.arguments}
        required = [self.choice[0]] if self.choice else []
        required += [argument.name for argument in self.arguments if argument.required]
        parameters: dict[str, Any] = {"type": "object", "properties": properties}
        if required:
            parameters["required"] = required
        parameters["additionalProperties"] = False
        function = {"name": self.name, "description": self.description, "parameters": parameters}
        return {"type": "function", "function": function}


def offer(
    rng: Random,
    style: Style,
    rows: Sequence[Said],
    wording: Wording,
    *,
    whole: bool,
    strict: bool,
    merged: Merged | None = None,
) -> Offered:
    """A tool for the intents of `rows`. `whole`: day and time are one argument; `strict`: some arguments are required;
    `merged`: one argument tells the intents apart."""
    intents = list(dict.fromkeys(row.intent for row in rows))
    domain = intents[0].split("_")[0]
    name = some_name(rng, [words.split() for words in wording.names], _DOMAINS.get(domain, domain), style)
    goal = pick(rng, wording.descriptions)
    tool = Offered(name, described(rng, style, goal), goal, {intent: {} for intent in intents})
    taken: set[str] = set()
    if merged:
        argument = JOINS[style.argument](pick(rng, merged.names).split())
        index = int(rng.random() * 2)
        values = {intent: merged.values[intent][index] for intent in intents}
        tool.fixed = {intent: {argument: value} for intent, value in values.items()}
        tool.choice = argument, {"type": "string", "enum": list(values.values())}
        taken.add(argument)
    for slot, share in _slots(rng, rows, whole=whole):
        made = _argument(rng, style, rows, slot, taken)
        made.required = strict and share >= 0.4 and not merged and rng.random() < 0.6
        tool.arguments.append(made)
    rng.shuffle(tool.arguments)
    return tool


def said_for(rows: Sequence[Said], slot: str) -> list[str]:
    """What was said for a slot, as often as it was said."""
    sources = TEMPORAL if slot == "when" else (slot,)
    return [value for row in rows for name, value in row.values() if name in sources]


def _slots(rng: Random, rows: Sequence[Said], *, whole: bool) -> list[tuple[str, float]]:
    """The slots that a tool has, each with the share of sentences that fill it."""
    counts = Counter(
        slot for row in rows for slot in {slot for slot, _ in row.values()} if (row.intent, slot) not in UNCLEAR
    )
    shares = {slot: count / len(rows) for slot, count in counts.items() if count >= 4 and slot in SLOTS}
    timed = {slot: shares.pop(slot) for slot in TEMPORAL if slot in shares}
    chosen = [
        (slot, share)
        for slot, share in sorted(shares.items())
        if rng.random() < (0.9 if share >= 0.25 else 0.6 if share > 0.05 else 0.35)
    ]
    if timed and rng.random() < (0.9 if max(timed.values()) > 0.2 else 0.6):
        chosen += [("when", max(timed.values()))] if whole else sorted(timed.items())
    return chosen


def _argument(rng: Random, style: Style, rows: Sequence[Said], slot: str, taken: set[str]) -> Argument:
    wording = SLOTS[slot]
    listed = slot in LISTED and slot != "person" and _often_twice(rows, slot) and rng.random() < 0.7
    said = said_for(rows, slot)
    schema: dict[str, Any] = {"type": "string"}
    options = _few(said)
    if options and slot not in OPEN and not listed and rng.random() < 0.5:
        schema["enum"] = options
    if rng.random() >= style.no_argument_description:
        examples = f"e.g. {', '.join(dict.fromkeys(rng.sample(said, min(2, len(said)))))}"
        shown = rng.random() < max(style.examples, 0.25)
        described = pick(rng, wording.descriptions)
        schema["description"] = (
            described if not shown else examples if rng.random() < 0.5 else f"{described}, {examples}"
        )
    if listed:
        description = {key: schema.pop(key) for key in ("description",) if key in schema}
        schema = {"type": "array", "items": {"type": "string"}, **description}
    names = [LISTED[slot]] if listed else list(wording.names)
    name = JOINS[style.argument](names[int(rng.random() ** 1.5 * len(names))].split())
    if name in taken:
        name = next((other for other in map(_snake, names) if other not in taken), f"{slot}_{len(taken)}")
    taken.add(name)
    label = as_label(name)
    label = wording.label if _NO_LABEL & set(label.split()) or rng.random() < 0.3 else label
    return Argument(slot, name, schema, label)


def _often_twice(rows: Sequence[Said], slot: str) -> bool:
    return sum(sum(name == slot for name, _ in row.values()) > 1 for row in rows) >= 0.08 * len(rows)


def arguments_of(tool: Offered, said: Said) -> dict[str, Any] | None:
    """The arguments that a sentence means; None where the tool's schema leaves it open."""
    declared = {argument.slot: argument for argument in tool.arguments}
    covered = set(declared) | (set(TEMPORAL) if "when" in declared else set())
    if said.doubts & covered:
        return None
    spoken: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for start, end, slot in said.spans:
        if slot in covered:
            spoken["when" if slot not in declared else slot].append((start, end))
        elif any(slot in kin and kin & covered for kin in KIN):
            return None
    arguments: dict[str, Any] = dict(tool.fixed[said.intent])
    for slot, spans in spoken.items():
        argument = declared[slot]
        values = [said.text[start:end] for start, end in spans]
        if argument.listed:
            arguments[argument.name] = values
            continue
        if len(spans) > 1:
            gaps = [said.text[end:start] for (_, end), (start, _) in pairwise(spans)]
            if slot != "when" or not all(_JOINTS.fullmatch(gap) for gap in gaps):
                return None
            values = [said.text[spans[0][0] : spans[-1][1]]]
        options = argument.schema.get("enum")
        if options and values[0].lower() not in options:
            return None
        arguments[argument.name] = values[0].lower() if options else values[0]
    return in_order(tool, arguments)


def in_order(tool: Offered, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments in the order of the schema."""
    names = [*([tool.choice[0]] if tool.choice else ()), *(argument.name for argument in tool.arguments)]
    return {name: arguments[name] for name in names if name in arguments}


def described(rng: Random, style: Style, goal: str) -> str:
    """The description of a tool: none now and then, but where its name says nothing."""
    if rng.random() < style.no_description and not style.nonsense:
        return ""
    return goal[0].upper() + goal[1:] + pick(rng, ("", "."))


def _few(said: Sequence[str]) -> list[str] | None:
    """The values of a slot where there are few: two to seven that are most of what is said."""
    counts = Counter(value.lower() for value in said)
    common = [value for value, count in counts.most_common(7) if count >= 3]
    enough = len(common) >= 2 and sum(counts[value] for value in common) >= 0.7 * len(said)
    return sorted(common) if enough else None


def _snake(words: str) -> str:
    return "_".join(words.split())
