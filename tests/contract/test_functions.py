"""Tools from Python functions: hints, defaults and docstrings become schemas, and functions take JSON."""

from __future__ import annotations

import asyncio
import datetime
import decimal
import enum
import functools
import pathlib
import socket
import sys
import uuid
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NotRequired, Optional, TypedDict, Union

import pytest
from pydantic import BaseModel, Field

from calltune.contract import Toolset, tool
from calltune.errors import ContractError


class Unit(enum.Enum):
    CELSIUS = "c"
    FAHRENHEIT = "f"


@dataclass
class Point:
    """A place."""

    x: float
    y: float = 0.0
    tags: list[str] = field(default_factory=list)


class Item(TypedDict):
    sku: str
    count: NotRequired[int]


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    barks: bool


class Node(BaseModel):
    value: int
    kids: list[Node] = []


def schema_of(annotation: Any, default: Any = ...) -> Any:
    def function(x: Any) -> None: ...

    function.__annotations__ = {"x": annotation}
    if default is not ...:
        function.__defaults__ = (default,)
    return Toolset.from_functions(function)["function"].parameters["properties"]["x"]


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        (str, {"type": "string"}),
        (int, {"type": "integer"}),
        (float, {"type": "number"}),
        (bool, {"type": "boolean"}),
        (Any, {}),
        (list, {"type": "array", "items": {}}),
        (list[int], {"type": "array", "items": {"type": "integer"}}),
        (set[str], {"type": "array", "items": {"type": "string"}, "uniqueItems": True}),
        (dict[str, int], {"type": "object", "additionalProperties": {"type": "integer"}}),
        (
            tuple[int, str],
            {
                "type": "array",
                "prefixItems": [{"type": "integer"}, {"type": "string"}],
                "minItems": 2,
                "maxItems": 2,
            },
        ),
        (Optional[int], {"type": ["integer", "null"]}),  # noqa: UP045
        (int | str | None, {"type": ["integer", "string", "null"]}),
        (Union[int, str], {"type": ["integer", "string"]}),  # noqa: UP007
        (Literal["a", "b"], {"type": "string", "enum": ["a", "b"]}),
        (Literal["a", 1], {"enum": ["a", 1]}),
        (Unit, {"type": "string", "enum": ["c", "f"]}),
        (Unit | None, {"type": ["string", "null"], "enum": ["c", "f", None]}),
        (Annotated[int, Field(ge=1, le=7)], {"type": "integer", "minimum": 1, "maximum": 7}),
        (Annotated[str, Field(pattern="^a+$", max_length=3)], {"type": "string", "pattern": "^a+$", "maxLength": 3}),
        (Annotated[int, "How many"], {"type": "integer", "description": "How many"}),
        (datetime.date, {"type": "string", "format": "date"}),
        (datetime.datetime, {"type": "string", "format": "date-time"}),
        (uuid.UUID, {"type": "string", "format": "uuid"}),
        (pathlib.Path, {"type": "string"}),
        (bytes, {"type": "string"}),
        (decimal.Decimal, {"type": ["number", "string"]}),
        (
            Item,
            {
                "type": "object",
                "properties": {"sku": {"type": "string"}, "count": {"type": "integer"}},
                "required": ["sku"],
                "additionalProperties": False,
            },
        ),
        (
            list[Item],
            {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"sku": {"type": "string"}, "count": {"type": "integer"}},
                    "required": ["sku"],
                    "additionalProperties": False,
                },
            },
        ),
    ],
    ids=str,
)
def test_each_type_has_its_schema(annotation: Any, schema: Any) -> None:
    assert schema_of(annotation) == schema


def test_records_are_closed_and_keep_their_order() -> None:
    schema = schema_of(Point)
    assert list(schema["properties"]) == ["x", "y", "tags"] and schema["required"] == ["x"]
    assert schema["additionalProperties"] is False and schema["properties"]["y"]["default"] == 0.0


def test_a_tagged_union_of_models_is_a_choice_of_closed_objects() -> None:
    schema = schema_of(Annotated[Cat | Dog, Field(discriminator="kind")])
    assert [branch["additionalProperties"] for branch in schema["oneOf"]] == [False, False]
    assert "discriminator" not in schema


def test_a_recursive_model_stays_a_definition() -> None:
    def plant(tree: Node) -> None: ...

    tools = Toolset.from_functions(plant)
    assert tools.check("plant", {"tree": {"value": 1, "kids": [{"value": 2}]}}) == ()
    assert tools.check("plant", {"tree": {"value": 1, "kids": [{"val": 2}]}})


