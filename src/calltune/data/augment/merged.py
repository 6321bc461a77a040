"""Kind `merged`: two tasks of different rows over the same tools. In: the first task of a row, up to its first calls
and their answer. Out: one message of the user with both requests, and all calls side by side, where both tasks are a
request and its calls; or one task after the other. Learned is all of it.

Not merged are rows in which a call names the result of another (`$var1.id$`): beside other calls it would name another
one. `sequence` makes steps of them."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

from calltune.data.augment.context import Context
from calltune.data.augment.plans import refers
from calltune.data.augment.turns import (
    Message,
    arguments_of,
    call_turns,
    calls_in,
    name_of,
    says_english,
    with_messages,
)
from calltune.data.conversation import Conversation

JOINTS = (". Also, {}", ", and {}", ". {}", "\n{}", ". And {}", "; {}", ". Besides that, {}")
MOST_CALLS = 4
LONGEST_TASK = 12
"""Messages up to the calls; a longer talk is not put before another."""
LONGEST = 400
"""Characters of a request; longer ones are no requests that people put into one message."""
_GREETING = re.compile(r"\A(?:(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there)?[,.!]+\s+)", re.IGNORECASE)
"""Nobody says hello in the middle of a message."""
_OPENERS = frozenset({
    "add", "book", "buy", "calculate", "can", "cancel", "check", "compute", "convert", "could", "create", "delete",
    "do", "does", "find", "for", "get", "give", "go", "how", "i'd", "in", "is", "let", "list", "look", "make",
    "may", "new", "order", "play", "please", "put", "rate", "read", "reserve", "schedule", "search", "send", "set",
    "show", "start", "tell", "turn", "update", "what", "what's", "when", "where", "which", "who", "will", "would",
})  # fmt: skip
"""First words that may be written small; any other may be a name."""


def first_task(row: Conversation) -> Conversation | None:
    """The row up to its first calls, their results and the answer, where that much can be merged; None otherwise."""
    turns = call_turns(row)
    end = turns[0] + 1 if turns else 0
    roles = [message["role"] for message in row.messages]
    if (
        not turns
        or refers(row)
        or roles[0] != "user"
        or end > LONGEST_TASK
        or len(row.messages[0]["content"]) > LONGEST
    ):
        return None
    while end < len(roles) and roles[end] == "tool":
        end += 1
    answered = roles[end : end + 1] == ["assistant"] and not row.messages[end].get("tool_calls")
    return with_messages(row, row.messages[: end + 1 if answered else turns[0] + 1])


def merged(rng: Random, row: Conversation, context: Context) -> Conversation | None:
    """The first task of the row and that of a partner in one."""
    task = first_task(row)
    partners = () if task is None or row.offer is None else context.partners.get(row.offer.digest, ())
    if not partners:
        return None
    assert task is not None
    other = partners[rng.randrange(len(partners))]
    if _said_twice(task, other):
        return None
    at_once = all(call_turns(one)[:1] == [1] for one in (task, other))  # not a call that is wrong on purpose
    answered = not task.messages[-1].get("tool_calls")
    if answered and (not at_once or rng.random() < 0.3):
        return with_messages(task, [*task.messages, *other.messages])
    return with_messages(task, _in_parallel(rng, task, other)) if at_once else None


def _said_twice(row: Conversation, other: Conversation) -> bool:
    """The same request, the same call, or more calls than people ask for at once."""
    calls = [
        json.dumps([name_of(call), arguments_of(call)], sort_keys=True)
        for one in (row, other)
        for call in calls_in(one.messages)
    ]
    same_words = row.messages[0]["content"].casefold() == other.messages[0]["content"].casefold()
    return same_words or len(set(calls)) < len(calls) or len(calls) > MOST_CALLS


def _in_parallel(rng: Random, row: Conversation, other: Conversation) -> list[Message]:
    text = _joined(rng, row, other)
    calls = [dict(call) for one in (row, other) for call in one.messages[1]["tool_calls"]]
    results = [_results(one) for one in (row, other)]
    ids = [f"call_{number}" for number in range(len(calls))]
    turn: dict[str, Any] = {**row.messages[1], "content": "", "tool_calls": []}
    turn["tool_calls"] = [{**call, "id": name} for call, name in zip(calls, ids, strict=True)]
    turn.pop("reasoning_content", None)
    messages = [{**row.messages[0], "content": text}, turn]
    if all(results):
        said = [content for contents, _ in filter(None, results) for content in contents]
        messages += [
            {"role": "tool", "tool_call_id": name, "content": content} for name, content in zip(ids, said, strict=True)
        ]
        messages.append({"role": "assistant", "content": " ".join(answer for _, answer in filter(None, results))})
    return messages


def _results(row: Conversation) -> tuple[list[str], str] | None:
    """The results of the calls in their order and the answer, where that is all that follows."""
    calls = row.messages[1]["tool_calls"]
    after = row.messages[2:]
    if len(after) != len(calls) + 1 or after[-1]["role"] != "assistant" or after[-1].get("tool_calls"):
        return None
    contents = {message.get("tool_call_id"): message["content"] for message in after[:-1]}
    if set(contents) != {call["id"] for call in calls} or len(contents) < len(calls):
        return None
    return [contents[call["id"]] for call in calls], after[-1]["content"]


def _joined(rng: Random, row: Conversation, other: Conversation) -> str:
    first, second = (one.messages[0]["content"].strip() for one in (row, other))
    if not (says_english(row) and says_english(other)):
        return f"{first}\n{second}"
    second = _GREETING.sub("", second) or second
    joint = rng.choice(JOINTS)
    mark = first[-1:] if first[-1:] in "?!" else ""
    if mark and joint[0] in ",;":  # "Is it cold?, and"
        joint = JOINTS[0]
    if not joint.startswith("\n"):
        first = first.rstrip(".!?; ")
    word = re.match(r"[^\W\d_]+(?:'[a-z]+)?", second)
    small = joint[0] in ",;" or joint.split("{")[0].rstrip().endswith((",", "And"))
    if small and word and word[0].lower() in _OPENERS and not word[0].startswith("I"):
        second = second[0].lower() + second[1:]
    joint = mark + joint[1:] if mark and not joint.startswith("\n") else joint
    return f"{first}{joint.format(second)}"
