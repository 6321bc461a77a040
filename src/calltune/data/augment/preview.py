"""A gold row and what was made of it, in the terminal. In: two rows. Out: lines; what is not learned is dim, and a turn
that is wrong on purpose is red and says so. Texts are shortened; control characters in them are shown, not obeyed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from calltune.contract.sentences import printable
from calltune.data.messages import is_learned

LONGEST = 240
"""Characters of one message that are shown."""
AROUND = (3, 4)
"""Messages that are shown before the first one that is new, and after it."""
LAST = 3
"""Messages that are shown of the end of a made row: that is where the new turns are."""
COLOURS = {"system": "magenta", "user": "cyan", "assistant": "green", "tool": "blue"}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A made row and the row it was made of."""

    kind: str
    teaches: str
    before: Mapping[str, Any] | None
    """The gold row; None for a row that was made of the contract alone."""
    after: Mapping[str, Any]
    """The made row, as it would be written."""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": self.kind, "before": self.before, "after": self.after}


def show_pair(pair: Pair, console: Console) -> None:
    """Both rows, one above the other."""
    console.print(Text.assemble((pair.kind, "bold"), f": {pair.teaches}"), soft_wrap=True)
    new = _first_new(pair)
    for title, row, last in (("before", pair.before, 0), ("after", pair.after, LAST)):
        if row is None:
            continue
        origin = f" ({row['made']['from']})" if "made" in row and "from" in row["made"] else ""
        console.print(Text(f"  {title}{printable(origin)}", style="bold dim"), soft_wrap=True)
        for line in lines_of(row, new, last):
            console.print(line, soft_wrap=True)
    console.print()


def _first_new(pair: Pair) -> int:
    """The place of the first message in which the rows differ."""
    if pair.before is None:
        return 0
    for place, (old, new) in enumerate(zip(pair.before["messages"], pair.after["messages"], strict=False)):
        if {**old, "train": None} != {**new, "train": None}:
            return place
    both = len(pair.before["messages"]), len(pair.after["messages"])
    return 0 if both[0] == both[1] else min(both)


def lines_of(row: Mapping[str, Any], new: int = 0, last: int = LAST) -> list[Text]:
    """The tools, the messages around message `new` and the last ones, one line each."""
    names = [tool["function"]["name"] for tool in row["tools"]]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    lines = [Text(f"    tools      {_short(', '.join(names[:12]) + more)}", style="dim")]
    messages: Sequence[Mapping[str, Any]] = row["messages"]
    count = len(messages)
    hidden = 0
    for place in range(count):
        if new - AROUND[0] <= place < new + AROUND[1] or place >= count - last:
            lines += [*_hidden(hidden), _line(messages, place)]
            hidden = 0
        else:
            hidden += 1
    return lines + _hidden(hidden)


def _hidden(count: int) -> list[Text]:
    return [Text(f"    ... {count} message{'s' * (count > 1)}", style="dim")] if count else []


def _line(messages: Sequence[Mapping[str, Any]], place: int) -> Text:
    message = messages[place]
    role = message["role"]
    learned = role == "assistant" and is_learned(message)
    style = "" if learned else "dim"
    note = ""
    if role == "assistant" and not learned:
        note = "  (not learned)"
        after = messages[place + 1]["content"] if place + 1 < len(messages) else ""
        if after.startswith("Nothing was run"):
            note, style = "  (wrong on purpose, not learned)", "red"
    said = [message["content"]] if message["content"] else []
    said += [
        f"{call['function']['name']}({json.dumps(call['function']['arguments'], ensure_ascii=False)})"
        for call in message.get("tool_calls", ())
    ]
    return Text.assemble(
        (f"    {role:<9}  ", COLOURS.get(role, "")), (_short("  ".join(said)), style), (note, "italic red")
    )


def _short(text: str) -> str:
    text = printable(" ".join(text.replace("\n", " ⏎ ").split()))
    return text if len(text) <= LONGEST else text[: LONGEST - 4] + " ..."
