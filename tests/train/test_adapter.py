"""Added tokens are learned by row, and an adapter that has them survives saving, loading and merging."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calltune.errors import ConfigError
from calltune.train import TrainConfig
from calltune.train.adapter import answer_for_bias, grow_embeddings, lora_config, resolve_device, resolve_dtype
from calltune.train.session import quiet_libraries


class WordTokenizer:
    """Letters are tokens; two more tokens are beyond what the model has rows for."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __call__(self, text: str, add_special_tokens: bool = True) -> dict[str, list[int]]:
        return {"input_ids": [ord(letter) % 90 for letter in text]}


def tuned(model: Any, new_tokens: dict[str, int], folder: Path, **options: Any) -> Any:
    """The model with LoRA and token rows, all moved away from their start."""
    import torch
    from peft import get_peft_model

    model.name_or_path = str(folder / "base")
    with quiet_libraries():
        model.save_pretrained(folder / "base")
        grow_embeddings(model, WordTokenizer(98), new_tokens)
        config = TrainConfig(data="d", rank=4, **options)
        peft_model = get_peft_model(model, lora_config(config, model, list(new_tokens.values())))
    torch.manual_seed(3)
    with torch.no_grad():
        for name, parameter in peft_model.named_parameters():
            if parameter.requires_grad and ("lora_B" in name or "tokens" in name):
                parameter.add_(torch.randn_like(parameter) * 0.1)
    return peft_model


NEW = {"<tool_call>": 96, "</tool_call>": 97}
IDS = [[1, 96, 5, 97, 8, 96]]


@pytest.mark.parametrize("kind", ["qwen3", "llama"], ids=["tied", "untied"])
@pytest.mark.parametrize("options", [{}, {"rslora": True}, {"dora": True}], ids=["lora", "rslora", "dora"])
def test_saved_loaded_and_merged_give_the_same_logits(
    kind: str, options: dict[str, Any], tiny_model: Callable[..., Any], tmp_path: Path
) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    ids = torch.tensor(IDS)
    model = tuned(tiny_model(kind), NEW, tmp_path, **options)
    with torch.no_grad(), quiet_libraries():
        expected = model.eval()(ids).logits
        model.save_pretrained(tmp_path / "adapter", save_embedding_layers=False)

        base = AutoModelForCausalLM.from_pretrained(tmp_path / "base")
        base.resize_token_embeddings(98, mean_resizing=False)
        loaded = PeftModel.from_pretrained(base, tmp_path / "adapter").eval()
        assert (loaded(ids).logits - expected).abs().max() < 1e-5

        loaded.merge_and_unload().save_pretrained(tmp_path / "merged")
        merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged").eval()
        assert (merged(ids).logits - expected).abs().max() < 1e-4


@pytest.mark.parametrize("kind", ["qwen3", "llama"], ids=["tied", "untied"])
def test_only_the_rows_of_new_tokens_are_learned(kind: str, tiny_model: Callable[..., Any], tmp_path: Path) -> None:
    model = tuned(tiny_model(kind), NEW, tmp_path)
    rows = {name: p.shape for name, p in model.named_parameters() if p.requires_grad and "lora" not in name}
    assert len(rows) == (1 if kind == "qwen3" else 2)
    assert set(rows.values()) == {(2, 32)}


@pytest.mark.parametrize("kind", ["qwen3", "llama"], ids=["tied", "untied"])
def test_trl_reads_the_head_of_a_model_with_token_rows(
    kind: str, tiny_model: Callable[..., Any], tmp_path: Path
) -> None:
    """Without the patch TRL 1.16 with PEFT 0.21 fails on `lm_head.bias`; with it, loss and gradient are the plain
    ones."""
    import torch
    from trl.trainer.utils import add_fused_lm_head

    model = tuned(tiny_model(kind), NEW, tmp_path)
    ids = torch.tensor(IDS)
    plain = model(input_ids=ids, labels=ids).loss
    plain.backward()
    expected = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    answer_for_bias(model)
    add_fused_lm_head(model.get_base_model())
    fused = -model(input_ids=ids, labels=ids, fused_lm_head=True).log_probs.sum() / 5
    fused.backward()
    assert fused.item() == pytest.approx(plain.item(), rel=1e-6)
    for name, gradient in expected.items():
        got = dict(model.named_parameters())[name].grad
        assert torch.allclose(got, gradient, atol=1e-6), name


def test_a_head_that_answers_by_itself_is_left_alone(tiny_model: Callable[..., Any]) -> None:
    model = tiny_model("qwen3")
    answer_for_bias(model)
    assert "bias" not in model.get_output_embeddings().__dict__


def test_a_new_token_starts_as_the_mean_of_what_it_means(tiny_model: Callable[..., Any]) -> None:
    import torch

    model = tiny_model("llama")
    with quiet_libraries():
        grow_embeddings(model, WordTokenizer(98), NEW)
    for matrix in (model.get_input_embeddings().weight, model.get_output_embeddings().weight):
        words = [ord(letter) % 90 for letter in "call a function"]
        assert torch.allclose(matrix[96], matrix[words].mean(0), atol=1e-6)


def test_a_matrix_with_spare_rows_is_not_shrunk(tiny_model: Callable[..., Any]) -> None:
    model = tiny_model("qwen3")
    grow_embeddings(model, WordTokenizer(80), {"<x>": 79})
    assert model.get_input_embeddings().weight.shape[0] == 96


def test_qlora_without_an_nvidia_gpu_is_refused_with_what_to_do_instead() -> None:
    with pytest.raises(ConfigError, match=r"nf4 needs an NVIDIA GPU.*\n.*--gradient-checkpointing"):
        resolve_device(TrainConfig(data="d", quantize="nf4", device="cpu"))


def test_a_device_that_is_not_here_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="Here: cpu"):
        resolve_device(TrainConfig(data="d", device="mps"))


def test_a_layer_that_does_not_exist_is_refused_with_those_that_do(tiny_model: Callable[..., Any]) -> None:
    with pytest.raises(ConfigError, match=r"qproj[\s\S]*down_proj, gate_proj, k_proj"):
        lora_config(TrainConfig(data="d", targets=("qproj",)), tiny_model("qwen3"), [])


def test_a_cpu_that_computes_in_bfloat16_trains_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    for computes, dtype in ((True, "bfloat16"), (False, "float32")):
        monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda computes=computes: computes)
        assert resolve_dtype(TrainConfig(data="d"), "cpu") == dtype
    assert resolve_dtype(TrainConfig(data="d", dtype="float32"), "cpu") == "float32"
