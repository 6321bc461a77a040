"""An OpenAPI document as data: which version it is, and where its references lead. In: parsed JSON or YAML. Out: a
`Document` that follows local references. Nothing is fetched, and no schema is read here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from calltune.errors import ContractError

from .json_text import quote
from .not_carried import NotCarried
from .problem import decode_pointer, pointer

Where = tuple[str | int, ...]
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
_MOST_STEPS = 16


def is_openapi(data: Any) -> bool:
    """Whether parsed data says that it is an OpenAPI document, of whatever version."""
    return isinstance(data, Mapping) and ("openapi" in data or "swagger" in data)


@dataclass(frozen=True)
class Document:
    """A document of version 3.0 or later."""

    data: Mapping[str, Any]

    @classmethod
    def of(cls, data: Mapping[str, Any], source: str = "the document") -> Document:
        """The document in parsed data; ContractError where it is of a version that is not read."""
        version = str(data.get("openapi"))
        if "openapi" not in data and "swagger" in data:
            raise ContractError(
                f"{source} is a Swagger {data['swagger']} document; OpenAPI 3 is read.",
                hint="Convert it: npx swagger2openapi --patch swagger.json -o openapi.json",
            )
        if not re.fullmatch(r"3(\.[0-9]+)*", version):
            raise ContractError(f"{source} says openapi: {quote(version)}; 3.0 and 3.1 are read.")
        return cls(data)

    @property
    def is_3_0(self) -> bool:
        """Whether schemas are in the words of OpenAPI 3.0, not of JSON Schema 2020-12."""
        return re.match(r"3(\.0|$)", str(self.data.get("openapi"))) is not None

    def target(self, reference: Any) -> tuple[Any, Where] | None:
        """What a local `$ref` names and where it stands; None where there is nothing, or it leads out of the
        document."""
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            return None
        at: Any = self.data
        where: Where = tuple(decode_pointer(unquote(reference[1:])))
        for part in where:
            if isinstance(at, Mapping) and part in at:
                at = at[part]
            elif isinstance(at, list) and re.fullmatch("[0-9]{1,6}", str(part)) and int(part) < len(at):
                at = at[int(part)]
            else:
                return None
        return at, where

    def resolved(self, node: Any, where: Where) -> tuple[Any, Where]:
        """The parameter, body, response or path item that is meant: `$ref`s followed, what stands beside one in a path
        item kept. None where a reference leads nowhere, away or in a circle."""
        beside: dict[str, Any] = {}
        for _ in range(_MOST_STEPS):
            if not isinstance(node, Mapping):
                return None, where
            if "$ref" not in node:
                return {**node, **beside} if beside else node, where
            beside = {**{key: value for key, value in node.items() if key != "$ref"}, **beside}
            found = self.target(node["$ref"])
            if found is None:
                return None, where
            node, where = found
        return None, where


def left_behind(where: Where, what: str, why: str, tool: str = "") -> NotCarried:
    """A line for the table of what the contract does not hold."""
    return NotCarried(tool=tool, where=pointer(*where), what=what, why=f"{why[:1].upper()}{why[1:].rstrip('.')}.")


def items(value: Any) -> Iterator[tuple[str, Any]]:
    """The pairs of an object; none where it is none. Keys are text, also those that some YAML readers make numbers."""
    if isinstance(value, Mapping):
        yield from ((str(key), item) for key, item in value.items())
