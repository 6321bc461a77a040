"""In the embedded model's tokenizer, copying a word is copying its tokens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from calltune.base.tokenizer import MARKERS
from calltune.render.renderer import Renderer


def test_a_word_has_the_same_tokens_wherever_it_stands(renderer: Renderer) -> None:
    tokenizer = renderer.tokenizer

    def ids(text: str) -> list[int]:
        return list(tokenizer(text, add_special_tokens=False).input_ids)

    word = ids("temperature")
    for text in ("set temperature", 'the "temperature"', "get_temperature", '{"temperature": 3}'):
        found = ids(text)
        assert any(found[at : at + len(word)] == word for at in range(len(found))), text


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=20))
def test_a_capital_changes_the_first_token_and_nothing_else(renderer: Renderer, word: str) -> None:
    small, large = (renderer.tokenizer(text, add_special_tokens=False).input_ids for text in (word, word.capitalize()))
    assert small[0] != large[0]
    assert small[1:] == large[1:]


def test_digits_and_spaces_stand_alone(renderer: Renderer) -> None:
    tokens = renderer.tokenizer.tokenize("room 204417  now")
    assert [token for token in tokens if any(c.isdigit() for c in token)] == list("204417")
    assert tokens.count("Ġ") == 3


def test_markers_are_one_token_and_survive_decoding(renderer: Renderer) -> None:
    for marker in MARKERS:
        (token,) = renderer.tokenizer(marker, add_special_tokens=False).input_ids
        assert renderer.tokenizer.decode([token], skip_special_tokens=True) == marker


@given(st.text())
def test_every_text_comes_back(renderer: Renderer, text: str) -> None:
    ids = renderer.tokenizer(text, add_special_tokens=False).input_ids
    assert renderer.tokenizer.decode(ids) == text
