"""Kinds of values that are numbers: counts, amounts of money, percentages, degrees, spans of time.

In: nothing. Out: `QUANTITIES`, builders by kind. What the user says ("half an hour", "a dozen", "$12.50") has one
reading given the schema and the unit that the description states.
"""

from __future__ import annotations

from random import Random
from typing import Any

from calltune.base.grammar import pick
from calltune.base.mention import STRING, Builder, Built, Mention, Sampler, World
from calltune.base.numerals import count_text, integer_text


def _build_int(rng: Random, world: World, param: str) -> Built:
    low, high = (int(part) for part in param.split(":")[:2])
    schema: dict[str, Any] = {"type": "integer" if rng.random() < 0.85 else "number"}
    if rng.random() < 0.35:
        schema |= {"minimum": low, "maximum": high} if rng.random() < 0.6 else {"minimum": low}
    small = high <= 1000
    if high <= 20 and rng.random() < 0.1:
        numbers = list(range(low, min(high, low + 5 + int(rng.random() * 5)) + 1))
        return Built({"type": "integer", "enum": numbers}, _counted(numbers), "", "number")
    if rng.random() < 0.06:
        # As text: in digits, whatever the user says, when the description says so; else the user writes digits.
        hint = pick(rng, ("as digits, e.g. 4", "digits only", "")) if small else ""

        def text(rng: Random) -> Mention:
            value = low + int(rng.random() * (high - low + 1))
            return Mention(str(value), count_text(rng, value) if hint else str(value))

        return Built(dict(STRING), text, hint, "number")

    def sample(rng: Random) -> Mention:
        value = low + int((rng.random() ** 2 if high > 50 else rng.random()) * (high - low + 1))
        if high > 200 and rng.random() < 0.5:
            value = max(low, value - value % (10 if value < 1000 else 100))
        return Mention(value, count_text(rng, value) if small and low >= 0 else integer_text(rng, value))

    return Built(schema, sample, "", "number")


def _counted(numbers: list[int]) -> Sampler:
    def sample(rng: Random) -> Mention:
        value = pick(rng, numbers)
        return Mention(value, count_text(rng, value))

    return sample


def _build_plain(rng: Random, world: World, param: str) -> Built:
    """An integer that is only ever said in digits: a port, a PIN."""
    low, high = (int(part) for part in param.split(":"))

    def sample(rng: Random) -> Mention:
        value = low + int(rng.random() * (high - low + 1))
        return Mention(value, str(value))

    return Built({"type": "integer"}, sample, "", "code")


def _build_number(rng: Random, world: World, param: str) -> Built:
    low, high = (float(part) for part in param.split(":")[:2])
    unit = [*param.split(":"), ""][2]
    schema: dict[str, Any] = {"type": "number"}
    if low >= 0 and rng.random() < 0.25:
        schema["minimum"] = int(low)

    def sample(rng: Random) -> Mention:
        value: float | int = low + rng.random() ** 2 * (high - low)
        chance = rng.random()
        value = round(value) if chance < 0.4 else round(value, 1) if chance < 0.75 else round(value, 2)
        value = int(value) if value == int(value) else value
        if isinstance(value, float) and value > 1 and rng.random() < 0.06:
            value = int(value) + 0.5
            return Mention(value, f"{in_halves(int(value))}{unit and ' ' + unit}")
        text = integer_text(rng, value) if isinstance(value, int) else str(value)
        return Mention(value, f"{text} {unit}".strip())

    return Built(schema, sample, "", "number")


def in_halves(whole: int) -> str:
    """`2` as "two and a half" (2.5)."""
    return "half" if whole == 0 else f"{whole} and a half" if whole > 12 else f"{count_words(whole)} and a half"


def count_words(number: int) -> str:
    """Small numbers in words."""
    return ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"][
        number
    ]


def _build_money(rng: Random, world: World, param: str) -> Built:
    high = float(param or 2000)

    def sample(rng: Random) -> Mention:
        value: float | int = rng.random() ** 2 * high + 1
        chance = rng.random()
        value = (
            int(value)
            if chance < 0.6
            else round(value, 2)
            if chance < 0.85
            else int(value) + pick(rng, (0.5, 0.99, 0.25, 0.75))
        )
        value = int(value) if value == int(value) else value
        digits = (
            f"{value:,}"
            if isinstance(value, int) and rng.random() < 0.3
            else str(value)
            if isinstance(value, int)
            else f"{value:.2f}"
        )
        forms = (
            f"${digits}",
            f"{digits} dollars",
            digits,
            f"€{digits}",
            f"{digits} euros",
            f"${digits}",
            f"£{digits}",
            f"{digits} bucks",
        )
        return Mention(value, pick(rng, forms))

    return Built({"type": "number"}, sample, "", "number")


