"""Missing arguments become one question to the user, and the answers continue the same calls.

In: the problems of calls that lack required arguments and nothing else. Out: a question in words from the schema;
later, the calls with the answers in them. Nothing is guessed: an answer is a value that the schema is asked about
again.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from calltune.contract import Problem, Toolset
from calltune.contract.problem import decode_pointer
from calltune.contract.sentences import label, listed
from calltune.contract.subschema import subschema
from calltune.guard.values import read_as
from calltune.render.parse import ToolCall


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One argument to ask for."""

    pointer: str
    """Where it belongs: `/calls/0/arguments/city`."""
    tool: str
    """The tool that is called."""
    name: str
    """What it is called, with the place in front where it lies deeper: `address.street`."""
    schema: Mapping[str, Any]
    """What may be answered."""

    @property
    def description(self) -> str:
        """What it is, in the words of the contract: `Name of the city`, `one of celsius, fahrenheit`."""
        said = " ".join(str(self.schema.get("description", "")).split()).rstrip(".")
        options = self.schema.get("enum")
        choice = f"one of {listed(options, 12)}" if options else ""
        return "; ".join(part for part in (said, choice) if part)


def missing_of(toolset: Toolset, calls: Sequence[ToolCall], problems: Sequence[Problem]) -> tuple[Missing, ...]:
    """What to ask for; () where anything else is wrong as well."""
    found = []
    for problem in problems:
        if problem.kind != "missing_required":
            return ()
        _, _, number, _, *path = problem.pointer.split("/", 4)
        call = calls[int(number)]
        parts = decode_pointer("/" + path[0]) if path else []
        schema = subschema(toolset[call.name].parameters, parts) or {}
        shown = label([int(part) if part.isdecimal() else part for part in parts])
        found.append(Missing(pointer=problem.pointer, tool=call.name, name=shown, schema=schema))
    return tuple(found)


def question_for(missing: Sequence[Missing]) -> str:
    """One question for all of them.

    >>> question_for([Missing(pointer="", tool="weather", name="city", schema={"description": "Name of the city."})])
    'Please tell me the city (Name of the city).'
    """
    if len(missing) == 1:
        return f"Please tell me the {_words(missing[0])}."
    return "Please tell me:\n" + "\n".join(f"- the {_words(one)}" for one in missing)


def _words(missing: Missing) -> str:
    name = missing.name.replace("_", " ")
    return f"{name} ({missing.description})" if missing.description else name


def with_answers(toolset: Toolset, calls: Sequence[ToolCall], answers: Mapping[str, Any]) -> tuple[ToolCall, ...]:
    """The calls with the answers in them, by pointer (`Missing.pointer`); what a person typed becomes the type that the
    schema demands, where it can be read as that. A pointer that leads nowhere is left out: the argument is then still
    missing, and said to be."""
    arguments = [copy.deepcopy(call.arguments) for call in calls]
    for pointer, value in answers.items():
        parts = decode_pointer(pointer)
        if len(parts) < 4 or parts[0] != "calls" or not parts[1].isdecimal() or int(parts[1]) >= len(calls):
            continue
        here: Any = arguments[int(parts[1])]
        for part in parts[3:-1]:
            if isinstance(here, list) and part.isdecimal() and int(part) < len(here):
                here = here[int(part)]
            else:
                here = here.get(part) if isinstance(here, dict) else None
        if isinstance(here, dict):
            tool = toolset.get(calls[int(parts[1])].name)
            schema = subschema(tool.parameters, parts[3:]) if tool else None
            here[parts[-1]] = read_as(value, schema) if isinstance(value, str) and schema else value
    return tuple(
        replace(call, arguments=mended, arguments_text=None) for call, mended in zip(calls, arguments, strict=True)
    )
