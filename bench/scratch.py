"""What rows from schemas alone teach the embedded model: tuned on them and on nothing else, measured on real rows,
before and after. Three contracts: SNIPS, two services of the Schema-Guided Dialogues, the demo's help desk. It needs
the folder that `bench.train_speed` describes; CALLTUNE_SCRATCH_STEPS and CALLTUNE_SCRATCH_ONLY (a contract) make it
shorter."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from bench.train_speed import SHARED
from calltune.contract import Toolset
from calltune.data import Conversation
from calltune.data.augment.scratch import make_rows
from calltune.data.split import SplitConfig, split
from calltune.demo import helpdesk
from calltune.demo.conversations import write
from calltune.evaluate.command import EvalConfig, evaluate
from calltune.train.command import train
from calltune.train.config import TrainConfig

STEPS = int(os.environ.get("CALLTUNE_SCRATCH_STEPS", "120"))
ROWS_PER_STEP = 24
TURNS = 210
"""Turns that each contract is measured on, at most."""
SERVICES = {"Movies_1", "Restaurants_1"}
SHOWN = ("decision", "tool_name", "schema_valid", "call_exact")


def real_rows(folder: Path) -> Iterator[tuple[str, Toolset, Path]]:
    """Contracts and the real rows they are measured on."""
    data = SHARED / "data"
    split(SplitConfig(data=str(data / "snips_train.jsonl.gz"), out=folder / "snips"), console=Console(quiet=True))
    snips = folder / "snips" / "test.jsonl"
    yield "SNIPS", next(iter(Conversation.read(snips))).toolset(), snips
    dialogues = folder / "services.jsonl"
    with dialogues.open("w") as file:
        for row in Conversation.read(data / "sgd_train.jsonl.gz"):
            names = {tool["function"]["name"].rsplit("_", 1)[0] for tool in row.tools}
            if names == SERVICES:
                toolset = row.toolset()
                file.write(json.dumps(row.to_json(), ensure_ascii=False) + "\n")
    yield "films and restaurants", toolset, dialogues
    _, desk = write(folder / "desk", rows=1)
    yield "help desk", Toolset.load(helpdesk.__file__), desk


def measure(name: str, toolset: Toolset, real: Path, folder: Path) -> dict[str, Any]:
    """Make rows, tune, and measure before and after."""
    contract, rows, run = folder / "tools.json", folder / "made.jsonl", folder / f"run {name}"
    toolset.save(contract)
    discarded: Counter[str] = Counter()
    began = time.perf_counter()
    made = make_rows(toolset, rows=STEPS * ROWS_PER_STEP, seed=0, discarded=discarded)
    rows.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made))
    making_s = time.perf_counter() - began
    console = Console(quiet=True)
    options: dict[str, Any] = {"rows_per_step": ROWS_PER_STEP, "learning_rate": 1e-3, "rank": 64, "rslora": True}
    train(TrainConfig(model="base", data=str(rows), out=run, max_steps=STEPS, **options), console=console)
    limits: dict[str, Any] = {"limit": TURNS, "max_tokens": 256}
    config = EvalConfig(model=str(run), compare="base", data=str(real), tools=str(contract), **limits)
    report = evaluate(config, console=console)
    result: dict[str, Any] = {"making_s": making_s, "discarded": dict(discarded), **report.to_json()}
    return result


def main() -> dict[str, Any]:
    """Every contract; the table is printed as it grows."""
    only = os.environ.get("CALLTUNE_SCRATCH_ONLY", "")
    print(f"{STEPS} steps of {ROWS_PER_STEP} rows made from the schemas; share in %, before -> after")
    results: dict[str, Any] = {"steps": STEPS, "rows_per_step": ROWS_PER_STEP}
    with tempfile.TemporaryDirectory() as temporary:
        for name, toolset, real in real_rows(Path(temporary)):
            if only and only != name:
                continue
            results[name] = result = measure(name, toolset, real, Path(temporary))
            cells = []
            for metric in SHOWN:
                sides = [result[side]["metrics"][metric]["value"] for side in ("before", "after")]
                cells.append(metric + " " + " -> ".join("-" if v is None else f"{100 * v:.1f}" for v in sides))
            print(f"{name} ({result['n']} turns): {', '.join(cells)}", flush=True)
    return results
