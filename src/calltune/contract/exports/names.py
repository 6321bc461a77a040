"""Names for generated code. In: names that may hold anything. Out: identifiers that are safe, unique in their file and
the same every time. Only ASCII, so that no two look alike."""

from __future__ import annotations

import re
from collections.abc import Iterable


class Names:
    """The names of one scope, given out once each."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def has(self, name: str) -> bool:
        """Whether a name is taken."""
        return name in self._taken

    def claim(self, wanted: str) -> str:
        """`wanted`, or the first of `wanted_2`, `wanted_3`, ... that is free."""
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name


def camel(*parts: str) -> str:
    """One name for a type: `camel("get_weather", "where")` is `GetWeatherWhere`."""
    words = [word for part in parts for word in re.split(r"[^A-Za-z0-9]+", part) if word]
    name = "".join(word[0].upper() + word[1:] for word in words)
    return name if name and not name[0].isdigit() else f"T{name}"


def snake(text: str) -> str:
    """One name for a field: anything that is no letter, digit or underscore becomes an underscore; none stands in
    front."""
    name = re.sub(r"[^A-Za-z0-9_]+", "_", text).strip("_")
    return name if name and not name[0].isdigit() else f"field_{name}".rstrip("_")
