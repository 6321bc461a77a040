"""Shares of kinds."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.data.augment.mixture import Mixture, mixture_of, read_mixture
from calltune.errors import ConfigError


def test_shares_are_made_to_add_up(tmp_path: Path) -> None:
    path = tmp_path / "mix.yaml"
    path.write_text("gold: 50\nrecovery: 30\nno_fit: 20\nmissing: 0\n")
    assert read_mixture(path, keep_gold=True).shares == {"gold": 0.5, "recovery": 0.3, "no_fit": 0.2}
    assert read_mixture(path, keep_gold=False).shares == {"recovery": 0.6, "no_fit": 0.4}


def test_all_faults_of_a_mixture_are_reported_with_the_near_name(tmp_path: Path) -> None:
    path = tmp_path / "mix.yaml"
    path.write_text("recvery: 1\nmissing: lots\nno_fit: -1\n")
    with pytest.raises(ConfigError) as error:
        read_mixture(path, keep_gold=True)
    assert len(error.value.faults) == 3
    assert "did you mean 'recovery'?" in str(error.value)


@pytest.mark.parametrize(
    "text", ["", "- a", "gold: 1", "{}", "recovery: .nan", "a: [", "!!python/object:os.system x", "1: 2"]
)
def test_a_file_that_is_no_mixture_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mix.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError):
        read_mixture(path, keep_gold=True)


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 1), min_size=1),
    st.integers(1, 5000),
    st.integers(1, 5000),
)
def test_the_counts_add_up_to_the_rows(weights: dict[str, float], gold_rows: int, rows: int) -> None:
    total = sum(weights.values())
    mixture = Mixture(shares={name: weight / total for name, weight in weights.items()})
    assert sum(mixture.counts(gold_rows, rows).values()) == rows


def test_without_a_number_all_gold_rows_stay() -> None:
    assert mixture_of(["recovery", "no_fit"], keep_gold=True).counts(100, None) == {
        "gold": 100,
        "recovery": 50,
        "no_fit": 50,
    }
