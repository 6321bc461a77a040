"""How rows are packed is chosen for a reason that is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calltune.errors import ConfigError
from calltune.train import TrainConfig
from calltune.train.plan import PackingChoice, Sharing, choose_packing, measure_sharing, spell_duration

MUCH, LITTLE, LARGE = Sharing(shared=0.8, cost=0.3), Sharing(shared=0.1, cost=1.2), Sharing(shared=0.4, cost=3.0)


def choice(sharing: Sharing = MUCH, packing: Any = "auto", **options: Any) -> PackingChoice:
    settings = {"obstacle": None, "sparse": False, "fractional": False, "device": "cpu", **options}
    return choose_packing(TrainConfig(data="d", packing=packing), sharing, **settings)


@pytest.mark.parametrize(
    ("chosen", "packing", "words"),
    [
        (choice(), "prefix", "80% of the tokens"),
        (choice(LITTLE), "none", "only 10%"),
        (choice(LITTLE, device="cuda"), "bfd", "only 10%"),
        (choice(LARGE), "none", "--micro-batches"),
        (choice(obstacle="it has layers of the kind linear_attention", device="cuda"), "bfd", "linear_attention"),
        (choice(LARGE, sparse=True), "prefix", "40%"),
        (choice(LITTLE, sparse=True), "prefix", "no padding; rows share 10%"),
        (choice(LITTLE, sparse=True, device="cuda"), "bfd", "only 10%"),
        (choice(LITTLE, sparse=True, device="cuda", fractional=True), "prefix", "10%"),
        (choice(obstacle="linear attention", device="cuda", fractional=True), "none", "linear attention"),
        (choice(packing="bfd"), "bfd", "as asked"),
    ],
)
def test_auto_takes_what_computes_least_and_says_why(chosen: PackingChoice, packing: str, words: str) -> None:
    assert chosen.packing == packing and words in chosen.reason


def test_a_packing_that_cannot_work_is_refused() -> None:
    with pytest.raises(ConfigError, match="its layers do not follow"):
        choice(packing="prefix", obstacle="its layers do not follow the mask")
    with pytest.raises(ConfigError, match="--packing prefix"):
        choice(packing="bfd", fractional=True)


def test_sharing_is_measured_on_the_rows() -> None:
    stem = np.arange(1, 91)
    rows = [
        {"input_ids": np.append(stem, [100 + n] * 10), "weights": np.ones(100) * (np.arange(100) > 0)} for n in range(8)
    ]
    wide, narrow = (measure_sharing([range(4), range(4, 8)], rows, width) for width in (1000, 1))
    assert wide.shared == pytest.approx(1 - (90 + 4 * 10) / 400)
    assert wide.cost == pytest.approx(0.325, abs=0.01)
    assert narrow.cost > wide.cost


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "5 seconds"), (61, "65 seconds"), (600, "10 minutes"), (9000, "2.5 hours")]
)
def test_an_estimate_is_no_more_exact_than_it_can_be(seconds: float, words: str) -> None:
    assert spell_duration(seconds) == f"about {words}"
