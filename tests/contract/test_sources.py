"""Tools from files: every known shape, and every fault of a file at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Toolset
from calltune.errors import ContractError

PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
BARE = {"name": "get_weather", "description": "Weather.", "parameters": PARAMETERS}
MCP = {
    "jsonrpc": "2.0",
    "id": 1,
    "result": {
        "tools": [
            {
                "name": "get_weather",
                "title": "Weather",
                "description": "Weather.",
                "inputSchema": PARAMETERS,
                "outputSchema": {"type": "object", "properties": {"celsius": {"type": "number"}}},
                "annotations": {"readOnlyHint": True, "openWorldHint": True},
            },
            {"name": "set_alarm", "inputSchema": {"type": "object"}, "annotations": {"idempotentHint": True}},
            {"name": "delete_all", "inputSchema": {"type": "object", "properties": {}}},
        ]
    },
}


def load(tmp_path: Path, data: Any, name: str = "tools.json") -> Toolset:
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return Toolset.load(path)


def faults(tmp_path: Path, data: Any, name: str = "tools.json") -> tuple[str, ...]:
    with pytest.raises(ContractError) as caught:
        load(tmp_path, data, name)
    return caught.value.faults or (str(caught.value),)


@pytest.mark.parametrize(
    "data",
    [
        [{"type": "function", "function": BARE}],
        {"tools": [{"type": "function", "function": BARE}]},
        {"functions": [BARE]},
        [BARE],
        BARE,
        {"type": "function", "function": BARE},
        {"tools": [{"name": "get_weather", "description": "Weather.", "input_schema": PARAMETERS}]},
        [{"type": "function", **BARE, "strict": True}],
    ],
)
def test_every_shape_gives_the_same_contract(tmp_path: Path, data: Any) -> None:
    assert load(tmp_path, data) == Toolset.from_openai([BARE])


def test_hints_of_an_mcp_server_become_effects(tmp_path: Path) -> None:
    tools = load(tmp_path, MCP)
    assert [(tool.name, tool.effect, tool.idempotent) for tool in tools] == [
        ("get_weather", "read", True),
        ("set_alarm", "write", True),
        ("delete_all", "write", False),
    ]
    assert tools.check_result("get_weather", {"celsius": 3}) == () and tools.check_result("get_weather", {"c": 3})


def test_effect_and_timeout_are_read_beside_the_schema(tmp_path: Path) -> None:
    tool = load(tmp_path, [{"type": "function", "function": {**BARE, "effect": "read", "timeout_s": 2}}])["get_weather"]
    assert (tool.effect, tool.timeout_s) == ("read", 2)
    outer = load(tmp_path, [{"type": "function", "effect": "read", "function": BARE}])["get_weather"]
    assert outer.effect == "read"


def test_parameters_may_be_missing() -> None:
    for entry in ({"name": "now"}, {"name": "now", "parameters": None}, {"name": "now", "parameters": {}}):
        tools = Toolset.from_openai([entry])
        assert tools.check("now", {}) == () and tools.check("now", {"a": 1})


def test_yaml_is_read_as_json_would_be(tmp_path: Path) -> None:
    text = """
tools:
  - name: switch
    description: |
      Switch a lamp.
    parameters:
      type: object
      properties:
        to: {enum: [on, off, yes, no]}
        at: {type: string, examples: [12:30, 2026-05-31, 007]}
        level: {type: integer, minimum: 0, maximum: 10, default: ~}
        factor: {type: number, minimum: 0.5, maximum: 1e3}
"""
    properties = load(tmp_path, text, "tools.yaml")["switch"].parameters["properties"]
    assert properties["to"]["enum"] == ["on", "off", "yes", "no"]
    assert properties["at"]["examples"] == ["12:30", "2026-05-31", "007"]
    assert properties["level"] == {"type": "integer", "minimum": 0, "maximum": 10}
    assert properties["factor"] == {"type": "number", "minimum": 0.5, "maximum": 1000.0}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("tools: []\ntools: []\n", "more than once"),
        ("tools: [\n", "not YAML"),
        ("!!python/object/apply:os.system [ls]", "not YAML"),
        ("[" * 1200, "not YAML"),
        ("- name: a\n  description: !!timestamp x\n", "not YAML"),
        ("- name: a\n  description: !!int x\n", "not YAML"),
    ],
)
def test_yaml_that_is_more_than_data_is_refused(tmp_path: Path, text: str, part: str) -> None:
    assert part in faults(tmp_path, text, "tools.yaml")[0]


def test_all_faults_of_a_file_come_at_once_with_their_places(tmp_path: Path) -> None:
    broken = [
        {"type": "function", "function": {"name": "a b", "parameters": {"properties": {"x": {"type": "dict"}}}}},
        {"type": "tool", "function": BARE},
        "nothing",
        {"description": "no name"},
        {"name": "z", "paramters": PARAMETERS},
        {"type": "function", "function": BARE},
        {"name": "m", "inputSchema": {"properties": {"y": {"format": "phone"}}}},
        {"name": "e", "effect": "reads", "timeout_s": -1},
    ]
    found = faults(tmp_path, {"tools": broken})
    places = [fault.split(": ")[0] for fault in found]
    assert places == [
        "$.tools[0].function.name",
        "$.tools[0].function.parameters.properties.x.type",
        "$.tools[1].type",
        "$.tools[2]",
        "$.tools[3]",
        "$.tools[4].paramters",
        "$.tools[6].inputSchema.properties.y.format",
        "$.tools[7].effect",
        "$.tools[7].timeout_s",
        "$.tools[5]",
    ]
    assert 'did you mean "parameters"' in found[5] and "already taken by $.tools[1]" in found[-1]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ("", "the text is empty"),
        ('[{"name": "a",}]', "line 1"),
        ('[{"name": "a",\n "name": "b"}]', "more than once"),
        ("3", "holds no list of tools"),
        ('{"openapi": "3.1.0"}', "no operation that can be a tool"),
        ('[{"name": "a", "parameters": {"minimum": NaN}}]', "NaN"),
        (f'[{{"name": "a", "parameters": {{"minimum": 1{"0" * 400}}}}}]', "minimum"),
    ],
)
def test_a_file_that_is_no_list_of_tools_says_what_it_is(tmp_path: Path, data: str, part: str) -> None:
    assert part in faults(tmp_path, data)[0]


def test_a_path_that_leads_nowhere_proposes_the_near_one(tmp_path: Path) -> None:
    load(tmp_path, [BARE])
    with pytest.raises(ContractError, match="Did you mean"):
        Toolset.load(tmp_path / "tool.json")
    with pytest.raises(ContractError, match="is a folder"):
        Toolset.load(tmp_path)
    with pytest.raises(ContractError, match="neither a file nor a Python name"):
        Toolset.load("no such thing")


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tools.json").write_bytes('[{"name": "é"}]'.encode("latin-1"))
    with pytest.raises(ContractError, match="cannot be read"):
        Toolset.load(tmp_path / "tools.json")


def test_data_that_is_not_json_is_refused_not_raised() -> None:
    for data in (None, 3, "x", [{"name": {1}}], [{"name": "a", "parameters": {"enum": [object()]}}]):
        with pytest.raises(ContractError):
            Toolset.from_openai(data)  # type: ignore[arg-type]


def test_a_list_without_tools_is_an_empty_contract() -> None:
    assert len(Toolset.from_openai([])) == 0
    assert Toolset.from_openai([]).check("a", {})[0].message == "no tool named a. None is offered."
