"""Texts of a topic: words of a list, or made of several. In: a topic's source. Out: a text as the user writes it, which
is also the value of the call."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from random import Random

from .values_spoken import number_words, when_text
from .values_words import POOLS, coined

COIN = 0.25
"""Share of the words that nobody has seen, where a topic is open: names, titles, places."""
_OPEN = {"city", "company", "hotel", "cinema", "brand", "team", "first", "last"}


def text_of_topic(rng: Random, source: str) -> str:
    """A text from a list of `values_words`, or from a maker."""
    if source in _MAKERS:
        return _MAKERS[source](rng)
    if source in _OPEN and rng.random() < COIN:
        return coined(rng)
    return rng.choice(POOLS[source]).replace("{first}", rng.choice(POOLS["first"]))


def _person(rng: Random) -> str:
    first = rng.choice(POOLS["first"]) if rng.random() < 0.9 else coined(rng)
    return first if rng.random() < 0.3 else f"{first} {_last(rng)}"


def _last(rng: Random) -> str:
    return rng.choice(POOLS["last"]) if rng.random() < 0.85 else coined(rng)


def _title(rng: Random) -> str:
    def word(pool: str) -> str:
        return rng.choice(POOLS[pool])

    one, other, third, new = word("adjective"), word("noun"), word("noun"), coined(rng)
    return rng.choice(
        (
            *(f"The {one} {other}", f"{one} {other}", f"The {other} of {third}", f"{other} and {third}", new, other),
            *(f"{other} in the {third}", f"{word('first')} and the {other}", f"A {other} for {word('first')}"),
            *(f"Where the {other} Ends", f"My {one} {other}", f"{one} {other}: The {third}", f"{new} {other}"),
            *(f"The {new} Affair", f"{other} {rng.randint(2, 9)}", f"Return to {new}", f"Don't Wake the {other}"),
            *(
                f"{word('verb')} the {other}",
                f"{word('verb')} Me",
                f"I Will {word('verb')}",
                f"{word('verb')} in {word('city')}",
            ),
            *(
                f"How to {word('verb')} a {other}",
                f"{word('city')} {other}s",
                f"{word('last')}'s {other}",
                f"The {other}",
            ),
            *(
                f"{new} {coined(rng)}",
                f"{coined(rng)} de {coined(rng)}",
                f"{word('verb')} & {word('verb')}",
                word("verb"),
            ),
            *(f"{word('first')} {word('last')}", f"The Life of {word('first')} {word('last')}", f"{other}s, {third}s"),
            *(
                f"{word('job').title()} and {word('animal').title()}",
                f"{word('verb')} Your {other}",
                f"{word('mood')} {other}",
            ),
            *(f"What {word('first')} Knew", f"Ten Days in {word('country')}", f"The {word('city')} Chronicles: {new}"),
        )
    )


def _playlist(rng: Random) -> str:
    def word(pool: str) -> str:
        return rng.choice(POOLS[pool])

    return rng.choice(
        (
            *(word("playlist"), word("playlist"), word("playlist"), f"{word('mood')} {word('genre')}", coined(rng)),
            *(f"{word('genre')} {word('noun')}s", f"this is {_artist(rng)}", f"{word('mood')} {word('noun').lower()}s"),
            *(
                f"{word('city')} {word('genre')}",
                f"{word('genre')} {rng.randint(19, 20)}{rng.randint(10, 29)}",
                _title(rng),
            ),
            *(
                f"{word('verb').lower()} and {word('verb').lower()}",
                f"the {word('mood')} list",
                f"{word('genre')} & {word('genre')}",
            ),
        )
    )


def _restaurant(rng: Random) -> str:
    one, last, new = rng.choice(POOLS["adjective"]), rng.choice(POOLS["last"]), coined(rng)
    kind = rng.choice(POOLS["venue_kind"]).title()
    made = (
        f"{last}'s",
        f"The {one} {rng.choice(POOLS['animal']).title()}",
        f"{new} {kind}",
        new,
        f"{last} {kind}",
        f"{rng.choice(POOLS['place'])} {kind}",
    )
    return rng.choice((rng.choice(POOLS["restaurant"]), *made))


def _place(rng: Random) -> str:
    new, noun = coined(rng), rng.choice(POOLS["noun"])
    kinds = (
        "National Park",
        "State Park",
        "Nature Reserve",
        "Lake",
        "Museum",
        "Bay",
        "Monument",
        "Hills",
        "Wildlife Refuge",
    )
    return rng.choice(
        (*(rng.choice(POOLS["place"]) for _ in range(5)), *(f"{name} {rng.choice(kinds)}" for name in (new, noun, new)))
    )


def _artist(rng: Random) -> str:
    other = rng.choice(POOLS["noun"])
    band = rng.choice((f"The {other}s", f"{rng.choice(POOLS['adjective'])} {other}", f"DJ {coined(rng)}", coined(rng)))
    return band if rng.random() < 0.3 else f"{_person(rng).split()[0]} {_last(rng)}"


def _plain(text: str) -> str:
    flat = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in flat if letter.isalnum())


def _login(rng: Random) -> str:
    first, last = _plain(rng.choice(POOLS["first"])), _plain(_last(rng))
    return rng.choice(
        (f"{first[0]}{last}", f"{first}.{last}", f"{first}{rng.randint(1, 99)}", f"{last}{first[0]}", first)
    )


def _email(rng: Random) -> str:
    ends = ("example.com", "mail.example.org", "post.example.net", f"{coined(rng).lower()}.example")
    return f"{_login(rng)}@{rng.choice(ends)}"


def _digits(rng: Random, shape: str) -> str:
    return "".join(str(rng.randint(0, 9)) if letter == "#" else letter for letter in shape)


def _phone(rng: Random) -> str:
    return _digits(
        rng,
        rng.choice(("555-01##", "+1 555 01# ####", "0555 01####", "(555) 01#-####", "55501#####", "+44 7700 900###")),
    )


def _code(rng: Random) -> str:
    letters = "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(3))
    shape = rng.choice(
        (f"{letters}-####", "######", "####", f"{letters}####", f"{letters[:1]}##-{letters[1:]}#", "##-####")
    )
    return _digits(rng, shape)


def _year(rng: Random) -> str:
    decade = rng.choice(("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"))
    return rng.choice((str(rng.randint(1950, 2026)), str(rng.randint(1950, 2026)), decade, f"{rng.randint(5, 9)}0s"))


def _count(rng: Random) -> str:
    number = rng.choice((0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10))
    return str(number) if rng.random() < 0.6 else number_words(number)


def _party(rng: Random) -> str:
    kin = rng.sample(
        ("my sister", "my wife", "my boss", "my parents", "the kids", "my two aunts", "my neighbor", "dad"), 2
    )
    name = rng.choice(POOLS["first"])
    return rng.choice(
        (
            f"me and {kin[0]}",
            f"{kin[0]} and me",
            f"{kin[0]}, {kin[1]} and I",
            f"{name} and I",
            f"me, {name} and {kin[0]}",
            f"{name}, {kin[1]} and me",
        )
    )


_MAKERS: dict[str, Callable[[Random], str]] = {
    "person": _person,
    "title": _title,
    "playlist": _playlist,
    "restaurant": _restaurant,
    "place": _place,
    "artist": _artist,
    "email": _email,
    "login": _login,
    "phone": _phone,
    "code": _code,
    "year": _year,
    "count": _count,
    "party": _party,
    "when": when_text,
    "rating_unit": lambda rng: rng.choice(("stars", "points", "star")),
    "address": lambda rng: f"{rng.randint(1, 220)} {rng.choice(POOLS['street'])}",
    "postcode": lambda rng: _digits(rng, rng.choice(("#####", "#####", "####", "SW# #AB"))),
    "url": lambda rng: f"https://{coined(rng).lower()}.example/{coined(rng).lower()}",
    "amount": lambda rng: f"{rng.choice(('$', '', '€'))}{rng.randint(2, 900)}",
    "date": when_text,
    "time": when_text,
}
