"""What training sees of the test is found, counted once a row, and can be left out."""

from __future__ import annotations

import copy
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.data.leak_report import LeakReport
from calltune.data.leaks import LeaksConfig, leaks
from calltune.errors import ConfigError, DataError, MissingExtraError

pytest.importorskip("rensa")
Write = Callable[..., Path]
Row = dict[str, Any]


def run(train: Path, test: Path | None = None, **options: Any) -> LeakReport:
    config = LeaksConfig(train=str(train), test=None if test is None else str(test), **options)
    return leaks(config, console=Console(file=io.StringIO()))


def shown(report: LeakReport) -> str:
    console = Console(file=io.StringIO(), width=200)
    report.show(console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def talk(text: str, **more: Any) -> Row:
    return {"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "Yes."}], **more}


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


LONG = "Please book a table for two at the Italian restaurant by the river tomorrow evening"


def test_each_kind_of_leak_is_found_with_both_lines(write: Write) -> None:
    train = write(talk("other"), talk("Same words"), talk("pay 20 euros!"), talk(LONG), name="train.jsonl")
    test = write(talk("new words"), talk("Same words"), talk("Pay 35 EUROS"), talk(LONG + " ok"), name="test.jsonl")
    report = run(train, test)
    found = [(leak.kind, leak.test_line, leak.train_line) for leak in report.leaks]
    assert found == [("exact", 2, 2), ("normalised", 3, 3), ("near", 4, 4)]
    assert 0.8 <= report.leaks[2].similarity < 1 and report.exit_code == 1
    assert report.leaks[0].words == "Same words"


def test_an_earlier_turn_of_the_same_dialogue_is_a_leak_both_ways(row: Row, write: Write) -> None:
    second = [{"role": "user", "content": "And tomorrow?"}, {"role": "assistant", "content": "Rain."}]
    longer = {**row, "messages": [*row["messages"], *second]}
    short, whole = write(row, name="short.jsonl"), write(longer, name="whole.jsonl")
    assert [leak.kind for leak in run(short, whole).leaks] == ["dialogue"]
    assert [leak.kind for leak in run(whole, short).leaks] == ["dialogue"]
    longer["messages"][3] = {"role": "assistant", "content": "Something else."}
    assert not run(short, write(longer, name="other.jsonl")).leaks


def test_no_leaks_is_a_yes(write: Write) -> None:
    report = run(write(talk("light on"), name="a.jsonl"), write(talk("play a song"), name="b.jsonl"))
    assert report.exit_code == 0 and "No leaks." in shown(report)


def test_the_strongest_leak_of_a_row_is_the_one_that_counts(write: Write) -> None:
    train = write(talk(LONG + " ok"), talk(LONG.upper()), talk(LONG), talk(LONG), name="train.jsonl")
    (leak,) = run(train, write(talk(LONG), name="test.jsonl")).leaks
    assert (leak.kind, leak.train_line) == ("exact", 3)


def test_whether_the_calls_are_the_same_is_told(row: Row, write: Write) -> None:
    other = copy.deepcopy(row)
    other["messages"][1]["tool_calls"][0]["function"]["arguments"] = {"city": "Paris", "days": 2}
    test = write(row, name="test.jsonl")
    assert not run(write(other, name="other.jsonl"), test).leaks[0].same_calls
    same = run(write({**row, "id": "x"}, name="same.jsonl"), test)
    assert same.leaks[0].same_calls and same.to_json()["with_the_same_calls"] == 1
    assert "other calls" in shown(run(tmp(test, "other.jsonl"), test))


def tmp(beside: Path, name: str) -> Path:
    return beside.with_name(name)


def test_tools_that_training_calls_are_reported_and_no_leak(row: Row, tool: Row, write: Write) -> None:
    test = copy.deepcopy(row)
    test["messages"][0]["content"] = "How hot will it get over in Rome?"
    test["messages"][1]["tool_calls"][0]["function"]["arguments"] = {"city": "Rome"}
    report = run(write(row, name="train.jsonl"), write(test, name="test.jsonl"))
    contact = report.contact
    assert (contact.calls, contact.tool_called, contact.schema_shown, contact.same_call) == (1, 1, 1, 0)
    assert report.exit_code == 0
    changed = copy.deepcopy(row)
    del changed["tools"][0]["function"]["parameters"]["properties"]["unit"]
    contact = run(write(changed, name="changed.jsonl"), tmp(Path(report.test or ""), "test.jsonl")).contact
    assert (contact.tool_called, contact.schema_shown) == (1, 0)


def test_the_test_rows_without_leaks_are_written_as_they_are(write: Write, tmp_path: Path) -> None:
    train = write(talk("one"), talk("two"), name="train.jsonl")
    test = write(talk("TWO", id=1), '{"text":  "no row"}', talk("three and more", id=2), name="test.jsonl")
    report = run(train, test, clean=tmp_path / "clean.jsonl")
    assert lines(tmp_path / "clean.jsonl") == lines(test)[1:]
    assert run(train, tmp_path / "clean.jsonl").exit_code == 0 and report.wordless == 1
    with pytest.raises(DataError, match="is the data that is read"):
        run(train, test, clean=train)


def test_questions_of_a_block_list_are_taken_out_of_training(write: Write, tmp_path: Path) -> None:
    train = write(talk("What is 2 plus 2?"), talk("keep me please"), talk("Sing a song for me"), name="train.jsonl")
    nested = {"id": "simple_0", "question": [[{"role": "user", "content": "what is 2 plus 2"}]]}
    bench = write(nested, {"id": "x"}, name="list/bench.json")
    plain = tmp_path / "list2.txt"
    plain.write_text("\nSing a song for me\n")
    report = run(train, against=(str(bench), str(plain)), clean_train=tmp_path / "clean.jsonl")
    assert [(leak.against, leak.test_line, leak.train_line) for leak in report.leaks] == [
        (str(bench), 1, 1),
        (str(plain), 2, 3),
    ]
    assert lines(tmp_path / "clean.jsonl") == lines(train)[1:2]
    assert report.to_json()["against"][str(plain)] == {
        "questions": 1,
        "by_kind": {"exact": 1, "normalised": 0, "dialogue": 0, "near": 0},
    }
    assert "--clean-train" in shown(run(train, against=(str(bench),)))


def test_a_file_in_the_folder_of_a_block_list_that_is_no_list_is_named(write: Write, tmp_path: Path) -> None:
    write({"question": "Sing a song for me"}, name="list/a.json")
    (tmp_path / "list" / "b.json").write_text('{\n  "question": 1\n}\n')
    report = run(write(talk("Sing a song for me"), name="train.jsonl"), against=(str(tmp_path / "list"),))
    assert len(report.leaks) == 1 and "b.json" in report.unread[0] and "not read" in shown(report)


def test_a_known_list_that_is_not_installed_says_what_to_type(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "bfcl_eval" else object())
    with pytest.raises(ConfigError, match="pip install --no-deps bfcl-eval"):
        run(write(talk("a")), against=("bfcl",))


def test_when2call_is_read_where_a_download_keeps_it(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(hub, "HF_HUB_CACHE", str(tmp_path / "hub"))
    train = write(talk("Sing a song for me"), name="train.jsonl")
    with pytest.raises(ConfigError, match="not downloaded") as raised:
        run(train, against=("when2call",))
    assert "hf download nvidia/When2Call --repo-type dataset" in str(raised.value.hint)

    write({"question": "Sing a song for me"}, name="hub/datasets--nvidia--When2Call/snapshots/5f/test/mcq.jsonl")
    write({"question": "Sing a song for me"}, name="hub/datasets--nvidia--When2Call/snapshots/5f/train/sft.jsonl")
    report = run(train, against=("when2call",))
    assert len(report.leaks) == 1 and report.leaks[0].test_source.endswith("mcq.jsonl")


def test_without_the_library_near_duplicates_are_not_looked_for_in_silence(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("calltune.data.leaks.has_library", lambda: False)
    train, test = write(talk(LONG), name="a.jsonl"), write(talk(LONG + " ok"), name="b.jsonl")
    with pytest.raises(MissingExtraError, match=r"calltune\[data\]"):
        run(train, test)
    assert run(train, test, near=1.0).leaks == ()


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({}, "nothing to compare"),
        ({"near": 0.1, "against": ("x",)}, "between 0.5 and 1"),
        ({"clean": Path("x"), "against": ("x",)}, "clean writes test rows"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_refused(write: Write, options: Row, match: str) -> None:
    with pytest.raises(ConfigError, match=match):
        run(write(talk("a")), **options)


def test_a_file_compared_with_itself_is_refused(write: Write) -> None:
    data = write(talk("a"))
    with pytest.raises(ConfigError, match="are the same rows"):
        run(data, data)


def test_rows_that_all_say_the_same_do_not_take_the_square_of_the_time(write: Write) -> None:
    row = talk("hello there")
    report = run(write(*[row] * 3000, name="a.jsonl"), write(*[row] * 3000, name="b.jsonl"))
    assert len(report.leaks) == 3000 and report.seconds < 20


def test_the_order_of_the_training_rows_changes_no_kind(write: Write) -> None:
    rows = [talk(f"{LONG} {word}") for word in ("please", "thanks", "now", "soon", "quickly please")]
    test = write(talk(LONG + " thank you"), talk(LONG.lower() + " NOW"), name="test.jsonl")
    one = run(write(*rows, name="a.jsonl"), test)
    random.Random(1).shuffle(rows)
    two = run(write(*rows, name="b.jsonl"), test)
    assert [(x.kind, x.similarity) for x in one.leaks] == [(x.kind, x.similarity) for x in two.leaks]


def test_text_of_the_data_steers_no_terminal_and_is_no_markup(write: Write) -> None:
    evil = "[bold]\x1b[2J hello \u202e there"
    report = run(write(talk(evil), name="a.jsonl"), write(talk(evil), name="b.jsonl"))
    assert "\x1b" not in shown(report) and "\u202e" not in shown(report) and "[bold]" in shown(report)
    assert json.loads(json.dumps(report.to_json()))["leaks"] == 1
