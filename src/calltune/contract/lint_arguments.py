"""The rules of the lint about one argument. In: an `Argument`, however deep in a tool's parameters. Out: the place,
what is so, and what to write instead. The rules about a tool and about all of them are `lint`'s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .json_text import quote
from .keywords import subschemas
from .likeness import words
from .problem import pointer
from .sentences import label, listed
from .tools import Tool

_NEGATIONS = frozenset({"no", "not", "non", "dont", "never", "disable", "disabled", "without"})
_FORMS = {
    "date": '"format": "date" (2026-05-31), or a `pattern` for another form',
    "datetime": '"format": "date-time" (2026-05-31T14:30:00Z), or a `pattern` for another form',
    "timestamp": '"format": "date-time" (2026-05-31T14:30:00Z), or a `pattern` for another form',
    "time": '"pattern": "^[0-2][0-9]:[0-5][0-9]$" for 14:30, or "format": "time" for 14:30:00Z',
    "email": '"format": "email"',
    "url": '"format": "uri"',
    "uri": '"format": "uri"',
    "uuid": '"format": "uuid"',
}
"""The last word of an argument's name -> how its text is bound to a form."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument or field of a tool's parameters, however deep."""

    tool: Tool
    name: str
    schema: dict[str, Any]
    where: tuple[str | int, ...]
    at: tuple[str | int, ...]
    required: bool

    @property
    def kinds(self) -> set[str]:
        """The types that its own `type` allows."""
        kind = self.schema.get("type", ())
        return {kind} if isinstance(kind, str) else set(kind)

    @property
    def bounded(self) -> bool:
        """Whether a text is bound to values or a form."""
        return bool(self.schema.keys() & {"enum", "const", "pattern", "format", "maxLength"})

    def remark(self, message: str, instead: str, *below: str | int) -> tuple[str, str, str]:
        return pointer("parameters", *self.where, *below), f"{label(self.at)} {message}", instead


Found = Iterator[tuple[str, str, str]]
"""Pointer, message, what to write instead."""


def arguments_of(tool: Tool) -> Iterator[Argument]:
    """Every declared argument, outermost first."""
    stack: list[tuple[Any, tuple[str | int, ...], tuple[str | int, ...]]] = [(tool.parameters, (), ())]
    while stack:
        node, where, at = stack.pop()
        if not isinstance(node, dict):
            continue
        below = []
        for keyword, key, child in subschemas(node):
            if keyword in ("not", "if", "propertyNames", "contains"):
                continue
            place = (*where, keyword) if key is None else (*where, keyword, key)
            inner = (*at, str(key)) if keyword == "properties" else (*at, 0) if keyword == "items" else at
            if keyword == "properties":
                schema = child if isinstance(child, dict) else {}
                yield Argument(tool, str(key), schema, place, inner, key in node.get("required", ()))
            below.append((child, place, inner))
        stack += reversed(below)


def _untyped(argument: Argument) -> Found:
    known = {"type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "not", "if"}
    if not argument.schema.keys() & known:
        yield argument.remark("has no type: anything is accepted", 'Say which, such as "type": "string".')


def _undescribed(argument: Argument) -> Found:
    if not str(argument.schema.get("description", "")).strip() and "const" not in argument.schema:
        yield argument.remark("has no description", "Say what it means and what form it has.", "description")


def _enum_of_one(argument: Argument) -> Found:
    if len(argument.schema.get("enum", ())) == 1:
        value = quote(argument.schema["enum"][0])
        yield argument.remark(
            f"can only be {value}", f'Leave it out and fill it in yourself, or write "const": {value}.'
        )


def _enum_by_case(argument: Argument) -> Found:
    texts = [value for value in argument.schema.get("enum", ()) if isinstance(value, str)]
    folded = Counter(value.casefold().replace("-", "_").replace(" ", "_") for value in texts)
    same = [v for v in texts if folded[v.casefold().replace("-", "_").replace(" ", "_")] > 1]
    if same:
        message = f"lists values that differ only in case or punctuation: {listed(map(quote, same), 4)}"
        yield argument.remark(message, "Keep one of each, and map it to the other inside the function.", "enum")


def _negated(argument: Argument) -> Found:
    named = [word for word in words(argument.name) if word in _NEGATIONS]
    if argument.kinds == {"boolean"} and named:
        message = f"is a flag that says what is not: models mix up {argument.name}=false and true"
        yield argument.remark(message, f"Turn it round: a name without {quote(named[0])}.")


def _required_default(argument: Argument) -> Found:
    if argument.required and "default" in argument.schema:
        message = f"is required and has the default {quote(argument.schema['default'])}, which is never used"
        yield argument.remark(message, "Take it out of `required`, or drop the default.", "default")


def _nullable(argument: Argument) -> Found:
    branches = [b for word in ("anyOf", "oneOf") for b in argument.schema.get(word, ()) if isinstance(b, dict)]
    null = "null" in argument.kinds or any(branch.get("type") == "null" for branch in branches)
    told = argument.kinds == {"null"} or argument.schema.get("default", True) is None  # that both mean the same
    if null and not argument.required and not told:
        message = "may be left out and may be null: two ways to say nothing, of which rows show one"
        yield argument.remark(message, "Allow one: drop null, or require it.")


def _free_form(argument: Argument) -> Found:
    shaped = {"properties", "patternProperties", "anyOf", "oneOf", "allOf", "$ref", "enum", "const"}
    rest = argument.schema.get("additionalProperties", True)
    if "object" in argument.kinds and not argument.schema.keys() & shaped and rest in (True, {}):
        yield argument.remark("is an object of anything: nothing in it is checked", "Declare its `properties`.")


def _unbounded_list(argument: Argument) -> Found:
    bounded = argument.schema.keys() & {"maxItems", "enum", "const"} or argument.schema.get("items") is False
    if "array" in argument.kinds and not bounded:
        yield argument.remark("is a list of any length", 'Add "maxItems".')


def _formless(argument: Argument) -> Found:
    last = "datetime" if words(argument.name)[-2:] == ("date", "time") else words(argument.name)[-1]
    bound = argument.schema.keys() & {"format", "pattern", "enum", "const"}
    if argument.kinds == {"string"} and last in _FORMS and not bound:
        yield argument.remark(f"is a {last} as text of any form", f"Add {_FORMS[last]}.")


ARGUMENT_RULES: dict[str, Callable[[Argument], Found]] = {
    "type-missing": _untyped,
    "argument-description-missing": _undescribed,
    "enum-of-one": _enum_of_one,
    "enum-by-case": _enum_by_case,
    "flag-negated": _negated,
    "required-with-default": _required_default,
    "optional-and-nullable": _nullable,
    "object-free-form": _free_form,
    "list-unbounded": _unbounded_list,
    "format-missing": _formless,
}
