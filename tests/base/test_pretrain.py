"""Pretraining goes on where it stopped, and what it writes loads with plain transformers."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from calltune.base.pretrain import PretrainConfig, pretrain, rate_at


def losses(folder: Path) -> list[float]:
    return [json.loads(line)["loss"] for line in (folder / "pretrain.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_an_interrupted_run_ends_like_an_uninterrupted_one(tokenizer_folder: Path, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    whole, pieces = (Path(shutil.copytree(tokenizer_folder, tmp_path / name)) for name in ("whole", "pieces"))
    config = PretrainConfig(
        out=whole, steps=4, sequences_per_step=1, nodes=2048, width=64, layers=1, dtype="float32", compile=False,
        warmup=2, save_every=2, log_every=1,
    )  # fmt: skip
    assert pretrain(config)
    assert not pretrain(dataclasses.replace(config, out=pieces, minutes=0.0))
    assert pretrain(dataclasses.replace(config, out=pieces))
    assert losses(whole) == losses(pieces)
    one, other = (AutoModelForCausalLM.from_pretrained(folder) for folder in (whole, pieces))
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)
    assert one.dtype == torch.bfloat16


def test_the_rate_warms_up_holds_and_cools_down() -> None:
    config = PretrainConfig(out=Path(), steps=100, warmup=10, cooldown=0.5)
    assert rate_at(0, config) == pytest.approx(0.1)
    assert rate_at(30, config) == 1.0
    assert rate_at(75, config) == pytest.approx(0.5)
    assert rate_at(100, config) == 0.0
