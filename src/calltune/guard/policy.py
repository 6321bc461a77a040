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

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from calltune.contract import Tool, Toolset
from calltune.contract.dialects import modernise
from calltune.contract.keywords import KNOWN, subschemas
from calltune.contract.problem import decode_pointer, pointer
from calltune.contract.sentences import label
from calltune.contract.subschema import subschema
from calltune.contract.validate import build_validator, problems_of
from calltune.errors import ConfigError
from calltune.guard.origin import Origin, values_at

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
    """JSON Pointer of the argument that is summed up, `*` for every item of a list; None: calls are counted."""

    def amount(self, arguments: Any) -> float | None:
        """What one call adds; None where the argument is no number of at least 0, which is then over any limit."""
        if self.argument is None:
            return 1.0
        values = values_at(arguments, decode_pointer(self.argument))
        if not values or any(isinstance(one, bool) or not isinstance(one, int | float) or one < 0 for one in values):
            return None
        return float(sum(values))

    def sentence(self) -> str:
        """The limit in words."""
        what = "calls" if self.argument is None else f"of {label(decode_pointer(self.argument))} in all"
        return f"{self.tool} may not have more than {self.most:g} {what} within {self.per_s:g} s"


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
            why = origin.broken_by(arguments, messages) if origin.tool == tool else ""
            if why:
                return Verdict(effect="forbid", why=why, pointer=origin.argument)
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


# -- the file
# ------------------------------------------------------------------------------------------------------------


def _faults(data: Mapping[str, Any], toolset: Toolset) -> list[str]:
    faults: list[str] = []
    for section in ("rules", "limits", "origins"):
        for number, one in enumerate(data.get(section, ())):
            where = f"/{section}/{number}"
            name = one["tool"]
            if name == "*" and section == "rules":
                faults += _faults_of_condition(one, None, where)
                continue
            if name not in toolset:
                faults += [f"{where}/tool: {problem.message}" for problem in toolset.check(name, {})]
                continue
            tool = toolset[name]
            faults += _faults_of_condition(one, tool, where) if section == "rules" else []
            if "argument" in one:
                faults += _faults_of_argument(one["argument"], tool, where, numeric=section == "limits")
    return faults


def _faults_of_condition(rule: Mapping[str, Any], tool: Tool | None, where: str) -> list[str]:
    """A condition that is misspelt, or that a call meets by leaving something out, would allow what it should not."""
    when = rule.get("when")
    if when is None:
        return []
    found: list[tuple[tuple[str | int, ...], str]] = []
    modernise(when, (), found)
    found += _unknown_words(when, ())
    if found:
        return [f"{where}/when{pointer(*place)}: {fault}" for place, fault in found]
    if not when.keys() & _CONDITIONS:
        return [f'{where}/when: says nothing; write {{"properties": {{...}}}}.']
    try:
        build_validator(when)
    except Exception as error:  # jsonschema-rs says in several ways that a schema is none
        return [f"{where}/when: not a JSON Schema: {str(error).splitlines()[0]}"]
    return list(_names_in_condition(when, tool.parameters, tool, rule["effect"], f"{where}/when")) if tool else []


def _unknown_words(schema: Any, place: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """JSON Schema ignores words that it does not know; in a condition that would mean: always."""
    if isinstance(schema, dict):
        for word in schema:
            if word not in KNOWN:
                yield (*place, word), 'JSON Schema has no such keyword; arguments stand in {"properties": {...}}'
        for keyword, key, inner in subschemas(schema):
            yield from _unknown_words(inner, (*place, keyword) if key is None else (*place, keyword, key))


_CONDITIONS = frozenset({"properties", "required", "not", "anyOf", "allOf", "oneOf", "if", "minProperties"})


def _names_in_condition(when: Any, schema: Any, tool: Tool, effect: str, where: str) -> Iterator[str]:
    """Names that the tool does not have, at any depth, and names that a call may leave out."""
    if not isinstance(when, Mapping):
        return
    known = _dict(_dict(schema).get("properties"))
    closed = _dict(schema).get("additionalProperties") is False
    tested = _dict(when.get("properties"))
    for name in [*tested, *(when.get("required") or ())]:
        if closed and name not in known:
            yield f"{where}: {tool.name} has no argument {name!r} there; it has {', '.join(known) or 'none'}."
    needed = {*(when.get("required") or ()), *(_dict(schema).get("required") or ())}
    for name, inner in tested.items():
        if effect == "allow" and name not in needed and name in known:
            yield f'{where}: a call without {name} would be allowed too; add "required": ["{name}"].'
        yield from _names_in_condition(inner, known.get(name), tool, effect, f"{where}/properties/{name}")


def _faults_of_argument(pointer: str, tool: Tool, where: str, *, numeric: bool) -> list[str]:
    parts = ["0" if part == "*" else part for part in decode_pointer(pointer)]
    schema = subschema(tool.parameters, parts)
    if schema is None:
        known = ", ".join(f"/{name}" for name in _dict(tool.parameters.get("properties"))) or "none"
        return [f"{where}/argument: {tool.name} has no argument {pointer}; it has {known}."]
    if numeric and schema.get("type") not in ("integer", "number"):
        return [f"{where}/argument: {pointer} of {tool.name} is no number, so it cannot be summed up."]
    return []


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
