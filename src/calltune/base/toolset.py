"""Tools made from intents: argument names, schemas, descriptions, in many styles.

In: intents and a style. Out: `Tool`s that hold both what the model is shown (an OpenAI dict, canonical and closed)
and what the generator needs to talk about it (slots with samplers and forms). It writes no sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any

from calltune.base.grammar import Node, compile_pattern, pick, say
from calltune.base.intents import Intent, SlotSpec
from calltune.base.mention import Built, Mention, Sampler, World
from calltune.base.nouns import ACTIONS
from calltune.base.roles import ROLES, Role
from calltune.base.styles import Style, argument_name, as_label, asked_name, tool_name
from calltune.base.values import build, tagged

_DIGITS = frozenset(["number", "code", "percent", "degrees", "year", "duration", "phone"])
_TEXTS = frozenset(
    [
        "person",
        "company",
        "title",
        "text",
        "venue",
        "products",
        "word",
        "genres",
        "film_genres",
        "dishes",
        "teams",
        "devices",
        "rooms",
        "place",
        "region",
        "country",
    ]
)
_FILTERED = ("search", "update", "count", "estimate", "recommend")
"""Actions that say nothing without one of their optional arguments."""


@dataclass(slots=True)
class Slot:
    """One argument of one tool."""

    key: str
    """Its placeholder in the intent's patterns."""
    name: str
    """Its name in the schema."""
    role: Role
    spec: SlotSpec
    sample: Sampler
    ask: str
    """How the assistant calls it when it asks."""
    forms: tuple[Node, ...]
    """Ways to put it into a sentence, with the value at `~`."""
    built: Built
    description: str


@dataclass(slots=True)
class Tool:
    """One tool of a scene."""

    intent: Intent
    name: str
    wire: dict[str, Any]
    """What the model is shown."""
    slots: dict[str, Slot]
    """By placeholder, in the order of the schema."""
    constants: dict[str, Any]
    """Required arguments that can have only one value."""
    plain: bool = False
    """Whether people say its words: `World.plain`."""


# -- descriptions


def _shown_examples(rng: Random, built: Built) -> str:
    texts: list[str] = []
    for _ in range(pick(rng, (1, 2, 2, 2))):
        value = built.sample(rng).value
        text = "" if isinstance(value, list | dict) else str(value)
        if text and text not in texts and len(text) < 50:
            texts.append(text)
    return f"e.g. {', '.join(texts)}" if texts else ""


def _describe(rng: Random, role: Role, built: Built, spec: SlotSpec, style: Style) -> str:
    """The description of an argument; what is needed to derive its value is always in it."""
    if spec.tagged:
        shown = rng.random() < 0.75 or not role.descriptions
        return _shown_examples(rng, built) if shown else say(rng, pick(rng, role.descriptions))
    text = (
        _meaning(rng, role, built, spec, style) if style.masked or rng.random() >= style.no_argument_description else ""
    )
    if not built.hint:
        return text
    return (
        pick(rng, (f"{text}, {built.hint}", f"{text} ({built.hint})", f"{text}; {built.hint}")) if text else built.hint
    )


def _meaning(rng: Random, role: Role, built: Built, spec: SlotSpec, style: Style) -> str:
    label = pick(rng, role.labels)
    if rng.random() < 0.15 or not role.descriptions:
        top = label[0].upper() + label[1:]
        text = pick(rng, (f"The {label}", top, f"{top} to use", f"The {label} to use"))
    else:
        text = say(rng, pick(rng, role.descriptions))
    if spec.new:
        text = f"New value: {text[0].lower()}{text[1:]}" if rng.random() < 0.5 else f"{text} (new)"
    if not built.hint and rng.random() < style.examples and "enum" not in built.schema and role.kind != "bool":
        shown = _shown_examples(rng, built)
        if shown:
            return pick(rng, (f"{text}, {shown}", f"{text}, {shown}", f"{text} ({shown})"))
    return text if built.hint or rng.random() < 0.9 else f"{text}."


