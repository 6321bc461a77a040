"""Sentences are read with their spans, and those that cannot be right are left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from calltune.base.speech import read_speech


def hwu(folder: Path, *examples: tuple[str, str, dict[str, str]]) -> None:
    """A fold of HWU64: text, intent, slot -> value."""
    rows: list[dict[str, Any]] = []
    for text, intent, values in examples:
        entities = [
            {"start": text.index(value), "end": text.index(value) + len(value), "value": value, "entity": slot}
            for slot, value in values.items()
        ]
        rows.append({"text": text, "intent": intent, "entities": entities})
    path = folder / "KFold_1" / "merged" / "RasaNlu_Merged_KFold_1.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"rasa_nlu_data": {"common_examples": rows}}))


def test_a_sentence_keeps_its_values_and_comes_once(tmp_path: Path) -> None:
    hwu(
        tmp_path,
        ("wake me at six am on friday", "alarm_set", {"time": "six am", "date": "friday"}),
        ("Wake me at six am on friday", "alarm_set", {}),
    )
    (said,) = read_speech(tmp_path).hwu["alarm_set"]
    assert said.values() == [("time", "six am"), ("date", "friday")]


def test_a_span_that_cuts_a_word_or_overlaps_leaves_the_sentence_out(tmp_path: Path) -> None:
    hwu(
        tmp_path,
        ("play the radio", "play_radio", {"radio_name": "rad"}),
        ("play radio one", "play_radio", {"radio_name": "radio one", "media_type": "radio"}),
        ("play radio two", "play_radio", {"radio_name": " radio two"}),
    )
    (said,) = read_speech(tmp_path).hwu["play_radio"]
    assert said.values() == [("radio_name", "radio two")]


def test_a_value_that_somebody_forgot_to_mark_is_a_doubt(tmp_path: Path) -> None:
    hwu(
        tmp_path,
        ("news about brexit", "news_query", {"news_topic": "brexit"}),
        ("tell me of brexit today", "news_query", {"date": "today"}),
    )
    marked, forgotten = read_speech(tmp_path).hwu["news_query"]
    assert not marked.doubts
    assert forgotten.doubts == {"news_topic"}


def test_errands_and_bookings_are_read_from_their_own_files(tmp_path: Path) -> None:
    (tmp_path / "data_full.json").write_text(
        json.dumps({"train": [["flip a coin", "flip_coin"]], "oos_train": [["how old is the sea", "oos"]]})
    )
    (tmp_path / "restaurant8k").mkdir()
    booking = {
        "userInput": {"text": "8 people."},
        "context": {"requestedSlots": ["people"]},
        "labels": [{"slot": "people", "valueSpan": {"endIndex": 9}}],
    }
    (tmp_path / "restaurant8k" / "train_0.json").write_text(json.dumps([booking]))
    speech = read_speech(tmp_path)
    assert list(speech.clinc) == ["flip_coin"]
    assert [said.text for said in speech.out_of_scope] == ["how old is the sea"]
    (said,) = speech.bookings
    assert said.values() == [("people", "8 people")] and said.asked == ("people",)


def test_a_folder_without_the_corpora_has_no_speech(tmp_path: Path) -> None:
    speech = read_speech(tmp_path)
    assert not speech.hwu and not speech.clinc and not speech.bookings
