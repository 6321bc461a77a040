"""OpenAPI documents as contracts: one tool an operation, its arguments, its result, and what was left behind."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.contract import Toolset
from calltune.contract.openapi import openapi_tools, operations
from calltune.contract.operations import Argument
from calltune.errors import CalltuneError, ContractError

SHOP = Path(__file__).parents[2] / "examples" / "shop" / "openapi.yaml"
Json = dict[str, Any]


def document(operation: Json, *, path: str = "/a", method: str = "get", version: str = "3.0.3", **more: Any) -> Json:
    return {"openapi": version, "paths": {path: {method: {"operationId": "op", **operation}}}, **more}


def with_body(schema: Any, *, media_type: str = "application/json", required: bool = True, **more: Any) -> Json:
    body = {"required": required, "content": {media_type: {"schema": schema}}}
    return document({"requestBody": body}, method="post", **more)


def parameters(data: Json) -> Json:
    return openapi_tools(data)["op"].parameters


def noted(tools: Toolset) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in tools.not_carried:
        found.setdefault(one.what, []).append(one.why)
    return found


@pytest.fixture(scope="module")
def shop() -> Toolset:
    return Toolset.load(SHOP)


# -- one tool an operation -----------------------------------------------------------------------------------------


def test_every_operation_becomes_a_tool_or_is_listed(shop: Toolset) -> None:
    assert shop.names == (
        *("searchProducts", "orders_list", "orders_create", "orders_get", "orders_move", "orders_cancel"),
        "get_orders_export",
    )
    (left,) = [one for one in shop.not_carried if one.what == "operation"]
    assert left.tool == "putPicture" and "file" in left.why and left.where == "/paths/~1products~1{id}~1picture/put"


def test_the_method_says_what_calling_it_does(shop: Toolset) -> None:
    facts = {tool.name: (tool.effect, tool.idempotent) for tool in shop}
    assert facts["orders_list"] == ("read", True) and facts["orders_cancel"] == ("write", True)
    assert facts["orders_create"] == facts["orders_move"] == ("write", False)
    for method, fact in (("head", ("read", True)), ("put", ("write", True)), ("options", ("write", False))):
        tool = openapi_tools(document({}, method=method))["op"]
        assert (tool.effect, tool.idempotent) == fact


def test_the_description_is_what_the_document_says(shop: Toolset) -> None:
    assert shop["orders_move"].description.startswith("Move an order.\n\nGives an order that has not been shipped")
    assert shop["get_orders_export"].description == "All orders as a table.\n\nDeprecated."
    assert openapi_tools(document({}))["op"].description == "GET /a"
    assert openapi_tools(document({"summary": "Do it", "description": "Do it now."}))["op"].description == "Do it now."


def test_a_name_that_is_none_is_made_one_and_a_taken_one_is_numbered() -> None:
    paths = {f"/{n}": {"get": {"operationId": one}} for n, one in enumerate(["a/b", "a_b", "a b", "é", "9", "x" * 80])}
    tools = openapi_tools({"openapi": "3.1.0", "paths": {**paths, "/users/{id}": {"delete": {}}}})
    assert tools.names == ("a_b_2", "a_b", "a_b_3", "get_3", "_9", "x" * 64, "delete_users_id")
    assert [one.tool for one in tools.not_carried if one.what == "name"] == ["a_b_2", "a_b_3"]


def test_many_operations_of_one_name_are_numbered_at_once() -> None:
    paths = {f"/p{n}": {"get": {"operationId": "same"}} for n in range(3000)}
    began = time.monotonic()
    names = list(operations({"openapi": "3.1.0", "paths": {**paths, "/q": {"get": {"operationId": "same_7"}}}}))
    assert names[:3] == ["same", "same_2", "same_3"] and names[-2:] == ["same_3000", "same_7_2"]
    assert time.monotonic() - began < 5


def test_a_choice_renames_nothing() -> None:
    from calltune.contract.choosing import Choice

    data = {"openapi": "3.1.0", "paths": {f"/{n}": {"get": {"operationId": "x"}} for n in "ab"}}
    assert openapi_tools(data, choice=Choice(include=("path:/b",))).names == ("x_2",)
    assert list(operations(data)) == ["x", "x_2"]


# -- arguments -----------------------------------------------------------------------------------------------------


def test_arguments_of_all_places_are_one_closed_object_with_what_is_required_first(shop: Toolset) -> None:
    search = shop["searchProducts"].parameters
    assert list(search["properties"]) == ["q", "colour", "price", "limit"] and search["required"] == ["q"]
    assert search["properties"]["q"] == {
        "type": "string", "description": "Words of the name.", "minLength": 1, "examples": ["desk lamp"]
    }  # fmt: skip
    assert search["additionalProperties"] is False
    assert search["properties"]["price"]["properties"]["max"] == {"type": "number", "exclusiveMinimum": 0}


def test_the_same_name_in_two_places_makes_two_arguments(shop: Toolset) -> None:
    move = shop["orders_move"].parameters
    assert list(move["properties"]) == ["id", "body_id", "note", "address"] and move["required"] == ["id"]
    data = document(
        {"parameters": [{"name": "x", "in": place} for place in ("cookie", "query", "path")]
         + [{"name": "query_x", "in": "query"}]},
        path="/{x}",
    )  # fmt: skip
    assert list(parameters(data)["properties"]) == ["x", "cookie_x", "query_x_2", "query_x"]
    places = [(one.name, one.key, one.place) for one in operations(data)["op"].arguments]
    assert places == [
        ("x", "x", "path"), ("cookie_x", "x", "cookie"), ("query_x_2", "x", "query"), ("query_x", "query_x", "query")
    ]  # fmt: skip


def test_what_the_program_gives_is_no_argument(shop: Toolset) -> None:
    assert "X-Api-Key" not in shop["searchProducts"].parameters["properties"]
    names = ["Authorization", "X-Auth-Token", "api_key", "Accept", "Content-Type", "Host", "Transfer-Encoding"]
    listed = [{"name": name, "in": "header"} for name in names] + [{"name": "token", "in": "query"}]
    schemes = {"securitySchemes": {"t": {"type": "apiKey", "in": "query", "name": "token"}}}
    tools = openapi_tools(document({"parameters": [*listed, {"name": "X-Trace", "in": "header"}]}, components=schemes))
    assert list(tools["op"].parameters["properties"]) == ["X-Trace"]
    assert len(noted(tools)["security parameter"]) == 4 and len(noted(tools)["header"]) == 4


def test_a_body_that_is_no_plain_object_is_one_argument() -> None:
    for schema in (
        {"type": "array", "items": {"type": "string"}},
        {"type": "object"},
        {"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "string"}},
        {"type": "object", "properties": {"a": {}}, "minProperties": 1},
        {"type": "object", "properties": {"a": {}}, "additionalProperties": {}},
        {"anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "string"}]},
    ):
        assert list(parameters(with_body(schema))["properties"]) == ["body"]
    data = with_body({"type": "string"}, media_type="text/plain")
    assert parameters(data)["required"] == ["body"] and operations(data)["op"].media_type == "text/plain"


def test_demands_on_the_body_as_a_whole_stay_when_it_is_laid_among_the_arguments() -> None:
    schema = {"type": "object", "properties": {"id": {}, "b": {}}, "anyOf": [{"required": ["id"]}, {"required": ["b"]}]}
    data = with_body(schema, path="/{id}")
    tools = openapi_tools(data)
    assert tools.check("op", {"id": "1"}) and not tools.check("op", {"id": "1", "body_id": 2})


def test_an_optional_body_that_needs_something_is_taken_as_required_and_said() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    tools = openapi_tools(with_body(schema, required=False))
    assert tools["op"].parameters["required"] == ["a"] and "taken as required" in noted(tools)["optional body"][0]


def family(properties: int) -> Json:
    pet = {"type": "object", "properties": {"kind": {"type": "string"}}, "discriminator": {"propertyName": "kind"}}
    own = {f"p{number}": {"type": "string"} for number in range(properties)}
    cat = {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"properties": own}]}
    return {"schemas": {"Pet": pet, "Cat": cat}}


def test_a_body_that_others_extend_is_any_of_them_unless_that_is_too_long() -> None:
    for properties, arguments, place in ((3, ["body"], "body"), (3_000, ["kind"], "field")):
        data = with_body({"$ref": "#/components/schemas/Pet"}, components=family(properties))
        tools = openapi_tools(data)
        assert list(tools["op"].parameters["properties"]) == arguments
        assert [(one.name, one.place) for one in operations(data)["op"].arguments] == [(arguments[0], place)]
        assert ("discriminator" in noted(tools)) == (place == "field")


def test_an_example_is_shown_once() -> None:
    shown = {"a": {"value": "x"}, "b": {"value": 1}, "c": {"value": "x"}, "d": {"value": True}}
    one = {"name": "q", "in": "query", "schema": {}, "examples": shown}
    assert parameters(document({"parameters": [one]}))["properties"]["q"]["examples"] == ["x", 1, True]


def test_forms_are_carried_and_files_are_not() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "string"}, "f": {"type": "string", "format": "binary"}}}
    tools = openapi_tools(with_body(schema, media_type="multipart/form-data"))
    assert list(tools["op"].parameters["properties"]) == ["n"] and list(noted(tools)) == ["file"]
    form = with_body({"properties": {"a": {"type": "array"}}}, media_type="application/x-www-form-urlencoded")
    assert operations(form)["op"].arguments == (Argument(name="a", key="a", place="field", style="form", explode=True),)
    with pytest.raises(ContractError, match="image/png"):
        openapi_tools(with_body({}, media_type="image/png"))


@pytest.mark.parametrize("media_type", ["application/x\r\nX-Evil: 1+json", "application/é+json", "json"])
def test_a_media_type_that_is_none_is_not_put_into_a_header(media_type: str) -> None:
    tools = openapi_tools(with_body({"type": "object", "properties": {"a": {}}}, media_type=media_type, required=False))
    assert not tools["op"].parameters["properties"] and noted(tools)["body"]


def test_a_header_whose_name_is_none_is_no_argument() -> None:
    listed = [{"name": "X-A\r\nX-Evil", "in": "header"}, {"name": "a=b; c", "in": "cookie"}]
    tools = openapi_tools(document({"parameters": listed}))
    assert not tools["op"].parameters["properties"] and set(noted(tools)) == {"header", "cookie"}


def test_a_path_argument_that_is_not_described_is_one_all_the_same() -> None:
    tools = openapi_tools(document({"parameters": [{"name": "y", "in": "path"}]}, path="/{x}"))
    assert tools["op"].parameters["properties"] == {"x": {"type": "string"}}
    assert len(noted(tools)["path parameter"]) == 2


def test_a_parameter_of_the_operation_replaces_that_of_the_path() -> None:
    data = document({"parameters": [{"name": "n", "in": "query", "schema": {"type": "integer"}}]})
    data["paths"]["/a"]["parameters"] = [{"name": "n", "in": "query", "schema": {"type": "string"}}]
    assert parameters(data)["properties"]["n"] == {"type": "integer"}


# -- results -------------------------------------------------------------------------------------------------------


def test_the_result_is_what_the_good_answer_holds_and_may_hold_more(shop: Toolset) -> None:
    order = {"id": 1, "status": "open", "items": [{"product": 17}], "payment": {"method": "card"}, "new": True}
    assert shop.check_result("orders_get", order) == ()
    assert shop.check_result("orders_get", {**order, "status": "lost"})
    assert shop["orders_cancel"].returns is None and shop["get_orders_export"].returns is None


def test_several_good_answers_are_alternatives() -> None:
    media = {"content": {"application/json": {"schema": {"type": "integer"}}}}
    tools = openapi_tools(document({"responses": {200: media, "204": {"description": "none"}, "404": {}}}))
    assert not tools.check_result("op", None) and not tools.check_result("op", 3) and tools.check_result("op", "x")


def test_results_can_be_left_out() -> None:
    from calltune.contract.choosing import Choice

    tools = Toolset.load(SHOP, Choice(returns=False))
    assert all(tool.returns is None for tool in tools)


# -- the document --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ({"swagger": "2.0", "paths": {}}, "swagger2openapi"),
        ({"openapi": "4.0.0"}, "3.0 and 3.1"),
        ({"openapi": None}, "3.0 and 3.1"),
        ({"openapi": "3.1.0", "webhooks": {"new": {}}}, "calls it, not the model"),
        ({"openapi": "3.0.0", "paths": []}, "no operation"),
    ],
)
def test_a_document_that_is_none_says_what_to_do(data: Json, part: str) -> None:
    with pytest.raises(ContractError, match=part):
        openapi_tools(data)


def test_json_and_yaml_give_the_same_contract(tmp_path: Path, shop: Toolset) -> None:
    from calltune.contract.sources import read_source

    (tmp_path / "shop.json").write_text(json.dumps(read_source(SHOP)))
    assert Toolset.load(tmp_path / "shop.json") == shop
    shop.save(tmp_path / "tools.json")
    assert Toolset.load(tmp_path / "tools.json") == shop


def test_an_operation_that_cannot_be_described_costs_only_itself() -> None:
    paths = {
        "/good": {"get": {"operationId": "good"}},
        "/loop": {"post": {"operationId": "loop", "requestBody": {
            "required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/L"}}}}}},
        "/item": {"$ref": "#/nowhere"},
    }  # fmt: skip
    schemas = {"L": {"allOf": [{"$ref": "#/components/schemas/L"}]}}
    tools = openapi_tools({"openapi": "3.0.0", "paths": paths, "components": {"schemas": schemas}})
    assert "good" in tools.names and noted(tools)["path"] and ("loop" in tools or noted(tools)["operation"])


def test_what_no_tool_has_is_listed(shop: Toolset) -> None:
    assert {one.what: one.tool for one in shop.not_carried} == {
        "security parameter": "searchProducts", "headers": "searchProducts", "operation": "putPicture",
        "callbacks": "orders_create", "argument name": "orders_move", "result": "get_orders_export", "format": "",
    }  # fmt: skip


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "#/components/schemas/A", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["$ref", "type", "properties", "required", "allOf", "oneOf", "items", "name", "in", "schema", "content",
             "application/json", "parameters", "requestBody", "responses", "200", "discriminator", "mapping", "enum",
             "propertyName", "get", "post", "default", "style", "readOnly", "nullable", "tags", "examples", "A", "/{x}"]
        ),
        inner, max_size=4,
    ),
    max_leaves=24,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_document_makes_the_reader_fail_otherwise_than_by_saying_so(one: Any, two: Any, three: Any) -> None:
    data = {
        "openapi": "3.0.0",
        "paths": {"/{x}": {"post": {"parameters": one, "requestBody": two, "responses": {"200": three}}, "get": one}},
        "components": {"schemas": {"A": three, "B": one}, "securitySchemes": two},
        "tags": one,
    }
    try:
        tools = openapi_tools(data)
    except CalltuneError:
        return
    assert set(tools.names) <= set(operations(data))
    for tool in tools:
        assert tool.check({"?": 1}) or tool.parameters.get("additionalProperties") is not False


def test_a_large_document_is_read_once_and_not_once_an_operation() -> None:
    schemas = {f"S{n}": {"allOf": [{"$ref": f"#/components/schemas/S{n + 1}"}, {"properties": {f"p{n}": {}}}]}
               for n in range(400)}  # fmt: skip
    schemas["S400"] = {"type": "object", "properties": {"end": {"$ref": "#/components/schemas/S0"}}}
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}}}
    paths = {f"/{n}": {"get": {"responses": answer}} for n in range(100)}
    tools = openapi_tools({"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}})
    assert len(tools) == 100
