"""Rows and an engine -> predictions with their scores. In: `EvalRow`s. Out: `Prediction`s in the same order, and the
file of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calltune.evaluate.rows import EvalRow
from calltune.evaluate.scoring import Score, score
from calltune.generate import Completion, Engine, Progress
from calltune.guard import Guard, Outcome


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model answered to one row, and how good it is."""

    row: EvalRow
    completion: Completion
    outcome: Outcome
    score: Score

    @property
    def failed(self) -> bool:
        """Something that was asked of this row is not as expected."""
        return not (self.score.parsed and self.score.decision and self.score.call_exact is not False)

    def to_json(self) -> dict[str, Any]:
        """One line of predictions.jsonl."""
        return {
            "id": self.row.id,
            "question": last_question(self.row),
            "expected": self.row.expected,
            "predicted": self.completion.to_json(),
            "verdict": self.outcome.to_json(),
            "score": self.score.to_json(),
        }


def predict(
    rows: Sequence[EvalRow],
    engine: Engine,
    *,
    max_tokens: int = 512,
    temperature: float = 0.0,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Prediction]:
    """Ask the engine every row and score what it says."""
    completions = engine.complete(
        [row.request for row in rows], max_tokens=max_tokens, temperature=temperature, seed=seed, progress=progress
    )
    return [_scored(row, completion, engine) for row, completion in zip(rows, completions, strict=True)]


def _scored(row: EvalRow, completion: Completion, engine: Engine) -> Prediction:
    parsed = engine.parse(completion)
    outcome = Guard(row.toolset, repairs=(), missing="reject").check(
        completion, parsed=parsed
    )  # what the model itself can do
    return Prediction(row, completion, outcome, score(row.expected, parsed, outcome, row.toolset))


def last_question(row: EvalRow) -> str:
    """The last thing said before the turn, for people."""
    return str(row.request.messages[-1].get("content") or "")


def write_predictions(path: Path, predictions: Sequence[Prediction]) -> None:
    """One JSON object a line."""
    # A lone surrogate in a model's text has no UTF-8; `backslashreplace` writes it as the JSON escape that it is.
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        for prediction in predictions:
            file.write(json.dumps(prediction.to_json(), ensure_ascii=False) + "\n")
