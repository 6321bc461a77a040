"""Kinds of argument values: what a schema says about them and how a user says them.

In: a kind ("city", "int:1:20", "enum:low=minor,high", "list:foods"), a world (split, today's date). Out: `Built`: a
JSON Schema and a sampler of `Mention`s. The value can always be derived from the words and the schema (with its
`hint`). Simple kinds come from `texts`, `quantities`, `moments` and `choices`; lists and objects are made of them
here. How an argument is called or put into a sentence is in `roles`.
"""

from __future__ import annotations

from random import Random
from typing import Any

from calltune.base import words as w
from calltune.base.choices import CHOICES
from calltune.base.grammar import pick
from calltune.base.mention import STRING, Builder, Built, Mention, World, from_pool
from calltune.base.moments import MOMENTS
from calltune.base.numerals import integer_text, time_text
from calltune.base.quantities import QUANTITIES
from calltune.base.texts import TEXTS, code, email, full_name, phone


def _build_list(rng: Random, world: World, param: str) -> Built:
    inner = BUILDERS[param.partition(":")[0]](rng, world, param.partition(":")[2])
    schema: dict[str, Any] = {"type": "array", "items": inner.schema}
    if rng.random() < 0.2:
        schema["minItems"] = 1

    def sample(rng: Random) -> Mention:
        size = pick(rng, (1, 2, 2, 3, 3, 4))
        found: dict[str, Mention] = {}
        for _ in range(size):
            mention = inner.sample(rng)
            found.setdefault(mention.text.lower(), mention)
        items = [item for item in found.values() if " and " not in item.text and "," not in item.text] or [
            next(iter(found.values()))
        ]
        texts = [item.text for item in items]
        joined = (
            texts[0]
            if len(texts) == 1
            else f"{', '.join(texts[:-1])}{',' if len(texts) > 2 and rng.random() < 0.25 else ''} and {texts[-1]}"
        )
        return Mention([item.value for item in items], joined, "atom", items[0].fold)

    return Built(schema, sample, inner.hint, inner.group)


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _build_address_object(rng: Random, world: World, param: str) -> Built:
    names = pick(rng, (("street", "city", "zip"), ("street", "city", "postal_code"), ("line1", "town", "postcode")))
    schema = _object({name: dict(STRING) for name in names}, list(names[:2]))

    def sample(rng: Random) -> Mention:
        street = f"{1 + int(rng.random() * 300)} {w.STREETS.pick(rng, world.split)}"
        city = w.CITIES.pick(rng, world.split)
        value = {names[0]: street, names[1]: city}
        if rng.random() < 0.5:
            return Mention(value, f"{street}, {city}")
        value[names[2]] = code(rng, pick(rng, ("ddddd", "dddd", "LLd dLL")))
        return Mention(value, f"{street}, {city}, {value[names[2]]}")

    return Built(schema, sample, "", "place")


def _build_range(rng: Random, world: World, param: str) -> Built:
    low, high = (int(part) for part in (param or "1:500").split(":"))
    names = pick(rng, (("min", "max"), ("from", "to"), ("low", "high"), ("lower", "upper")))
    kind = {"type": pick(rng, ("integer", "number"))}
    schema = _object({names[0]: dict(kind), names[1]: dict(kind)}, list(names) if rng.random() < 0.5 else [])
    both = bool(schema["required"])
    if not both:
        del schema["required"]

    def sample(rng: Random) -> Mention:
        first = low + int(rng.random() * (high - low) * 0.6)
        second = first + 1 + int(rng.random() * (high - first))
        if both or rng.random() < 0.6:
            return Mention(
                {names[0]: first, names[1]: second},
                pick(rng, (f"between {first} and {second}", f"from {first} to {second}", f"{first} to {second}")),
            )
        if rng.random() < 0.5:
            return Mention({names[0]: first}, f"{pick(rng, ('at least', 'a minimum of', 'no less than'))} {first}")
        return Mention(
            {names[1]: second}, f"{pick(rng, ('at most', 'up to', 'no more than', 'a maximum of'))} {second}"
        )

    return Built(schema, sample, "", "number")


def _build_contact(rng: Random, world: World, param: str) -> Built:
    second = pick(rng, ("email", "email", "phone"))
    schema = _object({"name": dict(STRING), second: dict(STRING)}, ["name", second])

    def sample(rng: Random) -> Mention:
        name = full_name(rng, world.split)
        reach = email(rng, world.split) if second == "email" else phone(rng, world.split)
        return Mention(
            {"name": name, second: reach},
            pick(rng, (f"{name} ({reach})", f"{name}, {reach}", f"{name}, {second} {reach}")),
        )

    return Built(schema, sample, "", "person")


