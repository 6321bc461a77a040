"""One broken keyword -> the kind and the sentence of its `Problem`. In: the keyword, the rule's value, the offending
value and the place in words. Out: text for a person and a model: what is demanded, what came, what to write instead.
No validation happens here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from .json_text import parse_json, quote, type_name
from .keywords import near

NAMES_SHOWN = 10
_EXAMPLES = {
    "date": "a date such as 2026-05-31",
    "date-time": "a date and time such as 2026-05-31T14:30:00Z",
    "time": "a time with its zone such as 14:30:00Z",
    "duration": "a duration such as P3DT4H",
    "email": "an email address",
    "idn-email": "an email address",
    "hostname": "a host name such as www.example.org",
    "idn-hostname": "a host name",
    "ipv4": "an IPv4 address such as 192.0.2.1",
    "ipv6": "an IPv6 address such as 2001:db8::1",
    "uri": "a URI such as https://example.org/a",
    "uri-reference": "a URI or a relative one",
    "iri": "an IRI such as https://example.org/a",
    "iri-reference": "an IRI or a relative one",
    "uri-template": "a URI template such as https://example.org/{id}",
    "uuid": "a UUID such as 123e4567-e89b-12d3-a456-426614174000",
    "json-pointer": "a JSON Pointer such as /a/0",
    "relative-json-pointer": "a relative JSON Pointer such as 1/a",
    "regex": "a regular expression",
}
_KINDS = {
    "type": "wrong_type", "enum": "not_in_enum", "const": "not_in_enum", "pattern": "pattern", "format": "format",
    "minimum": "range", "maximum": "range", "exclusiveMinimum": "range", "exclusiveMaximum": "range",
    "multipleOf": "range", "minLength": "length", "maxLength": "length", "uniqueItems": "duplicate_items",
    "minItems": "count", "maxItems": "count", "minProperties": "count", "maxProperties": "count", "contains": "count",
    "minContains": "count", "maxContains": "count",
    "required": "missing_required", "dependentRequired": "missing_required",
    "additionalProperties": "unknown_argument", "unevaluatedProperties": "unknown_argument",
}  # fmt: skip


def kind_of(keyword: str) -> str:
    """The kind of problem that a broken keyword makes."""
    return _KINDS.get(keyword, "constraint")


def label(path: Iterable[str | int]) -> str:
    """A place in the arguments, in words: `label(["items", 2, "price"])` is `items[2].price`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("_", "").replace("-", "").isalnum() and len(part) <= 64:
            text += f".{part}" if text else part
        else:
            text += f"[{quote(part)}]"
    return text


def listed(names: Iterable[Any], limit: int = NAMES_SHOWN) -> str:
    """Names or values in a row, at most `limit` of them."""
    names = list(names)
    shown = ", ".join(name if isinstance(name, str) else quote(name) for name in names[:limit])
    return shown + (f" and {len(names) - limit} more" if len(names) > limit else "")


def sentence(keyword: str, rule: Any, got: Any, at: str) -> str:
    """The sentence for one broken keyword whose rule is plain data; `at` is the place in words."""
    write = _WRITERS.get(keyword)
    return write(rule, got, at) if write else f"{at} breaks the rule {keyword}: {quote(rule)}; got {quote(got)}."


def _type(rule: Any, got: Any, at: str) -> str:
    kinds = [rule] if isinstance(rule, str) else list(rule)
    came = "null" if got is None else f"{quote(got)} ({type_name(got)})"
    return f"{at}: expected {' or '.join(kinds)}, got {came}{_unquoted(kinds, got)}."


def _unquoted(kinds: list[str], got: Any) -> str:
    """The most frequent slip of a model: the right value, as text."""
    if not isinstance(got, str) or "string" in kinds:
        return ""
    value, problems = parse_json(got)
    if problems or not (type_name(value) in kinds or (type_name(value) == "integer" and "number" in kinds)):
        return ""
    return (
        "; give it as JSON, not as text" if isinstance(value, dict | list) else f"; write {quote(value)} without quotes"
    )


def _enum(rule: Any, got: Any, at: str) -> str:
    options = [quote(option, 40) for option in rule]
    meant = near(got, [option for option in rule if isinstance(option, str)], 0.75) if isinstance(got, str) else None
    text = (
        f"{at} must be one of {listed(options)}; got {quote(got)}"
        if len(options) > 1
        else f"{at} must be {options[0]}; got {quote(got)}"
    )
    return f"{text}; did you mean {quote(meant)}?" if meant is not None and len(options) > 1 else f"{text}."


def _length(rule: int, got: Any, at: str, word: str) -> str:
    unit = "character" if rule == 1 else "characters"
    return f"{at} must have {word} {rule} {unit}; got {len(got) if isinstance(got, str) else '?'}: {quote(got)}."


