"""Real OpenAPI documents as contracts: operations, tools, seconds, what could not be carried over, and whether calls
made from the documents' own examples pass. It reads every JSON and YAML file of the folder that the variable OPENAPI
names; docs/openapi.md says where the documents come from."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from calltune.contract.openapi import openapi_tools
from calltune.contract.openapi_arguments import Read, read_arguments
from calltune.contract.openapi_document import Document, items
from calltune.contract.openapi_schema import Schemas
from calltune.contract.operations import Entry, entries
from calltune.contract.sources import read_source
from calltune.contract.validate import build_validator


def examples_of(document: Document, entry: Entry, read: Read) -> Iterator[dict[str, Any]]:
    """Calls of one operation from its examples: each of the body's, with the first of every parameter. None where
    something required is missing in them."""
    operation = read.operation
    described = read.parameters["properties"]
    fixed = {}
    for argument in operation.arguments:
        schema = described[argument.name]
        if argument.place not in ("field", "body") and isinstance(schema, dict):
            shown = schema.get("examples") or [schema[key] for key in ("default", "const") if key in schema]
            if not shown and argument.name in read.parameters.get("required", ()):
                simple = {"string": ["x" * schema.get("minLength", 1)], "integer": [1], "number": [1]}
                found = simple.get(str(schema.get("type")), []) if "pattern" not in schema else []
                shown = schema.get("enum") or found
            fixed |= {argument.name: shown[0]} if shown else {}
    for body in bodies_of(document, entry, operation.media_type):
        call = dict(fixed)
        for argument in operation.arguments:
            if argument.place == "body" and body is not None:
                call[argument.name] = body
            elif argument.place == "field" and isinstance(body, Mapping) and argument.key in body:
                call[argument.name] = body[argument.key]
        if isinstance(body, Mapping) and any(argument.place == "field" for argument in operation.arguments):
            keys = {argument.key for argument in operation.arguments if argument.place == "field"}
            call |= {
                key: value for key, value in body.items() if key not in keys
            }  # what the document does not describe
        if set(read.parameters.get("required", ())) <= call.keys():
            yield call


def bodies_of(document: Document, entry: Entry, media_type: str) -> list[Any]:
    """The examples of a body; [None] where an operation has none to show or to send."""
    body, _ = document.resolved(entry.body.get("requestBody"), ())
    media = next((one for name, one in items((body or {}).get("content")) if name.startswith(media_type)), None)
    if not isinstance(media, Mapping) or not media_type:
        return [None]
    shown = [media["example"]] if "example" in media else []
    for _, raw in items(media.get("examples")):
        one, _ = document.resolved(raw, ())
        shown += [one["value"]] if one is not None and "value" in one else []
    return shown or [None]


def measure(path: Path) -> dict[str, Any]:
    """One document."""
    started = time.process_time()
    data = read_source(path)
    parsed = time.process_time()
    tools = openapi_tools(data, source=path.name)
    done = time.process_time()
    document = Document.of(data)
    schemas = Schemas(document)
    listed, _ = entries(document)
    calls: Counter[str] = Counter()
    refused: list[str] = []
    bad: list[str] = []
    for entry in listed:
        read, _ = read_arguments(document, schemas, entry)
        if read is None or entry.name not in tools:
            continue
        as_written = build_validator(read.parameters)
        for call in examples_of(document, entry, read):
            problems = tools.check(entry.name, call)
            calls["made"] += 1
            calls["good by the document"] += as_written.is_valid(call)
            calls["good by the contract"] += not problems
            if not as_written.is_valid(call):
                why = problems[0] if problems else None
                bad.append(
                    f"{entry.name}{why.pointer}: {why.message}" if why else f"{entry.name}: accepted all the same"
                )
            elif problems:
                refused.append(f"{entry.name}{problems[0].pointer}: {problems[0].message}")
    return {
        "document": path.name,
        "operations": len(listed),
        "tools": len(tools),
        "CPU seconds to read": round(parsed - started, 2),
        "CPU seconds to convert": round(done - parsed, 2),
        "not carried": dict(Counter(one.what for one in tools.not_carried).most_common()),
        "calls": dict(calls),
        "bad by the document": bad,
        "refused": refused,
    }


def main() -> list[dict[str, Any]]:
    """All documents of the folder."""
    folder = Path(os.environ.get("OPENAPI", "."))
    results = []
    for path in sorted([*folder.glob("*.json"), *folder.glob("*.yaml"), *folder.glob("*.yml")]):
        result = measure(path)
        results.append(result)
        print(json.dumps({key: value for key, value in result.items() if not isinstance(value, list)}))
        for line in result["refused"]:
            print(f"  refused by the contract alone: {line}")
    return results
