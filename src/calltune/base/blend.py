"""Two models of one run taken together: the mean of their weights.

In: a model, and the same model trained on. Out: a model between them. Training on other data gives and takes; between
the two ends much of what was gained is there and what was lost is not lost yet (Wortsman et al. 2022, "Robust
fine-tuning of zero-shot models"). It helps only where the second grew out of the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from calltune.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class BlendConfig:
    """Take a model and what it became together."""

    before: Path
    """Folder with the model that training began from."""
    after: Path
    """Folder with what it became."""
    out: Path
    """Folder to write."""
    share: float = 0.75
    """Weight of the second, 0 to 1."""


def blend(config: BlendConfig) -> None:
    """Write the model between the two. `ConfigError` where they are not of one shape and tokenizer."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from calltune.base.pretrain import export

    if not 0 <= config.share <= 1:
        raise ConfigError(f"--share is a weight from 0 to 1, not {config.share}.")
    before, after = (
        AutoModelForCausalLM.from_pretrained(path, dtype="float32") for path in (config.before, config.after)
    )
    tokenizer = AutoTokenizer.from_pretrained(config.after)
    weights = after.state_dict()
    shapes = [{name: weight.shape for name, weight in model.state_dict().items()} for model in (before, after)]
    if shapes[0] != shapes[1] or AutoTokenizer.from_pretrained(config.before).get_vocab() != tokenizer.get_vocab():
        raise ConfigError(f"{config.before} and {config.after} are not of one shape and one tokenizer.")
    for name, weight in before.state_dict().items():
        weights[name] = weight.lerp(weights[name], config.share)
    after.load_state_dict(weights)
    export(after, tokenizer, config.out)
    print(f"wrote {config.out}: {config.share:g} of {config.after}, {1 - config.share:g} of {config.before}")