def _items(rule: int, got: Any, at: str, word: str) -> str:
    many = "item" if isinstance(got, list) else "field"
    count = len(got) if isinstance(got, list | dict) else "?"
    return f"{at} must have {word} {rule} {many if rule == 1 else many + 's'}; got {count}."


def _unique(rule: Any, got: Any, at: str) -> str:
    seen: dict[str, int] = {}
    for index, item in enumerate(got if isinstance(got, list) else []):
        key = json.dumps(item, sort_keys=True)
        if key in seen:
            return f"{at}: the items must all be different; [{seen[key]}] and [{index}] are both {quote(item)}."
        seen[key] = index
    return f"{at}: the items must all be different."


def _bound(word: str) -> Callable[[Any, Any, str], str]:
    return lambda rule, got, at: f"{at} must be {word} {quote(rule)}; got {quote(got)}."


_WRITERS: dict[str, Callable[[Any, Any, str], str]] = {
    "type": _type,
    "enum": _enum,
    "const": lambda rule, got, at: f"{at} must be {quote(rule)}; got {quote(got)}.",
    "minimum": _bound("at least"),
    "maximum": _bound("at most"),
    "exclusiveMinimum": _bound("more than"),
    "exclusiveMaximum": _bound("less than"),
    "multipleOf": _bound("a multiple of"),
    "minLength": lambda rule, got, at: _length(rule, got, at, "at least"),
    "maxLength": lambda rule, got, at: _length(rule, got, at, "at most"),
    "minItems": lambda rule, got, at: _items(rule, got, at, "at least"),
    "maxItems": lambda rule, got, at: _items(rule, got, at, "at most"),
    "minProperties": lambda rule, got, at: _items(rule, got, at, "at least"),
    "maxProperties": lambda rule, got, at: _items(rule, got, at, "at most"),
    "uniqueItems": _unique,
    "pattern": lambda rule, got, at: f"{at} must match the pattern {_clip(rule)}; got {quote(got)}.",
    "format": lambda rule, got, at: f"{at} must be {_EXAMPLES.get(rule, rule)}; got {quote(got)}.",
    "contains": lambda rule, got, at: f"{at}: none of the items is {_brief(rule)}.",
    "minContains": lambda rule, got, at: f"{at} must have at least {rule} items of the demanded kind.",
    "maxContains": lambda rule, got, at: f"{at} must have at most {rule} items of the demanded kind.",
    "not": lambda rule, got, at: f"{at} must not be {_brief(rule)}; got {quote(got)}.",
}


def missing(name: str, schema: Any, at: str, subject: str) -> str:
    """`missing required argument city (string: Name of the city).`"""
    about = _about(schema)
    start = f"{at}: missing required field" if at else f"missing required {subject}"
    return f"{start} {_clip(name)}{f' ({about})' if about else ''}."


def unknown(name: str, declared: list[str], at: str, subject: str) -> str:
    """`unknown argument citty; did you mean city? Allowed: city, days, unit.`"""
    start = f"{at}: unknown field" if at else f"unknown {subject}"
    meant = near(name, declared)
    allowed = f"Allowed: {listed(declared)}." if declared else "None is allowed."
    return f"{start} {_clip(name)}" + (f"; did you mean {meant}? " if meant else ". ") + allowed


def unknown_tool(name: Any, offered: tuple[str, ...]) -> str:
    """`no tool named get_wether; did you mean get_weather? Offered: get_weather, send_mail.`"""
    meant = near(name, list(offered)) if isinstance(name, str) else None
    shown = _clip(name) if isinstance(name, str) and name else quote(name)
    if meant and meant not in offered[:NAMES_SHOWN]:
        offered = (meant, *(other for other in offered if other != meant))
    rest = f"Offered: {listed(offered)}." if offered else "None is offered."
    return f"no tool named {shown}" + (f"; did you mean {meant}? " if meant else ". ") + rest


def _about(schema: Any) -> str:
    if not isinstance(schema, dict):
        return ""
    kinds = schema.get("type")
    what = " or ".join([kinds] if isinstance(kinds, str) else kinds) if kinds else ""
    if "enum" in schema:
        what = "one of " + listed([quote(option, 40) for option in schema["enum"]], 6)
    description = " ".join(str(schema.get("description", "")).split())
    if len(description) > 100:
        description = description[:99].rstrip() + "…"
    return ": ".join(part for part in (what, description.rstrip(".")) if part)


def _brief(schema: Any) -> str:
    about = (
        _about({key: value for key, value in schema.items() if key in ("type", "enum")})
        if isinstance(schema, dict)
        else ""
    )
    return about or f"as in {quote(schema)}"


def _clip(text: str, limit: int = 60) -> str:
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return text if text.isprintable() else quote(text)


# What moves the cursor, rings, turns the direction of the text or has no UTF-8: a terminal must not be steered by the
# text of a model, a data set or somebody else's contract.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with control characters and lone surrogates as escapes."""
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)
