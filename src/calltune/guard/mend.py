"""Calls that are written almost as JSON, written as JSON: the repairs of syntax. In: the text of a completion or of a
call's arguments. Out: the text mended and the changes; None where it is not complete, or can be read in two ways.
What is in it stays what it is.

>>> mend_json("{'city': 'Paris', 'rain': True,}").text
'{"city": "Paris", "rain": true}'
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Set
from dataclasses import dataclass

from calltune.contract import parse_json
from calltune.contract.json_text import MAX_BYTES, MAX_DEPTH, clip
from calltune.guard.repair import ALL, MOST_RECORDED, Repair


@dataclass(frozen=True, slots=True)
class Mended:
    """Text after repairs."""

    text: str
    repairs: tuple[Repair, ...]
    end: int
    """Where the value ended in the original text."""


class _Unclear(Exception):
    """There is no single way to read it; never leaves this module."""


NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORD = re.compile(r"[A-Za-z]++")
_SPACE = re.compile(r"[ \t\r\n]*+")
_LITERALS = {"true": "true", "false": "false", "null": "null", "True": "true", "False": "false", "None": "null"}
_PLAIN = {'"': re.compile(r'[^"\\\x00-\x1f]*+'), "'": re.compile(r"[^'\\\x00-\x1f\"]*+")}
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_FENCE_START = re.compile(r"```(?:json|python|tool_call|xml)?[ \t]*\r?\n?\s*")


class _Reader:
    """Reads one value of almost-JSON and writes it as JSON."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str] = []
        self.noted: dict[str, tuple[str, str]] = {}
        """Of each kind the first: what stood there and what stands there now."""
        self.times: Counter[str] = Counter()

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """One of each kind."""
        return tuple(
            Repair(kind=kind, pointer="", before=clip(before), after=clip(after), times=self.times[kind])
            for kind, (before, after) in self.noted.items()
        )

    def note(self, kind: str, before: str, after: str) -> None:
        self.noted.setdefault(kind, (before, after))
        self.times[kind] += 1

    def space(self, position: int) -> int:
        match = _SPACE.match(self.text, position)
        assert match is not None
        return match.end()

    def value(self, position: int, depth: int) -> int:
        """Write the value that starts here; return where it ends."""
        first = self.text[position : position + 1]
        if first in ("{", "["):
            return self.container(position, depth)
        if first in ('"', "'"):
            return self.string(position)
        if match := NUMBER.match(self.text, position):
            self.out.append(match[0])
            return match.end()
        match = _WORD.match(self.text, position)
        if match is None or match[0] not in _LITERALS:
            raise _Unclear
        written = _LITERALS[match[0]]
        if written != match[0]:
            self.note("python_literal", match[0], written)
        self.out.append(written)
        return match.end()

    def container(self, position: int, depth: int) -> int:
        if depth <= 0:
            raise _Unclear
        opening = self.text[position]
        closing = "}" if opening == "{" else "]"
        self.out.append(opening)
        position = self.space(position + 1)
        filled = False
        while not self.text.startswith(closing, position):
            if opening == "{":
                if self.text[position : position + 1] not in ('"', "'"):
                    raise _Unclear
                position = self.space(self.string(position))
                if not self.text.startswith(":", position):
                    raise _Unclear
                self.out.append(": ")
                position = self.space(position + 1)
            position = self.space(self.value(position, depth - 1))
            filled = True
            if self.text.startswith(",", position):
                position = self.space(position + 1)
                if self.text.startswith(closing, position):
                    self.note("trailing_comma", "," + closing, closing)
                else:
                    self.out.append(", ")
            elif not self.text.startswith(closing, position):
                raise _Unclear
        assert filled or self.out[-1] == opening
        self.out.append(closing)
        return position + 1

    def string(self, position: int) -> int:
        quote, start, first = self.text[position], position, len(self.out)
        self.out.append('"')
        position += 1
        while True:
            match = _PLAIN[quote].match(self.text, position)
            assert match is not None
            self.out.append(match[0])
            position = match.end()
            here = self.text[position : position + 1]
            if here == quote:
                break
            position = self.odd(position, here)
        self.out.append('"')
        if quote == "'":
            self.note("single_quotes", self.text[start : position + 1], "".join(self.out[first:]))
        return position + 1

    def odd(self, position: int, here: str) -> int:
        """A character that does not stand for itself in a string."""
        if here == "":
            raise _Unclear  # the text ends inside the string
        if here == '"':
            self.out.append('\\"')
            return position + 1
        if here == "\\":
            if self.text.startswith("\\'", position):
                self.out.append("'")
                self.note("single_quotes", "\\'", "'")
                return position + 2
            match = _ESCAPE.match(self.text, position)
            if match is None:
                raise _Unclear
            self.out.append(match[0])
            return match.end()
        if here not in "\n\r\t":
            raise _Unclear
        written = json.dumps(here)[1:-1]
        self.out.append(written)
        self.note("raw_newline", here, written)
        return position + 1


