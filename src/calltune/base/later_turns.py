"""Conversations that go on after a call: results and answers, follow-ups, several requests, failures.

In: a stage (see `dialogue`). Out: messages. A call that is wrong on purpose is marked `"train": false`, and its
correction follows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from calltune.base.dialogue import (
    Message,
    Stage,
    assistant,
    calls,
    chat,
    missing,
    no_fit,
    parallel,
    single,
    tool_result,
    user,
)
from calltune.base.grammar import pick, say
from calltune.base.manners import some_manner
from calltune.base.mention import Mention
from calltune.base.phrasing import Request, arguments_of, attachment, fold, request
from calltune.base.results import as_words, dump, extra, fact_answer, failure, question_about, result_of
from calltune.base.toolset import Slot, Tool
from calltune.contract import Toolset


def answered(rng: Random, stage: Stage) -> list[Message]:
    """A call, its result, an answer; perhaps a question that the result already answers."""
    tool = pick(rng, stage.tools)
    asked = request(rng, tool, some_manner(rng))
    result = result_of(rng, tool, asked.arguments, stage.world)
    messages = [
        user(asked.text),
        calls(0, (tool.name, asked.arguments)),
        tool_result(0, result.content),
        assistant(result.answer),
    ]
    if result.facts and rng.random() < 0.4:
        what, value = pick(rng, result.facts)
        messages += [user(question_about(rng, what)), assistant(fact_answer(rng, what, value))]
    elif rng.random() < 0.15:
        messages += chat_thanks(rng)
    return messages


def chat_thanks(rng: Random) -> list[Message]:
    """Thanks, and the answer to it."""
    return [
        user(say(rng, "(thanks|thank you|great, thanks|perfect)(!|.|)")),
        assistant(say(rng, "You're welcome!|Happy to help.|You're welcome. Anything else?")),
    ]


_AGAIN_WITH = "and {f}?|now {f}|the same {f}|same {f}, please|do the same {f}|again, but {f}|could you also do it {f}?"
_AGAIN = f"what about {{v}}?|how about {{v}}?|and {{v}}?|{_AGAIN_WITH}"
"""The bare value only where it can belong to one argument."""


def follow_up(rng: Random, stage: Stage) -> list[Message] | None:
    """The same tool again with one argument changed: "and for Oslo?"."""
    options = [
        (tool, slot)
        for tool in stage.tools
        for slot in tool.slots.values()
        if slot.spec.required and slot.role.kind != "bool" and slot.forms
    ]
    if not options:
        return None
    tool, slot = pick(rng, options)
    manner = some_manner(rng)
    asked = request(rng, tool, manner)
    messages: list[Message] = [user(asked.text), calls(0, (tool.name, asked.arguments))]
    result = result_of(rng, tool, asked.arguments, stage.world)
    messages += [tool_result(0, result.content), assistant(result.answer)]
    mentions = dict(asked.mentions)
    for number in range(1, 2 + (rng.random() < 0.25)):
        mention = slot.sample(rng)
        if mention.span == "free" or mention.value == mentions[slot.key].value:
            break
        mention = fold(mention) if manner.lower else mention
        mentions[slot.key] = mention
        phrase = ""
        for _ in range(6):
            phrase = "".join(words if key is None else mention.text for words, key in attachment(rng, slot, mention))
            if phrase.startswith(("for ", "in ", "on ", "at ", "to ", "from ", "with ")):
                break
        rivals = sum(other.built.group == slot.built.group for other in tool.slots.values())
        pattern = _AGAIN if rivals == 1 and len(tool.slots) < 4 else _AGAIN_WITH
        text = say(rng, pattern, f=phrase, v=mention.text)
        messages += [
            user(text if manner.lower else text[0].upper() + text[1:]),
            calls(number, (tool.name, arguments_of(tool, mentions))),
        ]
        if rng.random() < 0.4:
            break
        result = result_of(rng, tool, messages[-1]["tool_calls"][0]["function"]["arguments"], stage.world)
        messages += [tool_result(number, result.content), assistant(result.answer)]
    return messages


def session(rng: Random, stage: Stage) -> list[Message]:
    """Several requests one after the other."""
    manner = some_manner(rng)
    messages: list[Message] = []
    for number in range(2 + (rng.random() < 0.4)):
        manner.greeted = number > 0
        tool = pick(rng, stage.tools)
        asked = request(rng, tool, manner)
        messages += [user(asked.text), calls(number, (tool.name, asked.arguments))]
        result = result_of(rng, tool, asked.arguments, stage.world)
        messages += [tool_result(number, result.content), assistant(result.answer)]
    if rng.random() < 0.3:
        return messages[:-2]
    return messages


_POSITIONS = (
    ("the first one", 0),
    ("the second one", 1),
    ("the last one", -1),
    ("the first", 0),
    ("the second", 1),
    ("the latest one in the list", -1),
)


def chain(rng: Random, stage: Stage) -> list[Message] | None:
    """A call on something that an earlier result holds: "delete the second one", "now assign it to Tom"."""
    pairs = [
        (first, second)
        for first in stage.tools
        for second in stage.tools
        if first is not second
        and first.intent.words
        and first.intent.covers == second.intent.covers
        and "id" in second.slots
        and not second.intent.twin
        and first.intent.key.split(":")[0]
        in ("search", "list", "create", "schedule", "book", "order", "upload", "duplicate")
    ]
    if not pairs:
        return None
    first, second = pick(rng, pairs)
    manner = some_manner(rng)
    asked = request(rng, first, manner)
    slot = second.slots["id"]
    many = first.intent.reads
    name = slot.name if rng.random() < 0.6 else "id"
    records = [
        {name: slot.sample(rng).value, **extra(rng, first, stage.world)}
        for _ in range(pick(rng, (2, 2, 3)) if many else 1)
    ]
    said, index = (
        pick(rng, _POSITIONS)
        if many
        else (
            pick(rng, ("it", "it", "that one", f"that {first.intent.words['n']}", f"this {first.intent.words['n']}")),
            0,
        )
    )
    if index == 1 and len(records) < 2:
        return None
    content = dump(rng, records if many else {**records[0], "status": "ok"})
    ids = as_words([record[name] for record in records])
    answer = f"I found {len(records)} {first.intent.words['ns']}: {ids}." if many else f"Done, the {slot.ask} is {ids}."
    manner.greeted, manner.rambling = True, False
    then = request(rng, second, manner, withheld=frozenset(["id"]), reference=said)
    chosen = {**then.mentions, "id": Mention(records[index][name], "")}
    lead = "" if many or not then.text[0].islower() else pick(rng, ("", "now ", "ok, "))
    return [
        user(asked.text),
        calls(0, (first.name, asked.arguments)),
        tool_result(0, content),
        assistant(answer),
        user(lead + then.text),
        calls(1, (second.name, arguments_of(second, chosen))),
    ]


_THERE = ("there", "in the same city", "there")
_CARRIABLE = frozenset(["place", "person", "company", "title", "venue", "product", "code", "email", "department"])


def carried(rng: Random, stage: Stage) -> list[Message] | None:
    """A second request that takes an argument over from the first: "book a table there"."""
    pairs = [
        (first, second, slot)
        for first in stage.tools
        for second in stage.tools
        for slot in second.slots.values()
        if first is not second
        and slot.key in first.slots
        and _same(slot, first.slots[slot.key])
        and _says(second, slot)
    ]
    if not pairs:
        return None
    telling = [pair for pair in pairs if pair[2].key != "id"]
    first, second, slot = pick(rng, telling or pairs)
    if slot.key == "id" and first.intent.covers != second.intent.covers:
        return None
    manner = some_manner(rng)
    asked = request(rng, first, manner)
    if slot.key not in asked.mentions:
        return None
    result = result_of(rng, first, asked.arguments, stage.world)
    manner.greeted, manner.rambling = True, False
    then = request(rng, second, manner, withheld=frozenset([slot.key]), closed=True)
    label = slot.role.labels[0]
    phrases = (
        f"with the same {label}",
        f"same {label} as before",
        f"the {label} stays the same",
        f"for the same {label}",
    )
    phrase = pick(rng, phrases + (_THERE if slot.role.kind == "city" else ()))
    text = f"{then.text.rstrip('.!?')}{pick(rng, (', ', ' ', ', '))}{phrase}"
    mentions = {**then.mentions, slot.key: asked.mentions[slot.key]}
    return [
        user(asked.text),
        calls(0, (first.name, asked.arguments)),
        tool_result(0, result.content),
        assistant(result.answer),
        user(f"{text}." if manner.stops else text),
        calls(1, (second.name, arguments_of(second, mentions))),
    ]


def _same(slot: Slot, other: Slot) -> bool:
    """Whether two arguments take the same values, written the same way."""
    plain = (
        slot.built.schema == other.built.schema == {"type": "string"} and not slot.built.hint and not other.built.hint
    )
    return plain and slot.role is other.role and slot.built.group in _CARRIABLE


def _says(tool: Tool, slot: Slot) -> bool:
    """Whether a request for the tool can be made without the slot."""
    words = (tool.slots.keys() - {slot.key}) | tool.intent.words.keys() | {"the_n"}
    return any(node.needs <= words for node in tool.intent.imperatives + tool.intent.sentences)


def failed(rng: Random, stage: Stage) -> list[Message]:
    """A call that the tool refuses: say so, or correct the call."""
    tool = pick(rng, stage.tools)
    asked = request(rng, tool, some_manner(rng))
    good = calls(0, (tool.name, asked.arguments))
    if rng.random() < 0.5:
        broken = _break(rng, tool, asked)
        if broken:
            arguments, report = broken
            wrong = {**calls(0, (tool.name, arguments)), "train": False}
            report = (_as_the_guard_says(tool, wrong) if rng.random() < 0.5 else None) or report
            right = calls(1, (tool.name, asked.arguments))
            return [user(asked.text), wrong, tool_result(0, report), right]
    result = failure(rng)
    return [user(asked.text), good, tool_result(0, result.content), assistant(result.answer)]


def _as_the_guard_says(tool: Tool, wrong: Message) -> str | None:
    """What the guard would tell the model about a wrong call; None where it would not send it back."""
    from calltune.guard import Guard

    function = wrong["tool_calls"][0]["function"]
    outcome = Guard(Toolset.from_openai([tool.wire])).check(f"<tool_call>{json.dumps(function)}</tool_call>")
    return outcome.message_for_model() if outcome.decision == "rejected" else None


def _break(rng: Random, tool: Tool, asked: Request) -> tuple[dict[str, Any], str] | None:
    """Wrong arguments for a request, and the error that says what is wrong."""
    slots = [slot for slot in tool.slots.values() if slot.name in asked.arguments]
    if not slots:
        return None
    slot = pick(rng, slots)
    name, schema = slot.name, slot.built.schema
    arguments = dict(asked.arguments)
    chance = rng.random()
    if slot.spec.required and chance < 0.35:
        del arguments[name]
        return arguments, _report(rng, "missing_required", name, f"required argument {name} is missing")
    if "enum" in schema and chance < 0.8:
        arguments[name] = asked.mentions[slot.key].text + pick(rng, ("", "!", "s", " one"))
        if arguments[name] in schema["enum"]:
            return None
        options = ", ".join(str(option) for option in schema["enum"])
        return arguments, _report(rng, "not_in_enum", name, f"{name} must be one of {options}")
    if schema.get("type") in ("integer", "number"):
        arguments[name] = str(arguments[name])
        return arguments, _report(rng, "wrong_type", name, f"{name} must be of type {schema['type']}, not string")
    wrong = name + pick(rng, ("_value", "s", "_name", "1"))
    renamed = {wrong if key == name else key: value for key, value in arguments.items()}
    return renamed, _report(rng, "unknown_argument", wrong, f"there is no argument {wrong}; did you mean {name}?")


def _report(rng: Random, kind: str, name: str, sentence: str) -> str:
    """An error as a tool, or the check before it, would write it."""
    problem = {"kind": kind, "pointer": f"/{name}", "message": sentence}
    record = pick(
        rng, ({"error": f"invalid arguments: {sentence}"}, {"error": "invalid_arguments", "problems": [problem]})
    )
    return f"Error: {sentence}" if rng.random() < 0.3 else dump(rng, record)


Maker = Callable[[Random, Stage], list[Message] | None]
"""Gives no conversation where the tools do not allow one of its kind."""
KINDS: dict[str, Maker] = {
    "single": single,
    "parallel": parallel,
    "no_fit": no_fit,
    "missing": missing,
    "chat": chat,
    "answered": answered,
    "failed": failed,
    "follow_up": follow_up,
    "session": session,
    "chain": chain,
    "carried": carried,
}
SHARES = {
    "single": 0.47,
    "parallel": 0.09,
    "no_fit": 0.08,
    "missing": 0.1,
    "chat": 0.03,
    "answered": 0.07,
    "failed": 0.04,
    "follow_up": 0.04,
    "session": 0.02,
    "chain": 0.04,
    "carried": 0.02,
}
"""How often each kind of conversation comes."""
