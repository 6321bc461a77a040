"""One call against the contract: known tool, schema, repairs. In: a call as it was written and the repairs that may be
made. Out: the call, what is still wrong with it, what was changed. Whether it may run is not asked here."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import Any

from calltune.contract import Problem, Tool, Toolset, parse_json
from calltune.contract.json_text import clip
from calltune.guard.mend import mend_arguments
from calltune.guard.outcome import shorten
from calltune.guard.repair import SYNTAX, Repair
from calltune.guard.values import repair_values, whole_numbers
from calltune.render.parse import ToolCall

_MENDABLE = frozenset({"wrong_type", "not_in_enum", "missing_required"})


@dataclass(frozen=True, slots=True)
class Checked:
    """One call after its checks. Pointers begin with `/arguments`, after `at` with the place of the call."""

    call: ToolCall
    problems: tuple[Problem, ...] = ()
    repairs: tuple[Repair, ...] = ()

    def at(self, place: str) -> Checked:
        """The same, seen from further out."""
        if not self.problems and not self.repairs:
            return self
        problems = tuple(problem.at(place) for problem in self.problems)
        return Checked(self.call, problems, tuple(repair.at(place) for repair in self.repairs))


def checked(toolset: Toolset, call: ToolCall, allowed: Set[str], *, recorded: bool = False) -> Checked:
    """One call against the contract, mended by the repairs that are allowed. `recorded`: nothing will run it, so the
    values of a call with side effects are mended too."""
    if call.name not in toolset:
        return Checked(call, toolset.check(call.name, {}))
    tool = toolset[call.name]
    # The text is what the model wrote: duplicate keys and the like are only seen there.
    written = call.arguments if call.arguments_text is None else call.arguments_text
    if not isinstance(written, str | Mapping):
        return Checked(call, (_no_object(written),))
    problems = tool.check(written)
    repairs: tuple[Repair, ...] = ()
    if isinstance(written, str):
        arguments, unread = parse_json(written)
        if any(problem.kind == "not_json" for problem in unread) and allowed & SYNTAX:
            mended = mend_arguments(written, allowed=allowed)
            if mended is not None:
                written, repairs = mended.text, tuple(repair.at("/arguments") for repair in mended.repairs)
                problems, (arguments, unread) = tool.check(written), parse_json(written)
        if not unread:
            call = replace(call, arguments=arguments, arguments_text=written)
    if not recorded and tool.effect != "read":
        return Checked(call, tuple(problem.at("/arguments") for problem in problems), repairs)
    return _with_values(tool, call, problems, repairs, allowed)


def _with_values(
    tool: Tool, call: ToolCall, problems: tuple[Problem, ...], repairs: tuple[Repair, ...], allowed: Set[str]
) -> Checked:
    """The values of a call, mended."""
    arguments = call.arguments
    found: tuple[Repair, ...] = ()
    if isinstance(arguments, dict):
        if problems and all(problem.kind in _MENDABLE for problem in problems):
            arguments, found, problems = repair_values(tool, arguments, problems, allowed=allowed)
        if not problems and "integral_float" in allowed:
            arguments, whole = whole_numbers(tool.parameters, arguments)
            found += whole
    if found:
        repairs += tuple(repair.at("/arguments") for repair in found)
        call = replace(call, arguments=arguments, arguments_text=None)
    return Checked(call, tuple(problem.at("/arguments") for problem in problems), repairs)


def _no_object(written: Any) -> Problem:
    return Problem(
        kind="wrong_type",
        pointer="/arguments",
        message=f"The arguments must be a JSON object, not {shorten(written)}.",
        expected="object",
        got=clip(written),
    )
