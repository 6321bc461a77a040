"""Schemas of OpenAPI in the words of JSON Schema: nothing narrower, and what is wider is said."""

from __future__ import annotations

from typing import Any

import pytest

from calltune.contract import Tool
from calltune.contract.openapi_document import Document
from calltune.contract.openapi_schema import Schemas

Json = dict[str, Any]


def read(schema: Any, *, results: bool = False, version: str = "3.0.3", **components: Any) -> tuple[Json, list[str]]:
    schemas = Schemas(
        Document({"openapi": version, "components": {"schemas": components}, "paths": {}}), results=results
    )
    whole = schemas.whole(schemas.convert(schema, ("here",)))
    return whole, [f"{note.what} {note.where}" for note in schemas.notes]


def accepts(schema: Any, value: Any, **components: Any) -> bool:
    """Whether an argument `v` of that schema takes the value."""
    converted, _ = read({"type": "object", "properties": {"v": schema}, "required": ["v"]}, **components)
    return not Tool(name="t", parameters=converted).check({"v": value})


def named(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string", "nullable": True, "enum": ["a"]}, [None, "a"], ["b", 1]),
        ({"allOf": [named("N")], "nullable": True}, [None, 3], ["x"]),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, [0.1], [0]),
        ({"type": "integer", "format": "int32"}, [2**31 - 1], [2**31]),
        ({"type": "integer", "format": "int64"}, [2**40], [0.5]),
        ({"type": "string", "enum": [1, 2.5, True]}, ["1", "2.5", "true"], [1, True]),
        ({"type": "boolean", "enum": ["true"]}, [True], ["true"]),
        ({"type": "string", "enum": [1, "1", {}]}, ["1"], [1, {}]),
        ({"type": "string", "format": "date"}, ["2026-05-31"], ["31.5.2026"]),
        ({"type": "string", "format": "colour"}, ["#fff"], [3]),
        ({"type": "string", "pattern": "^(?!x)"}, ["x"], [3]),
        ({"type": "any"}, ["x", 3], []),
        ({"$ref": "https://evil.example/schema.json"}, ["x", 3], []),
        (named("Nowhere"), ["x", 3], []),
        (named("Tree"), [{"left": {"left": {}}}], [{"left": {"up": 1}}, 3]),
    ],
)
def test_a_schema_means_what_it_says(schema: Json, good: list[Any], bad: list[Any]) -> None:
    components = {"N": {"type": "integer"}, "Tree": {"type": "object", "properties": {"left": named("Tree")}}}
    assert all(accepts(schema, value, **components) for value in good)
    assert not any(accepts(schema, value, **components) for value in bad)


@pytest.mark.parametrize(
    ("schema", "what"),
    [
        ({"type": "string", "format": "colour"}, "format /here/format"),
        ({"type": "string", "pattern": "^(?!x)"}, "pattern /here/pattern"),
        ({"type": "file"}, "type /here/type"),
        ({"$ref": "other.yaml#/X"}, "remote $ref /here/$ref"),
        (named("Nowhere"), "$ref /here/$ref"),
        ({**named("N"), "minimum": 3}, "beside $ref /here/minimum"),
        ({"type": "string", "enum": [1]}, "enum /here/enum"),
        ({"properties": {"a": 5}}, "schema /here/properties/a"),
        ({"oneOf": [named("N")], "discriminator": {"propertyName": "x"}}, "discriminator /here/discriminator"),
    ],
)
def test_what_is_left_behind_is_listed_with_its_place(schema: Json, what: str) -> None:
    assert read(schema, N={"type": "integer"})[1] == [what]


def test_in_3_1_demands_stand_beside_a_reference() -> None:
    converted, notes = read({**named("N"), "minimum": 3}, version="3.1.0", N={"type": "integer"})
    assert converted["minimum"] == 3 and converted["$defs"] == {"N": {"type": "integer"}} and not notes


def test_all_of_is_laid_together_and_both_descriptions_of_a_property_hold() -> None:
    base = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}
    more = {"properties": {"b": {"minLength": 2}, "c": {"type": "integer"}}}
    converted, _ = read({"allOf": [named("Base"), more]}, Base=base)
    assert converted == {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "string"}, "b": {"type": "string", "minLength": 2}, "c": {"type": "integer"}},
    }


