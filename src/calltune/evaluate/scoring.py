"""One assistant turn, expected and predicted, gives one `Score`. In: the expected message, what was parsed, the
contract. Out: a verdict for each question, None where the question does not arise.

Wrong is not the same as absent: a turn that cannot be read, or was cut off, is never counted as a reply without
calls. Parallel calls are compared in any order, the best assignment counts (equality is an equivalence, so the best
assignment of exact matches is the intersection of multisets). Not done: partial credit for arguments, order of
dependent calls.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from calltune.contract import Toolset
from calltune.contract.canonical import arguments_key
from calltune.guard import Outcome
from calltune.render.parse import CALL_MARKER, Message, ParseFailure, ToolCall

Kind = Literal["call", "text", "malformed"]

METRICS = ("parsed", "decision", "tool_name", "schema_valid", "arguments_exact", "call_exact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one predicted turn compares with the expected one. None: the question does not arise for this row."""

    parsed: bool
    """The turn could be read to its end: clean text or only well-formed calls. Asked of every row."""
    decision: bool
    """Calls where calls are expected, text where text is. False when it could not be read. Asked of every row."""
    tool_name: bool | None
    """The tools called are those expected, as many times each. Asked where a call is expected."""
    schema_valid: bool | None
    """All calls name a tool of the contract and follow its schema. Asked where calls were predicted or attempted."""
    arguments_exact: bool | None
    """As many calls, and the arguments of each equal those expected, whatever the tool. Asked where a call is
    expected."""
    call_exact: bool | None
    """As many calls, each with the name and the arguments expected. Asked where a call is expected."""
    expected: Kind
    """What the row wants: "call" or "text"."""
    predicted: Kind
    """What came."""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def score(expected: Mapping[str, Any], predicted: Message | ParseFailure, outcome: Outcome, toolset: Toolset) -> Score:
    """`expected`: the assistant message of the row. `outcome`: the guard's decision about `predicted`."""
    wanted = [(c["function"]["name"], c["function"]["arguments"]) for c in expected.get("tool_calls") or ()]
    wants: Kind = "call" if wanted else "text"
    if isinstance(predicted, ParseFailure):
        # it meant to call where something of a call is in it
        attempted = CALL_MARKER.search(predicted.text) is not None
        miss = False if wanted else None
        return Score(
            parsed=False,
            decision=False,
            tool_name=miss,
            schema_valid=False if attempted else None,
            arguments_exact=miss,
            call_exact=miss,
            expected=wants,
            predicted="malformed",
        )
    came: Kind = "call" if predicted.calls else "text"
    return Score(
        parsed=True,
        decision=wants == came,
        **_compare(wanted, _final(predicted.calls, outcome), toolset),
        schema_valid=outcome.decision == "calls" if predicted.calls else None,
        expected=wants,
        predicted=came,
    )


def _final(calls: Sequence[ToolCall], outcome: Outcome) -> list[tuple[str, Any]]:
    """Accepted calls have their arguments as objects; of the others, what was written."""
    return [(call.name, call.arguments) for call in (outcome.proposed or calls)]


def _compare(
    wanted: Sequence[tuple[str, Any]], came: Sequence[tuple[str, Any]], toolset: Toolset
) -> dict[str, bool | None]:
    if not wanted:
        return {"tool_name": None, "arguments_exact": None, "call_exact": None}
    want, got = ([(name, _key(name, arguments, toolset)) for name, arguments in calls] for calls in (wanted, came))
    return {
        "tool_name": Counter(name for name, _ in want) == Counter(name for name, _ in got),
        "arguments_exact": Counter(key for _, key in want) == Counter(key for _, key in got),
        "call_exact": Counter(want) == Counter(got),
    }


def _key(name: str, arguments: Any, toolset: Toolset) -> Hashable:
    return arguments_key(arguments, toolset[name].parameters if name in toolset else None)
