"""Does a kind of made rows teach what it claims? The embedded model is tuned twice for the same number of steps, on
gold rows alone and on gold rows with made ones, and both are asked for made rows of gold rows that neither has seen,
and for those gold rows themselves. `python -m bench.augment_teaches --kind recovery` takes some minutes on two cores.

The gold rows are those of the demo's help desk that are one request and its calls: the other ones already hold
questions, refusals and failures, written by hand. `distractors` needs tools of elsewhere (`--pool`); `sequence` is
made of dialogues, so it cannot be measured here. Another set of rows can be given with --data and --test."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console

from calltune.cli import augment_with_guard
from calltune.contract import Toolset
from calltune.data import read_rows
from calltune.data.augment import AugmentConfig
from calltune.data.write import LineWriter
from calltune.demo.command import FUNCTIONS, LEARNING_RATE, MAX_TOKENS, RANK, ROWS_PER_STEP
from calltune.demo.conversations import write
from calltune.evaluate.command import EvalConfig, evaluate
from calltune.train.command import train
from calltune.train.config import TrainConfig

SHOWN = ("decision", "tool_name", "schema_valid", "call_exact")


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is compared."""

    kind: str = "recovery"
    """The kind of made rows."""
    steps: int = 100
    """Of either training."""
    rows: int = 1500
    """Gold rows to learn from."""
    test_rows: int = 60
    """Held-out rows to ask for, at most."""
    share: float = 0.4
    """Of the made rows in the second training."""
    pool: str | None = None
    """More tools, for distractors."""
    data: str | None = None
    """Gold rows in place of the demo's, with `test`."""
    test: str | None = None
    """Held-out gold rows."""
    tools: str = FUNCTIONS
    """The contract of rows that carry no tools."""
    seed: int = 0
    """Of the rows and both trainings."""


def single_requests(source: str, tools: str, out: Path, most: int) -> Path:
    """The rows of a file that are a request and its calls, at most so many."""
    with LineWriter(out) as writer:
        for row in read_rows(source, tools=Toolset.load(tools)):
            roles = [message["role"] for message in row.conversation.messages] if row.conversation else []
            if roles == ["user", "assistant"] and row.conversation and "tool_calls" in row.conversation.messages[1]:
                writer.write(row.raw)
            if writer.lines == most:
                break
        writer.publish()
    return out


def measure(options: Options, folder: Path, console: Console) -> dict[str, Any]:
    """Shares by metric: made and gold rows, tuned without and with the kind."""
    if options.data is None:
        data, test = write(folder, seed=options.seed, test_rows=1000)
    else:
        data, test = Path(options.data), Path(options.test or options.data)
    gold = single_requests(str(data), options.tools, folder / "gold.jsonl", options.rows)
    unseen = single_requests(str(test), options.tools, folder / "unseen.jsonl", options.test_rows)
    quiet = Console(quiet=True)
    common: dict[str, Any] = {"tools": options.tools, "pool": options.pool}
    mix = folder / "mix.json"
    mix.write_text(json.dumps({"gold": 1 - options.share, options.kind: options.share}), encoding="utf-8")
    both, asked = folder / "both.jsonl", folder / "asked.jsonl"
    made = augment_with_guard(AugmentConfig(**common, mix=mix, data=str(gold), out=both), console=quiet)
    held_out = {"data": str(unseen), "out": asked, "kinds": options.kind, "keep_gold": False}
    augment_with_guard(AugmentConfig(**common, **held_out, seed=options.seed + 1), console=quiet)
    made.show(console)
    if not made.made.get(options.kind):
        raise SystemExit(f"no {options.kind} row can be made of these rows: there is nothing to compare.")
    for name, rows in (("without", gold), ("with", both)):
        train(
            TrainConfig(
                model="base",
                tools=options.tools,
                data=str(rows),
                out=folder / name,
                max_steps=options.steps,
                rows_per_step=ROWS_PER_STEP,
                learning_rate=LEARNING_RATE,
                rank=RANK,
                rslora=True,
                seed=options.seed,
            ),
            console=quiet,
        )
    found: dict[str, Any] = {"kind": options.kind, "steps": options.steps, "made": made.to_json()["made"]}
    for name, rows in (("made rows", asked), ("gold rows", unseen)):
        report = evaluate(
            EvalConfig(
                model=str(folder / "with"),
                compare=str(folder / "without"),
                tools=options.tools,
                data=str(rows),
                max_tokens=MAX_TOKENS,
            ),
            console=quiet,
        ).to_json()
        found[name] = {"without": report["before"]["metrics"], "with": report["after"]["metrics"]}
    return found


def show(found: dict[str, Any], console: Console) -> None:
    """One line a metric."""
    console.print(
        f"{found['kind']}, {found['steps']} steps: share in %, tuned on gold rows -> with {found['kind']} rows"
    )
    for name in ("made rows", "gold rows"):
        for metric in SHOWN:
            before, after = (found[name][side][metric] for side in ("without", "with"))
            if before["value"] is not None and after["value"] is not None:
                line = f"{100 * before['value']:5.1f} -> {100 * after['value']:5.1f}  (n = {after['n']})"
                console.print(f"  held-out {name}  {metric:<13} {line}", highlight=False)


def main() -> None:
    """Measure one kind and print it."""
    options = tyro.cli(Options)
    console = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        show(measure(options, Path(folder), console), console)


if __name__ == "__main__":
    main()
