"""The whole evaluation with engines that replay: numbers, files, gate and warnings."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.contract import Tool, Toolset
from calltune.errors import ConfigError, ContractError, DataError
from calltune.evaluate import EvalConfig, EvalReport, evaluate, metrics
from calltune.evaluate.rows import eval_rows
from calltune.evaluate.run import predict
from calltune.generate import Completion, Request, ScriptedEngine
from calltune.train import TrainConfig
from calltune.train.run_folder import ADAPTER, describe

TOOL = Tool(
    name="get_weather",
    description="Weather.",
    parameters={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
TIME = Tool(name="get_time", description="Time.")


def call(name: str, arguments: dict[str, Any]) -> str:
    return f"<tool_call>{json.dumps({'name': name, 'arguments': arguments})}</tool_call>"


def row(question: str, *turns: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, *turns]}


def calls(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"role": "assistant", "content": "", "tool_calls": [{"id": "1", "type": "function", "function": function}]}


ROWS = [
    row(
        "Paris?",
        calls("get_weather", {"city": "Paris"}),
        {"role": "tool", "tool_call_id": "1", "content": "sunny"},
        {"role": "assistant", "content": "Sunny."},
    ),
    row("Rome?", calls("get_weather", {"city": "Rome"})),
    row("What time is it?", calls("get_time", {})),
    row("Sing!", {"role": "assistant", "content": "I cannot sing."}),
]
BAD = row("Oslo?", calls("get_weather", {"town": "Oslo"}))
RIGHT = [
    call("get_weather", {"city": "Paris"}),
    "It is sunny.",
    call("get_weather", {"city": "Rome"}),
    call("get_time", {}),
    "No.",
]
WRONG = [
    call("get_weather", {"city": "Paris"}),
    call("get_time", {}),
    call("get_weather", {"town": "Rome"}),
    "I do not know.",
    '<tool_call>{"name": "get_we',
]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(r) + "\n" for r in [*ROWS, BAD]), encoding="utf-8")
    Toolset([TOOL, TIME]).save(tmp_path / "tools.json")
    return tmp_path


def run(files: Path, *scripts: list[Any], **options: Any) -> tuple[EvalReport, str]:
    config = EvalConfig(
        **{"model": "tuned", "data": str(files / "rows.jsonl"), "tools": str(files / "tools.json")} | options
    )
    console = Console(file=io.StringIO(), width=160)
    engines = [ScriptedEngine(script) for script in scripts]
    before = engines[0] if len(engines) == 2 else None
    report = evaluate(config, console=console, engine=engines[-1], compare_engine=before)
    report.show(console)
    return report, console.file.getvalue()  # type: ignore[attr-defined]


def test_every_metric_has_its_value_its_interval_and_its_own_n(files: Path) -> None:
    report, shown = run(files, WRONG)
    result = report.to_json()
    assert result["n"] == 5
    metrics = result["metrics"]
    assert list(metrics) == ["parsed", "decision", "tool_name", "schema_valid", "arguments_exact", "call_exact"]
    assert all(set(metric) == {"value", "low", "high", "n"} for metric in metrics.values())
    assert {name: (m["value"], m["n"]) for name, m in metrics.items()} == {
        "parsed": (4 / 5, 5),
        "decision": (2 / 5, 5),
        "tool_name": (2 / 3, 3),
        "schema_valid": (2 / 4, 4),
        "arguments_exact": (1 / 3, 3),
        "call_exact": (1 / 3, 3),
    }
    assert result["confusion"] == {
        "call": {"call": 2, "text": 1, "malformed": 0},
        "text": {"call": 1, "text": 0, "malformed": 1},
    }
    assert result["skipped"]["bad_rows"] == 1
    assert report.exit_code == 0
    assert "4 turns are not as expected; the first 3:" in shown
    assert "1 rows break their own contract and were left out." in shown
    json.dumps(result, allow_nan=False)


def test_two_models_on_the_same_rows_give_before_after_and_a_test(files: Path) -> None:
    report, shown = run(files, WRONG, RIGHT, compare="base")
    result = report.to_json()
    assert result["before"]["metrics"]["call_exact"]["value"] == pytest.approx(1 / 3)
    assert result["after"]["metrics"]["call_exact"]["value"] == 1
    assert result["mcnemar"]["call_exact"] == {"gained": 2, "lost": 0, "n": 3, "p": 0.5}
    assert "before: base" in shown and "after: tuned" in shown and "+66.7" in shown


def test_the_gate_decides_the_exit_code(files: Path) -> None:
    assert run(files, RIGHT, fail_under=1.0)[0].exit_code == 0
    report, shown = run(files, WRONG, fail_under=0.9)
    assert report.exit_code == 1
    assert "gate not reached" in shown and "33.3 %" in shown and "90.0 %" in shown


def test_a_gate_without_a_call_to_measure_is_not_passed(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps(ROWS[3]), encoding="utf-8")
    Toolset([TOOL, TIME]).save(tmp_path / "tools.json")
    assert run(tmp_path, ["No."], fail_under=0.0)[0].exit_code == 1


def test_turns_and_limit_choose_what_is_asked(files: Path) -> None:
    assert run(files, [RIGHT[0], *RIGHT[2:]], turns="first")[0].to_json()["n"] == 4
    assert run(files, RIGHT[1:], turns="last")[0].to_json()["n"] == 4
    assert run(files, RIGHT[:2], limit=2)[0].to_json()["n"] == 2


def test_a_turn_that_is_not_learned_is_not_asked_for(tmp_path: Path) -> None:
    wrong = {**calls("get_weather", {"town": "Oslo"}), "train": False}
    told = {"role": "tool", "tool_call_id": "1", "content": "Nothing was run, because of this: ..."}
    corrected = row("Oslo?", wrong, told, calls("get_weather", {"city": "Oslo"}))
    (tmp_path / "rows.jsonl").write_text(json.dumps({**corrected, "tools": [TOOL.to_openai()]}), encoding="utf-8")
    rows, skipped = eval_rows(str(tmp_path / "rows.jsonl"), tools=None)
    assert [len(one.request.messages) for one in rows] == [3] and not skipped.bad_rows


def test_the_prompt_is_what_stands_before_the_turn(files: Path) -> None:
    engine = ScriptedEngine(RIGHT)
    config = EvalConfig(model="m", data=str(files / "rows.jsonl"), tools=str(files / "tools.json"))
    evaluate(config, console=Console(file=io.StringIO()), engine=engine)
    assert [len(request.messages) for request in engine.requests] == [1, 3, 1, 1, 1]
    assert [t["function"]["name"] for t in engine.requests[0].tools] == ["get_weather", "get_time"]


def test_predictions_are_written_with_the_verdict_even_where_a_text_is_no_unicode(files: Path) -> None:
    strange = ["\ud800", '<tool_call>{"name": "get_time", "arguments": {"a": NaN}}</tool_call>', *WRONG[2:]]
    report, _ = run(files, WRONG, strange, compare="base", out=files / "out")
    lines = (files / "out" / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    written = [json.loads(line, parse_constant=pytest.fail) for line in lines]
    assert [line["id"].rsplit("#")[1] for line in written] == ["1", "3", "1", "1", "1"]
    assert written[0]["predicted"]["text"] == "\ud800"
    assert written[1]["verdict"]["decision"] == "rejected"
    assert written[2]["expected"]["tool_calls"] and written[2]["score"]["call_exact"] is False
    assert all(path.is_file() for path in report.files) and len(report.files) == 3
    assert json.loads((files / "out" / "report.json").read_text(encoding="utf-8"))["n"] == 5


def test_a_completion_that_was_cut_off_is_malformed(files: Path) -> None:
    cut = [Completion(text, finish_reason="length") for text in RIGHT]
    report, _ = run(files, cut)
    assert report.to_json()["metrics"]["parsed"]["value"] == 0
    assert report.to_json()["metrics"]["decision"]["value"] == 0


def test_a_file_in_which_no_row_can_be_used_says_why(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps(BAD), encoding="utf-8")
    Toolset([TOOL]).save(tmp_path / "tools.json")
    with pytest.raises(DataError, match="no row can be evaluated") as caught:
        run(tmp_path, [])
    assert "line 1:" in str(caught.value) and "calltune check" in str(caught.value)


def test_a_folder_that_cannot_be_made_is_found_out_before_the_model_is_asked(files: Path) -> None:
    (files / "file").touch()
    with pytest.raises(ConfigError, match="cannot be made"):
        run(files, [], out=files / "file" / "out")


def test_all_wrong_options_are_reported_at_once(files: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        run(files, [], limit=0, max_tokens=0, fail_under=90.0, temperature=-1.0)
    assert len(caught.value.faults) == 4


@pytest.mark.parametrize("name", ["api_bank.jsonl", "bfcl_parallel_multiple.jsonl", "glaive_demo_en.jsonl"])
def test_the_expected_turns_of_real_data_score_full_marks(shared: Path, name: str) -> None:
    rows, _ = eval_rows(str(shared / "data" / name), tools=None, limit=150)
    answers = iter(rows)

    def oracle(request: Request) -> str:
        message = next(answers).expected
        written = [call(c["function"]["name"], c["function"]["arguments"]) for c in message.get("tool_calls") or ()]
        return "\n".join([message.get("content") or "", *reversed(written)])

    predictions = predict(rows, ScriptedEngine(oracle))
    assert {m.value for m in metrics([p.score for p in predictions]).values() if m.n} == {1.0}
    assert {p.outcome.decision for p in predictions} <= {"calls", "reply"}


@pytest.fixture
def run_folder(files: Path) -> Path:
    """A run that was trained when the weather took a town."""
    parameters = {"type": "object", "properties": {"city": {"enum": ["Paris", "Rome", "Oslo"]}, "day": {}}}
    config = TrainConfig(data="d", tools="tools.json", out=files / "run")
    resolved = {"model": {"name": "base"}, "template": "calltune", "thinking": "off", "format": "hermes"}
    trained = Tool(name="get_weather", description="Weather.", parameters=parameters)
    describe(config, resolved, {}, Toolset([trained, TIME]))
    (config.out / ADAPTER).touch()
    return config.out


def test_another_contract_than_the_one_trained_on_is_told_before_and_after(files: Path, run_folder: Path) -> None:
    report, shown = run(files, RIGHT, model=str(run_folder))
    assert "get_weather: argument day is gone" in report.warnings
    assert shown.count("get_weather: argument day is gone") == 2
    assert not run(files, RIGHT, model=str(run_folder), drift="allow")[0].warnings


def test_another_contract_is_refused_where_that_is_asked_for(files: Path, run_folder: Path) -> None:
    with pytest.raises(ContractError, match=r"argument day is gone[\s\S]*calltune diff .*run .*tools\.json"):
        run(files, RIGHT, model=str(run_folder), drift="refuse")


def test_another_contract_than_the_one_of_the_run_before_is_told_with_its_name(files: Path, run_folder: Path) -> None:
    report, _ = run(files, WRONG, RIGHT, compare=str(run_folder))
    assert f"{run_folder}: get_weather: argument day is gone" in report.warnings


def test_tools_that_rows_bring_are_compared_once_however_they_are_mixed(files: Path, run_folder: Path) -> None:
    other = Tool(name="get_time", description="Another time.", parameters=TOOL.parameters)
    mixed = [[TOOL, TIME], [TIME, TOOL], [other], [TOOL, other], [TIME]]
    rows = [{**row(str(i), calls("x", {})), "tools": Toolset(tools).to_openai()} for i, tools in enumerate(mixed)]
    for one, tools in zip(rows, mixed, strict=True):
        one["messages"][1] = calls(tools[0].name, {} if tools[0] is TIME else {"city": "Oslo"})
    (files / "mixed.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    report, _ = run(files, ["No."] * 5, model=str(run_folder), tools=None, data=str(files / "mixed.jsonl"))
    assert [warning for warning in report.warnings if warning.startswith("get_time")] == [
        "get_time: new required argument city (string)",
        'get_time: description "Another time.", was "Time."',
    ]
    assert not any("order" in warning for warning in report.warnings)
