"""One schema in the spelling of other languages and older habits. In: types of Python, Java or BFCL, `required: true`
inside a property, formats and bounds that are not JSON Schema's. Out: JSON Schema; what has no such words is left out,
and told. Older drafts are the contract's business (`contract.dialects`)."""

from __future__ import annotations

from typing import Any

from calltune.contract.json_text import quote
from calltune.contract.keywords import TYPES, keyword_faults, meaning_of, subschemas
from calltune.contract.validate import build_validator
from calltune.data.formats.reading import Notes, note
from calltune.data.formats.type_names import schema_of

MAX_DEPTH = 64


def json_schema(node: Any, tool: str, at: str, notes: Notes, depth: int) -> Any:
    """The schema in the words of JSON Schema. What has no such words is left out and told."""
    if isinstance(node, str):
        node = {"type": node}
    if isinstance(node, bool) or depth > MAX_DEPTH:
        return node
    if not isinstance(node, dict):
        note(notes, "schema", f"{type(node).__name__} is no schema: any value is allowed.", tool=tool, where=at)
        return {}
    new = {key: value for key, value in node.items() if value is not None or key in ("default", "const")}
    _convert_type(new, tool, at, notes)
    _convert_required(new)
    properties = new.get("properties")
    if isinstance(properties, dict):
        new["properties"] = {
            key: json_schema(value, tool, f"{at}/properties/{key}", notes, depth + 1)
            for key, value in properties.items()
        }
        required = new["required"] if isinstance(new.get("required"), list) else []
        if unknown := [name for name in required if not isinstance(name, str) or name not in properties]:
            new["required"] = [name for name in required if name not in unknown]
            why = f"{', '.join(map(str, unknown))[:200]} is required but not among the properties: it is left out."
            note(notes, "required", why, tool=tool, where=at)
        if not new.get("required"):
            new.pop("required", None)
    for keyword, key, child in list(subschemas({k: v for k, v in new.items() if k != "properties"})):
        converted = json_schema(child, tool, f"{at}/{keyword}", notes, depth + 1)
        if key is None:
            new[keyword] = converted
        else:
            new[keyword] = new[keyword].copy()
            new[keyword][key] = converted
    return _without_faults(new, tool, at, notes)


def _convert_type(new: dict[str, Any], tool: str, at: str, notes: Notes) -> None:
    kind = new.get("type")
    if isinstance(kind, list):
        meanings = [meaning_of(item) if isinstance(item, str) else None for item in kind]
        if all(meanings):
            new["type"] = list(dict.fromkeys(meanings))
            return
        kind = " | ".join(map(str, kind))
    if kind is None or (isinstance(kind, str) and kind in TYPES):
        return
    spelling = str(kind).replace(", optional", "").replace(",optional", "").strip()
    found = schema_of(spelling)
    del new["type"]
    if found is None:
        note(notes, "type", f"the type {str(kind)[:80]!r} is not known: any value is allowed.", tool=tool, where=at)
        return
    for keyword, value in found.items():
        new.setdefault(keyword, value)


def _convert_required(new: dict[str, Any]) -> None:
    """`required: true` inside the properties becomes the list on the object."""
    required, properties = new.get("required"), new.get("properties")
    if isinstance(required, bool):
        del new["required"]
    new.pop("optional", None)
    if not isinstance(properties, dict):
        return
    said = [key for key, value in properties.items() if isinstance(value, dict) and value.get("required") is True]
    if said and not isinstance(required, list):
        new["required"] = said


def _without_faults(new: dict[str, Any], tool: str, at: str, notes: Notes) -> dict[str, Any]:
    """Without the keywords that are not written as JSON Schema has them, each of them told."""
    for below, sentence in list(keyword_faults(new)):
        keyword = str(below[0])
        if keyword not in new:
            continue
        value = new.pop(keyword)
        note(notes, keyword, f"it is left out: {sentence.rstrip('.')}.", tool=tool, where=at)
        if keyword == "format" and isinstance(value, str):  # the model can still read it
            new["description"] = f"{new.get('description', '')} (format: {value[:100]})".strip()
    return new


def without_bad_defaults(node: Any, dropped: list[str], *, names: bool = False) -> Any:
    """Without the defaults that break their own schema. `names`: the keys are names of arguments."""
    if isinstance(node, list):
        return [without_bad_defaults(item, dropped) for item in node]
    if not isinstance(node, dict):
        return node
    inner = {
        key: value
        if key == "default" and not names
        else without_bad_defaults(value, dropped, names=key == "properties" and not names)
        for key, value in node.items()
    }
    if names or "default" not in inner:
        return inner
    plain = {key: value for key, value in inner.items() if key != "default"}
    if _accepts(plain, inner["default"]):
        return inner
    dropped.append(quote(inner["default"]))
    return plain


def _accepts(schema: dict[str, Any], value: Any) -> bool:
    """Whether the value follows the schema; True where that cannot be told of the part alone (a `$ref`)."""
    try:
        return bool(build_validator(schema).is_valid(value))
    except ValueError:
        return True
