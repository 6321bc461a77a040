"""Kind `missing`: a required value is taken out of what the user says; the assistant asks for it, in the guard's words;
the user gives it; the call follows. Sometimes the row ends with the question.

It applies where the value stands once in the user's message before the call, can be cut out of the sentence, and can be
learned from nowhere else in the row. Learned are the question and the call."""

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
    name_of,
    says_english,
    unlearned,
    user,
    with_messages,
)
from calltune.data.conversation import Conversation

STOPS = 0.3
"""Share of the rows that end with the question."""
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
        name, cut = found
        left = {key: value for key, value in arguments_of(call).items() if key != name}
        question = context.texts.question(row.toolset(), [(name_of(call), left)])
        if not question or stands_in(arguments_of(call)[name], question):
            continue
        messages = [*unlearned(row.messages[: index - 1]), user(cut.text), assistant(question)]
        if rng.random() >= STOPS:
            answer = (
                cut.phrase if rng.random() < 0.2 and cut.phrase != cut.said else rng.choice(ANSWERS).format(cut.said)
            )
            messages += [user(answer), row.messages[index]]
        return with_messages(row, messages)
    return None


def _can_ask(messages: tuple[Message, ...], index: int) -> bool:
    """One call, right after a user who was not answering a question."""
    if index == 0 or messages[index - 1]["role"] != "user" or len(messages[index]["tool_calls"]) != 1:
        return False
    before = messages[index - 2] if index > 1 else {"role": "system", "content": ""}
    return before["role"] != "assistant" or "?" not in before["content"]


def _removable(rng: Random, row: Conversation, index: int) -> tuple[str, Cut] | None:
    """A required argument and the user's message without its value."""
    call = row.messages[index]["tool_calls"][0]
    tool = row.toolset().get(name_of(call))
    arguments = arguments_of(call)
    said = row.messages[index - 1]["content"]
    earlier = [message["content"] for message in row.messages[: index - 1]]
    names = list(_required(tool)) if tool else []
    rng.shuffle(names)
    for name in names:
        value = arguments.get(name)
        cut = cut_out(said, value)
        if cut is None or hinted_in(value, [cut.text, *earlier]):
            continue
        others = [other for key, other in arguments.items() if key != name]
        if not any(_needs(other, cut, said) for other in others):
            return name, cut
    return None


def _required(tool: Tool) -> list[str]:
    properties = tool.parameters.get("properties", {})
    return [name for name in tool.parameters.get("required", ()) if "default" not in properties.get(name, {})]


def _needs(value: Any, cut: Cut, said: str) -> bool:
    """Whether the words that were cut also say another argument, or part of it."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return any(_needs(item, cut, said) for item in inner)
    return stands_in(value, cut.phrase) or (stands_in(value, said) and not stands_in(value, cut.text))
