"""YAML as JSON has it. In: text. Out: plain data: `yes`, `12:30` and `2026-05-31` are text, keys are text as they stand
(`200:` is "200"), no key comes twice. Not read: tags of programming languages, several documents in one text, and,
unless the caller allows them, aliases (and with them `<<: *name`); those are shared, and bounded as if each were
written out."""

from __future__ import annotations

import re
from typing import Any

MAX_DEPTH = 256
MAX_VALUES = 4_000_000
"""Values in one text, aliases written out."""
_CORE = "tag:yaml.org,2002:"
_WORD = re.compile(
    r"(?P<null>~|null|Null|NULL|)|(?P<bool>true|True|TRUE|false|False|FALSE)|(?P<int>[-+]?(?:0|[1-9][0-9]*))"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+)"
)
"""What an unquoted word can be besides text: the core schema of YAML 1.2, without octal and hexadecimal numbers."""
_LONGEST_NUMBER = 64


def parse_yaml(text: str, *, aliases: bool = False) -> Any:
    """The data in a YAML text. ValueError with a line where it is none."""
    import yaml

    reader = _Reader(aliases)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            reader.take(event)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error
    return reader.value


class _Reader:
    """Builds the value from the parser's events; a stack of open collections instead of recursion."""

    def __init__(self, aliases: bool) -> None:
        self.value: Any = None
        self.aliases = aliases
        self.documents = 0
        self.values = 0
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        line = event.start_mark.line + 1
        if kind == "ScalarEvent":
            self.add(_scalar(event, line), 1, event.anchor, line, key=event.value)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            if event.tag not in (None, "!", f"{_CORE}map", f"{_CORE}seq"):
                raise ValueError(f"line {line}: the tag {event.tag[:80]} is not read")
            if len(self.open) >= MAX_DEPTH:
                raise ValueError(f"line {line}: nested more than {MAX_DEPTH} levels deep")
            self.open.append(_Open({} if kind == "MappingStartEvent" else [], event.anchor, line, self.values))
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            done = self.open.pop()
            if self.aliases and kind == "MappingEndEvent" and "<<" in done.value:
                done.value = _merged(done.value, done.line)
            self.add(done.value, self.values - done.before, done.anchor, done.line)
        elif kind == "AliasEvent":
            self.add(*self.alias(event.anchor, line), None, line)
        elif kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                raise ValueError(f"line {line}: a second document begins; one is read")

    def alias(self, name: str, line: int) -> tuple[Any, int]:
        if not self.aliases:
            raise ValueError(f"line {line}: aliases (*name) are not read; write the value out")
        if name not in self.anchors:
            raise ValueError(f"line {line}: there is no &{name} that ends before this line")
        value, size = self.anchors[name]
        self.values += size - 1
        return value, size

    def add(self, value: Any, size: int, anchor: str | None, line: int, key: str | None = None) -> None:
        """Puts a whole value where it belongs; `key` is the text it would be as a key."""
        self.values += 1
        if self.values > MAX_VALUES:
            raise ValueError(f"line {line}: more than {MAX_VALUES:,} values")
        if anchor is not None:
            self.anchors[anchor] = value, size
        if not self.open:
            self.value = value
            return
        into = self.open[-1]
        if isinstance(into.value, list):
            into.value.append(value)
        elif into.key is None:
            if key is None:
                raise ValueError(f"line {line}: a key must be text")
            if key in into.value:
                raise ValueError(f"line {line}: the key {key[:80]!r} is given more than once")
            into.key = key
        else:
            into.value[into.key] = value
            into.key = None


class _Open:
    """A collection whose end has not come."""

    __slots__ = ("anchor", "before", "key", "line", "value")

    def __init__(self, value: Any, anchor: str | None, line: int, before: int) -> None:
        self.value = value
        self.anchor = anchor
        self.line = line
        self.before = before
        self.key: str | None = None


def _merged(value: dict[str, Any], line: int) -> dict[str, Any]:
    """The mapping with what `<<` brings; what it says itself wins, then what comes first."""
    brought = value["<<"] if isinstance(value["<<"], list) else [value["<<"]]
    if not all(isinstance(one, dict) for one in brought):
        raise ValueError(f"line {line}: << brings mappings, and nothing else")
    result: dict[str, Any] = {}
    for one in reversed(brought):
        result |= one
    return {**result, **{key: item for key, item in value.items() if key != "<<"}}


def _scalar(event: Any, line: int) -> Any:
    text: str = event.value
    tag = event.tag
    if tag in ("!", f"{_CORE}str") or (tag is None and not event.implicit[0]):
        return text
    found = _WORD.fullmatch(text)
    kind = found.lastgroup if found is not None else "str"
    if tag is not None and tag.removeprefix(_CORE) != kind:
        raise ValueError(f"line {line}: the tag {tag[:80]} is not read here")
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind in ("int", "float") and len(text) > _LONGEST_NUMBER:
        raise ValueError(f"line {line}: a number of {len(text)} digits")
    return int(text) if kind == "int" else float(text) if kind == "float" else text
