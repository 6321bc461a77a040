"""OpenAI Responses. In: `instructions`, `input` (text or items), `output` (items) and `tools`. Out: one row:
function_call and function_call_output items are calls and results, reasoning items with a text are reasoning. Items of
built-in tools are refused."""

from __future__ import annotations

from typing import Any

from calltune.data.formats.calls import read_arguments
from calltune.data.formats.reading import MARK, Evidence, Notes, Record, Refused, Row, new_row, note, text_of
from calltune.data.formats.schemas import read_tools
from calltune.data.formats.transcript import Call, Transcript
from calltune.data.messages import TEXT_PARTS

_ITEMS = ("function_call", "function_call_output", "reasoning")
_USED = {"instructions", "input", "output", "tools"}


def detect(record: Record) -> Evidence | None:
    """Items of its kinds in `input` or `output`."""
    items = [item for key in ("input", "output") for item in _list(record.get(key)) if isinstance(item, dict)]
    kinds = {str(item.get("type")) for item in items}
    if kinds & set(_ITEMS):
        return Evidence(MARK, "items of the type " + ", ".join(sorted(kinds & set(_ITEMS))))
    if "message" in kinds and all("role" in item for item in items):
        return Evidence(MARK, "items of the type message in 'input' and 'output'")
    return None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    given = [tool for tool in _list(record.get("tools")) if isinstance(tool, dict)]
    functions = [tool for tool in given if tool.get("type", "function") == "function"]
    for tool in given:
        if tool not in functions:
            note(notes, "built-in tool", f"{str(tool.get('type'))[:60]} has no schema: only functions are kept.")
    tools = read_tools(functions if isinstance(record.get("tools"), list) else record.get("tools"), notes)
    talk = Transcript(notes, tools.renamed)
    talk.system(text_of(record.get("instructions"), "'instructions'"))
    thoughts: list[str] = []
    for item in _items(record):
        kind = item.get("type", "message")
        if kind == "reasoning":
            thoughts += _thoughts(item, notes)
        elif kind == "function_call":
            name = item.get("name")
            if not isinstance(name, str):
                raise Refused("unreadable call", "a function_call item must have a name.")
            call = Call(
                name,
                read_arguments(item.get("arguments")),
                None if item.get("call_id") is None else str(item["call_id"]),
            )
            talk.assistant("", [call], "\n".join(thoughts) or None)
            thoughts = []
        elif kind == "function_call_output":
            answered = None if item.get("call_id") is None else str(item["call_id"])
            talk.result(_output(item.get("output")), id=answered)
        elif kind == "message":
            _say(talk, item, "\n".join(thoughts) or None)
            thoughts = [] if item.get("role") == "assistant" else thoughts
        else:
            raise Refused(
                "unsupported item", f"an item of the type {str(kind)[:60]!r} is no message and no function call."
            )
    if thoughts:
        note(notes, "reasoning", "it stands before no message and no call: it is left out.")
    if record.get("previous_response_id") is not None:
        note(notes, "previous response", "what was said before it is not in this record.")
    return [new_row(record, _USED, talk.messages, tools.listed)]


def _items(record: Record) -> list[dict[str, Any]]:
    asked = record.get("input")
    items = [{"role": "user", "content": asked}] if isinstance(asked, str) else _list(asked)
    items = [*items, *_list(record.get("output"))]
    if not items or not all(isinstance(item, dict) for item in items):
        raise Refused("no turns", "'input' and 'output' must hold text or items.")
    return items


def _output(output: Any) -> str:
    """A result: text, or a list of parts that are text."""
    parts = output if isinstance(output, list) and output else []
    if not parts or not all(isinstance(part, dict) and str(part.get("type")).startswith("input_") for part in parts):
        return text_of(output, "a result")
    if any(part["type"] not in TEXT_PARTS for part in parts):
        raise Refused("unsupported content", "only text can be learned from.")
    return "".join(text_of(part.get("text"), "a part") for part in parts)


def _say(talk: Transcript, item: dict[str, Any], reasoning: str | None) -> None:
    role, content = item.get("role"), item.get("content")
    parts = content if isinstance(content, list) else [{"type": "text", "text": text_of(content, "a message")}]
    texts = [
        part.get("refusal") if part.get("type") == "refusal" else part.get("text")
        for part in parts
        if isinstance(part, dict)
    ]
    for part in parts:
        if not isinstance(part, dict) or part.get("type") not in (*TEXT_PARTS, "refusal"):
            raise Refused("unsupported content", "only text can be learned from.")
    text = "".join(text_of(text, "a part") for text in texts)
    if role in ("system", "developer"):
        talk.system(text)
    elif role == "user":
        talk.user(text)
    elif role == "assistant":
        talk.assistant(text, (), reasoning)
    else:
        raise Refused("unknown role", f"a message is by {str(role)[:60]!r}.")


def _thoughts(item: dict[str, Any], notes: Notes) -> list[str]:
    parts = [*_list(item.get("summary")), *_list(item.get("content"))]
    texts = [str(part["text"]) for part in parts if isinstance(part, dict) and part.get("text")]
    if not texts:
        note(notes, "encrypted reasoning", "it has no text; nothing can be learned from it.")
    return texts


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
