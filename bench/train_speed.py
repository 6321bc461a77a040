"""Rows learned a second, beside TRL: the same rows, labels, random model and LoRA, each contestant in a process of its
own, taking turns step by step. `python -m bench train_speed`, or with options: `python -m bench.train_speed --help`.

    textbook      SFTTrainer with padding, its defaults, and loss on every token
    trl           SFTTrainer on the labels that calltune makes, at the fastest setting that a trial found
    trl learned   the same, with logits at learned tokens only: what TRL does on CUDA, and not on a CPU
    calltune      packs that share prefixes, at the fastest setting that needs no more memory than TRL

It needs real conversations and a real vocabulary: a folder with data/ and tokenizers/, beside the repository or named
by CALLTUNE_SHARED.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from calltune.train.session import WHOLE_PAGES

SHARED = Path(os.environ.get("CALLTUNE_SHARED", Path(__file__).parents[2] / "shared"))
RESULTS = Path(__file__).parent / "results"
FILES = {
    "SNIPS": "snips_train.jsonl.gz",
    "SGD": "sgd_train.jsonl.gz",
    "Taskmaster": "taskmaster4_coffee.jsonl.gz",
    "Seal-Tools": "seal_tools.jsonl.gz",
    "glaive": "glaive_demo_en.jsonl",
}
MOST_CONVERSATIONS = 2_000
"""Of each file: more would change nothing but the time to prepare them."""
SHAPES = {
    # half of Qwen3-0.6B in every direction but the vocabulary
    "cpu": {
        "vocab_size": 151_669,
        "hidden_size": 512,
        "intermediate_size": 1536,
        "num_hidden_layers": 8,
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 128,
    },
    "cuda": {
        "vocab_size": 151_669,
        "hidden_size": 1024,
        "intermediate_size": 3072,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "num_key_value_heads": 8,
        "head_dim": 128,
    },
}
TRIAL_ROWS, SLOW_ROWS = 8, 4
BY_MUCH = 0.9
"""TRL's packs hold other rows in a step than the batches do, and its losses are then not comparable: they are taken
only where they are faster by more than a tenth."""
PADDED = {"cpu": ("padded by 1", "padded by 4", "bfd"), "cuda": ("padded by 4", "padded by 16", "bfd")}
CHECKPOINTED = 6
"""With gradient checkpointing about so many times the tokens fit into the memory that one row takes without."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """Training speed beside TRL."""

    data: tuple[str, ...] = tuple(FILES)
    """Corpora."""
    dtypes: tuple[str, ...] = ("bfloat16", "float32")
    """Number formats. bfloat16 needs a processor that computes in it."""
    rows: int = 32
    """Rows of an optimizer step."""
    rounds: int = 3
    """Steps that are timed; the medians are compared."""
    slow: bool = True
    """Also the contestants that score every position, on a few rows once."""
    device: str = "cpu"
    """cpu or cuda."""
    theirs: str | None = None
    """TRL's setting, as the trials name it ("padded by 16"): nothing is tried for it."""
    ours: str | None = None
    """calltune's setting, as the trials name it ("1 passes, plain")."""
    growth: tuple[str, ...] = ("SNIPS", "SGD", "Taskmaster")
    """Corpora on which to see how the gain grows with the rows of a step; none: leave the plot out."""


