"""Typed text never becomes a special token, and special tokens are told apart from typed text when ids are read back.

In: strings of messages and tools. Out: the same strings with a noncharacter inside every typed marker, where the
rendered text is cut and its pieces tokenised apart. It does not know what the markers mean."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from calltune.errors import TemplateError

# Code points that Unicode reserves for the inside of programs: no text contains them by right. A row that contains some
# of them anyway gets one of the others.
NONCHARACTERS = tuple(map(chr, (*range(0xFDD0, 0xFDF0), 0x1FFFE, 0x1FFFF, 0x2FFFE, 0x2FFFF)))
_ANY_NONCHARACTER = re.compile("[" + "".join(NONCHARACTERS) + "]")


class Markers:
    """The texts of a tokenizer's added tokens. White space is left out: it carries no meaning and must stay whole."""

    def __init__(self, texts: Iterable[str]) -> None:
        kept = {text for text in texts if len(text) > 1 and text.strip()}
        self.texts = tuple(sorted(kept, key=lambda text: (-len(text), text)))
        alternatives = "|".join(re.escape(text) for text in self.texts)
        self._any = re.compile(alternatives or "(?!)")
        in_json = {json.dumps(text, ensure_ascii=False)[1:-1] for text in self.texts}
        self._any_in_json = re.compile("|".join(map(re.escape, sorted(in_json))) or "(?!)")
        self._overlapping = re.compile(f"(?={alternatives or '(?!)'})")

    def found_in(self, value: Any) -> bool:
        """Whether any string of `value`, keys included, contains a marker."""
        return self.found_in_json(json.dumps(value, ensure_ascii=False))

    def found_in_json(self, text: str) -> bool:
        """The same of a value's JSON text."""
        return self._any_in_json.search(text) is not None

    def protect_text(self, text: str, cut: str) -> str:
        """`text` with `cut` inside every marker."""
        if not self._any.search(text):
            return text
        # A look-ahead finds overlapping markers too.
        cuts = (match.start() + 1 for match in self._overlapping.finditer(text))
        return cut.join(text[start:end] for start, end in pairwise([0, *cuts, len(text)]))

    def protect(self, value: Any) -> tuple[Any, str]:
        """`value` with every typed marker cut, and the noncharacter that cuts ("" where nothing had to be)."""
        if not self.found_in(value):
            return value, ""
        cut = free_noncharacter(strings(value))
        return mapped(value, lambda text: self.protect_text(text, cut)), cut


def free_noncharacter(texts: Iterable[str]) -> str:
    """A noncharacter that occurs in none of the texts."""
    used: set[str] = set()
    for text in texts:
        used.update(_ANY_NONCHARACTER.findall(text))
    for candidate in NONCHARACTERS:
        if candidate not in used:
            return candidate
    raise TemplateError("the text contains every Unicode noncharacter; it is not text.", hint="Remove this row.")


def strings(value: Any) -> Iterable[str]:
    """Every string inside JSON-like data, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from strings(key)
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """JSON-like data with every string, keys included, changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {mapped(key, change): mapped(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mapped(item, change) for item in value]
    return value
