"""Regular expressions in the words of other engines mean the same, or are left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.contract.exports.patterns import translated
from calltune.contract.keywords import pattern_fault
from calltune.contract.validate import build_validator


def accepts(pattern: str, text: str) -> bool:
    return bool(build_validator({"pattern": pattern}).is_valid(text))


@pytest.mark.parametrize(
    ("pattern", "javascript", "rust"),
    [
        (r"^\d+.$", r"^\d+[^\u{a}]$", r"^[0-9]+[^\u{a}]$"),
        (r"^[\w.+-]+@x$", r"^[\w.+-]+@x$", r"^[A-Za-z0-9_.+-]+@x$"),
        (r"^\/\-\_`$", r"^\/-_`$", r"^\/-_`$"),
        (r"^(?<year>a|b){2,3}?$", r"^(?:a|b){2,3}?$", r"^(?:a|b){2,3}?$"),
        ("é", r"\u{e9}", r"\u{e9}"),
        ("", "(?:)", "(?:)"),
        (r"[\]\-]", r"[\]\-]", r"[\]\-]"),
    ],
)
def test_a_pattern_is_translated(pattern: str, javascript: str, rust: str) -> None:
    assert (translated(pattern, "javascript"), translated(pattern, "rust")) == (javascript, rust)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\bx",
        "(?i)a",
        "(?=a)",
        "[a-z&&b]",
        "[]a]",
        "[^]a]",
        "a++",
        "[[]",
        r"\p{L}",
        "a|*",
        "(*)",
        "a{,3}",
        "[a",
        r"\A",
        "a${1}",
        r"\<a",
    ],
)
def test_what_engines_may_read_differently_is_left_out(pattern: str) -> None:
    assert translated(pattern, "javascript") is None and translated(pattern, "rust") is None


PIECES = [
    "a",
    "b",
    "Z",
    "5",
    "_",
    "-",
    " ",
    r"\d",
    r"\w",
    r"\s",
    r"\D",
    ".",
    "[a-c]",
    r"[^\d]",
    r"[\w-]",
    "(a|b)",
    "(?:ab)",
]


@given(
    st.lists(
        st.tuples(st.sampled_from([*PIECES, "^", "$", "|", r"\.", "é"]), st.sampled_from(["", "*", "+?", "{1,2}"]))
    ),
    st.lists(st.text("abcZ5_- \n\u2028é٣.", max_size=6), min_size=1, max_size=8),
)
def test_a_translated_pattern_matches_the_same_texts(pieces: list[tuple[str, str]], texts: list[str]) -> None:
    pattern = "".join(piece + repeat for piece, repeat in pieces)
    other = translated(pattern, "rust")
    if other is None or pattern_fault(pattern):
        return
    assert [accepts(pattern, text) for text in texts] == [accepts(other, text) for text in texts]
