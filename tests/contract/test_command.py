"""`calltune tools`: any source to a contract file."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from calltune.contract import Toolset
from calltune.contract.command import ToolsConfig, tools
from calltune.errors import CalltuneError, ConfigError, ContractError

LIST = [
    {"name": "get_weather", "description": "Weather [bold] of a city.\nMore.", "effect": "read", "parameters": {
        "properties": {"city": {"type": "string"}, "unit": {"enum": ["c", "f"]}, "n": {"type": ["integer", "null"]}},
        "required": ["city"]}},
    {"name": "now"},
]  # fmt: skip


def test_the_contract_is_written_and_shown(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(json.dumps(LIST))
    console = Console(file=io.StringIO(), width=140)
    config = ToolsConfig(source=str(tmp_path / "list.json"), out=tmp_path / "new" / "tools.json")
    report = tools(config, console=console)
    assert report.exit_code == 0 and Toolset.load(tmp_path / "new" / "tools.json") == report.toolset
    report.show(console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for part in ("get_weather", "read", "city* string, unit enum, n integer|null", "Weather [bold] of a city.", "none"):
        assert part in text
    assert report.toolset.fingerprint in text and "Next: calltune check --tools" in text
    data = json.loads(json.dumps(report.to_json()))
    assert data["fingerprint"] == report.toolset.fingerprint and len(data["tools"]) == 2


def test_without_a_file_to_write_the_tools_are_only_shown(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(json.dumps(LIST))
    console = Console(file=io.StringIO(), width=140)
    report = tools(ToolsConfig(source=str(tmp_path / "list.json")), console=console)
    report.show(console)
    assert report.out is None and "--out tools.json" in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_broken_source_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text('[{"name": "a b"}]')
    with pytest.raises(ContractError):
        tools(ToolsConfig(source=str(tmp_path / "list.json"), out=tmp_path / "out.json"), console=Console())
    assert not (tmp_path / "out.json").exists()


def test_the_file_that_is_read_is_not_written_over(tmp_path: Path) -> None:
    source = tmp_path / "functions.py"
    source.write_text("def now() -> str: ...\n")
    for name in (str(source), f"{source}:now"):
        with pytest.raises(ConfigError, match="read from"):
            tools(ToolsConfig(source=name, out=source), console=Console())
    assert source.read_text().startswith("def now")


def test_a_place_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(json.dumps(LIST))
    with pytest.raises(ConfigError, match="cannot be written") as caught:
        tools(ToolsConfig(source=str(tmp_path / "list.json"), out=tmp_path / "list.json" / "x.json"), console=Console())
    assert isinstance(caught.value, CalltuneError)


SHOP = Path(__file__).parents[2] / "examples" / "shop" / "openapi.yaml"


def test_what_a_document_says_and_the_contract_does_not_hold_is_shown(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=200)
    report = tools(ToolsConfig(source=str(SHOP), include=("tag:orders",), deprecated=False), console=console)
    report.show(console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "orders_create: callbacks (/paths/~1orders/post/callbacks). The service calls them, not the model." in text
    first = report.to_json()["not_carried"][0]
    assert first["tool"] == "orders_create" and first["what"] == "callbacks" and len(report.toolset) == 5
    data = {"openapi": "3.1.0", "paths": {"/a": {"get": {}}}, "webhooks": {f"w{n}": {} for n in range(30)}}
    (tmp_path / "many.json").write_text(json.dumps(data))
    tools(ToolsConfig(source=str(tmp_path / "many.json")), console=console).show(console)
    assert "and 10 more; in all 30 webhook" in console.file.getvalue()  # type: ignore[attr-defined]
