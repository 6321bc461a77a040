"""`calltune eval`: data and a model -> scores; with `--compare`, two models on the same rows.

Reads the rows, asks the model for every assistant turn with the prompt it was trained on, scores what it says.
Nothing is run.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from calltune.contract import Tool, Toolset
from calltune.contract.drift import DriftChoice, settle
from calltune.contract.sentences import printable
from calltune.errors import ConfigError, ModelError
from calltune.evaluate.report import EvalReport, Side
from calltune.evaluate.rows import EvalRow, Turns, eval_rows
from calltune.evaluate.run import predict, write_predictions
from calltune.generate import Engine, Progress, load_engine
from calltune.generate.constraint import BackendName
from calltune.generate.load import check_prefix_cache
from calltune.train.run_folder import find_run

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, kw_only=True)
class EvalConfig:
    """Score a model on conversations."""

    model: str
    """Model to score: a run folder, "base" (the embedded one), a folder, a Hugging Face name, or the address of an
    OpenAI-compatible server (http://localhost:8000/v1#model)."""
    data: str
    """Conversations: a .jsonl or .jsonl.gz file, a folder of them, or a Hugging Face dataset name."""
    tools: str | None = None
    """The contract; leave out where the rows carry their own tools."""
    compare: str | None = None
    """Score this model too, on the same rows, as "before"; for example the model that was tuned."""
    limit: int | None = None
    """At most so many turns."""
    turns: Turns = "all"
    """Which assistant turns of a conversation are asked for."""
    fail_under: float | None = None
    """Exit with 1 when the share of exact calls is below this (0.9: nine of ten)."""
    out: Path | None = None
    """Folder for predictions.jsonl (and predictions_before.jsonl) and report.json."""

    max_tokens: int = 512
    """Longest answer. One that is cut off counts as not parsed."""
    temperature: float = 0.0
    """0 is greedy, the usual way to score."""
    seed: int = 0
    """For temperatures above 0."""
    grammar: BackendName = "off"
    """Keep answers well-formed with a grammar made from the contract; off measures what the model does by itself."""
    batch_tokens: int | None = None
    """Tokens that the caches of one batch may hold; default: what fits into a quarter of the free memory."""
    prefix_cache: Path | None = None
    """Folder in which what was computed of a contract (its system text and tools, nothing of what users say) is kept
    for the next run. It grows to 4 GiB, then the longest unused goes; deleting it any time costs time, no answer."""
    template: Literal["auto", "native", "calltune"] = "auto"
    """Chat template, as in training; auto is what the run was trained with."""
    thinking: Literal["auto", "on", "off"] = "auto"
    """Whether the model may reason before it answers."""
    drift: DriftChoice = "warn"
    """A run on tools that are not those it was trained on: refuse where calls that it learned would be refused now,
    only warn (nothing runs here, and a changed contract is worth measuring), or allow it in silence."""
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    """Number format of the weights."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where to compute."""


def evaluate(
    config: EvalConfig, *, console: Console, engine: Engine | None = None, compare_engine: Engine | None = None
) -> EvalReport:
    """Score `config.model` (or the engines given) on `config.data`."""
    _check(config)
    tools = Toolset.load(config.tools) if config.tools else None
    rows, skipped = eval_rows(config.data, tools=tools, turns=config.turns, limit=config.limit)
    console.print(f"{len(rows)} turns from {config.data}", markup=False)
    warnings = _drift(config.model, config, rows)
    if config.compare:
        warnings += tuple(f"{config.compare}: {one}" for one in _drift(config.compare, config, rows))
    for warning in warnings:  # now, not after an hour of generation
        console.print(f"warning: {printable(warning)}", style="yellow", markup=False)
    before = _score(config.compare, rows, config, console, compare_engine) if config.compare else None
    after = _score(config.model, rows, config, console, engine)
    too_long = sum(prediction.completion.error is not None for prediction in after.predictions)
    if too_long:
        warnings += (f"{too_long} prompts are longer than the model's context and count as not parsed",)
    report = EvalReport(
        data=config.data,
        after=after,
        before=before,
        skipped=skipped.to_json(),
        warnings=warnings,
        fail_under=config.fail_under,
        files=_files(config),
        tools=config.tools,
    )
    _write(config, report)
    return report


def _check(config: EvalConfig) -> None:
    faults = []
    if config.limit is not None and config.limit < 1:
        faults.append(f"--limit must be at least 1, got {config.limit}")
    if config.max_tokens < 1:
        faults.append(f"--max-tokens must be at least 1, got {config.max_tokens}")
    if config.temperature < 0:
        faults.append(f"--temperature must not be negative, got {config.temperature}")
    if config.batch_tokens is not None and config.batch_tokens < 1:
        faults.append(f"--batch-tokens must be at least 1, got {config.batch_tokens}")
    if config.fail_under is not None and not 0 <= config.fail_under <= 1:
        faults.append(f"--fail-under is a share from 0 to 1, got {config.fail_under}")
    if config.out is not None and config.out.is_file():
        faults.append(f"--out is a folder, and {config.out} is a file")
    if faults:
        raise ConfigError("some options do not fit:", faults=faults)
    check_prefix_cache(config.prefix_cache, config.model, *([config.compare] if config.compare else []))
    if config.out is not None:  # found out now, not after an hour of generation
        try:
            config.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"--out {config.out} cannot be made: {error.strerror or error}.") from error
        if not os.access(config.out, os.W_OK):
            raise ConfigError(f"--out {config.out} cannot be written to.", hint="Give another --out.")


