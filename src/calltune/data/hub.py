"""Rows of a Hugging Face dataset, through the `datasets` library (imported here only). In: a `Source`. Out: plain
dicts, streamed, without the nulls that Arrow puts where a row has no such key. A dataset that cannot be reached,
found or read is a DataError."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from calltune.contract import Toolset
from calltune.contract.problem import decode_pointer
from calltune.data.source import Source
from calltune.data.tools import Offer, read_tools
from calltune.errors import DataError, MissingExtraError

VALUES = ("default", "const", "enum", "examples")
"""Schema keywords that hold values and not schemas: a null inside may be meant."""


def read_dataset(source: Source, offer: Offer) -> Iterator[dict[str, Any]]:
    """The rows of the split, one at a time; `offer` is what rows without tools offer."""
    rows = 0
    try:
        for row in _open(source):
            yield without_ghosts(row, offer)
            rows += 1
    except (DataError, MissingExtraError):
        raise
    except Exception as error:  # a dozen types: not found, no network, no such split, broken shard
        raise _failed(source, error, rows) from error
    if not rows:
        raise DataError(f"the dataset {source.name} has no rows.")


def without_ghosts(row: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    """The row as its author wrote it.

    Arrow keeps a list of objects as columns: a key that any object has, every object has, null where it had none. In a
    message or a schema no null means anything, so all go (with them a `default: null`, which cannot be told from a
    ghost). In arguments a null may be meant, so only those go that the schema forbids and whose absence it allows.
    """
    data = {key: value for key, value in row.items() if value is not None}
    if isinstance(data.get("tools"), list):
        data["tools"] = [_without_nulls(tool) for tool in data["tools"]]
    if isinstance(data.get("messages"), list):
        toolset = read_tools(data, offer, []).toolset
        data["messages"] = [_message(message, toolset) for message in data["messages"]]
    return data


def _open(source: Source) -> Iterable[Mapping[str, Any]]:
    try:
        import datasets
    except ImportError:
        raise MissingExtraError("datasets", "train") from None
    if not Path(source.name).is_dir():
        require_network()
        rows: Iterable[Mapping[str, Any]] = datasets.load_dataset(
            source.dataset, split=source.split or "train", streaming=True
        )
        return rows
    loaded = datasets.load_from_disk(source.name)
    if isinstance(loaded, dict) and "train" not in loaded:
        raise DataError(
            f"the folder {source.name} has no split 'train'; its splits: {', '.join(loaded)}. Name one of its folders."
        )
    rows = loaded["train"] if isinstance(loaded, dict) else loaded
    return rows


def is_offline() -> bool:
    """Whether the user says that the Hub is not to be asked."""
    return os.environ.get("HF_HUB_OFFLINE", "") not in ("", "0")


def require_network() -> None:
    """Raises ConnectionError where the Hub's host is not found: every request would be tried six times before it fails.
    Behind a proxy or offline nothing is looked up."""
    no_lookup = is_offline() or any(
        os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
    )
    host = urlsplit(os.environ.get("HF_ENDPOINT") or "https://huggingface.co").hostname
    try:
        if not no_lookup:
            socket.getaddrinfo(host, 443)
    except OSError:
        raise ConnectionError(f"no network: {host} cannot be found") from None


def _failed(source: Source, error: Exception, rows: int) -> DataError:
    reason = (str(error).strip().splitlines() or [""])[0][:300]
    where = f" after {rows:,} rows" if rows else ""
    split = source.split or "train"
    code = f"from datasets import load_dataset; load_dataset('{source.dataset}', split='{split}').to_json('rows.jsonl')"
    return DataError(
        f"there is no file '{source.name}' here, and it could not be read as a Hugging Face dataset{where}.",
        faults=[f"{type(error).__name__}: {reason}"],
        hint="A file: check the path. A dataset: check the network, the name (owner/name) and the split "
        f"(owner/name:split; '{split}' was asked for). Without a network here, type where there is one:\n"
        f'  python -c "{code}"\nand pass that rows.jsonl.',
    )


def _message(message: Any, toolset: Toolset | None) -> Any:
    if not isinstance(message, dict):
        return message
    kept = {key: value for key, value in message.items() if value is not None or key == "content"}
    if isinstance(kept.get("tool_calls"), list):
        kept["tool_calls"] = [_call(call, toolset) for call in kept["tool_calls"]]
    return kept


def _call(call: Any, toolset: Toolset | None) -> Any:
    function = call.get("function") if isinstance(call, dict) else None
    if toolset is None or not isinstance(function, dict) or not isinstance(function.get("arguments"), dict):
        return call
    name, arguments = str(function.get("name")), function["arguments"]
    problems = toolset.check(name, arguments)
    repaired = arguments
    for problem in problems:
        repaired = _without_null_at(repaired, decode_pointer(problem.pointer))
    if repaired is arguments or any(problem.kind == "missing_required" for problem in toolset.check(name, repaired)):
        return call
    return {**call, "function": {**function, "arguments": repaired}}


def _without_null_at(value: Any, path: list[str]) -> Any:
    """A copy without the null at the path; the value itself if something else is there."""
    if not path:
        return value
    key = path[0]
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        inner = _without_null_at(value[int(key)], path[1:])
        return value if inner is value[int(key)] else [*value[: int(key)], inner, *value[int(key) + 1 :]]
    if not isinstance(value, dict) or key not in value:
        return value
    if len(path) == 1:
        return {name: item for name, item in value.items() if name != key} if value[key] is None else value
    inner = _without_null_at(value[key], path[1:])
    return value if inner is value[key] else {**value, key: inner}


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: item if key in VALUES else _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value
