"""Glaive v2 rows. In: `system` (prompt and functions as text) and `chat` (one text with USER:, ASSISTANT: and FUNCTION
RESPONSE: at the beginning of lines, calls as `<functioncall>`). Out: one row. A chat whose turns cannot be told apart
(an end mark in a user's turn) is refused, not guessed."""

from __future__ import annotations

import re

from calltune.contract import parse_json
from calltune.data.formats.calls import read_call, split_reasoning
from calltune.data.formats.reading import MARK, Evidence, Notes, Record, Refused, Row, new_row, note
from calltune.data.formats.schemas import Tools, read_tool_text, read_tools
from calltune.data.formats.transcript import Call, Transcript

END = "<|endoftext|>"
TAG = "<functioncall>"
_TURN = re.compile(r"^(USER|ASSISTANT|FUNCTION RESPONSE):[ ]?", re.MULTILINE)
_LEAD_IN = "with access to the following functions. Use them if required -"


def detect(record: Record) -> Evidence | None:
    """The columns `system` and `chat`, and turns in capitals."""
    chat = record.get("chat")
    if isinstance(chat, str) and _TURN.search(chat):
        return Evidence(MARK, "the columns 'system' and 'chat' with USER: and ASSISTANT:")
    return None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    chat, system = record.get("chat"), record.get("system") or ""
    if not isinstance(chat, str) or not isinstance(system, str):
        raise Refused("no turns", "'chat' and 'system' must be text.")
    prompt, tools = _system(system.strip().removeprefix("SYSTEM:").strip(), notes)
    talk = Transcript(notes, tools.renamed)
    talk.system(prompt)
    turns = list(_TURN.finditer(chat))
    if not turns or chat[: turns[0].start()].strip():
        raise Refused("no turns", "'chat' does not begin with USER: or ASSISTANT:.")
    ends = [turn.start() for turn in turns[1:]] + [len(chat)]
    for turn, end in zip(turns, ends, strict=True):
        _say(talk, turn[1], chat[turn.end() : end].strip())
    return [new_row(record, {"chat", "system"}, talk.messages, tools.listed)]


def _say(talk: Transcript, who: str, text: str) -> None:
    if who == "ASSISTANT":
        text = text.removesuffix(END).rstrip()
    if END in text:
        raise Refused("mixed turns", f"{END} stands inside a turn: where it ends cannot be told.")
    if who == "USER":
        talk.user(text)
    elif who == "FUNCTION RESPONSE":
        talk.result(text)
    else:
        reasoning, text = split_reasoning(text)
        words, *calls = text.split(TAG)
        talk.assistant(words.strip(), [_call(call.strip()) for call in calls], reasoning)


def _call(text: str) -> Call:
    """`{"name": "f", "arguments": '{"a": 1}'}`: JSON but for the quotes around the arguments."""
    text = text.removesuffix("</functioncall>").strip()
    value, problems = parse_json(text)
    if not problems:
        return read_call(value)
    head, mark, rest = text.partition('"arguments":')
    inside = rest.strip().removesuffix("}").strip()
    name, faults = parse_json(head.strip().removesuffix(",") + "}")
    if not mark or faults or len(inside) < 2 or inside[0] != "'" or inside[-1] != "'":
        raise Refused("unreadable call", f"the call cannot be read: {problems[0].message}")
    inside = inside[1:-1]
    arguments, problems = parse_json(inside)
    if problems and "\\'" in inside:  # an apostrophe inside the quotes around the arguments
        arguments, problems = parse_json(inside.replace("\\'", "'"))
    if problems:
        raise Refused("unreadable call", f"the arguments cannot be read: {problems[0].message}")
    return read_call({**name, "arguments": arguments} if isinstance(name, dict) else name)


def _system(text: str, notes: Notes) -> tuple[str, Tools]:
    """The prompt without the functions, and the functions."""
    start = text.find("{")
    if start < 0:
        return text, Tools([])
    tools = read_tools(read_tool_text(text[start:]), notes)
    prompt = text[:start].strip()
    if prompt.endswith(_LEAD_IN):
        prompt = prompt[: -len(_LEAD_IN)].rstrip() + "."
    note(notes, "system prompt", "the functions and the words that announce them are taken out: templates write them.")
    return prompt, tools
