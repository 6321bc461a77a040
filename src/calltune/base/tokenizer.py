"""The embedded model's tokenizer: text in, token ids out, so that copying a word is copying its tokens.

A word has the same tokens wherever it stands: letters are split from digits, every digit, punctuation mark and space
stands alone, and camelCase is split where it bends. With ordinary byte-level BPE a word has other tokens after a
space, a quote or an underscore, and a small model learns none of the correspondences: after five minutes of training
the loss was 1.35 instead of 0.6."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

PAD, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
MARKERS = ("<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")
STRUCTURE = r'\{"name": "|", "arguments": \{"?|"\}\}|": "|", "|": |", |\?: |: |, '
"""What JSON and signatures repeat is one token: a call takes half as many, and there is nothing to copy in it."""
WORD = r"\p{Lu}\p{Ll}+|\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{L}\p{M}*|\p{N}|\s|[^\p{L}\p{N}\s]"


def train_tokenizer(texts: Iterable[str], *, vocab_size: int = 6144, max_length: int = 4096) -> PreTrainedTokenizerFast:
    """A byte-level BPE over pieces of words. Every text can be encoded and comes back byte for byte."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(f"{STRUCTURE}|{WORD}"), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [PAD, TURN_START, TURN_END]
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - len(MARKERS),
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer=trainer)
    # not "special": decoding with skip_special_tokens must keep the markers of a call
    tokenizer.add_tokens([AddedToken(marker, special=False, normalized=False) for marker in MARKERS])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=TURN_END,
        pad_token=PAD,
        model_max_length=max_length,
        clean_up_tokenization_spaces=False,
    )
