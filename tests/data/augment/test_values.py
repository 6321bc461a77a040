"""Values follow their schema and are said so that they can be understood."""

from __future__ import annotations

import re
import time
from datetime import date
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.data.augment.values import Argument, UnsayableError, argument_of, words_for
from calltune.data.augment.values_numbers import bounds_of, number_between
from calltune.data.augment.values_pattern import text_of
from calltune.data.augment.values_schema import examples_of
from calltune.data.augment.values_spoken import Calendar, date_text, number_words, time_text
from calltune.data.augment.values_topics import topic_of, words_of

NO_DATE = Calendar()


def argument(name: str, schema: Any, root: dict[str, Any] | None = None) -> Argument:
    return argument_of(name, schema, required=True, root=root or {"type": "object", "properties": {name: schema}})


SCHEMAS: list[Any] = [
    {"const": {"a": 1}},
    {"enum": ["low", "NO_FAULT", 3, None]},
    {"type": "integer", "minimum": 17, "maximum": 17},
    {"type": "integer", "minimum": -30, "exclusiveMaximum": -10, "multipleOf": 7},
    {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    {"type": "number", "multipleOf": 0.25, "minimum": 100},
    {"type": "string", "minLength": 30, "maxLength": 60},
    {"type": "string", "maxLength": 3},
    {"type": "string", "pattern": "^[A-Z]{2}\\d{4}(-x)?$"},
    {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"},
    {"type": "string", "pattern": "^\\p{L}+$", "examples": ["möglich"]},
    *({"type": "string", "format": form} for form in ("date", "time", "date-time", "duration", "email", "uri")),
    *({"type": "string", "format": form} for form in ("uuid", "ipv4", "ipv6", "hostname")),
    {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 3, "uniqueItems": True},
    {"type": "array", "prefixItems": [{"type": "number"}, {"enum": ["km", "mi"]}], "minItems": 2, "maxItems": 2},
    {"type": "object", "properties": {"street": {"type": "string"}, "no": {"type": "integer"}}, "required": ["no"]},
    {"type": "object", "additionalProperties": {"type": "integer"}, "minProperties": 1},
    {"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 3}]},
    {"oneOf": [{"const": "a"}, {"type": "integer"}]},
    {"allOf": [{"type": "string"}, {"minLength": 4}, {"enum": ["long", "longer", "no"]}]},
    {"type": ["boolean", "null"]},
    {"description": "anything"},
    True,
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
@pytest.mark.parametrize("name", ["city", "amount", "thing"])
def test_values_follow_their_schema(schema: Any, name: str) -> None:
    one, check = argument(name, schema), jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for seed in range(10):
        said = one.say(Random(seed), NO_DATE)
        assert check.is_valid(said.value), said


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "string", "pattern": "^\\p{L}{3}$"},
        {"type": "string", "minLength": 5, "maxLength": 3},
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "string", "format": "json-pointer"},
        {"type": "array", "items": {}, "minItems": 10_000},
        {"not": {}},
    ],
    ids=str,
)
def test_what_nobody_can_say_is_a_reason(schema: Any) -> None:
    with pytest.raises(UnsayableError, match=r"^[a-z_]+$"):
        argument("thing", schema).say(Random(0), NO_DATE)


def test_a_schema_that_contains_itself_comes_to_an_end() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "required": ["next"]}
    root = {"type": "object", "properties": {"list": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}}
    with pytest.raises(UnsayableError, match="depth"):
        argument("list", {"$ref": "#/$defs/node"}, root).say(Random(0), NO_DATE)


PIECES = st.sampled_from(
    ["a", "[a-f]", "[^x]", "\\d", "\\w", "(ab|cd)", "(?:x|y|)", ".", "\\.", "[0-9A-F]", "é", "[\\]-]"]
)
TIMES = st.sampled_from(["", "?", "*", "+", "{3}", "{1,4}", "{2,}", "*?"])


@settings(max_examples=60)
@given(st.lists(st.tuples(PIECES, TIMES), max_size=8), st.integers(0, 1000))
def test_a_text_of_a_pattern_matches_it(parts: list[tuple[str, str]], seed: int) -> None:
    pattern = "".join(piece + times for piece, times in parts)
    text = text_of(pattern, Random(seed))
    assert text is not None
    assert re.fullmatch(pattern, text)


@given(st.text(st.sampled_from("ab()[]{}|*+?^$\\.-,0123456789dwsux"), max_size=30), st.integers(0, 9))
@settings(max_examples=100)
def test_any_text_as_a_pattern_gives_a_short_text_or_none(pattern: str, seed: int) -> None:
    text = text_of(pattern, Random(seed))
    assert text is None or len(text) <= 4000


