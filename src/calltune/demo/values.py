"""What fills a slot of a phrase: the words that are said, and the arguments that they mean in this company.

What goes in: the name of a slot, a random generator, the split. What comes out: `(spoken words, {argument: value})`.
The choices of a schema are said in the same words in both splits (`vocabulary.py`). Everything else (tickets, logins,
dates, times, numbers, free text) is drawn from values that the other split never has.

The conventions: an argument that was not said is left out; free text is copied as it stands; "ticket 204417" is
`INC-204417`; "14 March 2027" is `2027-03-14`; everything down is critical, urgent high, no rush low.
"""

from __future__ import annotations

import calendar
import random
from collections.abc import Callable
from typing import Any

from calltune.demo.phrases import Split
from calltune.demo.vocabulary import (
    DEVICE,
    MINUTES,
    MOMENT,
    NOTE,
    NUMBER_WORDS,
    PRIORITY,
    QUANTITIES,
    QUEUE,
    REMARK,
    RESOLUTION,
    RESOLUTION_NOUN,
    SERVICE,
    SITE,
    STATUS,
    SUBJECT,
    SURNAMES,
    SYMPTOM,
    SYSTEM,
    URGENCY,
)

Filled = tuple[str, dict[str, Any]]
"""The words said, and the arguments they stand for."""

HELD_OUT = 5
"""One in five ticket numbers, days and times belongs to the test split."""


def fill(slot: str, rng: random.Random, split: Split) -> Filled:
    """What is said in a slot, and the arguments it stands for: `("ticket 204417", {"ticket": "INC-204417"})`."""
    return SLOTS[slot](rng, split)


def _choice(argument: str, meanings: dict[str, Any]) -> Callable[[random.Random, Split], Filled]:
    """A slot for a choice of the schema: every choice equally often, then one of its words."""

    def draw(rng: random.Random, split: Split) -> Filled:
        value = rng.choice(sorted(set(meanings.values())))
        return rng.choice([words for words, meant in meanings.items() if meant == value]), {argument: value}

    return draw


def _only(meanings: dict[str, str], *values: str) -> dict[str, str]:
    return {words: meant for words, meant in meanings.items() if meant in values}


def _ours(number: int, split: Split) -> bool:
    """Whether a number belongs to a split. Multiplied first, so that the last digit does not tell."""
    return (number * 7919 // 7 % HELD_OUT == 0) == (split == "test")


def _ticket(rng: random.Random, split: Split) -> Filled:
    number = rng.randrange(100_000, 600_000)
    while not _ours(number, split):
        number = rng.randrange(100_000, 600_000)
    spoken = rng.choice(("ticket {}", "ticket {}", "incident {}", "INC-{}", "ticket INC-{}", "ticket no. {}"))
    return spoken.format(number), {"ticket": f"INC-{number}"}


def _login(rng: random.Random, split: Split) -> Filled:
    login = (rng.choice("abcdefghijklmnoprstvw") + rng.choice(SURNAMES[split].split()))[:12]
    return login, {"login": login}


def _date(rng: random.Random, split: Split) -> Filled:
    while True:
        year, month = rng.choice((2026, 2027, 2028)), rng.randint(1, 12)
        day = rng.randint(1, calendar.monthrange(year, month)[1])
        if _ours(month * 31 + day, split):
            break
    value = f"{year}-{month:02d}-{day:02d}"
    name = calendar.month_name[month]
    return rng.choice((value, f"{day} {name} {year}", f"{name} {day}, {year}")), {"date": value}


def _start(rng: random.Random, split: Split) -> Filled:
    while True:
        quarter = rng.randrange(96)
        if _ours(quarter, split):
            break
    value = f"{quarter // 4:02d}:{quarter % 4 * 15:02d}"
    return value, {"start": value}


def _devices(rng: random.Random, split: Split) -> Filled:
    """One device ("a headset", quantity not said) or several ("3 headsets")."""
    name, arguments = _choice("device", DEVICE)(rng, split)
    if rng.random() < 0.4:
        return f"{rng.choice(('a', 'a new'))} {name}", arguments
    quantity = rng.choice(QUANTITIES[split])
    return f"{quantity} {name}s", {**arguments, "quantity": NUMBER_WORDS.get(quantity) or int(quantity)}


def _summary(rng: random.Random, split: Split) -> Filled:
    queue = rng.choice(sorted(SUBJECT))
    words = f"{rng.choice(SUBJECT[queue])} {rng.choice(SYMPTOM[split][queue])}{rng.choice(MOMENT[split])}"
    return words, {"summary": words, "queue": queue}


def _text(rng: random.Random, split: Split) -> Filled:
    who, what = rng.choice(REMARK[split])
    words = f"{rng.choice(who)} {rng.choice(what)}"
    return words, {"text": words}


def _note(rng: random.Random, split: Split) -> Filled:
    words, arguments = _choice("internal", NOTE)(rng, split)
    return words, arguments if arguments["internal"] else {}


def _minutes(rng: random.Random, split: Split) -> Filled:
    value = rng.choice(MINUTES[split])
    return str(value), {"minutes": value}


SLOTS: dict[str, Callable[[random.Random, Split], Filled]] = {
    "date": _date,
    "devices": _devices,
    "login": _login,
    "minutes": _minutes,
    "note": _note,
    "priority": _choice("priority", PRIORITY),
    "priority_down": _choice("priority", _only(PRIORITY, "normal", "low")),
    "priority_up": _choice("priority", _only(PRIORITY, "critical", "high")),
    "queue": _choice("queue", QUEUE),
    "resolution": _choice("resolution", RESOLUTION),
    "resolution_noun": _choice("resolution", RESOLUTION_NOUN),
    "service": _choice("service", SERVICE),
    "site": _choice("site", SITE),
    "slot": _choice("slot", {"morning": "morning", "afternoon": "afternoon"}),
    "start": _start,
    "status": _choice("status", STATUS),
    "summary": _summary,
    "system": _choice("system", SYSTEM),
    "text": _text,
    "ticket": _ticket,
    "urgency_down": _choice("priority", {"There is no rush": "low"}),
    "urgency_up": _choice("priority", URGENCY),
}
