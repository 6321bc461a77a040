"""What changed between two contracts: the rule, the place, the direction, and a call that shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calltune.contract import Tool, Toolset
from calltune.contract.change import RULES, Change
from calltune.contract.diff import diff

ROOT = Path(__file__).parents[2]
TEXT: dict[str, Any] = {"type": "string"}


def arguments(properties: dict[str, Any], *required: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), **more}


def one(schema: dict[str, Any]) -> dict[str, Any]:
    return arguments({"x": schema})


def changes(old: dict[str, Any], new: dict[str, Any], **tool: Any) -> tuple[Change, ...]:
    return diff(*(Toolset([Tool(name="f", parameters=schema, **tool)]) for schema in (old, new))).changes


CALLERS = [
    ("argument-required", one(TEXT), arguments({"x": TEXT}, "x")),
    ("argument-required", one(TEXT), arguments({"x": TEXT, "y": TEXT}, "y")),
    ("argument-removed", arguments({"x": TEXT, "other": TEXT}), one(TEXT)),
    ("argument-renamed", arguments({"user_name": TEXT}, "user_name"), arguments({"userName": TEXT}, "userName")),
    ("argument-narrowed", {"type": "object"}, arguments({"x": TEXT}, additionalProperties=True)),
    ("type-narrowed", one({"type": ["string", "integer"]}), one(TEXT)),
    ("type-narrowed", one({"type": "number"}), one({"type": "integer"})),
    ("enum-value-removed", one({"enum": ["a", "b"]}), one({"enum": ["a"]})),
    ("enum-value-removed", one({"enum": ["a", "b"]}), one({"const": "b"})),
    ("enum-value-removed", one({"enum": ["a", 1]}), one(TEXT)),
    ("enum-added", one(TEXT), one({"enum": ["a"]})),
    ("limit-tightened", one({"type": "integer", "maximum": 14}), one({"type": "integer", "maximum": 7})),
    ("limit-tightened", one({"type": "integer"}), one({"type": "integer", "exclusiveMinimum": 0})),
    ("limit-tightened", one(TEXT), one({**TEXT, "maxLength": 5})),
    ("limit-tightened", one({"type": "array"}), one({"type": "array", "uniqueItems": True})),
    ("pattern-added", one(TEXT), one({**TEXT, "pattern": "^a"})),
    ("format-added", one(TEXT), one({**TEXT, "format": "date"})),
    ("format-changed", one({**TEXT, "format": "email"}), one({**TEXT, "format": "date"})),
    ("object-closed", arguments({"x": TEXT}, additionalProperties=True), one(TEXT)),
    ("undecided", one({**TEXT, "pattern": "^[A-Z]{3}$"}), one({**TEXT, "pattern": "^[A-Z]{2}$"})),
    ("undecided", one({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}), one({**TEXT, "maxLength": 9})),
    ("alternative-removed", one({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}), one(TEXT)),
    ("undecided", one({"not": {"const": 1}}), one({"not": {"const": 2}})),
    (
        "alternative-removed",
        one({"anyOf": [TEXT, {"type": "array", "items": TEXT}, arguments({"a": TEXT}, "a")]}),
        one({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}),
    ),
]


@pytest.mark.parametrize(("rule", "old", "new"), CALLERS, ids=[f"{rule}-{i}" for i, (rule, _, _) in enumerate(CALLERS)])
def test_what_breaks_for_callers_comes_with_a_call_that_was_valid_and_is_not(
    rule: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    (broken,) = [change for change in changes(old, new) if change.breaks == "callers"]
    assert broken.rule.id == rule
    before, after = (Tool(name="f", parameters=schema) for schema in (old, new))
    assert broken.witness["name"] == "f"
    assert before.check(broken.witness["arguments"]) == ()
    assert broken.refusal in [problem.message for problem in after.check(broken.witness["arguments"])]


MODEL = [
    ("argument-optional", arguments({"x": TEXT}, "x"), one(TEXT)),
    ("argument-added", one(TEXT), arguments({"x": TEXT, "other": TEXT})),
    ("type-widened", one({"type": "integer"}), one({"type": "number"})),
    ("enum-value-added", one({"enum": ["a"]}), one({"enum": ["a", "b"]})),
    ("enum-dropped", one({"enum": ["a"]}), one(TEXT)),
    ("limit-loosened", one({"type": "integer", "minimum": 3}), one({"type": "integer", "minimum": 1})),
    ("limit-loosened", one({"type": "array", "maxItems": 3}), one({"type": "array"})),
    ("pattern-dropped", one({**TEXT, "pattern": "^a"}), one(TEXT)),
    ("format-dropped", one({**TEXT, "format": "date"}), one(TEXT)),
    ("object-opened", one(TEXT), arguments({"x": TEXT}, additionalProperties=True)),
    ("alternative-added", one(TEXT), one({"anyOf": [TEXT, {"type": "array", "items": TEXT}]})),
    ("description-changed", one(TEXT), one({**TEXT, "description": "A name."})),
    ("default-changed", one({**TEXT, "default": "a"}), one({**TEXT, "default": "b"})),
    ("note-changed", one(TEXT), one({**TEXT, "examples": ["a"]})),
    ("arguments-reordered", arguments({"x": TEXT, "other": TEXT}), arguments({"other": TEXT, "x": TEXT})),
    ("schema-rewritten", one({"enum": ["a", "b"]}), one({"enum": ["b", "a"]})),
    ("schema-rewritten", one({"type": "integer", "minimum": 1}), one({"type": "integer", "exclusiveMinimum": 0})),
]


@pytest.mark.parametrize(("rule", "old", "new"), MODEL, ids=[f"{rule}-{i}" for i, (rule, _, _) in enumerate(MODEL)])
def test_what_keeps_old_calls_valid_breaks_only_for_the_model(
    rule: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    found = changes(old, new)
    assert {change.breaks for change in found} == {"model"}
    assert rule in [change.rule.id for change in found]


RESULTS = [
    ("returns-widened", one({"type": "number"}), one({"type": ["number", "null"]})),
    ("returns-widened", arguments({"x": TEXT}, "x"), one(TEXT)),
    ("returns-widened", arguments({"x": TEXT, "y": TEXT}, "x", "y"), arguments({"x": TEXT}, "x")),
    ("returns-narrowed", one({"type": "number"}), one({"type": "integer"})),
    ("returns-narrowed", one(TEXT), arguments({"x": TEXT}, "x")),
    ("returns-removed", one(TEXT), None),
    ("returns-added", None, one(TEXT)),
]


@pytest.mark.parametrize(("rule", "old", "new"), RESULTS, ids=[f"{r}-{i}" for i, (r, _, _) in enumerate(RESULTS)])
def test_results_break_the_other_way_round(rule: str, old: Any, new: Any) -> None:
    before, after = (Tool(name="f", returns=schema) for schema in (old, new))
    (found,) = diff(Toolset([before]), Toolset([after])).changes
    assert found.rule.id == rule and not found.about_calls
    if rule == "returns-widened":
        result = found.witness["result"]
        assert after.check_result(result) == () and before.check_result(result) != ()


def test_what_the_prompt_does_not_show_breaks_only_where_it_promised_something() -> None:
    old = Toolset([Tool(name="f", effect="read", idempotent=True, timeout_s=5), Tool(name="g")])
    new = Toolset([Tool(name="f", effect="write", timeout_s=9), Tool(name="g", effect="read", idempotent=True)])
    found = {change.rule.id: change.breaks for change in diff(old, new).changes}
    assert found == {
        "effect-read-to-write": "callers",
        "idempotent-lost": "callers",
        "timeout-changed": "nothing",
        "effect-write-to-read": "nothing",
        "idempotent-gained": "nothing",
    }
    assert diff(old, new).other_prompt == ()


def test_tools_that_came_went_and_moved_are_told_apart() -> None:
    a, b, c = (Tool(name=name, parameters=one({"const": name})) for name in ("alpha", "beta", "gamma"))
    found = diff(Toolset([a, b]), Toolset([c, b]))
    assert (found.added, found.removed, found.changed) == (("gamma",), ("alpha",), ())
    assert [change.rule.id for change in diff(Toolset([a, b, c]), Toolset([c, b, a])).changes] == ["tools-reordered"]
    assert diff(Toolset([a, b]), Toolset([a, b])).changes == ()


def test_a_tool_under_a_near_name_with_the_same_schema_was_renamed_and_what_else_changed_is_told() -> None:
    old = Toolset([Tool(name="get_user", description="A user.", parameters=one(TEXT))])
    new = Toolset([Tool(name="getUserInfo", description="Who a user is.", parameters=one(TEXT))])
    found = diff(old, new)
    assert found.renames == {"get_user": "getUserInfo"} and found.changed == ("get_user",)
    assert [change.rule.id for change in found.changes] == ["tool-renamed", "description-changed"]
    far = Toolset([Tool(name="weather", parameters=one(TEXT))])
    assert [change.rule.id for change in diff(old, far).changes] == ["tool-removed", "tool-added"]
    other = Toolset([Tool(name="getUserInfo", parameters=one({"type": "integer"}))])
    assert diff(old, other).renames == {}


def test_pointers_lead_to_the_place_in_the_contract() -> None:
    old = one({"type": "array", "items": arguments({"a/b": {"type": "integer", "maximum": 9}})})
    new = one({"type": "array", "items": arguments({"a/b": {"type": "integer", "maximum": 5}})})
    (found,) = changes(old, new)
    assert found.pointer == "/parameters/properties/x/items/properties/a~1b/maximum"
    assert (found.before, found.after) == (9, 5)
    assert found.message == 'x[0]["a/b"]: maximum 5, was 9'


def test_a_change_stands_where_it_is_and_says_what_was_there() -> None:
    said = [
        (one({"enum": ["a"]}), one({"const": "a"}), "x: written differently, accepts the same"),
        (one({"minimum": 1}), one({"exclusiveMinimum": 1}), 'x: exclusiveMinimum 1, was {"minimum": 1}'),
        (one({"type": "boolean"}), one({"const": True}), "x: only true now, was any boolean"),
    ]
    for old, new, message in said:
        assert [change.message for change in changes(old, new)] == [message]
    (found,) = changes(said[0][0], said[0][1])
    assert found.pointer == "/parameters/properties/x"


def test_schemas_that_name_themselves_are_compared_step_by_step() -> None:
    def tree(**more: Any) -> dict[str, Any]:
        node = arguments({"name": TEXT, "kids": {"type": "array", "items": {"$ref": "#/$defs/node"}}, **more})
        return {**one({"$ref": "#/$defs/node"}), "$defs": {"node": node}}

    assert [change.rule.id for change in changes(tree(), tree(note=TEXT))] == ["argument-added"]
    (gone,) = changes(tree(note=TEXT), tree())
    assert gone.rule.id == "argument-removed" and gone.witness is not None


def test_a_change_that_other_changes_hide_has_a_witness_of_its_own() -> None:
    old, new = one({"enum": ["a", "b"]}), arguments({"x": {"enum": ["a"]}, "y": TEXT}, "y")
    found = {change.rule.id: change for change in changes(old, new)}
    assert found["argument-required"].witness["arguments"] == {}
    assert found["enum-value-removed"].witness["arguments"] == {"x": "b"}
    assert found["enum-value-removed"].refusal == 'x must be "a"; got "b".'


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"oneOf": [{"required": [f"p{i}"]}, {"required": [f"q{i}"]}]} for i in range(60)]},
        arguments({f"p{i}": {"type": "string", "maxLength": 9} for i in range(4000)}),
        one({"enum": [f"v{i}" for i in range(20_000)]}),
        one({"type": "array", "minItems": 4000, "items": {"type": "array", "minItems": 4000, "items": TEXT}}),
        one({"type": "string", "pattern": "^((a{1,9}){1,9}){1,9}$"}),
        {**one({"$ref": "#/$defs/n"}), "$defs": {"n": arguments({f"p{i}": {"$ref": "#/$defs/n"} for i in range(60)})}},
    ],
    ids=["choices", "properties", "values", "lists", "repeats", "references"],
)
def test_a_hostile_schema_is_compared_in_seconds_and_on_the_safe_side(schema: dict[str, Any]) -> None:
    narrower = json.loads(json.dumps(schema).replace('"p1"', '"z1"').replace('"v1"', '"z1"'))
    narrower = {**narrower, "minProperties": 1}
    assert any(change.breaks == "callers" for change in changes(schema, narrower))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.builds(
            lambda name, description, effect, kind: Tool(
                name=name, description=description, effect=effect, parameters=one({"type": kind})
            ),
            st.sampled_from(("get_user", "get_users", "getUser", "send", "remove")),
            st.sampled_from(("", "One.", "Two.")),
            st.sampled_from(("read", "write")),
            st.sampled_from(("string", "integer", "number")),
        ),
        unique_by=lambda tool: tool.name,
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_a_contract_differs_from_itself_in_nothing_and_from_another_in_something(tools: Any, random: Any) -> None:
    old = Toolset(tools)
    assert diff(old, Toolset(tools)).changes == ()
    other = list(tools)
    random.shuffle(other)
    new = Toolset(other[1:])
    found = diff(old, new)
    assert bool(found.changes) == (old.fingerprint != new.fingerprint)
    assert {*found.removed} == {tool.name for tool in tools} - {tool.name for tool in other[1:]}


def test_the_documentation_lists_every_rule_with_what_it_says() -> None:
    page = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([\w-]+)` \| (callers|model|nothing) \| (.+) \|$", page, flags=re.MULTILINE)
    assert listed == [(rule.id, rule.breaks, rule.because) for rule in RULES.values()]
