"""Training rows from the schemas alone, for functions that nobody has talked to yet. In: a contract. Out: conversations
that call every tool of it, each checked against the contract before it leaves; the same ones for the same seed.

What users say is put together from names, descriptions and examples (`phrasing`), what they mean from the schemas
(`values`). It is plainer than what people really say: rows like these teach a model which tool takes which argument
and to copy values, not how your users talk. Nothing is called and no model is asked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

from calltune.contract import Tool, Toolset
from calltune.data.conversation import Conversation, read_conversation
from calltune.data.rules import check_row
from calltune.errors import ConfigError

from .scratch_scenes import FORMS, Contract, Scene, number_calls
from .values import UnsayableError

SHARES = {
    "call": 50,
    "parallel": 8,
    "ask": 9,
    "answer": 7,
    "follow_up": 6,
    "chain": 6,
    "failure": 3,
    "refuse": 8,
    "talk": 3,
}
"""How many rows in a hundred are of a form: a call; two calls at once; a question for what is missing, then the call; a
result and the answer; a call with one argument changed; a value of a result taken on to another tool; a failure;
nothing fits; small talk. A form that the tool does not allow becomes a plain call: nothing can be missing where nothing
is required, and nothing taken on where `returns` names no argument of another tool."""

ATTEMPTS = 12
"""Conversations tried for a row before the tool's turn is given up."""


def make_rows(
    toolset: Toolset, *, rows: int, seed: int, discarded: Counter[str] | None = None
) -> Iterator[dict[str, Any]]:
    """Rows of the tools, turn by turn, so that each gets its share. `discarded` counts by reason what was made and
    thrown away. A tool whose schema nothing follows that could be said is counted under "tool_left_out", one of which
    all is said under "tool_exhausted", rows that are not there in the end under "rows_short". ConfigError where there
    is none."""
    if not len(toolset):
        raise ConfigError("the contract has no tools: there is nothing to make rows of.")
    counts: Counter[str] = Counter() if discarded is None else discarded
    contract = Contract(toolset)
    seen: set[str] = set()
    tools = [tool for tool in toolset if _can_be_called(contract, tool, Random(f"{seed}:{tool.name}"), counts)]
    failed, number, made = Counter[str](), 0, 0
    while made < rows:
        if not tools and made:
            counts["rows_short"] += rows - made
            return
        if not tools:
            faults = [f"{reason}: {times}" for reason, times in counts.most_common()]
            raise ConfigError(
                "no row could be made of this contract; why what was tried was thrown away:", faults=faults
            )
        tool = tools[number % len(tools)]
        number += 1
        row = _row(contract, tool, Random(f"{seed}:{number}"), seen, counts)
        if row is None:
            failed[tool.name] += 1
            if failed[tool.name] >= 3:
                counts["tool_exhausted"] += 1
                tools.remove(tool)
            continue
        failed[tool.name] = 0
        made += 1
        row["made"]["seed"] = seed
        yield row


def _can_be_called(contract: Contract, tool: Tool, rng: Random, counts: Counter[str]) -> bool:
    for _ in range(ATTEMPTS):
        try:
            FORMS["call"](Scene(contract, tool, rng))
        except UnsayableError as error:
            counts[str(error)] += 1
        else:
            return True
    counts["tool_left_out"] += 1
    return False


def _row(contract: Contract, tool: Tool, rng: Random, seen: set[str], counts: Counter[str]) -> dict[str, Any] | None:
    """One row for a tool that is valid and new, or None."""
    for _ in range(ATTEMPTS):
        form = _form(contract, tool, rng)
        try:
            messages = FORMS[form](Scene(contract, tool, rng))
        except UnsayableError as error:
            counts[str(error)] += 1
            continue
        key = json.dumps([message for message in messages if message["role"] != "tool"], sort_keys=True)
        if key in seen:
            counts["duplicate"] += 1
            continue
        number_calls(messages)
        row = {
            "tools": contract.openai,
            "messages": messages,
            "made": {"kind": "scratch", "tool": tool.name, "form": form},
        }
        conversation, problems = read_conversation(row, contract.toolset)
        problems += check_row(conversation) if isinstance(conversation, Conversation) else ()
        if problems:
            counts.update({f"broken_{problem.kind}" for problem in problems})
            continue
        seen.add(key)
        return row
    return None


def _form(contract: Contract, tool: Tool, rng: Random) -> str:
    form = rng.choices(list(SHARES), list(SHARES.values()))[0]
    asked = form != "ask" or any(argument.required for argument in contract.arguments[tool.name])
    return form if asked and (form != "chain" or contract.leads_on(tool)) else "call"
