"""Kinds of values out of a choice: enumerations with their synonyms, currencies, units.

In: the options, as "low=minor/not urgent,high". Out: `CHOICES`, builders by kind.
"""

from __future__ import annotations

from random import Random

from calltune.base import words as w
from calltune.base.grammar import pick
from calltune.base.mention import STRING, Builder, Built, Mention, World, choices, coined, restyle
from calltune.base.words import Pool


def _build_enum(rng: Random, world: World, param: str) -> Built:
    """`enum:low=minor/not urgent,high`: canonical words with other ways to say them."""
    options = [
        (head, (head, *filter(None, rest.split("/"))))
        for head, _, rest in (part.strip().partition("=") for part in param.split(","))
    ]
    if len(options) > 3 and rng.random() < 0.4:
        keep = 2 + int(rng.random() * (len(options) - 1))
        options = sorted(rng.sample(options, min(keep, len(options))), key=options.index)
    if rng.random() < 0.2:
        rng.shuffle(options)
    style = restyle(rng)
    entries = [(style(head), said) for head, said in options]

    def sample(rng: Random) -> Mention:
        value, said = pick(rng, entries)
        return Mention(value, said[0] if len(said) == 1 or rng.random() < 0.6 else pick(rng, said))

    return Built({"type": "string", "enum": [value for value, _ in entries]}, sample, "", "enum:" + param[:12])


def _build_pick(rng: Random, world: World, param: str) -> Built:
    """`pick:a/b/c`: one of some words, an open string."""
    options = Pool(param.split("/")).part(world.split)

    def sample(rng: Random) -> Mention:
        word = pick(rng, options)
        return Mention(word, word, "atom", True)

    return Built(dict(STRING), sample, "", "word")


def _build_any_enum(rng: Random, world: World, param: str) -> Built:
    """An enumeration of arbitrary words."""
    words: dict[str, None] = {}
    for _ in range(2 + int(rng.random() * 6)):
        chance = rng.random()
        noun, adjective = w.TITLE_NOUNS.pick(rng, world.split), w.ADJECTIVES.pick(rng, world.split)
        words[
            coined(rng).lower()
            if chance < 0.15
            else adjective
            if chance < 0.4
            else noun
            if chance < 0.75
            else f"{adjective} {noun}"
        ] = None
    return choices(rng, list(words), "enum:any")


def _build_currency(rng: Random, world: World, param: str) -> Built:
    codes = rng.random() < 0.75
    names = list(w.CURRENCY_NAMES)

    def sample(rng: Random) -> Mention:
        if rng.random() < 0.5:
            value = pick(rng, w.CURRENCY_CODES.part(world.split))
            return Mention(value, value)
        value = pick(rng, names)
        said = pick(rng, w.CURRENCY_NAMES[value].split("|"))
        return Mention(value if codes else said, said)

    return Built(
        dict(STRING),
        sample,
        pick(rng, ("ISO code, e.g. EUR", "three-letter currency code", "ISO 4217 code")) if codes else "as written",
        "currency",
    )


def _build_unit(rng: Random, world: World, param: str) -> Built:
    family = (param or pick(rng, tuple(w.UNITS))).strip()
    units = w.UNITS[family].split()
    closed = rng.random() < 0.4
    if closed and len(units) > 4:
        units = rng.sample(units, 3 + int(rng.random() * 3))

    def sample(rng: Random) -> Mention:
        unit = pick(rng, units)
        return Mention(unit, unit)

    return Built({"type": "string", "enum": list(units)} if closed else dict(STRING), sample, "", "unit")


CHOICES: dict[str, Builder] = {
    "enum": _build_enum,
    "pick": _build_pick,
    "any_enum": _build_any_enum,
    "currency": _build_currency,
    "unit": _build_unit,
}
"""Kinds of choices."""