def test_defaults_make_arguments_optional() -> None:
    assert schema_of(int, 3) == {"type": "integer", "default": 3}
    assert schema_of(Unit, Unit.CELSIUS) == {"type": "string", "enum": ["c", "f"], "default": "c"}
    assert schema_of(int, None) == {"type": "integer"}  # None says "left out" here, not null
    assert schema_of(int | None, None) == {"type": ["integer", "null"], "default": None}
    assert schema_of(list[int], Field(default_factory=list)) == {"type": "array", "items": {"type": "integer"}}
    assert schema_of(int, Field(4, ge=1, description="d")) == {
        "type": "integer",
        "description": "d",
        "minimum": 1,
        "default": 4,
    }
    assert schema_of(Any, object()) == {}


GOOGLE = """Weather for a city.

    Looks far ahead.

    Args:
        city: Name of the
            city
        days (int): How many days

    Returns:
        The temperature
    """
NUMPY = """Weather for a city.

    Looks far ahead.

    Parameters
    ----------
    city : str
        Name of the
        city
    days : int, optional
        How many days

    Returns
    -------
    float
        The temperature
    """
SPHINX = """Weather for a city.

    Looks far ahead.

    :param city: Name of the
        city
    :param int days: How many days
    :returns: The temperature
    """


@pytest.mark.parametrize("doc", [GOOGLE, NUMPY, SPHINX], ids=["google", "numpy", "sphinx"])
def test_docstrings_of_three_styles_describe_the_arguments(doc: str) -> None:
    def weather(city: str, days: int = 3) -> float:
        return days * 1.0

    weather.__doc__ = doc
    made = Toolset.from_functions(weather)["weather"]
    assert made.description == "Weather for a city.\n\nLooks far ahead."
    described = {name: schema["description"] for name, schema in made.parameters["properties"].items()}
    assert described == {"city": "Name of the city", "days": "How many days"}
    assert made.returns == {"type": "number", "description": "The temperature"}
    assert made.parameters["required"] == ["city"]


def test_a_field_description_wins_over_the_docstring() -> None:
    def function(x: Annotated[int, Field(description="field")]) -> None:
        """Do.

        Args:
            x: docstring
        """

    assert Toolset.from_functions(function)["function"].parameters["properties"]["x"]["description"] == "field"


def test_the_decorator_says_what_types_cannot() -> None:
    @tool(effect="read", idempotent=True, timeout_s=5)
    def look(x: int) -> None: ...

    def change(x: int) -> None: ...

    made = Toolset.from_functions(look, change)
    assert (made["look"].effect, made["look"].idempotent, made["look"].timeout_s) == ("read", True, 5)
    assert (made["change"].effect, made["change"].idempotent, made["change"].timeout_s) == ("write", False, None)
    assert look.__name__ == "look"


def test_any_parameter_name_works() -> None:
    def function(schema: int, json: str, _x: int, model_config: int, copy: bool) -> int:
        return schema + _x

    made = Toolset.from_functions(function)
    assert list(made["function"].parameters["properties"]) == ["schema", "json", "_x", "model_config", "copy"]
    assert made.functions["function"](schema=1, json="", _x=2, model_config=3, copy=True) == 3


def test_methods_partials_and_callable_objects_are_functions_too() -> None:
    class Shop:
        def buy(self, sku: str) -> str:
            return sku

        def __call__(self, sku: str) -> str:
            return sku

    def pay(amount: int, currency: str) -> str:
        return f"{amount}{currency}"

    made = Toolset.from_functions(Shop().buy, functools.partial(pay, currency="EUR"), Shop())
    assert made.names == ("buy", "pay", "Shop")
    assert made.functions["buy"](sku="a") == "a" and made.functions["pay"](amount=3) == "3EUR"


def test_functions_take_json_and_give_json() -> None:
    def plan(when: datetime.date, unit: Unit, at: Point, pet: Cat | None = None, more: int = 3) -> dict[str, Any]:
        assert isinstance(when, datetime.date) and isinstance(unit, Unit) and isinstance(at, Point)
        return {"when": when, "unit": unit, "at": at, "pet": pet, "more": more}

    call = Toolset.from_functions(plan).functions["plan"]
    assert call(when="2026-05-31", unit="c", at={"x": 1}) == {
        "when": "2026-05-31",
        "unit": "c",
        "at": {"x": 1.0, "y": 0.0, "tags": []},
        "pet": None,
        "more": 3,
    }


