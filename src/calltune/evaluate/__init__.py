"""How good is it: rows with their expected turns and what a model said -> scores with intervals, before and after."""

from __future__ import annotations

from calltune.evaluate.command import EvalConfig, evaluate
from calltune.evaluate.report import EvalReport
from calltune.evaluate.scoring import METRICS, Score, score
from calltune.evaluate.statistics import Metric, confusion, mcnemar, metrics, share

__all__ = [
    "METRICS",
    "EvalConfig",
    "EvalReport",
    "Metric",
    "Score",
    "confusion",
    "evaluate",
    "mcnemar",
    "metrics",
    "score",
    "share",
]
