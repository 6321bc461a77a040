"""Strict JSON text, and Python data that claims to be JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.contract import parse_json
from calltune.contract.json_text import carries, clip, quote, to_plain


def kinds(text: str | bytes, **options: int) -> list[str]:
    return [problem.kind for problem in parse_json(text, **options)[1]]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)


@settings(deadline=None)
@given(JSON)
def test_what_json_writes_is_read_back_without_a_problem(value: Any) -> None:
    assert parse_json(json.dumps(value)) == (value, ())
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == (value, ())
    assert to_plain(value) == (value, [])


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='{}[]",:0123.eE+-\\untrfalse \ud800\u00e9\x00') | st.binary())
def test_no_text_makes_the_reader_raise(text: str | bytes) -> None:
    value, problems = parse_json(text)
    for problem in problems:
        json.dumps(problem.to_json(), allow_nan=False).encode()
    if not problems:
        assert carries(value)


def test_a_key_given_twice_is_a_problem_at_its_place() -> None:
    value, problems = parse_json('{"a": [{"b": 1, "b": 2, "b": 3}], "c/d": 1, "c/d": 2}')
    assert value == {"a": [{"b": 3}], "c/d": 2}
    assert {(problem.kind, problem.pointer) for problem in problems} == {
        ("duplicate_key", "/a/0/b"),
        ("duplicate_key", "/c~1d"),
    }


def test_a_duplicate_inside_a_replaced_value_is_still_reported() -> None:
    assert kinds('{"a": {"x": 1, "x": 2}, "a": 1}') == ["duplicate_key", "duplicate_key"]


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": [Infinity]}', "-Infinity", '{"a": 1e999}'])
def test_numbers_that_are_none_are_problems(text: str) -> None:
    assert kinds(text) == ["not_finite"]


@pytest.mark.parametrize("text", ["18446744073709551616", "-9223372036854775809", "1" * 10_000, "-" + "1" * 10_000])
def test_integers_of_more_than_64_bits_are_problems(text: str) -> None:
    assert kinds(text) == ["range"]


def test_integers_of_64_bits_are_fine() -> None:
    assert parse_json("18446744073709551615") == (2**64 - 1, ())
    assert parse_json("-9223372036854775808") == (-(2**63), ())


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "the text is empty"),
        ("{'a': 1}", "expected a key in double quotes at character 2"),
        ('{"a": 1,}', "character"),
        ('{"a": 1} and more', "there is more text after the end of the value at character 10"),
        ('{"a": ', "where the text ends"),
        ('{"a": None}', "expected a value at character 7"),
        ("\ufeff{}", "character 1"),
        ('"a\nb"', "character"),
        (b"\xff", "byte 1 is not UTF-8"),
        ('"\ud800"', "lone surrogate"),
        (3, "expected text, got integer"),
    ],
)
def test_text_that_is_not_json_says_where_and_why(text: Any, part: str) -> None:
    value, problems = parse_json(text)
    assert value is None and [problem.kind for problem in problems] == ["not_json"]
    assert part in problems[0].message


def test_a_lone_surrogate_in_an_escape_is_a_problem() -> None:
    assert kinds('{"a": "\\ud800"}') == ["not_json"]
    assert kinds('{"a": "\\ud83d\\ude00"}') == []


def test_depth_and_size_are_limited() -> None:
    assert kinds("[" * 64 + "]" * 64) == []
    assert kinds("[" * 65 + "]" * 65) == ["too_deep"]
    assert kinds("[" * 1_000_000) == ["too_deep"]
    assert kinds('"' + "[" * 100 + '"') == []
    assert kinds('{"a": "\\"[[' + "[" * 100 + '"}') == []
    assert kinds('"' + "x" * (1 << 20) + '"') == ["too_large"]
    assert kinds('"é"', max_bytes=3) == ["too_large"]


@pytest.mark.parametrize(
    "text", ['"' + '\\"' * 400_000 + "[" * 65, "[" * 65 + '"' * 900_000, "[" * 65 + '"\\' * 400_000]
)
def test_hostile_text_costs_linear_time(text: str) -> None:
    start = time.process_time()
    assert parse_json(text)[1]
    assert time.process_time() - start < 2


class Colour(StrEnum):
    RED = "red"


class Broken(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        raise RuntimeError("no")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("no")

    def __len__(self) -> int:
        return 1


def test_python_data_is_made_plain() -> None:
    value, problems = to_plain(MappingProxyType({"a": (1, Colour.RED, True), "b": {"c": None}}))
    assert problems == [] and value == {"a": [1, "red", True], "b": {"c": None}}
    assert type(value["a"][1]) is str


@pytest.mark.parametrize(
    ("value", "kind", "pointer"),
    [
        ({"a": [float("nan")]}, "not_finite", "/a/0"),
        ({"a": 10**30}, "range", "/a"),
        ({"a": "\ud800"}, "not_json", "/a"),
        ({"a": {1, 2}}, "wrong_type", "/a"),
        ({1: 2}, "wrong_type", ""),
        ({"\ud800": 1}, "not_json", ""),
        (b"x", "wrong_type", ""),
        (Broken(), "not_json", ""),
        (list(range(200_000)), "too_large", ""),
        (["x" * 1_000_000] * 3, "too_large", ""),
    ],
)
def test_python_data_that_json_cannot_carry_is_a_problem(value: Any, kind: str, pointer: str) -> None:
    assert not carries(value)
    found = to_plain(value)[1]
    assert [(problem.kind, problem.pointer) for problem in found] == [(kind, pointer)]


def test_data_that_holds_itself_is_too_deep() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert not carries(loop)
    assert to_plain(loop)[1][0].kind == "too_deep"


def test_values_are_shown_short() -> None:
    assert quote("x" * 500).endswith('…"') and len(quote("x" * 500)) < 70
    assert len(quote(list(range(1000)))) <= 60
    assert clip({"a": "x" * 500}).endswith("…")
    assert clip({"a": 1}) == {"a": 1}
    assert quote("\ud800") == '"\\ud800"'