class Worker:
    """A contestant's process."""

    def __init__(self, **job: Any) -> None:
        command = [sys.executable, "-m", "bench.train_speed_worker", json.dumps(job)]
        environment = dict(os.environ)
        if job["contestant"] == "calltune":
            environment |= WHOLE_PAGES  # before PyTorch is imported, as `calltune train` does
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115  # as long as the process
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            bufsize=1,
            env=environment,
        )

    def step(self) -> dict[str, Any]:
        """Let it take one step."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self.read()

    def read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            raise RuntimeError(self.log.read()[-2000:])
        said: dict[str, Any] = json.loads(line)
        return said

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.log):
            if stream is not None:
                stream.close()


@contextmanager
def workers(*jobs: dict[str, Any]) -> Iterator[list[Worker]]:
    """Processes that are gone afterwards."""
    started: list[Worker] = []
    try:
        for job in jobs:
            started.append(Worker(**job))
        for worker in started:  # they load side by side
            worker.read()
        yield started
    finally:
        for worker in started:
            worker.close()


def prepare(name: str, folder: Path, tools: int | None = None) -> tuple[Path, float]:
    """Render a corpus as `calltune train` does, with Qwen3's vocabulary and template. Returns the folder for `Job.rows`
    and the schemas' share of all tokens. With `tools`: the rows that call the first tool, offered only so many."""
    from calltune.data import read_rows
    from calltune.render.renderer import Renderer
    from calltune.render.source import load_tokenizer, resolve_model
    from calltune.train.rows import prepare_rows

    tokenizer = load_tokenizer(resolve_model(str(SHARED / "tokenizers" / "qwen3")))
    template = resources.files("trl").joinpath("chat_templates/qwen3.jinja")
    tokenizer.chat_template = template.read_text(encoding="utf-8")
    rows = islice(read_rows(SHARED / "data" / FILES[name]), MOST_CONVERSATIONS)
    if tools is not None:
        rows = _offered(rows, tools)
    target = folder / f"{name}{tools or ''}"
    prepared = prepare_rows(
        rows, Renderer(tokenizer, thinking="off"), target, limit=32_768, quarantine=folder / "quarantine.jsonl"
    )
    np.savez(target / "numbers.npz", **vars(prepared.train.numbers))
    counts = prepared.counts
    share = counts.tokens["schemas"] / counts.tokens.total()
    print(
        f"{target.name}: {counts.rows:,} rows of {counts.tokens.total() / counts.rows:,.0f} tokens, "
        f"schemas {share:.0%}, learned {counts.learned.total() / counts.tokens.total():.1%}",
        flush=True,
    )
    return target, share


def _offered(rows: Iterator[Any], tools: int) -> Iterator[Any]:
    first = None
    for row in rows:
        conversation = row.conversation
        called = [call["function"]["name"] for m in conversation.messages for call in m.get("tool_calls") or ()]
        names = [tool["function"]["name"] for tool in conversation.tools]
        first = first or names[0]
        if called == [first]:
            fewer = replace(conversation, tools=conversation.tools[:tools], offer=None)
            yield replace(row, conversation=fewer, data=fewer.to_json())


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """The tokens of a step."""

    longest: int
    """Of its longest row."""
    tokens: int
    """Of its rows apart."""
    nodes: dict[int, int]
    """Of its packs together, by the number of passes."""
    heaviest: dict[int, int]
    """Of the rows of the step with the most, by the number of passes: they decide which rows a step holds."""


def sizes_of(rows: Path, options: Options) -> Sizes:
    """What the steps of the run hold, on average."""
    from bench.train_speed_worker import load_rows
    from calltune.train import TrainConfig
    from calltune.train.packing import build_pack
    from calltune.train.session import batches_of, open_rows

    file = load_rows(str(rows))
    dataset = open_rows(file)
    nodes: dict[int, int] = {}
    heaviest: dict[int, int] = {}
    longest = tokens = 0
    passes = 1
    while passes <= options.rows:
        config = TrainConfig(data="", rows_per_step=options.rows, max_steps=options.rounds, micro_batches=passes)
        packs = []
        for batch in batches_of(file, config, "prefix", 1, epochs=1, steps=options.rounds).rows:
            held = [dataset[int(row)] for row in batch]
            packs.append(build_pack([(row["input_ids"], row["weights"]) for row in held]))
            longest = max(longest, *(len(row["input_ids"]) for row in held))
        nodes[passes] = sum(len(pack) for pack in packs) // options.rounds
        steps = [packs[start : start + passes] for start in range(0, len(packs), passes)]
        heaviest[passes] = max(sum(pack.row_tokens for pack in step) for step in steps)
        tokens = sum(pack.row_tokens for pack in packs) // options.rounds
        passes *= 2
    return Sizes(longest=longest, tokens=tokens, nodes=nodes, heaviest=heaviest)


def our_settings(sizes: Sizes) -> list[tuple[int, str]]:
    """The fewest passes that need about the memory of one row and of three, and with gradient checkpointing."""

    def passes(room: float) -> int:
        return next((n for n, nodes in sizes.nodes.items() if nodes / n <= room * sizes.longest), max(sizes.nodes))

    plain = {passes(1.05), passes(3)}
    return [(passes(CHECKPOINTED), "checkpointing"), *((number, "plain") for number in sorted(plain))]