def _build_items(rng: Random, world: World, param: str) -> Built:
    """An array of objects: things with how many of each."""
    thing, number = pick(rng, (("name", "quantity"), ("item", "count"), ("product", "qty"), ("item", "quantity")))
    pool = pick(rng, (w.PRODUCTS, w.FOODS, w.DISHES, w.DRINKS)) if not param else getattr(w, param)
    schema = {"type": "array", "items": _object({thing: dict(STRING), number: {"type": "integer"}}, [thing, number])}

    def sample(rng: Random) -> Mention:
        names = list(dict.fromkeys(pool.pick(rng, world.split) for _ in range(pick(rng, (1, 2, 2, 3)))))
        amounts = [2 + int(rng.random() * 9) for _ in names]
        texts = [
            f"{integer_text(rng, amount, words=0.4)} {pick(rng, ('x ', '', '', ''))}{name}"
            for name, amount in zip(names, amounts, strict=True)
        ]
        joined = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
        return Mention([{thing: name, number: amount} for name, amount in zip(names, amounts, strict=True)], joined)

    return Built(schema, sample, "", "items")


def _build_coordinates(rng: Random, world: World, param: str) -> Built:
    first, second = pick(rng, (("lat", "lon"), ("latitude", "longitude"), ("lat", "lng")))
    schema = _object({first: {"type": "number"}, second: {"type": "number"}}, [first, second])

    def sample(rng: Random) -> Mention:
        lat, lon = (
            round(rng.random() * 178 - 89, pick(rng, (2, 3, 4))),
            round(rng.random() * 358 - 179, pick(rng, (2, 3, 4))),
        )
        return Mention(
            {first: lat, second: lon},
            pick(rng, (f"{lat}, {lon}", f"latitude {lat} and longitude {lon}", f"lat {lat} lon {lon}")),
        )

    return Built(schema, sample, "", "place")


def _build_size(rng: Random, world: World, param: str) -> Built:
    names = pick(rng, (("width", "height"), ("width", "depth"), ("length", "width"), ("w", "h")))
    schema = _object({name: {"type": pick(rng, ("integer", "number"))} for name in names}, list(names))

    def sample(rng: Random) -> Mention:
        first, second = 2 + int(rng.random() * 200), 2 + int(rng.random() * 200)
        text = pick(rng, (f"{first} x {second}", f"{first} by {second}", f"{first}x{second}"))
        return Mention({names[0]: first, names[1]: second}, text)

    return Built(schema, sample, f"{names[0]} x {names[1]}", "number")


def _build_location(rng: Random, world: World, param: str) -> Built:
    names = pick(rng, (("city", "country"), ("town", "country"), ("city", "region")))
    schema = _object({name: dict(STRING) for name in names}, [names[0]])
    wider = w.REGIONS if names[1] == "region" else w.COUNTRIES

    def sample(rng: Random) -> Mention:
        city, area = w.CITIES.pick(rng, world.split), wider.pick(rng, world.split)
        if rng.random() < 0.35:
            return Mention({names[0]: city}, city)
        return Mention({names[0]: city, names[1]: area}, f"{city}, {area}")

    return Built(schema, sample, "", "place")


def _build_price(rng: Random, world: World, param: str) -> Built:
    names = pick(rng, (("amount", "currency"), ("value", "currency"), ("amount", "unit")))
    schema = _object({names[0]: {"type": "number"}, names[1]: dict(STRING)}, list(names))

    def sample(rng: Random) -> Mention:
        amount: float | int = 1 + int(rng.random() ** 2 * 3000)
        amount = amount if rng.random() < 0.6 else amount + pick(rng, (0.5, 0.25, 0.99, 0.75))
        currency = w.CURRENCY_CODES.pick(rng, world.split)
        return Mention({names[0]: amount, names[1]: currency}, f"{amount} {currency}")

    return Built(schema, sample, "", "number")


def _build_window(rng: Random, world: World, param: str) -> Built:
    names = pick(rng, (("start", "end"), ("from", "to"), ("opens", "closes")))
    schema = _object({name: dict(STRING) for name in names}, list(names))

    def sample(rng: Random) -> Mention:
        start = int(rng.random() * 20)
        end = start + 1 + int(rng.random() * (23 - start))
        first, second = (start, pick(rng, (0, 15, 30, 45))), (end, pick(rng, (0, 15, 30, 45)))
        texts = time_text(rng, *first), time_text(rng, *second)
        value = {names[0]: f"{first[0]:02d}:{first[1]:02d}", names[1]: f"{second[0]:02d}:{second[1]:02d}"}
        return Mention(value, pick(rng, (f"from {texts[0]} to {texts[1]}", f"between {texts[0]} and {texts[1]}")))

    return Built(schema, sample, pick(rng, ("HH:MM", "24-hour times, HH:MM")), "time")


