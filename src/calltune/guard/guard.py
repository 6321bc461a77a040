"""`Guard`: a completion goes in, a decision comes out. truncation -> parse -> known tool -> schema -> accept or reject.

Model output never raises: everything wrong with it is a `Problem` that the model can read. Nothing is repaired,
guessed or run here. Loads no torch.

>>> from calltune import Tool, Toolset
>>> guard = Guard(Toolset([Tool(name="now", description="The time.")]))
>>> guard.check('<tool_call>{"name": "now", "arguments": {}}</tool_call>').decision
'calls'
>>> guard.check('<tool_call>{"name": "now", "argum').problems[0].kind
'truncated'
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from calltune.contract import Problem, Tool, Toolset, parse_json
from calltune.errors import ConfigError
from calltune.generate.completion import Completion, cut_off
from calltune.guard.outcome import Outcome, Step, shorten
from calltune.render.parse import FORMATS, Message, ParseFailure, ToolCall, parse


class Guard:
    """Decides about completions for one contract."""

    def __init__(self, toolset: Toolset, *, format: str = "hermes") -> None:
        if format not in FORMATS:
            raise ConfigError(f"there is no format {format!r}.", hint=f"Use {', '.join(FORMATS)}.")
        self.toolset = toolset
        self.format = format
        """The format in which plain text is read; see `calltune.render.parse`."""

    def check(
        self, completion: str | Completion | Message | ParseFailure, *, parsed: Message | ParseFailure | None = None
    ) -> Outcome:
        """Decide. `parsed`: what the engine that wrote the completion read in it (`engine.parse`), if it is known."""
        steps: list[Step] = []
        if isinstance(completion, Completion):
            if failure := cut_off(completion):
                stop = Step("truncation", "stopped", failure.message)
                return Outcome(decision="rejected", problems=(unreadable(failure),), steps=(stop,))
            steps.append(Step("truncation", "passed", "the model ended its turn itself."))
        message = self._read(completion) if parsed is None else parsed
        if isinstance(message, ParseFailure):
            problem = unreadable(message)
            steps.append(Step("parse", "stopped", problem.message))
            return Outcome(decision="rejected", problems=(problem,), steps=tuple(steps))
        steps.append(Step("parse", "passed", f"{len(message.calls)} calls were read."))
        return self._decide(message, steps)

    def _read(self, completion: str | Completion | Message | ParseFailure) -> Message | ParseFailure:
        if isinstance(completion, Message | ParseFailure):
            return completion
        return parse(completion.text if isinstance(completion, Completion) else completion, format=self.format)

    def _decide(self, message: Message, steps: list[Step]) -> Outcome:
        if not message.calls:
            return Outcome(decision="reply", reply=message.text, steps=tuple(steps))
        checked = [check_call(self.toolset, call, f"/calls/{i}") for i, call in enumerate(message.calls)]
        problems = tuple(problem for _, found in checked for problem in found)
        calls = tuple(call for call, _ in checked)
        unknown = [p for p in problems if p.kind == "unknown_tool"]
        steps.append(_step("known tool", unknown, "every tool called is in the contract."))
        steps.append(_step("schema", [p for p in problems if p not in unknown], "all arguments follow their schema."))
        if not problems:
            return Outcome(decision="calls", calls=calls, proposed=calls, reply=message.text, steps=tuple(steps))
        wrong = {call.name for call, found in checked if found and call.name in self.toolset}
        expected = tuple(signature(tool) for tool in self.toolset if tool.name in wrong)
        if unknown:
            expected += (f"The tools are: {', '.join(self.toolset.names)}.",)
        return Outcome(
            decision="rejected",
            proposed=calls,
            reply=message.text,
            problems=problems,
            steps=tuple(steps),
            expected=expected,
        )


def unreadable(failure: ParseFailure) -> Problem:
    """A turn with the beginnings of a call in it that cannot be read."""
    return Problem(kind=failure.kind, pointer="", message=failure.message, got=shorten(failure.text))


def check_call(toolset: Toolset, call: ToolCall, place: str) -> tuple[ToolCall, tuple[Problem, ...]]:
    """The call with its arguments as an object, and what is wrong with it."""
    if call.name not in toolset:
        return call, tuple(problem.at(place) for problem in toolset.check(call.name, {}))
    # The text is what the model wrote: duplicate keys and the like are only seen there.
    written = call.arguments_text if call.arguments_text is not None else call.arguments
    if not isinstance(written, str | Mapping):
        problem = Problem(
            kind="wrong_type",
            pointer=place + "/arguments",
            message=f"The arguments must be a JSON object, not {shorten(written)}.",
            expected="object",
            got=written,
        )
        return call, (problem,)
    problems = tuple(problem.at(place + "/arguments") for problem in toolset.check(call.name, written))
    if not problems and isinstance(written, str):
        call = replace(call, arguments=parse_json(written)[0])
    return call, problems


def signature(tool: Tool) -> str:
    """One line for the model: the name and the schema of the arguments."""
    return f"{tool.name}: {json.dumps(tool.parameters, ensure_ascii=False)}"


def _step(name: Any, problems: list[Problem], fine: str) -> Step:
    if not problems:
        return Step(name, "passed", fine)
    return Step(name, "stopped", " ".join(problem.message for problem in problems))
