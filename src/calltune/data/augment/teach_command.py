"""`calltune teach`: a larger model writes rows about the functions of a contract. In: a `TeachConfig`. Out: a
`TeachReport`, and the file, written whole or not at all. What is asked and checked is in `teacher`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console

from calltune.contract import Toolset
from calltune.data.augment.teacher import TeacherReport, write_rows
from calltune.data.augment.teacher_log import Ask
from calltune.data.write import LineWriter
from calltune.errors import ConfigError

STEPS = {
    "format": "broken, or against the contract",
    "execution": "the function refused it",
    "agreement": "asked again, the teacher did something else",
    "duplicate": "nearly the same as another",
}
"""What a rejection at each step means."""


class Teacher(Ask, Protocol):
    """A teacher that has a name."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class TeachConfig:
    """Have a larger model write training rows; what it writes is checked against the contract, by running it, and by
    asking again."""

    tools: str
    """The contract; where it comes from Python functions, calls of those that read are run."""
    teacher: str
    """The model that writes: the address of an OpenAI-compatible server (http://localhost:8000/v1#model), a folder or a
    Hugging Face name."""
    rows: int
    """Rows wanted."""
    out: Path
    """The file to write. Gzip if the name ends in .gz."""
    folder: Path | None = None
    """Where everything asked and answered is kept, so that a run goes on where it stopped; default: OUT.exchanges."""
    seed: int = 0
    """Another seed: other rows."""
    languages: tuple[str, ...] = ("English",)
    """What users speak."""
    temperature: float = 0.8
    """How freely the teacher writes."""
    max_tokens: int = 800
    """Longest answer of the teacher."""
    side_by_side: int = 8
    """Questions under way at once."""
    writes: bool = False
    """Run functions that write, too."""
    price_in: float | None = None
    """Price of a million prompt tokens."""
    price_out: float | None = None
    """Price of a million tokens that the teacher writes."""
    max_cost: float | None = None
    """Stop when so much is spent."""


@dataclass(frozen=True, kw_only=True)
class TeachReport:
    """What came of it."""

    config: TeachConfig
    found: TeacherReport
    folder: Path

    @property
    def exit_code(self) -> int:
        """1 where there are fewer rows than were wanted."""
        return int(len(self.found.rows) < self.config.rows)

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        return {"out": str(self.config.out), "folder": str(self.folder), **self.found.to_json()}

    def show(self, console: Console) -> None:
        """The rows, what was rejected, what it cost, and the next step."""
        found, config = self.found, self.config

        def say(text: str) -> None:
            console.print(text, highlight=False, soft_wrap=True, markup=False)

        say(f"{config.out}: {len(found.rows):,} of {config.rows:,} rows, from {found.tasks:,} tries")
        for step, reasons in found.rejected.items():
            counts = ", ".join(f"{reason} {count:,}" for reason, count in reasons.items())
            say(f"rejected, {STEPS.get(step, step)}: {counts}")
        guessed = ", some of them guessed" if found.tokens_guessed else ""
        cost = "" if found.cost is None else f", cost {found.cost:.2f}"
        say(f"{found.exchanges:,} answers, {found.asked:,} of them asked for now")
        say(f"{found.tokens_in:,} tokens read and {found.tokens_out:,} written by the teacher{guessed}{cost}")
        if found.stopped == "max_cost":
            say("Stopped: --max-cost is spent. A higher one goes on from here.")
        elif found.stopped == "gave_up":
            say(f"Stopped: too few of its answers can be used. Read some: {self.folder / 'exchanges.jsonl'}")
        say(f"Next: calltune split --data {shlex.quote(str(config.out))} --out split")


def teach(config: TeachConfig, *, console: Console, teacher_of: Callable[[str], Teacher]) -> TeachReport:
    """Ask the teacher and write the rows. `teacher_of` loads what `config.teacher` names."""
    from rich.progress import Progress

    folder = config.folder or config.out.with_name(config.out.name + ".exchanges")
    if config.out.resolve() == Path(config.tools).resolve():
        raise ConfigError(f"--out {config.out} is the contract.", hint="Give another --out.")
    if config.out.is_dir():
        raise ConfigError(f"--out {config.out} is a folder.", hint="Name a file, such as rows.jsonl.")
    toolset = Toolset.load(config.tools)
    ask = teacher_of(config.teacher)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("asking the teacher", total=config.rows)
        found = write_rows(
            toolset,
            ask,
            rows=config.rows,
            seed=config.seed,
            folder=folder,
            teacher=ask.name,
            languages=config.languages,
            temperature=config.temperature,
            max_tokens=config.max_tokens,
            side_by_side=config.side_by_side,
            writes=config.writes,
            price_in=config.price_in,
            price_out=config.price_out,
            max_cost=config.max_cost,
            progress=lambda done, wanted: bar.update(task, completed=done),
        )
    with LineWriter(config.out) as out:
        for row in found.rows:
            out.write(json.dumps(row, ensure_ascii=False).encode())
        out.publish()
    return TeachReport(config=config, found=found, folder=folder)