def mend_json(text: str, start: int = 0, *, allowed: Set[str] = ALL) -> Mended | None:
    """The JSON value at `start`, mended; None where it is not complete, can be read in two ways, or needs a repair that
    is not allowed."""
    if len(text) - start > MAX_BYTES:
        return None
    reader = _Reader(text)
    try:
        end = reader.value(reader.space(start), MAX_DEPTH)
    except _Unclear:
        return None
    if not allowed >= set(reader.noted):
        return None
    return Mended("".join(reader.out), reader.repairs, end)


def mend_arguments(text: str, *, allowed: Set[str] = ALL) -> Mended | None:
    """The text of a call's arguments, mended: one JSON object and nothing else, at most a code fence around it."""
    repairs: list[Repair] = []
    body = text.strip()
    fence = _FENCE_START.match(body)
    if fence and body.endswith("```") and len(body) >= fence.end() + 3:
        if "code_fence" not in allowed:
            return None
        body = body[fence.end() : -3].strip()
        repairs.append(Repair(kind="code_fence", pointer="", before="```", after=""))
    mended = mend_json(body, allowed=allowed) if body.startswith("{") else None
    if mended is None or mended.end != len(body):
        return None
    return Mended(mended.text, (*repairs, *mended.repairs), len(text))


def mend_text(text: str, format: str, *, allowed: Set[str] = ALL) -> Mended | None:
    """A completion whose calls could not be read, with each call as JSON between its markers; None where that is not
    possible without loss. `format`: see `calltune.render.parse`."""
    if len(text) > MAX_BYTES:
        return None
    return (_mend_hermes if format == "hermes" else _mend_objects)(text, allowed)


OPEN, CLOSE = "<tool_call>", "</tool_call>"
MOST_PROSE = 500
"""Characters of words inside the markers of a call; more is no slip."""


def _mend_hermes(text: str, allowed: Set[str]) -> Mended | None:
    if OPEN not in text:
        return _mend_bare(text, allowed)
    pieces: list[str] = []
    repairs: list[Repair] = []
    position = 0
    while (start := text.find(OPEN, position)) >= 0:
        body = start + len(OPEN)
        opening = text.find("{", body)
        mended = mend_json(text, opening, allowed=allowed) if opening >= 0 else None
        end = text.find(CLOSE, mended.end) if mended else -1
        if mended is None or end < 0:
            return None
        around = _around(text[body:opening].strip(), text[mended.end : end].strip())
        if around is None or any(repair.kind not in allowed for repair in around):
            return None
        repairs += (*around, *mended.repairs)
        said = [repair.before for repair in around if repair.kind == "prose"]  # is said, not thrown away
        pieces += [text[position:start], *(f"\n{words}\n" for words in said), OPEN, mended.text, CLOSE]
        position = end + len(CLOSE)
    pieces.append(text[position:])
    return Mended("".join(pieces), tuple(repairs[:MOST_RECORDED]), len(text)) if repairs else None


def _around(before: str, after: str) -> tuple[Repair, ...] | None:
    """What stands beside a call inside its markers, as repairs that take it away; None where it could mean
    something."""
    if not before and not after:
        return ()
    fence = _FENCE_START.fullmatch(before)
    if fence and after == "```":
        return (Repair(kind="code_fence", pointer="", before=before, after=""),)
    if OPEN in before or CLOSE in before or OPEN in after or re.search(r'[{}\[\]"`]', before + after):
        return None
    words = "\n".join(part for part in (before, after) if part)
    return (Repair(kind="prose", pointer="", before=words, after=""),) if len(words) <= MOST_PROSE else None


def _mend_bare(text: str, allowed: Set[str]) -> Mended | None:
    """A turn that is one call and nothing else, without markers."""
    mended = mend_arguments(text, allowed=allowed)
    if mended is None or "markers" not in allowed:
        return None
    value, problems = parse_json(mended.text)
    if problems or set(value) != {"name", "arguments"}:
        return None
    marked = Repair(kind="markers", pointer="", before="", after=OPEN)
    return Mended(f"{OPEN}{mended.text}{CLOSE}", (*mended.repairs, marked), len(text))


def _mend_objects(text: str, allowed: Set[str]) -> Mended | None:
    """Every JSON object after the marker of the calls; what stands between them stays."""
    start = max(text.find("[TOOL_CALLS]"), text.find("<|python_tag|>"))
    if start < 0 and not text.lstrip().startswith("{"):
        return None
    pieces: list[str] = []
    repairs: list[Repair] = []
    position = max(start, 0)
    pieces.append(text[:position])
    while (opening := text.find("{", position)) >= 0:
        mended = mend_json(text, opening, allowed=allowed)
        if mended is None:
            return None
        pieces += [text[position:opening], mended.text]
        repairs += mended.repairs
        position = mended.end
    pieces.append(text[position:])
    return Mended("".join(pieces), tuple(repairs[:MOST_RECORDED]), len(text)) if repairs else None
