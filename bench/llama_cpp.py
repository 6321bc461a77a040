"""The embedded model as llama.cpp runs it, for `bench.decode`: its weights written as GGUF in float32, token ids in and
out, greedy. llama.cpp keeps what it computed of the longest beginning that two prompts share, so a contract is known to
it as it is to us. It needs `pip install llama-cpp-python gguf`, and a C++ compiler where there is no wheel."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from calltune.generate import LocalEngine

_PLACES = {
    "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip
"""Modules of a Qwen3 layer in transformers, and in GGUF."""


def write_gguf(engine: LocalEngine, path: Path) -> Path:
    """The weights of a Qwen3 model; of the vocabulary only the texts of its tokens, because ids go in and come out."""
    import gguf

    config = engine.config
    writer = gguf.GGUFWriter(path, "qwen3")
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(float(config.rope_parameters["rope_theta"]))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    tokens = engine.tokenizer.convert_ids_to_tokens(range(config.vocab_size))
    added = set(engine.tokenizer.added_tokens_decoder)
    kinds = [gguf.TokenType.CONTROL if number in added else gguf.TokenType.NORMAL for number in range(len(tokens))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([text if text is not None else f"<unused{i}>" for i, text in enumerate(tokens)])
    writer.add_token_types(kinds)
    writer.add_token_merges(["a b"])  # none is used, but there must be some
    writer.add_eos_token_id(min(engine.renderer.stop_ids))
    for name, data in _tensors(engine):
        writer.add_tensor(name, data)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(engine: LocalEngine) -> Iterator[tuple[str, Any]]:
    for name, tensor in engine.model.state_dict().items():
        data = tensor.detach().float().numpy()
        if name == "model.embed_tokens.weight":
            yield "token_embd.weight", data
        elif name == "model.norm.weight":
            yield "output_norm.weight", data
        elif name.startswith("model.layers."):
            _, _, layer, *module, kind = name.split(".")
            yield f"blk.{layer}.{_PLACES['.'.join(module)]}.{kind}", data
        else:
            assert name == "lm_head.weight" and engine.config.tie_word_embeddings, name


class LlamaCpp:
    """The model in llama.cpp."""

    def __init__(self, path: Path, threads: int, context: int) -> None:
        from llama_cpp import Llama

        self.model = Llama(
            str(path), n_ctx=context, n_batch=512, n_threads=threads, n_threads_batch=threads, verbose=False
        )

    def write(self, prompt: Sequence[int], stop: frozenset[int], max_tokens: int) -> tuple[list[int], float]:
        """Greedy tokens, the one that ends the turn included, and seconds."""
        found: list[int] = []
        start = time.perf_counter()
        for token in self.model.generate(list(prompt), top_k=1, temp=0.0, repeat_penalty=1.0):
            found.append(token)
            if token in stop or len(found) == max_tokens:
                break
        return found, time.perf_counter() - start
