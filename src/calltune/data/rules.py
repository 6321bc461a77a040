"""The rules of one row. In: a `Conversation` or a `Row`. Out: every `Problem` at once, each with a pointer into the
row: calls against their schema, results against `returns`, roles in order, calls and results that do not belong
together, rows with nothing to learn. A call that is not learned (`"train": false`) may be wrong: it stands there so
that its correction can be learned. A pointer that goes on after `/content` points into the JSON text there. Rules
over many rows (duplicates) and over tokens (length) are the command's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from calltune.contract import Problem, Toolset, parse_json
from calltune.data.conversation import Conversation, read_conversation
from calltune.data.messages import is_learned
from calltune.data.read import Row

FAILURE_KEYS = ("error", "errors", "exception")
"""A result object with one of these (and something in it) says that the tool failed."""

FAILURE_WORDS = ("error", "exception", "traceback", "failed", "timeout", "nothing was run", "not run either")
"""A result text that begins with one of these says that the tool failed, or that the guard did not let it run."""

STAND_IN = {"note", "result"}
"""The keys of what the guard hands on where a substitute or a default answered in place of the tool."""

CALL = re.compile(r"/messages/(?P<message>\d+)/(?:tool_calls/(?P<call>\d+)|function_call)")
"""The pointer of a call, at the beginning of the pointer of what is wrong in it."""

BESIDE_THE_CALL = ("duplicate_call_id", "unanswered_call", "missing_tools")
"""Problems that point at a call whose arguments may be right."""


def check_row(row: Conversation | Row) -> tuple[Problem, ...]:
    """Every problem of one row, () if it is fit to learn from.

    A row that is not a conversation is reported as far as it can be read; nothing raises.
    """
    if isinstance(row, Conversation):
        data = row.to_json()
        conversation, problems = read_conversation(data, row.offer)
    else:
        data, conversation, problems = row.data or {}, row.draft, row.problems
    if conversation is None:
        return problems
    found = (*problems, *_conversation(conversation))
    return tuple(_as_written(problem, data) for problem in found) if found else ()


def is_failure(result: Any) -> bool:
    """The tool says that it failed: such a result need not have the shape that `returns` promises.

    An object with a non-empty `error`, `errors` or `exception`, with `isError: true` (MCP), `success: false` or
    `status: "error"`; or a text that begins like an error message.
    """
    if isinstance(result, str):
        return result.lstrip(" \t\n[(<*").lower().startswith(FAILURE_WORDS)
    if not isinstance(result, dict):
        return False
    if any(result.get(key) for key in FAILURE_KEYS) or result.get("isError") is True or result.get("success") is False:
        return True
    return str(result.get("status", "")).lower() in ("error", "failed", "failure")


def count_bad_calls(problems: Iterable[Problem]) -> int:
    """How many different calls break their contract: not those that only miss their result, their tools or a unique
    id."""
    return len(
        {
            match.group()
            for problem in problems
            if problem.kind not in BESIDE_THE_CALL and (match := CALL.match(problem.pointer))
        }
    )


def place_of(problem: Problem) -> str:
    """The call, message or tool that a problem is in, as a pointer; "" where it is of the whole row."""
    match = CALL.match(problem.pointer)
    return match.group() if match else "/".join(problem.pointer.split("/", 3)[:3])


def _conversation(conversation: Conversation) -> Iterator[Problem]:
    messages = conversation.messages
    if not any(_says_something(message) for message in messages):
        what = "no messages" if not messages else "only empty messages"
        yield Problem(
            kind="empty_row", pointer="/messages", message=f"the row has {what}: there is nothing to learn from it."
        )
        return
    yield from _turns(messages)
    yield from _pairs(messages)
    if conversation.offer is not None and conversation.offer.toolset is not None:
        yield from _contract(messages, conversation.offer.toolset)


def _turns(messages: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """Roles in order. A conversation may open with the assistant, and a user may speak right after a result."""
    before: dict[str, Any] = {"role": None}
    for index, message in enumerate(messages):
        role = message["role"]
        if role == "system" and index > 0:
            yield _order(index, "a system message must be the first message: move or merge it.")
        elif role == "user" and before["role"] == "user":
            yield _order(index, "two user messages in a row: join them, or add the assistant's turn between them.")
        elif role == "assistant" and before["role"] == "assistant" and not before.get("tool_calls"):
            yield _order(index, "two assistant messages in a row: join them, or add the user's turn between them.")
        if role in ("user", "assistant") and not _says_something(message):
            text = f"the {role} message is empty" + ("." if role == "user" else ": it has no text and no call.")
            yield Problem(kind="empty_message", pointer=f"/messages/{index}", message=text)
        before = message
    if not any(message["role"] == "assistant" and is_learned(message) for message in messages):
        text = "no assistant turn that is learned: there is nothing to learn from this row."
        yield Problem(kind="no_assistant_turn", pointer="/messages", message=text)


def _pairs(messages: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """Calls with their results. The last message may be a call: its result is not there yet."""
    waiting: dict[str, tuple[str, str]] = {}  # id -> pointer and tool of a call whose result has not come
    answered: set[str] = set()
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            name = message.get("tool_call_id")
            if name in waiting:
                del waiting[name]
                answered.add(name)
            else:
                yield _orphan(index, name, answered)
            continue
        for at, tool in waiting.values():
            yield _unanswered(at, tool)
        waiting = {}
        for number, call in enumerate(message.get("tool_calls", ())):
            at, name = f"/messages/{index}/tool_calls/{number}", call["id"]
            if name in waiting:
                text = f"two calls of one message have the id '{name}': their results cannot be told apart."
                yield Problem(kind="duplicate_call_id", pointer=at + "/id", message=text, got=name)
            waiting[name] = (at, call["function"]["name"])
    if messages[-1]["role"] == "tool":
        for at, tool in waiting.values():
            yield _unanswered(at, tool)


def _contract(messages: Sequence[dict[str, Any]], toolset: Toolset) -> Iterator[Problem]:
    """Calls against their schema, results against `returns`."""
    called: dict[str, str] = {}
    for index, message in enumerate(messages):
        for number, call in enumerate(message.get("tool_calls", ())):
            name, arguments = call["function"]["name"], call["function"]["arguments"]
            called[call["id"]] = name
            if not name or arguments is None or not is_learned(message):
                continue  # reported when the row was read, or wrong on purpose
            for problem in toolset.check(name, arguments):
                place = "name" if problem.kind == "unknown_tool" else "arguments"
                yield problem.at(f"/messages/{index}/tool_calls/{number}/function/{place}")
        if message["role"] == "tool":
            name = called.get(message.get("tool_call_id", ""), "")
            if name in toolset and toolset[name].returns is not None:
                for problem in _result(toolset, name, message["content"]):
                    yield replace(problem.at(f"/messages/{index}/content"), kind="result_" + problem.kind)


def _result(toolset: Toolset, name: str, content: str) -> tuple[Problem, ...]:
    """The content as JSON, or as the plain text of a tool whose result is a string; a failure is not judged."""
    value, faults = parse_json(content)
    problems = faults or toolset.check_result(name, value)
    if not problems or is_failure(content if faults else value) or not toolset.check_result(name, content):
        return ()
    if isinstance(value, dict) and value.keys() == STAND_IN:
        return ()
    if not content.strip() and not toolset.check_result(name, None):
        return ()  # nothing is what a tool without a result gives back
    return problems


def _says_something(message: dict[str, Any]) -> bool:
    if message["content"].strip() or message.get("tool_calls") or message.get("reasoning_content"):
        return True
    return bool(message["role"] == "tool")  # a tool may return nothing at all


def _order(index: int, text: str) -> Problem:
    return Problem(kind="role_order", pointer=f"/messages/{index}/role", message=text)


def _orphan(index: int, name: str | None, answered: set[str]) -> Problem:
    if name is None:
        text = "the result answers no call: every call before it already has its result."
    elif name in answered:
        text = f"the call '{name}' already has its result."
    else:
        text = f"no call before this message has the id '{name}'."
    return Problem(kind="orphan_result", pointer=f"/messages/{index}/tool_call_id", message=text, got=name)


def _unanswered(at: str, tool: str) -> Problem:
    text = f"the call of '{tool}' has no result, although the conversation goes on: add its tool message."
    return Problem(kind="unanswered_call", pointer=at, message=text, got=tool)


def _as_written(problem: Problem, data: Mapping[str, Any]) -> Problem:
    """The pointer as the row is written: legacy `function_call`, and calls without the `function` envelope."""
    match = CALL.match(problem.pointer)
    if match is None or not isinstance(data.get("messages"), list) or "function_call" in match.group():
        return problem
    message = data["messages"][int(match["message"])]
    rest = problem.pointer[match.end() :]
    calls = message.get("tool_calls") or []
    if not calls and message.get("function_call"):
        return replace(problem, pointer=f"/messages/{match['message']}/function_call{rest.removeprefix('/function')}")
    if (
        isinstance(calls, list)
        and isinstance(calls[int(match["call"])], dict)
        and "function" not in calls[int(match["call"])]
    ):
        return replace(problem, pointer=match.group() + rest.removeprefix("/function"))
    return problem
