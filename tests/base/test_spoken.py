"""Scenes of real speech: every call is valid, and every value is what was said."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calltune.base.__main__ import main
from calltune.base.corpus import Corpus, CorpusConfig
from calltune.base.invent import Scene
from calltune.base.offers import Argument, Offered, arguments_of
from calltune.base.speech import Said, Speech, read_speech
from calltune.base.spoken import Spoken
from calltune.base.spoken_tools import CLOSE, ERRANDS, HELD_OUT, HELD_OUT_ERRANDS, INTENTS, MERGED, SLOTS
from calltune.contract import Toolset
from calltune.render.renderer import Renderer

_SAID = {
    "alarm_set": "wake me at [six am:time] [tomorrow:date]; set an alarm for [monday:date]; new alarm at [nine:time]",
    "play_music": "play [hello:song_name] by [adele:artist_name]; play some [jazz:music_genre]; play [sia:artist_name]",
    "weather_query": "will it [rain:weather_descriptor] [today:date]; how warm is it in [rome:place_name]; weather",
    "email_sendemail": "email [john:person] about the party; send [my mom:relation] an email; write to [ann:person]",
    "transport_taxi": "get me a [cab:transport_type] to [the airport:place_name]; book an [uber:transport_agency]",
    "qa_currency": "what is one [dollar:currency_name] in [yen:currency_name]; price of the [euro:currency_name]",
}


def said(marked: str, intent: str) -> Said:
    """ "at [six:time]" as a sentence."""
    text, spans = "", []
    for part in marked.replace("]", "[").split("["):
        value, colon, slot = part.partition(":")
        if colon:
            spans.append((len(text), len(text) + len(value), slot))
        text += value
    return Said(text, intent, tuple(spans))


def speech() -> Speech:
    rows = {name: [said(text, name) for text in texts.split("; ")] * 4 for name, texts in _SAID.items()}
    errands = {"flip_coin": "toss a coin", "timer": "set a timer", "balance": "how much money is left"}
    bookings = [
        said("book a table for [two:people] at [8pm:time]", "booking"),
        said("table for [6 people:people] [tomorrow:date]", "booking"),
        Said("the 3rd of may", "booking", ((0, 14, "date"),), asked=("date",)),
    ]
    return Speech(
        hwu={name: tuple(found) for name, found in rows.items()},
        clinc={name: (Said(text, name),) for name, text in errands.items()},
        out_of_scope=(Said("how long is winter", "oos"),),
        bookings=tuple(bookings) * 4,
    )


def calls_of(scene: Scene) -> Iterator[tuple[str, dict[str, Any], str]]:
    """(tool, arguments, everything the user said)."""
    for messages in scene.conversations:
        text = "\n".join(message["content"] for message in messages if message["role"] == "user")
        for message in messages:
            for call in message.get("tool_calls", ()):
                yield call["function"]["name"], call["function"]["arguments"], text


@pytest.mark.parametrize("seed", range(40))
def test_every_call_is_valid_and_its_values_were_said(seed: int) -> None:
    scene = Spoken(speech()).scene(random.Random(seed))
    toolset = Toolset.from_openai(list(scene.tools))
    enums = {
        (tool["function"]["name"], name)
        for tool in scene.tools
        for name, schema in tool["function"]["parameters"]["properties"].items()
        if "enum" in schema
    }
    for name, arguments, text in calls_of(scene):
        assert not toolset.check(name, arguments)
        for argument, value in arguments.items():
            for one in value if isinstance(value, list) else [value]:
                assert one in text or (name, argument) in enums


def test_a_scene_is_a_function_of_the_generator() -> None:
    one, other = (Spoken(speech()).scene(random.Random(5)) for _ in range(2))
    assert one == other


def test_what_is_held_out_is_never_in_training_and_is_all_that_is_called_in_the_test() -> None:
    hidden = ("six am", "at nine", "how much money is left")
    for seed in range(60):
        for _, _, text in calls_of(Spoken(speech()).scene(random.Random(seed))):
            assert not any(words in text for words in hidden)
    tested = {
        text
        for seed in range(20)
        for _, _, text in calls_of(Spoken(speech(), held_out=True).scene(random.Random(seed)))
    }
    allowed = {row.text for row in speech().hwu["alarm_set"]} | {"how much money is left"}
    assert tested <= allowed and len(tested) > 2


def tool(*slots: str, listed: str = "") -> Offered:
    arguments = [Argument(slot, slot, {"type": "array" if slot == listed else "string"}, slot) for slot in slots]
    return Offered("tool", "", "", {"alarm_set": {}, "qa_currency": {}, "email_sendemail": {}}, arguments)


def test_a_day_and_a_time_side_by_side_are_one_value_where_the_tool_has_one_argument() -> None:
    row = said("wake me at [six am:time] on [monday:date] please", "alarm_set")
    assert arguments_of(tool("when"), row) == {"when": "six am on monday"}
    assert arguments_of(tool("date", "time"), row) == {"date": "monday", "time": "six am"}
    assert arguments_of(tool("when"), said("at [six:time] wake me every [monday:date]", "alarm_set")) is None


def test_a_sentence_that_the_schema_leaves_open_is_left_out() -> None:
    assert arguments_of(tool("time"), said("alarm on [monday:date]", "alarm_set")) is None
    assert arguments_of(tool("person"), said("email [my mom:relation]", "email_sendemail")) is None
    row = said("from [dollar:currency_name] to [yen:currency_name]", "qa_currency")
    assert arguments_of(tool("currency_name"), row) is None
    assert arguments_of(tool("currency_name", listed="currency_name"), row) == {"currency_name": ["dollar", "yen"]}
    assert arguments_of(tool(), said("alarm on [monday:date]", "alarm_set")) == {}


def test_the_tables_name_only_what_they_have() -> None:
    assert set(INTENTS) >= HELD_OUT and set(ERRANDS) >= HELD_OUT_ERRANDS
    assert all(set(merged.values) <= set(INTENTS) for merged in MERGED)
    assert all(len(values) == 2 for merged in MERGED for values in merged.values.values())
    assert set(CLOSE) <= set(INTENTS) | set(ERRANDS) | {"lights"}
    assert all(len(wording.names) > 1 and len(wording.descriptions) == 2 for wording in INTENTS.values())
    assert all(wording.label and wording.names for wording in SLOTS.values())


def test_training_mixes_real_speech_in_where_it_is(tmp_path: Path, renderer: Renderer) -> None:
    (tmp_path / "data_full.json").write_text(json.dumps({"train": [["flip the coin up high", "flip_coin"]] * 3}))
    corpus = Corpus(CorpusConfig(nodes=1024, ramp=0, real=tmp_path), renderer)
    scenes = [corpus.scene(random.Random(seed), 0.5, 1.0) for seed in range(40)]
    texts = [message["content"] for scene in scenes for messages in scene.conversations for message in messages]
    assert any("lip the coin up high" in text for text in texts)


def test_rows_of_held_out_speech_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data_full.json").write_text(
        json.dumps({"train": [["what do I have left", "balance"], ["pay the water bill", "pay_bill"]]})
    )
    out = tmp_path / "rows.jsonl"
    assert main(["rows", "--out", str(out), "--rows", "10", "--held-out-spoken", str(tmp_path)]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(rows) == 10
    assert {row["messages"][-2]["content"] for row in rows} <= {"what do I have left", "pay the water bill"}
    assert main(["rows", "--out", str(out), "--held-out-spoken", str(tmp_path / "nothing")]) == 2
    assert "intents held out" in capsys.readouterr().err
    assert not read_speech(tmp_path / "nothing").hwu
