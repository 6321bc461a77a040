"""Every format is told from the others, and every format tells the same conversation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.data.conftest import import_file

from calltune.data import read_rows
from calltune.data.formats import ALIASES, FORMATS, candidates, is_unsure
from calltune.data.formats.reading import MARK, Refused
from calltune.data.records import read_records

SAMPLES = Path(__file__).parent / "formats"
FILES = sorted(path for path in SAMPLES.iterdir() if path.is_file())
OTHER_STORY = ("llamafactory-alpaca",)
"""A sample without a call."""


def format_of(path: Path) -> str:
    return path.name.split(".")[0].split("-")[0]


def story(messages: Any) -> list[Any]:
    """What is said, called and answered, without ids, reasoning and system prompts."""
    told: list[Any] = []
    for message in messages:
        if message["role"] == "system":
            continue
        told.append((message["role"], message["content"]))
        told += [(call["function"]["name"], call["function"]["arguments"]) for call in message.get("tool_calls", ())]
    return told


STORY = [
    ("user", "Will it rain in Oslo?"),
    ("assistant", ""),
    ("get_weather", {"city": "Oslo", "days": 2}),
    ("tool", '{"rain": true}'),
    ("assistant", "Yes, take an umbrella."),
]


def test_there_is_a_sample_of_every_format() -> None:
    assert {format_of(path) for path in FILES} == set(FORMATS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_is_of_its_own_format_and_no_other(path: Path) -> None:
    records = [record.data for record in read_records(path)]
    found = candidates([data for data in records if data is not None])
    assert found[0].name == format_of(path) and not is_unsure(found)
    assert [one.name for one in found if one.evidence.level == MARK] in ([format_of(path)], [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_tells_the_same_conversation_in_every_format(path: Path, tmp_path: Path) -> None:
    done = import_file(path, tmp_path)
    assert done.report.exit_code == 0 and done.report.tally.rows == 1
    (row,) = done.rows
    if path.name.split(".")[0] in OTHER_STORY:
        assert [told[0] for told in story(row.messages)] == ["user", "assistant", "user", "assistant"]
        return
    told = story(row.messages)
    if format_of(path) == "toolace":
        told = [("get_weather", item[1]) if item[0] == "Get_Weather" else item for item in told]
        told = [
            ("tool", '{"rain": true}') if item[0] == "tool" and '"results": {"rain": true}' in item[1] else item
            for item in told
        ]
    assert told == STORY[: len(told)] and len(told) in (3, 5)
    assert [problem for problem in row.toolset().check("get_weather", {"city": 3})] or format_of(path) == "toolace"
    assert done.report.tally.broken_rows == 0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_imported_rows_are_read_again_without_a_problem(path: Path, tmp_path: Path) -> None:
    done = import_file(path, tmp_path)
    assert [row.problems for row in read_rows(done.path)] == [()]


@pytest.mark.parametrize(
    "name",
    ["sharegpt-hermes.jsonl", "llamafactory-typed.jsonl", "toolbench.json", "anthropic.jsonl", "responses.jsonl"],
)
def test_reasoning_is_kept_where_templates_look_for_it(name: str, tmp_path: Path) -> None:
    (row,) = import_file(SAMPLES / name, tmp_path).rows
    (call,) = [message for message in row.messages if message.get("tool_calls")]
    assert call["reasoning_content"] == "Look it up."


@pytest.mark.parametrize("name", ["sharegpt-hermes.jsonl", "glaive.jsonl", "toolace.json", "toolbench.json"])
def test_tools_leave_the_system_prompt_and_it_is_told(name: str, tmp_path: Path) -> None:
    done = import_file(SAMPLES / name, tmp_path)
    text = "".join(message["content"] for message in done.rows[0].messages if message["role"] == "system")
    assert not any(
        word in text for word in ("get_weather", "Get Weather", "tool_call", "Action", "func1", "following functions")
    )
    assert done.report.tally.partly_by_kind["system prompt"].records == 1


def test_an_alias_names_a_format() -> None:
    assert set(ALIASES.values()) <= set(FORMATS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_read_as_another_format_is_refused_or_read_and_never_raises(path: Path) -> None:
    (record,) = read_records(path)
    assert record.data is not None
    outcomes = set()
    for form in FORMATS.values():
        try:
            outcomes.add(type(form.read(record.data, [])))
        except Refused as refused:
            assert refused.kind and refused.why.endswith(".")
    assert outcomes <= {list}
