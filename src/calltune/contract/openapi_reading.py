"""An operation while its arguments are read: what was found so far, and what was left behind. In: an entry of a
document. Out: records that `openapi_arguments` and `openapi_body` fill. No schema is converted here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .not_carried import NotCarried
from .openapi_document import Document, Where, items, left_behind
from .openapi_schema import Schemas
from .operations import Entry, Place

STYLES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
"""How lists and objects are written in each place; the default comes first."""


@dataclass(kw_only=True)
class Given:
    """An argument before it has its name."""

    key: str
    place: Place
    schema: Any
    required: bool
    style: str = ""
    explode: bool = False
    name: str = ""


@dataclass
class Reading:
    """One operation on its way to its arguments."""

    document: Document
    schemas: Schemas
    entry: Entry
    notes: list[NotCarried] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    media_type: str = ""
    body_required: bool = False
    said: str = ""
    rest: dict[str, Any] = field(default_factory=dict)
    """Demands on the body as a whole, about names alone."""

    def note(self, where: Where, what: str, why: str) -> None:
        """What of the operation the contract will not hold."""
        self.notes.append(left_behind(where, what, why, self.entry.name))


class UncallableError(Exception):
    """Nothing that a model can write would call this operation."""


def annotated(document: Document, schema: Any, holder: Mapping[str, Any]) -> Any:
    """The schema with what its parameter, body or media type says about it."""
    if not isinstance(schema, dict):
        schema = {} if schema else {"not": {}}
    schema = dict(schema)
    if isinstance(holder.get("description"), str) and holder["description"].strip():
        schema["description"] = holder["description"]
    if holder.get("deprecated") is True:
        schema["deprecated"] = True
    examples = examples_of(document, holder)
    if examples:
        schema["examples"] = examples
    return schema


def examples_of(document: Document, holder: Mapping[str, Any]) -> list[Any]:
    """The `example` and `examples` beside a schema, each once."""
    found = [holder["example"]] if "example" in holder else []
    for _, raw in items(holder.get("examples")):
        one, _ = document.resolved(raw, ())
        found += [one["value"]] if one is not None and "value" in one else []
    return list({json.dumps(one, default=str): one for one in found}.values())
