"""Hugging Face datasets are streams of rows like files are; Arrow's nulls are taken out again."""

from __future__ import annotations

import builtins
import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calltune.data import check_row, hub, read_rows
from calltune.data.hub import without_ghosts
from calltune.data.source import find_source
from calltune.data.tools import offer_of
from calltune.errors import DataError, MissingExtraError

Row = dict[str, Any]


def test_a_name_is_a_dataset_only_if_it_cannot_be_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = find_source("owner/name:train[:10%]")
    assert (found.dataset, found.split, found.files) == ("owner/name", "train[:10%]", ())
    for name in ("name", "owner/name.jsonl", "/owner/name", "a/b/c"):
        with pytest.raises(DataError):
            find_source(name)


def test_rows_of_a_saved_dataset_are_read(row: Row, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    texts = {"messages": row["messages"], "tools": json.dumps(row["tools"])}
    plain = copy.deepcopy(texts)
    plain["messages"][1]["tool_calls"][0]["function"]["arguments"] = '{"city": "Paris"}'
    datasets.Dataset.from_list([plain, plain]).save_to_disk(tmp_path / "saved")
    first, second = read_rows(tmp_path / "saved")
    assert first.line == 1 and second.line == 2 and check_row(first) == ()
    assert first.conversation is not None
    assert first.conversation.messages[1]["tool_calls"][0]["function"]["arguments"] == {"city": "Paris"}
    assert "tool_call_id" not in first.conversation.messages[0]


def test_a_dataset_of_the_hub_is_streamed(row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    asked: list[Any] = []

    def load(name: str, **options: Any) -> Iterator[Row]:
        asked.append((name, options))
        return iter([row, row])

    monkeypatch.setattr(datasets, "load_dataset", load)
    monkeypatch.setattr(hub, "require_network", lambda: None)
    assert [line.source for line in read_rows("owner/name:test")] == ["owner/name:test"] * 2
    assert asked == [("owner/name", {"split": "test", "streaming": True})]


def test_without_a_network_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch, row: Row) -> None:
    datasets = pytest.importorskip("datasets")

    def load(name: str, **options: Any) -> Iterator[Row]:
        yield row
        raise ConnectionError("Couldn't reach the Hub")

    monkeypatch.setattr(datasets, "load_dataset", load)
    monkeypatch.setattr(hub, "require_network", lambda: None)
    with pytest.raises(DataError, match=r"after 1 rows(.|\n)*Couldn't reach(.|\n)*to_json\('rows.jsonl'\)"):
        list(read_rows("owner/name"))


def test_without_a_name_server_it_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("datasets")

    def fails(*_: Any) -> None:
        raise OSError("Name or service not known")

    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HF_HUB_OFFLINE", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(hub.socket, "getaddrinfo", fails)
    with pytest.raises(DataError, match=r"no network: huggingface\.co cannot be found"):
        list(read_rows("owner/name"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")  # says that the Hub is asked
    with pytest.raises(ConnectionError):
        hub.require_network()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.require_network()


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def refuse(name: str, *rest: Any, **options: Any) -> Any:
        if name == "datasets":
            raise ImportError(name)
        return load(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(MissingExtraError, match=r"calltune\[train\]"):
        list(read_rows("owner/name"))


def test_nulls_that_arrow_put_are_taken_out_and_nulls_that_are_meant_stay(row: Row) -> None:
    parameters = row["tools"][0]["function"]["parameters"]
    parameters["properties"]["note"] = {"type": ["string", "null"], "enum": ["a", None]}
    ghost = copy.deepcopy(row)
    ghost["tools"][0]["function"]["parameters"]["properties"] |= {"other": None}
    ghost["tools"][0]["function"]["parameters"]["properties"]["city"] |= {"enum": None, "default": None}
    ghost["messages"][0] |= {"tool_calls": None, "tool_call_id": None}
    arguments = ghost["messages"][1]["tool_calls"][0]["function"]["arguments"]
    arguments |= {"days": None, "elsewhere": None, "note": None}
    ghost["extra"] = None
    row["messages"][1]["tool_calls"][0]["function"]["arguments"]["note"] = None
    assert without_ghosts(ghost, offer_of(None)) == row


def test_a_null_in_a_required_argument_is_left_for_the_check(row: Row) -> None:
    row["messages"][1]["tool_calls"][0]["function"]["arguments"] = {"city": None}
    assert without_ghosts(row, offer_of(None)) == row
