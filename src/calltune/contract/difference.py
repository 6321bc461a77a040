"""One `Difference` between two schemas, and how parts of schemas are compared as text. Nothing is walked here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .keywords import ANNOTATIONS, KNOWN, subschemas

Where = tuple[str | int, ...]
NO_DEMAND = frozenset({*ANNOTATIONS, "$schema", "$id", "$anchor", "$vocabulary", "$defs", "contentEncoding",
                        "contentMediaType", "contentSchema"})  # fmt: skip
"""Keywords that refuse no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs at one place of two schemas."""

    kind: str
    """What differs: "type", "limit", "values", "required", "property", "undecided", "note", ..."""
    where: Where
    """The place in the schema: in the new one, or in the old one for what is gone."""
    before: Any
    after: Any
    narrows: bool = False
    """Values that were accepted may be refused now."""
    widens: bool = False
    """Values that were refused may be accepted now."""
    at: Where
    """The place in the value where a broken rule would be reported."""
    site: Where
    """The place in the value of which `old` and `new` speak."""
    old: Any
    new: Any

    @property
    def keyword(self) -> str:
        """The last word of the place."""
        return str(self.where[-1]) if self.where else ""


def text(value: Any) -> str:
    """A value to compare by: the order of keys counts, and true is not 1."""
    return json.dumps(value, ensure_ascii=False)


def demands(schema: Any) -> str:
    """What a schema demands, to compare by: without notes, and whatever the order of its keys."""
    return json.dumps(demanding(schema), ensure_ascii=False, sort_keys=True)


def demanding(node: Any) -> Any:
    """A schema without its notes."""
    if not isinstance(node, dict):
        return node
    kept = {key: value for key, value in node.items() if key in KNOWN and key not in NO_DEMAND}
    for keyword, key, child in subschemas({word: value for word, value in kept.items()}):
        if key is None:
            kept[keyword] = demanding(child)
        else:
            if kept[keyword] is node[keyword]:
                kept[keyword] = kept[keyword].copy()
            kept[keyword][key] = demanding(child)
    if isinstance(kept.get("required"), list):
        kept["required"] = sorted(kept["required"])
    return kept
