"""The validator against the official suite, and the sentences that a broken rule makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from calltune.contract import Problem, Tool, Toolset
from calltune.contract.keywords import FORMATS
from calltune.contract.validate import MAX_PROBLEMS, build_validator


def suite(shared: Path, pattern: str, *, formats: bool) -> tuple[int, int, list[str]]:
    """Passed, all, and the names of what failed."""
    root = shared / "data" / "json-schema-suite"
    if not root.is_dir():
        pytest.skip(f"{root} is absent: put github.com/json-schema-org/JSON-Schema-Test-Suite there to run it")
    texts = {path.relative_to(root / "remotes"): path.read_text("utf-8") for path in (root / "remotes").rglob("*.json")}
    resources = [
        (f"http://localhost:1234/{path.as_posix()}", json.loads(text))
        for path, text in texts.items()
        if "json-schema.org/v1" not in text  # the next dialect, which the validator does not know
    ]
    registry = jsonschema_rs.Registry(resources)
    failed, count = [], 0
    for path in sorted((root / "tests" / "draft2020-12").glob(pattern)):
        for group in json.loads(path.read_text("utf-8")):
            validator = build_validator(group["schema"], registry=registry, formats=formats)
            for case in group["tests"]:
                count += 1
                if validator.is_valid(case["data"]) != case["valid"]:
                    failed.append(f"{path.name}: {group['description']}: {case['description']}")
    return count - len(failed), count, failed


def test_the_required_part_of_the_official_suite_passes(shared: Path) -> None:
    # In this half a format is only a note: that is what the dialect says where nobody asks for more.
    assert suite(shared, "*.json", formats=False) == (1299, 1299, [])


def test_the_format_part_of_the_official_suite_passes(shared: Path) -> None:
    assert suite(shared, "optional/format/*.json", formats=True) == (764, 764, [])


def test_nothing_is_ever_fetched(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text("true")
    for uri in ("http://localhost:9/s.json", (tmp_path / "s.json").as_uri()):
        with pytest.raises((jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError)):
            build_validator({"$ref": uri})


@pytest.mark.parametrize("name", FORMATS)
def test_every_listed_format_is_asserted(name: str) -> None:
    texts = ["", " ", "\\", "(", "%", "{", "a b", "1"]
    assert not all(build_validator({"type": "string", "format": name}).is_valid(text) for text in texts)


# -- sentences ---

PROPERTIES: dict[str, Any] = {
    "city": {"type": "string", "description": "Name of the city."},
    "days": {"type": "integer", "minimum": 1, "maximum": 7},
    "unit": {"enum": ["c", "f"]},
    "when": {"type": "string", "format": "date"},
    "code": {"type": "string", "pattern": "^[A-Z]+$", "maxLength": 3},
    "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
    "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.5},
    "who": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    "note": {"type": ["string", "null"]},
    "flag": {"type": "boolean"},
    "kind": {"const": "x"},
    "extra": {"type": "object", "propertyNames": {"maxLength": 3}, "maxProperties": 1},
    "odd": {"not": {"type": "string"}},
    "has": {"type": "array", "contains": {"type": "integer"}},
}
TOOLS = Toolset([Tool("t", parameters={"type": "object", "properties": PROPERTIES, "required": ["city"]})])


def told(**arguments: Any) -> Problem:
    found = TOOLS.check("t", {"city": "Paris", **arguments})
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("name", "value", "kind", "message"),
    [
        ("days", "three", "wrong_type", 'days: expected integer, got "three" (string).'),
        ("days", "3", "wrong_type", 'days: expected integer, got "3" (string); write 3 without quotes.'),
        ("days", 3.5, "wrong_type", "days: expected integer, got 3.5 (number)."),
        ("days", None, "wrong_type", "days: expected integer, got null."),
        ("flag", "true", "wrong_type", 'flag: expected boolean, got "true" (string); write true without quotes.'),
        (
            "tags",
            '["a"]',
            "wrong_type",
            'tags: expected array, got "[\\"a\\"]" (string); give it as JSON, not as text.',
        ),
        ("note", 3, "wrong_type", "note: expected string or null, got 3 (integer)."),
        ("days", 0, "range", "days must be at least 1; got 0."),
        ("days", 8, "range", "days must be at most 7; got 8."),
        ("price", 0, "range", "price must be more than 0; got 0."),
        ("price", 0.7, "range", "price must be a multiple of 0.5; got 0.7."),
        ("unit", "kelvin", "not_in_enum", 'unit must be one of "c", "f"; got "kelvin".'),
        ("unit", "C", "not_in_enum", 'unit must be one of "c", "f"; got "C"; did you mean "c"?'),
        ("kind", "y", "not_in_enum", 'kind must be "x"; got "y".'),
        ("when", "tomorrow", "format", 'when must be a date such as 2026-05-31; got "tomorrow".'),
        ("when", "2026-02-30", "format", 'when must be a date such as 2026-05-31; got "2026-02-30".'),
        ("code", "ab", "pattern", 'code must match the pattern ^[A-Z]+$; got "ab".'),
        ("code", "ABCD", "length", 'code must have at most 3 characters; got 4: "ABCD".'),
        ("tags", [], "count", "tags must have at least 1 item; got 0."),
        (
            "tags",
            ["a", "b", "a"],
            "duplicate_items",
            'tags: the items must all be different; [0] and [2] are both "a".',
        ),
        ("tags", ["a", 2], "wrong_type", "tags[1]: expected string, got 2 (integer)."),
        ("who", {}, "missing_required", "who: missing required field name (string)."),
        (
            "who",
            {"name": "x", "nam": 1},
            "unknown_argument",
            "who: unknown field nam; did you mean name? Allowed: name.",
        ),
        ("extra", {"abcd": 1}, "length", 'extra: the name "abcd" must have at most 3 characters; got 4: "abcd".'),
        ("extra", {"a": 1, "b": 2}, "count", "extra must have at most 1 field; got 2."),
        ("odd", "x", "constraint", 'odd must not be string; got "x".'),
        ("has", ["x"], "count", "has: none of the items is integer."),
    ],
)
def test_each_broken_rule_has_its_sentence(name: str, value: Any, kind: str, message: str) -> None:
    problem = told(**{name: value})
    assert (problem.kind, problem.message) == (kind, message)
    assert problem.pointer.startswith(f"/{name}")


def test_a_missing_argument_says_what_it_is() -> None:
    (problem,) = TOOLS.check("t", {})
    assert problem.pointer == "/city" and problem.kind == "missing_required"
    assert problem.message == "missing required argument city (string: Name of the city)."


def test_an_unknown_argument_proposes_the_near_one_and_lists_the_allowed() -> None:
    tools = Toolset([Tool("t", parameters={"properties": {"city": {}, "days": {}, "unit": {}}})])
    (problem,) = tools.check("t", {"citty": "x"})
    assert problem.pointer == "/citty" and problem.got == "x" and problem.expected == ["city", "days", "unit"]
    assert problem.message == "unknown argument citty; did you mean city? Allowed: city, days, unit."
    assert "None is allowed." in Toolset([Tool("u")]).check("u", {"a": 1})[0].message


def test_long_values_and_long_lists_are_shortened() -> None:
    tools = Toolset(
        [Tool("t", parameters={"properties": {f"argument_{n}": {"enum": list(range(150))} for n in range(500)}})]
    )
    for arguments in ({"x" * 5000: 1}, {"argument_1": "y" * 5000}, {"argument_1": [{"a": "z" * 5000}] * 50}):
        (problem,) = tools.check("t", arguments)
        assert len(problem.message) < 400
        assert len(json.dumps(problem.to_json())) < 6000


def test_the_number_of_problems_is_bounded() -> None:
    found = TOOLS.check("t", {"city": "x", "tags": [{"n": n} for n in range(1000)]})
    assert len(found) == MAX_PROBLEMS + 1 and "only the first 64" in found[-1].message


# -- alternatives --------------------------------------------------------------------------------

CAT = {
    "type": "object",
    "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
    "required": ["kind", "lives"],
}
DOG = {"type": "object", "properties": {"kind": {"const": "dog"}, "barks": {"type": "boolean"}}, "required": ["kind"]}


def alternatives(schema: dict[str, Any], value: Any) -> list[str]:
    tools = Toolset([Tool("t", parameters={"properties": {"pet": schema}})])
    return [problem.message for problem in tools.check("t", {"pet": value})]


def test_a_tagged_union_speaks_of_the_branch_that_was_meant() -> None:
    union = {"oneOf": [CAT, DOG]}
    assert alternatives(union, {"kind": "cat"}) == ["pet: missing required field lives (integer)."]
    assert alternatives(union, {"kind": "cat", "lives": "9"}) == [
        'pet.lives: expected integer, got "9" (string); write 9 without quotes.'
    ]
    assert alternatives(union, {"kind": "dog", "lives": 3}) == ["pet: unknown field lives. Allowed: kind, barks."]
    assert alternatives(union, {"kind": "cow"}) == ['pet.kind must be one of "cat", "dog"; got "cow".']


def test_an_alternative_of_another_type_is_not_spoken_of() -> None:
    union = {"anyOf": [{"type": "integer", "minimum": 1}, CAT, {"type": "null"}]}
    assert alternatives(union, 0) == ["pet must be at least 1; got 0."]
    assert alternatives(union, "x") == ['pet: expected integer or object or null, got "x" (string).']


def test_a_value_that_fits_two_of_exactly_one_says_so() -> None:
    (message,) = alternatives({"oneOf": [{"type": "integer"}, {"minimum": 5}]}, 7)
    assert "fits more than one of its alternatives" in message


def test_a_failed_branch_does_not_make_its_properties_unknown() -> None:
    schema = {
        "properties": {"a": {"minimum": 1}},
        "allOf": [{"properties": {"a": {"maximum": 5}}}, {"properties": {"b": {"type": "string"}}}],
    }
    assert alternatives(schema, {"a": 9, "b": "x"}) == ["pet.a must be at most 5; got 9."]
    assert alternatives(schema, {"a": 2, "c": "x"}) == ["pet: unknown field c. Allowed: a, b."]


def test_a_recursive_schema_is_spoken_of_at_every_depth() -> None:
    tree = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/T"}}}}
    tools = Toolset([Tool("t", parameters={"properties": {"tree": {"$ref": "#/$defs/T"}}, "$defs": {"T": tree}})])
    (problem,) = tools.check("t", {"tree": {"kids": [{}, {"kid": 1}]}})
    assert problem.pointer == "/tree/kids/1/kid"
    assert problem.message == "tree.kids[1]: unknown field kid; did you mean kids? Allowed: kids."
