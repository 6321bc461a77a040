"""The ways in which a value of a call may stand in what a user says: 2 as "two", 2019-03-08 as "the 8th of March",
13:30 as "1:30 pm". In: a value of JSON. Out: its spellings, longest first; () for values that are not said (objects,
true). English only; a spelling that is not here is not found, which leaves a row out and breaks none."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = (
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
LONGEST = 200
"""Characters of a value that is looked for."""


def spellings(value: Any) -> tuple[str, ...]:
    """How the value may be said, longest first."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ()
    return _spellings(value, type(value) is str)


@lru_cache(maxsize=16_384)
def _spellings(value: Any, is_text: bool) -> tuple[str, ...]:
    found = set(_of_text(value) if is_text else _of_number(value))
    return tuple(sorted((text for text in found if text.strip()), key=lambda text: (-len(text), text)))


def _of_number(value: float) -> Iterator[str]:
    yield f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, float) and not value.is_integer():
        return
    if abs(value) < 1e15:
        whole = int(value)
        yield f"{whole:,}"
        if 0 <= whole < 100:
            yield in_words(whole)
            yield in_words(whole).replace(" ", "-")


def _of_text(value: str) -> Iterator[str]:
    value = value.strip()
    if not value or len(value) > LONGEST:
        return
    yield value
    if "_" in value:
        yield value.replace("_", " ")
    if re.fullmatch(r"[0-9]{1,2}", value):
        yield in_words(int(value))
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        yield from _of_date(value)
    if re.fullmatch(r"[0-2][0-9]:[0-5][0-9]", value):
        yield from _of_time(int(value[:2]), int(value[3:]))


def _of_date(value: str) -> Iterator[str]:
    try:
        date = datetime.date.fromisoformat(value)
    except ValueError:
        return
    for month in (_MONTHS[date.month - 1], _MONTHS[date.month - 1][:3]):
        for day in (str(date.day), f"{date.day}{_ending(date.day)}"):
            for said in (f"{month} {day}", f"{day} {month}", f"{day} of {month}", f"the {day} of {month}"):
                yield said
                yield f"{said}, {date.year}"
                yield f"{said} {date.year}"
    yield f"the {date.day}{_ending(date.day)}"


def _of_time(hour: int, minute: int) -> Iterator[str]:
    half = "pm" if hour >= 12 else "am"
    clock = hour % 12 or 12
    for said in (f"{clock}:{minute:02d}", *([str(clock), in_words(clock)] if minute == 0 else [])):
        for ending in (half, f"{half[0]}.m.", f"{half[0]} m"):
            yield f"{said} {ending}"
            yield f"{said}{ending}"
        yield f"{said} {'in the morning' if hour < 12 else 'in the afternoon' if hour < 18 else 'in the evening'}"
        if minute == 0:
            yield f"{said} o'clock"
    names = {15: "quarter past", 30: "half past"}
    if minute in names:
        yield f"{names[minute]} {in_words(clock)}"
        yield f"{names[minute]} {clock}"


def in_words(number: int) -> str:
    """A number below 100: `in_words(42)` is "forty two"."""
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10 - 2] + (f" {_ONES[number % 10]}" if number % 10 else "")


def _ending(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
