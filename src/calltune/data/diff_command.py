"""`calltune diff`: what changed from one contract to another, for whom it breaks, which rows it touches and what to
retrain. In: a `DiffConfig`. Out: a `DiffReport`. Writes nothing."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from rich.console import Console
from rich.text import Text
from tyro.conf import Positional

from calltune.contract.change import Change
from calltune.contract.diff import Diff, diff
from calltune.contract.drift import load_contract
from calltune.contract.json_text import clip_repr
from calltune.contract.sentences import listed, printable
from calltune.data.command import progress_bar
from calltune.data.touched import Touched, touched
from calltune.errors import ConfigError

MOST_SHOWN = 200
"""Changes printed; --json has all."""
_STYLES = {"callers": "red", "model": "yellow", "nothing": "green"}
_UNSEEN = ("tool-added", "argument-added", "argument-required", "enum-value-added", "alternative-added")
"""What rows made for the old contract cannot show."""
_RENAMED = ("tool-renamed", "argument-renamed")


@dataclass(frozen=True, kw_only=True)
class DiffConfig:
    """Compare two contracts: what breaks for callers, what breaks for a trained model."""

    old: Positional[str]
    """The contract as it was: anything that `calltune tools` reads, or a run folder (what it was trained on)."""
    new: Positional[str]
    """The contract as it is to be."""
    data: str | None = None
    """Conversations made for the old contract: say which rows break the new one, and what to retrain."""
    fail_on: Literal["callers", "model", "none"] = "model"
    """Exit with 1 for what breaks callers; for that and what breaks only a trained model; or never."""
    show: int = 20
    """How many bad rows to print."""


@dataclass(frozen=True, kw_only=True)
class DiffReport:
    """What changed, and what follows."""

    config: DiffConfig
    found: Diff
    touched: Touched | None = None
    """None where no rows were given."""

    @property
    def exit_code(self) -> int:
        """1 where something breaks for those that `fail_on` names."""
        broken = {"callers": ("callers",), "model": ("callers", "model"), "none": ()}[self.config.fail_on]
        return int(any(change.breaks in broken for change in self.found.changes))

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        rows = None if self.touched is None else self.touched.to_json()
        return {**self.found.to_json(), "data": rows, "todo": list(self.todo())}

    def todo(self) -> Iterator[str]:
        """What to do, in order."""
        config, rows = self.config, self.touched
        both = f"{shlex.quote(config.old)} {shlex.quote(config.new)}"
        if not self.found.changes:
            yield "Nothing: the two contracts are the same."
            return
        if not any(change.breaks != "nothing" for change in self.found.changes):
            yield "Nothing to retrain: the calls and the prompt are as they were."
            return
        if rows is None:
            yield f"See which rows are touched: calltune diff {both} --data ROWS"
            return
        data = f"--tools {shlex.quote(config.new)} --data {shlex.quote(config.data or '')}"
        if rows.own_tools:
            yield f"Put the new tools into the `tools` column of {rows.own_tools:,} rows, which bring the old ones."
        if rows.broken:
            yield f"Mend {rows.broken:,} rows first, which break the new contract: calltune check {data}"
        renames = [change.sentence for change in self.found.changes if change.rule.id in _RENAMED]
        if renames and rows.broken:
            yield f"Rename in the rows: {listed(map(printable, renames), 8)}."
        unseen = [change.sentence for change in self.found.changes if change.rule.id in _UNSEEN and change.about_calls]
        if unseen:
            yield f"Add conversations that use what is new: {listed(map(printable, unseen), 8)}."
        if rows.shown:
            tools = {*self.found.other_prompt, *self.found.added, *self.found.removed}
            what = f"{len(tools):,} tool{'s' * (len(tools) != 1)} changed the prompt" if tools else "the prompt changed"
            rows_of = f"{rows.shown:,} of {rows.rows:,} rows"
            yield f"Render again and retrain: {what} of {rows_of}: calltune train {data} --out RUN"
        elif not rows.broken:
            yield "Nothing to retrain with these rows: none of them shows or calls what changed."

    def show(self, console: Console) -> None:
        """The changes by tool, the rows, and what to do."""
        for tool, changes in groupby(self.found.changes[:MOST_SHOWN], key=lambda change: change.tool):
            _say(console, Text(printable(tool) or "the list of tools", style="bold"))
            for change in changes:
                _show_change(console, change)
        if len(self.found.changes) > MOST_SHOWN:
            _say(console, Text(f"... and {len(self.found.changes) - MOST_SHOWN:,} more changes (--json)", style="dim"))
        self._show_counts(console)
        if self.touched is not None:
            self._show_rows(console, self.touched)
        todo = list(self.todo())
        _say(console, f"To do: {todo[0]}" if len(todo) == 1 else "To do:")
        for number, step in enumerate(todo if len(todo) > 1 else (), start=1):
            _say(console, f"  {number}. {step}")

    def _show_counts(self, console: Console) -> None:
        found = self.found
        if not found.changes:
            return
        kinds = {"changed": found.changed, "added": found.added, "removed": found.removed}
        tools = ", ".join(f"{len(names):,} {what}" for what, names in kinds.items() if names) or "none changed"
        counts = Counter(change.breaks for change in found.changes)
        _say(console, "")
        _say(console, f"{len(found.old)} -> {len(found.new)} tools: {tools}.")
        of = f"{counts['callers']:,} break for callers, {counts['model']:,} for the model only"
        _say(console, f"{len(found.changes):,} changes: {of}, {counts['nothing']:,} for nobody.")

    def _show_rows(self, console: Console, rows: Touched) -> None:
        _say(console, "")
        _say(
            console, f"{rows.rows:,} rows: {rows.shown:,} with another prompt, {rows.broken:,} break the new contract."
        )
        if rows.calling:
            most = [f"{name} in {count:,}" for name, count in rows.calling.items()]
            _say(console, f"Rows that call what changed: {printable(listed(most, 8))}.")
        for count, what in (
            (rows.broken_before, "rows break the old contract already"),
            (rows.other_tools, "rows bring another tool under a name of the old contract; it was left as it is"),
        ):
            if count:
                _say(console, Text(f"{count:,} {what}.", style="yellow"))
        if rows.by_kind:
            _say(console, "By kind: " + ", ".join(f"{kind} {count:,}" for kind, count in rows.by_kind.items()))
        several = len({finding.source for finding in rows.findings}) > 1
        for finding in rows.findings[: self.config.show]:
            place = f"{finding.source}:{finding.line}" if several else f"line {finding.line}"
            where = (finding.problem.pointer or "(row)", "cyan")
            line = Text.assemble((place, "bold"), " ", where, f"  {printable(finding.problem.message)}")
            _say(console, line)
        hidden = rows.problems - min(self.config.show, len(rows.findings))
        if hidden > 0:
            _say(console, Text(f"... and {hidden:,} more problems (--show N, or --json)", style="dim"))


def _show_change(console: Console, change: Change) -> None:
    rule = f"{change.rule.id:<20}"
    breaks = (f"{change.breaks:<8}", _STYLES[change.breaks])
    where = (printable(change.pointer), "cyan")
    _say(console, Text.assemble("  ", breaks, f" {rule} ", printable(change.message), "  ", where))
    if change.breaks == "callers":
        _say(console, Text(f"{'':32}{change.rule.because}", style="dim"))
    if change.witness is not None:
        text = clip_repr(change.witness.get("arguments", change.witness.get("result")), 200)
        called = f"{change.witness['name']}({text})" if "name" in change.witness else f"result {text}"
        _say(console, Text(printable(f"{'':32}such as {called}: {change.refusal}"), style="dim"))


def compare_contracts(config: DiffConfig, *, console: Console) -> DiffReport:
    """Compare, and with `data` read the rows under both contracts."""
    if config.show < 0:
        raise ConfigError(f"--show must not be negative, got {config.show}.")
    found = diff(load_contract(config.old), load_contract(config.new))
    rows = None
    if config.data is not None:
        with progress_bar(console) as bar:
            task = bar.add_task("rows", total=1.0)
            rows = touched(found, config.data, on_progress=lambda share: bar.update(task, completed=share))
    return DiffReport(config=config, found=found, touched=rows)


def _say(console: Console, text: str | Text) -> None:
    """One line as it is: no markup in names, no breaks in commands."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
