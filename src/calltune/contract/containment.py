"""Whether one schema accepts everything that another accepts. In: two schemas, each with the document that its
references name. Out: True only where it is proven; False says that it is not so, or that nobody knows.

The proof is jsonschema-rs's, of the formats and patterns that the validator asserts. Its time grows with the ways in
which a value can pass, so what has too many of them, or is too large, is not asked about."""

from __future__ import annotations

import json
import math
from typing import Any

import jsonschema_rs

from .keywords import subschemas
from .schema import beside

MAX_BYTES = 1 << 16
"""Of one schema with its definitions: an object of 10,000 properties took 2.4 GB, one of 1,000 took 70 MB."""
MAX_BRANCHING = 9.0
"""As a power of two, the ways in which one value can pass. 16 `oneOf`s of two took 11 s and 0.5 GB, 10 took 0.8 s."""


def covers(outer: Any, inner: Any, outer_root: Any = None, inner_root: Any = None) -> bool:
    """Whether `outer` is proven to accept whatever `inner` accepts.

    >>> covers({"type": "number"}, {"type": "integer", "minimum": 3})
    True
    """
    wide, narrow = _canonical(outer, outer_root), _canonical(inner, inner_root)
    if wide is None or narrow is None:
        return False
    try:
        return bool(wide.covers(narrow) == jsonschema_rs.canonical.Containment.YES)
    except (ValueError, TypeError):  # its own errors, for schemas that its canonical form does not hold
        return False


def _canonical(schema: Any, root: Any) -> Any:
    schema = alone(schema, root)
    if len(json.dumps(schema, ensure_ascii=False)) > MAX_BYTES or branching(schema) > MAX_BRANCHING:
        return None
    try:
        return jsonschema_rs.canonicalize(
            schema,
            draft=jsonschema_rs.Draft202012,
            validate_formats=True,
            pattern_options=jsonschema_rs.RegexOptions(),
            offline=True,
        )
    except (ValueError, TypeError):
        return None


def alone(schema: Any, root: Any) -> Any:
    """The schema with the definitions that it refers to, so that it can be used without the document around it."""
    if isinstance(schema, dict) and isinstance(root, dict) and schema is not root and '"$ref"' in json.dumps(schema):
        return beside(schema, root)
    return schema


def branching(schema: Any) -> float:
    """As a power of two, in how many ways a value can pass: choices beside each other multiply."""
    return max(_ways(schema))


def _ways(node: Any) -> tuple[float, float]:
    """Of the value itself, and the most of any value inside it."""
    if not isinstance(node, dict):
        return 0.0, 0.0
    here, inside = float(len(node.get("dependentRequired", ()))), 0.0
    choices: dict[str, list[float]] = {}
    for keyword, _, child in subschemas(node):
        own, below = _ways(child)
        inside = max(inside, below)
        if keyword in ("anyOf", "oneOf"):
            choices.setdefault(keyword, []).append(own)
        elif keyword in ("not", "if", "dependentSchemas"):
            here += 1 + own
        elif keyword in ("allOf", "then", "else"):
            here += own
        else:
            inside = max(inside, own)
    here += sum(math.log2(len(branches)) + max(branches) for branches in choices.values())
    return here, inside
