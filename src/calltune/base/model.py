"""The embedded model: a small decoder of the stock Qwen3 architecture, loadable with plain `AutoModelForCausalLM`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM


def base_config(
    tokenizer: PreTrainedTokenizerFast, *, width: int = 256, layers: int = 6, max_length: int = 4096
) -> Qwen3Config:
    """5.0 M parameters with the defaults and 2,048 tokens: 10 MB in bf16."""
    from transformers import Qwen3Config

    return Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=width,
        intermediate_size=width * 5 // 2,
        num_hidden_layers=layers,
        num_attention_heads=width // 64,
        num_key_value_heads=width // 64,
        head_dim=64,
        max_position_embeddings=max_length,
        rope_parameters={"rope_type": "default", "rope_theta": 1_000_000.0},
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )


def base_model(config: Qwen3Config, *, seed: int = 0, attention: str = "sdpa") -> Qwen3ForCausalLM:
    """A freshly initialised model in float32; deterministic by `seed`."""
    import torch
    from transformers import Qwen3ForCausalLM

    config._attn_implementation = attention
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return Qwen3ForCausalLM(config)
