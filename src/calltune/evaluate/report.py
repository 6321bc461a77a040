"""What an evaluation found. In: scored predictions of one model, or of two on the same rows. Out: JSON, and a table
for people."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calltune.contract.sentences import printable
from calltune.evaluate.run import Prediction, last_question
from calltune.evaluate.scoring import METRICS
from calltune.evaluate.statistics import Metric, confusion, mcnemar, metrics
from calltune.guard.outcome import shorten

if TYPE_CHECKING:
    from rich.console import Console

LABELS = {
    "parsed": "parsed",
    "decision": "call or text",
    "tool_name": "tool name",
    "schema_valid": "follows the schema",
    "arguments_exact": "arguments exact",
    "call_exact": "call exact",
}
SHOWN_FAILURES = 3


@dataclass(frozen=True, kw_only=True)
class Side:
    """One model on the rows."""

    model: str
    """Its name."""
    predictions: Sequence[Prediction]
    """In the order of the rows."""
    seen_tools: frozenset[str] | None = None
    """Names of the tools it was trained on; None when that is not known."""
    time_s: float = 0.0
    """Time spent generating."""

    def metrics(self) -> dict[str, Metric]:
        """Over all rows."""
        return metrics([p.score for p in self.predictions])

    def slices(self) -> dict[str, Sequence[Prediction]]:
        """Rows whose expected calls all go to tools seen in training, and rows with a call to one that was not."""
        seen_tools = self.seen_tools
        if seen_tools is None:
            return {}
        called = {
            id(p): {c["function"]["name"] for c in p.row.expected.get("tool_calls") or ()} for p in self.predictions
        }
        seen = [p for p in self.predictions if called[id(p)] and called[id(p)] <= seen_tools]
        unseen = [p for p in self.predictions if called[id(p)] - seen_tools]
        return {"seen_tools": seen, "unseen_tools": unseen}

    def to_json(self) -> dict[str, Any]:
        """`n`, `metrics`, confusion and slices."""
        return {
            "model": self.model,
            "n": len(self.predictions),
            "metrics": _json(self.metrics()),
            "confusion": confusion([p.score for p in self.predictions]),
            "slices": {
                name: {"n": len(part), "metrics": _json(metrics([p.score for p in part]))}
                for name, part in self.slices().items()
            },
            "time_s": round(self.time_s, 3),
        }


@dataclass(frozen=True, kw_only=True)
class EvalReport:
    """The result of `calltune eval`."""

    data: str
    """What was evaluated on."""
    after: Side
    """The model asked for."""
    before: Side | None = None
    """The model compared with."""
    skipped: dict[str, Any] = field(default_factory=dict)
    """Rows that were left out, and why."""
    warnings: tuple[str, ...] = ()
    """What makes the numbers doubtful."""
    fail_under: float | None = None
    """The gate on `call_exact`."""
    files: tuple[Path, ...] = ()
    """Files written."""
    tools: str | None = None
    """The contract given, for the next command."""

    @property
    def passed(self) -> bool:
        """`call_exact` reaches the gate, if there is one. A gate with no call to measure is not passed."""
        if self.fail_under is None:
            return True
        value = self.after.metrics()["call_exact"].value
        return value is not None and value >= self.fail_under

    @property
    def exit_code(self) -> int:
        """1 when the gate is not reached."""
        return 0 if self.passed else 1

    def mcnemar(self) -> dict[str, dict[str, Any]]:
        """For each metric, the exact test on the rows that changed."""
        assert self.before is not None
        pairs = [self.before.predictions, self.after.predictions]
        return {name: mcnemar(*([getattr(p.score, name) for p in side] for side in pairs)) for name in METRICS}

    def to_json(self) -> dict[str, Any]:
        """`n` and `metrics`; with two models the same under `before` and `after`, and `mcnemar`."""
        common = {
            "data": self.data,
            "skipped": self.skipped,
            "warnings": list(self.warnings),
            "fail_under": self.fail_under,
            "passed": self.passed,
            "files": [str(path) for path in self.files],
        }
        if self.before is None:
            return self.after.to_json() | common
        both = {"before": self.before.to_json(), "after": self.after.to_json(), "mcnemar": self.mcnemar()}
        return {"n": len(self.after.predictions)} | both | common

    def show(self, console: Console) -> None:
        """A table, the first failures, what to do next."""
        console.print(self._table())
        console.print(f"  {self.after.time_s:.1f} s of generation")
        self._show_confusion(console)
        for name, part in self.after.slices().items():
            exact = metrics([p.score for p in part])["call_exact"]
            if exact.n:
                console.print(f"  {name.replace('_', ' ')}: call exact {_interval(exact)}, n={exact.n}")
        self._show_failures(console)
        left_out = self.skipped.get("bad_rows", 0)
        if left_out:
            console.print(f"[yellow]{left_out} rows break their own contract and were left out.[/]")
            console.print(f"  To see them, type: calltune check --data {self.data}{self._tools}", markup=False)
        for warning in self.warnings:
            console.print(f"[yellow]warning:[/] {_escape(warning)}")
        for path in self.files:
            console.print(f"written: {path}", markup=False)
        self._show_next(console)

    def _table(self) -> Any:
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        after = self.after.metrics()
        title = f"{len(self.after.predictions)} turns of {self.data}: share in %, with its 95 % interval"
        table = Table(
            title=_escape(title),
            title_justify="left",
            box=SIMPLE_HEAD,  # with collapsed padding, all six columns fit into 80 characters
            show_edge=False,
            pad_edge=False,
            collapse_padding=True,
        )
        if self.before is None:
            for heading in ("", _escape(self.after.model), "n"):
                table.add_column(heading, justify="right" if heading else "left")
            for name in METRICS:
                table.add_row(LABELS[name], _interval(after[name]), str(after[name].n))
            return table
        before, tests = self.before.metrics(), self.mcnemar()
        for heading in ("", "before", "after", "change", "p", "n"):
            table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
        for name in METRICS:
            change = _change(before[name], after[name])
            values = [_interval(before[name]), _interval(after[name]), change, _p(tests[name]), str(tests[name]["n"])]
            table.add_row(LABELS[name], *values)
        table.caption = _escape(f"before: {self.before.model}\nafter: {self.after.model}\np: McNemar's exact test")
        table.caption_justify = "left"
        return table

    def _show_confusion(self, console: Console) -> None:
        for expected, row in confusion([p.score for p in self.after.predictions]).items():
            if sum(row.values()):
                parts = ", ".join(f"{count} {kind}" for kind, count in row.items() if count)
                console.print(f"  {'a call' if expected == 'call' else 'text'} expected: {parts}")

    def _show_failures(self, console: Console) -> None:
        failures = [p for p in self.after.predictions if p.failed]
        if not failures:
            return
        console.print(f"\n{len(failures)} turns are not as expected; the first {min(SHOWN_FAILURES, len(failures))}:")
        for prediction in failures[:SHOWN_FAILURES]:
            console.print(f"  {prediction.row.id}: {shorten(last_question(prediction.row), 120)}", markup=False)
            console.print(f"    expected  {shorten(expected_text(prediction.row.expected))}", markup=False)
            console.print(f"    got       {shorten(prediction.completion.text)}", markup=False)
            for problem in prediction.outcome.problems[:2]:
                console.print(f"    guard     {printable(problem.message)}", markup=False)

    @property
    def _tools(self) -> str:
        return f" --tools {shlex.quote(self.tools)}" if self.tools else ""

    def _show_next(self, console: Console) -> None:
        if not self.passed:
            value = self.after.metrics()["call_exact"].value
            console.print(
                f"[bold red]gate not reached:[/] call exact {_percent(value)}, asked for {_percent(self.fail_under)}"
            )
        if not self.files and any(p.failed for p in self.after.predictions):
            console.print("Next: to see every turn with its verdict, add  --out FOLDER", markup=False)
        elif self.tools or self.after.seen_tools is not None:
            console.print(f"Next: talk to it with  calltune chat --model {self.after.model}{self._tools}", markup=False)


def expected_text(message: dict[str, Any]) -> str:
    """An assistant message in one line: its calls, or its text."""
    calls = message.get("tool_calls") or ()
    if not calls:
        return str(message.get("content") or "")
    return " ".join(f"{c['function']['name']}({shorten(c['function']['arguments'])})" for c in calls)


def _json(values: dict[str, Metric]) -> dict[str, Any]:
    return {name: metric.to_json() for name, metric in values.items()}


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def _interval(metric: Metric) -> str:
    if metric.value is None or metric.low is None or metric.high is None:
        return "-"
    return f"{100 * metric.value:.1f} ({100 * metric.low:.1f}-{100 * metric.high:.1f})"


def _change(before: Metric, after: Metric) -> str:
    if before.value is None or after.value is None:
        return "-"
    return f"{100 * (after.value - before.value):+.1f}"


def _p(test: dict[str, Any]) -> str:
    if not test["n"]:
        return "-"
    return "<.0001" if test["p"] < 0.0001 else f"{test['p']:.4f}"


def _escape(text: str) -> str:
    from rich.markup import escape

    return escape(text)