def _build_name_parts(rng: Random, world: World, param: str) -> Built:
    names = pick(rng, (("first_name", "last_name"), ("first", "last"), ("given_name", "surname")))
    schema = _object({name: dict(STRING) for name in names}, list(names))

    def sample(rng: Random) -> Mention:
        first, last = w.FIRST_NAMES.pick(rng, world.split), w.LAST_NAMES.pick(rng, world.split)
        return Mention({names[0]: first, names[1]: last}, f"{first} {last}")

    return Built(schema, sample, "", "person")


def tagged(built: Built) -> Built:
    """The same argument as a plain span of the user's words, as in slot-filling corpora."""

    def sample(rng: Random) -> Mention:
        mention = built.sample(rng)
        return Mention(mention.text, mention.text, mention.span, mention.fold)

    return Built(dict(STRING), sample, "", built.group)


POOLS: dict[str, Builder] = {
    "domain": from_pool(w.DOMAINS, fold=False, group="code"),
    "city": from_pool(w.CITIES, coin=0.2, group="place", closed=0.03),
    "country": from_pool(w.COUNTRIES, group="country"),
    "region": from_pool(w.REGIONS, group="region"),
    "place": from_pool(w.PLACES, coin=0.1, group="venue"),
    "company": from_pool(w.COMPANIES, coin=0.2, group="company"),
    "brand": from_pool(w.BRANDS, coin=0.3, group="company"),
    "restaurant": from_pool(w.RESTAURANTS, coin=0.1, span="plain", group="venue"),
    "playlist": from_pool(w.PLAYLISTS, coin=0.1, span="plain", group="title", closed=0.05),
    "event": from_pool(w.EVENTS, span="plain", group="text"),
    "task": from_pool(w.TASKS, span="plain", group="text"),
    "problem": from_pool(w.PROBLEMS, span="free", group="text"),
    "host": from_pool(w.HOSTS, fold=False, group="code"),
    "branch": from_pool(w.BRANCHES, fold=False, group="code"),
    "repo": from_pool(w.REPOS, coin=0.2, fold=False, group="code", closed=0.1),
    "airport": from_pool(w.AIRPORTS, fold=False, group="place"),
    "stock": from_pool(w.STOCKS, fold=False, group="code"),
    "timezone": from_pool(w.TIMEZONES, fold=False, group="timezone"),
    "pet": from_pool(w.PET_NAMES, coin=0.3, group="person"),
}
"""Kinds that are a word of a list."""
_PLAIN_POOLS = (
    "ROOMS DEVICES SCENES MACHINES SOFTWARE COLORS LANGUAGES GENRES FILM_GENRES INSTRUMENTS SPORTS TEAMS ANIMALS "
    "PLANTS JOBS DOCTORS DEPARTMENTS SUBJECTS MEDICINES SYMPTOMS ALLERGIES CRYPTO MATERIALS VEHICLES AIRLINES "
    "SERVICES CUISINES DISHES FOODS DRINKS PRODUCTS TAGS METRICS FOLDERS TOPICS"
)
POOLS |= {
    name.lower(): from_pool(getattr(w, name), coin=0.03, group=name.lower(), closed=0.22)
    for name in _PLAIN_POOLS.split()
}

COMPOUNDS: dict[str, Builder] = {
    "list": _build_list,
    "address_object": _build_address_object,
    "range": _build_range,
    "contact": _build_contact,
    "items": _build_items,
    "coordinates": _build_coordinates,
    "size_object": _build_size,
    "location": _build_location,
    "price_object": _build_price,
    "window": _build_window,
    "name_parts": _build_name_parts,
}
"""Lists and objects."""

BUILDERS: dict[str, Builder] = {**TEXTS, **QUANTITIES, **MOMENTS, **CHOICES, **POOLS, **COMPOUNDS}
"""Every kind."""


def build(rng: Random, world: World, kind: str) -> Built:
    """The schema and sampler of a kind such as "city" or "int:1:20"."""
    name, _, param = kind.partition(":")
    return BUILDERS[name](rng, world, param)
