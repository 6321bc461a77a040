"""Which operations of an OpenAPI document become tools. In: filters such as `tag:orders` and the entries. Out: the
entries that are meant; a filter that means none is an error with the near ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from calltune.errors import ConfigError

from .keywords import near
from .operations import Entry

_KINDS: dict[str, Callable[[Entry], tuple[str, ...]]] = {
    "tag": lambda entry: entry.tags,
    "path": lambda entry: (entry.path,),
    "method": lambda entry: (entry.method,),
    "name": lambda entry: (entry.name,),
}
"""What a filter can look at: the words of an entry that it is compared with."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What is taken of a document."""

    include: tuple[str, ...] = ()
    """Filters `KIND:PATTERN`; of one kind any must match, of several kinds each."""
    exclude: tuple[str, ...] = ()
    """The same; what any matches is left out."""
    deprecated: bool = True
    """Whether operations that are deprecated are taken."""
    returns: bool = True
    """Whether it is taken what an operation returns."""


def chosen(entries: Sequence[Entry], choice: Choice, source: str) -> list[Entry]:
    """The entries that the filters mean, in order. ConfigError where a filter is none or means nothing."""
    included = {text: _matching(text, entries, "--include", source) for text in choice.include}
    excluded = [index for text in choice.exclude for index in _matching(text, entries, "--exclude", source)]
    by_kind: dict[str, set[int]] = {}
    for text, found in included.items():
        by_kind.setdefault(text.partition(":")[0], set()).update(found)
    left = [
        entry
        for index, entry in enumerate(entries)
        if all(index in found for found in by_kind.values())
        and index not in set(excluded)
        and (choice.deprecated or not entry.deprecated)
    ]
    if entries and not left:
        raise ConfigError(
            f"of the {len(entries):,} operations of {source}, the filters leave none.",
            hint="Filters of one kind add up, filters of different kinds must all match, --exclude wins.",
        )
    return left


def _matching(text: str, entries: Sequence[Entry], option: str, source: str) -> set[int]:
    kind, colon, pattern = text.partition(":")
    if not colon or kind not in _KINDS or not pattern:
        meant = near(kind, list(_KINDS)) if colon else None
        raise ConfigError(
            f"{option} {text!r} is no filter{f'; did you mean {meant}:{pattern}?' if meant else '.'}",
            hint="A filter is tag:orders, path:/v1/*, method:get or name:get_*.",
        )
    folded = pattern.casefold()
    words = [_KINDS[kind](entry) for entry in entries]
    found = {i for i, some in enumerate(words) if any(fnmatchcase(word.casefold(), folded) for word in some)}
    if not found:
        known = list(dict.fromkeys(word for some in words for word in some))
        meant = near(re.sub(r"[*?]", "", pattern), known, cutoff=0.5)
        shown = ", ".join(known[:_MOST_SHOWN]) + (
            f" and {len(known) - _MOST_SHOWN} more" if known[_MOST_SHOWN:] else ""
        )
        raise ConfigError(
            f"{option} {text}: no operation of {source} has that {kind}"
            + (f"; did you mean {kind}:{meant}?" if meant else "."),
            hint=f"There are: {shown}" if known else f"No operation of the document has a {kind}.",
        )
    return found


_MOST_SHOWN = 20
