"""What may be called beyond what can be called: rules on arguments, limits on how often and how much, who must agree,
and where an argument may come from.

In: a YAML or JSON file, checked against the contract when it is read. Out: a `Verdict` about one checked call. It fails
closed: a tool that no rule allows is forbidden, and so is a call whose rules cannot be decided. Not here: counting what
was spent (that is the ledger, in the same transaction that lets the call run).

The rules of a call are those of its tool and those for "*"; the highest priority decides, and among equals forbid
before approve before allow (the order of Progent, arXiv:2504.11703). An example:

    calltune_policy: 1
    rules:
      - {tool: "*", effect: allow}
      - tool: send_money
        effect: approve
        priority: 1
        when: {properties: {amount: {exclusiveMinimum: 100}}}
        why: more than 100 needs a person
    limits:
      - {tool: send_money, calls: 3, per_s: 3600}
      - {tool: send_money, argument: /amount, total: 500, per_s: 86400}
    origins:
      - {tool: send_money, argument: /to, source: user}
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from calltune.contract import Tool, Toolset
from calltune.contract.problem import decode_pointer
from calltune.contract.sentences import label
from calltune.contract.subschema import subschema
from calltune.contract.validate import build_validator, problems_of
from calltune.errors import ConfigError

Effect = Literal["allow", "approve", "forbid"]
_ORDER: dict[str, int] = {"forbid": 0, "approve": 1, "allow": 2}
MAX_FILE = 1 << 20

_NAME = {"type": "string", "minLength": 1, "maxLength": 64}
_POINTER = {"type": "string", "pattern": "^(/[^/]+)+$", "maxLength": 512}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["calltune_policy"],
    "additionalProperties": False,
    "properties": {
        "calltune_policy": {"const": 1},
        "default": {"enum": ["allow", "approve", "forbid"]},
        "rules": {
            "type": "array",
            "maxItems": 10_000,
            "items": {
                "type": "object",
                "required": ["tool", "effect"],
                "additionalProperties": False,
                "properties": {
                    "tool": _NAME,
                    "effect": {"enum": ["allow", "approve", "forbid"]},
                    "priority": {"type": "integer"},
                    "when": {"type": "object"},
                    "why": {"type": "string", "maxLength": 500},
                },
            },
        },
        "limits": {
            "type": "array",
            "maxItems": 10_000,
            "items": {
                "type": "object",
                "required": ["tool", "per_s"],
                "additionalProperties": False,
                "properties": {
                    "tool": _NAME,
                    "calls": {"type": "integer", "minimum": 0},
                    "argument": _POINTER,
                    "total": {"type": "number", "minimum": 0},
                    "per_s": {"type": "number", "exclusiveMinimum": 0},
                },
                "oneOf": [
                    {"required": ["calls"], "not": {"anyOf": [{"required": ["argument"]}, {"required": ["total"]}]}},
                    {"required": ["argument", "total"], "not": {"required": ["calls"]}},
                ],
            },
        },
        "origins": {
            "type": "array",
            "maxItems": 10_000,
            "items": {
                "type": "object",
                "required": ["tool", "argument", "source"],
                "additionalProperties": False,
                "properties": {"tool": _NAME, "argument": _POINTER, "source": {"enum": ["user", "not_a_tool"]}},
            },
        },
    },
}
"""The schema of the file."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule about the calls of one tool, or of all ("*")."""

    tool: str
    effect: Effect
    priority: int = 0
    when: Mapping[str, Any] | None = None
    """JSON Schema of the arguments that the rule is about; None: all."""
    why: str = ""
    """Told to the model and the log."""

    @cached_property
    def _condition(self) -> Any:
        return None if self.when is None else build_validator(dict(self.when))

    def matches(self, tool: str, arguments: Any) -> bool:
        """Whether the rule is about this call."""
        return self.tool in ("*", tool) and (self.when is None or self._condition.is_valid(arguments))


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How often a tool may run, or how much of a numeric argument may add up, within some time."""

    tool: str
    per_s: float
    """Seconds looked back."""
    most: float
    """Calls, or the sum of the argument."""
    argument: str | None = None
    """JSON Pointer of the argument that is summed up; None: calls are counted."""

    def amount(self, arguments: Any) -> float | None:
        """What one call adds; None where the argument is no number of at least 0, which is then over any limit."""
        if self.argument is None:
            return 1.0
        value = at(arguments, self.argument)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            return None
        return float(value)

    def sentence(self) -> str:
        """The limit in words."""
        what = "calls" if self.argument is None else f"of {label(decode_pointer(self.argument))} in all"
        return f"{self.tool} may not have more than {self.most:g} {what} within {self.per_s:g} s"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where an argument must come from."""

    tool: str
    argument: str
    """JSON Pointer."""
    source: Literal["user", "not_a_tool"]
    """"user": it must stand in what the user or the system said. "not_a_tool": it may not stand in a tool's result,
    unless the user or the system said it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the policy says about one call."""

    effect: Effect
    why: str
    """One sentence."""
    pointer: str = ""
    """The argument it is about."""