def _score(model: str, rows: Sequence[EvalRow], config: EvalConfig, console: Console, engine: Engine | None) -> Side:
    """Load, ask, score; the weights are let go before the next model is loaded."""
    if engine is None:
        console.print(f"loading {model}", markup=False)
        engine = load_engine(
            model,
            device=config.device,
            dtype=config.dtype,
            template=config.template,
            thinking=config.thinking,
            batch_tokens=config.batch_tokens,
            grammar=config.grammar,
            cache_dir=config.prefix_cache,
        )
        if notice := getattr(engine, "notice", ""):
            console.print(notice, style="yellow", markup=False)
    start = time.perf_counter()
    with _progress(console, model) as progress:
        predictions = predict(
            rows,
            engine,
            max_tokens=config.max_tokens,
            temperature=config.temperature,
            seed=config.seed,
            progress=progress,
        )
    return Side(model=model, predictions=predictions, seen_tools=_seen_tools(model), time_s=time.perf_counter() - start)


@contextmanager
def _progress(console: Console, what: str) -> Iterator[Progress]:
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(escape(what), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _seen_tools(model: str) -> frozenset[str] | None:
    run = find_run(model)
    return None if run is None or run.contract is None else frozenset(run.contract.names)


def _drift(model: str, config: EvalConfig, rows: Sequence[EvalRow]) -> tuple[str, ...]:
    """Tools that are not those trained on: their scores are not those of the model as trained."""
    run = find_run(model)
    if run is None:
        return ()
    given = list({row.toolset.fingerprint: row.toolset for row in rows}.values())
    together = given if len(given) == 1 else _merged(given)
    changes = [change for toolset in together for change in run.drift(toolset, ordered=len(given) == 1)]
    return settle(changes, config.drift, model=model, contract=config.tools)


def _merged(toolsets: Sequence[Toolset]) -> list[Toolset]:
    """As few toolsets as hold every tool of the rows: thousands of rows mix a few hundred tools in as many ways."""
    merged: list[dict[str, Tool]] = []
    for tool in {tool.fingerprint: tool for toolset in toolsets for tool in toolset}.values():
        room = next((tools for tools in merged if tool.name not in tools), None)
        if room is None:
            merged.append(room := {})
        room[tool.name] = tool
    return [Toolset(tools.values()) for tools in merged]


def _files(config: EvalConfig) -> tuple[Path, ...]:
    if config.out is None:
        return ()
    names = ["predictions.jsonl", *(["predictions_before.jsonl"] if config.compare else []), "report.json"]
    return tuple(config.out / name for name in names)


def _write(config: EvalConfig, report: EvalReport) -> None:
    if config.out is None:
        return
    try:
        config.out.mkdir(parents=True, exist_ok=True)
        write_predictions(config.out / "predictions.jsonl", report.after.predictions)
        if report.before is not None:
            write_predictions(config.out / "predictions_before.jsonl", report.before.predictions)
        text = json.dumps(report.to_json(), ensure_ascii=False, indent=2)
        (config.out / "report.json").write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ModelError(f"{config.out} cannot be written: {error.strerror or error}") from error
