"""Numbers, dates and times as people say them. In: a value. Out: words with one reading only: a date is said without
its year only where the year is known (`today`, or a year that the schema's own examples are in)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_ONES = (*_SMALL.split(" "), "seventeen", "eighteen", "nineteen")
_TENS = ["_", "_", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
MONTHS = tuple(calendar.month_name)
WEEKDAYS = tuple(calendar.day_name)


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the model can know about dates."""

    today: date | None = None
    """The date that the system message says, or None."""
    year: int | None = None
    """The year of the dates in the schema: said or not, it is the one meant."""


def number_words(number: int) -> str:
    """`42` as "forty-two"; from -999,999 to 999,999.

    >>> number_words(1250)
    'one thousand two hundred and fifty'
    """
    if number < 0:
        return f"minus {number_words(-number)}"
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    size, word = (1000, "thousand") if number >= 1000 else (100, "hundred")
    head, rest = divmod(number, size)
    link = " and " if rest < 100 else " "
    return f"{number_words(head)} {word}" + (link + number_words(rest) if rest else "")


def number_text(rng: Random, number: float) -> str:
    """A number in digits, or a short one in words."""
    if isinstance(number, int) or number.is_integer():
        whole = int(number)
        if abs(whole) <= 20 or (whole % 10 == 0 and abs(whole) <= 100):
            return number_words(whole) if rng.random() < 0.3 else str(whole)
        return f"{whole:,}" if abs(whole) >= 10_000 and rng.random() < 0.4 else str(whole)
    return f"{number:f}".rstrip("0")


def ordinal(number: int) -> str:
    """`3` as "3rd"."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def some_date(rng: Random, known: Calendar) -> date:
    """A day after today, or any day of the known year, or of some years."""
    if known.today is not None:
        return known.today + timedelta(days=int(rng.random() ** 2 * 90))
    first = date(known.year or rng.randint(2023, 2028), 1, 1)
    return first + timedelta(days=rng.randint(0, 364))


def date_text(rng: Random, day: date, known: Calendar) -> str:
    """A day as it is said."""
    month = MONTHS[day.month]
    short = month if rng.random() < 0.8 else month[:3]
    nth = ordinal(day.day)
    bare = [f"{short} {nth}", f"{short} {day.day}", f"the {nth} of {month}", f"{nth} of {month}", f"{day.day} {short}"]
    if known.today is not None:
        gap = (day - known.today).days
        near = {0: "today", 1: "tomorrow", 2: "the day after tomorrow", 7: "a week from today"}.get(gap)
        if near is not None and rng.random() < 0.8:
            return near
        if 2 <= gap <= 6 and rng.random() < 0.6:
            return f"{rng.choice(('', 'this ', 'next '))}{WEEKDAYS[day.weekday()]}"
        if 2 <= gap <= 14 and rng.random() < 0.3:
            return f"in {number_text(rng, gap)} days"
        if day.year == known.today.year:
            return rng.choice((*bare, f"the {ordinal(day.day)}" if day.month == known.today.month else bare[0]))
    if known.year == day.year and rng.random() < 0.9:
        return rng.choice(bare)
    full = rng.choice(bare[:2]) + rng.choice((", ", " ")) + str(day.year)
    return rng.choice((full, full, f"{day.day} {month} {day.year}", f"{bare[3]} {day.year}", day.isoformat()))


def some_time(rng: Random) -> tuple[int, int]:
    """An hour and a minute: mostly of the day, mostly round."""
    hour = rng.randint(7, 22) if rng.random() < 0.92 else rng.randint(0, 23)
    return hour, rng.choice((0, 0, 0, 15, 30, 30, 45)) if rng.random() < 0.85 else rng.randint(0, 59)


def time_text(rng: Random, hour: int, minute: int) -> str:
    """A time of the day, with its half."""
    twelve, half = hour % 12 or 12, "am" if hour < 12 else "pm"
    clock = f"{twelve}:{minute:02d}"
    part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
    ways = [f"{hour:02d}:{minute:02d}", f"{clock} {half}", f"{clock} {half}", f"{clock}{half}", f"{clock} {part}"]
    if minute == 0:
        ways += [f"{twelve} {half}", f"{twelve} {half}", f"{twelve}{half}", f"{twelve} {part}"]
        ways += [f"{_ONES[twelve]} {part}", f"{_ONES[twelve]} o'clock {part}", f"{twelve} o'clock {part}"]
        ways += {0: ["midnight"], 12: ["noon"]}.get(hour, [])
    if minute == 30:
        ways += [f"half past {_ONES[twelve]} {part}"] * 2
    if minute == 15:
        ways += [f"quarter past {_ONES[twelve]} {part}"] * 2
    if minute == 45 and hour not in (11, 23):
        ways += [f"quarter to {_ONES[(hour + 1) % 12 or 12]} {part}"]
    return rng.choice(ways)


def when_text(rng: Random) -> str:
    """A moment or a span as it is said, for arguments that take the words themselves: "next Friday", "in 2 hours"."""
    weekday, month = rng.choice(WEEKDAYS), rng.choice(MONTHS[1:])
    number = number_text(rng, rng.randint(2, 25))
    unit = rng.choice(("minutes", "hours", "days", "weeks", "months", "years", "seconds"))
    day = some_date(rng, Calendar())
    return rng.choice(
        (
            rng.choice(("today", "tomorrow", "tonight", "now", "this weekend", "next week", "next month", "right now")),
            rng.choice(("this week", "this morning", "later today", "the weekend", "noon", "midnight", "breakfast")),
            f"{rng.choice(('next', 'this', 'tomorrow', weekday))} {rng.choice(('morning', 'afternoon', 'evening'))}",
            f"{rng.choice(('next', 'this', 'on'))} {weekday}".removeprefix("on "),
            f"{number} {unit} from now",
            f"in {number} {unit}",
            time_text(rng, *some_time(rng)),
            f"{month} {ordinal(rng.randint(1, 28))}",
            f"{month} {rng.randint(1, 28)}, {rng.randint(2018, 2036)}",
            f"{rng.randint(1, 12)}/{rng.randint(1, 28)}/{rng.randint(2018, 2036)}",
            f"{day.day} {MONTHS[day.month]}",
            f"{weekday} at {time_text(rng, *some_time(rng))}",
            rng.choice((month, weekday, str(rng.randint(2018, 2036)), f"{month} {rng.randint(2018, 2036)}")),
        )
    )
