"""`calltune diff`: exit codes, the rows that a change touches, and what to do about it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.cli import main
from calltune.contract import Tool, Toolset
from calltune.data.diff_command import DiffConfig, DiffReport, compare_contracts
from calltune.data.read import read_rows
from calltune.errors import CalltuneError, ConfigError

EXAMPLE = Path(__file__).parents[2] / "examples" / "drift"


def compared(old: Path, new: Path, **options: Any) -> tuple[DiffReport, str]:
    console = Console(file=io.StringIO(), width=200)
    report = compare_contracts(DiffConfig(old=str(old), new=str(new), **options), console=console)
    report.show(console)
    json.dumps(report.to_json())
    return report, console.file.getvalue()  # type: ignore[attr-defined]


def saved(path: Path, *tools: Tool) -> Path:
    Toolset(tools).save(path)
    return path


def tool(name: str = "play", description: str = "Plays.", **properties: Any) -> Tool:
    return Tool(name=name, description=description, parameters={"type": "object", "properties": properties})


def write(path: Path, *rows: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def row(name: str, arguments: Any, tools: Any = None) -> dict[str, Any]:
    call = {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}
    answer = {"role": "assistant", "content": "", "tool_calls": [call]}
    plain = {"messages": [{"role": "user", "content": json.dumps([name, arguments])}, answer]}
    return plain if tools is None else {**plain, "tools": tools}


def test_the_example_says_what_breaks_for_whom_and_what_to_do() -> None:
    data = str(EXAMPLE / "conversations.jsonl")
    report, shown = compared(EXAMPLE / "before.yaml", EXAMPLE / "after.yaml", data=data)
    assert report.exit_code == 1
    assert {change.rule.id for change in report.found.breaking("callers")} == {
        "limit-tightened",
        "enum-value-removed",
        "argument-required",
        "argument-renamed",
        "returns-widened",
        "tool-renamed",
        "tool-removed",
    }
    assert {change.rule.id for change in report.found.breaking("model")} == {
        "enum-value-added",
        "description-changed",
        "tool-added",
    }
    assert report.touched is not None
    assert (report.touched.rows, report.touched.shown, report.touched.broken) == (7, 7, 6)
    assert report.touched.uncalled == ("cancel_alert",)
    for part in (
        'such as get_forecast({"city": "text", "days": 14}): days must be at most 7; got 14.',
        "/parameters/properties/days/maximum",
        "Mend 6 rows first",
        "line 2 /messages/1/tool_calls/0/function/arguments/days  days must be at most 7; got 14.",
        "5 tools changed the prompt of 7 of 7 rows",
    ):
        assert part in shown


def test_the_documentation_shows_what_the_command_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLE.parents[1])
    files = (Path("examples/drift") / name for name in ("before.yaml", "after.yaml", "conversations.jsonl"))
    old, new, data = files
    shown = [line.rstrip() for line in compared(old, new, data=str(data))[1].strip().splitlines()]
    assert "\n".join(shown) in Path("docs/drift.md").read_text(encoding="utf-8")


def test_what_fails_is_what_is_asked_for(tmp_path: Path) -> None:
    old = saved(tmp_path / "old.json", tool(x={"type": "integer"}))
    described = saved(tmp_path / "described.json", tool(description="Plays a song.", x={"type": "integer"}))
    narrower = saved(tmp_path / "narrower.json", tool(x={"type": "integer", "minimum": 1}))
    freer = saved(tmp_path / "freer.json", Tool(**{**tool(x={"type": "integer"}).to_json(), "effect": "read"}))
    codes = {
        (new.stem, fail_on): compared(old, new, fail_on=fail_on)[0].exit_code
        for new in (old, described, narrower, freer)
        for fail_on in ("callers", "model", "none")
    }
    assert {case for case, code in codes.items() if code} == {
        ("described", "model"),
        ("narrower", "callers"),
        ("narrower", "model"),
    }


def test_the_same_contract_leaves_nothing_to_do(tmp_path: Path) -> None:
    old = saved(tmp_path / "old.json", tool())
    report, shown = compared(old, old)
    assert report.exit_code == 0 and shown.strip() == "To do: Nothing: the two contracts are the same."


def test_rows_with_the_old_tools_in_them_are_read_under_the_new_and_others_are_left_alone(tmp_path: Path) -> None:
    old_tools = [tool(x={"type": "integer"}), tool("stop")]
    old = saved(tmp_path / "old.json", *old_tools)
    new = saved(tmp_path / "new.json", tool(x={"type": "integer", "maximum": 5}), tool("stop"))
    own = Toolset(old_tools).to_openai()
    namesake = tool(x={"type": "string"}).to_openai()
    data = write(
        tmp_path / "rows.jsonl",
        row("play", {"x": 9}),
        row("play", {"x": 3}),
        row("play", {"x": 9}, own),
        row("play", {"x": 9}, own[:1]),
        row("play", {"x": "9"}, [namesake]),
        row("stop", {}, own[1:]),
        row("play", {"x": "bad"}),
        row("other", {}, [tool("other").to_openai()]),
    )
    report, shown = compared(old, new, data=data)
    rows = report.touched
    assert rows is not None
    assert [finding.line for finding in rows.findings] == [1, 3, 4]
    assert (rows.rows, rows.broken, rows.broken_before, rows.shown) == (8, 3, 1, 5)
    assert (rows.own_tools, rows.other_tools) == (2, 1)
    assert rows.calling == {"play": 6} and rows.by_kind == {"range": 3}
    assert "Put the new tools into the `tools` column of 2 rows" in shown


def test_a_row_with_a_tool_of_its_own_under_the_new_name_is_read(tmp_path: Path) -> None:
    old, new = (
        saved(tmp_path / "o.json", tool("get_air", city={})),
        saved(tmp_path / "n.json", tool("get_air_now", city={})),
    )
    own = [one.to_openai() for one in (tool("get_air", city={}), tool("get_air_now", zip={}))]
    rows = [row("get_air", {"city": "Oslo"}, own), row("get_air", {"city": "Rome"}, own[::-1])]
    report, _ = compared(old, new, data=write(tmp_path / "d.jsonl", *rows))
    assert report.touched is not None and report.touched.by_kind == {"unknown_tool": 2}


def test_a_new_tool_is_taken_up_by_rows_that_bring_the_whole_old_contract(tmp_path: Path) -> None:
    old_tools = [tool(), tool("stop")]
    old = saved(tmp_path / "old.json", *old_tools)
    new = saved(tmp_path / "new.json", *old_tools, tool("pause"))
    own = Toolset(old_tools).to_openai()
    data = write(tmp_path / "rows.jsonl", row("play", {}, own), row("play", {}, own[:1]), row("stop", {}))
    report, _ = compared(old, new, data=data)
    assert report.touched is not None
    assert (report.touched.shown, report.touched.broken, report.touched.uncalled) == (2, 0, ("pause",))


def test_rows_that_a_change_does_not_reach_need_no_training(tmp_path: Path) -> None:
    old = saved(tmp_path / "old.json", tool(), tool("stop"))
    new = saved(tmp_path / "new.json", tool(), tool("stop", description="Stops at once."))
    data = write(tmp_path / "rows.jsonl", row("play", {}, [tool().to_openai()]))
    assert "Nothing to retrain with these rows" in compared(old, new, data=data)[1]


def test_names_and_texts_from_a_contract_do_not_steer_the_terminal(tmp_path: Path) -> None:
    old = saved(tmp_path / "old.json", tool(**{"a\x1b[31m": {"type": "integer"}}))
    new = saved(tmp_path / "new.json", tool(description="[bold]x\x1b]0;evil\x07"))
    _, shown = compared(old, new)
    assert "\x1b" not in shown and "[bold]x" in shown


def test_what_cannot_be_compared_is_a_clear_error(tmp_path: Path) -> None:
    old = saved(tmp_path / "old.json", tool())
    with pytest.raises(ConfigError, match="--show"):
        compared(old, old, show=-1)
    for new, data in ((tmp_path / "odl.json", None), (tmp_path, None), (old, str(tmp_path / "none.jsonl"))):
        with pytest.raises(CalltuneError):
            compared(old, new, data=data)


def test_the_command_takes_a_run_folder_and_prints_one_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "run").mkdir()
    saved(tmp_path / "run" / "contract.json", tool())
    new = saved(tmp_path / "new.json", tool(), tool("stop"))
    assert main(["diff", str(tmp_path / "run"), str(new), "--json"]) == 1
    printed = json.loads(capsys.readouterr().out)
    assert printed["added"] == ["stop"] and printed["breaks"] == {"callers": 0, "model": 1, "nothing": 0}
    assert printed["changes"][0]["rule"] == "tool-added" and printed["data"] is None
    assert main(["diff", str(tmp_path / "run"), str(new), "--fail-on", "callers"]) == 0


def test_a_real_corpus_is_read_under_a_changed_contract(shared: Path, tmp_path: Path) -> None:
    data = shared / "data" / "snips_train.jsonl.gz"
    first = next(iter(read_rows(data))).conversation
    assert first is not None
    old = saved(tmp_path / "old.json", *first.toolset())
    tools = json.loads(old.read_text())["tools"]
    schema = tools[0]["parameters"]
    gone = next(iter(schema["properties"]))
    del schema["properties"][gone]
    schema["required"] = [name for name in schema.get("required", ()) if name != gone]
    (tmp_path / "new.json").write_text(json.dumps(tools))
    report, _ = compared(old, tmp_path / "new.json", data=str(data))
    rows = report.touched
    assert rows is not None
    assert [change.rule.id for change in report.found.breaking("callers")] == ["argument-removed"]
    assert rows.rows == rows.shown == rows.own_tools == 2094
    assert 0 < rows.broken <= rows.calling[tools[0]["name"]] and rows.broken_before == 0
