"""How a chat template writes calls, found out by rendering some: what stands before a name, between a name and its
arguments, around each argument, between two calls, after the last.

In: a template in use. Out: a `CallForm`, or None where its calls are neither a name and one JSON object, nor a name and
arguments in tags of their own, nor a name and an object with bare keys (Gemma 4). `generate.grammar` makes a grammar of
it. (The idea of comparing renderings is that of llama.cpp's docs/autoparser.md.)"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import commonprefix
from typing import Any

from calltune.errors import TemplateError
from calltune.render.chat import Chat

CALL_ID = "\ue000"
"""Stands in the texts of a form where each call has an id of its own."""

_NAMES = ("probe_one", "probe_two")
_ARGUMENTS = {"a": 1, "b": ["x", {"c": True}]}
_SEPARATORS = ((", ", ": "), (",", ":"), (",", ": "), (", ", ":"))


@dataclass(frozen=True, kw_only=True)
class Tags:
    """How arguments are written one by one: texts as they are, everything else as JSON."""

    open: str
    """Before the name of an argument."""
    middle: str
    """Between its name and its value."""
    close: str
    """After the value."""
    true: str
    """How true is written: `true`, or `True` as Python does."""
    false: str
    null: str


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
    tags: Tags | None = None
    """How arguments are written one by one; None: they are one object."""
    quote: str | None = None
    """What stands around texts in an object whose keys are bare and sorted; None: it is JSON."""
    thought: tuple[str, str] = ("<think>", "</think>")
    """What stands around a thought."""
    text_after: bool = False
    """Whether text beside calls is written after them."""


def call_form(chat: Chat) -> CallForm | None:
    """The form of a template's calls; None where it is none of those known, or two probes disagree."""
    try:
        return _one_object(chat) or _in_tags(chat) or _with_bare_keys(chat)
    except TemplateError:
        return None


def _one_object(chat: Chat) -> CallForm | None:
    one, two = _target(chat, _NAMES[:1]), _target(chat, _NAMES)
    empty = _target(chat, _NAMES[:1], {})
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
        return _form(chat, first=first, middle=middle, between=between, last=last, separators=separators)
    return None


def _in_tags(chat: Chat) -> CallForm | None:
    texts = {"probe_key": "probe value", "other_key": "other value"}
    words = "|".join([*_NAMES, *texts, *texts.values()])
    one, two = _target(chat, _NAMES[:1], texts), _target(chat, _NAMES, texts)
    parts, empty = re.split(words, one), _target(chat, _NAMES[:1], {}).split(_NAMES[0])
    if len(parts) != 6 or len(empty) != 2 or parts[2] != parts[4] or parts[0] != empty[0]:
        return None
    first, before, middle, inside, _, after = parts
    opening = _common_end(before, inside)
    head, close = before.removesuffix(opening), inside.removesuffix(opening)
    if not opening or not close or not after.startswith(close) or empty[1] != head + after.removeprefix(close):
        return None
    last = after.removeprefix(close)
    body = one.removeprefix(first + _NAMES[0]).removesuffix(last)
    between = two.removeprefix(first + _NAMES[0] + body).removesuffix(_NAMES[1] + body + last)
    values = _target(chat, _NAMES[:1], {"t": True, "f": False, "n": None, "o": {"a": [1, 2]}})
    written = [values.partition(f"{opening}{key}{middle}")[2].partition(close)[0] for key in "tfno"]
    separators = next((pair for pair in _SEPARATORS if json.dumps({"a": [1, 2]}, separators=pair) == written[3]), None)
    if separators is None or two != f"{first}{_NAMES[0]}{body}{between}{_NAMES[1]}{body}{last}":
        return None
    tags = Tags(open=opening, middle=middle, close=close, true=written[0], false=written[1], null=written[2])
    return _form(chat, first=first, middle=head, between=between, last=last, separators=separators, tags=tags)


BARE = re.compile(r"\w+")
"""Keys and names that are read where they stand bare."""


def bare_order(key: str) -> str:
    """By what Jinja's `dictsort` sorts."""
    return key.lower()


def in_dialect(value: Any, quote: str) -> str:
    """A value with bare, sorted keys and texts between quotes of their own."""
    if isinstance(value, Mapping):
        members = (f"{key}:{in_dialect(value[key], quote)}" for key in sorted(value, key=bare_order))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(in_dialect(item, quote) for item in value)}]"
    return f"{quote}{value}{quote}" if isinstance(value, str) else json.dumps(value)


def _with_bare_keys(chat: Chat) -> CallForm | None:
    one = _target(chat, _NAMES[:1], {"probe_key": "probe value"})
    parts = re.split(f"{_NAMES[0]}|probe_key|probe value", one)
    if len(parts) != 4 or parts[1] != "{" or not parts[2].startswith(":"):
        return None
    first, quote = parts[0], parts[2][1:]
    if quote not in chat.encoder.added.values() or not parts[3].startswith(quote + "}"):
        return None
    last = parts[3].removeprefix(quote + "}")
    value = {"b": ["x", {"c": True, "D": None, "a": 1.5}, {}, []], "A": "y"}
    body, two = in_dialect(value, quote), _target(chat, _NAMES, value)
    between = two.removeprefix(f"{first}{_NAMES[0]}{body}").removesuffix(f"{_NAMES[1]}{body}{last}")
    if two != f"{first}{_NAMES[0]}{body}{between}{_NAMES[1]}{body}{last}":
        return None
    beside = _target(chat, _NAMES[:1], {}, content="probe text", reasoning_content="probe thought")
    opening, _, rest = beside.partition("probe thought")
    calls = f"{first}{_NAMES[0]}{{}}{last}"
    if beside.replace("probe text", "").count(calls) != 1:
        return None
    thought = (opening, rest.partition(calls)[0].partition("probe text")[0].strip())
    thinks = chat.thinking != "off" and all(thought)
    after = beside.endswith("probe text")
    form = _form(chat, first=first, middle="", between=between, last=last, separators=(",", ":"), quote=quote)
    return replace(form, thinks=thinks, thought=thought if all(thought) else form.thought, text_after=after)


def _form(chat: Chat, **texts: Any) -> CallForm:
    prompt = chat.text([{"role": "user", "content": "Hi"}], [])
    thinks = chat.thinking != "off" and "<think>" in chat.format.template
    return CallForm(thinks=thinks, thought_is_open=prompt.rstrip().endswith("<think>"), **texts)


def _common_end(one: str, other: str) -> str:
    return commonprefix([one[::-1], other[::-1]])[::-1]  # noqa: RUF071 - strings, not paths


def _target(chat: Chat, names: Sequence[str], arguments: Mapping[str, Any] = _ARGUMENTS, **beside: str) -> str:
    """What a model writes to call these, without the stop token and an empty thought."""
    calls = [{"id": f"id{name}", "function": {"name": name, "arguments": arguments}} for name in names]
    turn = {"role": "assistant", "content": "", "tool_calls": calls, **beside}
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Hi"}, turn]
    tools = [{"type": "function", "function": {"name": name, "description": "", "parameters": {}}} for name in _NAMES]
    target = chat.turn(messages, 1, tools).target
    for stop in chat.stop_texts:
        target = target.removesuffix(stop)
    target = re.sub(r"call\d{5}", CALL_ID, target)
    return re.sub(r"\A\s*(?:<think>)?\s*</think>\s*", "", target)
