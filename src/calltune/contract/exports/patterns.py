"""A regular expression of a contract in the words of another engine. In: a pattern that jsonschema-rs runs. Out: the
same pattern for JavaScript (to be used with the `u` flag) or for Rust's `regex` crate (which pydantic uses), or None
where the engines may read it differently: word boundaries, flags, Unicode properties, look-around, set operations."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Engine = Literal["javascript", "rust"]

_SPACE = r"\u{9}-\u{d} \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}"
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": _SPACE}
"""What ECMA-262 means; Rust's own classes hold all of Unicode."""
_CONTROLS = {"n": 10, "r": 13, "t": 9, "f": 12, "v": 11}
_TOKEN = re.compile(
    r"""
    \\u\{(?P<long>[0-9A-Fa-f]{1,6})\} | \\u(?P<four>[0-9A-Fa-f]{4}) | \\x(?P<two>[0-9A-Fa-f]{2})
    | \\(?P<kind>[dDwWsS]) | \\(?P<control>[nrtfv]) | \\(?P<plain>[^A-Za-z0-9<>])
    | (?P<group>\(\?:|\(\?P?<[A-Za-z_][A-Za-z0-9_]*>|\((?!\?))
    | (?P<repeat>(?:[*+?]|\{[0-9]{1,5}(?:,[0-9]{0,5})?\})\??)
    | (?P<other>[^\\])
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(maxsize=4096)
def translated(pattern: str, engine: Engine) -> str | None:
    """The pattern for another engine, or None where it might not mean the same there.

    >>> translated("^\\d+.$", "rust")
    '^[0-9]+[^\\\\u{a}]$'
    """
    out: list[str] = []
    inside = False
    at, repeated = 0, True
    while at < len(pattern):
        match = _TOKEN.match(pattern, at)
        if match is None:
            return None
        at = match.end()
        token = match[0]
        if inside:
            part = _in_class(match, engine)
            if part is None or (part == "]" and out[-1] in ("[", "[^")):  # `[]` is empty in one engine, not in another
                return None
            if token in ("&", "~", "-") and pattern[at : at + 1] == token:  # set operations of Rust
                return None
            inside = part != "]" or match["other"] is None
            out.append(part)
            repeated = False
            continue
        if match["repeat"]:
            if repeated:  # nothing to repeat, or a repetition of a repetition
                return None
            out.append(token)
            repeated = True
            continue
        repeated = token in "^$|" or bool(match["group"])
        if token == "[":
            negated = pattern[at : at + 1] == "^"
            at += negated
            out.append("[^" if negated else "[")
            inside = True
        elif match["group"]:
            out.append("(?:")
        elif token == ".":
            out.append(r"[^\u{a}]")
        elif match["kind"]:
            out.append(_kind(match["kind"], engine))
        elif match["other"] and token in "^$|)":
            out.append(token)
        elif match["other"] and token in "{}(":  # `(?` opens flags or look-around
            return None
        else:
            out.append(_character(_code(match)))
    return None if inside else "".join(out) or "(?:)"


def _code(match: re.Match[str]) -> int:
    digits = match["long"] or match["four"] or match["two"]
    if digits:
        return int(digits, 16)
    return _CONTROLS[match["control"]] if match["control"] else ord(match["plain"] or match["other"] or match[0][0])


def _character(code: int, inside: bool = False) -> str:
    char = chr(code)
    if not 0x20 <= code < 0x7F:
        return f"\\u{{{code:x}}}"
    return "\\" + char if char in (r"\[]^-" if inside else r"\^$.*+?()[]{}|/") else char


def _kind(kind: str, engine: Engine) -> str:
    if engine == "javascript":
        return "\\" + kind
    return f"[{'^' if kind.isupper() else ''}{_CLASSES[kind.lower()]}]"


def _in_class(match: re.Match[str], engine: Engine) -> str | None:
    """One token within brackets."""
    token = match[0]
    if match["kind"]:
        if engine == "javascript" or match["kind"].isupper():
            return _kind(match["kind"], engine)
        return _CLASSES[match["kind"]]
    if match["group"] or match["repeat"]:
        if len(token) > 1:
            return None  # several characters of the class at once; rare enough to leave out
        return _character(ord(token), inside=True)
    if match["other"] and token == "[":
        return None
    if match["other"] and token in "]-":
        return token
    return _character(_code(match), inside=True)
