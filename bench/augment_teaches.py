"""Do made rows teach what they claim? The embedded model is tuned twice for the same number of steps, on gold rows
alone and on gold rows with made ones of every kind. Then three models, the untuned one, the one tuned on gold rows and
the one tuned on both, are asked for made rows of each kind, made of gold rows that none has seen, and for those gold
rows themselves. `python -m bench.augment_teaches` takes some minutes on two cores; `--kinds missing` measures one kind
by itself.

The gold rows are those of five functions of the demo's help desk that are one request and its calls: the other ones
already hold questions, refusals and failures, written by hand. The distractors come from invented tools. Another set of
rows can be given with --data and --test: `sequence` needs dialogues with results, or plans."""

from __future__ import annotations

import json
import random
import tempfile
from dataclasses import dataclass
from itertools import count
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
from calltune.demo.command import FUNCTIONS, LEARNING_RATE, RANK
from calltune.demo.conversations import write
from calltune.evaluate.command import EvalConfig, evaluate
from calltune.train.command import train
from calltune.train.config import TrainConfig

SHOWN = ("decision", "tool_name", "schema_valid", "call_exact")
MEASURE = {"missing": "decision", "no_fit": "decision", "failed": "decision"}
"""What shows that a kind was learned, where it is not `call_exact`: in these rows the point is to say something and not
to call."""
TURNS_A_ROW = 4
"""Asked for, at most: a real dialogue has dozens."""
TOOLS = ("assign_ticket", "book_technician", "order_device", "reset_password", "schedule_maintenance")
POOL = 1000
"""Invented tools that distractors are drawn from, those most like the called ones: of few, none would be alike."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is compared."""

    kinds: str = ",".join(kind for kind in KINDS if kind != "sequence")
    """The kinds of made rows, with commas between them."""
    steps: int = 120
    """Of either training. With few, the made rows only take the place of gold ones."""
    rows_per_step: int = 12
    """Of either training."""
    rows: int = 1500
    """Gold rows to learn from, at most."""
    test_rows: int = 30
    """Held-out rows to ask for, at most, of each kind."""
    share: float = 0.6
    """Of the made rows in the second training."""
    data: str | None = None
    """Gold rows in place of the demo's, with `test`."""
    test: str | None = None
    """Held-out gold rows."""
    tools: str | None = None
    """The contract of rows that carry no tools; without one, five of the demo's functions: a short prompt."""
    untuned: bool = True
    """Ask the untuned model too."""
    seed: int = 0
    """Of the rows and both trainings."""


def single_requests(source: Path, tools: Toolset, out: Path, most: int) -> Path:
    """The rows of a file that are a request and its calls, of tools of the contract, at most so many."""
    with LineWriter(out) as writer:
        for row in read_rows(source, tools=tools):
            asked, *answers = row.conversation.messages if row.conversation else [{}]
            if len(answers) != 1 or asked["role"] != "user":
                continue
            called = [call["function"]["name"] for call in answers[0].get("tool_calls", ())]
            if called and all(name in tools for name in called):
                writer.write(row.raw)
            if writer.lines == most:
                break
        writer.publish()
    return out


def first_rows(source: str, tools: Toolset, out: Path, most: int) -> Path:
    """The good rows of a file, at most so many."""
    with LineWriter(out) as writer:
        for row in read_rows(source, tools=tools):
            if row.conversation:
                writer.write(row.raw)
            if writer.lines == most:
                break
        writer.publish()
    return out


def invented_tools(out: Path) -> Path:
    """Tools that have nothing to do with the gold rows, to be offered beside theirs."""
    tools: dict[str, Any] = {}
    for index in count():
        tools |= {tool["function"]["name"]: tool for tool in invent(random.Random(f"pool/{index}")).tools}
        if len(tools) >= POOL:
            break
    out.write_text(json.dumps(list(tools.values())), encoding="utf-8")
    return out


def measure(options: Options, folder: Path, console: Console) -> dict[str, Any]:
    """Shares by metric: made rows of each kind and gold rows, tuned without and with made rows."""
    contract = options.tools or str(folder / "tools.json")
    if options.tools is None:
        Toolset(tool for tool in Toolset.load(FUNCTIONS) if tool.name in TOOLS).save(folder / "tools.json")
    tools = Toolset.load(contract)
    if options.data is None:
        data, test = write(folder, seed=options.seed, test_rows=1000)
        gold = single_requests(data, tools, folder / "gold.jsonl", options.rows)
        unseen = single_requests(test, tools, folder / "unseen.jsonl", options.test_rows)
    else:
        gold = first_rows(options.data, tools, folder / "gold.jsonl", options.rows)
        unseen = first_rows(options.test or options.data, tools, folder / "unseen.jsonl", options.test_rows)
    kinds = options.kinds.split(",")
    quiet = Console(quiet=True)
    common: dict[str, Any] = {"tools": contract, "pool": str(invented_tools(folder / "pool.json"))}
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
                tools=contract,
                data=str(rows),
                out=folder / name,
                max_steps=options.steps,
                rows_per_step=options.rows_per_step,
                learning_rate=LEARNING_RATE,
                rank=RANK,
                rslora=True,
                seed=options.seed,
            ),
            console=quiet,
        )
    found: dict[str, Any] = {"steps": options.steps, "made": made.to_json()["made"], "kinds": {}}
    limit = TURNS_A_ROW * options.test_rows
    untuned = {"base": "base"} if options.untuned else {}
    models = {**untuned, "without": str(folder / "without"), "with": str(folder / "with")}
    for kind, rows in asked.items():
        found["kinds"][kind] = {
            name: evaluate(
                EvalConfig(model=model, tools=contract, data=str(rows), limit=limit, max_tokens=200), console=quiet
            ).to_json()["metrics"]
            for name, model in models.items()
        }
        show(kind, found["kinds"][kind], console)
    console.print(summary(found["kinds"]))
    return found


def summary(kinds: dict[str, Any]) -> str:
    """What was learned of each kind, in Markdown."""
    names = {"base": "untuned", "without": "gold rows alone", "with": "gold and made rows"}
    columns = ["held-out rows", "measure", *(names[side] for side in next(iter(kinds.values()))), "n"]
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    for kind, sides in kinds.items():
        measure = MEASURE.get(kind, "call_exact")
        shares = [f"{100 * side[measure]['value']:.1f} %" for side in sides.values()]
        lines.append(f"| `{kind}` | {measure} | {' | '.join(shares)} | {sides['with'][measure]['n']} |")
    return "\n".join(lines)


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