def _build_percent(rng: Random, world: World, param: str) -> Built:
    schema: dict[str, Any] = {"type": "integer"}
    if rng.random() < 0.5:
        schema |= {"minimum": 0, "maximum": 100}

    def sample(rng: Random) -> Mention:
        value = int(rng.random() * 21) * 5 if rng.random() < 0.6 else int(rng.random() * 101)
        if value == 50 and rng.random() < 0.3:
            return Mention(50, "half")
        chance = rng.random()
        return Mention(
            value,
            f"{value}%"
            if chance < 0.45
            else f"{value} percent"
            if chance < 0.75
            else f"{integer_text(rng, value, words=0.8)} percent"
            if chance < 0.9
            else str(value),
        )

    return Built(
        schema,
        sample,
        pick(rng, ("in percent", "0 to 100", "percent, 0-100", "percentage", "")) if "maximum" not in schema else "",
        "percent",
    )


def _build_degrees(rng: Random, world: World, param: str) -> Built:
    low, high = (int(part) for part in (param or "5:30").split(":"))

    def sample(rng: Random) -> Mention:
        value: float | int = low + int(rng.random() * (high - low + 1))
        if rng.random() < 0.15:
            value += 0.5
        forms = (
            f"{value} degrees",
            f"{value}",
            f"{value}°",
            f"{value}°C",
            f"{value} degrees",
            f"{integer_text(rng, int(value), words=1)} degrees" if value == int(value) else f"{value} C",
        )
        return Mention(value, pick(rng, forms))

    return Built({"type": "number"}, sample, pick(rng, ("in degrees Celsius", "degrees Celsius", "in °C")), "degrees")


_SPANS: dict[str, dict[str, float]] = {
    "minutes": {
        "half an hour": 30,
        "an hour": 60,
        "one hour": 60,
        "an hour and a half": 90,
        "two hours": 120,
        "2 hours": 120,
        "a quarter of an hour": 15,
        "3 hours": 180,
    },
    "seconds": {
        "a minute": 60,
        "one minute": 60,
        "half a minute": 30,
        "two minutes": 120,
        "2 minutes": 120,
        "5 minutes": 300,
        "an hour": 3600,
    },
    "hours": {
        "half a day": 12,
        "a day": 24,
        "one day": 24,
        "two days": 48,
        "2 days": 48,
        "half an hour": 0.5,
        "an hour": 1,
        "an hour and a half": 1.5,
    },
    "days": {
        "a week": 7,
        "one week": 7,
        "two weeks": 14,
        "2 weeks": 14,
        "three weeks": 21,
        "a fortnight": 14,
        "a day": 1,
    },
    "weeks": {"a week": 1, "a fortnight": 2},
    "months": {"a month": 1, "half a year": 6, "a year": 12, "one year": 12, "two years": 24, "2 years": 24},
}


def _build_duration(rng: Random, world: World, param: str) -> Built:
    unit = param or pick(rng, ("minutes", "minutes", "hours", "seconds", "days"))
    high = {"minutes": 120, "seconds": 300, "hours": 48, "days": 60, "weeks": 12, "months": 36}[unit]
    odd = [(words, int(value)) for words, value in _SPANS[unit].items() if value == int(value)]

    def sample(rng: Random) -> Mention:
        if rng.random() < 0.18:
            words, whole = pick(rng, odd)
            return Mention(whole, words)
        value = 2 + int(rng.random() ** 1.5 * high)
        if value > 15 and rng.random() < 0.6:
            value -= value % 5
        text = integer_text(rng, value)
        short = {"minutes": "min", "seconds": "sec", "hours": "h"}.get(unit)
        return Mention(
            value, f"{text} {short}" if short and text.isdigit() and rng.random() < 0.15 else f"{text} {unit}"
        )

    return Built({"type": "integer"}, sample, f"in {unit}", "duration")


def _build_year(rng: Random, world: World, param: str) -> Built:
    def sample(rng: Random) -> Mention:
        value = 1950 + int(rng.random() * 80)
        return Mention(value, str(value))

    return Built({"type": "integer"}, sample, "", "year")


def _build_rating(rng: Random, world: World, param: str) -> Built:
    top = int(param or pick(rng, ("5", "5", "6", "10")))

    def sample(rng: Random) -> Mention:
        value = int(rng.random() * top) + 1
        text = integer_text(rng, value, words=0.5)
        return Mention(
            value,
            f"{text} star{'s' if value != 1 else ''}"
            if top == 5 and rng.random() < 0.4
            else f"{text} out of {top}"
            if rng.random() < 0.2
            else text,
        )

    return Built({"type": "integer", "minimum": 1, "maximum": top}, sample, "", "number")


QUANTITIES: dict[str, Builder] = {
    "int": _build_int,
    "plain": _build_plain,
    "number": _build_number,
    "money": _build_money,
    "percent": _build_percent,
    "degrees": _build_degrees,
    "year": _build_year,
    "rating": _build_rating,
    "duration": _build_duration,
}
"""Kinds of numbers."""
