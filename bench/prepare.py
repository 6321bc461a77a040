"""Rows prepared a second, beside TRL: the same file of synthetic conversations, 16 tools each, read, checked, rendered
and tokenised until a trainer could begin. `python -m bench prepare`, or with options: `python -m bench.prepare --help`.

    trl         datasets.load_dataset, then what SFTTrainer does to the rows before it trains (no check of any kind)
    calltune    what `calltune train` does: every row checked against its contract, rendered, labelled, written to disk

Both with the real vocabulary and chat template of Qwen3 and as many processes as there are cores. It needs a folder
with tokenizers/, beside the repository or named by CALLTUNE_SHARED.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

SHARED = Path(os.environ.get("CALLTUNE_SHARED", Path(__file__).parents[2] / "shared"))
TOOLS = 16


@dataclass(frozen=True, kw_only=True)
class Options:
    """Speed of preparing rows beside TRL."""

    rows: int = 40_000
    """Rows that calltune prepares."""
    trl_rows: int = 8_000
    """Rows that TRL prepares; it needs several times as long for each."""
    rounds: int = 1
    """Times that each does it, in turns; the faster one counts."""
    processes: int = 2
    """Processes of each side."""
    rows_of: str | None = None
    """Take the rows from this file instead of making some."""


def write_rows(path: Path, rows: int) -> None:
    """Invented conversations over toolsets of exactly `TOOLS` tools, about twenty each; a toolset with fewer gets tools
    of the one before, as distractors."""
    from calltune.base.invent import invent

    written = index = 0
    before: dict[str, Any] = {}
    with path.open("w", encoding="utf-8") as out:
        while written < rows:
            scene = invent(random.Random(f"prepare/{index}"), difficulty=1.0)
            index += 1
            offered = {tool["function"]["name"]: tool for tool in scene.tools}
            offered |= {name: tool for name, tool in before.items() if name not in offered}
            before = dict(islice(offered.items(), 2 * TOOLS))
            if not len(scene.tools) <= TOOLS <= len(offered):
                continue
            tools = json.dumps(list(offered.values())[:TOOLS])
            for messages in scene.conversations[: rows - written]:
                kept = [{k: v for k, v in message.items() if k != "train"} for message in messages]
                out.write(f'{{"tools": {tools}, "messages": {json.dumps(kept)}}}\n')
                written += 1


def qwen3() -> Any:
    """Its vocabulary, and its chat template as TRL ships it."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(SHARED / "tokenizers" / "qwen3")
    template = resources.files("trl").joinpath("chat_templates/qwen3.jinja")
    tokenizer.chat_template = template.read_text(encoding="utf-8")
    return tokenizer


def prepare_trl(path: Path, folder: Path, processes: int) -> dict[str, Any]:
    """Up to the tokenised dataset of an SFTTrainer; the loss on assistant turns only, as its documentation advises."""
    import datasets
    from transformers import Qwen3Config, Qwen3ForCausalLM
    from trl import SFTConfig, SFTTrainer

    tokenizer = qwen3()
    model = Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer), hidden_size=8, intermediate_size=8, num_hidden_layers=1, num_attention_heads=1,
            num_key_value_heads=1, head_dim=8,
        )
    )  # fmt: skip
    datasets.disable_progress_bars()
    began = time.perf_counter()
    rows = datasets.load_dataset("json", data_files=str(path), split="train", cache_dir=str(folder / "cache"))
    loaded = time.perf_counter()
    args = SFTConfig(
        output_dir=str(folder), dataset_num_proc=processes, max_length=None, assistant_only_loss=True, bf16=False,
        use_cpu=True, report_to="none",
    )  # fmt: skip
    trainer = SFTTrainer(model=model, args=args, train_dataset=rows, processing_class=tokenizer)
    ended = time.perf_counter()
    tokens = sum(map(len, trainer.train_dataset[:500]["input_ids"])) / min(500, len(trainer.train_dataset))
    return {"seconds": ended - began, "reading": loaded - began, "rows": len(rows), "tokens_a_row": tokens}


def prepare_calltune(path: Path, folder: Path, processes: int) -> dict[str, Any]:
    """Up to the Arrow file that the trainer maps."""
    from calltune.render.renderer import Renderer
    from calltune.train import rows as train_rows

    renderer = Renderer(qwen3(), thinking="off")
    began = time.perf_counter()
    memory: list[int] = []

    train_rows.WORTH_BYTES = 0  # the shorter file of the benchmark stands for a large one
    prepared = train_rows.prepare_data(
        str(path),
        renderer,
        folder,
        processes=processes,
        limit=1 << 20,
        quarantine=folder / "quarantine.jsonl",
        on_row=lambda count: memory.append(_resident()),
    )
    counts = prepared.counts
    return {
        "seconds": time.perf_counter() - began,
        "rows": counts.conversations,
        "bad": counts.bad,
        "tokens_a_row": counts.tokens.total() / counts.rows,
        "resident_mib": memory,
    }


def _resident() -> int:
    """MiB of this process now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() >> 20


def run(contestant: str, path: Path, processes: int) -> dict[str, Any]:
    """One contestant in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        job = json.dumps({"contestant": contestant, "path": str(path), "folder": folder, "processes": processes})
        environment = dict(os.environ, OMP_NUM_THREADS="1", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")
        command = [sys.executable, "-m", "bench.prepare", "--worker", job]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def main(options: Options | None = None) -> dict[str, Any]:
    """Print and return rows a second of both."""
    options = options or Options()
    with tempfile.TemporaryDirectory() as folder:
        path, few = Path(folder) / "rows.jsonl", Path(folder) / "few.jsonl"
        if options.rows_of is None:
            write_rows(path, options.rows)
        else:
            path = Path(options.rows_of)
        with path.open(encoding="utf-8") as rows, few.open("w", encoding="utf-8") as out:
            out.writelines(line for line, _ in zip(rows, range(options.trl_rows), strict=False))
        found: dict[str, list[dict[str, Any]]] = {"trl": [], "calltune": []}
        for _ in range(options.rounds):
            for contestant, file in (("trl", few), ("calltune", path)):
                found[contestant].append(run(contestant, file, options.processes))
                one = found[contestant][-1]
                print(f"{contestant:9} {one['rows']:>9,} rows in {one['seconds']:6.1f} s", flush=True)
    best = {name: max(runs, key=lambda one: one["rows"] / one["seconds"]) for name, runs in found.items()}
    speeds = {name: one["rows"] / one["seconds"] for name, one in best.items()}
    for name, one in best.items():
        print(f"{name:9} {speeds[name]:8,.0f} rows/s, {one['tokens_a_row']:,.0f} tokens a row")
    ratio = speeds["calltune"] / speeds["trl"]
    memory = best["calltune"]["resident_mib"]
    print(f"calltune / trl: {ratio:.2f}x, {best['calltune']['bad']} rows of it in quarantine")
    if len(memory) > 2:
        print(
            f"memory after 1,000 rows, half and all of them: {memory[0]}, {memory[len(memory) // 2]}, {memory[-1]} MiB"
        )
    return {"rows_per_s": speeds, "ratio": ratio, **best}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        job = json.loads(sys.argv[2])
        worker = {"trl": prepare_trl, "calltune": prepare_calltune}[job["contestant"]]
        print(json.dumps(worker(Path(job["path"]), Path(job["folder"]), job["processes"])))
    else:
        import tyro

        main(tyro.cli(Options, description=__doc__))
