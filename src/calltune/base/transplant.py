"""A trained model carried over to another tokenizer: what it knows stays, and it need not learn to copy once more.

In: a trained model with its tokenizer, a folder with a new tokenizer. Out: `checkpoint.pt` there, at step 0, for
`pretrain` to go on from. A token that both know keeps its vector, another gets the mean over the old tokens of its
text. Key and value heads that were shared become heads of their own with the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calltune.base.model import base_config, base_model
from calltune.errors import ConfigError

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast, Qwen3ForCausalLM


@dataclass(frozen=True, kw_only=True)
class TransplantConfig:
    """Carry a trained model over to another tokenizer."""

    model: Path
    """Folder with the trained model and its tokenizer."""
    out: Path
    """Folder with the new tokenizer; the checkpoint is written there."""


def transplant(config: TransplantConfig) -> None:
    """Write the checkpoint. `ConfigError` when there is one already: it would be lost."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from calltune.base.pretrain import PretrainConfig, make_optimizers, save_checkpoint

    if (config.out / "checkpoint.pt").exists():
        raise ConfigError(f"{config.out} already holds a checkpoint.", hint="Name another folder, or delete it.")
    old = AutoModelForCausalLM.from_pretrained(config.model, dtype="float32")
    tokenizer = AutoTokenizer.from_pretrained(config.out)
    shape = base_config(tokenizer, width=old.config.hidden_size, layers=old.config.num_hidden_layers)
    new = base_model(shape)
    carry_over(old, AutoTokenizer.from_pretrained(config.model), new, tokenizer)
    settings = PretrainConfig(out=config.out)
    save_checkpoint(settings, new, make_optimizers(new, settings), 0)
    print(f"wrote {config.out / 'checkpoint.pt'}; go on with  python -m calltune.base pretrain --out {config.out}")


def carry_over(
    old: Qwen3ForCausalLM,
    old_tokenizer: PreTrainedTokenizerFast,
    new: Qwen3ForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
) -> None:
    """The weights of `old` into `new`, which has the same width and layers, and as many key heads or a multiple."""
    weights = dict(old.state_dict())
    table = vectors(weights["model.embed_tokens.weight"], old_tokenizer, tokenizer)
    weights |= {"model.embed_tokens.weight": table, "lm_head.weight": table}
    times = new.config.num_key_value_heads // old.config.num_key_value_heads
    for name, weight in weights.items():
        if name.endswith(("k_proj.weight", "v_proj.weight")):
            heads: Any = weight.unflatten(0, (-1, old.config.head_dim))
            weights[name] = heads.repeat_interleave(times, dim=0).flatten(0, 1)
    new.load_state_dict(weights)


def vectors(
    old: torch.Tensor, old_tokenizer: PreTrainedTokenizerFast, tokenizer: PreTrainedTokenizerFast
) -> torch.Tensor:
    """(tokens of `tokenizer`, width) out of (old tokens, width)."""
    known = old_tokenizer.get_vocab()
    table = old.mean(0).repeat(len(tokenizer), 1)
    for piece, number in tokenizer.get_vocab().items():
        ids = [known[piece]] if piece in known else old_tokenizer(tokenizer.decode([number])).input_ids
        if ids:
            table[number] = old[ids].mean(0)
    return table
