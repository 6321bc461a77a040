"""YAML as JSON has it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.contract.yaml_text import parse_yaml

DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(DATA)
def test_json_is_read_as_json_reads_it(data: Any) -> None:
    text = json.dumps(data)
    try:
        assert parse_yaml(text) == json.loads(text)
    except ValueError as error:  # what YAML cannot hold: a number of more digits than anybody writes, a lone surrogate
        assert "digits" in str(error) or "\\u" in text


def test_keys_are_text_as_they_stand() -> None:
    assert parse_yaml("200: a\n1.0: b\nyes: c\n2026-05-31: d\nnull: e\n") == {
        "200": "a", "1.0": "b", "yes": "c", "2026-05-31": "d", "null": "e"
    }  # fmt: skip
    with pytest.raises(ValueError, match="line 2: the key '200' is given more than once"):
        parse_yaml("200: a\n'200': b\n")


def test_a_merge_key_brings_what_is_not_said() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nc:\n  <<: [*a, *b]\n  y: 3\nd: {<<: *a}\n"
    value = parse_yaml(text, aliases=True)
    assert value["c"] == {"x": 1, "z": 2, "y": 3} and value["d"] == {"x": 1, "y": 1} and value["a"] == {"x": 1, "y": 1}
    with pytest.raises(ValueError, match="line 2: << brings mappings"):
        parse_yaml("a: &a 1\nb: {<<: *a}\n", aliases=True)


def test_aliases_are_shared_where_they_are_allowed() -> None:
    text = "a: &x {b: [1]}\nc: *x\n"
    value = parse_yaml(text, aliases=True)
    assert value == {"a": {"b": [1]}, "c": {"b": [1]}} and value["a"] is value["c"]
    with pytest.raises(ValueError, match="line 2: aliases"):
        parse_yaml(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("a: &x [*x]\n", "no &x that ends"),
        ("a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)), "values"),
        ("[" * 5000, "levels deep"),
        ("a: 1\n---\nb: 2\n", "second document"),
        ("? [a]\n: b\n", "a key must be text"),
        ("!!python/name:os.system x", "tag"),
        ("a: !!set {x}\n", "tag"),
        ("9" * 5000, "digits"),
        ("a: [", "line"),
    ],
)  # fmt: skip
def test_what_is_more_than_data_is_refused_with_its_line(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        parse_yaml(text, aliases=True)