def test_a_hostile_pattern_costs_no_time() -> None:
    start = time.perf_counter()
    for pattern in (
        "((((a{200}){200}){200}){200})",
        "(" * 400,
        "a{99999999}",
        "(a*)*" * 90,
        "[a-\U0010ffff]",
        "x" * 9999,
    ):
        text_of(pattern, Random(0))
    assert time.perf_counter() - start < 2


@given(st.integers(-1000, 1000), st.integers(0, 1000), st.sampled_from([None, 1, 5, 0.5, 12]), st.integers(0, 99))
def test_numbers_stay_inside_their_bounds(low: int, span: int, step: float | None, seed: int) -> None:
    schema = {"minimum": low, "maximum": low + span} | ({"multipleOf": step} if step else {})
    least, most, unit = bounds_of("count", schema, whole=True)
    assert low <= least <= most <= low + span
    number = number_between(Random(seed), least, most, unit or 1.0)
    if most - least >= 2 * (unit or 1):
        assert least <= number <= most
    assert number % (unit or 1) == 0


def test_examples_are_found_where_people_write_them() -> None:
    assert examples_of({"examples": ["a"], "default": "b"}) == ["a", "b"]
    assert examples_of({"description": "e.g. Ik Tara, Welcome to the Cruel World"}) == [
        "Ik Tara",
        "Welcome to the Cruel World",
    ]
    assert examples_of({"description": "Status such as 'open' or 'closed'."}) == ["open", "closed"]
    assert examples_of({"description": "The city (for example Oslo)"}) == ["Oslo"]
    assert examples_of({"description": "A city."}) == []


@pytest.mark.parametrize(
    ("name", "description", "topic"),
    [
        ("city", "", "city"),
        ("departureCity", "", "origin"),
        ("location", "City to go to", "destination"),
        ("playlist_owner", "", "owner"),
        ("customer_email", "", "email"),
        ("x7", "Name of the restaurant", "restaurant"),
        ("payload", "", None),
        ("has_wifi", "Whether the hotel has wifi", None),
    ],
)
def test_a_topic_is_found_by_name_and_description(name: str, description: str, topic: str | None) -> None:
    found = topic_of(name, {"type": "string", "description": description})
    assert (found.name if found else None) == topic


def test_dates_are_said_with_their_year_unless_it_is_known() -> None:
    day = date(2025, 3, 4)
    for seed in range(60):
        assert "2025" in date_text(Random(seed), day, NO_DATE)
    known = {date_text(Random(seed), day, Calendar(today=date(2025, 3, 3))) for seed in range(60)}
    assert "tomorrow" in known and "March 4th" in known
    example = argument("day", {"type": "string", "default": "2019-03-01"})
    said = [example.say(Random(seed), NO_DATE) for seed in range(60)]
    assert {one.value[:4] for one in said} == {"2019"}
    assert any("2019" not in one.text for one in said)


def test_times_are_said_in_words_and_meant_in_digits() -> None:
    clock = argument("start", {"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"})
    said = [clock.say(Random(seed), NO_DATE) for seed in range(60)]
    assert all(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", one.value) for one in said)
    assert any(one.text != one.value for one in said)
    assert {time_text(Random(seed), 0, 0) for seed in range(60)} >= {"midnight", "12 am"}


@given(st.integers(-999_999, 999_999))
def test_a_number_in_words_has_one_reading(number: int) -> None:
    words = {number_words(other): other for other in (number, number + 1, number - 1, -number, number * 10 % 999_983)}
    assert words[number_words(number)] == number


def test_words_that_stand_for_values_read_as_people_say_them() -> None:
    assert words_of("HTTPServerID2") == ("http", "server", "id", "2")
    said = ["in_progress", "VeryHigh", "URGENT", "km", "EUR", "New York", True, 4]
    assert [words_for(value) for value in said] == [
        "in progress",
        "very high",
        "urgent",
        "km",
        "EUR",
        "New York",
        "yes",
        "4",
    ]


def test_the_number_of_a_code_may_be_all_that_is_said() -> None:
    ticket = argument("ticket", {"type": "string", "pattern": "^INC-[0-9]{6}$"})
    said = [ticket.say(Random(seed), NO_DATE) for seed in range(40)]
    assert {one.value.removeprefix("INC-") == one.text for one in said} == {True, False}


def test_half_of_an_example_is_none() -> None:
    described = "A query, e.g: city name e.g.: q=Paris, US zip e.g: q=91139"
    assert not [one for one in examples_of({"description": described}) if "e.g" in one]
