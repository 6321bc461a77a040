"""Completions read through the tokenizer's own `response_template` (transformers), without its leniency.

In: a completion, the prompt in front of it, and, for formats that write arguments without types, the tools. Out:
Message or ParseFailure. transformers accepts an unclosed call, and turns "7" into 7 when given the tools: the first is
found here by counting markers, the second is done only for templates that cannot tell the two apart in writing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from calltune.render.parse import Message, ParseFailure, ToolCall


def read_response(
    tokenizer: Any,
    text: str,
    prompt: str,
    *,
    tools: Sequence[Mapping[str, Any]] = (),
    stops: Sequence[str] = (),
) -> Message | ParseFailure:
    """What `text` says by `tokenizer.response_template`; `stops` are the texts that end a turn."""
    opened, closed = _marker_counts(tokenizer.response_template, text)
    if opened > closed:
        # Where the token that closes a call also ends the turn, it was taken off with the stop token.
        end = next((stop for stop in stops if _marker_counts(tokenizer.response_template, stop)[1]), "")
        if not end or opened > closed + 1:
            return ParseFailure(kind="truncated", message="The completion ends inside a call.", text=text)
        return read_response(tokenizer, text + end, prompt, tools=tools)
    try:
        read = tokenizer.parse_response(text, prefix=prompt, tools=list(tools) if tools else None)
    except Exception as error:  # the template's own parsers raise whatever they like on broken text
        return ParseFailure(kind="malformed", message=f"The completion cannot be read: {error}", text=text)
    calls = read.get("tool_calls") or []
    if opened and not calls:
        return ParseFailure(kind="malformed", message="A call marker is written but no call can be read.", text=text)
    found = []
    for call in calls:
        function = call.get("function", call) if isinstance(call, Mapping) else {}
        name, arguments = function.get("name"), function.get("arguments")
        if not isinstance(name, str) or not name:
            return ParseFailure(kind="malformed", message="A call has no name.", text=text)
        if isinstance(arguments, str):
            return ParseFailure(kind="malformed", message=f"The arguments of {name} cannot be read.", text=text)
        arguments = {} if arguments is None else arguments
        found.append(ToolCall(name=name, arguments=arguments, arguments_text=json.dumps(arguments, ensure_ascii=False)))
    reasoning = read.get("reasoning_content") or read.get("thinking")
    content = read.get("content")
    return Message(
        text=content.strip() if isinstance(content, str) else "",
        reasoning=(reasoning.strip() or None) if isinstance(reasoning, str) else None,
        calls=tuple(found),
    )


def _marker_counts(response_template: Any, text: str) -> tuple[int, int]:
    """How often calls are opened and closed, where the template says how."""
    field = response_template.get("fields", {}).get("tool_calls", {}) if isinstance(response_template, Mapping) else {}
    opening, closing = _pattern(field, "open"), _pattern(field, "close")
    if not opening or not closing:
        return 0, 0
    return len(re.findall(opening, text)), len(re.findall(closing, text))


def _pattern(field: Mapping[str, Any], edge: str) -> str:
    """The regular expression of a field's edge, given as one, as a text or as several texts."""
    pattern, fixed = field.get(f"{edge}_pattern"), field.get(edge)
    if isinstance(pattern, str):
        return f"(?:{pattern})"
    return "|".join(re.escape(text) for text in ([fixed] if isinstance(fixed, str) else fixed or ()))