_ALLOWED = Verdict(effect="allow", why="there is no policy: the contract decides.")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """All rules. Without any, everything is forbidden that `default` does not allow."""

    default: Effect = "forbid"
    """For calls that no rule is about."""
    rules: Sequence[Rule] = ()
    limits: Sequence[Limit] = ()
    origins: Sequence[Origin] = ()
    _by_tool: dict[str, tuple[Rule, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def load(cls, path: str | Path, toolset: Toolset) -> Policy:
        """From a YAML or JSON file. ConfigError with every fault: unknown tools and arguments are faults too, because a
        misspelt rule would protect nothing."""
        import yaml

        try:
            raw = Path(path).read_bytes()
            data = yaml.safe_load(raw.decode("utf-8")) if len(raw) <= MAX_FILE else None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"cannot read the policy {path}: {error}") from error
        except (yaml.YAMLError, RecursionError, ValueError, AttributeError) as error:
            raise ConfigError(f"{path} is not YAML: {error}") from error
        if len(raw) > MAX_FILE:
            raise ConfigError(f"the policy {path} is larger than {MAX_FILE:,} bytes.")
        return cls.from_json(data, toolset, name=str(path))

    @classmethod
    def from_json(cls, data: Any, toolset: Toolset, *, name: str = "the policy") -> Policy:
        """From the data of the file."""
        faults = [
            f"{problem.pointer or '/'}: {problem.message}"
            for problem in problems_of(build_validator(SCHEMA), SCHEMA, data, subject="field")
        ]
        faults = faults or list(_faults(data, toolset))
        if faults:
            raise ConfigError(f"{name} is broken, so nothing may run:", faults=faults)
        limits = tuple(
            Limit(
                tool=one["tool"],
                per_s=one["per_s"],
                most=one["total"] if "argument" in one else one["calls"],
                argument=one.get("argument"),
            )
            for one in data.get("limits", ())
        )
        return cls(
            default=data.get("default", "forbid"),
            rules=tuple(Rule(**rule) for rule in data.get("rules", ())),
            limits=limits,
            origins=tuple(Origin(**origin) for origin in data.get("origins", ())),
        )

    def judge(self, tool: str, arguments: Any, messages: Sequence[Mapping[str, Any]] | None) -> Verdict:
        """The verdict on a call that follows the contract. `messages`: the conversation before it; without it, rules on
        origins cannot be decided, and forbid."""
        for origin in self.origins:
            if origin.tool == tool and (verdict := _judge_origin(origin, arguments, messages)) is not None:
                return verdict
        for rule in self._rules_of(tool):
            if rule.matches(tool, arguments):
                return Verdict(effect=rule.effect, why=rule.why or f"a rule of the policy says {rule.effect}.")
        return Verdict(effect=self.default, why=f"no rule is about this call, so it is {_PAST[self.default]}.")

    def limits_of(self, tool: str) -> tuple[Limit, ...]:
        """The limits on one tool."""
        return tuple(limit for limit in self.limits if limit.tool == tool)

    def _rules_of(self, tool: str) -> tuple[Rule, ...]:
        if tool not in self._by_tool:
            about = [rule for rule in self.rules if rule.tool in ("*", tool)]
            self._by_tool[tool] = tuple(sorted(about, key=lambda rule: (-rule.priority, _ORDER[rule.effect])))
        return self._by_tool[tool]


_PAST = {"allow": "allowed", "approve": "to be approved", "forbid": "forbidden"}


def judge(
    policy: Policy | None, tool: str, arguments: Any, messages: Sequence[Mapping[str, Any]] | None = None
) -> Verdict:
    """The verdict of a policy, or of there being none."""
    return _ALLOWED if policy is None else policy.judge(tool, arguments, messages)


def at(value: Any, pointer: str) -> Any:
    """The value at a JSON Pointer; None where there is none."""
    for part in decode_pointer(pointer):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


# -- origins
# -------------------------------------------------------------------------------------------------------------


def _judge_origin(origin: Origin, arguments: Any, messages: Sequence[Mapping[str, Any]] | None) -> Verdict | None:
    """A verdict that forbids, or None."""
    value = at(arguments, origin.argument)
    if value is None:
        return None
    name = label(decode_pointer(origin.argument))

    def forbid(why: str) -> Verdict:
        return Verdict(effect="forbid", why=why, pointer=origin.argument)

    if messages is None:
        return forbid(f"where {name} comes from is not known without the conversation.")
    if said_in(value, messages, ("user", "system", "developer")):
        return None
    if said_in(value, messages, ("tool", "function")):
        return forbid(f"{name} must come from the user; it was taken from the result of a tool.")
    return forbid(f"{name} must be said by the user, word for word.") if origin.source == "user" else None


def said_in(value: Any, messages: Sequence[Mapping[str, Any]], roles: Sequence[str]) -> bool:
    """Whether every text and number in `value` stands, as whole words, in what these roles said."""
    said = " ".join(_words(text) for message in messages if message.get("role") in roles for text in _texts(message))
    parts = [part for part in (_words(text) for text in _leaves(value)) if part]
    return bool(parts) and all(f" {part} " in f" {said} " for part in parts)


def _texts(message: Mapping[str, Any]) -> list[str]:
    content = message.get("content")
    if isinstance(content, str):
        return [content]
    if isinstance(content, list):
        return [str(part.get("text", "")) for part in content if isinstance(part, Mapping)]
    return [] if content is None else [json.dumps(content, ensure_ascii=False)]


def _leaves(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    if value is None or isinstance(value, bool):
        return []
    return [f"{value:g}" if isinstance(value, float) else str(value)]


_INSIDE = "@._-+/:"
"""Characters that may stand inside a word: addresses, dates and numbers are one word."""


def _words(text: str) -> str:
    """Lower case, words one space apart, punctuation only inside them."""
    kept = "".join(c if c.isalnum() or c in _INSIDE else " " for c in text.casefold())
    return " ".join(word for word in (part.strip(_INSIDE) for part in kept.split()) if word)


# -- the file
# ------------------------------------------------------------------------------------------------------------


def _faults(data: Mapping[str, Any], toolset: Toolset) -> list[str]:
    faults: list[str] = []
    for section in ("rules", "limits", "origins"):
        for number, one in enumerate(data.get(section, ())):
            where = f"/{section}/{number}"
            name = one["tool"]
            if name == "*" and section == "rules":
                faults += _faults_of_condition(one.get("when"), None, where)
                continue
            if name not in toolset:
                faults += [f"{where}/tool: {problem.message}" for problem in toolset.check(name, {})]
                continue
            tool = toolset[name]
            faults += _faults_of_condition(one.get("when"), tool, where)
            if "argument" in one:
                faults += _faults_of_argument(one["argument"], tool, where, numeric=section == "limits")
    return faults


def _faults_of_condition(when: Any, tool: Tool | None, where: str) -> list[str]:
    if when is None:
        return []
    try:
        build_validator(when)
    except Exception as error:  # jsonschema-rs says in several ways that a schema is none
        return [f"{where}/when: not a JSON Schema: {str(error).splitlines()[0]}"]
    if tool is None:
        return []
    names = [*_dict(when.get("properties")), *(when.get("required") or ())]
    known = _dict(tool.parameters.get("properties"))
    closed = tool.parameters.get("additionalProperties") is False
    return [
        f"{where}/when: {tool.name} has no argument {name!r}; it has {', '.join(known) or 'none'}."
        for name in names
        if closed and name not in known
    ]


def _faults_of_argument(pointer: str, tool: Tool, where: str, *, numeric: bool) -> list[str]:
    schema = subschema(tool.parameters, decode_pointer(pointer))
    if schema is None:
        known = ", ".join(f"/{name}" for name in _dict(tool.parameters.get("properties"))) or "none"
        return [f"{where}/argument: {tool.name} has no argument {pointer}; it has {known}."]
    if numeric and schema.get("type") not in ("integer", "number"):
        return [f"{where}/argument: {pointer} of {tool.name} is no number, so it cannot be summed up."]
    return []


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
