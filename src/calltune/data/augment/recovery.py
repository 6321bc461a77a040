"""Kind `recovery`: a call of the row, broken; what the guard says of it; the call as it should be.

Only the correction is learned: the broken call and all turns before it carry `"train": false`. A turn that the guard
would mend by itself is no such row, because at run time the model is told nothing then. A call that breaks off is
written in the format of our own template (`<tool_call>`), as the guard quotes it; a model with another format sees the
same sentence after other text."""

from __future__ import annotations

from random import Random
from typing import Any

from calltune.data.augment.breaking import break_call, cut_short
from calltune.data.augment.context import Context
from calltune.data.augment.turns import (
    Message,
    arguments_of,
    call_turns,
    name_of,
    unlearned,
    with_messages,
)
from calltune.data.conversation import Conversation

CUT_SHORT = 0.1
"""Share of the calls that break off; the guard has only one thing to say about them."""


def recovery(rng: Random, row: Conversation, context: Context) -> Conversation | None:
    """The row up to one of its calls, with a broken one and the guard's answer before it."""
    turns = call_turns(row)
    if not turns:
        return None
    index = rng.choice(turns)
    turn = row.messages[index]
    wrong = _wrong_turn(rng, row, turn, index, context)
    if wrong is None:
        return None
    return with_messages(row, [*unlearned([*row.messages[:index], *wrong]), turn])


def _wrong_turn(
    rng: Random, row: Conversation, turn: Message, index: int, context: Context
) -> list[dict[str, Any]] | None:
    """A wrong turn and what the model is told of it."""
    toolset = row.toolset()
    calls = [(name_of(call), arguments_of(call)) for call in turn["tool_calls"]]
    chosen = rng.randrange(len(calls))
    name, arguments = calls[chosen]
    if rng.random() < CUT_SHORT and len(calls) == 1:
        return context.texts.unreadable(toolset, cut_short(rng, name, arguments))
    for broken in break_call(rng, toolset, name, arguments):
        told = context.texts.rejected(toolset, [*calls[:chosen], broken, *calls[chosen + 1 :]], index)
        if told is not None:
            return told
    return None