def test_what_the_service_sets_is_no_argument_and_what_it_hides_is_no_result() -> None:
    schema = {
        "allOf": [
            {"properties": {"id": {"type": "integer", "readOnly": True}}},
            {"required": ["id", "key", "made"], "properties": {"key": {"type": "string", "writeOnly": True}}},
        ],
        "properties": {"made": {"allOf": [named("When")]}},
    }
    arguments, _ = read(schema, When={"type": "string", "readOnly": True})
    assert list(arguments["properties"]) == ["key"] and arguments["required"] == ["key"]
    result, _ = read(schema, results=True, When={"type": "string", "readOnly": True})
    assert list(result["properties"]) == ["made", "id"] and result["required"] == ["id", "made"]
    assert result["additionalProperties"] is True


def test_a_password_is_a_secret() -> None:
    assert read({"type": "string", "format": "password"})[0] == {"type": "string", "writeOnly": True}


def test_a_required_name_that_is_not_described_may_be_anything() -> None:
    assert accepts({"type": "object", "properties": {"a": {}}, "required": ["b"]}, {"b": [1]})


PETS = {
    "Cat": {"type": "object", "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}},
    "Dog": {"type": "object", "properties": {"kind": {"type": "string", "enum": ["dog", "cat", "puppy"]}}},
}


def test_a_discriminator_becomes_a_constant_in_each_branch() -> None:
    mapping = {"cat": "#/components/schemas/Cat", "dog": "Dog", "puppy": "Dog"}
    schema = {"oneOf": [named("Cat"), named("Dog")], "discriminator": {"propertyName": "kind", "mapping": mapping}}
    converted, notes = read(schema, **PETS)
    kinds = [branch["properties"]["kind"] for branch in converted["oneOf"]]
    assert kinds == [{"type": "string", "const": "cat"}, {"type": "string", "enum": ["dog", "puppy"]}] and not notes
    assert accepts(schema, {"kind": "cat", "lives": 9}, **PETS) and accepts(schema, {"kind": "puppy"}, **PETS)
    for bad in ({"kind": "dog", "lives": 9}, {"lives": 9}, {"kind": "fish"}):
        assert not accepts(schema, bad, **PETS)


def test_without_a_mapping_the_name_of_the_schema_tells_the_branch() -> None:
    cat = {"type": "object", "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}}}
    fish = {"type": "object", "properties": {"fins": {"type": "integer"}}}
    schema = {"oneOf": [named("Cat"), named("Dog"), named("Fish")], "discriminator": {"propertyName": "kind"}}
    components = {"Cat": cat, "Dog": {**PETS["Dog"], "required": ["kind"]}, "Fish": fish}
    converted, notes = read(schema, **components)
    assert converted["oneOf"][0]["properties"]["kind"] == {"type": "string", "const": "Cat"}
    assert notes == ["discriminator /here/discriminator"]  # the dog lists its values; a fish does not say its kind
    assert "const" not in str(read(schema, results=True, **components)[0])


def extending(parent: str, **properties: Json) -> Json:
    return {"allOf": [named(parent), {"type": "object", "properties": properties}]}


PET = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}, "name": {"type": "string"}, "friend": named("Pet")},
    "discriminator": {"propertyName": "kind"},
}
ANIMALS = {
    "Pet": PET,
    "Cat": extending("Pet", lives={"type": "integer"}),
    "Dog": {**extending("Pet", tail={"type": "boolean"}), "discriminator": {"propertyName": "kind"}},
    "Puppy": extending("Dog", weeks={"type": "integer"}),
}


