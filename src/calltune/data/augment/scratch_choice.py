"""Which arguments a user gives. In: the arguments of a tool. Out: all required ones and some of the others, such as
people give together: a unit only beside its number, a playlist's owner only beside the playlist, not a city and
"here"."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from .values import Argument

MOST_OPTIONAL = 5
_NEEDS = {"best": ("rating",), "rating_unit": ("rating",), "owner": ("playlist",)}
_APART = (
    {"here", "city", "place", "area"},
    {"title", "select"},
    {"party", "count_text"},
    {"condition", "temperature_word"},
    {"song", "album", "playlist"},
    {"work_kind", "film_kind", "music_kind"},
)
"""Topics of which a user gives one, where none is required."""


def choose(rng: Random, arguments: Sequence[Argument]) -> list[Argument]:
    """The arguments given, in the order of the schema."""
    optional = [argument for argument in arguments if not argument.required]
    rate = (
        rng.choice((0.0, 0.15, 0.3, 0.3, 0.5, 0.8))
        if len(optional) < len(arguments)
        else rng.choice((0.1, 0.25, 0.4, 0.6))
    )
    taken = {argument.name for argument in optional if rng.random() < rate}
    if optional and len(optional) == len(arguments) and not taken and rng.random() < 0.95:
        taken = {rng.choice(optional).name}
    if len(taken) > MOST_OPTIONAL:
        taken = set(rng.sample(sorted(taken), rng.randint(2, MOST_OPTIONAL)))
    for topics in _APART:
        rivals = [argument for argument in optional if argument.name in taken and _about(argument) in topics]
        if len(rivals) > 1 and rng.random() < 0.9:
            kept = rng.choice(rivals)
            taken -= {rival.name for rival in rivals if rival is not kept}
    for argument in optional:
        needed = _NEEDS.get(_about(argument))
        if argument.name in taken and needed:
            leaders = [other for other in arguments if _about(other) in needed]
            taken |= {leader.name for leader in leaders[:1]}
            if not leaders:
                taken.discard(argument.name)
    return [argument for argument in arguments if argument.required or argument.name in taken]


def _about(argument: Argument) -> str:
    return argument.topic.name if argument.topic is not None else ""
