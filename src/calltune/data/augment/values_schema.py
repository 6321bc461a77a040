"""What a schema says about its values, gathered from where people write it. In: a canonical schema. Out: one schema
without alternatives, the examples in it, and the shape of dates and times that it wants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from calltune.contract.problem import decode_pointer

from .values_spoken import number_words

MAX_EXAMPLES = 12
_MAX_STEPS = 20
_SHOWN = re.compile(
    r"(?:\be\.?g\.?[,:]?|\bfor example[,:]?|\bfor instance[,:]?|\bsuch as|\bexamples?:|\blike)\s+(.{1,300})",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"'`\u201c\u2018]([^\"'`\u201d\u2019]{1,60})[\"'`\u201d\u2019]")
_END = re.compile(r"[;)\n]|\.\s|\.$|\betc\b|\.\.\.")
_HALF_READ = re.compile(r"\be\.?g\b")
"""A piece of a description that holds another "e.g." is no example."""
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")
_NUMBERS = {number_words(number) for number in range(21)}


def resolved(rng: Random, schema: Any, root: Mapping[str, Any]) -> dict[str, Any]:
    """One schema without references and alternatives: a branch is drawn (never the one for null, where there is
    another), `allOf` is joined."""
    found: dict[str, Any] = dict(schema) if isinstance(schema, Mapping) else {}
    for _ in range(_MAX_STEPS):
        if isinstance(reference := found.pop("$ref", None), str) and reference.startswith("#"):
            target: Any = root
            for part in decode_pointer(reference[1:]):
                target = target.get(part) if isinstance(target, Mapping) else None
            found = _joined(target, found)
        elif isinstance(parts := found.pop("allOf", None), list):
            for part in parts:
                found = _joined(part, found)
        elif branches := found.pop("anyOf", None) or found.pop("oneOf", None):
            real = [branch for branch in branches if isinstance(branch, Mapping) and branch.get("type") != "null"]
            found = _joined(rng.choice(real or [{"type": "null"}]), found)
        else:
            break
    if isinstance(kinds := found.get("type"), list):
        found["type"] = rng.choice([kind for kind in kinds if kind != "null"] or ["null"])
    return found


def _joined(inner: Any, outer: Mapping[str, Any]) -> dict[str, Any]:
    inner = dict(inner) if isinstance(inner, Mapping) else {}
    both: dict[str, Any] = inner | dict(outer)
    for key in ("properties", "$defs"):
        if isinstance(inner.get(key), Mapping) and isinstance(outer.get(key), Mapping):
            both[key] = {**inner[key], **outer[key]}
    if isinstance(inner.get("required"), list) and isinstance(outer.get("required"), list):
        both["required"] = list(dict.fromkeys([*inner["required"], *outer["required"]]))
    if isinstance(inner.get("enum"), list) and isinstance(outer.get("enum"), list):
        both["enum"] = [value for value in outer["enum"] if value in inner["enum"]] or outer["enum"]
    return both


def examples_of(schema: Mapping[str, Any]) -> list[Any]:
    """`examples`, a default, and what the description shows after "e.g.", "such as"...

    >>> examples_of({"type": "string", "description": "Where to look, e.g. Oslo, New York (city only)."})
    ['Oslo', 'New York']
    """
    listed = schema.get("examples")
    found: list[Any] = list(listed) if isinstance(listed, list) else []
    if isinstance(schema.get("default"), str | int | float) and schema["default"] != "":
        found.append(schema["default"])
    described = schema.get("description")
    if isinstance(described, str) and (match := _SHOWN.search(described[:2000])):
        shown = match[1]
        pieces = _QUOTED.findall(shown)
        if not pieces:
            shown = _END.split(shown)[0]
            pieces = re.split(r",\s+(?:or\s+|and\s+)?|\s+or\s+", shown)
        found += [piece.strip(" .\"'`") for piece in pieces if 0 < len(piece.strip(" .\"'`").split()) <= 6]
    return [example for example in found if example != "" and not _HALF_READ.search(str(example))][:MAX_EXAMPLES]


def is_number_text(text: Any) -> bool:
    """Whether a text is a number, in digits or words."""
    return isinstance(text, str) and (text.replace(".", "", 1).isdecimal() or text.lower() in _NUMBERS)


def date_year(examples: list[Any], described: str) -> tuple[bool, int | None]:
    """Whether dates are ISO dates here, and the year of the examples."""
    shown = [text for text in examples if isinstance(text, str) and _ISO_DATE.fullmatch(text)]
    year = int(shown[0][:4]) if shown else None
    return bool(shown) or "yyyy-mm-dd" in described.lower() or "iso 8601" in described.lower(), year


def is_clock(examples: list[Any], described: str) -> bool:
    """Whether times are HH:MM here."""
    shown = any(isinstance(text, str) and _CLOCK.fullmatch(text) for text in examples)
    return shown or "hh:mm" in described.lower()
