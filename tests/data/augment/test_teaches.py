"""The kinds of made rows teach what they claim: the embedded model, tuned for the same number of steps on gold rows
alone and on gold rows with made ones, is asked for made rows of gold rows that it has not seen. `bench.augment_teaches`
does it with more rows and says more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bench.augment_teaches import MEASURE, Options, measure
from rich.console import Console

from calltune import Tool, Toolset
from calltune.data.augment.scratch import make_rows

GAIN = {
    "recovery": 0.2,
    "no_fit": 0.2,
    "distractors": 0.1,
    "renamed": 0.1,
    "reordered": 0.15,
    "failed": 0.4,
    "merged": 0.1,
}
"""What the made rows add at least, of 1. Half of what was measured, or less: another processor rounds in another way,
and then a run of a hundred steps ends elsewhere."""


def gains(folder: Path, **options: Any) -> dict[str, float]:
    """By kind, how much larger the share of right answers is with made rows than without."""
    found = measure(Options(untuned=False, **options), folder, Console(quiet=True))["kinds"]
    return {
        kind: sides["with"][measured]["value"] - sides["without"][measured]["value"]
        for kind, sides in found.items()
        for measured in [MEASURE.get(kind, "call_exact")]
    }


@pytest.mark.slow
def test_each_kind_teaches_what_gold_rows_alone_do_not(tmp_path: Path) -> None:
    found = gains(tmp_path, kinds=",".join(GAIN))
    missed = {kind: found[kind] for kind in GAIN if found[kind] < GAIN[kind]}
    assert not missed
    assert found["gold"] > -0.1, "the made rows are paid for by the gold ones"


@pytest.mark.slow
def test_asking_for_what_is_missing_is_learned(tmp_path: Path) -> None:
    assert gains(tmp_path, kinds="missing", share=0.4, test_rows=60)["missing"] > 0.2


def object_of(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split()}


def records(**fields: Any) -> dict[str, Any]:
    return {"type": "array", "items": object_of(" ".join(fields), **fields)}


NAME, SONG = ({"type": "string", "description": text} for text in ("Name of the restaurant", "Title of the song"))
CITY, ARTIST = ({"type": "string", "description": text} for text in ("City to look in", "Who sings"))
PEOPLE = {"type": "integer", "minimum": 1, "maximum": 12, "description": "Number of people"}
ROOM = {"enum": ["kitchen", "bedroom", "garden"], "description": "Where to play it"}
OUTINGS = Toolset(
    [
        Tool(
            name="find_restaurants",
            description="Find places to eat.",
            parameters=object_of("city", city=CITY),
            returns=records(restaurant_name=NAME, street={"type": "string"}),
        ),
        Tool(
            name="reserve_table",
            description="Reserve a table at a restaurant.",
            parameters=object_of("restaurant_name party_size", restaurant_name=NAME, party_size=PEOPLE),
        ),
        Tool(
            name="find_songs",
            description="Look for songs.",
            parameters=object_of("artist", artist=ARTIST),
            returns=records(song_name=SONG),
        ),
        Tool(
            name="play_song",
            description="Play a song.",
            parameters=object_of("song_name", song_name=SONG, room=ROOM),
        ),
    ]
)
"""Tools of which one finds what another takes."""


def talks(out: Path, rows: int, seed: int) -> str:
    """Made dialogues in which a user sees what was found, and then asks for the next step."""
    made = (row for row in make_rows(OUTINGS, rows=rows, seed=seed) if row["made"]["form"] in ("chain", "answer"))
    out.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    return str(out)


@pytest.mark.slow
def test_two_steps_for_one_request_are_learned(tmp_path: Path) -> None:
    OUTINGS.save(tmp_path / "outings.json")
    learned = talks(tmp_path / "talks.jsonl", 6000, seed=0)
    asked = talks(tmp_path / "asked.jsonl", 1000, seed=1)
    options = {"data": learned, "test": asked, "tools": str(tmp_path / "outings.json"), "share": 0.4, "steps": 60}
    assert gains(tmp_path, kinds="sequence", test_rows=100, **options)["sequence"] > 0.2
