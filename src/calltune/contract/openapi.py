"""An OpenAPI document as a contract: one tool an operation. In: a parsed document of version 3.0 or 3.1 and a choice of
its operations. Out: a `Toolset` that says what of the document it could not hold.

GET and HEAD read, the others write; PUT, DELETE, GET and HEAD are idempotent. What a 2xx answer holds as JSON is what a
tool returns; servers may give more. Not in the contract, and never listed, because no tool has them: answers that are
errors, servers, licences, and other media types of a body or an answer that also comes as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from calltune.errors import ContractError

from .choosing import Choice, chosen
from .keywords import place
from .not_carried import NotCarried
from .openapi_arguments import Read, read_arguments
from .openapi_body import is_json
from .openapi_document import Document, Where, items, left_behind
from .openapi_schema import Schemas, TooLargeError
from .operations import Entry, Operation, entries
from .schema import examined
from .tools import MAX_DESCRIPTION, Tool
from .toolset import Toolset


def openapi_tools(data: Mapping[str, Any], *, source: str = "the document", choice: Choice | None = None) -> Toolset:
    """The toolset of a document."""
    choice = choice or Choice()
    document = Document.of(data, source)
    found, notes = entries(document)
    making = _Making(document, choice)
    made = [making.tool(entry) for entry in chosen(found, choice, source)]
    notes += making.notes
    for schemas in (making.arguments, making.arguments.without_subtypes, making.results):
        notes += schemas.notes if schemas is not None else []
    notes = list(dict.fromkeys(notes))  # results and arguments convert the same schemas
    tools = [tool for tool in made if tool is not None]
    if not tools:
        faults = [f"{note.where}: {note.why}" for note in notes[:_MOST_SHOWN]]
        raise ContractError(f"{source} has no operation that can be a tool.", faults=faults)
    return Toolset(tools, not_carried=notes)


_MOST_SHOWN = 20


def operations(data: Mapping[str, Any]) -> dict[str, Operation]:
    """Every operation of a document that can be called, by the name of its tool: where its arguments go."""
    document = Document.of(data)
    schemas = Schemas(document)
    read = (read_arguments(document, schemas, entry)[0] for entry in entries(document)[0])
    return {one.operation.name: one.operation for one in read if one is not None}


class _Making:
    """Tools from the entries of one document; holds what they share."""

    def __init__(self, document: Document, choice: Choice) -> None:
        self.document = document
        self.arguments = Schemas(document)
        self.results = Schemas(document, results=True) if choice.returns else None
        self.notes: list[NotCarried] = []
        self.seen: dict[str, dict[str, Any] | str] = {}
        """Canonical schemas of results, or what is wrong with them, by what they were made from: many operations
        return what another one does."""

    def tool(self, entry: Entry) -> Tool | None:
        """The tool of an operation; None, with a note, where it can be none."""
        read, said = read_arguments(self.document, self.arguments, entry)
        self.notes += said
        if read is None:
            return None
        parameters = _canonical(read.parameters, partial(self.note, entry), arguments=True)
        if isinstance(parameters, str):
            self.note(entry, entry.where, "operation", f"it is left out: its arguments cannot be checked, {parameters}")
            return None
        for word, why in _UNREAD.items():
            if entry.body.get(word):
                self.note(entry, (*entry.where, word), word, why)
        if entry.elsewhere:
            why = "the program names the one server that is spoken to; this operation is not at the one of most others"
            self.note(entry, entry.where, "servers", why)
        reads = entry.method in ("get", "head")
        return Tool._examined(
            {
                "name": entry.name,
                "description": _description(entry, read),
                "parameters": parameters,
                "returns": self.result(entry),
                "effect": "read" if reads else "write",
                "idempotent": reads or entry.method in ("put", "delete"),
                "timeout_s": None,
            }
        )

    def result(self, entry: Entry) -> dict[str, Any] | None:
        """What an operation returns, canonical; None where nothing is promised."""
        if self.results is None:
            return None
        place = (*entry.where, "responses")
        try:
            promised = self.promised(entry, self.results)
            if promised is None:
                return None
            text = json.dumps(promised)
            if text not in self.seen:
                self.seen[text] = _canonical(promised, partial(self.note, entry), arguments=False)
            found = self.seen[text]
        except (TooLargeError, RecursionError) as error:
            found = str(error) if isinstance(error, TooLargeError) else "its schemas are nested too deep"
        if isinstance(found, str):
            self.note(entry, place, "result", f"nothing is promised about it: {found}")
            return None
        return found

    def promised(self, entry: Entry, results: Schemas) -> dict[str, Any] | None:
        """What the successful answers hold, as one schema; None where one of them holds something else than JSON."""
        found: list[Any] = []
        unknown = entry.method == "head"
        for status, raw in items(entry.body.get("responses")):
            if not status.startswith("2"):
                continue
            response, where = self.document.resolved(raw, (*entry.where, "responses", status))
            content = dict(items(response.get("content"))) if response is not None else {}
            media_type = next((one for one in content if is_json(one)), None)
            media = content.get(media_type) if media_type is not None else None
            if isinstance(media, Mapping) and "schema" in media:
                found.append(results.convert(media["schema"], (*where, "content", str(media_type), "schema")))
            elif response is not None and not content:
                found.append({"type": "null"})
            else:
                unknown = True
                what = f"it is {', '.join(list(content)[:4])}" if content else "its $ref leads nowhere in this document"
                self.note(entry, where, "result", f"nothing is promised about it: {what}")
            for word in ("headers", "links"):
                if response is not None and response.get(word):
                    self.note(entry, (*where, word), word, "a result is the body of the answer alone")
        different = [one for index, one in enumerate(found) if one not in found[:index]]
        if unknown or all(one == {"type": "null"} for one in different):
            return None
        return results.whole(different[0] if len(different) == 1 else {"anyOf": different})

    def note(self, entry: Entry, where: Where, what: str, why: str) -> None:
        self.notes.append(left_behind(where, what, why, entry.name))


_UNREAD = {"callbacks": "the service calls them, not the model"}
_MOST_TRIES = 8


def _canonical(schema: dict[str, Any], note: Callable[..., None], *, arguments: bool) -> dict[str, Any] | str:
    """The canonical form, without defaults that break their own schema; or the fault that it has."""
    result, faults = examined(schema, arguments=arguments)
    for _ in range(_MOST_TRIES):
        other = [f"{place(where)}: {sentence}" for where, sentence in faults if where[-1] != "default"]
        if other:
            return other[0]
        if not faults:
            break
        for where, sentence in faults:
            _drop(result, where[1:])
            note(where[1:], "default", f"{sentence.removesuffix('.')}; it is left out")
        result, faults = examined(result, arguments=arguments)
    return f"{place(faults[0][0])}: {faults[0][1]}" if faults else result


def _drop(schema: Any, path: Where) -> None:
    for part in path[:-1]:
        schema = schema[part]
    schema.pop(path[-1], None)


def _description(entry: Entry, read: Read) -> str:
    said = (entry.body.get(key) for key in ("summary", "description"))
    summary, text = (one.strip() if isinstance(one, str) else "" for one in said)
    parts = [text] if text.startswith(summary) else [summary, text]
    if entry.deprecated:
        parts.append("Deprecated.")
    if read.said and read.said not in text:
        parts.append(read.said)
    whole = "\n\n".join(part for part in parts if part) or f"{entry.method.upper()} {entry.path}"
    return whole.encode("utf-8", "replace").decode("utf-8")[:MAX_DESCRIPTION]
