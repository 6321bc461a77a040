"""A text that follows a regular expression. In: a `pattern` of a schema, which may be hostile. Out: a short text, or
None where the pattern uses what is not read here (look-around, back-references, named classes) or needs a long text.

A pattern is only walked, never run: what comes out is checked by the schema's own linear-time engine. `*` and `+` are
given few repeats; alternatives are drawn evenly.
"""

from __future__ import annotations

import string
from random import Random

MAX_PATTERN = 500
"""Characters of a pattern that is read."""
MAX_TEXT = 200
"""Characters of a text that is made."""
_MORE = 4
"""Repeats above the least, where a pattern allows any number."""
_MAX_DEPTH = 30

_DIGITS, _LOWER, _UPPER = string.digits, string.ascii_lowercase, string.ascii_uppercase
_WORD = _LOWER + _UPPER + _DIGITS + "_"
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": " ", "D": _LOWER, "W": "-", "S": _LOWER + _DIGITS}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_PRINTABLE = _LOWER + _UPPER + _DIGITS + " -_.,:;/+*#@!?()"


class _UnreadableError(ValueError):
    """The pattern uses something that is not read here."""


def text_of(pattern: str, rng: Random) -> str | None:
    """A text that follows the pattern.

    >>> text_of("^INC-[0-9]{6}$", Random(1))
    'INC-219147'
    """
    if len(pattern) > MAX_PATTERN:
        return None
    walker = _Walker(pattern, rng)
    try:
        text = walker.alternatives(0)
        return text if walker.at == len(pattern) else None
    except _UnreadableError:
        return None


class _Walker:
    """Reads a pattern from left to right and writes a text of it."""

    def __init__(self, pattern: str, rng: Random) -> None:
        self.pattern = pattern
        self.rng = rng
        self.at = 0

    def peek(self) -> str:
        return self.pattern[self.at] if self.at < len(self.pattern) else ""

    def take(self) -> str:
        if not (letter := self.peek()):
            raise _UnreadableError
        self.at += 1
        return letter

    def alternatives(self, depth: int) -> str:
        """Texts between bars; one of them is drawn."""
        if depth > _MAX_DEPTH:
            raise _UnreadableError
        texts = [self.sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            texts.append(self.sequence(depth))
        return self.rng.choice(texts)

    def sequence(self, depth: int) -> str:
        parts: list[str] = []
        while (letter := self.peek()) and letter not in "|)":
            start = self.at
            text = self.atom(depth)
            end = self.at
            least, most = self.repeats()
            after, times = self.at, self.rng.randint(least, most)
            parts.append(text if times else "")
            for _ in range(times - 1):  # each repeat is drawn anew
                self.at = start
                parts.append(self.atom(depth))
                if self.at != end or sum(map(len, parts)) > MAX_TEXT:
                    raise _UnreadableError
            self.at = after
        if sum(map(len, parts)) > MAX_TEXT:
            raise _UnreadableError
        return "".join(parts)

    def repeats(self) -> tuple[int, int]:
        """The least and the most repeats of what was just read."""
        letter = self.peek()
        bounds = (1, 1)
        if letter and letter in "?*+":
            self.at += 1
            bounds = {"?": (0, 1), "*": (0, _MORE), "+": (1, 1 + _MORE)}[letter]
        elif letter == "{":
            end = self.pattern.find("}", self.at)
            low, comma, high = self.pattern[self.at + 1 : max(end, 0)].partition(",")
            if not (low.isascii() and low.isdecimal()) or (high and not (high.isascii() and high.isdecimal())):
                raise _UnreadableError
            if len(low) > 4 or len(high) > 6:
                raise _UnreadableError
            least = int(low)
            most = int(high) if high else least + _MORE if comma else least
            if least > MAX_TEXT or most < least:
                raise _UnreadableError
            bounds = (least, min(most, least + 12))
            self.at = end + 1
        else:
            return bounds
        if self.peek() == "?":  # lazy: the same texts
            self.at += 1
        if self.peek() and self.peek() in "+*{":
            raise _UnreadableError
        return bounds

    def atom(self, depth: int) -> str:
        letter = self.take()
        if letter in "^$":
            return ""
        if letter == ".":
            return self.rng.choice(_LOWER + _DIGITS)
        if letter == "[":
            return self.rng.choice(self.members())
        if letter == "\\":
            kind = self.take()
            if kind in "bB":
                return ""
            return self.rng.choice(self.escaped(kind))
        if letter == "(":
            if self.peek() == "?":
                self.at += 1
                self.opening()
            text = self.alternatives(depth + 1)
            if self.take() != ")":
                raise _UnreadableError
            return text
        if letter in "*+?{":
            raise _UnreadableError
        return letter

    def opening(self) -> None:
        """`(?:` and `(?<name>`; look-around is not read."""
        kind = self.take()
        if kind == "P":
            kind = self.take()
        if kind == "<" and self.peek() not in ("=", "!"):
            while self.take() != ">":
                pass
        elif kind != ":":
            raise _UnreadableError

    def escaped(self, kind: str) -> str:
        """The letters that an escape stands for."""
        if kind in _CLASSES:
            return _CLASSES[kind]
        if kind in _CONTROLS:
            return _CONTROLS[kind]
        if kind in "ux":
            size = 4 if kind == "u" else 2
            code = self.pattern[self.at : self.at + size]
            if len(code) < size or any(digit not in string.hexdigits for digit in code):
                raise _UnreadableError
            self.at += size
            return chr(int(code, 16))
        if kind.isalnum():  # back-references, \p{...}
            raise _UnreadableError
        return kind

    def members(self) -> str:
        """The letters of a class in brackets."""
        outside = self.peek() == "^"
        self.at += outside
        found = ""
        first = True
        while first or self.peek() != "]":
            letter = self.take()
            first = False
            letters = self.escaped(self.take()) if letter == "\\" else letter
            if self.peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("", "]") and len(letters) == 1:
                self.at += 1
                last = self.take()
                last = self.escaped(self.take()) if last == "\\" else last
                if len(last) != 1 or not 0 <= ord(last) - ord(letters) < 1000:
                    raise _UnreadableError
                letters = "".join(map(chr, range(ord(letters), ord(last) + 1)))
            found += letters
        self.at += 1
        inside = [letter for letter in _PRINTABLE if (letter in found) != outside]
        kept = "".join(inside) or ("" if outside else found)
        if not kept:
            raise _UnreadableError
        return kept
