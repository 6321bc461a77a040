"""What each turn of the assistant does, told by the structure of the conversation. In: the messages of a row. Out: one
kind for each assistant message. Only `refuse` looks at words, and only at English, German, French, Spanish, Chinese
ones: a count for people to doubt, not a label to train on.

    recovery   comes after results of which one says that the tool failed
    call       calls tools (after a user, or after results that are fine)
    answer     text after results that are fine
    ask        text with a question mark after a user, and the conversation ends there or the next turn calls or asks
    refuse     text after a user in which the assistant says that it cannot
    chat       other text
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from calltune.contract import parse_json
from calltune.data.rules import is_failure

Turn = Literal["call", "recovery", "answer", "ask", "refuse", "chat"]
TURNS: tuple[Turn, ...] = ("call", "answer", "recovery", "ask", "refuse", "chat")

_QUESTION = re.compile("[?？؟]")  # noqa: RUF001
_REFUSAL = re.compile(
    r"\b(?:can(?:no|')t|can not|unable to|not able to|(?:don't|do not) have|no (?:tool|function)|not supported"
    r"|beyond my|kann (?:das |dir |ihnen |leider )*(?:nicht|keine)|nicht möglich|ne peux pas|impossible de"
    r"|no puedo|no es posible)\b|无法|不能|没有(?:能力|办法|相关)|抱歉",
    re.IGNORECASE,
)
LOOKED_AT = 2000
"""Characters of a turn in which words are looked for."""


def turns_of(messages: Sequence[dict[str, Any]]) -> list[Turn]:
    """The kind of every assistant message, in order."""
    found: list[Turn] = []
    following: Turn | None = None
    for index in range(len(messages) - 1, -1, -1):
        if messages[index]["role"] == "assistant":
            following = _turn(messages, index, following)
            found.append(following)
    return found[::-1]


def failed(content: str) -> bool:
    """Whether a result says that the tool failed."""
    value, faults = parse_json(content)
    return is_failure(content if faults else value)


def _turn(messages: Sequence[dict[str, Any]], index: int, following: Turn | None) -> Turn:
    message = messages[index]
    results = []
    before = index - 1
    while before >= 0 and messages[before]["role"] == "tool":
        results.append(messages[before]["content"])
        before -= 1
    if any(failed(content) for content in results):
        return "recovery"
    if message.get("tool_calls"):
        return "call"
    if results:
        return "answer"
    text = message["content"][-LOOKED_AT:].replace("’", "'")  # noqa: RUF001
    asks = _QUESTION.search(text) is not None
    if asks and following == "call":
        return "ask"
    if _REFUSAL.search(text):
        return "refuse"
    return "ask" if asks and following in (None, "ask") else "chat"
