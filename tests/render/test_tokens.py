from __future__ import annotations

from collections.abc import Callable
from typing import Any

from calltune.render.renderer import Renderer
from calltune.render.tokens import CALL_TOKENS, CHATML_TOKENS, add_tokens, missing_tokens


def test_a_tokenizer_without_anything_gets_all_tokens_and_a_stop_token(new_tokenizer: Callable[..., Any]) -> None:
    tokenizer = new_tokenizer()
    size = len(tokenizer)
    new = add_tokens(tokenizer)
    assert set(new) == {*CALL_TOKENS, *CHATML_TOKENS} and sorted(new.values()) == list(range(size, size + len(new)))
    assert tokenizer.eos_token == "<|im_end|>" and Renderer(tokenizer).stop_ids == {new["<|im_end|>"]}
    assert all(len(tokenizer.encode(token, add_special_tokens=False)) == 1 for token in new)
    assert missing_tokens(tokenizer) == () and add_tokens(tokenizer) == {}


def test_only_what_is_missing_is_added(new_tokenizer: Callable[..., Any]) -> None:
    assert set(add_tokens(new_tokenizer(["<|im_start|>", "<|im_end|>"], ["<think>", "</think>"]))) == set(
        CALL_TOKENS[2:]
    )


def test_over_its_own_turns_a_model_gets_no_turn_tokens(
    new_tokenizer: Callable[..., Any], trl_template: Callable[[str], str]
) -> None:
    gemma = new_tokenizer(["<start_of_turn>", "<end_of_turn>"])
    gemma.chat_template = trl_template("gemma")
    assert set(add_tokens(gemma)) == set(CALL_TOKENS) and gemma.eos_token == "<|endoftext|>"


def test_a_native_template_needs_nothing(native: Renderer) -> None:
    assert missing_tokens(native.tokenizer) == ()


def test_added_tokens_survive_decoding_without_special_tokens(new_tokenizer: Callable[..., Any]) -> None:
    tokenizer = new_tokenizer()
    ids = list(add_tokens(tokenizer).values())
    assert "<tool_call>" in tokenizer.decode(ids, skip_special_tokens=True)


def test_without_the_tokens_the_format_still_renders_and_reads_back(new_tokenizer: Callable[..., Any]) -> None:
    """An untuned model is evaluated as it is: it has no rows for new tokens."""
    tokenizer = new_tokenizer()
    size = len(tokenizer)
    renderer = Renderer(tokenizer)
    assert len(tokenizer) == size and max(renderer.prompt_ids([{"role": "user", "content": "x"}], [])) < size
    ids = tokenizer.encode('<tool_call>{"name": "f", "arguments": {}}</tool_call>', add_special_tokens=False)
    read: Any = renderer.parse(ids)
    assert read.calls[0].name == "f"
