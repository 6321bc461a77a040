"""The command line keeps its promises: exit codes, JSON, near options, configuration files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from calltune.cli import COMMANDS, main, parse
from calltune.errors import ConfigError

TOOLS = [{"type": "function", "function": {"name": "ping", "parameters": {"type": "object", "properties": {}}}}]
GOOD = {
    "messages": [
        {"role": "user", "content": "ping"},
        {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "ping", "arguments": {}}}]},
    ]
}
BAD = {
    "messages": [
        {"role": "user", "content": "ping!"},
        {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "pong", "arguments": {}}}]},
    ]
}


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "tools.json").write_text(json.dumps(TOOLS))
    (tmp_path / "good.jsonl").write_text(json.dumps(GOOD) + "\n")
    (tmp_path / "bad.jsonl").write_text(json.dumps(GOOD) + "\n" + json.dumps(BAD) + "\n")
    return tmp_path


def test_good_rows_exit_0_and_print_one_json_object(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--tools", str(files / "tools.json"), "--data", str(files / "good.jsonl"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bad_rows"] == 0


def test_bad_rows_exit_1_with_line_pointer_and_reason(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--tools", str(files / "tools.json"), "--data", str(files / "bad.jsonl"), "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["line"] == 2
    assert problem["kind"] == "unknown_tool"
    assert problem["pointer"].startswith("/messages/1/tool_calls/0/function")
    assert "ping" in problem["message"]


def test_a_missing_file_exits_2_and_says_what_to_type(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--tools", str(files / "tools.json"), "--data", str(files / "goood.jsonl")]) == 2
    error = capsys.readouterr().err.replace("\n", "")
    assert "goood.jsonl" in error
    assert "good.jsonl" in error


def test_what_an_error_quotes_does_not_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tools", "\x1b[2J[bold]x.json"]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said and "x1b[2J[bold]x.json" in said


def test_an_error_with_json_is_an_object_too(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--data", str(files / "nothing"), "--json"]) == 2
    assert "nothing" in json.loads(capsys.readouterr().out)["error"]


def test_an_unknown_option_proposes_the_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["check", "--dta", "x"])
    assert stop.value.code == 2
    assert "--data" in capsys.readouterr().err


def test_an_unknown_command_proposes_the_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    assert "'train'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "include"),
    [
        (["t.yaml", "--include", "tag:a", "--include=tag:b"], ("tag:a", "tag:b")),
        (["--include", "tag:a", "tag:b", "--no-lint", "t.yaml"], ("tag:a", "tag:b")),
    ],
)
def test_an_option_that_is_typed_twice_has_the_values_of_both(typed: list[str], include: tuple[str, ...]) -> None:
    config, _ = parse("tools", typed)
    assert config.include == include and config.source == "t.yaml"


def test_a_config_file_is_the_options_and_typed_options_win(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    file.write_text("data: rows.jsonl\nrank: 4\nresume: true\nout: run\n")
    config, _ = parse("train", ["--config", str(file), "--rank", "8"])
    assert (config.data, config.rank, config.resume, str(config.out)) == ("rows.jsonl", 8, True, "run")


def test_a_config_file_may_hold_lists_and_names_arguments_in_any_order(tmp_path: Path) -> None:
    file = tmp_path / "leaks.yaml"
    file.write_text("against: [a.jsonl, b.txt]\ntest: test.jsonl\ntrain: train.jsonl\n")
    config, _ = parse("leaks", ["--config", str(file)])
    assert (config.train, config.test, config.against) == ("train.jsonl", "test.jsonl", ("a.jsonl", "b.txt"))
    config, _ = parse("leaks", ["train.jsonl", "--against", "a", "--against", "b"])
    assert (config.test, config.against) == (None, ("a", "b"))


def test_check_mends_with_the_repairs_of_the_guard(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = {"function": {"name": "ping", "arguments": json.dumps("{}")}}
    row = {**GOOD, "messages": [GOOD["messages"][0], {"role": "assistant", "content": "", "tool_calls": [call]}]}
    (files / "odd.jsonl").write_text(json.dumps(row) + "\n")
    options = [
        "--tools",
        str(files / "tools.json"),
        "--data",
        str(files / "odd.jsonl"),
        "--fix",
        str(files / "out.jsonl"),
    ]
    assert main(["check", *options, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fix"]["by_kind"] == {"encoded_twice": 1}


def test_on_and_off_in_a_config_file_are_words(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    file.write_text("data: rows.jsonl\nthinking: on\n")
    assert parse("train", ["--config", str(file)])[0].thinking == "on"


def test_a_fault_of_ours_is_not_a_no(
    files: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calltune.cli.run", lambda *arguments, **options: 1 / 0)
    assert main(["check", "--data", str(files / "good.jsonl")]) == 2
    assert "ZeroDivisionError" in (said := capsys.readouterr().err) and "report it" in said


def test_a_config_file_with_a_misspelt_option_proposes_the_near_one(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    file.write_text("data: rows.jsonl\nrnk: 4\n")
    with pytest.raises(ConfigError, match="did you mean 'rank'"):
        parse("train", ["--config", str(file)])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([name, "--help"])
    assert stop.value.code == 0
    assert f"calltune {name}" in capsys.readouterr().out


def test_tools_with_a_model_says_what_each_costs_it(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("transformers")
    assert main(["tools", str(files / "tools.json"), "--model", "base", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    tokens = printed["tokens"]
    assert 0 < tokens["tools"]["ping"] <= tokens["total"] - tokens["without"] < tokens["context"]
    assert [remark["rule"] for remark in printed["lint"]] == ["description-missing"]