def compare(name: str, rows: Path, dtype: str, options: Options) -> dict[str, Any]:
    """One line of the table."""
    job = job_of(rows, options) | {"dtype": dtype}
    trial = job | {"heaviest": True}
    trials: dict[str, dict[str, float]] = {}
    sizes = sizes_of(rows, options)

    def attempt(name: str, **more: Any) -> None:
        with workers(trial | more) as (one,):
            trials[name] = said = one.step()
        print(f"   trial {name:26} {said['seconds']:7.1f} s  {said['peak_bytes'] / 2**30:5.2f} GiB", flush=True)

    theirs = options.theirs
    if theirs is None:
        for setting in PADDED[options.device]:  # planned as the whole run is: packs are as long as its longest row
            attempt(setting, contestant="trl learned", setting=setting, only=TRIAL_ROWS)
        weights = {setting: BY_MUCH if setting != "bfd" else 1.0 for setting in trials}
        theirs = min(trials, key=lambda setting: trials[setting]["seconds"] * weights[setting])
    memory = trials[theirs]["peak_bytes"] if theirs in trials else float("inf")
    if options.ours is not None:
        number, _, ours = options.ours.partition(" passes, ")
        passes = int(number)
    else:
        for passes, setting in our_settings(sizes):
            attempt(f"{passes} passes, {setting}", contestant="calltune", setting=setting, passes=passes)

        def cost(one: tuple[int, str]) -> tuple[bool, float]:
            said = trials[f"{one[0]} passes, {one[1]}"]
            return said["peak_bytes"] > memory, said["seconds"] / sizes.heaviest[one[0]]

        passes, ours = min(our_settings(sizes), key=cost)

    names = ("trl learned", "calltune")
    steps: dict[str, list[dict[str, Any]]] = {contestant: [] for contestant in names}
    with workers(
        *(
            job | {"contestant": contestant, "setting": setting, "passes": passes}
            for contestant, setting in zip(names, (theirs, ours), strict=True)
        )
    ) as running:
        for number in range(options.rounds):
            for contestant, worker in zip(names, running, strict=True):
                steps[contestant].append(worker.step())
                print(f"   step {number + 1} {contestant:12} {steps[contestant][-1]['seconds']:7.2f} s", flush=True)
    if options.slow:
        for contestant, setting in (("trl", theirs), ("textbook", f"padded by {TRIAL_ROWS}")):
            with workers(job | {"contestant": contestant, "setting": setting, "steps": 1, "only": SLOW_ROWS}) as (one,):
                steps[contestant] = [one.step()]
    counted = {contestant: options.rows if contestant in names else SLOW_ROWS for contestant in steps}
    rates = {
        contestant: counted[contestant] / statistics.median(one["seconds"] for one in said)
        for contestant, said in steps.items()
    }
    return {
        "data": name,
        "dtype": dtype,
        "rows": options.rows,
        "settings": {
            "trl learned": theirs,
            "calltune": f"{passes} passes, {ours}",
            "packing": steps["calltune"][0]["packing"],
        },
        "tokens": sizes.tokens,
        "computed": sizes.nodes[passes],
        "rows_per_s": rates,
        "ratio": rates["calltune"] / rates["trl learned"],
        "peak_gib": {contestant: said[-1]["peak_bytes"] / 2**30 for contestant, said in steps.items()},
        "loss": {contestant: [one["loss"] for one in said] for contestant, said in steps.items()},
        "seconds": {contestant: [one["seconds"] for one in said] for contestant, said in steps.items()},
        "trials": trials,
    }


ROW_COUNTS = (2, 8, 32, 128)


def growth(name: str, rows: Path, options: Options, rate: float) -> Iterator[dict[str, Any]]:
    """calltune on few and many rows a step, in one pass, against TRL's `rate` (which does not depend on it)."""
    for count in ROW_COUNTS:
        ours = _rate(
            job_of(rows, options) | {"rows_per_step": count, "contestant": "calltune", "setting": "checkpointing"}
        )
        print(f"   {name} {count:4} rows a step {ours:6.2f} rows/s {ours / rate:5.1f}x", flush=True)
        yield {"data": name, "rows": count, "rows_per_s": ours, "ratio": ours / rate}


def growth_with_schemas(options: Options, folder: Path) -> Iterator[dict[str, Any]]:
    """SNIPS with 1 to 7 of its tools: the same questions and calls, more or less schema in front of them."""
    for tools in (1, 2, 4, 7):
        rows, share = prepare("SNIPS", folder, tools)
        job = job_of(rows, options)
        theirs = _rate(job | {"contestant": "trl learned", "setting": PADDED[options.device][0], "only": TRIAL_ROWS})
        ours = _rate(job | {"contestant": "calltune", "setting": "checkpointing"})
        print(f"   schemas {share:.0%}: {ours:6.2f} rows/s, TRL {theirs:5.2f}, {ours / theirs:5.1f}x", flush=True)
        yield {"tools": tools, "schemas": share, "rows_per_s": ours, "trl": theirs, "ratio": ours / theirs}


