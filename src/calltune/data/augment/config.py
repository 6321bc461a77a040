"""What `calltune augment` is told. In: options. Out: a checked record."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from calltune.data.augment.kinds import KINDS, SCRATCH
from calltune.data.augment.mixture import MOST_ROWS, Mixture, mixture_of, read_mixture
from calltune.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class AugmentConfig:
    """Make training rows out of gold rows and the contract: no language model, the same rows for the same seed."""

    data: str | None = None
    """Gold conversations: a .jsonl or .jsonl.gz file, a JSON array, a folder of them, or a Hugging Face dataset. Only
    --kinds scratch does without."""
    tools: str | None = None
    """The contract, for rows that carry no `tools` of their own: a file, or a Python module (module:name)."""
    out: Path | None = None
    """The file to write. Gzip if the name ends in .gz."""
    kinds: str = ",".join(KINDS)
    """Kinds of rows to make, with commas between them."""
    mix: Path | None = None
    """A YAML file with the share of each kind and of `gold`; in place of --kinds."""
    rows: int | None = None
    """Rows to write, gold ones included. Without it: all gold rows and as many made ones."""
    seed: int = 0
    """Another seed: other rows."""
    keep_gold: bool = True
    """Whether the gold rows are written too."""
    pool: str | None = None
    """More tools (a contract) to draw distractors from, beside those of the data."""
    substitutes: str = ""
    """Tools that the run time calls when another fails, as in the guard's fallback: get_weather=get_forecast,..."""
    preview: int = 0
    """Show this many made rows of each kind, before and after, and write nothing."""

    def mixture(self) -> Mixture:
        """The shares. Raises ConfigError."""
        if self.mix is not None:
            if self.kinds != ",".join(KINDS):
                raise ConfigError("--kinds and --mix both say what to make.", hint="Leave one of them out.")
            return read_mixture(self.mix, keep_gold=self.keep_gold)
        names = [name.strip() for name in self.kinds.split(",") if name.strip()]
        if not names:
            raise ConfigError("--kinds names no kind.", hint=f"The kinds are: {', '.join([*KINDS, SCRATCH])}.")
        return mixture_of(list(dict.fromkeys(names)), keep_gold=self.keep_gold and self.data is not None)

    def substituted(self) -> dict[str, str]:
        """The substitutes by tool. Raises ConfigError."""
        pairs = [pair.partition("=") for pair in self.substitutes.split(",") if pair.strip()]
        faults = [
            f"{name + sign + other!r} is no pair" for name, sign, other in pairs if not (name.strip() and other.strip())
        ]
        if faults:
            raise ConfigError("--substitutes:", faults=faults, hint="Write: --substitutes get_weather=get_forecast")
        return {name.strip(): other.strip() for name, _, other in pairs}

    def typed(self) -> str:
        """The options that decide which rows are made, as they are typed again."""
        options = (
            ("--tools", self.tools),
            ("--data", self.data),
            ("--kinds", None if self.kinds == ",".join(KINDS) else self.kinds),
            ("--mix", self.mix),
            ("--pool", self.pool),
            ("--substitutes", self.substitutes or None),
            ("--rows", self.rows),
            ("--seed", self.seed or None),
        )
        return "".join(f" {name} {shlex.quote(str(value))}" for name, value in options if value is not None)

    def check(self) -> None:
        """Raises ConfigError with every option that makes no sense."""
        faults = []
        if self.out is None and not self.preview:
            faults.append("--out names the file to write (or --preview 2 shows some rows and writes none)")
        if self.rows is not None and not 1 <= self.rows <= MOST_ROWS:
            faults.append(f"--rows must be between 1 and {MOST_ROWS:,}, got {self.rows:,}")
        if not 0 <= self.preview <= 100:
            faults.append(f"--preview must be between 0 and 100, got {self.preview}")
        kinds = self.mixture().kinds
        if self.data is None and kinds != (SCRATCH,):
            faults.append("--data names the gold rows; only --kinds scratch makes rows without any")
        if SCRATCH in kinds and self.tools is None:
            faults.append("--tools names the contract that scratch makes rows from")
        if self.data is None and SCRATCH in kinds and self.rows is None and not self.preview:
            faults.append("--rows says how many rows scratch makes")
        if self.substituted() and self.tools is None:
            faults.append("--substitutes are tools of a contract: add --tools")
        if faults:
            raise ConfigError("the options for augment do not fit:", faults=faults)
