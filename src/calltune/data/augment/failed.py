"""Kind `failed`: the tool fails or does not answer, in the words in which the run time hands that on, and the assistant
says so. Where it is not known whether something happened, it says that. A call that only reads is sometimes made once
more; a tool with a declared substitute sometimes has its answer from that, as the guard arranges it.

Learned is what comes after the failure."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from calltune.contract import Tool, parse_json
from calltune.data.augment.context import Context
from calltune.data.augment.turns import (
    Message,
    arguments_of,
    assistant,
    call_turns,
    name_of,
    result,
    says_english,
    unlearned,
    with_messages,
)
from calltune.data.conversation import Conversation
from calltune.data.rules import is_failure

ERRORS = (
    "the service is not available at the moment",
    "the service answered with an internal error",
    "access was refused",
    "too many requests; try again later",
    "the connection was lost",
    "this request could not be processed",
    "the service is under maintenance",
)
"""What a tool may say of itself; none of them claims something about the user's request."""
FAILED = (
    "I'm sorry, that did not work: {why}.",
    "I could not do that: {why}.",
    "Unfortunately that failed: {why}. Shall I try again later?",
    "I tried, but {why}. You could try again in a while.",
)
SLOW = (
    "I'm sorry, the service gave no answer in time, so I could not do that. Shall I try again?",
    "The service did not answer in time. You could try again in a while.",
    "I got no answer, so I have nothing to tell you yet. Shall I try once more?",
)
UNKNOWN = (
    "I got no answer in time, so I do not know whether it happened. Please check before we try again.",
    "The service did not answer in time. It may or may not have gone through, so I will not try it again by myself.",
    "I'm sorry, I cannot say whether that worked: the service gave no answer. Please check first.",
)


def failed(rng: Random, row: Conversation, context: Context) -> Conversation | None:
    """The row up to one of its calls, which fails."""
    turns = [index for index in call_turns(row) if len(row.messages[index]["tool_calls"]) == 1]
    if not turns or not says_english(row):
        return None
    index = rng.choice(turns)
    call = row.messages[index]["tool_calls"][0]
    tool = row.toolset()[name_of(call)]
    before = unlearned(row.messages[: index + 1])
    made = None
    if tool.name in context.substitutes and rng.random() < 0.5:
        made = _substituted(row, index, context.substitutes[tool.name], context)
    elif tool.effect == "read" and rng.random() < 0.4:
        made = _again(row, index, tool, context)
    after = made or _told(rng, call, tool, context)
    return with_messages(row, [*before, *after])


def _told(rng: Random, call: dict[str, Any], tool: Tool, context: Context) -> list[Message]:
    """The failure and a sentence about it."""
    arguments = arguments_of(call)
    if rng.random() < 0.5:
        why = rng.choice(ERRORS)
        said = rng.choice(FAILED).format(why=why)
        return [result(call, context.texts.failed(tool, arguments, f"{why[0].upper()}{why[1:]}.")), assistant(said)]
    known = tool.effect == "read" or tool.idempotent
    said = rng.choice(SLOW if known else UNKNOWN)
    return [result(call, context.texts.timed_out(tool, arguments)), assistant(said)]


def _again(row: Conversation, index: int, tool: Tool, context: Context) -> list[Message] | None:
    """A time-out, the same call once more, and what the row has after it."""
    call = row.messages[index]["tool_calls"][0]
    again = {**row.messages[index], "tool_calls": [{**call, "id": f"{call['id'][:7]}R2"}]}
    slow = result(call, context.texts.timed_out(tool, arguments_of(call)))
    answered = answer_after(row.messages, index)
    if answered is None:
        return [slow, again]
    return [slow, again, {**answered[0], "tool_call_id": again["tool_calls"][0]["id"]}, answered[1]]


def _substituted(row: Conversation, index: int, instead: str, context: Context) -> list[Message] | None:
    """The substitute's result, which is the row's own, and the row's answer."""
    answered = answer_after(row.messages, index)
    if answered is None:
        return None
    call = row.messages[index]["tool_calls"][0]
    value, faults = parse_json(answered[0]["content"])
    content = context.texts.substituted(name_of(call), instead, answered[0]["content"] if faults else value)
    return [result(call, content), answered[1]]


def answer_after(messages: Sequence[Message], index: int) -> tuple[Message, Message] | None:
    """The good result of a call and the text after it, where the row has both."""
    after = messages[index + 1 : index + 3]
    if [message["role"] for message in after] != ["tool", "assistant"] or after[1].get("tool_calls"):
        return None
    value, faults = parse_json(after[0]["content"])
    return None if is_failure(after[0]["content"] if faults else value) else (after[0], after[1])
