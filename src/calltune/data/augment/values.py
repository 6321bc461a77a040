"""Values for arguments, and the words for them. In: an argument's name and its schema, any JSON Schema. Out: `Said`: a
JSON value that follows the schema and what a user says for it; or a reason why there is none.

The type, the bounds and the format decide what is allowed; the name, the examples and the description decide what it
is about. Everything is drawn from one `Random`. What cannot be said is a reason, not an exception: the caller leaves
the argument or the tool out, and counts it.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any, NamedTuple

from calltune.contract.validate import build_validator

from .values_numbers import bounds_of, number_between
from .values_pattern import text_of
from .values_schema import date_year, examples_of, is_clock, is_number_text, resolved
from .values_spoken import Calendar, date_text, number_text, some_date, some_time, time_text
from .values_texts import text_of_topic
from .values_topics import TOPICS, Topic, topic_of, words_of
from .values_words import POOLS, coined

TRIES = 24
"""Draws before a value is given up."""
MAX_DEPTH = 8
"""Objects in arrays in objects: deeper values are not made."""
_MAX_ITEMS = 4
_FLAG = re.compile(r"\b(boolean|true or false)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"[A-Za-z]+[-_#/]?(\d{3,})")
_FORMATS = {"email": "email", "idn-email": "email", "uri": "url", "url": "url", "iri": "url", "uri-reference": "url"}


class Said(NamedTuple):
    """A value and the words for it."""

    value: Any
    text: str
    """"" where it goes without saying: the only value that there can be."""
    copied: bool = False
    """The value is the user's own words: a user who writes them small means them small."""
    free: bool = False
    """Words without a visible end: they stand last, or in quotation marks."""


class UnsayableError(Exception):
    """No value could be made; the text is the reason, as a kind: "pattern", "format", "depth", "no_value"."""


@dataclass(frozen=True)
class Argument:
    """One argument of one tool, with what was found out about it."""

    name: str
    schema: dict[str, Any]
    required: bool
    topic: Topic | None
    examples: tuple[Any, ...]
    accepts: Callable[[Any], bool]
    root: Mapping[str, Any]
    shapes: tuple[str, ...] = ()
    """A date or a time that its pattern takes, where it takes no other text."""
    shared: bool = False
    """Whether another argument of the tool is about the same: then only their examples tell them apart."""

    def say(self, rng: Random, known: Calendar) -> Said:
        """A value that follows the schema, with its words. Raises UnsayableError."""
        reason = "no_value"
        for _ in range(TRIES):
            try:
                said = _Drawing(rng, known, self.root).value(self.name, self.schema, 0, self)
            except UnsayableError as error:
                reason = str(error)
                continue
            if self.accepts(said.value):
                return said._replace(text="") if self.required and "const" in self.schema else said
        raise UnsayableError(reason)


def argument_of(name: str, schema: Any, *, required: bool, root: Mapping[str, Any]) -> Argument:
    """An argument from its schema; `root` is the schema of all arguments, for references."""
    own = dict(schema) if isinstance(schema, Mapping) else {}
    shown = resolved(Random(0), own, root)
    examples = tuple(examples_of(shown))
    texts = [example for example in examples if isinstance(example, str)]
    topic = topic_of(name, shown, texts) if shown.get("type", "string") in ("string", "array") else None
    if topic is not None and texts and all(map(is_number_text, texts)):
        topic = topic if topic.source in ("count", "year") else TOPICS["count_text"]
    complete: Any = {**own, "$defs": root["$defs"]} if "$defs" in root and "$defs" not in own else own
    accepts = build_validator(schema if schema is False else complete).is_valid
    shapes = tuple(shape for shape in ("2025-03-14", "17:45") if "pattern" in shown and accepts(shape))
    shapes = () if accepts("a") or accepts("12") or accepts("ab-12") else shapes
    return Argument(name, own, required, topic, examples, accepts, root, shapes)


