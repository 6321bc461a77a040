"""Whether what a teacher wrote may be learned. In: its text, the task, the contract. Out: an `Example`, or a
`RejectedError` with the reason: not JSON, against the schema, not what was asked, values that the question does not
hold, a function that fails, a second sample that disagrees."""

from __future__ import annotations

import asyncio
import copy
import inspect
import queue
import re
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from calltune.contract import Toolset, parse_json
from calltune.contract.canonical import arguments_key
from calltune.contract.subschema import subschema

from .teacher_prompts import Task

MAX_QUESTION = 4000
"""Characters of a question or a reply."""
MAX_CALLS = 8
MAX_ANSWER = 1 << 20
"""Characters of an answer that is read."""
_MARKUP = re.compile(r"<\|[\w ]{1,40}\|>|</?(?:tool_call|tool_response|tools|think)>|[\x00-\x08\x0e-\x1f\x7f]")
"""What no person writes and no assistant should: the marks of chat templates, control characters."""
_WORDS = re.compile(r"\w+")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T.*)?|\d{1,2}:\d{2}(:\d{2}.*)?")
_TIMES = ("date", "time", "date-time", "duration")


class RejectedError(Exception):
    """The text is the reason, a kind for the counts."""


Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """What the teacher wrote, read."""

    question: str
    calls: tuple[Call, ...] = ()
    reply: str = ""
    """What the assistant says, where it calls nothing."""
    kind: str = "calls"
    """calls, ask or refuse."""


def read_example(text: str, toolset: Toolset, *, question: str | None = None) -> Example:
    """The example in a text; every call follows the contract. `question`: the one that was asked, where the text only
    answers it. Raises RejectedError."""
    value, problems = parse_json(_json_in(text))
    if problems or not isinstance(value, dict):
        raise RejectedError("not_json")
    kinds = [kind for kind in ("calls", "ask", "refuse") if value.get(kind)]
    extra = set(value) - {"question", "calls", "ask", "refuse"}
    asked = str(value.get("question") or "") if question is None else question
    if len(kinds) != 1 or extra or not _is_text(asked):
        raise RejectedError("wrong_form")
    if _MARKUP.search(asked) or _MARKUP.search(str(value.get("ask") or value.get("refuse") or "")):
        raise RejectedError("markup")
    if kinds[0] != "calls":
        if not _is_text(value[kinds[0]]):
            raise RejectedError("wrong_form")
        return Example(asked.strip(), reply=value[kinds[0]].strip(), kind=kinds[0])
    calls = value["calls"]
    if not isinstance(calls, list) or len(calls) > MAX_CALLS or not all(map(_is_call, calls)):
        raise RejectedError("wrong_form")
    if any(toolset.check(call["name"], call["arguments"]) for call in calls):
        raise RejectedError("breaks_contract")
    return Example(asked.strip(), tuple((call["name"], call["arguments"]) for call in calls))


def _json_in(text: str) -> str:
    """The text without the thoughts before it and the fence around it. A pattern would take
    hours on a text such as "<think><think>..."."""
    if len(text) > MAX_ANSWER:
        raise RejectedError("too_long")
    text = text.strip()
    if text.startswith("<think>"):
        text = text.partition("</think>")[2].strip()
    if text.startswith("```") and text.endswith("```"):
        head, _, body = text[3:-3].partition("\n")
        text = body.strip() if head.strip() in ("", "json") else text
    return text


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= MAX_QUESTION


def _is_call(call: Any) -> bool:
    shape = isinstance(call, dict) and set(call) == {"name", "arguments"}
    return shape and isinstance(call["name"], str) and isinstance(call["arguments"], dict)


def check_task(example: Example, task: Task, toolset: Toolset) -> None:
    """It is what was asked for, and every text that it passes on was said."""
    wanted = {"ask": "ask", "refuse": "refuse"}.get(task.form, "calls")
    names = Counter(name for name, _ in example.calls)
    if example.kind != wanted or (wanted == "calls" and names != Counter(tool.name for tool in task.wanted)):
        raise RejectedError("not_the_task")
    for name, arguments in example.calls:
        if not all(_is_said(text, example.question) for text in _texts(arguments, toolset[name].parameters, ())):
            raise RejectedError("not_said")


def _texts(value: Any, root: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Every text in the arguments that is the user's to say: not one of an enum, a default, a date or a time."""
    schema = (subschema(root, path) or {}) if path else root
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, root, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, root, (*path, str(number)))
    elif isinstance(value, str):
        listed = "enum" in schema or "const" in schema or ("default" in schema and schema["default"] == value)
        if not listed and schema.get("format") not in _TIMES and not _MOMENT.fullmatch(value):
            yield value


def _is_said(text: str, question: str) -> bool:
    """Every word of the text is in the question, in whatever case."""
    if text.casefold() in question.casefold():
        return True
    said, words = set(_WORDS.findall(question.casefold())), _WORDS.findall(text.casefold())
    return bool(words) and all(word in said for word in words)


def agrees(example: Example, other: Example, toolset: Toolset) -> bool:
    """Whether two answers to a question do the same: equal calls (in any order, numbers by value, defaults as good as
    left out), or both ask, or both refuse."""
    if example.kind != other.kind:
        return False
    keys = [Counter(_key(call, toolset) for call in one.calls) for one in (example, other)]
    return keys[0] == keys[1]


def _key(call: Call, toolset: Toolset) -> Hashable:
    return call[0], arguments_key(call[1], toolset[call[0]].parameters)


def try_calls(example: Example, toolset: Toolset, *, writes: bool, timeout_s: float) -> None:
    """The functions behind the calls take them: those that only read are run, those that write only with `writes`.
    RejectedError where one raises, hangs, or gives back what `returns` does not promise."""
    for name, arguments in example.calls:
        function = toolset.functions.get(name)
        if function is None or (toolset[name].effect == "write" and not writes):
            continue
        failed, value = _run(function, copy.deepcopy(arguments), toolset[name].timeout_s or timeout_s)
        if failed:
            raise RejectedError(failed)
        if toolset.check_result(name, value):
            raise RejectedError("breaks_returns")


def _run(function: Callable[..., Any], arguments: dict[str, Any], timeout_s: float) -> tuple[str, Any]:
    """What went wrong, if anything, and the result. The thread of a function that hangs is left to itself."""
    done: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()

    def work() -> None:
        try:
            value = function(**arguments)
            done.put(("", asyncio.run(_awaited(value)) if inspect.isawaitable(value) else value))
        except BaseException as error:  # whatever a user's function does, sys.exit() too
            done.put(("raises", repr(type(error))))

    threading.Thread(target=work, daemon=True, name="calltune-teacher-tool").start()
    try:
        return done.get(timeout=timeout_s)
    except queue.Empty:
        return "times_out", None


async def _awaited(value: Any) -> Any:
    return await value


class NearDuplicates:
    """Finds a question that says nearly what an earlier one said: most of its pairs of words are in it."""

    def __init__(self, share: float = 0.7) -> None:
        self.share = share
        self._sizes: list[int] = []
        self._holders: dict[tuple[str, ...], list[int]] = {}

    def add(self, question: str) -> bool:
        """Whether it is new; it is kept if so."""
        words = _WORDS.findall(question.casefold())
        pairs = {*pairwise(words)} or {tuple(words)}
        common: Counter[int] = Counter(number for pair in pairs for number in self._holders.get(pair, ()))
        if any(both / (len(pairs) + self._sizes[number] - both) >= self.share for number, both in common.items()):
            return False
        for pair in pairs:
            self._holders.setdefault(pair, []).append(len(self._sizes))
        self._sizes.append(len(pairs))
        return True
