"""Tiny random models of the architectures that people tune, and rows of tokens."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from calltune.train import TrainConfig

VOCABULARY = 96


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _config(kind: str, sizes: Callable[..., dict[str, Any]]) -> Any:
    import transformers as hf

    tied = partial(sizes, vocab_size=VOCABULARY, tie_word_embeddings=True)
    return {
        "qwen3": lambda: hf.Qwen3Config(**tied()),
        "llama": lambda: hf.LlamaConfig(**sizes(vocab_size=VOCABULARY, tie_word_embeddings=False)),
        "mistral, sliding window of 5": lambda: hf.MistralConfig(**tied(sliding_window=5)),
        "gemma2, half its layers sliding, soft caps": lambda: hf.Gemma2Config(
            **tied(sliding_window=6, attn_implementation="eager", query_pre_attn_scalar=8)
        ),
        "gemma3, sliding window of 5": lambda: hf.Gemma3TextConfig(
            **tied(sliding_window=5, layer_types=["sliding_attention", "full_attention"], query_pre_attn_scalar=8)
        ),
        "qwen3 mixture of experts": lambda: hf.Qwen3MoeConfig(
            **tied(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=32, decoder_sparse_step=1)
        ),
        "mamba": lambda: hf.MambaConfig(vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=2, state_size=4),
    }[kind]()


@pytest.fixture
def tiny_model(tiny_sizes: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """Makes a random model: `tiny_model("qwen3")`."""

    def make(kind: str = "qwen3", seed: int = 0, **changes: Any) -> Any:
        import torch
        from transformers import AutoModelForCausalLM

        torch.manual_seed(seed)
        config = _config(kind, tiny_sizes)
        for name, value in changes.items():
            setattr(config, name, value)
        model = AutoModelForCausalLM.from_config(config)
        with torch.no_grad():  # sharper than a fresh model, so that differences show
            for parameter in model.parameters():
                if parameter.ndim > 1:
                    parameter.mul_(4)
        return model.eval()

    return make


@pytest.fixture
def with_lora() -> Callable[..., Any]:
    """Adds LoRA matrices that are not zero, so that every gradient is."""

    def add(model: Any, **options: Any) -> Any:
        import torch
        from peft import LoraConfig, get_peft_model

        from calltune.train.session import quiet_libraries

        settings = {"r": 4, "target_modules": "all-linear", "task_type": "CAUSAL_LM", **options}
        with quiet_libraries():
            tuned = get_peft_model(model, LoraConfig(**settings))
        torch.manual_seed(1)
        with torch.no_grad():
            for name, parameter in tuned.named_parameters():
                if "lora_B" in name:
                    parameter.normal_(std=0.05)
        return tuned

    return add


WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather forecast for a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}
MUSIC = {
    "type": "function",
    "function": {
        "name": "play",
        "description": "Play a song",
        "parameters": {"type": "object", "properties": {"song": {"type": "string"}}, "required": ["song"]},
    },
}


def conversation(question: str, tool: str, arguments: dict[str, Any], *, tools: bool = True) -> dict[str, Any]:
    call = {"id": "1", "type": "function", "function": {"name": tool, "arguments": arguments}}
    row: dict[str, Any] = {
        "messages": [
            {"role": "user", "content": question},
            {"role": "assistant", "content": None, "tool_calls": [call]},
        ]
    }
    return row | ({"tools": [WEATHER, MUSIC]} if tools else {})


def conversations(count: int, *, tools: bool = True) -> list[dict[str, Any]]:
    cities = ["Paris", "Rome", "Oslo", "Berlin", "Madrid", "Lima", "Quito"]
    return [
        conversation(
            f"weather in {cities[i % 7]} for {i} days?", "get_weather", {"city": cities[i % 7], "days": i}, tools=tools
        )
        if i % 2
        else conversation(f"play {cities[i % 7]} {i}", "play", {"song": f"{cities[i % 7]} {i}"}, tools=tools)
        for i in range(count)
    ]


@pytest.fixture
def write_rows(tmp_path: Path) -> Callable[[Iterable[Any], str], Path]:
    """Writes rows as JSON lines; a string is written as it is."""

    def write(rows: Iterable[Any], name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
        path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory, tiny_decoder: Callable[..., Any]) -> Path:
    """A random two-layer Qwen3 with a tokenizer of its own, as a folder for --model."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    from calltune.train.session import quiet_libraries

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    special = ["<|im_start|>", "<|im_end|>", "<|endoftext|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        [json.dumps(row) for row in conversations(40)],
        trainers.BpeTrainer(vocab_size=400, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    folder = tmp_path_factory.mktemp("model")
    with quiet_libraries():
        model = tiny_decoder("Qwen3Config", tokenizer, max_position_embeddings=512, tie_word_embeddings=True)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def config(model_folder: Path, write_rows: Callable[..., Path], tmp_path: Path) -> Callable[..., TrainConfig]:
    """A short training run: `config(epochs=2)`."""

    def make(**options: Any) -> TrainConfig:
        settings = {
            "model": str(model_folder),
            "out": tmp_path / "run",
            "rows_per_step": 4,
            "max_steps": 4,
            "device": "cpu",
            "dtype": "float32",  # in which exactness is claimed; "auto" depends on the machine
        }
        if "data" not in options:
            settings["data"] = str(write_rows(conversations(20)))
        return TrainConfig(**{**settings, **options})

    return make