_NOTES = (
    "Returns JSON.",
    "Needs no login.",
    "Fails when the service is down.",
    "Use it when the user asks for it.",
    "Returns the result as an object.",
    "Rate limited.",
    "Requires a signed-in user.",
    "Results are cached for a minute.",
)
_LEADS = ("Tool to", "Use this to", "Function to", "Lets you", "This function is used to", "Call this to")
_VERBS = {verb.split()[0] for action in ACTIONS.values() for verb in action.verbs} | set(
    [
        "set",
        "switch",
        "lock",
        "move",
        "send",
        "start",
        "play",
        "put",
        "book",
        "reserve",
        "rate",
        "order",
        "track",
        "convert",
        "block",
        "give",
        "reset",
        "install",
    ]
)


def describe_tool(rng: Random, intent: Intent, style: Style, slots: list[Slot]) -> str:
    """The description of a tool: missing, short, or with more around it."""
    if not (style.nonsense or intent.twin) and rng.random() < style.no_description:
        return ""
    text = pick(rng, intent.descriptions)
    chance = rng.random()
    if slots and chance > 0.88:
        labels = [slot.role.labels[0] for slot in slots][:4]
        listed = labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"
        return f"{text} {pick(rng, ('using the', 'with', 'given the', 'based on the'))} {listed}."
    if chance < 0.25:
        return f"{text}."
    if chance < 0.32:
        return f"{text}. {pick(rng, _NOTES)}"
    if chance < 0.4 and text.split()[0].lower() in _VERBS:
        return f"{pick(rng, _LEADS)} {text[0].lower()}{text[1:]}"
    return text


# -- forms


@cache
def _form(pattern: str) -> Node:
    return compile_pattern(pattern.replace("~", "{~}"))


_LABELLED = (
    "with {} ~",
    "{} ~",
    "with ~ as the {}",
    "the {} is ~",
    "{}: ~",
    "and the {} should be ~",
    "with the {} ~",
)
_RENEWED = (
    "set the {} to ~",
    "change the {} to ~",
    "the {} should be ~",
    "make the {} ~",
    "new {}: ~",
    "the new {} is ~",
    "put ~ as the {}",
)


@cache
def label_forms(label: str) -> tuple[Node, ...]:
    """Ways that name the argument."""
    return tuple(_form(pattern.format(label)) for pattern in _LABELLED)


@cache
def new_value_forms(label: str) -> tuple[Node, ...]:
    """Ways to say that something gets a new value."""
    return tuple(_form(pattern.format(label)) for pattern in _RENEWED)


def _class(group: str) -> str:
    return "digits" if group in _DIGITS else "texts" if group in _TEXTS else group


