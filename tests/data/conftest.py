"""Rows and files that the tests of this stage share."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.data import Conversation
from calltune.data.import_command import ImportConfig, import_rows
from calltune.data.import_report import ImportReport

WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather forecast for a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}, "unit": {"enum": ["c", "f"]}},
            "required": ["city"],
        },
        "returns": {"type": "object", "properties": {"celsius": {"type": "number"}}, "required": ["celsius"]},
    },
}


@pytest.fixture
def tool() -> dict[str, Any]:
    """The tool `get_weather(city, days?, unit?) -> {celsius}`, as a row carries it."""
    return json.loads(json.dumps(WEATHER))


@pytest.fixture
def row(tool: dict[str, Any]) -> dict[str, Any]:
    """A good row: question, call, result, answer."""
    call = {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Paris"}}}
    return {
        "tools": [tool],
        "messages": [
            {"role": "user", "content": "Weather in Paris?"},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": '{"celsius": 21}'},
            {"role": "assistant", "content": "21 degrees."},
        ],
    }


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes rows (or texts, as they are) as lines of a file; gzip where the name says so."""

    def to_file(*rows: Any, name: str = "rows.jsonl") -> Path:
        lines = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in rows]
        data = "".join(line + "\n" for line in lines).encode()
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return to_file


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    report: ImportReport
    path: Path

    @property
    def rows(self) -> list[Conversation]:
        """The rows written, read back."""
        return list(Conversation.read(self.path)) if self.report.out is not None else []


def import_file(source: Path, folder: Path, **options: Any) -> Imported:
    """`calltune import SOURCE --out FOLDER/out/rows.jsonl`."""
    out = folder / "out" / "rows.jsonl"
    config = ImportConfig(source=str(source), out=out, **options)
    return Imported(import_rows(config, console=Console(quiet=True)), out)
