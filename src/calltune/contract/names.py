"""Names that tools can have, from what others call them. In: any texts. Out: a name for each, as near to it as can be,
and each once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .tools import NAME

_LONGEST = 64


def legal_names(wanted: Sequence[str]) -> list[str]:
    """A name for each, in order. One that is fine as it stands keeps it before one that is made so; the later of two
    gets a number.

    >>> legal_names(["repos/get", "repos_get"])
    ['repos_get_2', 'repos_get']
    """
    legal = [legal_name(name) for name in wanted]
    names: dict[int, str] = {}
    taken: dict[str, int] = {}
    """And the last number that was given to it: thousands may want the same."""
    for index in sorted(range(len(wanted)), key=lambda index: (legal[index] != wanted[index], index)):
        name, number = legal[index], taken.get(legal[index], 1)
        while name in taken:
            number += 1
            name = f"{legal[index][: _LONGEST - len(str(number)) - 1]}_{number}"
        taken[legal[index]] = number
        taken.setdefault(name, 1)
        names[index] = name
    return [names[index] for index in range(len(wanted))]


def legal_name(wanted: str) -> str:
    """The name as a tool can have it: `repos/list-tags` is `repos_list-tags`."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", wanted).strip("_")[:_LONGEST]
    return name if NAME.fullmatch(name) else f"_{name}"[:_LONGEST]
