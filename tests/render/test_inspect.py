from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.render.inspect import InspectConfig, inspect

TOOL = {
    "type": "function",
    "function": {"name": "now", "description": "The time.", "parameters": {"type": "object", "properties": {}}},
}
CALL = {"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "now", "arguments": "{}"}}]}
GOOD = {"messages": [{"role": "user", "content": "Time? [red]x[/red]"}, CALL], "tools": [TOOL]}
BAD = {"messages": "nothing"}


@pytest.fixture
def folder(tokenizer: Any, tmp_path: Path) -> Path:
    tokenizer.save_pretrained(tmp_path)
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, (GOOD, GOOD, BAD))), encoding="utf-8")
    return tmp_path


def run(folder: Path, rows: int) -> tuple[Any, str]:
    console = Console(file=io.StringIO(), width=200)
    config = InspectConfig(model=str(folder), data=str(folder / "rows.jsonl"), rows=rows)
    report = inspect(config, console=console)
    report.show(console)
    file: Any = console.file
    return report, file.getvalue()


def test_it_shows_what_is_learned_and_where_the_tokens_go(folder: Path) -> None:
    report, text = run(folder, 2)
    assert report.exit_code == 0 and "Time? [red]x[/red]" in text and "schemas" in text
    row = report.to_json()["rows"][0]["training_rows"][0]
    assert "".join(piece["text"] for piece in row["pieces"] if piece["weight"]) == (
        '<tool_call>{"name": "now", "arguments": {}}</tool_call><|im_end|>'
    )
    assert row["tokens"] == sum(row["by_part"].values()) and row["by_part"]["call"] > 0
    assert report.to_json()["tokens"]["stop"] == 2
    json.dumps(report.to_json())


def test_a_row_that_cannot_be_trained_on_says_why(folder: Path) -> None:
    report, text = run(folder, 3)
    assert report.exit_code == 1 and "line 3" in text and "not trained on" in text
    assert report.to_json()["rows"][2]["problem"]


def test_colours_tell_learned_from_masked(folder: Path) -> None:
    report, _ = run(folder, 1)
    console = Console(file=io.StringIO(), width=200, force_terminal=True, color_system="standard")
    report.show(console)
    file: Any = console.file
    assert "\x1b[1;7;32m<tool_call>" in file.getvalue()
