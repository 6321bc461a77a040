"""A blend lies between two models, weight by weight."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch

from calltune.base.__main__ import main
from calltune.base.model import base_config, base_model
from calltune.base.pretrain import export
from calltune.render.renderer import Renderer


def saved(folder: Path, renderer: Renderer, *, seed: int, width: int = 64) -> Path:
    tokenizer = renderer.tokenizer
    export(base_model(base_config(tokenizer, width=width, layers=1), seed=seed), tokenizer, folder)
    return folder


def weights(folder: Path) -> dict[str, torch.Tensor]:
    from transformers import AutoModelForCausalLM

    return dict(AutoModelForCausalLM.from_pretrained(folder, dtype="float32").state_dict())


def test_a_blend_is_the_mean_of_the_weights(tmp_path: Path, renderer: Renderer) -> None:
    before, after = (saved(tmp_path / str(seed), renderer, seed=seed) for seed in (1, 2))
    out = tmp_path / "out"
    assert main(["blend", "--before", str(before), "--after", str(after), "--out", str(out), "--share", "0.25"]) == 0
    one, other, found = weights(before), weights(after), weights(out)
    for name, weight in found.items():
        torch.testing.assert_close(weight, 0.75 * one[name] + 0.25 * other[name], rtol=0.01, atol=1e-3)
    assert (out / "tokenizer.json").exists()


def test_models_of_two_shapes_are_refused(
    tmp_path: Path, renderer: Renderer, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = saved(tmp_path / "a", renderer, seed=1), saved(tmp_path / "b", renderer, seed=1, width=128)
    assert main(["blend", "--before", str(before), "--after", str(after), "--out", str(tmp_path / "out")]) == 2
    assert "not of one shape" in capsys.readouterr().err
    assert main(["blend", "--before", str(before), "--after", str(before), "--out", str(tmp_path), "--share", "2"]) == 2
