"""Berkeley Function Calling Leaderboard (v4) items. In: `question` (turns of messages), `function`, and `ground_truth`
from the file of the same name in possible_answer/, which `with_answers` joins. Out: one row with the first accepted
value of each argument; one that may be left out is left out where the schema allows it. Items that run against a
simulated system (several turns, memory, web search) have no results in the file and are refused, and so are items
without an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from calltune.data.formats.reading import MARK, Evidence, Notes, Record, Refused, Row, new_row, note
from calltune.data.formats.schemas import read_tools
from calltune.data.formats.transcript import Call, Transcript

ANSWERS = "possible_answer"
MAX_ANSWERS_BYTES = 64 << 20
_OMITTED = ""
"""Among the accepted values of an argument: it may be left out."""


def detect(record: Record) -> Evidence | None:
    """`question` as a list of lists of messages."""
    question = record.get("question")
    if isinstance(question, list) and question and all(isinstance(turn, list) for turn in question) and "id" in record:
        return Evidence(MARK, "'question' as turns of messages")
    return None


def with_answers(file: Path) -> Callable[[Record], Record]:
    """Joins each item with its answer by id; where there is no such file, items stay as they are."""
    answers: dict[str, Any] = {}
    path = file.parent / ANSWERS / file.name
    if path.is_file() and path.stat().st_size <= MAX_ANSWERS_BYTES:
        for line in path.read_bytes().splitlines():
            try:
                answer = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(answer, dict) and isinstance(answer.get("id"), str):
                answers[answer["id"]] = answer.get("ground_truth")

    def join(record: Record) -> Record:
        name = record.get("id")
        return {"ground_truth": answers[name], **record} if isinstance(name, str) and name in answers else record

    return join


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    question, truth = record.get("question"), record.get("ground_truth")
    if "involved_classes" in record or not isinstance(question, list) or len(question) != 1:
        raise Refused("runs against a system", "the results of its calls are not in the file.")
    if not truth:
        raise Refused("no answer", f"there is no 'ground_truth' for it (looked for in {ANSWERS}/).")
    tools = read_tools(record.get("function"), notes)
    talk = Transcript(notes, tools.renamed)
    for message in question[0]:
        if not isinstance(message, dict) or message.get("role") not in ("system", "user", "assistant"):
            raise Refused("unknown role", "a message must have a role and a content.")
        say = {"system": talk.system, "user": talk.user, "assistant": talk.assistant}[message["role"]]
        say(str(message.get("content") or ""))
    needed = {
        tool["function"]["name"]: tool["function"]["parameters"].get("required", ()) for tool in tools.listed or ()
    }
    needed |= {old: needed[new] for old, new in (tools.renamed or {}).items()}
    calls = [_call(call, needed, notes) for call in truth] if isinstance(truth, list) else []
    if not calls:
        raise Refused("unreadable answer", "'ground_truth' must be a list of calls.")
    talk.assistant("", calls)
    return [new_row(record, {"question", "function", "ground_truth"}, talk.messages, tools.listed)]


def _call(raw: Any, needed: dict[str, Any], notes: Notes) -> Call:
    if not isinstance(raw, dict) or len(raw) != 1 or not isinstance(next(iter(raw.values())), dict):
        raise Refused("unreadable answer", "an answer must be {name: {argument: [accepted values]}}.")
    ((name, accepted),) = raw.items()
    arguments = {}
    for key, values in accepted.items():
        if not isinstance(values, list) or not values:
            raise Refused("unreadable answer", f"the accepted values of {key} must be a list.")
        said = [value for value in values if value != _OMITTED]
        if said and (_OMITTED not in values or key in needed.get(name, ())):
            arguments[key] = _first(said[0])
            if len(said) > 1:
                note(notes, "other accepted values", "the first accepted value is kept.", tool=name)
        elif said:
            note(notes, "argument that may be left out", "it is left out.", tool=name)
    return Call(name, arguments)


def _first(value: Any) -> Any:
    """An accepted value that is an object lists the accepted values of its own keys."""
    if isinstance(value, dict) and all(isinstance(inner, list) and inner for inner in value.values()):
        return {key: _first(inner[0]) for key, inner in value.items() if _OMITTED not in inner}
    return [_first(item) if isinstance(item, dict) else item for item in value] if isinstance(value, list) else value
