"""Special tokens that a template needs and the tokenizer lacks.

In: a tokenizer and the choice of template. Out: the tokenizer with the missing tokens added, and their ids; `train`
gives the model rows for them and trains those rows only. A tokenizer that has the tokens is left as it is."""

from __future__ import annotations

from typing import Any, Literal

from calltune.render.conformance import choose_format
from calltune.render.encoder import Encoder
from calltune.render.template import chatml, is_calltune

CALL_TOKENS = ("<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")
"""What the calltune format writes around thoughts, calls and results."""
CHATML_TOKENS = ("<|im_start|>", "<|im_end|>")
"""What ChatML writes around turns."""


def missing_tokens(tokenizer: Any, template: Literal["auto", "native", "calltune"] = "auto") -> tuple[str, ...]:
    """The tokens that the chosen template needs and the tokenizer does not have as one token each."""
    chosen = choose_format(Encoder(tokenizer), template).format.template
    if not is_calltune(chosen):
        return ()
    needed = CALL_TOKENS + (CHATML_TOKENS if chosen.endswith(chatml()) else ())
    added = {token.content for token in tokenizer.added_tokens_decoder.values()}
    return tuple(token for token in needed if token not in added)


def add_tokens(tokenizer: Any, template: Literal["auto", "native", "calltune"] = "auto") -> dict[str, int]:
    """Add what is missing; the new tokens and their ids. A new `<|im_end|>` becomes the end-of-sequence token."""
    from tokenizers import AddedToken

    missing = missing_tokens(tokenizer, template)
    # Not "special": decoding that skips special tokens must keep the calls. Not normalised: no other text is one.
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in missing])
    if "<|im_end|>" in missing:
        tokenizer.eos_token = "<|im_end|>"
    return {token: tokenizer.convert_tokens_to_ids(token) for token in missing}
