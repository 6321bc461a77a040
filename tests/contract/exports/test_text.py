"""Text in generated code stays text."""

from __future__ import annotations

import ast
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calltune.contract.exports.names import Names, camel, snake
from calltune.contract.exports.text import comment, docstring, javascript, key

PIECES = [*"ab*/\\\"'`${}\n\r\t <>", "\u2028", "\u202e", "\x00", "é", "\U0001f600", "*/", '"""']
NASTY = st.lists(st.sampled_from(PIECES)).map("".join)


@given(NASTY)
def test_a_string_of_javascript_is_one_line_and_reads_back(text: str) -> None:
    code = javascript(text)
    assert "\n" not in code and not re.search("[\u2028\u2029\u202e\x00]", code)
    assert json.loads(code) == text


@given(NASTY)
def test_a_comment_ends_where_it_should(text: str) -> None:
    code = comment(text)
    assert code == "" or (code.endswith("*/\n") and code.count("*/") == 1 and "\u2028" not in code)


@given(NASTY)
def test_a_docstring_is_one_string_and_nothing_else(text: str) -> None:
    code = docstring(text)
    if code:
        body = ast.parse(f"class A:\n{code}").body[0]
        assert isinstance(body, ast.ClassDef) and len(body.body) == 1 and ast.get_docstring(body) is not None
        assert "\u202e" not in code


@pytest.mark.parametrize(
    ("name", "written"),
    [("city", "city"), ("a b", '"a b"'), ("__proto__", '["__proto__"]'), ("1", '"1"'), ("*/", '"*/"'), ("", '""')],
)
def test_keys_are_quoted_where_they_must_be(name: str, written: str) -> None:
    assert key(name) == written


@settings(max_examples=50)
@given(st.text(max_size=20))
def test_names_are_identifiers_of_ascii(text: str) -> None:
    for name in (camel(text), snake(text)):
        assert name.isascii() and name.isidentifier() and not name.startswith("_")


def test_a_name_is_given_once() -> None:
    names = Names(["Taken"])
    assert [names.claim(name) for name in ("A", "A", "Taken", "A")] == ["A", "A_2", "Taken_2", "A_3"]
