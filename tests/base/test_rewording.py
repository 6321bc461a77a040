"""Words are exchanged everywhere at once, so what had to be copied still has to be copied."""

from __future__ import annotations

import json
import random

import pytest

from calltune.base.corpus import scene_rows
from calltune.base.invent import invent
from calltune.base.rewording import KEPT, Rewording
from calltune.render.renderer import Renderer


@pytest.fixture(scope="module")
def reworded(renderer: Renderer) -> Rewording:
    return Rewording(renderer.tokenizer)


@pytest.mark.parametrize("seed", range(3))
def test_equal_tokens_stay_equal_and_calls_stay_json(renderer: Renderer, reworded: Rewording, seed: int) -> None:
    rows = scene_rows(invent(random.Random(seed)), renderer)
    other = reworded(rows, random.Random(seed))
    assert other != rows
    assert [weights for _, weights in other] == [weights for _, weights in rows]
    exchanged: dict[int, int] = {}
    for (before, _), (after, weights) in zip(rows, other, strict=True):
        for old, new in zip(before, after, strict=True):
            assert exchanged.setdefault(old, new) == new
        written = renderer.tokenizer.decode([token for token, weight in zip(after, weights, strict=True) if weight])
        for call in written.split("<tool_call>")[1:]:
            assert set(json.loads(call.split("</tool_call>")[0])) == {"name", "arguments"}
    changed = {old: new for old, new in exchanged.items() if old != new}
    assert len(set(changed.values())) == len(changed), "two words became one"
    text = {renderer.tokenizer.decode([token]).lower() for token in changed}
    assert text and not text & KEPT


def test_the_same_random_state_gives_the_same_words(renderer: Renderer, reworded: Rewording) -> None:
    rows = scene_rows(invent(random.Random(5)), renderer)
    assert reworded(rows, random.Random(1)) == reworded(rows, random.Random(1)) != reworded(rows, random.Random(2))
