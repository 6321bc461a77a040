"""Numbers, dates and times as people write them.

In: a number, date or time. Out: one of its spellings ("1,200", "twelve hundred" is not used, "half past three pm",
"March 5th, 2025"). Every spelling has one reading only: a date without a year is written only when the reader knows
today's date.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from calltune.base.grammar import pick
from calltune.base.words import MONTHS, WEEKDAYS

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int, *, hyphen: bool = True) -> str:
    """`125` as "one hundred and twenty-five"; below a million."""
    assert 0 <= number < 1_000_000
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (("-" if hyphen else " ") + _ONES[ones] if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds]} hundred" + (f" and {in_words(rest, hyphen=hyphen)}" if rest else "")
    thousands, rest = divmod(number, 1000)
    link = " and " if 0 < rest < 100 else " "
    return f"{in_words(thousands, hyphen=hyphen)} thousand" + (f"{link}{in_words(rest, hyphen=hyphen)}" if rest else "")


def integer_text(rng: Random, number: int, *, words: float = 0.3) -> str:
    """An integer in digits (with or without thousands separators) or in words."""
    if number < 0:
        return f"minus {-number}" if rng.random() < 0.4 else str(number)
    chance = rng.random()
    if number <= 20 or (number % 10 == 0 and number <= 100):
        return _ONES[number] if chance < words and number < 20 else in_words(number) if chance < words else str(number)
    if chance < words * 0.5 and number < 1_000_000:
        round_enough = number % 100 == 0 or number < 1000
        if round_enough or chance < words * 0.12:
            return in_words(number, hyphen=rng.random() < 0.6)
    if number >= 1000:
        if chance > 0.75:
            return f"{number:,}"
        if number % 1000 == 0 and chance > 0.68:
            return f"{number // 1000}k"
    return str(number)


def count_text(rng: Random, number: int) -> str:
    """A small number of things: also "a", "a couple of", "a dozen"."""
    if rng.random() < 0.25:
        special = {1: "one", 2: "two", 12: "a dozen", 24: "two dozen", 100: "a hundred", 1000: "a thousand"}.get(number)
        if special:
            return special
    return integer_text(rng, number, words=0.4)


def ordinal(day: int) -> str:
    """`3` as "3rd"."""
    suffix = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def date_text(rng: Random, day: date, today: date | None) -> str:
    """A date; without its year only when the reader knows `today`, and then it is in the same year and not past."""
    month = MONTHS[day.month - 1]
    if today is not None and rng.random() < 0.75:
        gap = (day - today).days
        near = {0: "today", 1: "tomorrow", 2: "the day after tomorrow"}.get(gap)
        if near and rng.random() < 0.7:
            return near
        if gap == 7 and rng.random() < 0.5:
            return "a week from today"
        if gap >= 0 and day.year == today.year:
            if day.month == today.month and rng.random() < 0.3:
                return f"the {ordinal(day.day)} of this month" if rng.random() < 0.4 else f"the {ordinal(day.day)}"
            return pick(
                rng,
                (
                    f"{month} {ordinal(day.day)}",
                    f"{day.day} {month}",
                    f"{ordinal(day.day)} of {month}",
                    f"{month} {day.day}",
                ),
            )
    short = month[:3]
    kind = int(rng.random() * 10)
    if kind < 2:
        return f"{day.day} {month} {day.year}"
    if kind < 4:
        return f"{month} {ordinal(day.day)}, {day.year}" if rng.random() < 0.5 else f"{month} {day.day}, {day.year}"
    if kind < 6:
        return f"{month} {ordinal(day.day)} {day.year}"
    if kind == 6:
        return f"{ordinal(day.day)} of {month} {day.year}"
    if kind == 7:
        return f"{short} {day.day} {day.year}"
    if kind == 8:
        return day.isoformat()
    return (
        f"{WEEKDAYS[day.weekday()]}, {day.day} {month} {day.year}"
        if rng.random() < 0.5
        else f"the {ordinal(day.day)} of {month} {day.year}"
    )


def some_date(rng: Random, today: date | None) -> date:
    """A date: near today when that is known, else any in 1990-2035, mostly of the twenties."""
    if today is not None:
        return today + timedelta(days=int(rng.random() ** 2 * 120) if rng.random() < 0.8 else int(rng.random() * 8))
    year = 2020 + int(rng.random() * 11) if rng.random() < 0.85 else 1990 + int(rng.random() * 46)
    return date(year, 1 + int(rng.random() * 12), 1 + int(rng.random() * 28))


def time_text(rng: Random, hour: int, minute: int) -> str:
    """A time of the day with one reading: digits, or words with their half of the day."""
    half = "am" if hour < 12 else "pm"
    twelve = hour % 12 or 12
    if minute == 0 and hour in (0, 12) and rng.random() < 0.5:
        return "noon" if hour == 12 else "midnight"
    part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
    kind = int(rng.random() * 10)
    if hour == 0 or hour < 5:
        kind = kind % 6
    if kind < 3:
        return f"{hour:02d}:{minute:02d}"
    if kind < 6:
        space = pick(rng, (" ", " ", ""))
        suffix = half if rng.random() < 0.8 else f"{half[0]}.m." if space else half.upper()
        return (
            f"{twelve}{space}{suffix}"
            if minute == 0 and rng.random() < 0.85
            else f"{twelve}:{minute:02d}{space}{suffix}"
        )
    end = half if rng.random() < 0.5 else part
    if minute == 0:
        return f"{_ONES[twelve]} o'clock {part}" if rng.random() < 0.3 else f"{_ONES[twelve]} {end}"
    if minute == 30:
        return f"half past {_ONES[twelve]} {end}"
    if minute == 15:
        return f"quarter past {_ONES[twelve]} {end}"
    if minute == 45 and twelve not in (11, 12):
        return f"quarter to {_ONES[twelve + 1]} {end}"
    return f"{twelve}:{minute:02d} {half}"


def some_time(rng: Random) -> tuple[int, int]:
    """An hour and a minute, mostly of the day and mostly round."""
    hour = 6 + int(rng.random() * 17) if rng.random() < 0.9 else int(rng.random() * 24)
    minute = pick(rng, (0, 0, 0, 15, 30, 30, 45)) if rng.random() < 0.75 else int(rng.random() * 60)
    return hour, minute


def when_text(rng: Random, *, days: bool = False) -> str:
    """A time as said, without preposition and article: "tomorrow evening", "next Friday"; `days`: whole days only."""
    kind = pick(rng, (2, 4, 7)) if days else int(rng.random() * 8)
    weekday = pick(rng, WEEKDAYS)
    part = pick(rng, ("morning", "afternoon", "evening", "night"))
    if kind == 0:
        return pick(
            rng,
            (
                "today",
                "tomorrow",
                "tonight",
                "now",
                "right now",
                "this week",
                "this weekend",
                "next week",
                "next month",
                "this month",
            ),
        )
    if kind == 1:
        return f"{pick(rng, ('tomorrow', 'this', weekday))} {part}"
    if kind == 2:
        return f"{pick(rng, ('next', 'this', 'next'))} {weekday}"
    if kind == 3:
        unit = pick(rng, ("minute", "hour", "day", "week", "month", "year"))
        number = 2 + int(rng.random() * 28)
        return (
            f"{integer_text(rng, number)} {unit}s from now"
            if rng.random() < 0.8
            else f"{'an' if unit == 'hour' else 'one'} {unit} from now"
        )
    day = some_date(rng, None)
    month = MONTHS[day.month - 1]
    if kind == 4:
        return pick(
            rng,
            (
                f"{month} {ordinal(day.day)}",
                f"{day.day} {month}",
                f"{month} {day.day}",
                f"{ordinal(day.day)} of {month}",
            ),
        )
    if kind == 5:
        return time_text(rng, *some_time(rng))
    if kind == 6:
        clock = time_text(rng, *some_time(rng))
        return f"{weekday} at {clock}" if rng.random() < 0.6 else f"tomorrow at {clock}"
    if days:
        return pick(
            rng,
            (
                "today",
                "tomorrow",
                weekday,
                f"{month} {day.day}, {day.year}",
                day.isoformat(),
                f"{day.month}/{day.day}/{day.year}",
            ),
        )
    return pick(
        rng,
        (
            f"{month} {day.year}",
            f"{day.month}/{day.day}/{day.year}",
            weekday,
            f"{month} {day.day}, {day.year}",
            day.isoformat(),
            month,
        ),
    )
