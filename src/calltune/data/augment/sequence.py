"""Kind `sequence`: one request that takes two steps, the second with a value out of the first one's result: "find me a
place to eat in Fremont, and then book a table at the first one for 7 pm".

In: a row in which the user asks for the second step only after the result. Out: the row up to its first step, with both
asked for at once; the call and its result as they are; the second call, and what the row has after it. The value that
is taken on stands in the result, with the name of the argument, and in nothing that was said before. All other
arguments of the second call were said for the first, or are said in the words that are added. Where the calls of a row
name results (`$var1.id$`), `plans` makes the steps of them.

Learned are both calls and the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

from calltune.contract import Problem, Tool, parse_json
from calltune.data.augment.context import Context
from calltune.data.augment.failed import answer_after
from calltune.data.augment.mention import stands_in
from calltune.data.augment.phrasing_tools import ToolWords, tool_words
from calltune.data.augment.plans import filled, refers
from calltune.data.augment.turns import (
    Message,
    arguments_of,
    call_turns,
    name_of,
    says_english,
    unlearned,
    with_messages,
)
from calltune.data.augment.values import Argument, Said, UnsayableError, argument_of, label_of, words_for
from calltune.data.augment.values_spoken import Calendar, date_text, number_text, time_text
from calltune.data.augment.values_topics import words_of
from calltune.data.conversation import Conversation

LONGEST_TALK = 12
"""Messages up to the first step."""
LONGEST = 400
"""Characters of the request before anything is added."""
RECORDS = ("first", "second")
"""Which one is taken: people who have not seen the results name no others."""
JOINTS = (". Then {}", ", and then {}", ". After that, {}", ". Once you have that, {}", "; then {}")
_WISH = re.compile(r"(?:i|we|let|can|could|where|what|which|how|is|are|help)\b", re.IGNORECASE)
"""How no command begins."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
Pairs = list[tuple[Argument, Said]]


def sequence(rng: Random, row: Conversation, context: Context) -> Conversation | Problem | None:
    """Two steps for one request."""
    if refers(row):
        return filled(rng, row)
    if not says_english(row):
        return None
    turns = [index for index in call_turns(row) if len(row.messages[index]["tool_calls"]) == 1]
    pairs = [pair for pair in pairwise(turns) if _can_be_one(row.messages, *pair)]
    rng.shuffle(pairs)
    for first, second in pairs:
        try:
            request = _request(rng, row, first, second)
        except UnsayableError:
            continue
        if request:
            messages = row.messages
            asked = {**messages[first - 1], "content": request}
            before = unlearned([*messages[: first - 1], asked])
            return with_messages(row, [*before, *messages[first : first + 2], *_second(messages, second)])
    return None


def _can_be_one(messages: Sequence[Message], first: int, second: int) -> bool:
    """The user asks for the one, and later for the other, which is another tool's."""
    asked = messages[first - 1] if 0 < first <= LONGEST_TALK else None
    tools = [name_of(messages[index]["tool_calls"][0]) for index in (first, second)]
    roles = [message["role"] for message in messages[first + 1 : second]]
    short = asked is not None and asked["role"] == "user" and len(asked["content"]) <= LONGEST
    return short and tools[0] != tools[1] and roles[:1] == ["tool"] and "user" in roles


def _second(messages: Sequence[Message], second: int) -> list[Message]:
    """The second call, its result, and the answer, unless that answers a question which is not in the row any more."""
    asked = next(message["content"] for message in reversed(messages[:second]) if message["role"] == "user")
    answered = None if "?" in asked else answer_after(messages, second)
    return [messages[second], *(answered or ())]


def _request(rng: Random, row: Conversation, first: int, second: int) -> str:
    """The user's message with the second step in it; "" where nothing is taken on. Raises UnsayableError."""
    toolset = row.toolset()
    one, two = (row.messages[index]["tool_calls"][0] for index in (first, second))
    tool = toolset[name_of(two)]
    before = [message["content"] for message in row.messages[:first]]
    value, faults = parse_json(row.messages[first + 1]["content"])
    given = {**arguments_of(two)}
    for name, said in arguments_of(one).items():
        if name in given and given[name] == said:
            del given[name]
    found = None if faults else _taken(tool, given, value, before)
    if found is None:
        return ""
    place, names = found
    spoken: Pairs = []
    for name in given:
        if name not in names:
            argument = _argument(tool, name)
            spoken.append((argument, said_of(rng, argument, given[name])))
    which = f"the {RECORDS[place]} one"
    words = tool_words(tool, toolset.tools)
    more = _step(rng, words, spoken, which, [word for name in names for word in words_of(name)])
    return _joined(rng, row.messages[first - 1]["content"], more)


