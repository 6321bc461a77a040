"""Values and the words for them: what every kind of argument value is made of.

In: word lists. Out: `Mention` (a JSON value and what the user says), `Built` (a schema and a sampler of mentions),
and the three ways to build most kinds: from a list, copied word for word, from an enumeration. The kinds themselves
are in the modules named in `values`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, Literal, NamedTuple

from calltune.base.grammar import pick
from calltune.base.words import Pool

Span = Literal["atom", "plain", "title", "free"]


class Mention(NamedTuple):
    """One value and the words for it."""

    value: Any
    """What the call holds."""
    text: str
    """What the user says."""
    span: Span = "atom"
    """How well its end is seen: atom anywhere, plain mostly, title by its capitals, free only by quotation marks."""
    fold: bool = False
    """Whether a user who writes all in lower case writes this so too (and means the lower-case value)."""


@dataclass(frozen=True, slots=True)
class World:
    """What holds for a whole scene."""

    split: str
    """train or test: which parts of the word lists may be used."""
    today: date | None
    """The date that the system message states, if it does."""
    plain: bool = False
    """Whether people say the words of the tools, and values as they are written."""


Sampler = Callable[[Random], Mention]


@dataclass(slots=True)
class Built:
    """A kind, made concrete for one argument of one tool."""

    schema: dict[str, Any]
    """Type and constraints, without a description."""
    sample: Sampler
    """Values with their words."""
    hint: str = ""
    """What the description must say so that the value can be derived (a format, a unit)."""
    group: str = ""
    """Values of one group cannot be told apart by their looks."""


Builder = Callable[[Random, World, str], Built]
STRING: dict[str, Any] = {"type": "string"}

_SYLLABLES = [
    "ba",
    "be",
    "bo",
    "bra",
    "bri",
    "ca",
    "ce",
    "cor",
    "da",
    "del",
    "do",
    "dra",
    "el",
    "fa",
    "fer",
    "fin",
    "ga",
    "gar",
    "gri",
    "hal",
    "hel",
    "in",
    "is",
    "ja",
    "jo",
    "ka",
    "kel",
    "ko",
    "la",
    "len",
    "li",
    "lo",
    "lu",
    "ma",
    "mel",
    "mi",
    "mo",
    "na",
    "nel",
    "ni",
    "no",
    "or",
    "pa",
    "pel",
    "pri",
    "qua",
    "ra",
    "ren",
    "ri",
    "ro",
    "sa",
    "sel",
    "sha",
    "si",
    "so",
    "sta",
    "ta",
    "tel",
    "ti",
    "to",
    "tra",
    "u",
    "va",
    "vel",
    "vi",
    "vo",
    "wa",
    "wen",
    "wi",
    "xa",
    "ya",
    "yo",
    "za",
    "zel",
    "zo",
]
_ENDINGS = [
    "n",
    "r",
    "s",
    "l",
    "th",
    "na",
    "ra",
    "lo",
    "ton",
    "ville",
    "ford",
    "ham",
    "berg",
    "ia",
    "um",
    "ex",
    "ix",
    "on",
    "is",
    "ar",
    "el",
    "os",
    "wick",
    "mont",
    "dale",
]


def coined(rng: Random) -> str:
    """A word that nobody has seen: "Velkora"."""
    middle = "".join(pick(rng, _SYLLABLES) for _ in range(1 + int(rng.random() * 2.3)))
    return (middle + pick(rng, _SYLLABLES) + (pick(rng, _ENDINGS) if rng.random() < 0.7 else "")).capitalize()


def restyle(rng: Random) -> Callable[[str], str]:
    """One spelling for all words of an enumeration: "in progress", "in_progress", "IN_PROGRESS", "InProgress"..."""
    styles: tuple[Callable[[str], str], ...] = (
        lambda word: word.replace(" ", "_"),
        lambda word: word,
        lambda word: word.replace(" ", "_").upper(),
        lambda word: word.capitalize(),
        lambda word: word.replace(" ", "-"),
        lambda word: word.title(),
        lambda word: word.title().replace(" ", ""),
    )
    return pick(rng, (styles[0], styles[0], styles[0], styles[1], *styles))


def from_pool(
    pool: Pool, *, coin: float = 0.0, span: Span = "atom", fold: bool = True, group: str = "", closed: float = 0.0
) -> Builder:
    """A word of a list: now and then a coined one (`coin`), now and then out of a closed choice (`closed`)."""

    def build(rng: Random, world: World, _: str) -> Built:
        part = pool.part(world.split)
        if closed and rng.random() < closed and len(part) > 3:
            return choices(rng, rng.sample(part, min(len(part), 3 + int(rng.random() * 7))), group)

        def sample(rng: Random) -> Mention:
            word = coined(rng) if coin and rng.random() < coin else part[int(rng.random() * len(part))]
            return Mention(word, word, span if " " in word else "atom", fold)

        return Built(dict(STRING), sample, "", group)

    return build


def choices(rng: Random, words: list[str], group: str) -> Built:
    """An enumeration of some words of a list, in one spelling."""
    style = restyle(rng)
    values = {style(word): word for word in words}
    entries = list(values.items())

    def sample(rng: Random) -> Mention:
        value, said = pick(rng, entries)
        return Mention(value, said)

    return Built({"type": "string", "enum": list(values)}, sample, "", group)


def verbatim(
    make: Callable[[Random, str], str], *, span: Span = "atom", fold: bool = False, group: str = ""
) -> Builder:
    """A string copied word for word from the user."""

    def build(_: Random, world: World, __: str) -> Built:
        split = world.split

        def sample(rng: Random) -> Mention:
            text = make(rng, split)
            return Mention(text, text, span, fold)

        return Built(dict(STRING), sample, "", group)

    return build
