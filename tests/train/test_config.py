"""Options that make no sense are all named at once."""

from __future__ import annotations

import pytest

from calltune.errors import ConfigError
from calltune.train import TrainConfig


def test_every_fault_is_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig(
            data="d", epochs=0, rank=0, rows_per_step=5, micro_batches=2, validation="v", validation_share=0.1
        ).check()
    assert len(caught.value.faults) == 4
    for name in ("--epochs", "--rank", "--rows-per-step", "--validation"):
        assert name in str(caught.value)


def test_rows_of_a_step_must_divide_among_the_processes_and_the_near_numbers_are_named() -> None:
    config = TrainConfig(data="d", micro_batches=2)
    config.check(processes=4)
    with pytest.raises(ConfigError, match="16 must be a multiple of --micro-batches 2 x 3 processes: 12 or 18"):
        config.check(processes=3)


def test_the_defaults_are_fine() -> None:
    TrainConfig(data="d").check()


def test_differences_name_the_option_with_both_values() -> None:
    then = TrainConfig(data="d", rank=8, save_steps=3).to_json()
    assert TrainConfig(data="e", rank=16).differences(then) == ["rank: 8 then, 16 now"]


def test_plain_data_makes_the_same_config_again() -> None:
    config = TrainConfig(data="d", targets=("q_proj", "v_proj"), alpha=3.0)
    plain = config.to_json()
    again = TrainConfig(**{**plain, "targets": tuple(plain["targets"]), "report_to": ()})
    assert again.differences(plain) == []
    assert "resume" not in plain
