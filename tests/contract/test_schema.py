"""The canonical form: narrower or equal, stable, and every fault found with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calltune.contract import Tool
from calltune.contract.closing import opened
from calltune.contract.rewriting import INLINE_SCHEMAS
from calltune.contract.schema import canonical
from calltune.contract.validate import build_validator


def form(schema: Any) -> Any:
    result, faults = canonical(schema)
    assert faults == []
    return result


def faults_of(schema: Any, **options: Any) -> list[str]:
    return canonical(schema, **options)[1]


def accepts(schema: Any, value: Any) -> bool:
    return bool(build_validator(schema).is_valid(value))


PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name"],
}


# -- closing --------------------------------------------------------------------------------


def test_an_object_with_declared_properties_is_closed_at_every_level() -> None:
    schema = form({"type": "object", "properties": {"who": PERSON, "all": {"type": "array", "items": PERSON}}})
    assert schema["additionalProperties"] is False
    assert schema["properties"]["who"]["additionalProperties"] is False
    assert schema["properties"]["all"]["items"]["additionalProperties"] is False


@pytest.mark.parametrize("rest", [True, {"type": "string"}, False])
def test_an_object_that_speaks_about_the_rest_itself_is_left_alone(rest: Any) -> None:
    assert form({**PERSON, "additionalProperties": rest})["additionalProperties"] == rest


def test_a_free_form_object_stays_open() -> None:
    assert "additionalProperties" not in form({"type": "object"})


def test_arguments_that_declare_nothing_accept_nothing() -> None:
    schema, faults = canonical({"type": "object", "properties": {}}, arguments=True)
    assert faults == [] and accepts(schema, {}) and not accepts(schema, {"a": 1})


def test_all_of_is_merged_into_one_closed_object() -> None:
    schema = form(
        {"allOf": [PERSON, {"type": "object", "properties": {"zip": {"type": "string"}}, "required": ["zip"]}]}
    )
    assert list(schema["properties"]) == ["name", "age", "zip"]
    assert schema["required"] == ["name", "zip"]
    assert schema["additionalProperties"] is False and "allOf" not in schema


def test_all_of_that_cannot_be_merged_is_closed_around_its_branches() -> None:
    schema = form(
        {
            "properties": {"a": {"minimum": 1}},
            "allOf": [{"properties": {"a": {"maximum": 9}}}, {"properties": {"b": {"type": "string"}}}],
        }
    )
    assert accepts(schema, {"a": 5, "b": "x"})
    assert not accepts(schema, {"a": 10}) and not accepts(schema, {"a": 0})
    assert not accepts(schema, {"a": 5, "c": 1})


def test_a_condition_beside_properties_keeps_its_meaning() -> None:
    schema = form(
        {
            "type": "object",
            "properties": {"kind": {"enum": ["card", "cash"]}},
            "required": ["kind"],
            "if": {"properties": {"kind": {"const": "card"}}},
            "then": {"properties": {"number": {"type": "string"}}, "required": ["number"]},
        }
    )
    assert accepts(schema, {"kind": "card", "number": "1"}) and accepts(schema, {"kind": "cash"})
    assert not accepts(schema, {"kind": "card"}) and not accepts(schema, {"kind": "cash", "tip": 1})


def test_the_branches_of_a_plain_union_are_closed_one_by_one() -> None:
    cat = {"type": "object", "properties": {"lives": {"type": "integer"}}, "required": ["lives"]}
    dog = {"type": "object", "properties": {"barks": {"type": "boolean"}}, "required": ["barks"]}
    schema = form({"anyOf": [cat, dog]})
    assert accepts(schema, {"lives": 9}) and accepts(schema, {"barks": True})
    assert not accepts(schema, {"lives": 9, "barks": True})


def test_an_overlapping_one_of_accepts_no_more_than_before() -> None:
    schema = form(
        {"oneOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"a": {}, "b": {}}, "required": ["b"]}]}
    )
    assert accepts(schema, {"a": 1}) and not accepts(schema, {"a": 1, "b": 2}) and not accepts(schema, {"a": 1, "c": 2})


def test_negation_is_not_closed() -> None:
    schema = form({"type": "object", "not": {"properties": {"a": {"const": 1}}, "required": ["a"]}})
    assert not accepts(schema, {"a": 1, "b": 2})


# -- references --------------------------------------------------------------------------------


def test_references_are_written_out_and_what_stands_beside_them_wins() -> None:
    schema = form(
        {
            "type": "object",
            "properties": {
                "who": {"$ref": "#/definitions/P", "description": "The guest"},
                "n": {"$ref": "#/definitions/N", "minimum": 2},
            },
            "definitions": {"P": {**PERSON, "description": "A person"}, "N": {"type": "integer", "maximum": 5}},
        }
    )
    assert "$ref" not in json.dumps(schema) and "$defs" not in schema
    assert schema["properties"]["who"]["description"] == "The guest"
    assert schema["properties"]["n"] == {"type": "integer", "minimum": 2, "maximum": 5}


def test_a_recursive_reference_stays_a_definition() -> None:
    tree = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}}
    schema = form({"type": "object", "properties": {"root": {"$ref": "#/$defs/Tree"}}, "$defs": {"Tree": tree}})
    assert accepts(schema, {"root": {"kids": [{"kids": []}]}})
    assert not accepts(schema, {"root": {"kids": [{"kid": []}]}})


def test_a_document_that_is_its_own_definition_is_written_at_the_top() -> None:
    tree = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}}}
    schema = form({"$ref": "#/$defs/Tree", "$defs": {"Tree": tree}})
    assert schema["type"] == "object" and schema["properties"]["kids"]["items"] == {"$ref": "#"}
    assert not accepts(schema, {"kids": [{"kids": [], "x": 1}]})


def test_anchors_and_identities_resolve_inside_the_document() -> None:
    schema = form(
        {
            "$id": "https://example.org/root",
            "properties": {
                "a": {"$ref": "#here"},
                "b": {"$ref": "https://example.org/root#/$defs/N"},
                "c": {"$ref": "other"},
            },
            "$defs": {
                "N": {"$anchor": "here", "type": "integer"},
                "O": {"$id": "other", "$ref": "#/$defs/S", "$defs": {"S": {"type": "string"}}},
            },
        }
    )
    assert [schema["properties"][name]["type"] for name in "abc"] == ["integer", "integer", "string"]


def test_definitions_that_multiply_stay_definitions() -> None:
    doubled = {f"d{n}": {"type": "array", "prefixItems": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(30)}
    schema = form({"properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": {**doubled, "d30": {"type": "integer"}}})
    assert len(json.dumps(schema)) < 10_000 < INLINE_SCHEMAS + 1
    assert accepts(schema, {"a": []})


def test_a_long_chain_of_references_is_read() -> None:
    chain = {f"d{n}": {"properties": {"a": {"$ref": f"#/$defs/d{n + 1}"}}} for n in range(5000)}
    schema = form({"properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": {**chain, "d5000": {"type": "integer"}}})
    assert accepts(schema, {"a": {"a": {"a": {}}}}) and not accepts(schema, {"a": {"a": {"b": {}}}})


def test_only_what_lies_on_a_loop_stays_a_definition() -> None:
    defs = {
        "In": {"type": "object", "properties": {"r": {"$ref": "#/$defs/R"}}},
        "R": {"type": "object", "properties": {"r": {"$ref": "#/$defs/R"}, "out": {"$ref": "#/$defs/Out"}}},
        "Out": {"type": "string"},
    }
    schema = form({"properties": {"a": {"$ref": "#/$defs/In"}}, "$defs": defs})
    assert list(schema["$defs"]) == ["R"]


@pytest.mark.parametrize(
    ("schema", "part"),
    [
        ({"$ref": "#/$defs/Nope", "$defs": {"None": {}}}, "there is no 'Nope'"),
        ({"properties": {"a": {"$ref": "https://example.org/s.json"}}}, "lies outside this schema"),
        ({"properties": {"a": {"$ref": "file:///etc/passwd"}}}, "lies outside this schema"),
        (
            {"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}},
            "leads back to itself",
        ),
        ({"allOf": [{"$ref": "#"}]}, "leads back to itself"),
        ({"properties": {"a": {"$ref": "#/x-parts/A"}}, "x-parts": {"A": {"type": "dict"}}}, "move it into $defs"),
        ({"$dynamicRef": "#a"}, "write $ref"),
    ],
)
def test_a_reference_that_leads_nowhere_is_a_fault(schema: Any, part: str) -> None:
    found = faults_of(schema)
    assert found and part in found[0]


# -- older dialects --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 0}),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": False}, {"type": "integer", "maximum": 9}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "string", "enum": ["a"], "nullable": True}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        (
            {"type": "array", "items": [{"type": "string"}], "additionalItems": False},
            {"type": "array", "prefixItems": [{"type": "string"}], "items": False},
        ),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, {"type": ["integer", "null"]}),
        (
            {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "default": None},
            {"type": ["string", "null"], "format": "date", "default": None},
        ),
        ({"type": "string", "default": None}, {"type": "string"}),
        ({"type": "integer", "format": "int64"}, {"type": "integer"}),
        ({"type": "integer", "format": "int32", "minimum": 0}, {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}),
        ({"dependencies": {"a": ["b"]}}, {"dependentRequired": {"a": ["b"]}}),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "const": 1}, {"const": 1}),
        ({"allOf": [{"type": "string"}], "description": "d"}, {"type": "string", "description": "d"}),
    ],
)
def test_leftovers_of_older_dialects_are_put_in_todays_words(old: Any, new: Any) -> None:
    assert form(old) == new


def test_a_nullable_reference_accepts_null() -> None:
    schema = form({"properties": {"a": {"$ref": "#/definitions/P", "nullable": True}}, "definitions": {"P": PERSON}})
    assert (
        accepts(schema, {"a": None})
        and accepts(schema, {"a": {"name": "x"}})
        and not accepts(schema, {"a": {"name": "x", "y": 1}})
    )


def test_property_order_is_kept_and_keyword_order_is_not() -> None:
    one = form(
        {"properties": {"b": {"description": "x", "type": "string"}, "a": {}}, "type": "object", "required": ["a", "b"]}
    )
    assert list(one) == ["type", "properties", "required", "additionalProperties"]
    assert list(one["properties"]) == ["b", "a"] and one["required"] == ["b", "a"]
    assert list(one["properties"]["b"]) == ["type", "description"]


# -- faults --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "fault"),
    [
        ({"type": "dict"}, '$.type: unknown type "dict": write "object"'),
        ({"type": "float"}, '$.type: unknown type "float": write "number"'),
        ({"type": "int"}, '$.type: unknown type "int": write "integer"'),
        ({"type": "str"}, '$.type: unknown type "str": write "string"'),
        ({"type": "String"}, '$.type: unknown type "String": write "string"'),
        ({"type": "bool"}, '$.type: unknown type "bool": write "boolean"'),
        ({"type": "tuple"}, '$.type: unknown type "tuple": write "array"'),
        (
            {"type": "list[int]"},
            '$.type: unknown type "list[int]": write "type": "array", "items": {"type": "integer"}',
        ),
        ({"type": "any"}, '$.type: unknown type "any": leave `type` out where any value is allowed'),
        ({"type": "datetime"}, '$.type: unknown type "datetime": write "type": "string", "format": "date-time"'),
        ({"type": ["string", "none"]}, '$.type[1]: unknown type "none": write "null"'),
        (
            {"properties": {"x": {"format": "datetime"}}},
            '$.properties.x.format: unknown format "datetime": did you mean "date-time"?',
        ),
        (
            {"properties": {"x": {"required": True}}},
            "$.properties.x.required: `required` is a list of names on the object",
        ),
        ({"propertys": {}}, '$.propertys: unknown keyword "propertys": did you mean "properties"?'),
        ({"properties": ["a"]}, "$.properties: expected an object of name: schema"),
        ({"properties": {"a": "string"}}, '$.properties.a: expected a schema (an object), got "string" (string)'),
        ({"enum": []}, "$.enum: expected a list of values, not empty"),
        ({"minimum": "1"}, '$.minimum: expected a number, got "1" (string)'),
        ({"minLength": -1}, "$.minLength: expected a whole number from 0, got -1 (integer)"),
        ({"minimum": 3, "maximum": 2}, "$.minimum: minimum 3 is above maximum 2"),
        ({"pattern": "("}, '$.pattern: "(" is not a regular expression'),
        ({"pattern": "(?=a)b"}, "needs look-around"),
        ({"patternProperties": {r"(a)\1": {}}}, "needs look-around"),
        ({"type": "integer", "default": "3"}, "write 3 without quotes"),
        ({"type": "object", "properties": {"city": {}}, "required": ["citty"]}, 'did you mean "city"?'),
        ({"$schema": "https://example.org/mine"}, "unknown dialect"),
        ({"enum": [float("nan")]}, "not a JSON number"),
        ({"enum": ["\ud800"]}, "not JSON"),
        ({"enum": [{1, 2}]}, "not JSON data"),
        (["a"], "expected a schema"),
    ],
)
def test_a_broken_schema_is_a_fault_with_its_place_and_its_fix(schema: Any, fault: str) -> None:
    found = faults_of(schema)
    assert len(found) == 1 and fault in found[0]


def test_all_faults_are_found_at_once() -> None:
    found = faults_of({"properties": {"a": {"type": "dict"}, "b": {"items": {"type": "float", "format": "fone"}}}})
    assert [fault.split(":")[0] for fault in found] == [
        "$.properties.a.type",
        "$.properties.b.items.type",
        "$.properties.b.items.format",
    ]


def test_faults_name_the_place_as_it_is_written() -> None:
    found = faults_of({"definitions": {"A": {"type": "dict"}}, "properties": {"t": {"items": [{"type": "int"}]}}})
    assert {fault.split(": ")[0] for fault in found} == {"$.definitions.A.type", "$.properties.t.items[0].type"}


def test_arguments_must_be_an_object() -> None:
    assert "arguments of a tool are an object" in faults_of({"type": "string"}, arguments=True)[0]
    assert "write" in faults_of({"city": {"type": "string"}}, arguments=True)[0]


def test_size_and_depth_are_budgeted_without_recursion() -> None:
    deep: Any = {}
    for _ in range(100_000):
        deep = {"items": deep}
    assert "levels deep" in faults_of(deep)[0]
    looped: dict[str, Any] = {}
    looped["items"] = looped
    assert "levels deep" in faults_of(looped)[0]
    assert "values" in faults_of({"enum": list(range(200_000))})[0]
    assert "bytes" in faults_of({"description": "x" * (1 << 21)})[0]


def test_a_default_is_checked_against_references_too() -> None:
    tree = {"type": "object", "properties": {"kid": {"$ref": "#/$defs/T"}}}
    good = {"properties": {"t": {"$ref": "#/$defs/T", "default": {"kid": {}}}}, "$defs": {"T": tree}}
    bad = {"properties": {"t": {"$ref": "#/$defs/T", "default": {"kid": {"x": 1}}}}, "$defs": {"T": tree}}
    assert faults_of(good) == [] and "unknown field x" in faults_of(bad)[0]


# -- properties --------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x", "yy"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {"properties": st.dictionaries(NAMES, inner, max_size=2)},
        optional={
            "type": st.just("object"),
            "additionalProperties": st.booleans() | inner,
            "patternProperties": st.dictionaries(st.just("^a"), inner, max_size=1),
            "minProperties": st.integers(0, 1),
            "allOf": st.lists(inner, min_size=1, max_size=2),
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "oneOf": st.lists(inner, min_size=1, max_size=2),
            "if": inner,
            "then": inner,
            "not": inner,
        },
    )


LEAVES: list[dict[str, Any]] = [
    {},
    {"type": "integer"},
    {"type": "string"},
    {"type": "null"},
    {"const": 1},
    {"enum": ["x", 1]},
    {"minimum": 1},
    {"required": ["a"]},
    {"type": "integer", "nullable": True},
    {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
    {"$ref": "#/$defs/D"},
    {"$ref": "#/$defs/D", "minimum": 0},
    {"$ref": "#/$defs/R"},
]
SCHEMAS = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: (
        objects(inner)
        | st.fixed_dictionaries({"items": inner, "type": st.just("array")})
        | st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)})
        | st.fixed_dictionaries({"oneOf": st.lists(inner, min_size=1, max_size=3)})
    ),
    max_leaves=6,
)
DEFINITIONS = {
    "D": {"type": "object", "properties": {"a": {"type": "integer"}}},
    "R": {"properties": {"b": {"$ref": "#/$defs/R"}, "c": {"type": "string"}}},
}


def plain(schema: Any) -> Any:
    """The test's own reading of the two leftovers that the schemas above hold."""
    if isinstance(schema, list):
        return [plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: plain(value) for key, value in schema.items()}
    if schema.pop("nullable", False) is True:
        schema["type"] = [schema["type"], "null"]
    if schema.get("exclusiveMinimum") is True:
        schema["exclusiveMinimum"] = schema.pop("minimum")
    return schema


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCHEMAS, st.lists(VALUES, min_size=1, max_size=6))
def test_the_canonical_form_is_stable_and_never_accepts_more(schema: dict[str, Any], values: list[Any]) -> None:
    written = {**schema, "$defs": DEFINITIONS}
    result, faults = canonical(written)
    if faults:
        assert all("required" in fault or "leads back" in fault for fault in faults)
        return
    assert canonical(result) == (result, [])
    assert json.dumps(canonical(result)[0]) == json.dumps(result)
    before, after = build_validator(plain(written)), build_validator(result)
    for value in values:
        if after.is_valid(value):
            assert before.is_valid(value)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(SCHEMAS, st.lists(VALUES, min_size=1, max_size=6))
