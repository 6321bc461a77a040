"""`calltune leaks`: does training see what it is tested on? In: training rows, test rows, block lists of questions that
must not be trained on. Out: a `LeakReport`, and on request the rows without leaks. What users say is compared, the
calls beside it. The tested side is kept in memory, the training rows stream by: a million of them cost no memory.
A paraphrase in other words is not found."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from tyro.conf import Positional, UseAppendAction

from calltune.data.blocklist import find_list, read_questions
from calltune.data.command import progress_bar
from calltune.data.leak_report import LeakReport
from calltune.data.near import has_library
from calltune.data.read import read_rows
from calltune.data.source import find_source
from calltune.data.tested import Tested
from calltune.data.write import LineWriter, refuse_outputs_over_inputs
from calltune.errors import ConfigError, MissingExtraError

NEAR = 0.8


@dataclass(frozen=True, kw_only=True)
class LeaksConfig:
    """Find test rows, and questions of benchmarks, that stand in the training rows: the same, almost the same, or an
    earlier turn of the same dialogue."""

    train: Positional[str]
    """The rows to train on: a file, a folder or a Hugging Face dataset."""
    test: Positional[str | None] = None
    """The rows to test on."""
    against: UseAppendAction[tuple[str, ...]] = ()
    """Questions that must not be trained on, once for each list: a file or folder of rows, of benchmark items with a
    `question`, or of text (.txt, one question a line); `bfcl` where the package bfcl-eval is installed,
    `when2call` where the dataset nvidia/When2Call was downloaded."""
    near: float = NEAR
    """From which similarity (Jaccard, 5-grams of characters of what users say) rows are near-duplicates, 0.5 to 1; 1
    switches it off."""
    clean: Path | None = None
    """Write the test rows without leaks to this file, as they are."""
    clean_train: Path | None = None
    """Write the training rows that hold no question of a block list to this file, as they are."""
    show: int = 10
    """How many leaks to print."""
    max_leaks: int = 1000
    """How many leaks to list with --json; all of them are counted."""


def leaks(config: LeaksConfig, *, console: Console) -> LeakReport:
    """Compare the rows and write the files asked for. Raises DataError where something cannot be read or written."""
    _refuse(config)
    if config.near < 1 and not has_library():
        raise MissingExtraError("rensa", "data")
    outputs = [path for path in (config.clean, config.clean_train) if path is not None]
    for name in filter(None, (config.train, config.test)):
        refuse_outputs_over_inputs(find_source(name), outputs)
    for name in config.against:
        refuse_outputs_over_inputs(find_list(name), outputs)
    return compare(config, console=console)


def compare(config: LeaksConfig, *, console: Console) -> LeakReport:
    """`leaks` without its questions before: near-duplicates are left out where the library is not there."""
    began = time.monotonic()
    tested = Tested(config.near if has_library() else 1.0)
    unread: list[str] = []
    with progress_bar(console) as bar, ExitStack() as stack:
        total = 1 + len(config.against) + (config.test is not None) * (1 + (config.clean is not None))
        task = bar.add_task("comparing", total=float(total))

        def progress() -> Callable[[float], None]:
            done = float(bar.tasks[task].completed)
            return lambda share: bar.update(task, completed=done + share)

        if config.test is not None:
            for row in read_rows(config.test, on_progress=progress()):
                tested.add_row(row)
        for name in config.against:
            for question in read_questions(name, progress()):
                if question.fault:
                    unread.append(question.fault)
                else:
                    tested.add(question.source, question.line, question.messages, blocked=name)
        to_train = stack.enter_context(LineWriter(config.clean_train)) if config.clean_train else None
        rows = 0
        for row in read_rows(config.train, on_progress=progress()):
            rows += 1
            blocked = tested.meet(row)
            if to_train is not None and not blocked:
                to_train.write(row.raw)
        clean = None
        if config.clean is not None and config.test is not None:
            clean = stack.enter_context(LineWriter(config.clean))
            for place, row in enumerate(read_rows(config.test, on_progress=progress())):
                if place not in tested.leaks:
                    clean.write(row.raw)
        for writer in (to_train, clean):
            if writer is not None:
                writer.publish()
    return LeakReport(
        train=config.train,
        test=config.test,
        against={name: tested.questions[name] for name in config.against},
        show_at_most=config.show,
        list_at_most=config.max_leaks,
        train_rows=rows,
        test_rows=tested.rows,
        wordless=tested.wordless,
        unread=tuple(unread),
        leaks=tested.found(),
        contact=tested.contact(),
        near=tested.near is not None or config.near == 1,
        uncompared=0 if tested.near is None else tested.near.cut,
        clean=(config.clean, 0 if clean is None else clean.lines) if config.clean else None,
        clean_train=(config.clean_train, 0 if to_train is None else to_train.lines) if config.clean_train else None,
        seconds=time.monotonic() - began,
    )


def _refuse(config: LeaksConfig) -> None:
    if config.test is None and not config.against:
        raise ConfigError(
            "there is nothing to compare the training rows with.",
            hint=f"Type: calltune leaks {config.train} TEST.jsonl   or add --against bfcl",
        )
    if not 0.5 <= config.near <= 1:
        raise ConfigError(f"near must be between 0.5 and 1, got {config.near}.", hint="--near 0.8 is a good value.")
    if config.clean is not None and config.test is None:
        raise ConfigError("clean writes test rows, and there are none.", hint="Name them after the training rows.")
    if config.clean_train is not None and not config.against:
        raise ConfigError(
            "clean-train leaves out questions of a block list, and there is none.",
            hint="Add --against bfcl, or a file.",
        )
    if config.test is not None and Path(config.train).exists() and Path(config.test).exists():
        both = {file.resolve() for file in find_source(config.train).files}
        if not both.isdisjoint(file.resolve() for file in find_source(config.test).files):
            raise ConfigError(f"{config.train} and {config.test} are the same rows.")