def _attach_forms(rng: Random, slots: list[Slot]) -> None:
    """Give every slot the forms that cannot be taken for another slot of the tool."""
    classes = [_class(slot.built.group) for slot in slots]
    patterns = [slot.role.own + slot.role.loose for slot in slots]
    for index, slot in enumerate(slots):
        role, spec, kind = slot.role, slot.spec, classes[index]
        if role.kind == "bool":
            continue
        if spec.new and role.key != "new_value_name":
            slot.forms = tuple(form for label in role.labels for form in new_value_forms(label))
            continue
        rivals = [other for other in range(len(slots)) if other != index and classes[other] == kind and kind]
        used = {pattern for other in rivals for pattern in patterns[other]}
        own = [pattern for pattern in role.own if pattern not in used]
        twins = any(slots[other].built.group == slot.built.group for other in rivals)
        loose = (
            []
            if twins
            else [pattern for pattern in role.loose if pattern not in used and not (pattern == "~" and rivals)]
        )
        labels = tuple(form for label in role.labels for form in label_forms(label)) if not spec.tagged else ()
        natural = tuple(_form(pattern) for pattern in own + loose)
        # Natural forms are said about twice as often as those that spell out the label.
        repeat = max(1, 2 * len(labels) // max(1, len(natural)))
        slot.forms = natural * repeat + labels if natural else labels


def _build_flag(rng: Random, role: Role) -> Built:
    """A yes or no, mostly a boolean."""
    yes, no = role.own, role.loose
    values: tuple[Any, Any] = (True, False)
    schema: dict[str, Any] = {"type": "boolean"}
    if rng.random() < 0.06:
        values = pick(rng, (("yes", "no"), ("True", "False"), ("true", "false"), ("Y", "N")))
        schema = {"type": "string", "enum": list(values)}

    def sample(rng: Random) -> Mention:
        if no and rng.random() < 0.45:
            return Mention(values[1], say(rng, pick(rng, no)))
        return Mention(values[0], say(rng, pick(rng, yes)))

    return Built(schema, sample, "", "flag:" + role.key)


# -- making a tool


def make_tool(rng: Random, intent: Intent, style: Style, world: World) -> Tool:
    """A tool for an intent, in a style."""
    slots: list[Slot] = []
    taken: set[str] = set()
    labels: set[str] = set()
    for spec in _chosen_specs(rng, intent, style):
        role = ROLES[spec.role]
        if style.plain and role.kind == "bool" and not spec.required:
            continue
        if not spec.required and labels & set(role.labels):
            continue
        built = _build_flag(rng, role) if role.kind == "bool" else build(rng, world, role.kind)
        built = tagged(built) if spec.tagged else built
        built = replace(built, sample=_as_written(built.sample)) if world.plain else built
        name = argument_name(rng, role, spec, style, world.split, taken)
        taken.add(name)
        labels |= set(role.labels)
        description = _describe(rng, role, built, spec, style)
        ask = asked_name(name, role, style)
        slots.append(Slot(spec.key, name, role, spec, built.sample, ask, (), built, description))
    if world.plain:
        for slot in slots:
            if slot.role.kind != "bool":
                label = as_label(slot.name)
                slot.forms = new_value_forms(label) if slot.spec.new else label_forms(label)
    else:
        _attach_forms(rng, slots)
    order = list(slots)
    if rng.random() < 0.35:
        rng.shuffle(order)
    elif rng.random() < 0.5:
        order.sort(key=lambda slot: not slot.spec.required)
    constants = _constants(rng, intent, taken) if slots and rng.random() < 0.015 else {}
    name = tool_name(rng, intent, style)
    parameters = _parameters(rng, order, constants)
    function = {"name": name, "description": describe_tool(rng, intent, style, slots), "parameters": parameters}
    wire = {"type": "function", "function": function}
    return Tool(intent, name, wire, {slot.key: slot for slot in order}, constants, world.plain)


def _as_written(sample: Sampler) -> Sampler:
    """A sampler that mostly gives mentions with the words of the value itself."""

    def literal(rng: Random) -> Mention:
        mention = sample(rng)
        for _ in range(6):
            if isinstance(mention.value, list | dict) or str(mention.value).lower() == mention.text.lower():
                break
            mention = sample(rng)
        return mention

    return literal


def _chosen_specs(rng: Random, intent: Intent, style: Style) -> list[SlotSpec]:
    """The required arguments and some of the others."""
    often = 0.3 + 0.6 * style.wealth
    specs = [spec for spec in intent.slots if spec.required or rng.random() < (0.85 if spec.tagged else often)]
    bare = all(spec.required for spec in specs) and intent.key.split(":")[0] in _FILTERED
    words = {spec.key for spec in specs} | intent.words.keys() | {"the_n"}
    sayable = any(node.needs <= words for node in intent.imperatives + intent.sentences)
    return list(intent.slots) if bare or not sayable else specs


def _constants(rng: Random, intent: Intent, taken: set[str]) -> dict[str, Any]:
    """A required argument that has only one value, so that nobody needs to say it."""
    name, value = pick(rng, (("api_version", "v1"), ("kind", intent.names[0][-1]), ("api_version", 2)))
    return {} if name in taken else {name: value}


_NO_DEFAULT = frozenset(["person", "code", "title", "text", "date", "email"])


def _parameters(rng: Random, slots: list[Slot], constants: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    for slot in slots:
        schema = dict(slot.built.schema)
        if slot.description:
            schema["description"] = slot.description
        if slot.spec.required:
            required.append(slot.name)
        elif not slot.spec.tagged:
            _loosen(rng, slot, schema)
        properties[slot.name] = schema
    for name, value in constants.items():
        properties[name] = {"const": value}
        required.append(name)
    parameters: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        parameters["required"] = required
    parameters["additionalProperties"] = False
    return parameters


def _loosen(rng: Random, slot: Slot, schema: dict[str, Any]) -> None:
    """Give an optional argument a default, or let it be null."""
    if rng.random() < 0.2 and slot.built.group not in _NO_DEFAULT:
        value = slot.built.sample(rng).value
        if not isinstance(value, list | dict):
            schema["default"] = value
    if rng.random() < 0.03 and "enum" not in schema:
        schema["type"] = [schema["type"], "null"]
