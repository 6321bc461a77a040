"""What people really said to assistants, out of three public corpora: sentences with the spans of their values.

In: a folder with the files of the corpora, anywhere below it, under their own names:

- HWU64 (xliuhw/NLU-Evaluation-Data, CC BY 4.0): `RasaNlu_Merged_*.json`, the merged folds;
- CLINC150 (clinc/oos-eval, CC BY 3.0): `data_full.json`;
- Restaurant-8k (PolyAI-LDN/task-specific-datasets, CC BY 4.0): `restaurant8k/train_*.json`.

Out: `Said`. A sentence whose spans do not hold is left out. Which tools are meant: `spoken`.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

BOOKING = "booking"
"""The only intent of Restaurant-8k."""


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence."""

    text: str
    intent: str
    spans: tuple[tuple[int, int, str], ...] = ()
    """Where a value begins and ends, and its slot; in order, without overlap."""
    doubts: frozenset[str] = frozenset()
    """Slots of which a known value stands outside the spans: somebody forgot to mark it."""
    asked: tuple[str, ...] = ()
    """Slots that the assistant had just asked for."""

    def values(self) -> list[tuple[str, str]]:
        """(slot, words of the user)."""
        return [(slot, self.text[start:end]) for start, end, slot in self.spans]


@dataclass(frozen=True, slots=True)
class Speech:
    """The sentences of each corpus, by intent. Empty where its files are absent."""

    hwu: Mapping[str, tuple[Said, ...]]
    clinc: Mapping[str, tuple[Said, ...]]
    out_of_scope: tuple[Said, ...]
    """Sentences of CLINC that fit none of its intents."""
    bookings: tuple[Said, ...]


@lru_cache(maxsize=2)
def read_speech(folder: Path) -> Speech:
    """Everything that is there."""
    clinc, outside = _clinc(folder)
    return Speech(
        hwu={intent: _with_doubts(rows) for intent, rows in _by_intent(_hwu(folder)).items()},
        clinc=clinc,
        out_of_scope=outside,
        bookings=tuple(_bookings(folder)),
    )


def _by_intent(rows: Iterable[Said]) -> dict[str, tuple[Said, ...]]:
    groups: dict[str, dict[str, Said]] = defaultdict(dict)
    for row in rows:
        groups[row.intent].setdefault(row.text.lower(), row)
    return {intent: tuple(groups[intent].values()) for intent in sorted(groups)}


def _hwu(folder: Path) -> Iterable[Said]:
    for path in sorted(folder.rglob("RasaNlu_Merged_*.json")):
        for example in _load(path)["rasa_nlu_data"]["common_examples"]:
            spans = [(e["start"], e["end"], e["entity"]) for e in example["entities"]]
            held = all(example["text"][e["start"] : e["end"]] == e["value"] for e in example["entities"])
            if held and (row := _said(example["text"], example["intent"], spans)):
                yield row


def _clinc(folder: Path) -> tuple[dict[str, tuple[Said, ...]], tuple[Said, ...]]:
    pairs = [
        (text, intent)
        for path in sorted(folder.rglob("data_full.json"))
        for part in _load(path).values()
        for text, intent in part
    ]
    rows = _by_intent(row for text, intent in pairs if (row := _said(text, intent, [])))
    return rows, rows.pop("oos", ())


def _bookings(folder: Path) -> Iterable[Said]:
    for path in sorted(folder.rglob("restaurant8k/train_*.json")):
        for example in _load(path):
            text = example["userInput"]["text"]
            spans = []
            for label in example.get("labels", ()):
                span = label.get("valueSpan", {})
                spans.append((span.get("startIndex", 0), span.get("endIndex", len(text)), label["slot"]))
            if row := _said(text, BOOKING, spans):
                asked = dict.fromkeys(example.get("context", {}).get("requestedSlots", ()))
                yield replace(row, asked=tuple(asked))


def _load(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _said(text: str, intent: str, spans: list[tuple[int, int, str]]) -> Said | None:
    """A sentence, its spans without spaces and stops around them; None where they overlap, are empty or cut a word."""
    kept: list[tuple[int, int, str]] = []
    for start, end, slot in sorted(spans):
        while start < end and text[start] == " ":
            start += 1
        while end > start and text[end - 1] in " .,?!;" and not text[:end].lower().endswith((".m.", "m. .")):
            end -= 1
        cut = text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()
        if start >= end or cut or (kept and start < kept[-1][1]):
            return None
        kept.append((start, end, slot))
    return Said(text, intent, tuple(kept)) if text.strip() else None


def _with_doubts(rows: tuple[Said, ...]) -> tuple[Said, ...]:
    """The rows of an intent with their doubts: values that are marked elsewhere, and not here."""
    counts = Counter((slot, value.lower()) for row in rows for slot, value in row.values())
    known: dict[str, list[str]] = defaultdict(list)
    for (slot, value), count in counts.items():
        if len(value) > 3 or (count > 1 and len(value) > 2):
            known[slot].append(re.escape(value))
    patterns = {slot: re.compile(rf"\b(?:{'|'.join(values)})\b") for slot, values in known.items()}

    def doubts(row: Said) -> frozenset[str]:
        rest = list(row.text.lower())
        for start, end, _ in row.spans:
            rest[start:end] = "|" * (end - start)
        outside = "".join(rest)
        return frozenset(slot for slot, pattern in patterns.items() if pattern.search(outside))

    return tuple(replace(row, doubts=doubts(row)) for row in rows)
