"""Kind `missing`: a required value is taken out of what the user says; the assistant asks for it, in the guard's words;
the user gives it; the call follows. Sometimes the row ends with the question.

It applies where the value stands once in one message of the user, can be cut out of its sentence, and can be learned
from nowhere else before the call. Learned are the question and the call."""

from __future__ import annotations

from random import Random
from typing import Any

from calltune.contract import Tool
from calltune.data.augment.context import Context
from calltune.data.augment.mention import Cut, cut_out, hinted_in, stands_in
from calltune.data.augment.turns import (
    Message,
    arguments_of,
    assistant,
    call_turns,
    calls_in,
    name_of,
    says_english,
    unlearned,
    user,
    with_messages,
)
from calltune.data.conversation import Conversation

STOPS = 0.3
"""Share of the rows that end with the question."""
MOST_SEARCHED = 20
"""Messages of the user before the call, the last ones."""
ANSWERS = ("{}", "{}", "{}", "{}.", "{}, please", "It's {}.", "Sorry, {}.")
"""How the user gives the value."""


def missing(rng: Random, row: Conversation, context: Context) -> Conversation | None:
    """The row up to one of its calls, one value of which the user did not say at first."""
    if not says_english(row):
        return None
    turns = [index for index in call_turns(row) if _can_ask(row.messages, index)]
    rng.shuffle(turns)
    for index in turns:
        call = row.messages[index]["tool_calls"][0]
        found = _removable(rng, row, index)
        if found is None:
            continue
        name, place, cut = found
        left = {key: value for key, value in arguments_of(call).items() if key != name}
        question = context.texts.question(row.toolset(), [(name_of(call), left)])
        if not question or stands_in(arguments_of(call)[name], question):
            continue
        shorter = {**row.messages[place], "content": cut.text}
        messages = unlearned([*row.messages[:place], shorter, *row.messages[place + 1 : index]])
        messages.append(assistant(question))
        if rng.random() >= STOPS:
            with_more = rng.random() < 0.2 and cut.phrase != cut.said
            answer = cut.phrase if with_more else rng.choice(ANSWERS).format(cut.said)
            messages += [user(answer), row.messages[index]]
        return with_messages(row, messages)
    return None


def _can_ask(messages: tuple[Message, ...], index: int) -> bool:
    """One call, right after what a user says."""
    return index > 0 and messages[index - 1]["role"] == "user" and len(messages[index]["tool_calls"]) == 1


def _removable(rng: Random, row: Conversation, index: int) -> tuple[str, int, Cut] | None:
    """A required argument, the place of the message that says it, and that message without it."""
    call = row.messages[index]["tool_calls"][0]
    tool = row.toolset().get(name_of(call))
    arguments = arguments_of(call)
    before = row.messages[:index]
    asked = [place for place in range(index) if before[place]["role"] == "user" and not _answers(before, place)]
    given = {name for one in calls_in(before) for name in arguments_of(one)}  # a value that may be carried over
    names = [name for name in _required(tool) if name not in given] if tool else []
    rng.shuffle(names)
    for name in names:
        value = arguments.get(name)
        others = [other for key, other in arguments.items() if key != name]
        for place in asked[-MOST_SEARCHED:]:
            said = before[place]["content"]
            cut = cut_out(said, value)
            if cut is None or any(_needs(other, cut, said) for other in others):
                continue
            elsewhere = [message["content"] for number, message in enumerate(before) if number != place]
            told = [str(arguments_of(one)) for one in calls_in(before)]
            if not hinted_in(value, [cut.text, *elsewhere, *told]):
                return name, place, cut
    return None


def _answers(messages: tuple[Message, ...], place: int) -> bool:
    """Whether the message answers a question: without its value it would not."""
    return place > 0 and messages[place - 1]["role"] == "assistant" and "?" in messages[place - 1]["content"]


def _required(tool: Tool) -> list[str]:
    properties = tool.parameters.get("properties", {})
    return [name for name in tool.parameters.get("required", ()) if "default" not in properties.get(name, {})]


def _needs(value: Any, cut: Cut, said: str) -> bool:
    """Whether the words that were cut also say another argument, or part of it."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return any(_needs(item, cut, said) for item in inner)
    return stands_in(value, cut.phrase) or (stands_in(value, said) and not stands_in(value, cut.text))
