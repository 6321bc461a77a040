from __future__ import annotations

import json
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

from calltune.errors import ConfigError, ModelError
from calltune.render.source import load_model, load_tokenizer, resolve_model, weights_fingerprint


@pytest.fixture(scope="module")
def model_folder(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(tokenizer) + 3, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8, tie_word_embeddings=True,
    )  # fmt: skip
    Qwen3ForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_a_folder_is_a_local_model_and_loads(model_folder: Path) -> None:
    import torch

    source = resolve_model(str(model_folder))
    assert source.kind == "local" and source.tokenizer_path == str(model_folder)
    model = load_model(source, device="cpu")
    assert model.dtype == torch.float32 and not model.training
    assert load_model(source, dtype="bfloat16", device="cpu").dtype == torch.bfloat16
    assert "<tool_call>" in load_tokenizer(source).get_vocab()
    with pytest.raises(ModelError, match="no dtype"):
        load_model(source, dtype="float7")


def test_base_is_the_embedded_model_or_the_folder_of_the_variable(
    model_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLTUNE_BASE", str(model_folder))
    assert resolve_model("base").path == str(model_folder) and resolve_model("base").kind == "base"
    monkeypatch.setenv("CALLTUNE_BASE", str(tmp_path))
    with pytest.raises(ModelError, match=r"no config\.json"):
        resolve_model("base")
    monkeypatch.delenv("CALLTUNE_BASE")
    monkeypatch.setattr("calltune.render.source.find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install"):
        resolve_model("base")


@pytest.mark.filterwarnings("ignore::FutureWarning")  # peft uses what transformers will remove
def test_a_run_names_its_base_model_and_brings_its_tokenizer(
    model_folder: Path, tokenizer: Any, tmp_path: Path
) -> None:
    from peft import LoraConfig, get_peft_model

    source = resolve_model(str(model_folder))
    model = get_peft_model(load_model(source, device="cpu"), LoraConfig(target_modules=["q_proj"], r=2))
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    (tmp_path / "run.yaml").write_text(f"model: {model_folder}\n", encoding="utf-8")
    run = resolve_model(str(tmp_path))
    assert (run.kind, run.path, run.adapter, run.tokenizer_path) == (
        "run",
        str(model_folder),
        str(tmp_path),
        str(tmp_path),
    )
    assert "lora" in str(load_model(run, device="cpu")).lower()


def test_an_adapter_without_a_base_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="names its base model"):
        resolve_model(str(tmp_path))
    (tmp_path / "adapter_config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="not JSON"):
        resolve_model(str(tmp_path))


@pytest.mark.parametrize("name", ["./nothing", "/no/such/folder", "a/b/c", "what is this"])
def test_what_is_neither_a_folder_nor_a_hub_name_is_refused_at_once(name: str) -> None:
    with pytest.raises(ModelError, match="no folder"):
        resolve_model(name)


def test_an_empty_folder_a_file_and_no_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model is named"):
        resolve_model("")
    with pytest.raises(ModelError, match="folder without a model"):
        resolve_model(str(tmp_path))
    (tmp_path / "model.gguf").write_text("", encoding="utf-8")
    with pytest.raises(ModelError, match="is a file"):
        resolve_model(str(tmp_path / "model.gguf"))


def test_a_broken_folder_says_what_is_broken(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "no_such_architecture"}), encoding="utf-8")
    source = resolve_model(str(tmp_path))
    with pytest.raises(ModelError, match="the tokenizer in"):
        load_tokenizer(source)
    with pytest.raises(ModelError, match="the model in"):
        load_model(source, device="cpu")


def test_weights_that_are_not_safetensors_are_refused(model_folder: Path, tmp_path: Path) -> None:
    import shutil

    import torch

    shutil.copytree(model_folder, tmp_path / "m")
    (tmp_path / "m" / "model.safetensors").unlink()
    torch.save({}, tmp_path / "m" / "pytorch_model.bin")
    with pytest.raises(ModelError, match="safetensors"):
        load_model(resolve_model(str(tmp_path / "m")), device="cpu")


def test_a_device_that_is_not_here_is_refused(model_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ConfigError, match="--device cuda"):
        load_model(resolve_model(str(model_folder)), device="cuda")


def test_a_hub_model_without_a_network_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*address: object) -> None:
        raise socket.gaierror("no network")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    source = resolve_model("Qwen/Qwen3-0.6B")
    assert source.kind == "hub"
    with pytest.raises(ModelError) as error:
        load_tokenizer(source)
    text = str(error.value)
    assert "Qwen/Qwen3-0.6B" in text and "--model base" in text and "HF_TOKEN" in text and "HF_HUB_OFFLINE" in text


def test_an_adapter_is_refused_on_other_weights_than_it_was_trained_on(model_folder: Path, tmp_path: Path) -> None:
    base = Path(shutil.copytree(model_folder, tmp_path / "base"))
    run = tmp_path / "run"
    run.mkdir()
    (run / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(base)}))
    weights = weights_fingerprint(resolve_model(str(base)))
    (run / "resolved.json").write_text(json.dumps({"model": {"weights": weights}}))
    assert resolve_model(str(run)).kind == "run"
    (file,) = base.glob("*.safetensors")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelError, match="other weights"):
        resolve_model(str(run))
