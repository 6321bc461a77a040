"""`calltune tools`: any source to a contract file."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from calltune.contract import Toolset
from calltune.contract.command import ToolsConfig, tools
from calltune.errors import CalltuneError, ConfigError, ContractError

MODULES = Path(__file__).parents[1] / "ajv" / "node_modules"
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


def test_tools_are_written_for_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list.json").write_text(json.dumps(LIST))
    console = Console(file=io.StringIO(), width=40)
    report = tools(ToolsConfig(source=str(tmp_path / "list.json"), form="typescript"), console=console)
    report.show(console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert text == report.text and text.endswith('{ name: "now"; arguments: Now };\n')
    assert (
        "get_weather: integer (/parameters/properties/n). A number of TypeScript may have a fraction."
        in capsys.readouterr().err
    )
    data = json.loads(json.dumps(report.to_json()))
    assert data["form"] == "typescript" and data["text"] == text
    assert {"tool": "get_weather", "where": "/parameters/properties/n", "what": "integer"}.items() <= data["unsaid"][
        0
    ].items()

    written = tools(
        ToolsConfig(source=str(tmp_path / "list.json"), form="zod", out=tmp_path / "a.mjs"), console=console
    )
    code = (tmp_path / "a.mjs").read_text()
    assert written.text is None and "export const tools" in code and "z.infer" not in code


@pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "zod").is_dir(),
    reason="needs Node and `npm install --prefix tests/ajv`",
)
def test_what_zod_says_and_the_contract_cannot_is_shown(tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(MODULES)
    source = tmp_path / "tools.mjs"
    source.write_text('import { z } from "zod"; export const t = z.object({ a: z.string().refine(Boolean) });')
    console = Console(file=io.StringIO(), width=140)
    report = tools(ToolsConfig(source=str(source), out=tmp_path / "tools.json"), console=console)
    report.show(console)
    assert "not in the contract:\n  t: refine (/parameters/properties/a). " in console.file.getvalue()  # type: ignore[attr-defined]
    assert [one["what"] for one in report.to_json()["not_carried"]] == ["refine"]
    with pytest.raises(ConfigError, match="read from"):
        tools(ToolsConfig(source=f"{source}:t", out=source), console=console)


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
