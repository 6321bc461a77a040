"""Which stretch of a rendered text came from which part of the conversation.

In: rendered text and the messages it was made from. Out: regions (start, end, part), in order, for `inspect` and the
token counts. It searches for what was put in, so it works for any template; what the template adds is "other"."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import zip_longest
from os.path import commonprefix
from typing import Any

from calltune.errors import TemplateError
from calltune.render.chat import Chat
from calltune.render.offered import offered
from calltune.render.rendered import Part, Span

Region = tuple[int, int, Part]

_PART_OF_ROLE: Mapping[str, Part] = {"system": "system", "developer": "system", "user": "user", "tool": "result"}


def spans_at(regions: Sequence[Region], positions: Sequence[int], weight: float = 0.0) -> Iterator[Span]:
    """The parts that tokens at these places are of. Both are in order; of two regions at a place, the later one
    counts."""
    done = 0
    for (start, end, part), following in zip_longest(regions, regions[1:]):
        first = bisect_left(positions, start, lo=done)
        last = bisect_left(positions, min(end, following[0]) if following else end, lo=first)
        yield Span("other", weight, first - done)
        yield Span(part, weight, last - first)
        done = last
    yield Span("other", weight, len(positions) - done)


def prompt_regions(
    text: str, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]], chat: Chat
) -> list[Region]:
    """Regions of a prompt. `messages` and `tools` as `Chat.prepare` returned them."""
    regions: list[Region] = []
    schemas = _find_schemas(text, tools, chat)
    if schemas:
        regions.append(schemas)
    position = 0
    for message in messages:
        part = _PART_OF_ROLE.get(message["role"], "text")
        if message.get("reasoning_content"):
            position = _add(regions, text, message["reasoning_content"], "think", position, schemas)
        position = _add(regions, text, message["content"], part, position, schemas)
        for call in message.get("tool_calls", ()):
            position = _add_call(regions, text, call["function"]["name"], position, schemas, chat.stop_texts)
    return sorted(regions)


def target_regions(text: str, message: Mapping[str, Any]) -> list[Region]:
    """Regions of what the model writes, without the stop token: thought, text, and calls for all the rest."""
    regions: list[Region] = []
    position = 0
    rest: Part = "call" if message.get("tool_calls") else "text"
    if "</think>" in text:
        position = text.index("</think>") + len("</think>")
        position += len(text[position:]) - len(text[position:].lstrip())
        regions.append((0, position, "think"))
    start = _find(text, message["content"], position)
    if start >= 0 and message["content"].strip():
        end = start + len(message["content"].strip())
        if start > position:
            regions.append((position, start, rest if text[position:start].strip() else "other"))
        regions.append((start, end, "text"))
        position = end
    if position < len(text):
        regions.append((position, len(text), rest))
    return regions


def _find(text: str, wanted: str, position: int) -> int:
    return text.find(wanted.strip(), position) if wanted.strip() else -1


def _add(regions: list[Region], text: str, wanted: str, part: Part, position: int, schemas: Region | None) -> int:
    start = _find(text, wanted, position)
    if start >= 0 and schemas and schemas[0] <= start < schemas[1]:
        start = _find(text, wanted, schemas[1])
    if start < 0:
        return position
    end = start + len(wanted.strip())
    regions.append((start, end, part))
    return end


def _add_call(
    regions: list[Region], text: str, name: str, position: int, schemas: Region | None, stops: Sequence[str]
) -> int:
    start = text.find(name, position)
    if start >= 0 and schemas and schemas[0] <= start < schemas[1]:
        start = text.find(name, schemas[1])
    if start < 0:
        return position
    ends = [end for stop in stops if (end := text.find(stop, start)) >= 0]
    end = min(ends, default=len(text))
    regions.append((start, end, "call"))
    return start + len(name)


def _find_schemas(text: str, tools: Sequence[Mapping[str, Any]], chat: Chat) -> Region | None:
    if not tools:
        return None
    block = _schema_block(chat, offered(tools).text)
    start = text.find(block) if block else -1
    return (start, start + len(block), "schemas") if start >= 0 else None


@lru_cache(maxsize=256)
def _schema_block(chat: Chat, tools: str) -> str:
    """What the tools add to a prompt, by rendering one with and one without them."""
    for first in ({"role": "system", "content": "S"}, None):
        messages = [*([first] if first else []), {"role": "user", "content": "U"}]
        try:
            with_tools, without = chat.text(messages, json.loads(tools)), chat.text(messages, [])
        except TemplateError:
            continue
        head = _common(with_tools, without)
        tail = _common(with_tools[head:][::-1], without[head:][::-1])
        return with_tools[head : len(with_tools) - tail].strip()
    return ""


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at the start."""
    return len(commonprefix([one, other]))  # noqa: RUF071 - strings, not paths
