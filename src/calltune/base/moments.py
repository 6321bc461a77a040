"""Kinds of values that are dates and times, in the format that the schema states, or else in the user's words.

In: the date of the scene, if there is one. Out: `MOMENTS`, builders by kind.
"""

from __future__ import annotations

from random import Random

from calltune.base import words as w
from calltune.base.grammar import pick
from calltune.base.mention import STRING, Builder, Built, Mention, World, verbatim
from calltune.base.numerals import date_text, some_date, some_time, time_text, when_text


def _build_date(rng: Random, world: World, param: str) -> Built:
    if world.today is None and rng.random() < 0.25:
        return _build_when(rng, world, "days")
    today = world.today
    shape = "%Y-%m-%d" if rng.random() < 0.85 else pick(rng, ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y"))
    schema = dict(STRING)
    if shape == "%Y-%m-%d":
        hint = pick(
            rng,
            (
                "YYYY-MM-DD",
                "in ISO format (YYYY-MM-DD)",
                "ISO date, e.g. 2024-07-31",
                "format: YYYY-MM-DD",
                "ISO 8601 date",
            ),
        )
        chance = rng.random()
        if chance < 0.3:
            schema["format"] = "date"
            hint = "" if rng.random() < 0.6 else hint
        elif chance < 0.45:
            # The default shows the format.
            schema["default"] = some_date(rng, today).isoformat()
            hint = ""
    else:
        hint = {"%d/%m/%Y": "DD/MM/YYYY", "%m/%d/%Y": "MM/DD/YYYY", "%d.%m.%Y": "DD.MM.YYYY"}[shape]

    def sample(rng: Random) -> Mention:
        day = some_date(rng, today)
        return Mention(day.strftime(shape), date_text(rng, day, today))

    return Built(schema, sample, hint, "date")


def _build_time(rng: Random, world: World, param: str) -> Built:
    kind = rng.random()
    hint = pick(rng, ("HH:MM", "24-hour, HH:MM", "in 24-hour format, e.g. 18:30", "HH:MM (24h)")) if kind < 0.7 else ""

    def sample(rng: Random) -> Mention:
        hour, minute = some_time(rng)
        text = time_text(rng, hour, minute)
        return Mention(f"{hour:02d}:{minute:02d}", text) if hint else Mention(text, text)

    return Built(dict(STRING), sample, hint, "time")


def _build_datetime(rng: Random, world: World, param: str) -> Built:
    seconds = rng.random() < 0.4
    hint = (
        pick(rng, ("YYYY-MM-DDTHH:MM:SS", "ISO 8601, e.g. 2024-07-31T18:30:00"))
        if seconds
        else pick(rng, ("YYYY-MM-DDTHH:MM", "e.g. 2024-07-31T18:30"))
    )
    space = not seconds and rng.random() < 0.4
    hint = "YYYY-MM-DD HH:MM" if space else hint
    today = world.today

    def sample(rng: Random) -> Mention:
        day = some_date(rng, today)
        hour, minute = some_time(rng)
        clock, calendar = time_text(rng, hour, minute), date_text(rng, day, today)
        text = f"{calendar} at {clock}" if rng.random() < 0.7 else f"{calendar}, {clock}"
        return Mention(
            f"{day.isoformat()}{' ' if space else 'T'}{hour:02d}:{minute:02d}{':00' if seconds else ''}", text
        )

    return Built(dict(STRING), sample, hint, "date")


def _build_when(rng: Random, world: World, param: str) -> Built:
    def sample(rng: Random) -> Mention:
        text = when_text(rng, days=param == "days")
        return Mention(text, text, "atom", True)

    if param == "days":
        hint = pick(rng, ("as said", "e.g. tomorrow, next Friday", "e.g. Friday, March 5th", "in words"))
    else:
        hint = pick(
            rng,
            (
                "e.g. today, tomorrow evening",
                "as said",
                "e.g. tomorrow, next Friday",
                "e.g. tonight, March 5th",
                "in words",
            ),
        )
    return Built(dict(STRING), sample, hint, "date")


MOMENTS: dict[str, Builder] = {
    "date": _build_date,
    "time": _build_time,
    "datetime": _build_datetime,
    "when": _build_when,
    "weekday": verbatim(lambda rng, _: pick(rng, w.WEEKDAYS), fold=True, group="date"),
    "month": verbatim(lambda rng, _: pick(rng, w.MONTHS), fold=True, group="date"),
}
"""Kinds of dates and times."""
