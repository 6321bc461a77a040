"""What may not be written down: values that the schema marks `writeOnly`. In: a schema and a value, or a text. Out: the
same without its secrets.

Where the schema does not tell which of its parts speaks about a value (`anyOf`, `patternProperties`, `if`), a value is
a secret if any of them says so; where none does, beside a secret, it may be one in the wrong place. A secret that is
quoted elsewhere, in a message, an error or a result, is found by its text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from calltune.contract import Tool, Toolset
from calltune.contract.problem import decode_pointer

REDACTED = "[redacted]"
SHORTEST = 3
"""Characters of a secret that is looked for in texts: shorter ones stand everywhere."""
_IN_PLACE = ("allOf", "anyOf", "oneOf", "if", "then", "else", "dependentSchemas")
_MOST = 256
_SECRET: Mapping[str, Any] = {"writeOnly": True}


class Secrets:
    """The secrets of one schema."""

    def __init__(self, schema: Any) -> None:
        self.schema = schema
        self.any = schema is not None and '"writeOnly": true' in json.dumps(schema)
        """Whether there are any."""

    def at(self, path: Sequence[str]) -> bool:
        """Whether a place is a secret, lies in one, or holds one."""
        if not self.any:
            return False
        here = self._speaking([self.schema])
        for part in path:
            if _is_secret(here):
                return True
            here = self._inside(here, part)
        return _is_secret(here) or any(map(_marks, here))

    def redacted(self, value: Any) -> Any:
        """The value with every secret replaced."""
        return self._redacted(self._speaking([self.schema]), value, None) if self.any else value

    def texts(self, value: Any) -> set[str]:
        """The secrets in a value, as they would stand in a text."""
        found: list[Any] = []
        if self.any:
            self._redacted(self._speaking([self.schema]), value, found)
        leaves = {str(leaf) for secret in found for leaf in _leaves(secret)}
        return {leaf for leaf in leaves if len(leaf) >= SHORTEST}

    def _redacted(self, here: list[Mapping[str, Any]], value: Any, found: list[Any] | None) -> Any:
        if _is_secret(here):
            if found is not None:
                found.append(value)
            return REDACTED
        if not any(map(_marks, here)):
            return value
        if isinstance(value, Mapping):
            members = {key: self._inside(here, str(key)) for key in value}
            return {key: self._redacted(members[key] or [_SECRET], item, found) for key, item in value.items()}
        if isinstance(value, list | tuple):
            inner = [self._inside(here, str(number)) or [_SECRET] for number in range(len(value))]
            return [self._redacted(schemas, item, found) for schemas, item in zip(inner, value, strict=True)]
        return self._redacted([_SECRET], value, found)

    def _inside(self, here: Iterable[Mapping[str, Any]], part: str) -> list[Mapping[str, Any]]:
        """All schemas that may speak about one member of a value."""
        found: list[Any] = []
        for schema in here:
            declared = schema.get("properties", {})
            found += [declared[part]] if part in declared else [schema.get("additionalProperties")]
            found += schema.get("patternProperties", {}).values()
            found.append(schema.get("unevaluatedProperties"))
            if part.isdecimal():
                found += [schema.get("items"), schema.get("contains"), schema.get("unevaluatedItems")]
                found += schema.get("prefixItems", ())
        return self._speaking(found)

    def _speaking(self, schemas: Iterable[Any]) -> list[Mapping[str, Any]]:
        """The schemas and all that say more about the same value."""
        found: list[Mapping[str, Any]] = []
        waiting, seen = [schema for schema in schemas if isinstance(schema, Mapping)], set()
        while waiting and len(found) < _MOST:
            schema = waiting.pop()
            if id(schema) in seen:
                continue
            seen.add(id(schema))
            found.append(schema)
            waiting += [inner for inner in self._beside(schema) if isinstance(inner, Mapping)]
        return found

    def _beside(self, schema: Mapping[str, Any]) -> Iterator[Any]:
        for keyword in _IN_PLACE:
            value = schema.get(keyword)
            if isinstance(value, list):
                yield from value
            elif isinstance(value, Mapping):
                yield from value.values() if keyword == "dependentSchemas" else [value]
        if isinstance(reference := schema.get("$ref"), str):
            target: Any = self.schema
            for part in decode_pointer(reference.removeprefix("#")):
                target = target.get(part) if isinstance(target, Mapping) else None
            yield target


@lru_cache(maxsize=16_384)
def of_arguments(tool: Tool) -> Secrets:
    """The secrets that a tool takes."""
    return Secrets(tool.parameters)


@lru_cache(maxsize=16_384)
def of_result(tool: Tool) -> Secrets:
    """The secrets that a tool gives back."""
    return Secrets(tool.returns)


@lru_cache(maxsize=64)
def has_secrets(toolset: Toolset) -> bool:
    """Whether any tool of the contract takes or gives one."""
    return any(of_arguments(tool).any or of_result(tool).any for tool in toolset)


def without(texts: set[str], value: Any) -> Any:
    """JSON data with these texts replaced, wherever they stand."""
    if not texts:
        return value
    if isinstance(value, str):
        for text in sorted(texts, key=len, reverse=True):
            value = value.replace(text, REDACTED).replace(json.dumps(text)[1:-1], REDACTED)
        return value
    if isinstance(value, Mapping):
        return {without(texts, key): without(texts, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without(texts, item) for item in value]
    return REDACTED if not isinstance(value, bool) and value is not None and str(value) in texts else value


def _marks(schema: Any) -> bool:
    """Whether there is a secret somewhere in it."""
    return schema is not None and ('"writeOnly": true' in (text := json.dumps(schema)) or '"$ref"' in text)


def _is_secret(here: Iterable[Mapping[str, Any]]) -> bool:
    return any(schema.get("writeOnly") is True for schema in here)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif value is not None and not isinstance(value, bool):
        yield value
