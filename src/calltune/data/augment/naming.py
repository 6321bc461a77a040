"""New names for tools and arguments. In: a name, a style and a random number generator. Out: a name that a contract may
hold and that none of the taken ones is. What the name stood for is told by its description, not here."""

from __future__ import annotations

import re
from collections.abc import Collection
from random import Random
from typing import Literal

from calltune.contract.tools import NAME

Style = Literal["synonyms", "snake", "camel", "pascal", "prefixed", "opaque"]
STYLES: tuple[Style, ...] = ("synonyms", "snake", "camel", "pascal", "prefixed", "opaque")

VERBS: dict[str, tuple[str, ...]] = {
    "get": ("fetch", "retrieve", "read"), "find": ("search", "look_up"), "search": ("find", "query"),
    "create": ("add", "make", "new"), "add": ("create", "insert", "put"), "delete": ("remove", "drop"),
    "remove": ("delete", "drop"), "update": ("change", "modify"), "set": ("assign", "put"), "send": ("post", "submit"),
    "book": ("reserve", "order"), "reserve": ("book",), "buy": ("purchase", "order"), "play": ("start", "put_on"),
    "show": ("display", "list"), "list": ("show", "enumerate"), "check": ("inspect", "verify"), "cancel": ("revoke",),
    "calculate": ("compute", "work_out"), "convert": ("translate", "change"), "rate": ("score", "grade"),
}  # fmt: skip
"""Other words for the first word of a tool's name."""
NOUNS: dict[str, tuple[str, ...]] = {
    "city": ("town", "place"), "location": ("place", "area"), "date": ("day", "on_date"), "time": ("hour", "at_time"),
    "name": ("title", "label"), "number": ("count", "amount"), "id": ("key", "ref"), "type": ("kind", "category"),
    "category": ("kind", "type"), "query": ("text", "search_term"), "title": ("name",), "price": ("cost",),
    "amount": ("sum", "quantity"), "size": ("extent",), "start": ("begin", "from"), "end": ("finish", "until"),
    "user": ("person", "account"), "description": ("details", "text"), "address": ("addr", "street"),
    "year": ("yr",), "language": ("lang",), "country": ("nation", "land"), "message": ("msg", "note"),
    "destination": ("target", "goal"), "origin": ("source", "from"), "quantity": ("count", "qty"),
    "duration": ("length",), "restaurant": ("eatery",), "movie": ("film",), "hotel": ("lodging",),
    "artist": ("performer",), "song": ("track",), "ticket": ("case", "pass"), "event": ("occasion",),
}  # fmt: skip
"""Other words for the words of an argument's name, and for all but the first of a tool's."""
_PREFIXES = ("api_", "svc_", "x_", "my_", "do_", "app_", "v2_", "ext_")
_ARGUMENT_PREFIXES = ("arg_", "in_", "p_", "param_", "the_")
_OPAQUE_TOOLS = ("tool", "fn", "func", "action", "op", "cmd")
_OPAQUE_ARGUMENTS = ("arg", "p", "param", "field", "x", "value")
MOST = 64
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def new_name(rng: Random, name: str, style: Style, taken: Collection[str], *, argument: bool) -> str:
    """Another name in that style, not in `taken`; a number is added where it would clash."""
    wanted = _styled(rng, name, style, argument=argument)
    wanted = re.sub(r"[^A-Za-z0-9_]", "_", wanted)[: MOST - 4] or "x"
    if not NAME.fullmatch(wanted):
        wanted = f"n_{wanted}"
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}_{number}", number + 1
    return found


def _styled(rng: Random, name: str, style: Style, *, argument: bool) -> str:
    parts = parts_of(name)
    if style == "opaque":
        code = "".join(rng.choice(_LETTERS) for _ in range(3))
        return f"{rng.choice(_OPAQUE_ARGUMENTS if argument else _OPAQUE_TOOLS)}_{code}"
    if style == "prefixed":
        return rng.choice(_ARGUMENT_PREFIXES if argument else _PREFIXES) + name
    if style == "camel":
        return parts[0] + "".join(part.capitalize() for part in parts[1:])
    if style == "pascal":
        return "".join(part.capitalize() for part in parts)
    if style == "synonyms":
        first = NOUNS if argument else VERBS
        parts = [rng.choice((NOUNS if place else first).get(part, (part,))) for place, part in enumerate(parts)]
    return "_".join(parts)


def parts_of(name: str) -> list[str]:
    """The words of a name in lower case: `getWeatherIn_city` is get, weather, in, city."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_.\-\s]+", " ", name)
    return [part.lower() for part in spaced.split()] or ["x"]
