"""Taking pieces apart changes the tokens and nothing that a person reads."""

from __future__ import annotations

import random

import pytest

from calltune.base.corpus import scene_rows
from calltune.base.invent import invent
from calltune.base.rewording import KEPT
from calltune.base.splitting import Splitting
from calltune.render.renderer import Renderer


@pytest.fixture(scope="module")
def split(renderer: Renderer) -> Splitting:
    return Splitting(renderer.tokenizer)


@pytest.mark.parametrize("seed", range(3))
def test_the_text_and_what_is_learned_of_it_stay_the_same(renderer: Renderer, split: Splitting, seed: int) -> None:
    rows = scene_rows(invent(random.Random(seed)), renderer)
    apart = split(rows, random.Random(seed))
    decode = renderer.tokenizer.decode
    assert sum(len(ids) for ids, _ in apart) > sum(len(ids) for ids, _ in rows)
    for (ids, weights), (others, other_weights) in zip(rows, apart, strict=True):
        assert decode(others) == decode(ids)
        for weight in set(weights):
            learned = [token for token, own in zip(ids, weights, strict=True) if own == weight]
            still = [token for token, own in zip(others, other_weights, strict=True) if own == weight]
            assert decode(still) == decode(learned)


def test_a_word_is_taken_apart_alike_wherever_it_stands(renderer: Renderer, split: Splitting) -> None:
    both = renderer.tokenizer("plant Plant plant").input_ids
    taken = set()
    for seed in range(40):
        [(ids, _)] = split([(both, [1.0] * len(both))], random.Random(seed))
        first, capital, last = renderer.tokenizer.decode(ids).split(" ")
        assert (first, capital, last) == ("plant", "Plant", "plant")
        space = renderer.tokenizer(" ").input_ids[0]
        cut = [i for i, token in enumerate(ids) if token == space]
        assert ids[: cut[0]] == ids[cut[1] + 1 :]
        taken.add(tuple(ids))
    assert len(taken) > 1


def test_the_words_that_hold_sentences_together_stay_whole(renderer: Renderer, split: Splitting) -> None:
    words = renderer.tokenizer(" ".join(sorted(KEPT))).input_ids
    assert all(
        split([(words, [0.0] * len(words))], random.Random(seed)) == [(words, [0.0] * len(words))] for seed in range(20)
    )
