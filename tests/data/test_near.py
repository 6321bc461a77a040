"""Near-duplicates: those found are near, and hardly one is missed."""

from __future__ import annotations

import random

import pytest

from calltune.data.near import MOST_CANDIDATES, NearIndex
from calltune.data.wording import grams
from calltune.errors import MissingExtraError

pytest.importorskip("rensa")
WORDS = (
    *("light", "kitchen", "please", "turn", "on", "off", "dim", "bright", "lamp"),
    *("door", "open", "close", "music", "play", "stop", "next", "song", "weather", "city"),
)


def sentences(seed: int, count: int, length: int) -> list[str]:
    choose = random.Random(seed)
    return [" ".join(choose.choices(WORDS, k=length)) for _ in range(count)]


def test_what_is_found_is_as_similar_as_it_says() -> None:
    index, texts = NearIndex(0.5), sentences(1, 200, 8)
    for text in texts:
        index.add(text)
    for text in sentences(2, 200, 8):
        for number, similarity in index.find(text):
            one, other = grams(text), grams(texts[number])
            assert similarity == len(one & other) / len(one | other) >= 0.5


def test_no_pair_above_the_threshold_is_missed() -> None:
    index, texts = NearIndex(0.8), sentences(3, 300, 12)
    for text in texts:
        index.add(text)
    for number, text in enumerate(texts):
        words = text.split()
        changed = " ".join([*words[:-1], "x"])
        one, other = grams(changed), grams(text)
        if len(one & other) / len(one | other) >= 0.8:
            assert number in dict(index.find(changed))


def test_a_template_for_everything_does_not_compare_all_with_all() -> None:
    index = NearIndex(0.5)
    for number in range(MOST_CANDIDATES + 50):
        index.add(f"the remote access password of user {'abcdefghij'[number % 10]} has expired")
    assert len(list(index.find("the remote access password of user q has expired"))) <= MOST_CANDIDATES
    assert index.cut == 1


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calltune.data.near.has_library", lambda: False)
    with pytest.raises(MissingExtraError, match=r"calltune\[data\]"):
        NearIndex(0.8)