def test_a_default_made_by_a_factory_reaches_the_function() -> None:
    def function(x: list[int] = Field(default_factory=lambda: [1])) -> list[int]:  # noqa: B008
        return x

    assert Toolset.from_functions(function).functions["function"]() == [1]


def test_a_coroutine_stays_a_coroutine() -> None:
    async def wait(when: datetime.date) -> datetime.date:
        return when

    call = Toolset.from_functions(wait).functions["wait"]
    assert asyncio.run(call(when="2026-05-31")) == "2026-05-31"


def test_all_faults_of_all_functions_come_at_once() -> None:
    def bare(x, *args: int, y: int, **kwargs: int): ...  # type: ignore[no-untyped-def]

    def positional(p: int, /, s: socket.socket) -> None: ...

    def result(q: int = "x") -> socket.socket: ...  # type: ignore[assignment,empty-body]

    with pytest.raises(ContractError) as caught:
        Toolset.from_functions(bare, positional, result, Point, print, lambda x: x)
    text = str(caught.value)
    for part in (
        "bare(x): no type hint; write x: str",
        "bare(args): *args cannot be called by name",
        "bare(kwargs): **kwargs takes anything",
        "positional(p): p is positional-only",
        "positional(s): the type socket.socket has no JSON form",
        "result: the result: the type socket.socket has no JSON form",
        'result: q.default: the default "x" breaks its own schema',
        "Point: expected a function, got a class",
        "print(args): no type hint" if sys.version_info < (3, 11) else "print",
        "test_functions.py:",
    ):
        assert part in text


def test_a_hint_that_cannot_be_read_is_a_fault() -> None:
    def function(x: Nope) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(ContractError, match="name 'Nope' is not defined"):
        Toolset.from_functions(function)


def test_two_functions_of_one_name_are_refused() -> None:
    def first(x: int) -> None: ...

    second = first
    with pytest.raises(ContractError, match="already taken"):
        Toolset.from_functions(first, second)


# -- places --------------------------------------------------------------------------------

SHOP = '''
from pathlib import Path
from calltune.contract import tool
from prices import price_of

@tool(effect="read")
def price(sku: str) -> float:
    """Price of a thing."""
    return price_of(sku)

def buy(sku: str, count: int = 1) -> None:
    """Buy a thing."""

def _hidden(x): ...

EVERYTHING = [price, buy]
'''


@pytest.fixture
def shop(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "prices.py").write_text("def price_of(sku: str) -> float:\n    return 2.5\n")
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    yield tmp_path / "shop.py"
    for name in ("shop", "prices", "calltune_source_shop"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("{path}", ("price", "buy")),
        ("{path}:buy", ("buy",)),
        ("{path}:buy,price", ("buy", "price")),
        ("{path}:EVERYTHING", ("price", "buy")),
        ("shop", ("price", "buy")),
        ("shop:price", ("price",)),
        ("shop.py", ("price", "buy")),
    ],
)
def test_functions_are_found_by_file_and_by_module(shop: pathlib.Path, source: str, names: tuple[str, ...]) -> None:
    tools = Toolset.load(source.format(path=shop))
    assert tools.names == names and set(tools.functions) == set(names)
    if "price" in names:
        assert tools["price"].effect == "read" and tools.functions["price"](sku="a") == 2.5


def test_all_names_what_is_public(shop: pathlib.Path) -> None:
    shop.write_text(SHOP + "\n__all__ = ['buy', 'EVERYTHING']\n")
    assert Toolset.load("shop").names == ("buy",)


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("shop:prize", "Did you mean shop:price?"),
        ("shop.py:nothing", "shop.py has no 'nothing'"),
        ("shoop:price", "no file and no Python module named 'shoop'"),
        ("other.py", "there is no file 'other.py'"),
        ("colorsys", "no type hint"),
    ],
)
def test_a_place_that_leads_nowhere_says_what_to_type(shop: pathlib.Path, source: str, part: str) -> None:
    with pytest.raises(ContractError) as caught:
        Toolset.load(source)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("def f(:\n", "SyntaxError"),
        ("import nowhere_at_all\n", "No module named"),
        ("x = 1\n\n1 / 0\n", "ZeroDivisionError: division by zero (shop.py, line 3)"),
        ("raise SystemExit(3)\n", "SystemExit"),
        ("x = 1\n", "defines no public functions"),
        ("__all__ = ['f']\n", "names that do not exist"),
    ],
)
def test_a_file_that_does_not_load_says_why(shop: pathlib.Path, text: str, part: str) -> None:
    shop.write_text(text)
    with pytest.raises(ContractError) as caught:
        Toolset.load("shop.py")
    assert part in str(caught.value)
