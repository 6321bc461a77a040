"""What is kept of the rows does not depend on the order in which they came."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.cli import main
from calltune.data import read_rows
from calltune.data.augment import gold
from calltune.data.augment.gold import read_gold
from calltune.data.augment.kept import Kept
from calltune.data.augment.make import Made


@given(
    wanted=st.integers(0, 6),
    rows=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 8)), max_size=40, unique_by=lambda row: row[0]),
    seed=st.integers(0, 100),
)
def test_the_best_of_each_row_stay_in_whatever_order_they_come(
    wanted: int, rows: list[tuple[int, int]], seed: int
) -> None:
    def kept_of(rows: list[tuple[int, int]]) -> list[bytes]:
        kept = Kept(wanted=wanted)
        for rank, name in rows:
            if kept.has_room_for((rank,)):
                kept.add((rank,), Made(line=f"{rank} {name}".encode(), digest=bytes([name])))
        assert len(kept) <= wanted
        return [made.line for made, _ in kept.best_first()]

    best = {name: max(rank for rank, other in rows if other == name) for _, name in rows}
    expected = sorted(best.items(), key=lambda one: -one[1])[:wanted]
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert kept_of(rows) == kept_of(shuffled) == [f"{rank} {name}".encode() for name, rank in expected]


def test_of_too_many_tools_and_toolsets_the_same_are_kept_in_whatever_order_they_come(
    hand: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gold, "MOST_TOOLS", 5)
    monkeypatch.setattr(gold, "MOST_TOOLSETS", 4)
    lines = []
    for number in range(30):
        function = {"name": f"tool_{number}", "description": f"Do {number}.", "parameters": {"type": "object"}}
        for text in ("One, please.", "Another, please."):
            messages = hand.messages(f"{number}: {text}", hand.call(f"tool_{number}"))
            lines.append(json.dumps({"tools": [{"type": "function", "function": function}], "messages": messages}))
    found = []
    for seed in range(4):
        data = tmp_path / f"{seed}.jsonl"
        data.write_text("\n".join(random.Random(seed).sample(lines, len(lines))))
        kept = read_gold(read_rows(data))
        partners = {key: [row.messages for row in rows] for key, rows in kept.partners.items()}
        found.append(([tool.name for tool in kept.pool], partners))
    assert all(one == found[0] for one in found)
    assert len(found[0][0]) == 5 and [len(rows) for rows in found[0][1].values()] == [2] * 4


def test_gold_rows_that_say_the_same_are_not_more_than_asked_for(
    hand: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    data, tools, out = tmp_path / "g.jsonl", tmp_path / "t.json", tmp_path / "o.jsonl"
    hand.tools.save(tools)
    data.write_text((json.dumps({"messages": hand.rows[0]}) + "\n") * 20)
    options = ("--data", data, "--tools", tools, "--out", out, "--rows", 10, "--kinds", "recovery", "--json")
    assert main(["augment", *map(str, options)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["wanted"]["gold"] == report["made"]["gold"] == 5
