"""Learning: LoRA through TRL's SFTTrainer, on rows that share their prefixes. Importing this loads no torch."""

from calltune.train.config import TrainConfig
from calltune.train.report import TrainReport
from calltune.train.run_folder import Run, read_run

__all__ = ["Run", "TrainConfig", "TrainReport", "read_run", "train"]


def __getattr__(name: str) -> object:
    if name == "train":
        from calltune.train.command import train

        return train
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
