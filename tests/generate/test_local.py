"""Decoding in batches with a shared prefix gives what the model alone would give, row by row."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from calltune.errors import ModelError
from calltune.generate.completion import Request
from calltune.generate.local import LocalEngine
from calltune.render.parse import Message, ParseFailure

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SIZES = {
    "vocab_size": 97,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "max_position_embeddings": 256,
    "initializer_range": 0.4,
    "eos_token_id": 1,
    "bos_token_id": 2,
    "pad_token_id": 0,
}
SLIDING = {"sliding_window": 7, "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]}
CONFIGS: dict[str, Any] = {
    "qwen3": lambda: transformers.Qwen3Config(**SIZES, tie_word_embeddings=True),
    "llama": lambda: transformers.LlamaConfig(**SIZES),
    "gemma": lambda: transformers.GemmaConfig(**SIZES),
    "gemma2, soft caps and windows": lambda: transformers.Gemma2Config(
        **SIZES, **SLIDING, query_pre_attn_scalar=8, attn_logit_softcapping=5.0
    ),
    "gemma3, windows": lambda: transformers.Gemma3TextConfig(**SIZES, **SLIDING, query_pre_attn_scalar=8),
    "mistral, windows": lambda: transformers.MistralConfig(**SIZES, sliding_window=7),
    "gpt-oss, sinks": lambda: transformers.GptOssConfig(**SIZES, **SLIDING, num_local_experts=4, num_experts_per_tok=2),
    "gpt2, learned positions": lambda: transformers.GPT2Config(
        vocab_size=97, n_embd=32, n_layer=2, n_head=4, n_positions=256, initializer_range=0.4, eos_token_id=1
    ),
    "lfm2, convolutions": lambda: transformers.Lfm2Config(
        **{k: v for k, v in SIZES.items() if k != "head_dim"},
        layer_types=["conv", "full_attention", "conv"],
    ),
}
STOP = frozenset({1, 3, 4, 5})


class NumberTokenizer:
    """Token 7 is the text "7 "."""

    def decode(self, ids: Sequence[int], skip_special_tokens: bool = False) -> str:
        return " ".join(map(str, ids))


class NumberRenderer:
    """The content of the messages is the prompt: numbers are token ids."""

    stop_ids = STOP
    format = "hermes"

    def prompt_ids(self, messages: Sequence[Any], tools: Sequence[Any]) -> list[int]:
        return [int(word) for message in messages for word in message["content"].split()]

    def parse(self, ids: Sequence[int]) -> Message:
        return Message(text=" ".join(map(str, ids)), reasoning=None, calls=())


def tiny_model(name: str) -> Any:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = CONFIGS[name]()
    return transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()


def tiny_engine(name: str = "qwen3", **options: Any) -> LocalEngine:
    return LocalEngine(tiny_model(name), NumberTokenizer(), NumberRenderer(), **options)


def prompts_with_shared_parts(seed: int, rows: int = 9) -> list[list[int]]:
    draw = random.Random(seed)
    some = lambda low, high: [draw.randrange(6, 97) for _ in range(draw.randint(low, high))]  # noqa: E731
    prefixes = [some(20, 30), some(3, 5), []]
    return [[*draw.choice(prefixes), *some(1, 14)] for _ in range(rows)]


def ask(engine: LocalEngine, prompts: Sequence[Sequence[int]], **options: Any) -> list[Any]:
    requests = [Request(({"role": "user", "content": " ".join(map(str, prompt))},)) for prompt in prompts]
    return engine.complete(requests, **options)


def generated_by_transformers(model: Any, prompt: Sequence[int], max_tokens: int) -> list[int]:
    with torch.inference_mode():
        output = model.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            max_new_tokens=max_tokens,
            do_sample=False,
            eos_token_id=sorted(STOP),
            pad_token_id=0,
        )
    return output[0, len(prompt) :].tolist()


@pytest.mark.parametrize("name", CONFIGS)
def test_greedy_batches_equal_generate_token_for_token(name: str) -> None:
    engine = tiny_engine(name, max_rows=5)
    prompts = prompts_with_shared_parts(seed=1)
    completions = ask(engine, prompts, max_tokens=24)
    for prompt, completion in zip(prompts, completions, strict=True):
        expected = generated_by_transformers(engine.model, prompt, 24)
        stopped = expected[-1] in STOP
        assert completion.ids == tuple(expected[:-1] if stopped else expected)
        assert completion.finish_reason == ("stop" if stopped else "length")
        assert completion.completion_tokens == len(expected)
        assert completion.prompt_tokens == len(prompt)
    assert name not in ("qwen3", "llama") or {c.finish_reason for c in completions} == {"stop", "length"}
    assert engine.shares_prefix == (name not in ("gpt-oss, sinks", "lfm2, convolutions"))


def test_sampling_is_repeatable_and_does_not_depend_on_the_batch() -> None:
    prompts = prompts_with_shared_parts(seed=2, rows=6)
    sampled = [
        [c.ids for c in ask(tiny_engine(max_rows=rows), prompts, max_tokens=10, temperature=1.0, seed=seed)]
        for rows, seed in [(6, 5), (2, 5), (6, 6)]
    ]
    assert sampled[0] == sampled[1]
    assert sampled[0] != sampled[2]


def test_a_small_budget_gives_the_same_completions_in_more_batches() -> None:
    prompts = prompts_with_shared_parts(seed=3)
    wide, narrow = tiny_engine(), tiny_engine(batch_tokens=60)
    assert [c.ids for c in ask(wide, prompts, max_tokens=8)] == [c.ids for c in ask(narrow, prompts, max_tokens=8)]


def test_a_prefix_that_goes_on_is_computed_only_from_where_it_is_new(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tiny_engine(lookup=False)
    lengths: list[int] = []
    forward = engine.model.forward

    def counted(*args: Any, **options: Any) -> Any:
        lengths.append(options["input_ids"].shape[1])
        return forward(*args, **options)

    first = list(range(10, 60))
    ask(engine, [first], max_tokens=1)
    monkeypatch.setattr(engine.model, "forward", counted)
    continued = [*first, *range(60, 70)]
    completion = ask(engine, [continued], max_tokens=1)[0]
    assert sum(lengths) == len(continued) - len(first)
    assert list(completion.ids) == generated_by_transformers(engine.model, continued, 1)


def test_a_prompt_longer_than_the_context_is_a_completion_with_an_error() -> None:
    engine = tiny_engine()
    long, short = ask(engine, [[7] * 300, [8] * 5], max_tokens=3)
    assert long.finish_reason == "length" and long.error is not None
    assert "300 tokens" in long.error and "256" in long.error
    assert short.error is None and short.ids
    failure = engine.parse(long)
    assert isinstance(failure, ParseFailure) and failure.kind == "truncated"


def test_a_completion_stops_where_the_context_ends() -> None:
    completion = ask(tiny_engine("gemma2, soft caps and windows"), [[7] * 250], max_tokens=100)[0]
    assert (completion.finish_reason, completion.completion_tokens) == ("length", 6)


def test_no_requests_give_no_completions() -> None:
    assert tiny_engine().complete([]) == []


def test_impossible_options_are_refused() -> None:
    with pytest.raises(ModelError, match="max_tokens is 0"):
        ask(tiny_engine(), [[7]], max_tokens=0)


def test_progress_counts_every_request_once() -> None:
    seen: list[tuple[int, int]] = []
    ask(
        tiny_engine(),
        [[7] * 300, [8, 9], [9, 9]],
        max_tokens=3,
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_rows_go_on_in_smaller_batches_when_memory_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tiny_engine()
    prompts = prompts_with_shared_parts(seed=4)
    expected = [c.ids for c in ask(engine, prompts, max_tokens=8)]
    forward = engine.model.forward

    def limited(*args: Any, **options: Any) -> Any:
        if options["input_ids"].shape[0] > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return forward(*args, **options)

    monkeypatch.setattr(engine.model, "forward", limited)
    assert [c.ids for c in ask(engine, prompts, max_tokens=8)] == expected


def test_a_model_that_does_not_fit_at_all_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tiny_engine()
    ask(engine, [list(range(7, 20))], max_tokens=1)

    def never(*args: Any, **options: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(engine.model, "forward", never)
    with pytest.raises(ModelError, match="does not fit into memory"):
        ask(engine, [[11, 12, 13]], max_tokens=1)


def test_the_model_has_its_own_attention_again_afterwards() -> None:
    engine = tiny_engine()
    before = engine.model.config._attn_implementation
    ask(engine, prompts_with_shared_parts(seed=5), max_tokens=4)
    assert engine.model.config._attn_implementation == before


def test_a_first_prompt_too_short_to_try_leaves_sharing_open() -> None:
    engine = tiny_engine()
    assert list(ask(engine, [[7, 8]], max_tokens=1)[0].ids) == generated_by_transformers(engine.model, [7, 8], 1)
    assert engine.shares_prefix is None
    ask(engine, [list(range(7, 20))], max_tokens=1)
    assert engine.shares_prefix is True
