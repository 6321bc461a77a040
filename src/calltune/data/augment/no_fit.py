"""Kind `no_fit`: the tool that the user needs is not offered, and the assistant says so.

The row is the user's first message. Gone are all tools that the row calls, and all that might do the same: that share a
word of their name, or a third of the words of name and description, with one of them, or a word with what the user
says. Where nothing is left, tools of the pool that are unlike are offered instead. Learned is the reply."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from calltune.contract import Tool
from calltune.data.augment.context import Context
from calltune.data.augment.naming import parts_of
from calltune.data.augment.similar import may_be_meant, may_do_the_same, words_of
from calltune.data.augment.turns import (
    assistant,
    calls_in,
    name_of,
    says_english,
    with_messages,
    with_tools,
)
from calltune.data.conversation import Conversation

NAMED = 3
"""Tools that the reply names at most."""
LONGEST_OFFER = 70
"""Characters of what it says about one."""
_END = re.compile(r"(?<!\be\.g)(?<!\bi\.e)(?<!\betc)(\.(?=\s|$)|[;:!?\n])", re.IGNORECASE)
"""Where a first sentence ends: not in "e.g. Oslo", nor in "3.5"."""
PLAIN = (
    "I'm sorry, none of my functions can do that.",
    "I can't do that: I have no function for it.",
    "Sorry, there is no function for that here.",
    "That is not something I can do with the functions I have.",
    "I'm afraid I have no function that could help with that.",
)
OFFERING = (
    " I can help with: {}.",
    " What I can do: {}.",
    " These are the things I can do: {}.",
    " My functions are for: {}.",
)


def no_fit(rng: Random, row: Conversation, context: Context) -> Conversation | None:
    """The user's request with tools of which none can do it."""
    messages, toolset = row.messages, row.toolset()
    start = 1 if messages[0]["role"] == "system" else 0
    called = [toolset[name] for name in dict.fromkeys(map(name_of, calls_in(messages))) if name in toolset]
    if not called or len(messages) < start + 2 or messages[start]["role"] != "user" or not says_english(row):
        return None
    request, answer = messages[start]["content"], messages[start + 1]
    said = words_of(request)
    if not answer.get("tool_calls") and not may_be_meant(called[0], said):
        return None  # perhaps a greeting: nothing says that this message asks for the call that comes later
    left = [tool for tool in toolset if _unfit(tool, called, said)]
    if not left:
        unlike = [tool for tool in context.pool if tool.name not in toolset and _unfit(tool, called, said)]
        left = rng.sample(unlike, min(len(unlike), rng.randint(2, 5)))
    made = with_tools(row, [tool.to_openai() for tool in left]) if left else None
    if made is None:
        return None
    reply = rng.choice(PLAIN)
    if rng.random() < 0.6:
        reply += rng.choice(OFFERING).format("; ".join(map(what_it_does, left[:NAMED])))
    return with_messages(made, [*messages[:start], messages[start], assistant(reply)])


def _unfit(tool: Tool, called: Sequence[Tool], said: frozenset[str]) -> bool:
    return not may_be_meant(tool, said) and not any(may_do_the_same(tool, other) for other in called)


def what_it_does(tool: Tool) -> str:
    """The first sentence of its description, or its name as words where that is long, a question or not there."""
    said, *end = _END.split(tool.description.strip(), maxsplit=1)
    if not 0 < len(said.strip()) <= LONGEST_OFFER or end[:1] == ["?"] or said.count("(") != said.count(")"):
        said = " ".join(parts_of(tool.name))
    said = said.strip()
    return said if said[1:2].isupper() else said[:1].lower() + said[1:]
