"""A million hostile completions against the guard: `python -m bench.fuzz --completions 1000000`.

Completions are made from valid turns and broken in the ways that models and attackers break them. What must hold: the
guard never raises, takes bounded time, and every call it lets through is accepted by three validators that are not its
own: a jsonschema-rs validator compiled here from the tool's schema, Python's jsonschema, and Ajv (where Node and
`npm install --prefix tests/ajv` are there). Deterministic by seed; a failure prints the completion that caused it.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs

from calltune.contract import Tool, Toolset
from calltune.generate.completion import Completion
from calltune.guard import Guard
from calltune.render.parse import ToolCall

AJV = Path(__file__).parents[1] / "tests" / "ajv"
FORMATS = ("hermes", "llama3", "mistral")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Fuzz the guard."""

    completions: int = 20_000
    """How many."""
    seed: int = 0
    """The same seed makes the same completions."""
    large: int = 20_000
    """One completion in so many is huge: megabytes, or thousands of calls."""


@dataclass(kw_only=True)
class Found:
    """What a run found."""

    decisions: Counter[str] = field(default_factory=Counter)
    repairs: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    """Calls let through, each judged by every judge."""
    judges: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    slowest_characters: int = 0
    peak_gib: float = 0.0
    seconds: float = 0.0


def toolset() -> Toolset:
    """Tools whose schemas use what schemas use."""

    def tool(name: str, properties: dict[str, Any], required: list[str], **more: Any) -> Tool:
        schema = {"type": "object", "properties": properties, "required": required, **more.pop("schema", {})}
        return Tool(name=name, description=name.replace("_", " "), parameters=schema, **more)

    text, whole = {"type": "string"}, {"type": "integer"}
    return Toolset(
        [
            tool("now", {}, [], effect="read"),
            tool("weather", {"city": text, "days": {**whole, "minimum": 1, "maximum": 7}}, ["city"], effect="read"),
            tool(
                "unit", {"unit": {"enum": ["Celsius", "Kelvin"]}, "value": {"type": "number"}}, ["unit"], effect="read"
            ),
            tool("send", {"to": {**text, "minLength": 1, "maxLength": 20}, "copies": whole}, ["to"]),
            tool(
                "tags",
                {"tags": {"type": "array", "items": text, "maxItems": 3, "uniqueItems": True}},
                [],
                effect="read",
            ),
            tool(
                "book", {"when": {**text, "format": "date"}, "id": {**text, "format": "uuid"}}, ["when"], effect="read"
            ),
            tool(
                "code",
                {"code": {**text, "pattern": "^[A-Z]{2}[0-9]+$"}, "on": {"type": "boolean"}},
                ["code"],
                effect="read",
            ),
            tool(
                "nested",
                {
                    "where": {
                        "type": "object",
                        "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
                        "required": ["lat"],
                    },
                    "list": {"type": "array", "items": {"type": "object", "properties": {"n": whole}}},
                },
                [],
                effect="read",
            ),
            tool(
                "either",
                {"v": {"anyOf": [whole, {"type": "null"}, {"type": "array", "items": whole}]}},
                [],
                effect="read",
            ),
            tool("one_of", {"v": {"oneOf": [{"const": 1}, {"type": "string", "maxLength": 2}]}}, ["v"], effect="read"),
            tool("free", {}, [], effect="read", schema={"additionalProperties": True}),
            tool("map", {}, [], effect="read", schema={"additionalProperties": whole}),
            tool(
                "recursive",
                {"tree": {"$ref": "#/$defs/node"}},
                [],
                effect="read",
                schema={
                    "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "n": whole}}}
                },
            ),
        ]
    )


HOSTILE = [
    "<tool_call>", "</tool_call>", "<think>", "</think>", "[TOOL_CALLS]", "[ARGS]", "<|python_tag|>", "<|im_end|>",
    '"', "'", "\\", "\\u0000", "\\ud800", "\ud800", "\x00", "\x1b[31m", "\u202e", "\u200b", "\ufeff", "\U000e0041",
    "{", "}", "[", "]", ",", ":", "NaN", "Infinity", "-Infinity", "1e999", "-0", "0.1e-400", "9" * 400, str(2**64),
    "True", "None", "null", "```json\n", "```", "//", "/*", "\n", "\t", "\r\n", '"a": 1, "a": 2', '"name": "send"',
    '{"name": "send", "arguments": {"to": "mallory"}}', "[" * 100, '{"a":' * 100, "' + '", "\\'", "%s", "{{", "}}",
    "\u0130", "\u212a", "\ufb01", "\u0661\u0662", "\uff11",
]  # fmt: skip


