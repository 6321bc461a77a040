from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.errors import TemplateError
from calltune.render.markers import NONCHARACTERS, Markers, free_noncharacter

MARKERS = Markers(["<a>", "<|b|>", "aba", '<|"|>', "  ", "x", "a<a"])


def test_white_space_and_single_characters_are_no_markers() -> None:
    assert set(MARKERS.texts) == {"<a>", "<|b|>", "aba", '<|"|>', "a<a"}


def test_overlapping_markers_are_all_cut() -> None:
    assert MARKERS.protect_text("ababa<a>", "~") == "a~ba~ba~<~a>"


def test_a_value_without_markers_is_returned_as_it_is() -> None:
    value = {"a": ["b", {"c": 1}]}
    kept, cut = MARKERS.protect(value)
    assert kept is value and cut == ""


def test_keys_and_values_are_cut_at_every_depth() -> None:
    protected, cut = MARKERS.protect({"<a>": ["x <|b|>", {"k": '<|"|>'}], "n": 7})
    assert protected == {f"<{cut}a>": [f"x <{cut}|b|>", {"k": f'<{cut}|"|>'}], "n": 7}


def test_the_cut_is_a_noncharacter_that_the_text_does_not_have() -> None:
    assert free_noncharacter([NONCHARACTERS[0] + "x", NONCHARACTERS[1]]) == NONCHARACTERS[2]
    with pytest.raises(TemplateError, match="not text"):
        free_noncharacter(NONCHARACTERS)


@given(st.lists(st.sampled_from([*MARKERS.texts, "a", "<", "b", "|", '"', NONCHARACTERS[0]]), max_size=12).map("".join))
def test_no_marker_is_left_and_nothing_else_changes(text: str) -> None:
    protected, cut = MARKERS.protect(text)
    assert not any(marker in protected for marker in MARKERS.texts)
    assert (protected.replace(cut, "") if cut else protected) == text
