"""A `Tool`: one function that may be called. In: its name, description and JSON Schemas as people write them. Out: a
frozen record whose schemas are canonical, with a validator compiled once. A broken schema is a `ContractError` with
every fault. Nothing is called here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal, TypeVar

import rfc8785

from calltune.errors import ContractError

from .json_text import carries, parse_json, quote, to_plain
from .keywords import place
from .problem import Problem
from .schema import canonical
from .validate import build_validator, problems_of

Effect = Literal["read", "write"]
Function = TypeVar("Function", bound=Callable[..., Any])
FACTS = "__calltune_tool__"
"""The attribute in which `tool` leaves what it was told."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
MAX_DESCRIPTION = 100_000


@dataclass(frozen=True, eq=False)
class Tool:
    """One function: what it is called, what it takes, what it gives back, and what calling it does to the world."""

    name: str
    """A letter or underscore, then letters, digits, `_`, `.`, `-`; at most 64 characters."""
    description: str = ""
    """What the model is told about it."""
    parameters: dict[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    """JSON Schema of the arguments object; canonical after construction."""
    returns: dict[str, Any] | None = None
    """JSON Schema of the result, or None where nothing is promised; canonical after construction."""
    effect: Effect = "write"
    """`read` changes nothing; `write` (the safe assumption) may."""
    idempotent: bool = False
    """Calling it twice with the same arguments is the same as calling it once."""
    timeout_s: float | None = None
    """Seconds after which a call is given up; None leaves it to the caller."""

    def __post_init__(self) -> None:
        values, faults = examine({item.name: getattr(self, item.name) for item in fields(self)}, ("$",))
        if faults:
            raise ContractError(f"the tool {quote(self.name)} is broken:", faults=faults)
        self._set(values)

    @classmethod
    def _examined(cls, values: dict[str, Any]) -> Tool:
        """A tool from values that `examine` has passed, without examining them again."""
        tool = object.__new__(cls)
        tool._set(values)
        return tool

    def _set(self, values: dict[str, Any]) -> None:
        for key, value in values.items():
            object.__setattr__(self, key, value)

    def __eq__(self, other: object) -> bool:
        return self.fingerprint == other.fingerprint if isinstance(other, Tool) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __getstate__(self) -> dict[str, Any]:
        return {item.name: getattr(self, item.name) for item in fields(self)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._set(state)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything in the tool; the order of properties counts, because the prompt shows it."""
        return digest(self.canonical)

    @cached_property
    def canonical(self) -> bytes:
        """Everything in the tool as canonical JSON (RFC 8785), objects as lists of their pairs. Toolsets share tools,
        so it is written once."""
        return bytes(rfc8785.dumps(_ordered(self.to_json())))

    def to_openai(self) -> dict[str, Any]:
        """The shape that prompts and rows carry."""
        function: dict[str, Any] = {"name": self.name, "description": self.description, "parameters": self.parameters}
        if self.returns is not None:
            function["returns"] = self.returns
        return {"type": "function", "function": function}

    def to_json(self) -> dict[str, Any]:
        """Everything, for contract.json."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @cached_property
    def _arguments(self) -> Any:
        return build_validator(self.parameters)

    @cached_property
    def accepts(self) -> Callable[[dict[str, Any]], bool]:
        """Called with arguments that a strict JSON parser has read: whether they follow the schema; `check` says why
        not."""
        valid: Callable[[dict[str, Any]], bool] = self._arguments.is_valid
        return valid

    @cached_property
    def _result(self) -> Any:
        return build_validator(self.returns) if self.returns is not None else None

    def check(self, arguments: Mapping[str, Any] | str) -> tuple[Problem, ...]:
        """What is wrong with the arguments of a call; () when nothing is. Text is parsed strictly. Never raises."""
        if type(arguments) is dict and carries(arguments) and self.accepts(arguments):
            return ()
        return self._explain(arguments, self._arguments, self.parameters, "argument", texts=True)

    def check_result(self, result: Any) -> tuple[Problem, ...]:
        """What is wrong with a result; () when nothing is or nothing is promised. Never raises."""
        if self.returns is None:
            return ()
        return self._explain(result, self._result, self.returns, "field", texts=False)

    def _explain(self, value: Any, validator: Any, schema: Any, subject: str, *, texts: bool) -> tuple[Problem, ...]:
        before: tuple[Problem, ...] = ()
        if texts and isinstance(value, str | bytes):
            value, before = parse_json(value)
            fatal = any(problem.kind != "duplicate_key" for problem in before)
        else:
            value, found = to_plain(value)
            before, fatal = tuple(found), bool(found)
        if fatal or (not before and validator.is_valid(value)):
            return before
        return (*before, *problems_of(validator, schema, value, subject=subject))


def tool(
    *, effect: Effect = "write", idempotent: bool = False, timeout_s: float | None = None, name: str | None = None
) -> Callable[[Function], Function]:
    """Says of a Python function what its types cannot: `@tool(effect="read", timeout_s=5)`. The function itself stays
    as it is."""

    def mark(function: Function) -> Function:
        facts = {"effect": effect, "idempotent": idempotent, "timeout_s": timeout_s}
        setattr(function, FACTS, facts if name is None else {**facts, "name": name})
        return function

    return mark


def examine(
    values: dict[str, Any], where: tuple[str | int, ...], names: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], list[str]]:
    """A tool's fields made canonical, and all their faults. `names` says what a field is called in the file it came
    from."""
    called = dict(names or {})
    values = dict(values)
    faults: list[str] = []

    def fault(name: str, text: str) -> None:
        faults.append(f"{place((*where, called.get(name, name)))}: {text}")

    if not isinstance(values["name"], str) or not NAME.fullmatch(values["name"]):
        fault("name", f"unusable name {quote(values['name'])}{_better_name(values['name'])}")
    if values["description"] is None:
        values["description"] = ""
    if not isinstance(values["description"], str):
        fault("description", f"expected text, got {quote(values['description'])}")
    elif len(values["description"]) > MAX_DESCRIPTION or not carries(values["description"][:60_000]):
        fault("description", "the text is too long or not Unicode")
    if values["effect"] not in ("read", "write"):
        fault("effect", f'expected "read" or "write", got {quote(values["effect"])}')
    if not isinstance(values["idempotent"], bool):
        fault("idempotent", f"expected true or false, got {quote(values['idempotent'])}")
    timeout = values["timeout_s"]
    if timeout is not None and (
        isinstance(timeout, bool) or not isinstance(timeout, int | float) or not 0 < timeout < 1e9
    ):
        fault("timeout_s", f"expected seconds above 0, got {quote(timeout)}")
    values["parameters"], found = canonical(
        values["parameters"], (*where, called.get("parameters", "parameters")), arguments=True
    )
    faults += found
    if values["returns"] is not None:
        values["returns"], found = canonical(values["returns"], (*where, called.get("returns", "returns")))
        faults += found
    return values, faults


def _better_name(name: Any) -> str:
    rule = ": a letter or _, then letters, digits, _ . -, at most 64 characters"
    if not isinstance(name, str):
        return rule
    better = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_")[:64]
    better = better if NAME.fullmatch(better) else f"_{better}"[:64]
    return f'{rule}; write "{better}"' if NAME.fullmatch(better) and len(better) > 1 else rule


def _ordered(value: Any) -> Any:
    """The value with every object as a list of its pairs: canonical JSON sorts keys, and here their order is part of
    the data."""
    if isinstance(value, dict):
        return {"pairs": [[key, _ordered(item)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return {"integer": str(value)}  # RFC 8785 has no integers beyond 2**53
    return value


def digest(canonical: bytes) -> str:
    """SHA-256 of canonical JSON."""
    return f"sha256:{hashlib.sha256(canonical).hexdigest()}"
