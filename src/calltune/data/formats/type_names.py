"""Types in the spelling of programming languages. In: "str", "List[int]", "Optional[Dict[str, Any]]", "float or int".
Out: a JSON Schema, or None where the words are not known. Bounded, no expressions are evaluated."""

from __future__ import annotations

from typing import Any

from calltune.contract.keywords import meaning_of

MAX_SPELLING = 200
_LISTS = (
    "list",
    "array",
    "sequence",
    "set",
    "iterable",
    "tuple",
    "arraylist",
    "collection",
    "queue",
    "stack",
    "vector",
)
_MAPS = ("dict", "map", "hashmap", "hashtable", "mapping", "record", "defaultdict", "ordereddict")
_MORE = {
    "arraylist": "array", "queue": "array", "stack": "array", "collection": "array", "frozenset": "array",
    "hashmap": "object", "hashtable": "object", "dictionary": "object", "byte": "integer", "date string": "string",
    "timestamp": "string", "path": "string", "object/dict": "object",
}  # fmt: skip


def schema_of(spelling: str) -> dict[str, Any] | None:
    """The schema that a type's name means; {} is any value."""
    text = spelling.strip()
    if not text or len(text) > MAX_SPELLING:
        return None
    union = _split(text, "|")
    if len(union) == 1:
        union = text.split(" or ")
    if len(union) > 1:
        return _any_of([schema_of(part) for part in union])
    head, inner = _head(text)
    if inner is None:
        known = meaning_of(text) if meaning_of(text) is not None else _MORE.get(text.lower())
        return None if known is None else {"type": known} if known else {}
    parts = _split(inner, ",")
    if head == "optional":
        return _any_of([schema_of(inner), {"type": "null"}])
    if head == "union":
        return _any_of([schema_of(part) for part in parts])
    if head in _LISTS or head == "":
        items = [schema_of(part) for part in parts if part.strip() not in ("", "...")]
        same = items and all(item == items[0] for item in items)
        return {"type": "array"} | ({"items": items[0]} if same and items[0] else {})
    return {"type": "object"} if head in _MAPS else None


def _head(text: str) -> tuple[str, str | None]:
    """`List[int]` is ("list", "int"); a word without brackets has no inside. `int[]` is a list of int."""
    if text.endswith("[]"):
        return "", text[:-2]
    for opening, closing in ("[]", "<>", "()"):
        if opening in text and text.endswith(closing):
            head, _, inner = text[:-1].partition(opening)
            return head.strip().lower().rpartition(".")[2], inner
    return "", None


def _split(text: str, separator: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character in "[<(") - (character in "]>)")
        if character == separator and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _any_of(schemas: list[dict[str, Any] | None]) -> dict[str, Any] | None:
    known = [schema for schema in schemas if schema is not None]
    if len(known) < len(schemas):
        return None
    if {} in known:
        return {}
    if all(schema.keys() == {"type"} and isinstance(schema["type"], str) for schema in known):
        kinds = list(dict.fromkeys(schema["type"] for schema in known))
        return {"type": kinds[0] if len(kinds) == 1 else kinds}
    return {"anyOf": known}
