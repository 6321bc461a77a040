"""Shares, intervals and tests are those of the textbooks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.evaluate.statistics import mcnemar, share

answers = st.lists(st.none() | st.booleans(), max_size=60)


def test_wilson_intervals_are_those_of_the_literature() -> None:
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3
    for successes, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        metric = share([True] * successes + [False] * (n - successes))
        assert metric.low == pytest.approx(low, abs=5e-5)
        assert metric.high == pytest.approx(high, abs=5e-5)


def test_questions_that_do_not_arise_are_not_counted() -> None:
    assert share([None, True, None, False]).n == 2
    assert share([None]).to_json() == {"value": None, "low": None, "high": None, "n": 0}


@given(answers)
def test_the_share_lies_in_its_interval(answers: list[bool | None]) -> None:
    metric = share(answers)
    if metric.value is not None:
        assert metric.low is not None and metric.high is not None
        assert 0 <= metric.low <= metric.value + 1e-12 and metric.value - 1e-12 <= metric.high <= 1


@pytest.mark.parametrize(
    ("gained", "lost", "p"), [(6, 0, 0.03125), (5, 15, 0.04139), (12, 2, 0.01294), (3, 3, 1.0), (0, 0, 1.0)]
)
def test_mcnemar_is_the_exact_binomial_test_on_changed_rows(gained: int, lost: int, p: float) -> None:
    before = [False] * gained + [True] * lost + [True, None, False]
    after = [True] * gained + [False] * lost + [True, True, None]
    result = mcnemar(before, after)
    assert (result["gained"], result["lost"], result["n"]) == (gained, lost, gained + lost + 1)
    assert result["p"] == pytest.approx(p, abs=5e-6)


def test_mcnemar_takes_thousands_of_rows() -> None:
    assert mcnemar([False] * 3000, [True] * 3000)["p"] == 0.0
    assert 0 < mcnemar([False] * 1500 + [True] * 1400, [True] * 1500 + [False] * 1400)["p"] < 0.1