def test_a_schema_that_closes_everything_itself_keeps_its_meaning(schema: dict[str, Any], values: list[Any]) -> None:
    def opened(node: Any, names: bool = False) -> Any:
        if isinstance(node, list):
            return [opened(item) for item in node]
        if not isinstance(node, dict):
            return node
        maps = ("properties", "patternProperties", "$defs")
        node = {key: opened(value, not names and key in maps) for key, value in node.items()}
        return node if names else {"additionalProperties": True, **node}

    written = opened({**schema, "$defs": DEFINITIONS})
    result, faults = canonical(written)
    if not faults:
        before, after = build_validator(plain(written)), build_validator(result)
        assert [before.is_valid(value) for value in values] == [after.is_valid(value) for value in values]


KEYWORDS = st.sampled_from(
    (
        *("type", "properties", "items", "anyOf", "$ref", "required", "enum", "default", "$defs", "not", "pattern"),
        *("nullable", "$id", "dependencies", "minimum", "definitions"),
    )
)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        VALUES,
        lambda inner: st.dictionaries(KEYWORDS, inner | st.sampled_from(["object", "#", "#/$defs/a", "("]), max_size=3),
        max_leaves=8,
    )
)
def test_no_schema_makes_the_reader_raise(schema: Any) -> None:
    result, faults = canonical(schema, arguments=True)
    if not faults:
        build_validator(result)


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_alternatives_that_double_at_every_level_are_a_fault_and_no_endless_wait(keyword: str) -> None:
    definitions: dict[str, Any] = {"S0": {"type": "object", "properties": {"z": {"type": "string"}}}}
    for level in range(1, 40):
        definitions[f"S{level}"] = {keyword: [{"$ref": f"#/$defs/S{level - 1}"}] * 2, "properties": {f"p{level}": {}}}
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/S39"}}, "$defs": definitions}
    assert "in more than 100,000 ways" in faults_of(schema)[0]
    schema["properties"] = {"a": {"$ref": "#/$defs/S6"}}
    assert faults_of(schema) == []


def test_an_opened_schema_accepts_more_than_was_promised_unless_it_says_not() -> None:

    inner = {"type": "object", "properties": {"additionalProperties": {"type": "integer"}}}
    shut = {"type": "object", "properties": {}, "additionalProperties": False}
    schema = {
        "type": "object",
        "properties": {"a": inner, "list": {"items": inner}, "shut": shut, "enum": {"enum": [{}]}},
    }
    tool = Tool(name="t", returns=opened(schema))
    more = {"a": {"x": 1}, "list": [{"x": 1}], "shut": {}, "enum": {}, "y": 2}
    assert tool.check_result(more) == ()
    assert tool.check_result({"a": {"additionalProperties": "no"}})
    assert tool.check_result({"shut": {"x": 1}}) and Tool(name="t", returns=schema).check_result(more)
