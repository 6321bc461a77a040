"""What happens when a call fails for good, or the model cannot be brought to make a good one: a ladder, the first rung
that holds. In: a failed result, or a run that is given up. Out: something graceful; never the text of an exception.

    1. another tool that was declared as a substitute and takes the same arguments
    2. a default answer that was declared for the tool
    3. the failure in one sentence, for the model to tell the user
    4. when the whole run is given up: hand over to a person, or say that it was not possible
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from calltune.contract import Toolset
from calltune.errors import ConfigError
from calltune.guard.execute import Result
from calltune.guard.results import result_text

SORRY = "I am sorry, I could not do that."


@dataclass(frozen=True, kw_only=True)
class Fallback:
    """The ladder of one contract."""

    substitutes: Mapping[str, str] = field(default_factory=dict)
    """Tool -> the tool to run in its place, with the same arguments. Never used where it is unknown whether a write
    happened."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Tool -> the result to go on with, JSON data."""
    reply: str = SORRY
    """What the user is told when a run is given up and nobody takes over."""
    hand_over: Callable[[str], str] | None = None
    """Called with why the run was given up; gives back what the user is told, such as who takes over."""

    def check(self, toolset: Toolset) -> None:
        """ConfigError for a tool that the contract does not have, and for a default that breaks the tool's
        `returns`."""
        faults = [
            f"{section}: {problem.message}"
            for section, names in (
                ("substitutes", [*self.substitutes, *self.substitutes.values()]),
                ("defaults", list(self.defaults)),
            )
            for name in names
            if name not in toolset
            for problem in toolset.check(name, {})
        ]
        for name, value in self.defaults.items():
            if name in toolset:
                faults += [f"defaults: {name}: {problem.message}" for problem in toolset.check_result(name, value)]
        if faults:
            raise ConfigError("the fallback does not fit the contract:", faults=faults)

    def give_up(self, why: str) -> str:
        """What the user is told."""
        return self.hand_over(why) if self.hand_over is not None else self.reply


def substituted_text(result: Result, instead: Result) -> str:
    """The content of the tool message where another tool ran."""
    note = f"{result.call.name} failed; {instead.call.name} was run in its place."
    return result_text({"note": note, "result": instead.value})


def default_text(result: Result, value: Any) -> str:
    """The content of the tool message where a default answer stands in."""
    return result_text({"note": f"{result.call.name} failed; this is a default answer.", "result": value})
