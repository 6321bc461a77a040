"""The lint says one thing of one place, says what to write instead, and is silent on a contract that is well made."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.contract import Tool, Toolset
from calltune.contract.command import ToolsConfig, tools
from calltune.contract.lint import TOOL_RULES, TOOLSET_RULES, by_rule, lint
from calltune.contract.lint_arguments import ARGUMENT_RULES
from calltune.contract.tokens import token_costs
from calltune.data.read import read_rows
from calltune.errors import ConfigError

ROOT = Path(__file__).parents[2]
SAID = "Looks something up that people ask for."
TEXT: dict[str, Any] = {"type": "string", "description": "What to look for.", "maxLength": 9}


def tool(properties: dict[str, Any] | None = None, *required: str, **more: Any) -> Tool:
    schema = {"type": "object", "properties": properties or {"what": TEXT}, "required": list(required)}
    return Tool(**{"name": "look_up", "description": SAID, "effect": "read", "parameters": schema, **more})


def nested(depth: int) -> dict[str, Any]:
    schema = TEXT
    for _ in range(depth):
        schema = {"type": "object", "description": "Inside.", "properties": {"in": schema}}
    return schema


A = "/parameters/properties/a"


def about(schema: dict[str, Any], *required: str) -> list[Tool]:
    """One tool with one argument a, which is described."""
    return [tool({"a": {"description": "What it is.", **schema}}, *required)]


SEND = {"name": "send", "description": "Sends a text to somebody.", "effect": "write"}
CASES: list[tuple[str, list[Tool], str, str]] = [
    ("description-missing", [tool(description="")], "look_up", "/description"),
    ("description-short", [tool(description="Looks up.")], "look_up", "/description"),
    ("description-short", [tool(name="close_ticket", description="Close the ticket.")], "close_ticket", "/description"),
    ("description-twice", [tool(), tool(name="find")], "find", "/description"),
    ("name-refused", [tool(name="look.up")], "look.up", "/name"),
    ("tools-alike", [tool(name="get_user", description="A person by id."), tool(name="getUsers")], "getUsers", "/name"),
    ("arguments-alike", [tool({"country": TEXT, "county": TEXT})], "look_up", "/parameters/properties/county"),
    ("nested-deep", [tool({"a": nested(5)})], "look_up", "/parameters"),
    ("type-missing", about({}), "look_up", A),
    ("argument-description-missing", about({"type": "integer", "description": ""}), "look_up", f"{A}/description"),
    ("enum-of-one", about({"enum": ["x"]}), "look_up", A),
    ("enum-by-case", about({"enum": ["Open", "open", "shut"]}), "look_up", f"{A}/enum"),
    (
        "flag-negated",
        [tool({"no_cache": {"type": "boolean", "description": "Look anew."}})],
        "look_up",
        "/parameters/properties/no_cache",
    ),
    ("required-with-default", about({"enum": ["x", "y"], "default": "x"}, "a"), "look_up", f"{A}/default"),
    ("optional-and-nullable", about({"type": ["integer", "null"]}), "look_up", A),
    ("object-free-form", about({"type": "object", "additionalProperties": True}), "look_up", A),
    ("list-unbounded", about({"type": "array", "items": {"type": "integer"}}), "look_up", A),
    (
        "format-missing",
        [tool({"start_date": {"type": "string", "description": "From when."}})],
        "look_up",
        "/parameters/properties/start_date",
    ),
    ("text-unbounded", [tool(), tool({"a": {"type": "string", "description": "It."}}, **SEND)], "send", "/parameters"),
]


@pytest.mark.parametrize(("rule", "tools", "name", "pointer"), CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_a_rule_speaks_once_of_the_place_and_says_what_to_write(
    rule: str, tools: list[Tool], name: str, pointer: str
) -> None:
    (remark,) = lint(Toolset(tools))
    assert (remark.rule, remark.tool, remark.pointer) == (rule, name, pointer)
    assert remark.message and remark.instead.endswith(".")


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in CASES} == {*TOOL_RULES, *ARGUMENT_RULES, *TOOLSET_RULES}


QUIET = [
    [tool()],
    [tool({"a": {"type": ["string", "null"], "description": "It.", "default": None}})],
    [tool({"a": {"type": "array", "description": "None.", "items": False}})],
    [tool({"due_date": {"type": "string", "format": "date", "description": "When."}})],
    [tool({"height": TEXT, "weight": TEXT})],
    [tool({"notify": {"type": "boolean", "description": "Say so."}})],
    [tool(name="get_alert", description="One alert by its number."), tool(name="set_alert")],
    [tool({"a": nested(4)})],
    [tool(description="计算一个数字列表的中位数")],
    [tool({"text": {"type": "string", "description": "It."}}, effect="write")],
]


@pytest.mark.parametrize("tools", QUIET, ids=[str(i) for i in range(len(QUIET))])
def test_a_rule_is_silent_where_it_has_nothing_to_say(tools: list[Tool]) -> None:
    assert lint(Toolset(tools)) == ()


def test_no_rule_speaks_of_a_fifth_of_the_tools_of_public_data(shared: Path) -> None:
    found: dict[str, Toolset] = {}
    for name in ("glaive_demo_en.jsonl", "toolalpaca_eval.jsonl"):
        for row in read_rows(shared / "data" / name):
            if row.conversation is not None and row.conversation.offer is not None:
                toolset = row.conversation.toolset()
                found[toolset.fingerprint] = toolset
    counts: dict[str, set[str]] = {}
    for toolset in found.values():
        for remark in lint(toolset):
            counts.setdefault(remark.rule, set()).add(toolset[remark.tool].fingerprint)
    tools_in_all = len({tool.fingerprint for toolset in found.values() for tool in toolset})
    noisy = {rule: len(of) for rule, of in counts.items() if len(of) > tools_in_all / 5 and rule != "name-refused"}
    assert not noisy, f"of {tools_in_all} tools"


def source(tmp_path: Path, tools: list[Tool]) -> str:
    Toolset(tools).save(tmp_path / "tools.json")
    return str(tmp_path / "tools.json")


def test_the_command_shows_the_lint_and_fails_only_where_it_is_strict(tmp_path: Path) -> None:
    given = source(tmp_path, [tool({"a": {"type": "integer"}, "b": {"type": "integer"}}), tool(name="f[bold]"[:1])])
    console = Console(file=io.StringIO(), width=160)
    report = tools(ToolsConfig(source=given), console=console)
    report.show(console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "argument-description-missing 2" in shown and "look_up: b has no description." in shown
    assert report.exit_code == 0
    assert report.to_json()["lint"][0]["pointer"] == "/parameters/properties/a/description"
    assert tools(ToolsConfig(source=given, strict_lint=True), console=console).exit_code == 1
    silent = tools(ToolsConfig(source=given, lint=False), console=console)
    assert silent.exit_code == 0 and "lint" not in silent.to_json()
    with pytest.raises(ConfigError, match="exclude each other"):
        tools(ToolsConfig(source=given, lint=False, strict_lint=True), console=console)


def words_in(offered: Any) -> int:
    """A measure: ten words around the tools, and theirs."""
    return 10 + sum(len(one["function"]["description"].split()) for one in offered)


def test_a_tool_costs_what_the_prompt_is_longer_with_it(tmp_path: Path) -> None:
    many = [tool(name=f"t{i}", description="word " * (i + 1)) for i in range(40)]
    costs = token_costs(Toolset(many), words_in, model="m", context=None)
    assert costs.each == {f"t{i}": i + 1 for i in range(40)}
    assert (costs.without, costs.total) == (10, 10 + sum(range(41)))
    given = source(tmp_path, many)
    console = Console(file=io.StringIO(), width=160)
    for context, rules in ((5_000, []), (1_000, ["context-half-full"]), (500, ["context-exceeded"])):
        report = tools(ToolsConfig(source=given, model="m"), console=console, measure=words_in, context=context)
        assert [one.rule for one in report.remarks or () if not one.tool] == rules
    report.show(console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "tokens" in shown and "830 tokens for m, 166% of the 500 it can hold" in shown
    assert report.to_json()["tokens"]["tools"]["t9"] == 10


def test_the_documentation_names_every_rule() -> None:
    page = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")
    named = re.findall(r"^- `([\w-]+)`:", page, flags=re.MULTILINE)
    assert sorted(named) == sorted(
        [*TOOL_RULES, *ARGUMENT_RULES, *TOOLSET_RULES, "context-exceeded", "context-half-full"]
    )


def test_rules_are_counted_most_first() -> None:
    remarks = lint(Toolset([tool({"a": {"type": "integer"}, "b": {"type": "integer"}}, description="")]))
    assert by_rule(remarks) == {"argument-description-missing": 2, "description-missing": 1}
