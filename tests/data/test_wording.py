"""What counts as the same thing said."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.data.wording import COMPARED, beginnings, call_digest, grams, plain_words, user_words

Row = dict[str, Any]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Weather in Paris?", "  weather IN paris "),
        ("Pay 20 euros", "pay 1,250.50 euros!"),
        ("wake me at 7:30", "Wake me at 18:05"),
        ("\uff26\uff35\uff2c\uff2c width", "full width"),
        ("snake_case-name", "snake case name"),
    ],
)
def test_case_spacing_punctuation_and_numbers_do_not_count(one: str, other: str) -> None:
    assert plain_words(one) == plain_words(other)


def test_other_words_are_other_words() -> None:
    assert plain_words("Turn the light on") != plain_words("Turn the light off")
    assert plain_words("天气 怎么样") == "天气怎么样" != plain_words("天气不错")
    assert plain_words("내일 비") != plain_words("내일비"), "Korean is written with spaces"


@given(st.text())
def test_plain_words_are_letters_digits_and_single_spaces(text: str) -> None:
    plain = plain_words(text)
    assert all(letter.isalnum() or letter == " " or unicodedata.category(letter)[0] == "M" for letter in plain)
    assert plain == " ".join(plain.split())


@given(st.text(alphabet="ab ", max_size=30))
def test_a_text_always_has_a_gram_and_never_a_longer_one(plain: str) -> None:
    found = grams(plain)
    assert found and all(len(gram) <= 5 and gram in plain for gram in found)


def test_a_text_beyond_reason_is_compared_by_its_beginning() -> None:
    assert len(grams("ab" * 10**6)) == 2 and max(map(len, grams("x" * COMPARED))) == 5


def test_a_call_is_the_same_whatever_the_order_of_its_arguments() -> None:
    one = {"name": "f", "arguments": {"a": 1, "b": [1, 2]}}
    assert call_digest(one) == call_digest({"arguments": {"b": [1, 2], "a": 1}, "name": "f"})
    assert call_digest(one) != call_digest({"name": "f", "arguments": {"a": 1, "b": [2, 1]}})


def test_an_earlier_turn_is_a_beginning_of_the_dialogue(row: Row) -> None:
    whole = beginnings(row["messages"])
    assert len(whole) == 2 and beginnings(row["messages"][:2]) == whole[:1]
    system = {"role": "system", "content": "Be brief."}
    assert beginnings([system, *row["messages"]]) == whole
    row["messages"][0]["content"] = "Something else"
    assert set(beginnings(row["messages"])).isdisjoint(whole)
    assert user_words(row["messages"]) == "Something else"


@pytest.mark.parametrize(
    ("one", "other"), [("你好,世界!", "你好世界"), ("我要 2 张票。", "我要3张票"), ("カフェ を予約", "カフェを予約")]
)
def test_spaces_and_marks_between_chinese_or_japanese_words_do_not_count(one: str, other: str) -> None:
    assert plain_words(one) == plain_words(other)


def test_vowel_signs_are_part_of_the_word() -> None:
    assert plain_words("दिल") != plain_words("दल") and plain_words("กิน") != plain_words("กัน")
    assert plain_words("दिल्ली, कल?") == plain_words("दिल्ली कल")
