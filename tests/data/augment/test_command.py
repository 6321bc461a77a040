"""`calltune augment`, from the command line to the file."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from calltune.cli import main
from calltune.data import check_row, read_rows
from calltune.data.augment import KINDS


@pytest.fixture
def tools_file(hand: Any, tmp_path: Path) -> Path:
    path = tmp_path / "tools.json"
    hand.tools.save(path)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, dict[str, Any]]:
    code = main(["augment", *map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_gold_rows_stay_as_they_are_and_made_ones_follow(
    hand: Any, capsys: pytest.CaptureFixture[str], gold_file: Path, tools_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "made" / "rows.jsonl"
    code, report = run(capsys, "--data", gold_file, "--tools", tools_file, "--out", out, "--kinds", "recovery,renamed")
    lines = out.read_bytes().splitlines()
    assert code == 0
    assert lines[: len(hand.rows)] == gold_file.read_bytes().splitlines()
    assert report["rows"] == len(lines) == 2 * len(hand.rows)
    assert report["made"] == {"gold": 5, "recovery": 3, "renamed": 2}
    assert main(["check", "--data", str(out), "--tools", str(tools_file)]) == 0


def test_another_order_of_the_data_makes_the_same_rows(
    capsys: pytest.CaptureFixture[str], gold_file: Path, tools_file: Path, tmp_path: Path
) -> None:
    lines = gold_file.read_text().splitlines(keepends=True)
    random.Random(1).shuffle(lines)
    other = tmp_path / "other.jsonl"
    other.write_text("".join(lines))
    found = []
    for data in (gold_file, other):
        run(
            capsys, "--data", data, "--tools", tools_file, "--out", tmp_path / "o.jsonl", "--rows", 20, "--no-keep-gold"
        )
        rows = [json.loads(line) for line in (tmp_path / "o.jsonl").read_text().splitlines()]
        found.append([(row["messages"], row["tools"]) for row in rows])
    assert found[0] == found[1] and len(found[0]) > 10


def test_another_kind_beside_it_changes_nothing(
    capsys: pytest.CaptureFixture[str], gold_file: Path, tools_file: Path, tmp_path: Path
) -> None:
    found = []
    for kinds, rows in (("recovery", 3), ("recovery,no_fit", 6)):
        out = tmp_path / "o.jsonl"
        options = ("--kinds", kinds, "--rows", rows, "--no-keep-gold", "--out", out)
        run(capsys, "--data", gold_file, "--tools", tools_file, *options)
        found.append([line for line in out.read_text().splitlines() if '"kind": "recovery"' in line])
    assert found[0] == found[1] and len(found[0]) == 3


def test_more_rows_than_gold_ones_are_other_rows(
    capsys: pytest.CaptureFixture[str], gold_file: Path, tools_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o.jsonl"
    options = ("--kinds", "recovery", "--rows", 30, "--no-keep-gold", "--out", out)
    _, report = run(capsys, "--data", gold_file, "--tools", tools_file, *options)
    lines = [json.dumps(json.loads(line)["messages"]) for line in out.read_text().splitlines()]
    assert len(lines) == len(set(lines)) == report["made"]["recovery"] > 20
    assert report["made"]["recovery"] + report["discarded"].get("duplicate_row", 0) >= 30


def test_nothing_is_made_of_a_bad_row(
    hand: Any, capsys: pytest.CaptureFixture[str], gold_file: Path, tools_file: Path, tmp_path: Path
) -> None:
    bad = {"messages": hand.messages("Weather in Narnia?", hand.call("get_forecast", place=7))}
    chat = {"messages": hand.messages("Hello!", "Hi.")}
    with gold_file.open("a") as file:
        file.write(json.dumps(bad) + "\n" + json.dumps({**chat, "tools": []}) + "\nno JSON\n")
    out = tmp_path / "o.jsonl"
    code, report = run(capsys, "--data", gold_file, "--tools", tools_file, "--out", out, "--rows", 60)
    text = out.read_text()
    assert code == 0 and report["bad_rows"] == 2 and report["rows_without_tools"] == 1
    assert "Narnia" not in text and "no JSON" not in text and "Hello!" in text


def test_a_preview_shows_before_and_after_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], gold_file: Path, tools_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o.jsonl"
    options = ("--data", gold_file, "--tools", tools_file, "--out", out, "--preview", 1)
    assert main(["augment", *map(str, options)]) == 0
    shown = capsys.readouterr().out
    assert not out.exists()
    assert f"calltune augment --tools {tools_file} --data {gold_file} --out made.jsonl" in " ".join(shown.split())
    assert main(["augment", *map(str, options), "--kinds", "recovery,failed", "--seed", "3"]) == 0
    assert "--kinds recovery,failed --seed 3 --out made.jsonl" in " ".join(capsys.readouterr().out.split())
    assert "wrong on purpose, not learned" in shown and "before" in shown and "after" in shown
    code, report = run(capsys, *options)
    assert code == 0 and {pair["kind"] for pair in report["preview"]} >= set(KINDS) - {"distractors", "sequence"}


def test_a_control_character_of_the_data_does_not_reach_the_terminal(
    hand: Any, capsys: pytest.CaptureFixture[str], tools_file: Path, tmp_path: Path
) -> None:
    data = tmp_path / "g.jsonl"
    row = hand.messages("Weather \x1b[2J in [bold]Oslo[/] \u202e please", hand.call("get_forecast", place="Oslo"))
    data.write_text(json.dumps({"messages": row}) + "\n")
    options = ("--data", data, "--tools", tools_file, "--preview", 1, "--kinds", "recovery")
    assert main(["augment", *map(str, options)]) == 0
    shown = capsys.readouterr().out
    assert "\x1b[2J" not in shown and "\u202e" not in shown and "[bold]Oslo[/]" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "o.jsonl"), "--data names the gold rows"),
        (("--data", "GOLD"), "--out names the file"),
        (("--data", "GOLD", "--out", "o.jsonl", "--kinds", "recovry"), "did you mean 'recovery'?"),
        (("--data", "GOLD", "--out", "o.jsonl", "--kinds", ","), "names no kind"),
        (("--data", "GOLD", "--out", "o.jsonl", "--rows", "0"), "--rows must be between"),
        (("--data", "GOLD", "--out", "GOLD"), "is the data that is read"),
        (("--data", "GOLD", "--out", "o.jsonl", "--substitutes", "a"), "is no pair"),
        (("--data", "GOLD", "--out", "o.jsonl", "--substitutes", "a=b"), "add --tools"),
        (("--data", "GOLD", "--tools", "TOOLS", "--out", "o.jsonl", "--substitutes", "play_song=x"), "no tool named x"),
        (("--data", "GOLD", "--out", "o.jsonl", "--mix", "missing.yaml"), "cannot read the mixture"),
        (("--data", "GOLD", "--out", "o.jsonl", "--mix", "m", "--kinds", "recovery"), "Leave one of them out"),
        (("--out", "o.jsonl", "--kinds", "scratch"), "--tools names the contract"),
    ],
)
def test_a_wrong_option_is_told_with_what_to_type(
    capsys: pytest.CaptureFixture[str],
    gold_file: Path,
    tools_file: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    named = {"GOLD": str(gold_file), "TOOLS": str(tools_file)}
    assert main(["augment", *(named.get(word, word) for word in arguments)]) == 2
    assert said in capsys.readouterr().err


def test_rows_that_call_without_a_contract_are_explained(
    capsys: pytest.CaptureFixture[str], gold_file: Path, tmp_path: Path
) -> None:
    assert main(["augment", "--data", str(gold_file), "--out", str(tmp_path / "o.jsonl")]) == 2
    assert "no good row" in capsys.readouterr().err
    assert not (tmp_path / "o.jsonl").exists()


def test_data_to_which_no_kind_applies_exits_1(
    hand: Any, capsys: pytest.CaptureFixture[str], tools_file: Path, tmp_path: Path
) -> None:
    data = tmp_path / "g.jsonl"
    data.write_text(json.dumps({"messages": hand.messages("Hello!", "Hi.")}) + "\n")
    options = ("--data", data, "--tools", tools_file, "--out", tmp_path / "o.jsonl", "--kinds", "recovery,missing")
    code, report = run(capsys, *options)
    assert code == 1 and report["made"] == {"gold": 1, "recovery": 0, "missing": 0}


def test_scratch_makes_rows_of_the_contract_alone(
    capsys: pytest.CaptureFixture[str], tools_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "o.jsonl"
    code, report = run(capsys, "--kinds", "scratch", "--tools", tools_file, "--rows", 30, "--out", out)
    assert code == 0 and report["made"] == {"scratch": 30}
    rows = list(read_rows(out))
    assert len(rows) == 30 and all(not check_row(row) for row in rows)
    assert {(row.data or {})["made"]["kind"] for row in rows} == {"scratch"}
