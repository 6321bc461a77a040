"""`calltune import`: what is written, what is told, what is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from tests.data.conftest import import_file

from calltune.cli import main
from calltune.data import read_rows
from calltune.errors import CalltuneError, ConfigError, DataError

SAMPLES = Path(__file__).parent / "formats"


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def sample(name: str) -> dict[str, Any]:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    value = json.loads(text)
    row: dict[str, Any] = value[0] if isinstance(value, list) else value
    return row


def test_the_command_says_the_format_the_counts_and_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "rows.jsonl"
    assert main(["import", str(SAMPLES / "xlam.json"), "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "xLAM" in said and "1 records -> 1 rows with 1 calls" in said
    assert f"calltune check --data {out}" in said
    assert main(["check", "--data", str(out)]) == 0


def test_json_prints_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(SAMPLES / "glaive.jsonl"), "--out", str(tmp_path / "rows.jsonl"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["records"], said["rows"], said["left_out"], said["changed"]) == (1, 1, 0, 1)
    assert said["changed_by_kind"]["system prompt"]["first"] == "glaive.jsonl:1"


def test_from_can_stand_in_a_configuration_file(tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    (tmp_path / "run.yaml").write_text(f"from: xlam\nout: {out}\n")
    assert main(["import", str(SAMPLES / "xlam.json"), "--config", str(tmp_path / "run.yaml")]) == 0
    assert out.exists()


def test_without_out_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(SAMPLES / "xlam.json")]) == 0
    assert "Nothing was written" in capsys.readouterr().out and not list(tmp_path.iterdir())


def test_a_record_that_cannot_be_carried_over_is_listed_with_line_and_reason(tmp_path: Path) -> None:
    good, bad = sample("xlam.json"), {**sample("xlam.json"), "answers": '[{"name": "get_weather", "arguments": "{"}]'}
    rejected = tmp_path / "rejected.jsonl"
    done = import_file(write(tmp_path / "in.jsonl", good, bad, good), tmp_path, rejected=rejected)
    assert (done.report.exit_code, done.report.tally.rows, done.report.tally.refused) == (1, 2, 1)
    (kept,) = [json.loads(line) for line in rejected.read_text().splitlines()]
    assert (kept["line"], kept["kind"], kept["query"]) == (2, "unreadable argument", good["query"])
    listed = [one for one in done.report.to_json()["listed"] if one["outcome"] == "left out"]
    assert [(one["line"], one["reason"]) for one in listed] == [(2, kept["reason"])]


def test_a_file_of_which_nothing_can_be_carried_over_leaves_no_file(tmp_path: Path) -> None:
    done = import_file(write(tmp_path / "in.jsonl", {**sample("xlam.json"), "answers": "[]"}), tmp_path)
    assert done.report.exit_code == 1 and not done.path.exists()


def test_calls_that_break_their_contract_are_imported_and_counted(tmp_path: Path) -> None:
    row = {**sample("xlam.json"), "answers": '[{"name": "get_weather", "arguments": {"town": "Oslo"}}]'}
    done = import_file(write(tmp_path / "in.jsonl", row), tmp_path)
    assert (done.report.exit_code, done.report.tally.rows, done.report.tally.broken_rows) == (0, 1, 1)
    assert set(done.report.tally.broken_by_kind) == {"missing_required", "unknown_argument"}


def test_rows_without_tools_get_those_of_the_contract(tmp_path: Path) -> None:
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps(sample("calltune.jsonl")["tools"]))
    (tmp_path / "in.csv").write_text('question,call\nRain?,"get_weather(city=""Oslo"")"\n')
    without = import_file(tmp_path / "in.csv", tmp_path / "a")
    assert (without.report.tally.rows, without.report.tally.rows_without_tools) == (1, 1)
    done = import_file(tmp_path / "in.csv", tmp_path / "b", tools=str(tools))
    assert done.report.tally.rows_without_tools == 0 and done.rows[0].toolset().names == ("get_weather",)


def test_columns_under_other_names_are_named(tmp_path: Path) -> None:
    row = {"t": [{"a": "user", "b": "Hi"}, {"a": "assistant", "b": "Hello."}], "n": 1}
    path = write(tmp_path / "in.jsonl", row)
    with pytest.raises(ConfigError, match="no known format has these columns: t, n"):
        import_file(path, tmp_path)
    done = import_file(path, tmp_path, fields=("messages=t", "role=a", "content=b"))
    assert [message["content"] for message in done.rows[0].messages] == ["Hi", "Hello."]
    with pytest.raises(ConfigError, match="NAME=COLUMN"):
        import_file(path, tmp_path, fields=("messages",))


def test_other_columns_come_along(tmp_path: Path) -> None:
    done = import_file(write(tmp_path / "in.jsonl", {**sample("xlam.json"), "difficulty": "easy"}), tmp_path)
    assert json.loads(done.path.read_text())["difficulty"] == "easy"


def test_an_unknown_format_and_an_unsure_one_are_errors_that_list_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no format 'xml'") as known:
        import_file(SAMPLES / "xlam.json", tmp_path, from_="xml")
    assert "toolbench" in str(known.value)
    mixed = write(tmp_path / "in.jsonl", sample("glaive.jsonl") | sample("xlam.json"))
    with pytest.raises(ConfigError, match="the format is not sure") as unsure:
        import_file(mixed, tmp_path)
    assert "glaive" in str(unsure.value) and "xlam" in str(unsure.value) and "--from" in str(unsure.value)


@pytest.mark.parametrize("name", ["in.jsonl.gz", "in.json"])
def test_gzip_and_an_object_with_a_list_are_read(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    row = sample("xlam.json")
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(json.dumps(row).encode() + b"\n"))
    else:
        path.write_text(json.dumps({"version": 1, "data": [row, row]}, indent=2))
    assert import_file(path, tmp_path).report.tally.rows == (1 if name.endswith(".gz") else 2)


def test_a_pretty_printed_row_is_one_record(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text(json.dumps(sample("anthropic.jsonl"), indent=2))
    assert import_file(tmp_path / "in.json", tmp_path).report.tally.rows == 1


def test_a_table_may_have_line_breaks_in_its_fields(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('question,"call"\n"Rain\nin Oslo?",f()\nx,"broken("\n')
    done = import_file(tmp_path / "in.csv", tmp_path)
    assert (done.report.tally.rows, done.report.tally.refused) == (1, 1)
    assert done.report.tally.listed[0]["line"] == 4


def test_parquet_is_read(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pytest.importorskip("pyarrow").Table.from_pylist([sample("xlam.json"), sample("xlam.json")])
    parquet.write_table(table, tmp_path / "in.parquet")
    assert import_file(tmp_path / "in.parquet", tmp_path).report.tally.rows == 2


def test_a_folder_is_read_file_by_file_each_in_its_format(tmp_path: Path) -> None:
    done = import_file(SAMPLES, tmp_path)
    assert done.report.tally.rows == done.report.tally.records == len(done.report.tally.files)
    assert len({one.format for one in done.report.tally.files}) > 10
    assert all(row.problems == () for row in read_rows(done.path))


def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    path = write(tmp_path / "in.jsonl", sample("xlam.json"))
    assert main(["import", str(path), "--out", str(path)]) == 2


def test_a_bad_line_is_listed_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    line = json.dumps(sample("xlam.json"))
    path.write_text(f"{line}\n{{broken\n[1]\n{line}\n")
    done = import_file(path, tmp_path)
    assert (done.report.tally.rows, done.report.tally.refused_by_kind["not JSON"].records) == (2, 2)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("in.csv", b"question,call\n\xff\xfe,f()\n"),
        ("in.csv", b"question,question\na,b\n"),
        ("in.jsonl.gz", b"\x1f\x8b\x08\x00broken"),
        ("in.parquet", b"PAR1broken"),
        ("in.json", b'{\n "data": [\n'),
        ("in.jsonl", b""),
        ("in.jsonl", b"\x00\x01\x02"),
        ("in.csv", b""),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_with_its_name(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CalltuneError) as error:
        import_file(tmp_path / name, tmp_path)
    assert name in str(error.value)


@pytest.mark.parametrize("command", ["check", "split"])
def test_other_commands_say_which_format_it_is_and_what_to_type(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "in.jsonl", sample("sharegpt-hermes.jsonl"))
    more = ["--out", str(tmp_path / "s")] if command == "split" else []
    assert main([command, "--data", str(path), *more]) == 2
    said = capsys.readouterr().err
    assert "this looks like ShareGPT" in said and f"calltune import {path} --out rows.jsonl" in said


def test_one_foreign_row_among_ours_is_a_bad_row_with_the_command(tmp_path: Path) -> None:
    path = write(tmp_path / "in.jsonl", sample("calltune.jsonl"), sample("xlam.json"))
    rows = list(read_rows(path))
    assert rows[0].problems == () and rows[1].problems[0].kind == "other_format"
    assert "calltune import" in rows[1].problems[0].message


@pytest.mark.parametrize("name", ["csv.csv"])
def test_a_table_given_to_check_says_what_to_type(name: str) -> None:
    with pytest.raises(DataError, match="calltune import"):
        list(read_rows(SAMPLES / name))


def test_lines_with_a_nan_or_broken_lines_at_the_beginning_are_told_by_their_numbers(tmp_path: Path) -> None:
    good = json.dumps(sample("openai.jsonl"))
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f"{line}\n" for line in ('{"a": NaN}', '{"a": NaN}', good)), encoding="utf-8")
    done = import_file(path, tmp_path).report
    assert (done.tally.records, done.tally.rows, done.tally.refused) == (3, 1, 2)
    path.write_text("".join(f"{line}\n" for line in ('{"messages": [', '{"messages":', good)), encoding="utf-8")
    done = import_file(path, tmp_path).report
    assert (done.tally.records, done.tally.rows, done.tally.refused) == (3, 1, 2)


def test_a_record_with_the_mark_of_another_format_is_read_as_that_and_told(tmp_path: Path) -> None:
    talk = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    path = write(tmp_path / "rows.jsonl", *[talk] * 3, sample("sharegpt-hermes.jsonl"), sample("glaive.jsonl"))
    done = import_file(path, tmp_path)
    assert done.report.tally.rows == 5 and all(
        any(message.get("tool_calls") for message in row.messages) for row in done.rows[3:]
    )
    assert done.report.tally.partly_by_kind["another format"].records == 2
    named = import_file(path, tmp_path / "named", from_="openai").report
    assert named.tally.rows == 3 and named.tally.refused == 2


def test_a_line_of_a_table_with_too_many_fields_is_kept_among_the_rejected(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text('question,call\nRain?,"f(a=1)"\nSun?,"f(a=1)",more\n', encoding="utf-8")
    rejected = tmp_path / "rejected.jsonl"
    done = import_file(path, tmp_path, rejected=rejected).report
    assert (done.tally.rows, done.tally.refused) == (1, 1)
    (line,) = rejected.read_text(encoding="utf-8").splitlines()
    assert json.loads(json.loads(line)["text"]) == ["Sun?", "f(a=1)", "more"]


def test_a_table_that_is_one_endless_line_is_refused_with_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        stream.write(b"question,call\n")
        for _ in range(40):
            stream.write(b"a" * 1_000_000)
    with pytest.raises(DataError, match="longer than 16 MiB"):
        import_file(path, tmp_path)


@pytest.mark.parametrize(
    "options",
    [
        ["import", "rows.jsonl", "--out", "tools.json"], ["check", "--data", "rows.jsonl", "--clean", "tools.json"],
        ["stats", "--data", "rows.jsonl", "--html", "tools.json"],
    ],
)  # fmt: skip
def test_the_file_of_the_tools_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    row = sample("openai.jsonl")
    write(Path("rows.jsonl"), row)
    Path("tools.json").write_text(json.dumps(row["tools"]), encoding="utf-8")
    assert main([*options, "--tools", "tools.json"]) == 2
    assert json.loads(Path("tools.json").read_text(encoding="utf-8")) == row["tools"]


def test_a_quote_of_a_table_that_is_never_closed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    good = "".join(f'"Rain {number},\nor ""sun""?","f(a={number})"\n' for number in range(3))
    path.write_text(f'question,call\n{good}"Sun?,f(a=1)\nSnow?,f(a=2)\n', encoding="utf-8")
    done = import_file(path, tmp_path).report
    assert (done.tally.rows, done.tally.refused) == (3, 1)
    assert "never closed" in done.tally.refused_by_kind["not JSON"].why
    path.write_text(f"question,call\n{good}".rstrip(), encoding="utf-8")
    assert import_file(path, tmp_path).report.tally.refused == 0


def test_rows_with_pictures_in_a_column_are_refused(tmp_path: Path) -> None:
    talk = [{"role": "user", "content": "<image>What is it?"}, {"role": "assistant", "content": "A cat."}]
    plain = [{"role": "user", "content": "What is it?"}, talk[1]]
    path = write(
        tmp_path / "rows.jsonl", {"messages": talk, "images": ["a.jpg"]}, {"messages": plain, "images": ["a.jpg"]}
    )
    done = import_file(path, tmp_path).report
    assert (done.tally.rows, list(done.tally.refused_by_kind)) == (1, ["unsupported content"])