def test_a_schema_that_others_extend_is_any_of_them() -> None:
    good = [
        {"kind": "Pet", "name": "Tom"},
        {"kind": "Cat", "name": "Tom", "lives": 9, "friend": {"kind": "Puppy", "weeks": 2}},
        {"kind": "Dog", "tail": True},
        {"kind": "Puppy", "tail": True, "weeks": 2},
    ]
    bad = [{"kind": "Dog", "lives": 9}, {"kind": "Pet", "tail": True}, {"kind": "Dog", "weeks": 2}, {"lives": 9}]
    bad += [{"kind": "Fish"}, {"kind": "Cat", "friend": {"kind": "Pet", "weeks": 2}}]
    assert all(accepts(named("Pet"), value, **ANIMALS) for value in good)
    assert not any(accepts(named("Pet"), value, **ANIMALS) for value in bad)
    assert accepts(named("Dog"), good[3], **ANIMALS) and not accepts(named("Dog"), good[1], **ANIMALS)
    assert accepts(named("Cat"), {"kind": "Cat", "lives": 9}, **ANIMALS)  # asked for by itself, it is itself
    wrapped = {"allOf": [named("Pet")], "nullable": True, "description": "Whose turn it is."}
    assert accepts(wrapped, good[1], **ANIMALS) and accepts(wrapped, None, **ANIMALS)


def test_a_mapping_says_the_values_and_leaves_the_parent_out() -> None:
    pet = {**PET, "discriminator": {"propertyName": "kind", "mapping": {"cat": named("Cat")["$ref"], "pup": "Puppy"}}}
    animals = {**ANIMALS, "Pet": pet}
    assert accepts(named("Pet"), {"kind": "pup", "weeks": 2}, **animals)
    assert accepts(named("Pet"), {"kind": "Dog"}, **animals)  # the mapping is beside the names, says OpenAPI
    assert not any(accepts(named("Pet"), {"kind": kind}, **animals) for kind in ("Cat", "Puppy", "Pet"))
    own = {**ANIMALS, "Cat": {**ANIMALS["Cat"], "x-ms-discriminator-value": "#Cat"}}
    assert accepts(named("Pet"), {"kind": "#Cat", "lives": 9}, **own)
    assert not any(accepts(named("Pet"), {"kind": kind}, **own) for kind in ("Cat", "Pet"))


def test_a_parent_that_lists_those_who_extend_it_holds_no_circle() -> None:
    animals = {**ANIMALS, "Pet": {**PET, "oneOf": [named("Cat"), named("Dog")]}}
    assert accepts(named("Pet"), {"kind": "Cat", "name": "Tom", "lives": 9}, **animals)
    assert not accepts(named("Pet"), {"kind": "Cat", "tail": True}, **animals)
    assert accepts(named("Cat"), {"kind": "Cat", "lives": 9}, **animals)


def test_a_schema_that_too_many_extend_stands_alone() -> None:
    many = {f"Pet{number}": extending("Pet", lives={"type": "integer"}) for number in range(16)}
    assert read(named("Pet"), Pet=PET, **many)[1] == ["discriminator /components/schemas/Pet/discriminator"]
    assert accepts(named("Pet"), {"kind": "Pet3", "name": "Tom"}, Pet=PET, **many)
    assert not accepts(named("Pet"), {"kind": "Pet3", "lives": 9}, Pet=PET, **many)


def test_a_discriminator_of_schemas_that_contain_themselves_holds_all_the_same() -> None:
    group = {"type": "object", "required": ["op"], "properties": {"op": {"type": "string"}, "of": named("Rule")}}
    rule = {
        "oneOf": [named("Group"), named("Leaf")],
        "discriminator": {"propertyName": "op", "mapping": {"and": "Group", "is": "Leaf"}},
    }
    leaf = {"type": "object", "properties": {"op": {"type": "string"}, "value": {"type": "string"}}}
    components = {"Group": group, "Rule": rule, "Leaf": leaf}
    good = {"op": "and", "of": {"op": "and", "of": {"op": "is", "value": "x"}}}
    assert accepts(named("Rule"), good, **components)
    assert not accepts(named("Rule"), {"op": "and", "of": {"op": "is", "of": {}}}, **components)


def test_examples_are_kept_and_extensions_are_not() -> None:
    converted, notes = read({"type": "string", "example": "a", "x-go-name": "A", "xml": {"name": "a"}})
    assert converted == {"type": "string", "examples": ["a"]} and not notes
