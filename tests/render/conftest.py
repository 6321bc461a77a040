"""Tokenizers trained in the test, and the calltune format over Qwen3's vocabulary where that is at hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("HF_HUB_OFFLINE", "1")

SAMPLE = [
    'user system assistant tool {"name": "get_weather", "arguments": {"city": "Paris", "days": 3}}',
    "# Tools\nCall a function when it helps. Arguments must follow its signature.\n<tools>\n</tools>",
]
CALL_TOKENS = ["<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is learned about templates goes to a folder of this test run."""
    folder = tmp_path_factory.mktemp("cache")
    os.environ["XDG_CACHE_HOME"] = str(folder)
    return folder


def train_tokenizer(special: Sequence[str] = (), added: Sequence[str] = (), eos: str = "<|endoftext|>") -> Any:
    """A byte-level BPE of some 400 tokens: every text goes through it and comes back."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=400, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SAMPLE, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=eos, clean_up_tokenization_spaces=False)
    fast.add_special_tokens({"extra_special_tokens": list(special)})
    fast.add_tokens([AddedToken(token, special=False, normalized=False) for token in added])
    return fast


@pytest.fixture
def new_tokenizer() -> Callable[..., Any]:
    return train_tokenizer


@pytest.fixture
def trl_template() -> Callable[[str], str]:
    return read_trl_template


@pytest.fixture(scope="session")
def bare_tokenizer() -> Any:
    """No chat template, no tokens for calls."""
    return train_tokenizer()


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """Everything the calltune format needs, one token each."""
    return train_tokenizer(["<|im_start|>", "<|im_end|>"], CALL_TOKENS)


@pytest.fixture(scope="session")
def renderer(tokenizer: Any) -> Any:
    from calltune.render.renderer import Renderer

    return Renderer(tokenizer, template="calltune")


@pytest.fixture(scope="session")
def native() -> Any:
    """Qwen3's own template, which strips thoughts from earlier turns, on a tiny vocabulary."""
    from calltune.render.renderer import Renderer

    tokenizer = train_tokenizer(["<|im_start|>", "<|im_end|>"], CALL_TOKENS, eos="<|im_end|>")
    tokenizer.chat_template = read_trl_template("qwen3")
    return Renderer(tokenizer, template="native")


def read_trl_template(name: str) -> str:
    """A chat template as TRL ships it."""
    from importlib import resources

    return resources.files("trl").joinpath("chat_templates", f"{name}.jinja").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def qwen3(shared: Path) -> Any:
    """Qwen3's vocabulary with the template that TRL ships for it."""
    from calltune.render.source import load_tokenizer, resolve_model

    tokenizer = load_tokenizer(resolve_model(str(shared / "tokenizers" / "qwen3")))
    tokenizer.chat_template = read_trl_template("qwen3")
    return tokenizer
