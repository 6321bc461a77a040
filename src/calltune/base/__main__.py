"""`python -m calltune.base STEP`: the recipe of the embedded model, step by step.

tokenizer   train the tokenizer and write it, with the chat template, into --out
pretrain    train the model there; run again to go on from the last checkpoint
transplant  carry a trained model over to another tokenizer
blend       take a model and what it became together
rows        write invented conversations, for evaluation (--split test) or to look at
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from calltune.errors import CalltuneError, ConfigError

if TYPE_CHECKING:
    from calltune.base.invent import Scene


@dataclass(frozen=True, kw_only=True)
class TokenizerConfig:
    """Train the tokenizer."""

    out: Path
    """Folder to write."""
    real: Path | None = None
    """Folder with real conversation files to add to the text."""
    scenes: int = 3000
    """Invented scenes whose text is used."""
    vocab_size: int = 2048
    """Tokens in the vocabulary."""
    seed: int = 0
    """Seed of the invented scenes."""


@dataclass(frozen=True, kw_only=True)
class RowsConfig:
    """Write conversations as JSON lines: invented ones, or dialogues of the services held out of training."""

    out: Path
    """File to write."""
    rows: int = 500
    """How many conversations."""
    split: Literal["train", "test"] = "test"
    """Which words tools and values are made of; training and test words do not overlap."""
    difficulty: float | None = None
    """How large toolsets get, how strangely they are named and how often people use words of their own instead of the
    tools', 0 to 1; by default every toolset has another, from 0.15 to 1."""
    per_toolset: int = 4
    """Conversations taken from each toolset."""
    held_out_dialogues: Path | None = None
    """Take schema-guided dialogues of the held-out services from this file instead of inventing."""
    held_out_spoken: Path | None = None
    """Take real sentences for the held-out intents from the corpora in this folder, see `calltune.base.speech`."""
    seed: int = 0
    """Seed."""


def tokenizer(config: TokenizerConfig) -> None:
    """Train the tokenizer and save it with the calltune chat template."""
    from calltune.base.corpus import tokenizer_texts
    from calltune.base.tokenizer import train_tokenizer
    from calltune.render.renderer import Renderer

    config.out.mkdir(parents=True, exist_ok=True)
    trained = train_tokenizer(tokenizer_texts(config.seed, config.scenes, config.real), vocab_size=config.vocab_size)
    trained.chat_template = Renderer(trained, template="calltune").template_text
    trained.save_pretrained(config.out)
    print(f"wrote a tokenizer of {len(trained)} tokens to {config.out}")


def rows(config: RowsConfig) -> None:
    """Write `rows` conversations."""
    scene_of = scenes(config)
    written = index = 0
    with config.out.open("w", encoding="utf-8") as out:
        while written < config.rows:
            rng = random.Random(f"rows/{config.seed}/{index}")
            scene = scene_of(rng)
            index += 1
            sample = rng.sample(list(scene.conversations), min(config.per_toolset, len(scene.conversations)))
            for messages in sample[: config.rows - written]:
                out.write(
                    json.dumps({"tools": list(scene.tools), "messages": list(messages)}, ensure_ascii=False) + "\n"
                )
                written += 1
    print(f"wrote {written} conversations over {index} toolsets to {config.out}")


def scenes(config: RowsConfig) -> Callable[[random.Random], Scene]:
    """Where the scenes come from."""
    from calltune.base.corpus import real_scenes
    from calltune.base.invent import invent
    from calltune.base.speech import read_speech
    from calltune.base.spoken import Spoken

    if config.held_out_dialogues and config.held_out_spoken:
        raise ConfigError("Dialogues and spoken sentences held out cannot be written at once.")
    if config.held_out_dialogues:
        held_out = real_scenes(config.held_out_dialogues, held_out=True)
        if not held_out:
            raise ConfigError(f"{config.held_out_dialogues} has no dialogue of the services held out, or is no file.")
        return lambda rng: rng.choice(held_out)
    if config.held_out_spoken:
        spoken = Spoken(read_speech(config.held_out_spoken), held_out=True)
        if not spoken:
            raise ConfigError(f"{config.held_out_spoken} has no sentences of the intents held out.")
        return spoken.scene

    def invented(rng: random.Random) -> Scene:
        difficulty = rng.uniform(0.15, 1.0) if config.difficulty is None else config.difficulty
        return invent(rng, split=config.split, difficulty=difficulty)

    return invented


def main(argv: list[str]) -> int:
    """Run one step."""
    import tyro

    from calltune.base.blend import BlendConfig, blend
    from calltune.base.pretrain import PretrainConfig, pretrain
    from calltune.base.transplant import TransplantConfig, transplant

    steps = {
        "tokenizer": (TokenizerConfig, tokenizer),
        "pretrain": (PretrainConfig, pretrain),
        "transplant": (TransplantConfig, transplant),
        "blend": (BlendConfig, blend),
        "rows": (RowsConfig, rows),
    }
    if not argv or argv[0] not in steps:
        print(__doc__)
        return 2
    config, function = steps[argv[0]]
    try:
        function(tyro.cli(config, args=argv[1:], prog=f"python -m calltune.base {argv[0]}"))  # type: ignore[operator]
    except CalltuneError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
