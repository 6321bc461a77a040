"""Numbers that people would say. In: an argument's name and its bounds. Out: the span to draw from, inside what the
schema allows, and a number of it: mostly small, and round where no step is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random
from typing import Any

from .values_topics import words_of

_RANGES = (
    (("price", "amount", "budget", "cost", "total", "salary", "payment"), (5, 900)),
    (("percent", "percentage", "volume", "brightness", "level", "humidity"), (5, 100)),
    (("latitude", "lat"), (-80, 80)),
    (("longitude", "lon", "lng"), (-170, 170)),
    (("temperature", "degrees", "celsius"), (-5, 30)),
    (("year",), (1990, 2027)),
    (("month",), (1, 12)),
    (("hour",), (0, 23)),
    (("age",), (18, 80)),
    (("minutes", "minute", "duration", "seconds", "second", "timeout"), (5, 90)),
    (("rating", "stars", "score"), (1, 5)),
    (("port",), (1024, 9999)),
    (("id", "number", "pin", "code"), (100, 9999)),
    (
        ("limit", "count", "quantity", "people", "guests", "adults", "size", "nights", "days", "seats", "passengers"),
        (1, 9),
    ),
)


def bounds_of(name: str, schema: Mapping[str, Any], *, whole: bool) -> tuple[float, float, float]:
    """The least and the most that people would say, inside what the schema allows, and the step."""
    words = words_of(name)
    low: float
    high: float
    low, high = next((span for names, span in _RANGES if set(names) & set(words)), (1, 40))
    step = schema.get("multipleOf")
    step = float(step) if isinstance(step, int | float) and 1e-9 < step < 1e15 else 0.0
    step = float(int(step)) if step.is_integer() else step
    small = step or (1 if whole else 0.01)
    floor = _bound(schema.get("minimum"), schema.get("exclusiveMinimum"), small)
    ceiling = _bound(schema.get("maximum"), schema.get("exclusiveMaximum"), -small)
    if floor is not None and not floor <= low <= high:
        low, high = floor, floor + max(high - low, 10 * small)
    if ceiling is not None and high > ceiling:
        high = ceiling
        low = min(low, ceiling - min(40 * small, max(0.0, ceiling - (floor if floor is not None else -math.inf))))
    low = max(low, floor) if floor is not None else low
    high = max(low, high)
    return low, high, step


def _bound(inclusive: Any, exclusive: Any, small: float) -> float | None:
    found = [float(inclusive)] if isinstance(inclusive, int | float) and abs(inclusive) < 1e15 else []
    found += [float(exclusive) + small] if isinstance(exclusive, int | float) and abs(exclusive) < 1e15 else []
    return (max(found) if small > 0 else min(found)) if found else None


def number_between(rng: Random, low: float, high: float, step: float) -> float:
    """A number of the span, a multiple of the step where there is one."""
    number = low + (high - low) * rng.random() ** (2 if rng.random() < 0.8 else 1)
    if step:
        first = math.ceil(low / step - 1e-9)
        value = round((first + int((number - first * step) / step)) * step, 9)
    else:
        value = round(number, 2 if high - low <= 2 else rng.choice((0, 0, 1, 2)))
    return int(value) if value.is_integer() else value
