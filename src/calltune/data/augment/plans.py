"""Plans: calls that name the results of earlier ones (`"amount": "$var1.price$"`, as NESTFUL writes them). In: such a
row. Out: the same calls one step after the other, each with a result, and the values of these results where the
references were; or the problem for which there is none. So they are calls that the run time can make: it fills nothing
in.

The results are invented: from `returns` where the tool promises something, otherwise the fields that are referred to,
with values such as the place that they go to wants. What is true of them is that they are copied."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from calltune.contract import Problem, Tool, Toolset
from calltune.contract.problem import decode_pointer
from calltune.contract.subschema import subschema
from calltune.data.augment.mention import stands_in
from calltune.data.augment.phrasing_tools import tool_words
from calltune.data.augment.scratch_replies import result_of
from calltune.data.augment.turns import Message, arguments_of, calls_in, name_of, result, with_arguments, with_messages
from calltune.data.augment.values import Argument, UnsayableError, argument_of
from calltune.data.augment.values_spoken import Calendar
from calltune.data.conversation import Conversation

ATTEMPTS = 12
"""Results that are tried for a call."""
MOST_CALLS = 12
MOST_INDEX = 4
"""Of a list in a reference: longer lists are not made."""
_REFERENCE = re.compile(r"\$var(?P<call>\d{1,3})(?P<path>(?:[.\[][^$]{1,200})?)\$")
_STEP = re.compile(r"\[(\d{1,3})\]|\.?([^.\[\]]+)")
_SUM = re.compile(r"[\d\s.()]*[-+*/][-+*/\d\s.()]*")
Path = tuple[str | int, ...]


def refers(row: Conversation) -> bool:
    """Whether a call of the row names the result of another."""
    return any(_REFERENCE.search(text) for call in calls_in(row.messages) for _, text in _texts(arguments_of(call)))


def is_plan(row: Conversation, problems: Sequence[Problem]) -> bool:
    """Whether all that is wrong with a row is that references stand where other values belong."""
    return bool(problems) and all(_is_reference(row, problem.pointer) for problem in problems)


def _is_reference(row: Conversation, pointer: str) -> bool:
    found: Any = {"messages": row.messages}
    for part in decode_pointer(pointer):
        if isinstance(found, dict):
            found = found.get(part)
        else:
            inside = isinstance(found, list | tuple) and part.isdecimal() and int(part) < len(found)
            found = found[int(part)] if inside else None
    return isinstance(found, str) and "/arguments/" in pointer and bool(_REFERENCE.search(found))


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """A place in a result, and a place that its value goes to."""

    path: Path
    argument: Argument
    whole: bool
    """The value is the argument; else it stands in a text."""

    def takes(self, value: Any) -> bool:
        return self.argument.accepts(value) if self.whole else isinstance(value, str | int | float)


def filled(rng: Random, row: Conversation) -> Conversation | Problem | None:
    """The plan step by step; None where the row holds more than a request and its plan."""
    plan = row.messages[-1]
    calls = plan.get("tool_calls", ())
    if len(row.messages) < 2 or sum(map(bool, (message.get("tool_calls") for message in row.messages))) != 1:
        return None
    if not 2 <= len(calls) <= MOST_CALLS:
        return None
    toolset = row.toolset()
    said = " ".join(message["content"] for message in row.messages if message["role"] == "user")
    wanted = [_wanted(toolset, calls, number) for number in range(len(calls))]
    if any(not 0 <= earlier < number for number, call in enumerate(calls) for earlier in _named(call)):
        return _problem("reference", "a call names the result of one that does not come before it.")
    results: list[Any] = []
    messages: list[Message] = [*row.messages[:-1]]
    for start, end in _steps(calls):
        turn = [with_arguments(call, _filled(arguments_of(call), results)) for call in calls[start:end]]
        turn = [{**call, "id": f"call_{number}"} for number, call in enumerate(turn, start)]
        messages.append({**plan, "content": plan["content"] if not start else "", "tool_calls": turn})
        for number, call in enumerate(turn, start):
            if problems := toolset.check(name_of(call), arguments_of(call)):
                return problems[0]
            if end == len(calls):
                continue  # the row ends with the last calls
            value = _result(rng, toolset, call, wanted[number], said)
            if isinstance(value, Problem):
                return value
            results.append(value)
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            messages.append(result(call, text))
    return with_messages(row, messages)


def _steps(calls: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    """First and last call of each turn: calls stand side by side up to the first that needs the result of one."""
    start = 0
    for number, call in enumerate(calls):
        if any(name >= start for name in _named(call)):
            yield start, number
            start = number
    yield start, len(calls)


def _named(call: Mapping[str, Any]) -> set[int]:
    """The calls that a call refers to, from 0 on."""
    texts = [text for _, text in _texts(arguments_of(call))]
    return {int(found["call"]) - 1 for text in texts for found in _REFERENCE.finditer(text)}


def _wanted(toolset: Toolset, calls: Sequence[Mapping[str, Any]], number: int) -> list[_Wanted]:
    """What later calls take from the result of a call."""
    found = []
    for call in calls[number + 1 :]:
        tool = toolset.get(name_of(call))
        for place, text in _texts(arguments_of(call)) if tool else ():
            for reference in _REFERENCE.finditer(text):
                if int(reference["call"]) == number + 1 and tool is not None:
                    whole = reference[0] == text
                    schema = subschema(tool.parameters, place) if whole else None
                    path = _path(reference["path"])
                    argument = _field(path, place[-1] if whole else "", schema or {}, tool.parameters)
                    if not whole and (argument.topic is None or _SUM.fullmatch(_REFERENCE.sub("", text))):
                        # "5 * $var1.rate$", "Your grade is $var1.gpa$"
                        argument = argument_of(argument.name, {"type": "number"}, required=True, root={})
                    found.append(_Wanted(path=path, argument=argument, whole=whole))
    return found


def _field(path: Path, goes_to: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Argument:
    """A field of a result as what it is about: by its own name, the argument that it goes to, or what it is a field of;
    a bare "name" is about nothing."""
    names = [step for step in reversed(path) if isinstance(step, str)]
    asked = [name for name in (*names[:1], goes_to, *names[1:]) if name] or ["result"]
    found = [argument_of(name, schema, required=True, root=root) for name in asked]
    telling = [one for one in found if one.topic is not None and one.topic.name != "title"]
    return (telling or found)[0]


def _path(text: str) -> Path:
    return tuple(int(index) if index else key for index, key in _STEP.findall(text))


def _texts(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in the arguments, with its place."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _texts(item, (*place, str(key)))


def _result(
    rng: Random, toolset: Toolset, call: Mapping[str, Any], wanted: Sequence[_Wanted], said: str
) -> Any | Problem:
    """A result that holds all that is wanted of it, and nothing of that was said before."""
    tool = toolset[name_of(call)]
    problem = _problem("no_value", f"no result of {tool.name} fits the places that it is taken to.")
    for _ in range(ATTEMPTS):
        try:
            value = _drawn(rng, toolset, tool, call, wanted)
        except UnsayableError as error:
            problem = _problem(str(error), f"no result of {tool.name} could be made.")
            continue
        taken = [(want, _at(value, want.path)) for want in wanted]
        if any(not want.takes(found) or stands_in(found, said) for want, found in taken):
            continue
        if not tool.check_result(value):
            return value
        problem = _problem("not_promised", f"a call takes from {tool.name} what its `returns` does not promise.")
    return problem


def _drawn(rng: Random, toolset: Toolset, tool: Tool, call: Mapping[str, Any], wanted: Sequence[_Wanted]) -> Any:
    """What the tool promises, if anything, and in it what is wanted, drawn for the first place that it goes to."""
    value: Any = {} if wanted else {"ok": True}
    if tool.returns is not None:
        value = result_of(rng, tool, tool_words(tool, toolset.tools), arguments_of(call), Calendar())
    done: set[Path] = set()
    for want in sorted(wanted, key=lambda one: not one.whole):
        fits = tool.returns is not None and want.takes(_at(value, want.path))
        if want.path not in done and not fits:
            value = _set(value, want.path, want.argument.say(rng, Calendar()).value)
        done.add(want.path)
    return value


def _at(value: Any, path: Path) -> Any:
    """The value at a path; None where there is none."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _set(value: Any, path: Path, new: Any) -> Any:
    """The value with another one at the path."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(step, str):
        old = value if isinstance(value, dict) else {}
        return {**old, step: _set(old.get(step), rest, new)}
    if step > MOST_INDEX:
        raise UnsayableError("too_many_items")
    items = [*value] if isinstance(value, list) else []
    items += [_set(None, rest, new)] * (step + 1 - len(items))
    items[step] = _set(items[step], rest, new)
    return items


def _filled(value: Any, results: Sequence[Any]) -> Any:
    """The arguments with the values of the results in place of references."""
    if isinstance(value, dict):
        return {key: _filled(item, results) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, results) for item in value]
    if not isinstance(value, str):
        return value
    if (found := _REFERENCE.fullmatch(value)) is not None:
        return _at(results[int(found["call"]) - 1], _path(found["path"]))
    return _REFERENCE.sub(lambda one: str(_at(results[int(one["call"]) - 1], _path(one["path"]))), value)


def _problem(kind: str, message: str) -> Problem:
    return Problem(kind=f"plan_{kind}", pointer="", message=message)
