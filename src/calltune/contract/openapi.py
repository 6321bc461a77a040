"""An OpenAPI document as a contract: one tool an operation. In: a parsed document of version 3.0 or 3.1 and a choice of
its operations. Out: a `Toolset` that says what of the document it could not hold.

GET and HEAD read, the others write; PUT, DELETE, GET and HEAD are idempotent. What a 2xx answer holds as JSON is what a
tool returns; servers may give more. Not in the contract, and never listed, because no tool has them: answers that are
errors, servers, licences, and other media types of a body or an answer that also comes as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from calltune.errors import ContractError

from .choosing import EVERYTHING, Choice, chosen
from .keywords import place
from .not_carried import NotCarried
from .openapi_arguments import Read, is_json, read_arguments
from .openapi_document import Document, Where, items
from .openapi_schema import Schemas
from .operations import Entry, Operation, entries
from .problem import pointer
from .schema import examined
from .tools import Tool
from .toolset import Toolset


def openapi_tools(data: Mapping[str, Any], *, source: str = "the document", choice: Choice = EVERYTHING) -> Toolset:
    """The toolset of a document."""
    document = Document.of(data, source)
    found, notes = entries(document)
    taken = chosen(found, choice, source)
    arguments, results = Schemas(document), Schemas(document, results=True)
    tools: list[Tool] = []
    for entry in taken:
        read, said = read_arguments(document, arguments, entry)
        notes += said
        if read is not None:
            tool, said = _tool(document, results, entry, read)
            notes += said
            tools += [tool] if tool is not None else []
    if not tools:
        faults = [f"{note.where}: {note.why}" for note in notes[:20]]
        raise ContractError(f"{source} has no operation that can be a tool.", faults=faults)
    return Toolset(tools, not_carried=_once([*notes, *arguments.notes, *results.notes]))


def operations(data: Mapping[str, Any]) -> dict[str, Operation]:
    """Every operation of a document that can be called, by the name of its tool: where its arguments go."""
    document = Document.of(data)
    schemas = Schemas(document)
    read = (read_arguments(document, schemas, entry)[0] for entry in entries(document)[0])
    return {one.operation.name: one.operation for one in read if one is not None}


def _once(notes: Iterable[NotCarried]) -> list[NotCarried]:
    """Each note once: arguments and results convert the same schemas."""
    return list(dict.fromkeys(notes))


def _tool(document: Document, schemas: Schemas, entry: Entry, read: Read) -> tuple[Tool | None, list[NotCarried]]:
    notes: list[NotCarried] = []

    def note(where: Where, what: str, why: str) -> None:
        notes.append(NotCarried(tool=entry.name, where=pointer(*where), what=what, why=f"{why}."))

    parameters, faults = _canonical(read.parameters, entry, note, arguments=True)
    if faults:
        note(entry.where, "operation", f"it is left out, because its arguments cannot be described: {faults[0]}")
        return None, notes
    returns = _result(document, schemas, entry, note)
    if returns is not None:
        returns, faults = _canonical(returns, entry, note, arguments=False)
        if faults:
            note((*entry.where, "responses"), "result", f"nothing is promised about it: {faults[0]}")
            returns = None
    for word in ("callbacks", "servers"):
        if entry.body.get(word):
            note((*entry.where, word), word, _UNREAD[word])
    method = entry.method
    return (
        Tool._examined(
            {
                "name": entry.name,
                "description": _description(entry, read),
                "parameters": parameters,
                "returns": returns,
                "effect": "read" if method in ("get", "head") else "write",
                "idempotent": method in ("get", "head", "put", "delete"),
                "timeout_s": None,
            }
        ),
        notes,
    )


_UNREAD = {
    "callbacks": "the service calls them, not the model",
    "servers": "the program names the one server that is spoken to, and this operation is at another",
}


def _canonical(schema: dict[str, Any], entry: Entry, note: Any, *, arguments: bool) -> tuple[dict[str, Any], list[str]]:
    """The canonical form, without defaults that break their own schema."""
    result, faults = examined(schema, ("$",), arguments=arguments)
    for where, sentence in faults:
        if where[-1] != "default":
            return {}, [f"{place(where)}: {sentence}" for where, sentence in faults]
        _drop(result, where[1:])
        note((*entry.where, *where[1:]), "default", f"{sentence.removesuffix('.')}; it is left out")
    return examined(result, ("$",), arguments=arguments)[0] if faults else result, []


def _drop(schema: Any, path: Where) -> None:
    for part in path[:-1]:
        schema = schema[part]
    schema.pop(path[-1], None)


def _result(document: Document, schemas: Schemas, entry: Entry, note: Any) -> dict[str, Any] | None:
    """What the successful answers hold, as one schema; None where that is no JSON."""
    found: list[Any] = []
    others: list[str] = []
    for status, raw in items(entry.body.get("responses")):
        if not status.startswith("2"):
            continue
        response, where = document.resolved(raw, (*entry.where, "responses", status))
        content = dict(items(response.get("content"))) if response is not None else {}
        media_type = next((one for one in content if is_json(one)), None)
        if media_type is not None:
            media = content[media_type]
            if isinstance(media, Mapping) and "schema" in media:
                found.append(schemas.convert(media["schema"], (*where, "content", media_type, "schema")))
        elif content:
            others += content
            note((*where, "content"), "result", f"nothing is promised about it: it is {', '.join(list(content)[:4])}")
        else:
            found.append({"type": "null"})
        for word in ("headers", "links"):
            if response is not None and response.get(word):
                note((*where, word), word, "a result is the body of the answer alone")
    promised = [one for index, one in enumerate(found) if one not in found[:index]]
    if others or entry.method == "head" or all(one == {"type": "null"} for one in promised):
        return None
    return schemas.whole(promised[0] if len(promised) == 1 else {"anyOf": promised})


def _description(entry: Entry, read: Read) -> str:
    summary, text = (str(entry.body.get(key) or "").strip() for key in ("summary", "description"))
    parts = [text] if text.startswith(summary) else [summary, text]
    if entry.deprecated:
        parts.append("Deprecated.")
    if read.said and read.said not in text:
        parts.append(read.said)
    return "\n\n".join(part for part in parts if part) or f"{entry.method.upper()} {entry.path}"
