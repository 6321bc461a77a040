"""Every row is trained on or listed with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Toolset
from calltune.data import Conversation, read_rows
from calltune.errors import DataError, TemplateError
from calltune.render.rendered import Rendered, Span
from calltune.train.rows import PreparedRows, check_bad_share, prepare_rows

from .conftest import MUSIC, WEATHER, conversation, conversations


class WordRenderer:
    """A token a word of the question; the last word is learned. "unrenderable" cannot be rendered."""

    def render(self, talk: Conversation) -> tuple[Rendered, ...]:
        words = talk.messages[0]["content"].split()
        if "unrenderable" in words:
            raise TemplateError("the template loses a call")
        ids = (1, 2, *(3 + hash_of(word) for word in words))
        learned = 0.0 if "nothing" in words else 1.0
        spans = (Span("schemas", 0.0, 2), Span("user", 0.0, len(ids) - 3), Span("call", learned, 1))
        return (Rendered(ids=ids, spans=spans),)


def hash_of(word: str) -> int:
    return sum(map(ord, word)) % 500


def prepared(data: Path, folder: Path, **options: Any) -> PreparedRows:
    return prepare_rows(
        read_rows(data, tools=options.get("contract")),
        WordRenderer(),
        folder / "rows",
        quarantine=folder / "quarantine.jsonl",
        **{"limit": 8, **options},
    )


def quarantine(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "quarantine.jsonl").read_text().splitlines()]


def test_rows_that_cannot_be_learned_are_listed_with_line_pointer_and_reason(
    write_rows: Callable[..., Path], tmp_path: Path
) -> None:
    rows = [
        conversation("weather in Rome", "get_weather", {"city": "Rome"}),
        conversation("weather in Rome", "get_weather", {"town": "Rome"}),
        "this is not JSON",
        conversation("one two three four five six seven eight", "play", {"song": "x"}),
        conversation("unrenderable", "play", {"song": "x"}),
        conversation("nothing to learn", "play", {"song": "x"}),
    ]
    counts = prepared(write_rows(rows), tmp_path).counts
    assert (counts.conversations, counts.rows, counts.bad, counts.too_long, counts.unlearnable) == (6, 1, 3, 1, 1)
    listed = quarantine(tmp_path)
    assert [entry["line"] for entry in listed] == [2, 3, 4, 5, 6]
    assert {problem["kind"] for problem in listed[0]["problems"]} == {"unknown_argument", "missing_required"}
    assert listed[0]["problems"][0]["pointer"].startswith("/messages/1/tool_calls/0")
    assert "10 tokens" in listed[2]["problems"][0]["message"]
    assert "loses a call" in listed[3]["problems"][0]["message"]


def test_rows_on_disk_are_what_was_rendered(write_rows: Callable[..., Path], tmp_path: Path) -> None:
    from calltune.train.session import open_rows

    rows = prepared(write_rows([conversation("a b", "play", {"song": "x"})]), tmp_path).train
    (row,) = open_rows(rows)
    assert row["input_ids"].tolist() == [1, 2, 3 + ord("a"), 3 + ord("b")]
    assert row["labels"].tolist() == [-100, -100, -100, 3 + ord("b")]
    assert row["weights"].tolist() == [0, 0, 0, 1]
    assert rows.numbers.lengths.tolist() == [4]


def test_nothing_left_is_an_error_that_says_why(write_rows: Callable[..., Path], tmp_path: Path) -> None:
    data = write_rows([conversation("unrenderable", "play", {"song": "x"})] * 3)
    with pytest.raises(DataError, match=r"none of the 3 rows.*3 break the contract[\s\S]*quarantine"):
        prepared(data, tmp_path)


def test_mostly_bad_data_is_refused(write_rows: Callable[..., Path], tmp_path: Path) -> None:
    rows = [conversation("x", "play", {"title": "x"})] * 3 + [conversation("x", "play", {"song": "x"})]
    counts = prepared(write_rows(rows), tmp_path).counts
    with pytest.raises(DataError, match=r"3 of 4 rows[\s\S]*unknown_argument 3[\s\S]*calltune check"):
        check_bad_share(counts, most=0.5, quarantine=tmp_path / "q", data="d.jsonl", tools=None)
    check_bad_share(counts, most=0.75, quarantine=tmp_path / "q", data="d.jsonl", tools=None)


def test_the_held_out_share_is_the_same_every_time_and_never_trained_on(
    write_rows: Callable[..., Path], tmp_path: Path
) -> None:
    rows = conversations(100)
    data = write_rows([*rows, *rows])  # equal rows fall on the same side
    first = prepared(data, tmp_path / "a", validation_share=0.3, seed=1, limit=50)
    again = prepared(data, tmp_path / "b", validation_share=0.3, seed=1, limit=50)
    other = prepared(data, tmp_path / "c", validation_share=0.3, seed=2, limit=50)
    assert first.token_fingerprint == again.token_fingerprint != other.token_fingerprint
    assert first.data_fingerprint == other.data_fingerprint
    assert first.validation is not None
    assert len(first.train) + len(first.validation) == 200
    assert 30 < len(first.validation) < 90 and len(first.validation) % 2 == 0


def test_the_contract_is_the_union_of_the_rows_own_tools(write_rows: Callable[..., Path], tmp_path: Path) -> None:
    talk = conversations(2)
    rows = [{**talk[0], "tools": [MUSIC]}, {**talk[1], "tools": [WEATHER]}]
    result = prepared(write_rows(rows), tmp_path, limit=50)
    assert result.counts.toolsets == 2
    assert result.contract is not None and set(result.contract.names) == {"play", "get_weather"}


def test_rows_whose_tools_contradict_each_other_have_no_common_contract(
    write_rows: Callable[..., Path], tmp_path: Path
) -> None:
    talk = conversations(1)[0]
    other = {**MUSIC, "function": {**MUSIC["function"], "description": "Something else"}}
    result = prepared(write_rows([{**talk, "tools": [MUSIC]}, {**talk, "tools": [other]}]), tmp_path, limit=50)
    assert result.contract is None and result.counts.toolsets == 2


def test_the_contract_given_is_the_contract(write_rows: Callable[..., Path], tmp_path: Path) -> None:
    given = Toolset.from_openai([WEATHER, MUSIC])
    result = prepared(write_rows(conversations(4, tools=False)), tmp_path, contract=given, limit=50)
    assert result.contract is given and result.counts.rows == 4


def test_several_processes_prepare_what_one_prepares(
    write_rows: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from calltune.render.renderer import load_renderer
    from calltune.render.source import resolve_model
    from calltune.train import part_processes, rows

    renderer, _ = load_renderer(resolve_model("base"))
    talks = [conversation(f"weather in Rome {i}", "get_weather", {"city": "Rome"}) for i in range(150)]
    talks[70] = conversation("weather", "get_weather", {"town": "Rome"})
    data = write_rows(talks)
    made = []
    for processes in (1, 2):
        monkeypatch.setattr(rows, "WORTH_BYTES", 0)
        folder = tmp_path / str(processes)
        folder.mkdir()
        counted: list[int] = []
        found = rows.prepare_data(
            str(data),
            renderer,
            folder / "rows",
            processes=processes,
            limit=4096,
            validation_share=0.2,
            quarantine=folder / "quarantine.jsonl",
            on_row=counted.append,
        )
        assert counted == sorted(counted) and counted[-1] == 150
        files = [(folder / "rows" / name).read_bytes() for name in ("train.arrow", "validation.arrow")]
        numbers = [column.tolist() for column in vars(found.train.numbers).values()]
        made.append((found.counts.to_json(), found.data_fingerprint, found.token_fingerprint, files, numbers))
        made[-1] += (found.contract, quarantine(folder))
    assert made[0] == made[1]
    assert made[0][0]["bad"] == 1 and part_processes.ROWS_OF_A_PART < 150


def test_a_broken_file_is_reported_from_several_processes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    from calltune.train import rows

    monkeypatch.setattr(rows, "WORTH_BYTES", 0)
    text = json.dumps(conversation("weather in Rome", "get_weather", {"city": "Rome"})) + "\n"
    data = tmp_path / "rows.jsonl.gz"
    data.write_bytes(gzip.compress((text * 300).encode())[:-20])
    with pytest.raises(DataError, match="broken gzip"):
        rows.prepare_data(
            str(data), WordRenderer(), tmp_path / "rows", processes=2, limit=99, quarantine=tmp_path / "q.jsonl"
        )
