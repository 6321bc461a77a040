"""pydantic models of a contract: readable, safe, and an absent argument is not None."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from bench.agreement import load
from bench.nasty import toolset
from pydantic import MISSING, ValidationError

from calltune.contract import Tool, Toolset
from calltune.contract.exports.pydantic_code import pydantic_code

ALERT = Tool(
    name="set_alert",
    description="Warn me.",
    parameters={
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "name of the city"},
            "class": {"type": "string", "enum": ["a", "b"]},
            "days": {"type": "integer", "minimum": 1, "default": 3},
            "note": {"type": ["string", "null"]},
            "where": {"type": "object", "properties": {"lat": {"type": "number"}}, "required": ["lat"]},
        },
        "required": ["city"],
    },
)
CODE = '''\
def _whole(value: Any) -> Any:
    """3.0 is a whole number, as JSON has one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class SetAlertWhere(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False, extra="forbid", protected_namespaces=())

    lat: int | float


class SetAlert(BaseModel):
    """Warn me."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False, extra="forbid", protected_namespaces=())

    city: str = Field(description="name of the city")
    class_: Literal["a", "b"] | MISSING = Field(default=MISSING, alias="class")
    days: Annotated[int, Field(ge=1), BeforeValidator(_whole)] = Field(default=3)
    note: str | None | MISSING = MISSING
    where: SetAlertWhere | MISSING = MISSING


TOOLS: dict[str, type[BaseModel]] = {
    "set_alert": SetAlert,
}
'''


def test_the_code_is_as_a_person_would_write_it() -> None:
    code, left = pydantic_code(Toolset([ALERT]))
    assert code[code.index("def _whole") :] == CODE and left == ()


def test_an_absent_argument_is_not_none(tmp_path: Path) -> None:
    model = load(pydantic_code(Toolset([ALERT]))[0], tmp_path).TOOLS["set_alert"]
    call = model.model_validate({"city": "Rome", "class": "a", "where": {"lat": 1}})
    assert call.note is MISSING and call.days == 3 and call.where.lat == 1
    assert call.model_dump(by_alias=True) == {"city": "Rome", "class": "a", "days": 3, "where": {"lat": 1}}
    assert model.model_validate({"city": "Rome", "note": None}).note is None
    for wrong in ({"city": None}, {"city": "Rome", "class": None}, {"city": "Rome", "class_": "a"}, {"city": 1}):
        with pytest.raises(ValidationError):
            model.model_validate(wrong)


def test_hostile_names_and_texts_are_data(tmp_path: Path) -> None:
    code, _ = pydantic_code(toolset())
    assert code.isascii() or all(char.isprintable() or char == "\n" for char in code)
    defined = {type(node) for node in ast.parse(code).body}
    assert defined <= {ast.Expr, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign}
    module = load(code, tmp_path)
    assert set(module.TOOLS) == set(toolset().names)
    assert "process.exit" in (inspect.getdoc(module.TOOLS["value_whole"]) or "")


def test_numbers_are_as_large_as_json_has_them_and_no_others(tmp_path: Path) -> None:
    properties = {
        "big": {"enum": [2**63, 1]},
        "most": {"type": "integer", "maximum": 1e19},
        "any": {"type": "number"},
        "list": {"type": "array", "contains": {"type": "number"}},
    }
    tools = [Tool(name="t", parameters={"type": "object", "properties": properties}, returns={"type": "number"})]
    module = load(pydantic_code(Toolset(tools))[0], tmp_path)
    model = module.TOOLS["t"]
    assert model.model_validate({"big": 2**63, "most": 10**19, "any": 1e300}).big == 2**63
    for wrong in ('{"big": 3}', '{"most": 10000000000000000001}', '{"any": NaN}', '{"any": 1e999}', '{"list": [NaN]}'):
        with pytest.raises(ValidationError):
            model.model_validate_json(wrong)
    with pytest.raises(ValidationError):
        module.RESULTS["t"].validate_python([float("inf")])


def test_the_same_contract_gives_the_same_code() -> None:
    assert pydantic_code(toolset()) == pydantic_code(toolset())


def test_a_result_has_a_type(tmp_path: Path) -> None:
    tools = [
        Tool(name="total", returns={"type": "integer"}),
        Tool(name="find", returns={"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}),
        Tool(name="tree", returns={"anyOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#"}}]}),
    ]
    results = load(pydantic_code(Toolset(tools))[0], tmp_path).RESULTS
    assert results["total"].validate_python([3.0]) == [3]
    assert results["find"].validate_python([{"id": "a"}])[0].id == "a"
    assert results["tree"].validate_python([[1, [2]]]) == [[1, [2]]]
    for name, wrong in (("total", "3"), ("find", {}), ("tree", ["x"])):
        with pytest.raises(ValidationError):
            results[name].validate_python([wrong])
