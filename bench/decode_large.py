"""What a pass, a mask and a forced token cost on a larger model: random weights in the shape of Qwen3-0.6B with its
vocabulary, 16 tools, a call demanded. What it writes is noise; `transformers.generate` writes as many tokens of text.
It needs the folder that `bench.train_speed` describes, 6 GiB of memory and some minutes."""

from __future__ import annotations

from typing import Any

import torch

from bench.decode import by_generate, engine_on, ours, requests_of
from bench.train_speed import SHARED
from calltune.generate import LocalEngine, Request
from calltune.render.renderer import Renderer
from calltune.render.source import load_tokenizer, resolve_model

MAX_TOKENS = 32
REQUESTS = 2


def main() -> list[dict[str, Any]]:
    """Print a line for each way; return them."""
    from transformers import AutoModelForCausalLM, Qwen3Config

    folder = SHARED / "tokenizers" / "qwen3"
    if not folder.is_dir():
        print(f"left out: no vocabulary in {SHARED} (set CALLTUNE_SHARED)")
        return []
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=151_936, hidden_size=1024, intermediate_size=3072, num_hidden_layers=28, num_attention_heads=16,
        num_key_value_heads=8, head_dim=128, max_position_embeddings=8192, tie_word_embeddings=True,
    )  # fmt: skip
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    tokenizer = load_tokenizer(resolve_model(str(folder)))
    base = LocalEngine(model, tokenizer, Renderer(tokenizer, thinking="off"), name="0.6B")
    requests = [Request(one.messages, one.tools, tool_choice="required") for one in requests_of(16, REQUESTS)]
    alone = by_generate(base, requests, "0.6B: transformers.generate", max_tokens=MAX_TOKENS)
    alone.show(None)
    constrained, _ = ours(
        engine_on(base, grammar="llguidance"), requests, "0.6B: calltune, a call demanded", max_tokens=MAX_TOKENS
    )
    constrained.show(alone)
    return [alone.to_json(), constrained.to_json()]
