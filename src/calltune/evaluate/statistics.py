"""Counts -> shares with their uncertainty. Wilson score interval for one share, McNemar's exact test for two models
on the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from typing import Any

from calltune.evaluate.scoring import METRICS, Score

# The two-sided 95 % quantile of the normal distribution.
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Metric:
    """A share of rows."""

    value: float | None
    """Share of the rows asked; None when there are none."""
    low: float | None
    """Lower end of the 95 % Wilson interval."""
    high: float | None
    """Upper end of it."""
    n: int
    """Rows asked."""

    def to_json(self) -> dict[str, Any]:
        """`{"value", "low", "high", "n"}`."""
        return {"value": self.value, "low": self.low, "high": self.high, "n": self.n}


def share(answers: Iterable[bool | None]) -> Metric:
    """The share of True among the answers that are not None, with its Wilson interval (Wilson 1927, JASA 22)."""
    asked = [answer for answer in answers if answer is not None]
    n = len(asked)
    if n == 0:
        return Metric(None, None, None, 0)
    p = sum(asked) / n
    centre = p + Z95**2 / (2 * n)
    spread = Z95 * sqrt(p * (1 - p) / n + Z95**2 / (4 * n * n))
    scale = 1 + Z95**2 / n
    return Metric(p, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale), n)


def metrics(scores: Sequence[Score]) -> dict[str, Metric]:
    """Every metric over the rows where its question arises (see `Score`)."""
    return {name: share(getattr(score, name) for score in scores) for name in METRICS}


def confusion(scores: Sequence[Score]) -> dict[str, dict[str, int]]:
    """Expected call or text, against predicted call, text or malformed."""
    counts = Counter((score.expected, score.predicted) for score in scores)
    return {
        expected: {predicted: counts[expected, predicted] for predicted in ("call", "text", "malformed")}
        for expected in ("call", "text")
    }


def mcnemar(before: Sequence[bool | None], after: Sequence[bool | None]) -> dict[str, Any]:
    """Is the difference on the same rows more than chance? Exact two-sided binomial test on the rows that changed.

    >>> mcnemar([False] * 6, [True] * 6)
    {'gained': 6, 'lost': 0, 'n': 6, 'p': 0.03125}
    """
    pairs = [(b, a) for b, a in zip(before, after, strict=True) if b is not None and a is not None]
    gained = sum(a and not b for b, a in pairs)
    lost = sum(b and not a for b, a in pairs)
    changed = gained + lost
    tail = sum(comb(changed, k) for k in range(min(gained, lost) + 1))
    # Integers to the last moment: 2.0 ** changed overflows at 1,024.
    p = min(1.0, 2 * tail / (1 << changed)) if changed else 1.0
    return {"gained": gained, "lost": lost, "n": len(pairs), "p": p}
