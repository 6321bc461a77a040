"""Do made rows teach what they claim? The embedded model is tuned twice for the same number of steps, on gold rows
alone and on gold rows with made ones of every kind, and both are asked for made rows of each kind, made of gold rows
that neither has seen, and for those gold rows themselves. `python -m bench.augment_teaches` takes some minutes on two
cores; `--kinds recovery` measures one kind by itself.

The gold rows are those of the demo's help desk that are one request and its calls: the other ones already hold
questions, refusals and failures, written by hand. The distractors come from invented tools. Another set of rows can be
given with --data and --test: `sequence` needs dialogues with results, or plans."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console

from calltune.base.invent import invent
from calltune.compose import augment_with_guard
from calltune.contract import Toolset
from calltune.data import read_rows
from calltune.data.augment import AugmentConfig
from calltune.data.augment.kinds import KINDS
from calltune.data.write import LineWriter
from calltune.demo.command import FUNCTIONS, LEARNING_RATE, RANK, ROWS_PER_STEP
from calltune.demo.conversations import write
from calltune.evaluate.command import EvalConfig, evaluate
from calltune.train.command import train
from calltune.train.config import TrainConfig

SHOWN = ("decision", "tool_name", "schema_valid", "call_exact")


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is compared."""

    kinds: str = ",".join(kind for kind in KINDS if kind != "sequence")
    """The kinds of made rows, with commas between them."""
    steps: int = 100
    """Of either training."""
    rows: int = 1500
    """Gold rows to learn from."""
    test_rows: int = 60
    """Held-out rows to ask for, at most, of each kind."""
    share: float = 0.6
    """Of the made rows in the second training."""
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


def invented_tools(out: Path, count: int = 60) -> Path:
    """Tools that have nothing to do with the gold rows, to be offered beside theirs."""
    tools: dict[str, Any] = {}
    for index in range(count):
        tools |= {tool["function"]["name"]: tool for tool in invent(random.Random(f"pool/{index}")).tools}
    out.write_text(json.dumps(list(tools.values())[:count]), encoding="utf-8")
    return out


def measure(options: Options, folder: Path, console: Console) -> dict[str, Any]:
    """Shares by metric: made rows of each kind and gold rows, tuned without and with made rows."""
    if options.data is None:
        data, test = write(folder, seed=options.seed, test_rows=1000)
        gold = single_requests(str(data), options.tools, folder / "gold.jsonl", options.rows)
        unseen = single_requests(str(test), options.tools, folder / "unseen.jsonl", options.test_rows)
    else:
        gold, unseen = Path(options.data), Path(options.test or options.data)
    kinds = options.kinds.split(",")
    quiet = Console(quiet=True)
    common: dict[str, Any] = {"tools": options.tools, "pool": str(invented_tools(folder / "pool.json"))}
    mix, both = folder / "mix.json", folder / "both.jsonl"
    shares = {"gold": 1 - options.share, **{kind: options.share / len(kinds) for kind in kinds}}
    mix.write_text(json.dumps(shares), encoding="utf-8")
    made = augment_with_guard(AugmentConfig(**common, mix=mix, data=str(gold), out=both), console=quiet)
    made.show(console)
    asked = {"gold": unseen, **{kind: folder / f"{kind}.jsonl" for kind in kinds if made.made.get(kind)}}
    if len(asked) == 1:
        raise SystemExit(f"no row of {options.kinds} can be made of these rows: there is nothing to compare.")
    for kind in list(asked)[1:]:
        held_out = {"data": str(unseen), "out": asked[kind], "kinds": kind, "keep_gold": False}
        augment_with_guard(AugmentConfig(**common, **held_out, seed=options.seed + 1), console=quiet)
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
    found: dict[str, Any] = {"steps": options.steps, "made": made.to_json()["made"], "kinds": {}}
    models = {"base": "base", "without": str(folder / "without"), "with": str(folder / "with")}
    for kind, rows in asked.items():
        found["kinds"][kind] = {
            name: evaluate(
                EvalConfig(model=model, tools=options.tools, data=str(rows), max_tokens=200), console=quiet
            ).to_json()["metrics"]
            for name, model in models.items()
        }
        show(kind, found["kinds"][kind], console)
    return found


def show(kind: str, found: dict[str, Any], console: Console) -> None:
    """One line a metric."""
    for metric in SHOWN:
        shares = [side[metric] for side in found.values()]
        if all(share["value"] is not None for share in shares):
            line = " -> ".join(f"{100 * share['value']:5.1f}" for share in shares)
            console.print(f"  held-out {kind:<12} {metric:<13} {line} %  (n = {shares[0]['n']})", highlight=False)


def main() -> None:
    """Measure and print."""
    options = tyro.cli(Options)
    console = Console(highlight=False, soft_wrap=True)
    with tempfile.TemporaryDirectory() as folder:
        measure(options, Path(folder), console)


if __name__ == "__main__":
    main()