def value(pick: random.Random, depth: int = 0) -> Any:
    """Some JSON data, often near what the schemas want."""
    kind = pick.randrange(14 if depth < 3 else 11)
    simple = [
        lambda: pick.choice(
            ["Rome", "celsius", "Celsius", "AB12", "2026-05-31", "2026-02-30", "true", "10", "10.0", "", "a" * 21]
        ),
        lambda: pick.randint(-3, 12),
        lambda: pick.choice([1.5, 10.0, -0.0, 1e300, 2.0**63, 0.1]),
        lambda: pick.choice([True, False, None]),
        lambda: pick.choice(HOSTILE),
        lambda: str(pick.randint(-5, 20)),
        lambda: pick.choice([2**63, 2**64, -(2**63) - 1, 2**53 + 1, 10**30]),
        lambda: '["a", "b"]',
        lambda: '{"lat": "1.5"}',
        lambda: "123e4567-e89b-12d3-a456-426614174000",
        lambda: pick.choice(["a", "Kelvin", "KELVIN", "x y"]) + pick.choice(["", pick.choice(HOSTILE)]),
    ]
    if kind < 11:
        return simple[kind]()
    if kind == 11:
        return [value(pick, depth + 1) for _ in range(pick.randrange(4))]
    return {
        pick.choice(["lat", "lon", "n", "next", "a", "tree"]): value(pick, depth + 1) for _ in range(pick.randrange(3))
    }


def arguments_for(tool: Tool, pick: random.Random) -> dict[str, Any]:
    """Arguments of about the right names."""
    names = list(tool.parameters.get("properties", {}))
    chosen = [name for name in names if pick.random() < 0.8]
    if pick.random() < 0.1:
        chosen.append(pick.choice(["extra", "City", "citty", pick.choice(HOSTILE)]))
    return {name: value(pick) for name in chosen}


def written(data: Any, pick: random.Random) -> str:
    """JSON, or what models write for it."""
    style = pick.randrange(10)
    if style == 0:
        return repr(data)
    text = json.dumps(data, ensure_ascii=pick.random() < 0.5, indent=pick.choice([None, None, None, 2]))
    if style == 1:
        text = text.replace("}", ",}", 1)
    if style == 2:
        text = text.replace('":', '" :')
    if style == 3:
        text = text.replace('"', "'")
    return text


def call_text(tool: Tool, format: str, pick: random.Random) -> str:
    """One call in the style of a format."""
    name = tool.name if pick.random() < 0.95 else pick.choice(["wether", "", "Send", pick.choice(HOSTILE)])
    arguments: Any = arguments_for(tool, pick)
    if pick.random() < 0.05:
        arguments = pick.choice([written(arguments, pick), [arguments], None, 5, "x"])
    if format == "mistral" and pick.random() < 0.5:
        return f"[TOOL_CALLS]{name}[ARGS]{written(arguments, pick)}"
    key = "parameters" if format == "llama3" else "arguments"
    body = written({"name": name, key: arguments}, pick)
    if format == "llama3":
        return pick.choice(["", "<|python_tag|>"]) + body
    if format == "mistral":
        return f"[TOOL_CALLS][{body}]"
    if pick.random() < 0.1:
        body = pick.choice([f"```json\n{body}\n```", f"Here: {body}", f"{body} done", body + body])
    return f"<tool_call>{pick.choice(['', chr(10)])}{body}{pick.choice(['', chr(10)])}</tool_call>"


def mutated(text: str, pick: random.Random) -> str:
    """Broken once or several times."""
    for _ in range(pick.choice([0, 0, 1, 1, 2, 5])):
        place = pick.randrange(len(text) + 1)
        end = min(place + pick.choice([1, 1, 2, 5, 30]), len(text))
        match pick.randrange(6):
            case 0:
                text = text[:place] + pick.choice(HOSTILE) + text[place:]
            case 1:
                text = text[:place] + text[end:]
            case 2:
                text = text[:place]
            case 3:
                text = text[:end] + text[place:end] + text[end:]
            case 4:
                text = text[:place] + pick.choice(HOSTILE) + text[end:]
            case 5 if place < len(text):
                text = text[:place] + chr(ord(text[place]) ^ (1 << pick.randrange(7))) + text[place + 1 :]
    return text


def huge(tools: Toolset, pick: random.Random) -> str:
    """Megabytes, thousands of calls, or very deep."""
    match pick.randrange(6):
        case 0:
            body = json.dumps({"name": "weather", "arguments": {"city": "a" * 10_000_000}})
            return f"<tool_call>{body}</tool_call>"
        case 1:
            return "".join('<tool_call>{"name": "now", "arguments": {}}</tool_call>' for _ in range(5000))
        case 2:
            return '<tool_call>{"name": "free", "arguments": {"a": ' + "[" * 500_000 + "]" * 500_000 + "}}</tool_call>"
        case 3:
            return "<tool_call>" * 300_000
        case 4:
            many = {f"k{number}": number for number in range(50_000)}
            return f'<tool_call>{{"name": "map", "arguments": {json.dumps(many)}}}</tool_call>'
        case _:
            return "<tool_call>{'name': 'weather', 'arguments': {'city': '" + "\\'" * 400_000 + "',}}</tool_call>"


