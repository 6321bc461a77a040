"""A model carried over to another tokenizer goes on with what it knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from calltune.base.tokenizer import train_tokenizer
from calltune.base.transplant import TransplantConfig, carry_over, transplant
from calltune.errors import ConfigError

TEXTS = ["set the temperature of the room", "Set the alarm for tomorrow"]


def tiny(tokenizer: Any, *, key_heads: int) -> Any:
    from calltune.base.model import base_config, base_model

    config = base_config(tokenizer, width=128, layers=2)
    config.num_key_value_heads = key_heads
    return base_model(config).eval()


def test_more_key_heads_compute_the_same() -> None:
    import torch

    tokenizer = train_tokenizer(TEXTS, vocab_size=330)
    shared, apart = tiny(tokenizer, key_heads=1), tiny(tokenizer, key_heads=2)
    carry_over(shared, tokenizer, apart, tokenizer)
    ids = torch.tensor([tokenizer(TEXTS[0]).input_ids])
    torch.testing.assert_close(apart(input_ids=ids).logits, shared(input_ids=ids).logits)


def test_tokens_keep_their_vectors_and_new_ones_get_the_mean_of_their_pieces() -> None:
    small, large = (train_tokenizer(TEXTS, vocab_size=size) for size in (300, 330))
    old, new = tiny(small, key_heads=2), tiny(large, key_heads=2)
    carry_over(old, small, new, large)
    before, after = old.get_input_embeddings().weight, new.get_input_embeddings().weight
    both = small.get_vocab().keys() & large.get_vocab().keys()
    assert len(both) > 256
    for piece in both:
        assert after[large.get_vocab()[piece]].equal(before[small.get_vocab()[piece]])
    added = sorted(large.get_vocab().keys() - both)
    assert added
    for piece in added:
        number = large.get_vocab()[piece]
        assert after[number].allclose(before[small(large.decode([number])).input_ids].mean(0))


def test_a_checkpoint_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"work of hours")
    with pytest.raises(ConfigError, match="already holds a checkpoint"):
        transplant(TransplantConfig(model=tmp_path, out=tmp_path))
    assert (tmp_path / "checkpoint.pt").read_bytes() == b"work of hours"
