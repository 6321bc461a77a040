"""Values found in what people say, and sentences without them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.data.augment.mention import cut_out, stands_in


@pytest.mark.parametrize(
    ("text", "value", "left", "said"),
    [
        ("Look for a place in San Jose, please.", "San Jose", "Look for a place, please.", "San Jose"),
        ("Book a table for two people in Rome.", 2, "Book a table in Rome.", "two"),
        ("book 2 tickets to the opera", 2, "book tickets to the opera", "2"),
        ("I need a table on the 8th of March please", "2019-03-08", "I need a table please", "the 8th of March"),
        ("Reserve it at half past one, thanks.", "13:30", "Reserve it, thanks.", "half past one"),
        ("Reserve it at 1:30 pm.", "13:30", "", ""),  # "Reserve it." is too short to be asked
        ("Find me an Italian place in Rome", "Italian", "Find me a place in Rome", "Italian"),
        ("Is there a cheap unisex salon here?", "cheap", "Is there a unisex salon here?", "cheap"),
        ("I want an Italian hour, not an hour more", "Italian", "I want an hour, not an hour more", "Italian"),
        ("Is there a cheap apartment in Rome?", "cheap", "Is there an apartment in Rome?", "cheap"),
        ("Flights from Oslo to Rome, please", "Oslo", "Flights to Rome, please", "Oslo"),
        ("Find all the hotels I need in Rome", "Rome", "Find all the hotels I need", "Rome"),
    ],
)
def test_a_value_is_cut_with_the_words_that_hang_on_it(text: str, value: Any, left: str, said: str) -> None:
    cut = cut_out(text, value)
    assert (cut.text, cut.said) == (left, said) if cut else not left


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("add Deus Deceptor to Dance Workout", "Deus Deceptor"),  # "add to Dance Workout"
        ("Find attractions in Paris, France.", "Paris"),  # "attractions, France"
        ("Find a hotel in San Jose airport area", "San Jose"),
        ("I am looking for Titanic.", "Titanic"),
        ("from Paris and in Paris again", "Paris"),  # said twice
        ("Flights in or from Oslo tomorrow please", "Oslo"),
        ("The weather in Oslofjord is fine today", "Oslo"),
        ("I would like a table in Rome", ""),
        ("I would like a table in Rome", None),
        ("I would like a table in Rome", True),
        ("x" * 10_000 + " in Rome", "Rome"),
        (" " * 1900 + "in Rome", "Rome"),
        ("I'd like a mexican coffee right now.", "mexican coffee"),
        ("What is actually in a Matcha Latte?", "Matcha Latte"),
        ("Could you tell me what\u2019s in the Steamer?", "Steamer"),
        ("Are there any sweeteners available?", "sweeteners"),
        ("Find me literature written by Jane Austen.", "Jane Austen"),
        ("I am quite interested in Jane Austen.", "Jane Austen"),
        ("Get me a flight which leaves from Phoenix.", "Phoenix"),
    ],
)
def test_a_sentence_that_would_break_is_left_alone(text: str, value: Any) -> None:
    assert cut_out(text, value) is None


@given(
    st.text(alphabet="ab in,.?!1é<>|\n", max_size=60),
    st.one_of(st.text(alphabet="ab 1é<|", max_size=8), st.integers(), st.floats(allow_nan=False), st.none()),
)
def test_whatever_is_cut_is_gone_and_nothing_raises(text: str, value: Any) -> None:
    cut = cut_out(text, value)
    if cut is not None:
        assert not stands_in(value, cut.text)
        assert stands_in(value, cut.phrase)