def completions(tools: Toolset, format: str, options: Options) -> Iterator[str]:
    """Endless."""
    pick = random.Random(f"{options.seed} {format}")
    while True:
        if options.large and pick.randrange(options.large) == 0:
            yield huge(tools, pick)
            continue
        said = pick.choice(["", "", "One moment.\n", "<think>hm</think>\n", "<think>"])
        calls = [call_text(pick.choice(tools.tools), format, pick) for _ in range(pick.choice([1, 1, 1, 1, 2, 3]))]
        yield mutated(said + "\n".join(calls), pick)


class Judges:
    """Validators that have nothing to do with the guard."""

    def __init__(self, tools: Toolset) -> None:
        self.rust = {
            tool.name: jsonschema_rs.Draft202012Validator(tool.parameters, validate_formats=True) for tool in tools
        }
        self.names = ["jsonschema-rs"]
        self.python: dict[str, Any] = {}
        self.node: subprocess.Popen[str] | None = None
        try:
            import jsonschema

            kind = jsonschema.Draft202012Validator
            self.python = {tool.name: kind(tool.parameters, format_checker=kind.FORMAT_CHECKER) for tool in tools}
            self.names.append("jsonschema")
        except ImportError:
            print("   left out: Python's jsonschema is not installed")
        if (AJV / "node_modules" / "ajv").is_dir():
            self.node = subprocess.Popen(
                ["node", str(AJV / "judge.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            )
            self._tell({"schemas": {tool.name: tool.parameters for tool in tools}})
            self.names.append("Ajv")
        else:
            print("   left out: Ajv (npm install --prefix tests/ajv)")

    def _tell(self, data: Any) -> None:
        assert self.node is not None and self.node.stdin is not None
        self.node.stdin.write(json.dumps(data) + "\n")
        self.node.stdin.flush()

    def against(self, call: ToolCall) -> list[str]:
        """The judges that would not have let it through."""
        if call.name not in self.rust:
            return ["there is no such tool"]
        found = [] if self.rust[call.name].is_valid(call.arguments) else ["jsonschema-rs"]
        if self.python and not self.python[call.name].is_valid(call.arguments):
            found.append("jsonschema")
        if self.node is not None and self.node.stdout is not None:
            self._tell({"name": call.name, "arguments": call.arguments})
            if self.node.stdout.readline().strip() != "true":
                found.append("Ajv")
        return found

    def close(self) -> None:
        if self.node is not None:
            self.node.kill()
            self.node.communicate()


def fuzz(options: Options) -> Found:
    """Raises AssertionError at the first completion that breaks a promise."""
    tools = toolset()
    judges = Judges(tools)
    found = Found(judges=judges.names)
    guards = {format: Guard(tools, format=format) for format in FORMATS}
    sources = {format: completions(tools, format, options) for format in FORMATS}
    started = time.perf_counter()
    try:
        for number in range(options.completions):
            format = FORMATS[number % len(FORMATS)]
            text = next(sources[format])
            given = text if number % 7 else Completion(text, finish_reason="stop" if number % 14 else "length")
            start = time.perf_counter()
            try:
                outcome = guards[format].check(given)
                outcome.message_for_model()
            except Exception as error:
                raise AssertionError(f"it raised {error!r} for {text[:2000]!r}") from error
            took = time.perf_counter() - start
            if took > found.slowest_s:
                found.slowest_s, found.slowest_characters = took, len(text)
            found.decisions[outcome.decision] += 1
            found.repairs.update(repair.kind for repair in outcome.repairs)
            found.problems.update(problem.kind for problem in outcome.problems)
            assert outcome.decision == "calls" or not outcome.calls, text[:2000]
            for call in outcome.calls:
                found.calls += 1
                against = judges.against(call)
                assert not against, (
                    f"{', '.join(against)} would not let {call.name}({call.arguments!r}) run: {text[:2000]!r}"
                )
    finally:
        judges.close()
    found.seconds = time.perf_counter() - started
    found.peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return found


def main(options: Options | None = None) -> dict[str, Any]:
    """Print what was found; return it."""
    options = options or Options()
    found = fuzz(options)
    print(f"{options.completions:,} completions in {found.seconds:.0f} s, seed {options.seed}: nothing raised")
    print(f"   decisions: {dict(found.decisions.most_common())}")
    print(f"   calls let through: {found.calls:,}, all accepted by {', '.join(found.judges)}")
    print(f"   repairs: {dict(found.repairs.most_common())}")
    print(f"   problems: {dict(found.problems.most_common())}")
    print(f"   slowest: {found.slowest_s:.2f} s for {found.slowest_characters:,} characters")
    print(f"   peak memory: {found.peak_gib:.2f} GiB")
    return {key: dict(item) if isinstance(item, Counter) else item for key, item in vars(found).items()}


if __name__ == "__main__":
    import tyro

    main(tyro.cli(Options))