def _step(rng: Random, words: ToolWords, spoken: Pairs, which: str, names: Sequence[str]) -> str:
    """What is asked for in the second place: "take the first one and book a table for 2 people at 7 pm". Of a tool for
    the things that the result lists it is "play the first one"."""
    verbs = [verb for verb in words.verbs if not _WISH.match(verb)]
    if not verbs or not words.nouns:
        raise UnsayableError("no_verb")
    verb = verbs[0] if rng.random() < 0.5 else rng.choice(verbs[:4])
    noun = re.sub(r"\b(?:a |the )?(?:selected|given|specified|specific|particular) ", "the ", words.nouns[0])
    thing = words_of(noun)[-1:]
    told = [_phrase(rng, argument, said) for argument, said in spoken]
    for number, phrase in enumerate(told):
        if thing and re.fullmatch(rf"for .+ {thing[0].removesuffix('s')}s?", phrase):
            noun = told.pop(number).removeprefix("for ")  # "buy 4 tickets", not "tickets for 4 tickets"
            break
    listed = not words.reads and thing and thing[0] in names
    return " ".join([f"{verb} {which}" if listed else f"take {which} and {verb} {noun}", *told])


def _phrase(rng: Random, argument: Argument, said: Said) -> str:
    """An argument after the thing, by a form that leaves no doubt which one it is."""
    names, label = words_of(argument.name), label_of(argument.name)
    if isinstance(said.value, bool):
        return f"{'with' if said.value else 'without'} {label}"
    if isinstance(said.value, str) and (_DATE.fullmatch(said.value) or _TIME.fullmatch(said.value)):
        return f"{'on' if _DATE.fullmatch(said.value) else 'at'} {said.text}"
    if "party" in names or "group" in names:
        return f"for {said.text} {'person' if said.value in (1, '1') else 'people'}"
    unit = " ".join(names[2:] if names[:2] == ("number", "of") else names)
    if unit and (unit != " ".join(names) or (unit.endswith("s") and isinstance(said.value, int))):
        return f"for {said.text} {unit.removesuffix('s') if said.value in (1, '1') else unit}"
    return rng.choice(("with {label} {text}", "with the {label} {text}", "with {text} as the {label}")).format(
        label=label, text=said.text
    )


def _taken(tool: Tool, given: Mapping[str, Any], value: Any, before: Sequence[str]) -> tuple[int, list[str]] | None:
    """The record of the result that the call goes on with, and the required arguments that are its fields."""
    wanted = [
        name
        for name in tool.parameters.get("required", ())
        if name in given and not any(stands_in(given[name], text) for text in before)
    ]
    names = [name for name in wanted if _is_open(tool, name, given[name])]
    records = value if isinstance(value, list) else []
    for place, record in enumerate(records[: len(RECORDS)]):
        if isinstance(record, dict):
            same = [name for name in wanted if name in record and str(record[name]) == str(given[name])]
            if any(name in same for name in names):
                return place, same
    return None


def _is_open(tool: Tool, name: str, value: Any) -> bool:
    """Whether the value could be any: one of a few would be there by chance."""
    schema = tool.parameters.get("properties", {}).get(name, {})
    return isinstance(value, str) and not any(keyword in schema for keyword in ("enum", "const", "default"))


def _argument(tool: Tool, name: str) -> Argument:
    required = name in tool.parameters.get("required", ())
    schema = tool.parameters.get("properties", {}).get(name, {})
    return argument_of(name, schema, required=required, root=tool.parameters)


def said_of(rng: Random, argument: Argument, value: Any) -> Said:
    """A value that the row has, and what is said for it. Raises UnsayableError."""
    if isinstance(value, bool):
        return Said(value, "yes" if value else "no")
    if isinstance(value, int | float):
        return Said(value, number_text(rng, value))
    if not isinstance(value, str) or not value.strip() or "\n" in value or len(value) > LONGEST:
        raise UnsayableError("no_words")
    if "enum" in argument.schema:
        return Said(value, words_for(value))
    if _DATE.fullmatch(value):
        try:
            return Said(value, date_text(rng, date.fromisoformat(value), Calendar()))
        except ValueError:
            raise UnsayableError("no_words") from None
    if (clock := _TIME.fullmatch(value)) is not None:
        return Said(value, time_text(rng, int(clock[1]), int(clock[2])))
    return Said(value, value, copied=True)


def _joined(rng: Random, asked: str, more: str) -> str:
    asked = asked.strip()
    mark = asked[-1:] if asked[-1:] in "?!" else ""
    joint = rng.choice([joint for joint in JOINTS if not mark or joint[0] == "."])
    return asked.rstrip(".!?;, ") + (mark + joint[1:] if mark else joint).format(more) + "."