class _Drawing:
    """Draws one value."""

    def __init__(self, rng: Random, known: Calendar, root: Mapping[str, Any]) -> None:
        self.rng, self.known, self.root = rng, known, root

    def value(self, name: str, schema: Any, depth: int, argument: Argument | None = None) -> Said:
        if depth > MAX_DEPTH:
            raise UnsayableError("depth")
        here = resolved(self.rng, schema, self.root)
        if "const" in here:
            return Said(here["const"], words_for(here["const"]))
        if isinstance(here.get("enum"), list) and here["enum"]:
            value = self.rng.choice([value for value in here["enum"] if value is not None] or here["enum"])
            return Said(value, words_for(value))
        kind = here.get("type") or ("object" if "properties" in here else "array" if "items" in here else "string")
        match kind:
            case "boolean":
                value = self.rng.random() < 0.6
                return Said(value, "yes" if value else "no")
            case "integer" | "number":
                return self.number(name, here, whole=kind == "integer")
            case "array":
                return self.array(name, here, depth)
            case "object":
                return self.object(here, depth)
            case "null":
                return Said(None, "nothing")
        return self.text(name, here, argument)

    def number(self, name: str, schema: Mapping[str, Any], *, whole: bool) -> Said:
        low, high, step = bounds_of(name, schema, whole=whole)
        value = number_between(self.rng, low, high, step or (1.0 if whole else 0.0))
        shown = [shown for shown in examples_of(schema) if type(shown) in (int, float)]
        if shown and self.rng.random() < 0.2:
            value = self.rng.choice(shown)
        return Said(value, number_text(self.rng, value))

    def text(self, name: str, schema: Mapping[str, Any], argument: Argument | None) -> Said:
        examples = argument.examples if argument is not None else tuple(examples_of(schema))
        texts = [example for example in examples if isinstance(example, str)]
        topic = argument.topic if argument is not None else topic_of(name, schema, texts)
        described = str(schema.get("description") or "")
        shapes = argument.shapes if argument is not None else ()
        moment = self.moment(schema, topic, [*examples, *shapes], described)
        if moment is not None:
            return moment
        form = schema.get("format")
        if isinstance(form, str) and form not in _FORMATS:
            if (special := self.format(form)) is not None:
                return special
            if not texts:
                raise UnsayableError("format")
        if _FLAG.search(described):
            value = self.rng.choice(("True", "False"))
            return Said(value, "yes" if value == "True" else "no")
        if isinstance(pattern := schema.get("pattern"), str):
            if argument is not None and topic is not None and self.rng.random() < 0.8:
                for text in (text_of_topic(self.rng, topic.source) for _ in range(6)):
                    plain = "".join(letter for letter in text.lower() if letter.isalnum())
                    found = next((way for way in (text, plain, text.lower()) if argument.accepts(way)), None)
                    if found is not None:
                        return _copied(found)
            made = text_of(pattern, self.rng)
            if made is None and not texts:
                raise UnsayableError("pattern")
            text = self.rng.choice(texts) if made is None or (texts and self.rng.random() < 0.15) else made
            digits = _NUMBERED.fullmatch(text)  # a ticket INC-204417 is "ticket 204417" to people
            return Said(text, digits[1] if digits and self.rng.random() < 0.35 else text)
        if isinstance(form, str):
            return _copied(text_of_topic(self.rng, _FORMATS[form]))
        return self.plain(topic, texts, schema, mostly_examples=argument is not None and argument.shared)

    def plain(self, topic: Topic | None, texts: list[str], schema: Mapping[str, Any], *, mostly_examples: bool) -> Said:
        """A text without a form of its own."""
        chance = self.rng.random()
        if texts and chance < (0.9 if mostly_examples else 0.2 if topic else 0.6):
            text = _varied(self.rng, self.rng.choice(texts))
        elif topic is not None:
            text = text_of_topic(self.rng, topic.source)
        else:
            kinds = (coined(self.rng), self.rng.choice(POOLS["noun"]), text_of_topic(self.rng, "title"))
            text = self.rng.choice(kinds)
        least = schema.get("minLength", 0)
        while len(text) < least <= 400:
            text = f"{text} {coined(self.rng).lower()}"
        most = schema.get("maxLength", len(text))
        if len(text) > most:
            text = self.rng.choice(text.split())[: max(0, int(most))]
        return _copied(text, free=topic is not None and topic.name in ("problem", "message", "task", "query"))

    def moment(
        self, schema: Mapping[str, Any], topic: Topic | None, examples: list[Any], described: str
    ) -> Said | None:
        """Dates and times that the call holds in a form of their own; None for all other texts."""
        form, rng = schema.get("format"), self.rng
        about = topic.name if topic is not None else ""
        iso, year = date_year(examples, described)
        known = self.known if self.known.today or "pattern" in schema else replace(self.known, year=year)
        if form == "date" or (iso and form is None) or (about == "date" and not examples and "pattern" not in schema):
            day = some_date(rng, known)
            return Said(day.isoformat(), date_text(rng, day, known))
        hour, minute = some_time(rng)
        clock = time_text(rng, hour, minute)
        if form == "date-time":
            day = some_date(rng, known)
            at = f"{date_text(rng, day, known)} at {clock}"
            return Said(f"{day.isoformat()}T{hour:02d}:{minute:02d}:00Z", at)
        if form == "time":
            return Said(f"{hour:02d}:{minute:02d}:00Z", f"{clock} UTC")
        if form == "duration":
            count, (letter, unit) = rng.randint(2, 45), rng.choice((("M", "minutes"), ("H", "hours")))
            return Said(f"PT{count}{letter}", f"{count} {unit}")
        wants = is_clock(examples, described) or (about == "time" and not examples)
        if form is None and wants:
            return Said(f"{hour:02d}:{minute:02d}", clock)
        return None

    def format(self, form: str) -> Said | None:
        rng = self.rng
        match form:
            case "ipv4":
                return _copied(".".join(str(rng.randint(1, 250)) for _ in range(4)))
            case "ipv6":
                return _copied("2001:db8::" + format(rng.randint(1, 65535), "x"))
            case "uuid":
                return _copied(str(uuid.UUID(int=rng.getrandbits(128), version=4)))
            case "hostname" | "idn-hostname":
                return _copied(f"{coined(rng).lower()}.example.com")
        return None

    def array(self, name: str, schema: Mapping[str, Any], depth: int) -> Said:
        least = _count(schema.get("minItems"), 0)
        most = min(_count(schema.get("maxItems"), _MAX_ITEMS), max(least, _MAX_ITEMS))
        size = self.rng.randint(max(least, min(1, most)), most) if least <= most else most
        if size > 20:
            raise UnsayableError("too_many_items")
        first = schema.get("prefixItems")
        items: dict[str, Said] = {}
        for number in range(size * 3):
            of = first[len(items)] if isinstance(first, list) and len(items) < len(first) else schema.get("items", {})
            if of is False:
                break
            said = self.value(name, of, depth + 1)
            items.setdefault(said.text.lower(), said._replace(text=said.text or str(number)))
            if len(items) >= size:
                break
        texts = [item.text for item in items.values()]
        joined = " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1] if texts else "")))
        copied = bool(items) and all(item.copied for item in items.values())
        return Said([item.value for item in items.values()], joined, copied)

    def object(self, schema: Mapping[str, Any], depth: int) -> Said:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        required = set(schema.get("required") or ())
        value: dict[str, Any] = {}
        words: list[str] = []
        for name in [*properties, *sorted(required - set(properties))]:
            if name not in required and (self.rng.random() < 0.5 or depth > 3):
                continue
            said = self.value(name, properties.get(name, {}), depth + 1)
            value[name] = said.value
            words.append(f"{label_of(name)} {said.text}")
        rest = schema.get("additionalProperties")
        if not properties and rest is not False and not value:
            for _ in range(self.rng.randint(1, 2)):
                key = coined(self.rng).lower()
                said = self.value(key, rest if isinstance(rest, Mapping) else {"type": "string"}, depth + 1)
                value[key] = said.value
                words.append(f"{key} {said.text}")
        return Said(value, ", ".join(words))


def label_of(name: str) -> str:
    """What an argument is called in a sentence.

    >>> label_of("departureCity")
    'departure city'
    """
    return " ".join(words_of(name))


def words_for(value: Any) -> str:
    """What a user says for a fixed value.

    >>> words_for("NO_FAULT")
    'no fault'
    """
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "nothing"}[value]
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if "_" in value or "-" in value.strip("-") or (value.isalpha() and not value.islower() and not value.isupper()):
        words = words_of(value)
        return value if value.istitle() and "_" not in value else " ".join(words)
    return value.lower() if value.isupper() and len(value) > 4 else value


def _copied(text: str, *, free: bool = False) -> Said:
    return Said(text, text, copied=True, free=free)


def _varied(rng: Random, example: str) -> str:
    """An example, or another of its shape where it holds digits: "INC-2044" as "INC-7135"."""
    if not any(letter.isdigit() for letter in example) or rng.random() < 0.2:
        return example
    return "".join(str(rng.randint(0, 9)) if letter.isdigit() else letter for letter in example)


def _count(bound: Any, default: int) -> int:
    return int(bound) if isinstance(bound, int | float) and not isinstance(bound, bool) else default
