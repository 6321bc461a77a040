"""The JSON that others take holds the contract, and says what it has no place for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema_rs
import pytest
from bench.nasty import toolset

from calltune.contract import Tool, Toolset
from calltune.contract.exports import export

TOOLS = toolset()
SHOP = Toolset(
    [
        Tool(name="a.b", description="One.", effect="read", timeout_s=3, returns={"type": "array"}),
        Tool(name="a_b", idempotent=True, returns={"type": "object", "properties": {"n": {"type": "integer"}}}),
    ]
)


@pytest.mark.parametrize("form", ["openai", "anthropic", "mcp"])
def test_what_is_written_reads_back_as_the_same_schemas(form: str, tmp_path: Path) -> None:
    text, left = export(TOOLS, form)  # type: ignore[arg-type]
    (tmp_path / "tools.json").write_text(text)
    back = Toolset.load(tmp_path / "tools.json")
    cut = {one.tool for one in left if one.where.startswith("/parameters/")}
    for before, after in zip(TOOLS, back, strict=True):
        if before.name not in cut:
            assert after.parameters == before.parameters and after.description == before.description
    assert cut == (set() if form == "mcp" else {"root_union", "root_checks", "root_values"} & cut)


@pytest.mark.parametrize("form", ["openai", "anthropic"])
def test_what_a_service_refuses_at_the_root_takes_nothing_valid_with_it(form: str) -> None:
    kinds = {
        name: {
            "type": "object",
            "properties": {"k": {"const": len(name)}, "n": {"$ref": f"#/$defs/{name}"}},
            "required": ["k"],
        }
        for name in ("N", "NN")
    }
    choice = {"oneOf": [{"$ref": "#/$defs/N"}, {"$ref": "#/$defs/NN"}], "$defs": kinds}
    text, left = export(Toolset([Tool(name="t", parameters=choice)]), form)  # type: ignore[arg-type]
    entry = json.loads(text)[0]
    schema = entry.get("input_schema") or entry["function"]["parameters"]
    assert jsonschema_rs.is_valid(schema, {"k": 1, "n": {"k": 1}})
    assert {one.what for one in left} == {"oneOf", "unevaluatedProperties"}


@pytest.mark.parametrize("form", ["openai", "anthropic"])
def test_names_are_those_that_the_service_takes(form: str) -> None:
    text, left = export(SHOP, form)  # type: ignore[arg-type]
    names = re.findall(r'"name": "([^"]+)"', text)
    assert names == ["a_b_2", "a_b"]
    assert [(one.what, "a_b_2" in one.why) for one in left if one.what == "name"] == [("name", True)]
    assert {(one.tool, one.what) for one in left} == {
        ("a.b", "name"),
        ("a.b", "returns"),
        ("a.b", "effect"),
        ("a.b", "timeout_s"),
        ("a_b", "returns"),
        ("a_b", "idempotent"),
    }


def test_a_name_that_is_taken_gets_a_number_and_stays_short_enough() -> None:
    long = "a" * 31 + "{}" + "b" * 32
    names = re.findall(r'"name": "([^"]+)"', export(Toolset(Tool(name=long.format(c)) for c in "._"), "openai")[0])
    assert len(set(names)) == 2 and all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", name) for name in names)


def test_a_server_of_mcp_says_what_a_call_does() -> None:
    text, left = export(SHOP, "mcp")
    first, second = json.loads(text)["tools"]
    assert first["annotations"] == {"readOnlyHint": True, "idempotentHint": False} and "outputSchema" not in first
    assert second["outputSchema"] == SHOP["a_b"].returns
    assert [(one.tool, one.what) for one in left] == [("a.b", "timeout_s"), ("a.b", "returns")]


def test_one_schema_accepts_a_call_as_the_contract_does() -> None:
    text, _ = export(TOOLS, "jsonschema")
    document = json.loads(text)
    judge = jsonschema_rs.Draft202012Validator(document, validate_formats=True, offline=True)
    node = {"n": 1, "next": {"n": 2, "all": [{}]}}
    for name, arguments in (
        ("value_day", {"v": 3}),
        ("value_day", {"v": 32}),
        ("recursive", {"root": node}),
        ("recursive", {"root": {"x": 1}}),
        ("recursive_root", {"child": {"n": 1}}),
        ("recursive_root", {"child": {"n": "1"}}),
        ("unknown", {}),
    ):
        assert judge.is_valid({"name": name, "arguments": arguments}) == (not TOOLS.check(name, arguments))
    assert not judge.is_valid({"name": "nothing_at_all"})
    assert json.loads(export(SHOP, "jsonschema")[0])["$defs"]["a.b:returns"] == {"type": "array"}
    empty = jsonschema_rs.validator_for(json.loads(export(Toolset([]), "jsonschema")[0]))
    assert not empty.is_valid({"name": "a", "arguments": {}})