def job_of(rows: Path, options: Options) -> dict[str, Any]:
    """What the jobs on these rows have in common."""
    return {
        "rows": str(rows),
        "tokenizer": str(SHARED / "tokenizers" / "qwen3"),
        "dtype": options.dtypes[0],
        "device": options.device,
        "model": SHAPES[options.device],
        "rows_per_step": options.rows,
        "steps": options.rounds,
    }


def _rate(job: dict[str, Any]) -> float:
    """Rows a second: the median of its steps."""
    with workers(job) as (one,):
        seconds = statistics.median(one.step()["seconds"] for _ in range(job["steps"]))
    return float((job.get("only") or job["rows_per_step"]) / seconds)


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Markdown."""
    head = (
        "| data | dtype | tokens a step, computed | textbook | trl | trl learned | calltune | ratio | memory, GiB "
        "| loss of the last step |\n|---|---|---|---|---|---|---|---|---|---|\n"
    )
    body = ""
    for line in lines:
        rate, peak, loss = line["rows_per_s"], line["peak_gib"], line["loss"]
        slow = " | ".join(f"{rate[name]:.3f}" if name in rate else "" for name in ("textbook", "trl"))
        body += (
            f"| {line['data']} | {line['dtype']} | {line['tokens']:,}, {line['computed']:,} | {slow} "
            f"| {rate['trl learned']:.2f} | {rate['calltune']:.2f} | **{line['ratio']:.1f}** "
            f"| {peak['trl learned']:.2f}, {peak['calltune']:.2f} "
            f"| {loss['trl learned'][-1]:.5f}, {loss['calltune'][-1]:.5f} |\n"
        )
    return head + body


def draw(points: Sequence[dict[str, Any]], schemas: Sequence[dict[str, Any]], path: Path) -> None:
    """The gain over the rows of a step, and over the schemas' share of the tokens."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (axes, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained", sharey=True)
    for name in dict.fromkeys(point["data"] for point in points):
        chosen = [point for point in points if point["data"] == name]
        axes.plot([p["rows"] for p in chosen], [p["ratio"] for p in chosen], marker="o", label=name)
    axes.set(xscale="log", yscale="log", xlabel="rows a step", ylabel="rows/s beside TRL (learned tokens only)")
    axes.set_xticks(ROW_COUNTS, [str(count) for count in ROW_COUNTS])
    axes.set_yticks([1, 2, 5, 10, 20], ["1", "2", "5", "10", "20"])
    axes.legend(frameon=False)
    right.plot([100 * point["schemas"] for point in schemas], [point["ratio"] for point in schemas], marker="o")
    for point in schemas:
        tools = f"{point['tools']} tool{'s' if point['tools'] > 1 else ''}"
        right.annotate(tools, (100 * point["schemas"], point["ratio"]), textcoords="offset points", xytext=(-8, 8))
    right.set(xlabel="schemas, % of all tokens (SNIPS)")
    for one in (axes, right):
        one.axhline(1, color="grey", linewidth=0.8)
        one.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def main(options: Options | None = None) -> dict[str, Any]:
    """Print the table as it grows; write JSON after every line and the plot at the end; return everything. Lines of an
    earlier run stay where they are not measured again."""
    options = options or Options()
    if not (SHARED / "data").is_dir():
        print(f"left out: no real data in {SHARED} (set CALLTUNE_SHARED)")
        return {}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "train_speed.json"
    found: dict[str, Any] = {"lines": [], "growth": [], "schemas": []}
    if path.is_file():
        found |= json.loads(path.read_text())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for dtype in options.dtypes:
            for name in options.data:
                rows = folder / name if (folder / name).exists() else prepare(name, folder)[0]
                line = compare(name, rows, dtype, options)
                others = [one for one in found["lines"] if (one["data"], one["dtype"]) != (name, dtype)]
                found["lines"] = [*others, line]
                path.write_text(json.dumps(found, indent=1) + "\n")
                print(table(found["lines"]), flush=True)
        rates = {one["data"]: one["rows_per_s"] for one in found["lines"] if one["dtype"] == options.dtypes[0]}
        if options.growth:
            found["growth"], found["schemas"] = [], list(growth_with_schemas(options, folder))
        for name in options.growth:
            rows = folder / name if (folder / name).exists() else prepare(name, folder)[0]
            found["growth"] += growth(name, rows, options, rates[name]["trl learned"])
        if options.growth:
            path.write_text(json.dumps(found, indent=1) + "\n")
            draw(found["growth"], found["schemas"], RESULTS / "train_speed.png")
    return found


if __name__ == "__main__":
    import tyro

    main(tyro.cli(Options))
