"""One made row of each kind, for people to read: `golden/rows.md`. CALLTUNE_UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from calltune import Tool
from calltune.data import read_rows
from calltune.data.augment import KINDS
from calltune.data.augment.gold import read_gold
from calltune.data.augment.make import Made, digest_of, make
from calltune.data.augment.preview import Pair, lines_of

GOLDEN = Path(__file__).parent / "golden" / "rows.md"
GOLD_ROW = {"distractors": 1, "failed": 1, "merged": 1}
"""Which hand-made row is shown; the first, unless told otherwise."""
SEED = {"missing": 1, "renamed": 5}
"""What is drawn for it."""


def test_one_made_row_of_each_kind_reads_as_it_did(hand: Any, gold_file: Path) -> None:
    extra = [Tool(name="get_traffic", description="Traffic on the roads for the next hours.")]
    gold = read_gold(read_rows(gold_file, tools=hand.tools))
    gold.add_tools(extra)
    context = hand.context_of(gold)
    parts = []
    for kind, described in KINDS.items():
        row = hand.two_steps() if kind == "sequence" else hand.conversation(hand.rows[GOLD_ROW.get(kind, 0)])
        made = make(row, kind, context, origin="gold.jsonl:1", seed=SEED.get(kind, 4), digest=digest_of(row))
        assert isinstance(made, Made), (kind, made)
        pair = Pair(kind=kind, teaches=described.teaches, before=row.to_json(), after=json.loads(made.line))
        lines = [line.plain for line in lines_of(pair.after)]
        parts.append("\n".join([f"## {kind}: {described.teaches}", "", "```", *lines, "```", ""]))
    text = "\n".join(parts)
    if os.environ.get("CALLTUNE_UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text
