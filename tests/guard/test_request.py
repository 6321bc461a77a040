"""One call as an HTTP request: each style of OpenAPI, and arguments that cannot leave their place."""

from __future__ import annotations

from typing import Any

import pytest

from calltune.contract.operations import Argument, Operation, Place
from calltune.guard import ToolError
from calltune.guard.request import request_of

COLOURS = ["blue", "b/k"]
COLOUR = {"R": 100, "G": 200}


def url(style: str, explode: bool, value: Any) -> str:
    argument = Argument(name="color", key="color", place="path", style=style, explode=explode)
    operation = Operation(name="op", method="GET", path="/a/{color}/b", arguments=(argument,))
    address: str = request_of(operation, "http://x/", {"color": value})["url"]
    return address.removeprefix("http://x/a/").removesuffix("/b")


@pytest.mark.parametrize(
    ("style", "explode", "text", "listed", "mapped"),
    [
        ("simple", False, "blue", "blue,b%2Fk", "R,100,G,200"),
        ("simple", True, "blue", "blue,b%2Fk", "R=100,G=200"),
        ("label", False, ".blue", ".blue.b%2Fk", ".R.100.G.200"),
        ("label", True, ".blue", ".blue.b%2Fk", ".R=100.G=200"),
        ("matrix", False, ";color=blue", ";color=blue,b%2Fk", ";color=R,100,G,200"),
        ("matrix", True, ";color=blue", ";color=blue;color=b%2Fk", ";R=100;G=200"),
        (
            "json",
            False,
            "%22blue%22",
            "%5B%22blue%22%2C%20%22b%2Fk%22%5D",
            "%7B%22R%22%3A%20100%2C%20%22G%22%3A%20200%7D",
        ),
    ],
)
def test_a_path_argument_is_written_in_its_style(
    style: str, explode: bool, text: str, listed: str, mapped: str
) -> None:
    assert url(style, explode, "blue") == text
    assert url(style, explode, COLOURS) == listed
    assert url(style, explode, COLOUR) == mapped


@pytest.mark.parametrize(
    ("style", "explode", "value", "pairs"),
    [
        ("form", True, COLOURS, [("c", "blue"), ("c", "b%2Fk")]),
        ("form", False, COLOURS, [("c", "blue,b%2Fk")]),
        ("form", False, ["a,b", "c&d=e"], [("c", "a%2Cb,c%26d%3De")]),
        ("spaceDelimited", False, COLOURS, [("c", "blue%20b%2Fk")]),
        ("pipeDelimited", False, COLOURS, [("c", "blue%7Cb%2Fk")]),
        ("form", True, COLOUR, [("R", "100"), ("G", "200")]),
        ("form", False, COLOUR, [("c", "R,100,G,200")]),
        ("deepObject", True, {"a": {"b": True}, "l": [1, "x"], "n": None},
         [("c%5Ba%5D%5Bb%5D", "true"), ("c%5Bl%5D%5B0%5D", "1"), ("c%5Bl%5D%5B1%5D", "x")]),
        ("json", False, {"a": [1]}, [("c", "%7B%22a%22%3A%20%5B1%5D%7D")]),
        ("form", True, None, []),
        ("form", True, 1.5, [("c", "1.5")]),
    ],
)  # fmt: skip
def test_a_query_argument_is_written_in_its_style(
    style: str, explode: bool, value: Any, pairs: list[tuple[str, str]]
) -> None:
    argument = Argument(name="colour", key="c", place="query", style=style, explode=explode)
    operation = Operation(name="op", method="GET", path="/a", arguments=(argument,), query=(("v", "2"),))
    assert request_of(operation, "http://x", {"colour": value})["query"] == [("v", "2"), *pairs]


def body(media_type: str, arguments: dict[str, Any], place: Place = "field", required: bool = False) -> dict[str, Any]:
    known = tuple(Argument(name=name, key=name, place=place, style="form", explode=True) for name in arguments)
    operation = Operation(
        name="op", method="POST", path="/a", arguments=known, media_type=media_type, body_required=required
    )
    return request_of(operation, "http://x", arguments)


def test_a_body_is_written_in_its_media_type() -> None:
    patch = body("application/merge-patch+json", {"a": 1, "b": None})
    assert patch["content"] == b'{"a": 1, "b": null}'
    assert patch["headers"] == {"content-type": "application/merge-patch+json"}
    form = body("application/x-www-form-urlencoded", {"a": [1, 2], "b": {"c": {"d": "e"}}, "n": None})
    assert form["content"] == b"a=1&a=2&b%5Bc%5D%5Bd%5D=e" and form["headers"]["content-type"].endswith("urlencoded")
    parts = body("multipart/form-data", {"a": ["x", {"y": 1}], "b": True})["files"]
    assert parts == [("a", (None, b"x")), ("a", (None, b'{"y": 1}', "application/json")), ("b", (None, b"true"))]
    assert body("text/plain", {"body": "hi"}, "body")["content"] == b"hi"
    assert body("application/json", {"body": [1]}, "body")["content"] == b"[1]"
    assert body("application/json", {}, required=True)["content"] == b"{}"
    assert "content" not in body("application/json", {})


def test_an_argument_that_is_none_is_refused() -> None:
    with pytest.raises(ToolError, match="no argument z"):
        request_of(Operation(name="op", method="GET", path="/a"), "http://x", {"z": 1})


def test_a_value_with_braces_is_not_filled_in_again() -> None:
    known = tuple(Argument(name=name, key=name, place="path", style="simple") for name in "ab")
    operation = Operation(name="op", method="GET", path="/{a}/{b}", arguments=known)
    assert request_of(operation, "http://x", {"a": "{b}", "b": "c"})["url"] == "http://x/%7Bb%7D/c"


@pytest.mark.parametrize("value", [{"x=1; admin": "1"}, {"session=x": "y"}, {"a\r\nX: b": "c"}, {"": "x"}])
def test_a_key_of_an_object_in_a_cookie_cannot_leave_its_place(value: dict[str, str]) -> None:
    argument = Argument(name="c", key="c", place="cookie", style="form", explode=True)
    operation = Operation(name="op", method="GET", path="/a", arguments=(argument,))
    with pytest.raises(ToolError, match="no name of a cookie"):
        request_of(operation, "http://x", {"c": value})
    assert request_of(operation, "http://x", {"c": [1, 2]})["headers"] == {"cookie": "c=1; c=2"}


def test_a_comma_in_a_part_of_a_header_is_refused_for_it_would_make_two_of_one() -> None:
    argument = Argument(name="h", key="X-H", place="header", style="simple")
    operation = Operation(name="op", method="GET", path="/a", arguments=(argument,))
    assert request_of(operation, "http://x", {"h": ["a", "b"]})["headers"] == {"X-H": "a,b"}
    assert request_of(operation, "http://x", {"h": "a, b"})["headers"] == {"X-H": "a, b"}
    with pytest.raises(ToolError, match="comma"):
        request_of(operation, "http://x", {"h": ["a,b"]})
