"""The demo's flow, with scripted engines in place of the model; the real one is the slow test at the end."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from calltune.contract import Toolset
from calltune.demo import command
from calltune.demo.command import DemoConfig, DemoReport, command_line, demo
from calltune.errors import ConfigError
from calltune.evaluate.command import EvalConfig
from calltune.evaluate.rows import eval_rows
from calltune.generate import ScriptedEngine
from calltune.train.config import TrainConfig

WRONG = '<tool_call>{"name": "set_priority", "arguments": {"ticket": "204417", "priority": "urgent"}}</tool_call>'
EVALUATE = command.evaluate

Answer = Callable[[dict[str, Any]], str]


def gold(expected: dict[str, Any]) -> str:
    """The expected turn, as a model writes it."""
    calls = [{key: call["function"][key] for key in ("name", "arguments")} for call in expected.get("tool_calls") or ()]
    return "\n".join(f"<tool_call>{json.dumps(call)}</tool_call>" for call in calls) or expected["content"]


def scripted(monkeypatch: pytest.MonkeyPatch, *, before: Answer, after: Answer) -> None:
    """Leave training out, and answer as told."""

    def no_training(config: TrainConfig, *, console: Console) -> Any:
        config.check()
        assert config.out.parent.is_dir() and Path(config.data).is_file()
        return SimpleNamespace(finished=True, show=lambda console: None)

    def answered(config: EvalConfig, *, console: Console) -> Any:
        rows, _ = eval_rows(config.data, tools=Toolset.load(str(config.tools)))
        engines = [ScriptedEngine([answer(row.expected) for row in rows]) for answer in (after, before)]
        return EVALUATE(config, console=console, engine=engines[0], compare_engine=engines[1])

    monkeypatch.setattr(command, "train", no_training)
    monkeypatch.setattr(command, "evaluate", answered)


def run(folder: Path, **options: Any) -> tuple[DemoReport, str]:
    console = Console(file=StringIO(), width=200)
    report = demo(DemoConfig(out=folder, **options), console=console)
    report.show(console)
    return report, console.file.getvalue()  # type: ignore[attr-defined]


SMALL = {"rows": 24, "eval_rows": 24}


def test_the_demo_shows_every_step_as_a_command_and_ends_with_before_and_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripted(monkeypatch, before=lambda expected: WRONG, after=gold)
    report, text = run(tmp_path / "demo", **SMALL)
    for name in ("tools", "check", "train", "eval", "chat", "inspect"):
        assert f"calltune {name} " in text
    assert "$ python -m calltune.demo.conversations" in text and "--rows 24 --test-rows 24" in text
    found = report.to_json()
    assert list(found)[-2:] == ["before", "after"]
    assert found["before"]["metrics"]["call_exact"]["value"] == 0.0
    assert found["after"]["metrics"]["call_exact"]["value"] == 1.0
    assert report.exit_code == 0
    assert json.loads((tmp_path / "demo" / "demo.json").read_text()) == found
    assert json.dumps(found, allow_nan=False)


def test_the_rejected_call_is_one_that_the_untuned_model_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, before=lambda expected: WRONG, after=gold)
    report, text = run(tmp_path / "demo", **SMALL)
    assert report.rejected.source == "before tuning"
    assert {problem.kind for problem in report.rejected.outcome.problems} == {"pattern", "not_in_enum"}
    assert report.accepted is not None and report.accepted.outcome.decision == "calls"
    assert "204417" in text and "urgent" in text


def test_a_call_broken_by_hand_is_labelled_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, before=lambda expected: "I cannot help.", after=gold)
    report, text = run(tmp_path / "demo", **SMALL)
    assert report.rejected.source.startswith("made by hand")
    assert report.rejected.outcome.decision == "rejected"
    assert "made by hand" in text


def test_a_model_that_did_not_get_better_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, before=lambda expected: WRONG, after=lambda expected: WRONG)
    report, text = run(tmp_path / "demo", **SMALL)
    assert report.exit_code == 1 and report.accepted is None
    assert "not better" in text


def test_a_second_run_replaces_the_first_and_keeps_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, before=lambda expected: WRONG, after=gold)
    folder = tmp_path / "demo"
    run(folder, **SMALL)
    (folder / "notes.txt").write_text("mine")
    (folder / "run").mkdir()
    (folder / "run" / "old").write_text("old")
    _, text = run(folder, **SMALL)
    assert "replaced" in text
    assert (folder / "notes.txt").read_text() == "mine"
    assert not (folder / "run" / "old").exists()


def test_a_folder_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match=r"thesis\.txt"):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(ConfigError, match="is a file"):
        run(tmp_path / "thesis.txt")


def test_options_that_make_no_sense_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"(?s)--rows.*--eval-rows.*--steps"):
        run(tmp_path / "demo", rows=0, eval_rows=0, steps=-1)
    assert not (tmp_path / "demo").exists()


def test_a_training_that_was_stopped_stops_the_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, before=lambda expected: WRONG, after=gold)
    stopped = SimpleNamespace(finished=False, show=lambda console: None)
    monkeypatch.setattr(command, "train", lambda config, console: stopped)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "demo", **SMALL)


def test_the_command_shown_makes_the_configuration_that_is_run() -> None:
    from calltune.cli import parse

    config = EvalConfig(
        model="my run", compare="base", data="test.jsonl", tools="tools.json", out=Path("eval"), limit=5
    )
    line = command_line("eval", config)
    assert parse("eval", shlex.split(line)[2:])[0] == config


@pytest.mark.slow
def test_the_embedded_model_learns_the_help_desk(tmp_path: Path) -> None:
    report, _ = run(tmp_path / "demo", steps=60, eval_rows=60)
    assert report.exit_code == 0
    assert report.evaluation.before is not None
    before, after = (side.metrics() for side in (report.evaluation.before, report.evaluation.after))
    for name, gain in (("tool_name", 0.2), ("call_exact", 0.1)):
        assert (after[name].value or 0) >= (before[name].value or 0) + gain, name
