"""JSON data against a schema, on jsonschema-rs. In: a compiled schema and a value of plain JSON data. Out:
`Problem`s, most specific first where a schema offers alternatives. Formats are asserted, patterns run on the linear-
time engine, and no reference is ever fetched. Text is parsed elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import jsonschema_rs

from .json_text import clip, quote
from .problem import Problem, pointer
from .sentences import kind_of, label, missing, sentence, unknown

MAX_PROBLEMS = 64
_MAX_NAME = 256
"""Characters of an invented name that a pointer repeats."""


def build_validator(
    schema: dict[str, Any] | bool, *, registry: Any = None, formats: bool = True
) -> jsonschema_rs.Draft202012Validator:
    """The one way in which calltune compiles a schema; nothing is ever fetched.

    The last two are for the official test suite: documents given by hand, and the half where a format is only a note.
    """
    return jsonschema_rs.Draft202012Validator(
        schema,
        validate_formats=formats,
        pattern_options=jsonschema_rs.RegexOptions(),
        registry=registry,
        offline=True,
    )


def problems_of(
    validator: jsonschema_rs.Validator, schema: Any, value: Any, *, subject: str = "argument"
) -> tuple[Problem, ...]:
    """Every broken rule, at most 64 and a note. `subject` is what the sentences call a property of the value."""
    whole = "the result" if subject == "field" else f"the {subject}s"
    writer = _Writer(schema, value, subject, whole)
    problems: dict[tuple[str, str, str], Problem] = {}
    for error in islice(validator.iter_errors(value), 4 * MAX_PROBLEMS):
        for problem in writer.problems(error):
            problems.setdefault((problem.kind, problem.pointer, problem.message), problem)
    found = writer.sifted(list(problems.values()))
    if len(found) > MAX_PROBLEMS:
        note = Problem(
            kind="constraint", pointer="", message=f"and more: only the first {MAX_PROBLEMS} problems are listed."
        )
        found = [*found[:MAX_PROBLEMS], note]
    return tuple(found)


def one_sentence(validator: jsonschema_rs.Validator, schema: Any, value: Any, whole: str) -> str:
    """The first problem of a value, as a sentence."""
    writer = _Writer(schema, value, "field", whole)
    for error in islice(validator.iter_errors(value), 1):
        for problem in writer.problems(error):
            return problem.message
    return f"{whole} is not as demanded."


class _Writer:
    """Turns the validator's errors into problems; holds the schema and the value they speak about."""

    def __init__(self, schema: Any, value: Any, subject: str, whole: str) -> None:
        self.schema = schema
        self.value = value
        self.subject = subject
        self.whole = whole

    def problems(self, error: jsonschema_rs.ValidationError) -> Iterator[Problem]:
        keyword = error.kind.name
        path = list(error.instance_path)
        match keyword:
            case "required" | "dependentRequired":
                yield self.missing(error, path)
            case "additionalProperties" | "unevaluatedProperties":
                yield from self.unknown(error, path)
            case "anyOf" | "oneOf":
                yield from self.alternatives(error, path)
            case "propertyNames":
                yield from self.names(error, path)
            case "falseSchema":
                message = f"{label(path) or self.whole}: nothing is allowed here; got {quote(self.at(path))}."
                yield self.problem("constraint", path, message, expected=False)
            case "unevaluatedItems" | "additionalItems":
                yield self.problem("count", path, f"{label(path) or self.whole} has more items than are allowed.")
            case _:
                yield self.plain(error, path)

    def plain(self, error: jsonschema_rs.ValidationError, path: list[str | int]) -> Problem:
        keyword = str(error.schema_path[-1]) if error.schema_path else error.kind.name
        rule = self.rule(error)
        got = self.at(path)
        message = sentence(keyword, rule, got, label(path) or self.whole)
        return self.problem(kind_of(keyword), path, message, expected=clip(rule, 500), got=clip(got))

    def missing(self, error: jsonschema_rs.ValidationError, path: list[str | int]) -> Problem:
        name = error.kind.as_dict()["property"]
        schema = self.property_schema(error, name)
        message = missing(name, schema, label(path), self.subject)
        expected = schema.get("type", name) if isinstance(schema, dict) else name
        return self.problem("missing_required", [*path, name], message, expected=expected)

    def unknown(self, error: jsonschema_rs.ValidationError, path: list[str | int]) -> Iterator[Problem]:
        declared = list(dict.fromkeys(self.declared(self.parent(error))))
        here = self.at(path)
        for name in error.kind.as_dict()["unexpected"]:
            got = here.get(name) if isinstance(here, dict) else None
            if name in declared:
                message = f"{label([*path, name])} does not go with the other {self.subject}s given."
                yield self.problem("constraint", [*path, name], message, expected=None, got=clip(got))
                continue
            message = unknown(name, declared, label(path), self.subject)
            yield self.problem("unknown_argument", [*path, name], message, expected=declared[:64], got=clip(got))

    def names(self, error: jsonschema_rs.ValidationError, path: list[str | int]) -> Iterator[Problem]:
        inner = error.kind.as_dict()["error"]
        name = inner.instance
        keyword, rule = str(inner.schema_path[-1]), self.rule(inner)
        message = sentence(keyword, rule, name, f"{label(path) or self.whole}: the name {quote(name)}")
        yield self.problem(kind_of(keyword), [*path, str(name)], message, expected=clip(rule, 500), got=clip(name))

    # -- alternatives ------------------------------------------------------------------------------------------------

    def alternatives(self, error: jsonschema_rs.ValidationError, path: list[str | int]) -> Iterator[Problem]:
        got = self.at(path)
        where = label(path) or self.whole
        branches: list[list[jsonschema_rs.ValidationError]] = error.kind.as_dict()["context"]
        failed = [branch for branch in branches if branch]
        if len(failed) < len(branches):  # a oneOf of which several branches accept
            yield self.problem(
                "constraint",
                path,
                f"{where} fits more than one of its alternatives; it must fit exactly one.",
                got=clip(got),
            )
            return
        simple = self.simple_choice(failed, path)
        if simple is not None:
            yield simple
            return
        best = self.closest(failed, path)
        if best is not None:
            for inner in best:
                yield from self.problems(inner)
            return
        shapes = "; ".join(
            dict.fromkeys(first.message for branch in failed[:4] for first in islice(self.problems(branch[0]), 1))
        )
        yield self.problem(
            "constraint", path, f"{where} fits none of its {len(failed)} alternatives: {shapes}", got=clip(got)
        )

    def simple_choice(
        self, branches: list[list[jsonschema_rs.ValidationError]], path: list[str | int]
    ) -> Problem | None:
        """All alternatives are bare types, or all are fixed values: one sentence names them together."""
        kinds: list[str] = []
        values: list[Any] = []
        for branch in branches:
            first = branch[0]
            if len(branch) != 1 or list(first.instance_path) != path:
                return None
            match first.kind.name:
                case "type":
                    kinds += first.kind.as_dict()["types"]
                case "enum":
                    values += first.kind.as_dict()["options"]
                case "const":
                    values.append(first.kind.as_dict()["expected_value"])
                case _:
                    return None
        got, where = self.at(path), label(path) or self.whole
        if values and all(kind == "null" for kind in kinds):
            values += [None] * bool(kinds)
            return self.problem(
                "not_in_enum", path, sentence("enum", values, got, where), expected=clip(values, 500), got=clip(got)
            )
        if values:
            return None
        kinds = list(dict.fromkeys(kinds))
        return self.problem("wrong_type", path, sentence("type", kinds, got, where), expected=kinds, got=clip(got))

    def closest(
        self, branches: list[list[jsonschema_rs.ValidationError]], path: list[str | int]
    ) -> list[jsonschema_rs.ValidationError] | None:
        """The alternative that was probably meant: not another type, not another constant, then the fewest faults."""
        possible = [
            branch
            for branch in branches
            if not any(e.kind.name == "type" and list(e.instance_path) == path for e in branch)
        ]
        if len(possible) > 1:
            told = [
                branch
                for branch in possible
                if not any(e.kind.name in ("const", "enum") and list(e.instance_path)[:-1] == path for e in branch)
            ]
            if not told and all(len(branch) for branch in possible):
                constants = self.discriminator(possible, path)
                if constants is not None:
                    return constants
            possible = told or possible
        if len(possible) == 1:
            return possible[0]
        ranked = sorted(possible, key=len)
        return ranked[0] if len(ranked) > 1 and len(ranked[0]) < len(ranked[1]) else None

    def discriminator(
        self, branches: list[list[jsonschema_rs.ValidationError]], path: list[str | int]
    ) -> list[jsonschema_rs.ValidationError] | None:
        """The one wrong tag of a tagged union (`kind: "cat" | "dog"`): only that is worth telling."""
        for error in branches[0]:
            at = list(error.instance_path)
            if error.kind.name in ("const", "enum") and at[:-1] == path:
                same = [[e for e in branch if list(e.instance_path) == at] for branch in branches]
                if all(same):
                    return [_Choice(same)] if self.simple_choice(same, at) else None  # type: ignore[list-item]
        return None

    # -- lookups -----------------------------------------------------------------------------------------------------

    def at(self, path: list[str | int]) -> Any:
        value = self.value
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def lookup(self, path: list[str | int]) -> Any:
        schema = self.schema
        for part in path:
            if isinstance(schema, dict):
                schema = schema.get(part) if part in schema else schema.get(str(part))
            elif isinstance(schema, list) and isinstance(part, int) and part < len(schema):
                schema = schema[part]
            else:
                return None
        return schema

    def rule(self, error: jsonschema_rs.ValidationError) -> Any:
        return self.lookup(list(error.schema_path))

    def parent(self, error: jsonschema_rs.ValidationError) -> Any:
        return self.lookup(list(error.schema_path)[:-1])

    def property_schema(self, error: jsonschema_rs.ValidationError, name: str) -> Any:
        path = list(error.schema_path)[:-1]
        while True:  # `required` may stand in a branch while the property is declared further out
            node = self.lookup(path)
            if isinstance(node, dict) and name in node.get("properties", {}):
                return node["properties"][name]
            if len(path) < 2 or path[-2] not in ("anyOf", "oneOf", "allOf"):
                return None
            path = path[:-2]

    def declared(self, node: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:
        if not isinstance(node, dict):
            return
        yield from node.get("properties", ())
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith("#") and reference not in seen:
            yield from self.declared(self.lookup(list(reference.split("/")[1:])), seen | {reference})
        for keyword in ("allOf", "anyOf", "oneOf"):
            for branch in node.get(keyword, ()):
                yield from self.declared(branch, seen)
        for keyword in ("if", "then", "else"):
            yield from self.declared(node.get(keyword), seen)

    def problem(self, kind: str, path: list[str | int], message: str, expected: Any = None, got: Any = None) -> Problem:
        at = pointer(*(part if isinstance(part, int) else part[:_MAX_NAME] for part in path))
        return Problem(kind=kind, pointer=at, message=message, expected=expected, got=got)

    def sifted(self, problems: list[Problem]) -> list[Problem]:
        """Without the echoes: a property whose branch failed for another reason is "unevaluated" too, which says
        nothing new."""
        real = [
            problem
            for problem in problems
            if not problem.message.endswith(f"does not go with the other {self.subject}s given.")
        ]
        return real or problems


class _Choice:
    """A made-up error: several alternatives that differ in one constant."""

    def __init__(self, context: list[list[jsonschema_rs.ValidationError]]) -> None:
        first = context[0][0]
        self.kind = self
        self.name = "anyOf"
        self.context = context
        self.instance_path = first.instance_path
        self.schema_path = first.schema_path

    def as_dict(self) -> dict[str, Any]:
        return {"context": self.context}
