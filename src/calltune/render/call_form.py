"""How a chat template writes calls, found out by rendering some: what stands before a name, between a name and its
arguments, between two calls, after the last.

In: a template in use. Out: a `CallForm`, or None where its calls are no name and one JSON object. `generate.grammar`
makes a grammar of it. (The idea of comparing renderings is that of llama.cpp's docs/autoparser.md.)"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calltune.errors import TemplateError
from calltune.render.chat import Chat

CALL_ID = "\ue000"
"""Stands in the texts of a form where each call has an id of its own."""

_NAMES = ("probe_one", "probe_two")
_ARGUMENTS = {"a": 1, "b": ["x", {"c": True}]}
_SEPARATORS = ((", ", ": "), (",", ":"), (",", ": "), (", ", ":"))


@dataclass(frozen=True, kw_only=True)
class CallForm:
    """The texts around calls, special tokens by their names. A turn of two calls is `first`, a name, `middle`,
    arguments, `between`, a name, `middle`, arguments, `last`."""

    first: str
    middle: str
    between: str
    last: str
    separators: tuple[str, str]
    """What stands between two members and after a key, in the JSON of the arguments."""
    thinks: bool
    """Whether a thought may stand before the answer."""
    thought_is_open: bool
    """Whether the prompt has begun it already."""


def call_form(chat: Chat) -> CallForm | None:
    """The form of a template's calls; None where none of the known separators fits or two probes disagree."""
    try:
        one, two = _target(chat, _NAMES[:1]), _target(chat, _NAMES)
        empty = _target(chat, _NAMES[:1], {})
    except TemplateError:
        return None
    for separators in _SEPARATORS:
        arguments = json.dumps(_ARGUMENTS, separators=separators)
        parts = re.split(f"{'|'.join(_NAMES)}|{re.escape(arguments)}", two)
        if len(parts) != 5:
            continue
        first, middle, between, middle_again, last = parts
        alone = f"{first}{_NAMES[0]}{middle}{arguments}{last}"
        without = f"{first}{_NAMES[0]}{middle}{{}}{last}"
        if middle != middle_again or one != alone or empty != without:
            return None
        prompt = chat.text([{"role": "user", "content": "Hi"}], [])
        return CallForm(
            first=first,
            middle=middle,
            between=between,
            last=last,
            separators=separators,
            thinks=chat.thinking != "off" and "<think>" in chat.format.template,
            thought_is_open=prompt.rstrip().endswith("<think>"),
        )
    return None


def _target(chat: Chat, names: Sequence[str], arguments: Mapping[str, Any] = _ARGUMENTS) -> str:
    """What a model writes to call these, without the stop token and an empty thought."""
    calls = [{"id": f"id{name}", "function": {"name": name, "arguments": arguments}} for name in names]
    turn = {"role": "assistant", "content": "", "tool_calls": calls}
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Hi"}, turn]
    tools = [{"type": "function", "function": {"name": name, "description": "", "parameters": {}}} for name in _NAMES]
    target = chat.turn(messages, 1, tools).target
    for stop in chat.stop_texts:
        target = target.removesuffix(stop)
    target = re.sub(r"call\d{5}", CALL_ID, target)
    return re.sub(r"\A\s*(?:<think>)?\s*</think>\s*", "", target)
