"""How an argument is put into a sentence. In: an argument and what is said for it. Out: a phrase such as "in Oslo",
"for 3 days", "without breakfast", "priority: high"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

from .values import Argument, Said, label_of
from .values_spoken import MONTHS, WEEKDAYS
from .values_topics import Place, words_of

_UNITS = {"days", "nights", "hours", "minutes", "seconds", "weeks", "months", "years", "people", "guests", "adults"}
_UNITS |= {"persons", "passengers", "children", "tickets", "seats", "rooms", "bags", "travelers", "miles", "km"}
_COUNTS = {"quantity", "count", "qty", "amount", "number"}
_LABELLED = ("with {} ~", "{} ~", "with the {} ~")
_CLOCK = re.compile(r"(\d{1,2}(:\d\d)?\s?(am|pm|in the)|\d{1,2}:\d\d|half past|quarter|\w+ o'clock)")
_DAY = re.compile(rf"({'|'.join((*MONTHS[1:], *WEEKDAYS))}|\d{{1,2}}/|\d{{1,2}} [a-z])".lower())
_NEAR = re.compile(r"(today|tomorrow|the day after|a week|next |this |in \d|in [a-z]+ days)")
_FLAG_STARTS = {"is", "has", "have", "include", "includes", "enable", "enabled", "with", "use", "allow", "allows"}
_FLAG_STARTS |= {"serves", "want", "wants", "need", "needs", "should", "add", "show", "offers", "provides", "only"}


def place_of(argument: Argument) -> Place:
    """Where it stands in a sentence."""
    topic, listed = argument.topic, _listed(argument.schema)
    if (
        topic is not None
        and argument.schema.get("type", "string") == "string"
        and (not listed or topic.place == "object")
    ):
        return topic.place
    if counts(argument):
        return "before"
    if listed and not _is_boolean(argument.schema):
        return (
            "before"
            if words_of(argument.name)[-1] in ("status", "type", "size", "kind", "category", "range")
            else "after"
        )
    return "after"


def phrase_of(rng: Random, argument: Argument, said: Said, *, bare: bool = False) -> str:
    """The argument as a phrase; `bare`: only its words, as they stand beside another that says what they are."""
    if _is_boolean(argument.schema) and isinstance(said.value, bool):
        return rng.choice(_flag_forms(argument, said.value))
    if bare:
        return said.text
    label = label_of(argument.name)
    forms = _own_forms(argument, said) or _forms(argument, label)
    if argument.topic is not None and rng.random() < 0.1 and forms is not _LABELLED:
        forms = _LABELLED
    text = _quoted(rng, said)
    form = rng.choice(forms).replace("{}", label)
    if said.text in ("1", "one") and form.startswith(("for ~ ", "~ ", "with ~ ")) and form.endswith("s"):
        form = form[:-1]
    return form.replace("~", text)


def _own_forms(argument: Argument, said: Said) -> tuple[str, ...]:
    """Forms that depend on the words: "at 5 pm", "on Friday", "in 2 hours"; () where they do not."""
    text, about = said.text.lower(), argument.topic.name if argument.topic is not None else ""
    if about == "here":
        return ("~",) if text in ("here", "where i am") else ("at ~", "for ~", "in ~", "near ~", "~")
    if about == "year" and not text.isdecimal():
        return ("from the ~", "of the ~", "~")
    if about == "date" or argument.schema.get("format") == "date":
        return ("~", "for ~") if _NEAR.match(text) else ("on ~", "on ~", "for ~")
    if about != "when":
        return ()
    if _CLOCK.match(text) or text in ("noon", "midnight"):
        return ("at ~", "at ~", "for ~", "~")
    if _DAY.match(text):
        return ("on ~", "on ~", "for ~", "~")
    return ("~", "~", "for ~") if not text.startswith("in ") else ("~",)


def _forms(argument: Argument, label: str) -> tuple[str, ...]:
    if (
        argument.topic is not None
        and argument.schema.get("type", "string") == "string"
        and not _listed(argument.schema)
    ):
        return argument.topic.forms
    schema, words = argument.schema, words_of(argument.name)
    if schema.get("type") in ("integer", "number"):
        return _number_forms(words, label)
    if _listed(schema) and argument.topic is not None and argument.topic.place == "object":
        return ("~", "~", "the ~", "a ~", "{} ~")
    if _listed(schema):
        return ("~ {}", "~ {}", "with {} ~", "{} ~", "{}: ~", "with ~ as the {}", "~", "for ~", "{} is ~")
    if schema.get("type") == "array" and argument.topic is not None:
        return (*argument.topic.forms, "with the {} ~", "{}: ~", "~")
    return (
        "with {} ~",
        "with the {} ~",
        "{} ~",
        "{} ~",
        "for {} ~",
        "with ~ as the {}",
        "{}: ~",
        "for ~",
        "the {} is ~",
    )


def _number_forms(words: tuple[str, ...], label: str) -> tuple[str, ...]:
    unit = next((word for word in words if word in _UNITS), None)
    if unit is not None:
        return (f"for ~ {unit}", f"for ~ {unit}", f"~ {unit}", f"with ~ {unit}")
    if "party" in words or ("size" in words and "group" in words):
        return ("for ~ people", "for ~", "for a party of ~", "party of ~", "a table for ~")
    if words[0] in ("max", "maximum") or "limit" in words:
        thing = " ".join(words[1:])
        return ("at most ~", "up to ~", "no more than ~", "with a maximum of ~", f"{thing} under ~".strip(), "{} ~")
    if words[0] in ("min", "minimum"):
        return ("at least ~", "from ~ up", "no less than ~", "with a minimum of ~", "{} ~")
    if {"price", "amount", "budget", "cost"} & set(words):
        return ("for ~", "~ dollars", "{} ~", "of ~", "with a {} of ~", "${}~".replace("{}", ""))
    if _COUNTS & set(words):
        return ("~", "~ of them", "{} ~", "~ pieces", "~ times")
    if "year" in words:
        return ("from ~", "of ~", "in ~", "{} ~")
    return ("with {} ~", "{} ~", "{} ~", "at {} ~", "with a {} of ~", "{}: ~", "to ~", "with ~ as the {}")


def _flag_forms(argument: Argument, value: bool) -> tuple[str, ...]:
    words = list(words_of(argument.name))
    while len(words) > 1 and words[0] in _FLAG_STARTS:
        words.pop(0)
    thing = " ".join(words)
    described = str(argument.schema.get("description") or "").rstrip(".")
    if value:
        forms = (
            f"with {thing}",
            f"with {thing}",
            f"{thing}",
            f"it should be {thing}",
            f"{thing} please",
            f"I want {thing}",
        )
        return (*forms, described[:1].lower() + described[1:]) if 0 < len(described.split()) <= 5 else forms
    return (f"without {thing}", f"no {thing}", f"not {thing}", f"{thing} is not needed", f"I don't want {thing}")


def _quoted(rng: Random, said: Said) -> str:
    """Free text in quotation marks where it would not be seen to end; titles sometimes."""
    if " " in said.text and said.copied and rng.random() < (0.4 if said.free else 0.04):
        mark = rng.choice(('"', '"', "'")) if "'" not in said.text else '"'
        return f"{mark}{said.text}{mark}"
    return said.text


def counts(argument: Argument) -> bool:
    """Whether it says how many: "order 3 laptops"."""
    words = words_of(argument.name)
    numeric = argument.schema.get("type") in ("integer", "number")
    return numeric and bool(_COUNTS & set(words)) and not set(words) & (_UNITS - {"tickets", "seats", "rooms"})


def _listed(schema: Mapping[str, Any]) -> bool:
    return isinstance(schema.get("enum"), list) or "const" in schema or _is_boolean(schema)


def _is_boolean(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "boolean"
