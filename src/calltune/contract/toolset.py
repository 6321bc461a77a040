"""A `Toolset`: the contract, tools in order and each name once. In: tools, an OpenAI list, a file or Python
functions. Out: checks of calls and results, a fingerprint, and the list that prompts show. All faults of a source are
reported at once. Nothing is called here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from calltune.errors import ContractError

from .choosing import Choice
from .files import write_whole
from .json_text import quote
from .not_carried import NotCarried
from .problem import Problem
from .sentences import unknown_tool
from .tools import Tool, digest

CONTRACT_VERSION = 1


class Toolset:
    """What may be called. Immutable; equal when the fingerprints are."""

    def __init__(
        self,
        tools: Iterable[Tool],
        *,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        not_carried: Iterable[NotCarried] = (),
    ) -> None:
        self.tools: tuple[Tool, ...] = tuple(tools)
        self.functions: dict[str, Callable[..., Any]] = dict(functions or {})
        """The functions behind the tools, where the contract was made from some, or from a server that runs them."""
        self.not_carried: tuple[NotCarried, ...] = tuple(not_carried)
        """What the source says and the contract does not hold."""
        faults = [
            f"$[{index}]: expected a Tool, got {quote(tool)}"
            for index, tool in enumerate(self.tools)
            if not isinstance(tool, Tool)
        ]
        faults = faults or twice([tool.name for tool in self.tools], "$[{}].name".format)
        if faults:
            raise ContractError("the toolset is broken:", faults=faults)
        self._by_name = {tool.name: tool for tool in self.tools}
        self.get: Callable[[str], Tool | None] = self._by_name.get
        """The tool of a name, or None."""
        self.names: tuple[str, ...] = tuple(self._by_name)

    def __len__(self) -> int:
        return len(self.tools)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self.tools)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._by_name

    def __getitem__(self, name: str) -> Tool:
        return self._by_name[name]

    def __eq__(self, other: object) -> bool:
        return self.fingerprint == other.fingerprint if isinstance(other, Toolset) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"Toolset({', '.join(self.names)})"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all tools in order (name, description, schemas, effect, idempotent, timeout)."""
        return digest(b"[" + b",".join(tool.canonical for tool in self.tools) + b"]")

    def check(self, name: str, arguments: Mapping[str, Any] | str) -> tuple[Problem, ...]:
        """What is wrong with a call; () when nothing is. Arguments as an object or as JSON text. Never raises."""
        tool = self._by_name.get(name) if isinstance(name, str) else None
        return (self._unknown(name),) if tool is None else tool.check(arguments)

    def check_result(self, name: str, result: Any) -> tuple[Problem, ...]:
        """What is wrong with a tool's result, by its `returns`; () when nothing is or nothing is promised. Never
        raises."""
        tool = self._by_name.get(name) if isinstance(name, str) else None
        return (self._unknown(name),) if tool is None else tool.check_result(result)

    def _unknown(self, name: Any) -> Problem:
        shown = name[:64] if isinstance(name, str) else quote(name)
        shown = shown.encode("utf-8", "backslashreplace").decode("utf-8")
        return Problem(
            kind="unknown_tool",
            pointer="",
            message=unknown_tool(name, self.names),
            expected=list(self.names[:64]),
            got=shown,
        )

    def to_openai(self) -> list[dict[str, Any]]:
        """The list that prompts and rows carry."""
        return [tool.to_openai() for tool in self.tools]

    def to_json(self) -> dict[str, Any]:
        """Everything, with the fingerprint: the content of contract.json."""
        tools = [tool.to_json() for tool in self.tools]
        return {"calltune_contract": CONTRACT_VERSION, "fingerprint": self.fingerprint, "tools": tools}

    def save(self, path: str | Path) -> None:
        """Writes contract.json, whole or not at all; `Toolset.load` reads it back as an equal toolset."""
        write_whole(Path(path), json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, source: str | Path, choice: Choice | None = None) -> Toolset:
        """From a file (OpenAI list, MCP tools/list, bare schemas, contract.json, OpenAPI; JSON or YAML), an http(s)
        address of one, Python functions (`module:name`, `module`, `path/to/file.py:name`), Zod schemas
        (`path/to/file.mjs`), or an MCP server (`mcp:command args`, `mcp:https://host/mcp`), whose process is ended when
        it has listed its tools. A `Choice` says which operations of an OpenAPI document are taken."""
        from .sources import load_source

        return load_source(source, choice)

    @classmethod
    def from_openai(cls, tools: Sequence[Mapping[str, Any]]) -> Toolset:
        """From `[{"type": "function", "function": {...}}, ...]` or the bare functions. The same list is compiled
        once."""
        try:
            key = json.dumps(tools, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):  # not JSON: the reader says what and where
            return _read(tools)
        return _cached(key) if len(key) < 1 << 20 else _read(tools)

    @classmethod
    def from_functions(cls, *functions: Callable[..., Any]) -> Toolset:
        """From typed Python functions with docstrings."""
        from .functions import toolset_of

        return toolset_of(functions)


def _read(tools: Any) -> Toolset:
    from .sources import read_tools

    return read_tools(tools)


@lru_cache(maxsize=512)
def _cached(key: str) -> Toolset:
    return _read(json.loads(key))


def twice(names: Sequence[Any], where: Callable[[int], str]) -> list[str]:
    """A fault for every name that an earlier tool has."""
    first: dict[Any, int] = {}
    faults = []
    for index, name in enumerate(names):
        if not isinstance(name, str):
            continue
        if name in first:
            faults.append(f"{where(index)}: the name {quote(name)} is already taken by {where(first[name])}")
        first.setdefault(name, index)
    return faults
