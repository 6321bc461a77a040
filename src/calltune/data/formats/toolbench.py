"""ToolBench rows. In: turns in which the assistant writes Thought, Action and Action Input, and the system prompt lists
the APIs as a Python literal. Out: one row: the thought is reasoning, the action a call, the call of Finish with an
answer the assistant's last words. A turn that gives up is refused."""

from __future__ import annotations

import re
from typing import Any

from calltune.data.formats import sharegpt
from calltune.data.formats.calls import read_arguments
from calltune.data.formats.reading import MARK, Evidence, Notes, Record, Refused, Row, new_row, note, turns_of
from calltune.data.formats.schemas import read_tool_text, read_tools
from calltune.data.formats.transcript import Call, Transcript

_APIS = "you have access to the following APIs:"
_FINISH = "Finish"
_ACTION = re.compile(r"^[ \t]*+Action:([^\n]*+)", re.MULTILINE)
_INPUT = "Action Input:"


def detect(record: Record) -> Evidence | None:
    """Action and Action Input in the assistant's text."""
    column = sharegpt.column_of(record)
    if column is None:
        return None
    for turn in record[column]:
        text = sharegpt.text_in(turn)
        if sharegpt.role_of(turn) == "assistant" and "Action:" in text and "Action Input:" in text:
            return Evidence(MARK, "Action: and Action Input: in the assistant's text")
    return None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    column = sharegpt.column_of(record)
    if column is None:
        raise Refused("no turns", "there are no 'conversations' of turns.")
    turns = turns_of(record, column)
    prompt, listed = _apis(sharegpt.system_text(record, turns), notes)
    listed = [tool for tool in listed or [] if not (isinstance(tool, dict) and tool.get("name") == _FINISH)]
    tools = read_tools(listed or record.get("tools"), notes)
    talk = Transcript(notes, tools.renamed)
    talk.system(prompt)
    for turn in turns:
        role, text = sharegpt.role_of(turn), sharegpt.text_in(turn)
        if role == "user":
            talk.user(text.strip().removesuffix("Begin!").rstrip())
        elif role == "assistant":
            _say(talk, text, notes)
        elif role == "result":
            talk.result(text)
        elif role != "system":
            raise Refused("unknown role", f"a turn is by {str(turn.get('from', turn.get('role')))[:60]!r}.")
    return [new_row(record, {column, "tools", "system"}, talk.messages, tools.listed)]


def _say(talk: Transcript, text: str, notes: Notes) -> None:
    actions = list(_ACTION.finditer(text))
    if len(actions) > 1:
        raise Refused("mixed turns", "one turn has several actions: which of them ran cannot be told.")
    if not actions:
        _answer(talk, text)
        return
    name, mark, given = f"{actions[0][1]}\n{text[actions[0].end() :].lstrip()}".partition(_INPUT)
    if not mark or "\n" in name.strip():
        raise Refused("unfinished call", "an Action has no Action Input.")
    thought = _thought(text[: actions[0].start()])
    name, arguments = name.strip(), read_arguments(given.strip())
    if name != _FINISH:
        talk.assistant("", [Call(name, arguments)], thought)
        return
    answer = arguments.get("final_answer")
    if arguments.get("return_type") != "give_answer" or not isinstance(answer, str):
        raise Refused("gives up", "its last call is Finish without an answer: there is nothing to learn from it.")
    note(notes, "Finish", "its answer is the assistant's text; the function Finish is no tool.")
    talk.assistant(answer, (), thought)


def _answer(talk: Transcript, text: str) -> None:
    """Words: all of the text, or what stands after "Final Answer:"."""
    if _INPUT in text:
        raise Refused("unfinished call", "there is an Action Input without its Action.")
    before, final, answer = text.partition("Final Answer:")
    talk.assistant((answer if final else text).strip(), (), _thought(before) if final else None)


def _thought(text: str) -> str | None:
    return text.strip().removeprefix("Thought:").strip() or None


def _apis(prompt: str, notes: Notes) -> tuple[str, list[Any] | None]:
    """The prompt without the words of the ReAct form, and the APIs."""
    words, mark, rest = prompt.partition(_APIS)
    start, end = rest.find("["), rest.rfind("]")
    if not mark or not 0 <= start < end:
        return prompt, None
    note(notes, "system prompt", "the APIs and the words about Thought and Action are taken out: templates write them.")
    left = "" if words.lstrip().startswith("You are AutoGPT") else words.rpartition("Specifically")[0]
    return "\n".join(part for part in (left.strip(), rest[end + 1 :].strip()) if part), read_tool_text(
        rest[start : end + 1]
    )
