"""What the guard decided and why: a plain record. In: nothing. Out: data for the program, sentences for the model,
JSON for the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from calltune.contract import Problem
from calltune.contract.sentences import printable
from calltune.guard.approval import Approval
from calltune.guard.origin import NOTHING_RUN
from calltune.guard.repair import Repair
from calltune.guard.results import harmless
from calltune.render.parse import ToolCall

Decision = Literal["calls", "reply", "ask", "approve", "rejected", "fallback"]
StepName = Literal["truncation", "parse", "repair", "known tool", "schema", "policy", "approval"]
MOST_TOLD = 20
"""Problems, and schemas, that the model is told at once."""
Turn = tuple[str, int]
"""Run and step: what the ledger knows a call by, beside its tool and arguments."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guard, as it went."""

    name: StepName
    """Which step."""
    verdict: Literal["passed", "mended", "stopped"]
    """"stopped" steps name the problems that stopped them."""
    why: str
    """One sentence."""

    def to_json(self) -> dict[str, Any]:
        """Plain data for the log."""
        return {"name": self.name, "verdict": self.verdict, "why": self.why}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The decision about one completion. Only `calls` of a "calls" outcome may be run."""

    decision: Decision
    """"calls": run them. "reply": there is text and no call. "ask": required arguments are missing, `question` asks
    the user for them. "approve": `proposed` may run once a person has said yes. "rejected": nothing may be run, the
    model can be told why. "fallback": it is given up, `reply` says so."""
    calls: tuple[ToolCall, ...] = ()
    """Checked calls, arguments as objects; () unless the decision is "calls". One bad call rejects the whole turn:
    calls of a turn can depend on each other, and a half-executed turn cannot be asked for again."""
    proposed: tuple[ToolCall, ...] = ()
    """Every call that could be read, good or bad, for display. Never run these."""
    reply: str = ""
    """The text of the turn, beside the calls too."""
    problems: tuple[Problem, ...] = ()
    """Everything that is wrong, pointers beginning with `/calls/0/arguments`."""
    steps: tuple[Step, ...] = ()
    """What was checked, in order."""
    expected: tuple[str, ...] = ()
    """The schemas of the places that are wrong, for the model to read."""
    repairs: tuple[Repair, ...] = ()
    """What was changed in the calls, pointers beginning with `/calls/0/arguments`."""
    question: str = ""
    """What to ask the user, in an "ask" or an "approve" outcome."""
    approval: Approval | None = None
    """A person's yes to exactly these calls."""
    turn: Turn | None = None
    """The turn in which the calls will run, where that is known."""

    def problems_of(self, call: int) -> tuple[Problem, ...]:
        """The problems of one proposed call."""
        place = f"/calls/{call}"
        return tuple(p for p in self.problems if p.pointer == place or p.pointer.startswith(place + "/"))

    def message_for_model(self) -> str:
        """What to tell the model so that it can mend its turn; "" when nothing is wrong with it. Bounded, and nothing
        in it can become a control token, for it quotes the model."""
        if not self.problems:
            return ""
        lines = [NOTHING_RUN]
        lines += [f"- {p.pointer}: {p.message}" if p.pointer else f"- {p.message}" for p in self.problems[:MOST_TOLD]]
        if len(self.problems) > MOST_TOLD:
            lines.append(f"- and {len(self.problems) - MOST_TOLD} more")
        if len(self.proposed) > 1:
            lines.append(f"All {len(self.proposed)} calls of the turn were held back; send all of them again.")
        if self.expected:
            lines.append("Expected:")
            lines += self.expected[:MOST_TOLD]
        return harmless("\n".join(lines))

    def to_json(self) -> dict[str, Any]:
        """Plain data for reports and logs."""
        return {
            "decision": self.decision,
            "calls": [call_to_json(call) for call in self.calls],
            "proposed": [call_to_json(call) for call in self.proposed],
            "reply": self.reply,
            "problems": [
                problem.to_json() | {"expected": json_safe(problem.expected), "got": json_safe(problem.got)}
                for problem in self.problems
            ],
            "repairs": [repair.to_json() for repair in self.repairs],
            "question": self.question,
            "steps": [step.to_json() for step in self.steps],
        }


def shown(call: ToolCall) -> str:
    """A call for a person to agree to: every argument is there, long ones shortened."""
    if not isinstance(call.arguments, dict):
        return f"{call.name}({shorten(call.arguments)})"
    given = (f"{shorten(str(name), 80)}: {shorten(_json(value))}" for name, value in call.arguments.items())
    return f"{call.name}({', '.join(given)})"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=repr)


def call_to_json(call: ToolCall) -> dict[str, Any]:
    """Name and arguments."""
    return {"name": call.name, "arguments": json_safe(call.arguments)}


def json_safe(value: Any) -> Any:
    """The value, or its text where JSON has no such value (NaN, Infinity)."""
    try:
        json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return shorten(repr(value))
    return value


def shorten(value: Any, limit: int = 200) -> str:
    """JSON of a value for a sentence, cut in the middle when it is long, fit to be printed."""
    text = value if isinstance(value, str) else _json(value)
    if len(text) > limit:
        hidden = len(text) - limit // 2 - limit // 4
        text = f"{text[: limit // 2]} ... ({hidden:,} characters) ... {text[-limit // 4 :]}"
    return printable(text)
