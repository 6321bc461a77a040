"""When2Call items. In: test items (`question`, `answers` by kind, `correct_answer`, `tools`), fine-tuning rows and
preference rows (`chosen_response`). Out: one row with the right answer; the wrong ones are left behind and told."""

from __future__ import annotations

from typing import Any

from calltune.data.formats.calls import read_calls, take_apart
from calltune.data.formats.reading import MARK, Evidence, Notes, Record, Refused, Row, new_row, note, text_of, turns_of
from calltune.data.formats.schemas import read_tools
from calltune.data.formats.transcript import Transcript

KINDS = ("direct", "tool_call", "request_for_info", "cannot_answer")


def detect(record: Record) -> Evidence | None:
    """Its answers by kind, or its preference columns, or <TOOLCALL>."""
    if isinstance(record.get("answers"), dict) and record.get("correct_answer") in KINDS:
        return Evidence(MARK, "'answers' by kind and 'correct_answer'")
    if isinstance(record.get("messages"), list) and "chosen_response" in record:
        return Evidence(MARK, "'chosen_response' beside 'messages'")
    return None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    tools = read_tools(record.get("tools") or [], notes)
    talk = Transcript(notes, tools.renamed)
    if "answers" in record:
        talk.user(text_of(record.get("question"), "'question'"))
        _answer(talk, record)
    else:
        for message in [*turns_of(record, "messages"), record.get("chosen_response")]:
            _say(talk, message)
    note(notes, "wrong answers", "only the right answer is kept.")
    used = {"question", "answers", "chosen_response", "rejected_response", "tools"}
    return [new_row(record, used, talk.messages, tools.listed)]


def _answer(talk: Transcript, record: Record) -> None:
    kind, answers = record.get("correct_answer"), record["answers"]
    answer = answers.get(kind) if isinstance(answers, dict) and isinstance(kind, str) else None
    if not answer:
        raise Refused("no answer", f"there is no answer of the kind {str(kind)[:40]!r}.")
    if kind == "tool_call":
        talk.assistant("", read_calls(answer))
    else:
        talk.assistant(text_of(answer, "the answer"))


def _say(talk: Transcript, message: Any) -> None:
    role = message.get("role") if isinstance(message, dict) else None
    text = text_of(message.get("content"), "a message") if isinstance(message, dict) else ""
    if role == "assistant":
        said = take_apart(text)
        talk.assistant(said.text, said.calls, said.reasoning)
    elif role in ("user", "system"):
        {"user": talk.user, "system": talk.system}[role](text)
    else:
        raise Refused("unknown role", f"a message is by {str(role)[:60]!r}.")
