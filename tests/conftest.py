"""Fixtures for every stage."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("calltune", deadline=None)  # a busy machine is no failure
settings.load_profile("calltune")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real conversations and a real vocabulary; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("CALLTUNE_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"real data not found in {folder} (set CALLTUNE_SHARED)")
    return folder


@pytest.fixture(scope="session")
def tiny_sizes() -> Callable[..., dict[str, Any]]:
    """Settings of a decoder of two narrow layers, as the configurations of transformers take them:
    `tiny_sizes(vocab_size=96)`."""

    def sizes(**more: Any) -> dict[str, Any]:
        plain = {
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 8,
            "max_position_embeddings": 2048,
            "bos_token_id": None,
            "eos_token_id": None,
            "pad_token_id": None,
        }
        return {**plain, **more}

    return sizes


@pytest.fixture(scope="session")
def tiny_decoder(tiny_sizes: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
    """Makes a decoder of two narrow layers with random weights: `tiny_decoder("Qwen3Config", tokenizer, ...)`."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")

    def make(config_name: str, tokenizer: Any, **changes: Any) -> Any:
        torch.manual_seed(0)
        special = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
        config = getattr(transformers, config_name)(**tiny_sizes(vocab_size=len(tokenizer), **special, **changes))
        return transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)

    return make
