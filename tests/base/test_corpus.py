"""The pretraining data is what the renderer would make of it, and a pure function of its index."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from calltune.base.corpus import (
    HELD_OUT_SERVICES,
    VALUE_WEIGHT,
    Corpus,
    CorpusConfig,
    real_scenes,
    scene_rows,
)
from calltune.base.invent import Scene, invent
from calltune.data import Conversation
from calltune.render.renderer import Renderer


def same_as_rendered(scene: Scene, renderer: Renderer) -> None:
    for (ids, weights), messages in zip(scene_rows(scene, renderer), scene.conversations, strict=True):
        (row,) = renderer.render(Conversation(messages=messages, tools=scene.tools))
        assert list(row.ids) == ids
        assert [float(bool(w)) for w in row.weights] == [float(bool(w)) for w in weights]


@pytest.mark.parametrize("seed", range(4))
def test_rows_are_token_for_token_what_the_renderer_makes(renderer: Renderer, seed: int) -> None:
    scene = invent(random.Random(seed), split="train")
    same_as_rendered(Scene(tools=scene.tools, conversations=scene.conversations[:6]), renderer)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["glaive_demo_en.jsonl", "api_bank.jsonl"])
def test_real_rows_are_too(renderer: Renderer, shared: Path, name: str) -> None:
    for scene in real_scenes(shared / "data" / name)[:10]:
        same_as_rendered(Scene(tools=scene.tools, conversations=scene.conversations[:2]), renderer)


@pytest.mark.slow
def test_held_out_services_are_not_trained_on(shared: Path) -> None:
    trained = real_scenes(shared / "data" / "sgd_train.jsonl.gz")
    held_out = real_scenes(shared / "data" / "sgd_train.jsonl.gz", held_out=True)

    def services(scenes: tuple[Scene, ...]) -> set[str]:
        names = {tool["function"]["name"] for scene in scenes for tool in scene.tools}
        return {"_".join(name.split("_")[:2]) for name in names}

    assert not services(trained) & HELD_OUT_SERVICES
    assert services(held_out) >= HELD_OUT_SERVICES


def test_a_sequence_is_a_function_of_its_index(renderer: Renderer) -> None:
    one, other = (Corpus(CorpusConfig(nodes=2048, ramp=10), renderer) for _ in range(2))
    one.sequence(3)
    for name, value in one.sequence(7).items():
        np.testing.assert_array_equal(value, other.sequence(7)[name])


def test_a_sequence_is_full_of_well_formed_packs(renderer: Renderer) -> None:
    sequence = Corpus(CorpusConfig(nodes=2048, ramp=0), renderer).sequence(0)
    index = np.arange(2048)
    learned = sequence["weights"] > 0
    assert (sequence["parent"] < index).all()
    assert (sequence["subtree_end"] > index).all()
    assert (sequence["parent"][learned] >= 0).all()
    assert learned.any()
    inside = sequence["parent"] >= 0
    assert (sequence["position_ids"][inside] == sequence["position_ids"][sequence["parent"][inside]] + 1).all()


def test_where_a_value_begins_weighs_more_than_the_rest_of_it(renderer: Renderer) -> None:
    corpus = Corpus(CorpusConfig(), renderer)
    call = '{"name": "book", "arguments": {"city": "Oslo", "days": 12}}'
    ids = renderer.tokenizer(call, add_special_tokens=False).input_ids
    weights = corpus.value_weights(ids, [1.0] * len(ids))
    heavy = [place for place, weight in enumerate(weights) if weight == VALUE_WEIGHT]
    after = [call[len(renderer.tokenizer.decode(ids[:place])) :] for place in heavy]
    assert [text[:3] for text in after] == ["boo", "Osl", "12}"]
    assert corpus.value_weights(ids, [0.0] * len(ids)) == [0.0] * len(ids)
