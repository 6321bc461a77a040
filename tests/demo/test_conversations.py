"""The demo's rows: valid, the same every time, and nothing of the test split in training."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Toolset
from calltune.data import Conversation
from calltune.demo.conversations import ROWS, conversations, write
from calltune.demo.dialogues import NO_FUNCTION, QUESTIONS
from calltune.demo.phrases import ALTERNATIVES, Patterns, Split, phrases
from calltune.demo.values import SLOTS

SPLITS: tuple[Split, Split] = ("train", "test")
ROWS_OF = {split: conversations(0, split) for split in SPLITS}


@pytest.fixture(scope="module")
def toolset() -> Toolset:
    return Toolset.load("calltune.demo.helpdesk")


def calls_of(rows: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (call["function"]["name"], call["function"]["arguments"])
        for row in rows
        for message in row["messages"]
        for call in message.get("tool_calls", ())
    ]


def said(rows: list[dict[str, Any]]) -> list[str]:
    return [message["content"] for row in rows for message in row["messages"] if message["role"] == "user"]


def patterns_of(split: Split) -> Patterns:
    said = phrases(split)
    by_key = [patterns for kind in ("do", "say", "needs", "gets") for patterns in getattr(said, kind).values()]
    return sum(by_key, (*said.openers, *said.closers, *said.requests, *said.joints, *said.unrelated, *said.thanks))


def spelled_out(pattern: str) -> set[str]:
    """Everything that a pattern can become."""
    pieces = ALTERNATIVES.split(pattern)  # text, alternatives, text, ...
    choices = [piece.split("|") if place % 2 else [piece] for place, piece in enumerate(pieces)]
    return {"".join(made) for made in itertools.product(*choices)}


def test_there_are_enough_rows() -> None:
    assert len(ROWS_OF["train"]) >= 1000
    assert len(ROWS_OF["test"]) >= 200


def test_every_function_and_every_kind_of_row_is_in_both_splits(toolset: Toolset) -> None:
    for rows in ROWS_OF.values():
        used = Counter(name for name, _ in calls_of(rows))
        assert set(used) == set(toolset.names)
        assert min(used.values()) >= len(rows) // 24, used
        kinds = Counter(row["id"].rsplit("-", 1)[1] for row in rows)
        assert set(kinds) == {"single", "parallel", "unrelated", "asked", "answered", "failed"}


@pytest.mark.parametrize("split", SPLITS)
def test_every_row_is_valid_under_the_contract(split: Split, toolset: Toolset) -> None:
    for row in ROWS_OF[split]:
        Conversation.from_json(row, tools=toolset)
    faults = [(name, arguments, toolset.check(name, arguments)) for name, arguments in calls_of(ROWS_OF[split])]
    assert [fault for fault in faults if fault[2]] == []


def test_the_checker_of_calltune_finds_no_bad_row(toolset: Toolset, tmp_path: Path) -> None:
    from calltune.data import read_rows

    for path in write(tmp_path, rows=400, test_rows=120):
        assert [(row.line, row.problems) for row in read_rows(path, tools=toolset) if row.problems] == []


def test_the_same_seed_gives_the_same_rows_and_another_seed_others() -> None:
    assert conversations(0, "test") == ROWS_OF["test"]
    assert conversations(1, "test") != ROWS_OF["test"]


def test_no_sentence_of_the_test_split_is_in_training() -> None:
    assert not set(said(ROWS_OF["test"])) & set(said(ROWS_OF["train"]))


def test_no_pattern_of_the_test_split_is_in_training() -> None:
    made = {split: {text.lower() for p in patterns_of(split) for text in spelled_out(p)} for split in SPLITS}
    assert not made["train"] & made["test"]


def test_every_list_of_patterns_has_some_in_both_splits() -> None:
    for split in SPLITS:
        said = phrases(split)
        for kind in ("do", "say", "needs", "gets"):
            assert all(getattr(said, kind).values()), (split, kind)
    assert set(phrases("test").needs) == set(phrases("test").gets) == set(QUESTIONS)


def test_no_argument_value_of_the_test_split_is_in_training_unless_it_is_a_choice(toolset: Toolset) -> None:
    values: dict[Split, dict[str, set[Any]]] = {}
    for split in SPLITS:
        values[split] = defaultdict(set)
        for name, arguments in calls_of(ROWS_OF[split]):
            for key, value in arguments.items():
                schema = toolset[name].parameters["properties"][key]
                if "enum" not in schema and schema.get("type") != "boolean":
                    values[split][key].add(value)
    free = {"summary", "text", "ticket", "login", "date", "start", "quantity", "minutes"}
    assert set(values["train"]) == set(values["test"]) == free
    for key in free:
        assert not values["train"][key] & values["test"][key], key


def test_every_choice_of_the_contract_can_be_learned(toolset: Toolset) -> None:
    used: dict[tuple[str, str], set[Any]] = defaultdict(set)
    for name, arguments in calls_of(ROWS_OF["train"]):
        for key, value in arguments.items():
            used[name, key].add(value)
    for tool in toolset:
        for key, schema in tool.parameters["properties"].items():
            if "enum" in schema:
                assert used[tool.name, key] == set(schema["enum"]), (tool.name, key)


def test_there_are_many_phrasings_of_every_function(toolset: Toolset) -> None:
    for split, least in (("train", 15), ("test", 5)):
        said = phrases(split)  # type: ignore[arg-type]
        for tool in toolset.names:
            assert len(set(said.do[tool])) + len(set(said.say[tool])) >= least, tool


def test_every_slot_in_a_phrase_can_be_filled() -> None:
    for split in SPLITS:
        for pattern in patterns_of(split):
            assert {slot.lower() for slot in re.findall(r"\{(\w+)\}", pattern)} <= {*SLOTS, "do", "a", "b"}, pattern


def test_free_text_is_copied_and_ticket_numbers_are_written_out() -> None:
    for rows in ROWS_OF.values():
        for row in rows:
            text = " ".join(said([row]))
            for _, arguments in calls_of([row]):
                for key in ("text", "summary", "login"):
                    spoken = arguments.get(key, "")
                    assert spoken in text or spoken[:1].upper() + spoken[1:] in text, row
                if "ticket" in arguments:
                    assert arguments["ticket"].removeprefix("INC-") in text, row


def test_a_question_without_a_fitting_function_gets_a_reply_and_no_call() -> None:
    for rows in ROWS_OF.values():
        for row in rows:
            if row["id"].endswith("unrelated"):
                assert row["messages"][-1] == {"role": "assistant", "content": NO_FUNCTION}
                assert calls_of([row]) == []


def test_the_files_hold_one_row_a_line(tmp_path: Path) -> None:
    train, test = write(tmp_path / "new", rows=24, test_rows=12)
    assert [len(path.read_text().splitlines()) for path in (train, test)] == [24, 12]
    assert json.loads(train.read_text().splitlines()[0])["id"].startswith("train-0001")
    assert ROWS == {"train": 4560, "test": 240}
