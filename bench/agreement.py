"""Whether everything that is written from a contract says what the contract says: `python -m bench.agreement`.

Calls are made from the schemas of tools, some as they should be and some broken in one place, and put to the contract
(jsonschema-rs), Ajv, the generated Zod module and the generated pydantic models, which read them as Python data and as
JSON text. A verdict that differs is explained by a keyword that was listed as not carried over, or it is counted under
its own name. Deterministic by seed."""

from __future__ import annotations

import gzip
import importlib.util
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from bench import nasty
from calltune.contract import Tool, Toolset
from calltune.contract.exports.formats import FORMAT_PATTERNS
from calltune.contract.exports.pydantic_code import pydantic_code
from calltune.contract.exports.shapes import take_apart
from calltune.contract.exports.text import INHERITED
from calltune.contract.exports.zod_code import zod_code
from calltune.contract.not_carried import NotCarried
from calltune.errors import ContractError

ROOT = Path(__file__).parents[1]
JUDGES = ROOT / "tests" / "ajv"
DATA = ROOT.parent / "shared" / "data"
Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Options:
    """Compare the verdicts."""

    data: Path = DATA
    """Folder of .jsonl and .jsonl.gz files whose rows carry `tools`."""
    calls: int = 20
    """Made for each tool."""
    seed: int = 0
    """The same seed makes the same calls."""


@dataclass(kw_only=True)
class Agreement:
    """What was compared and what differed."""

    tools: int
    calls: int = 0
    valid: int = 0
    """Calls that the contract accepts."""
    judged: Counter[str] = field(default_factory=Counter)
    """Verdicts of each judge."""
    differing: Counter[str] = field(default_factory=Counter)
    """`judge: reason`."""
    unexplained: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    """Judge, tool, arguments."""
    not_carried: Counter[str] = field(default_factory=Counter)
    """`form: keyword`."""


# -- calls --------------------------------------------------------------------------------

_TEXTS = {
    "date": ["2024-02-29", "2023-02-29", "2024-13-01", "24-01-01"],
    "time": ["12:00:00Z", "23:59:60Z", "12:00:60Z", "12:00:00+05:30", "12:00", "22:59:60-01:00"],
    "date-time": [
        "2024-02-29T12:00:00Z",
        "1990-12-31t15:59:60.5-08:00",
        "2024-02-30T12:00:00Z",
        "2024-02-29 12:00:00Z",
    ],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000"],
    "ipv4": ["1.2.3.4", "1.2.3.256", "01.2.3.4"],
    "ipv6": ["::1", "1::2::3", "::ffff:1.2.3.4", "fe80::1%eth0", "1:2:3:4:5:6:7:8"],
    "duration": ["P1D", "PT36H", "P1Y2M3DT4H5M6S", "P1W", "P", "P1DT", "P1.5D"],
    "email": ["a@b.c", '"a b"@c.d', "a b@c.d", "a@@b", "ab"],
    "uri": ["http://a/b", "a", "urn:x:y"],
    "json-pointer": ["", "/a~0", "/~2", "a"],
}
_WORDS = [
    "",
    "a",
    "ab",
    "Rome",
    "abc-12",
    "AB-123456",
    "é",
    "\U0001f600",
    "\U0001f600\U0001f600",
    "a\nb",
    "\u2028",
    "x-1",
    "12",
    "true",
]
_NUMBERS = [
    0,
    1,
    -1,
    2,
    3,
    5,
    7,
    10,
    99,
    100,
    1.0,
    2.0,
    1.5,
    -0.5,
    0.07,
    0.1,
    0.3,
    1e-3,
    4.35,
    1e21,
    1e300,
    2**53,
    -(2**53),
]
_HUGE = [2**53 + 1, 2**63 - 1, 2**64 - 1, -(2**63)]
_ODD = [None, True, False, 0, 1, "1", "", [], {}, [1], {"a": 1}, 1.0, "null"]
_MOST_DEPTH = 6


class Maker:
    """Makes arguments from a schema: mostly as it wants them."""

    def __init__(self, schema: dict[str, Any], pick: random.Random) -> None:
        self.schema = schema
        self.pick = pick

    def value(self, node: Any, depth: int = 0, types: tuple[str, ...] | None = None) -> Any:
        """Some JSON data for a schema."""
        if not isinstance(node, dict) or depth > _MOST_DEPTH:
            return self.pick.choice(_ODD)
        shape = take_apart(node, types)
        if shape.literals:
            return self.pick.choice(shape.literals)
        merged: dict[str, Any] | None = None
        for word, value in shape.whole.items():
            if word == "$ref":
                return self.value(self.target(value), depth + 1, shape.types)
            if word in ("anyOf", "oneOf", "allOf"):
                for branch in value if word == "allOf" else [self.pick.choice(value)]:
                    made = self.value(branch, depth + 1, shape.types)
                    if not isinstance(made, dict) or (
                        shape.types is None and len(shape.whole) == 1 and word != "allOf"
                    ):
                        return made
                    merged = {**(merged or {}), **made}
            elif word == "if" and self.pick.random() < 0.7:
                then = self.value({"type": "object", **node.get("then", {})}, depth + 1)
                merged = {**(merged or {}), **then} if isinstance(then, dict) else merged
        kind = self.pick.choice(shape.types or ("string", "number", "object"))
        made = self.of_type(kind, shape.of(kind), depth)
        return {**made, **merged} if merged is not None and isinstance(made, dict) else made

    def target(self, reference: str) -> Any:
        node: Any = self.schema
        for part in reference.removeprefix("#").split("/")[1:]:
            node = node[part]
        return node

    def of_type(self, kind: str, words: Any, depth: int) -> Any:
        pick = self.pick
        if kind == "string":
            known = _TEXTS.get(words.get("format", ""), [])
            text = pick.choice(known or _WORDS)
            least, most = int(words.get("minLength", 0)), int(words.get("maxLength", 1 << 16))
            return (text * (least or 1))[: max(most, 1)] if least and not known else text
        if kind in ("number", "integer"):
            low = words.get("minimum", words.get("exclusiveMinimum"))
            high = words.get("maximum", words.get("exclusiveMaximum"))
            near = [bound + step for bound in (low, high) if bound is not None for step in (-1, 0, 1, 0.5)]
            step = words.get("multipleOf")
            near += [step * pick.randint(-5, 50)] if step else []
            value = pick.choice(near or _NUMBERS)
            return int(value) if kind == "integer" and pick.random() < 0.7 else value
        if kind == "array":
            prefix, least = words.get("prefixItems", []), int(words.get("minItems", 0))
            count = max(least, pick.randint(0, 3 + len(prefix))) if pick.random() < 0.9 else pick.randint(0, 2)
            items = words.get("items", True)
            made = [self.value(prefix[index] if index < len(prefix) else items, depth + 1) for index in range(count)]
            if "contains" in words and pick.random() < 0.7:
                made.append(self.value(words["contains"], depth + 1))
            return made
        if kind == "object":
            return self.object(words, depth)
        return {"boolean": pick.choice([True, False]), "null": None}[kind]

    def object(self, words: Any, depth: int) -> dict[str, Any]:
        pick = self.pick
        declared, required = words.get("properties", {}), words.get("required", ())
        made = {
            name: self.value(schema, depth + 1)
            for name, schema in declared.items()
            if name in required or pick.random() < (0.5 if depth < 3 else 0.1)
        }
        made |= {name: self.value(True, depth + 1) for name in required if name not in declared}
        if words.get("additionalProperties", True) is not False and pick.random() < 0.4:
            made[pick.choice(["extra", "x-1", "constructor", "a b"])] = self.value(
                words.get("additionalProperties", True), depth + 1
            )
        for pattern, schema in words.get("patternProperties", {}).items():
            name = pick.choice(["x-1", "S_a", "n1", "abc"])
            if re.search(pattern, name):
                made[name] = self.value(schema, depth + 1)
        for name, needs in words.get("dependentRequired", {}).items():
            if name in made and pick.random() < 0.7:
                made |= {need: self.value(declared.get(need, True), depth + 1) for need in needs if need not in made}
        return made


def broken(value: Any, pick: random.Random) -> Any:
    """The value with one thing changed somewhere in it."""
    if isinstance(value, dict) and value and pick.random() < 0.8:
        name = pick.choice(list(value))
        match pick.randrange(5):
            case 0:
                return {key: item for key, item in value.items() if key != name}
            case 1:
                return {**value, pick.choice([name + "_", name.upper(), "toString", "model_dump", ""]): value[name]}
            case _:
                return {**value, name: broken(value[name], pick)}
    if isinstance(value, list) and value and pick.random() < 0.7:
        index = pick.randrange(len(value))
        match pick.randrange(3):
            case 0:
                return [*value, value[index]]
            case 1:
                return value[:index] + value[index + 1 :]
            case _:
                return [*value[:index], broken(value[index], pick), *value[index + 1 :]]
    if isinstance(value, str) and pick.random() < 0.5:
        return pick.choice([value + "\n", value[:-1], value.upper(), value + "\U0001f600", value * 3, " " + value])
    if isinstance(value, int | float) and not isinstance(value, bool) and pick.random() < 0.6:
        return pick.choice([value + 1, -value, float(value), value + 0.5, str(value), pick.choice(_NUMBERS + _HUGE)])
    return pick.choice(_ODD)


def calls_of(tool: Tool, count: int, pick: random.Random) -> Iterator[Call]:
    """Arguments for a tool: about half of them as they should be."""
    maker = Maker(tool.parameters, pick)
    for _ in range(count):
        made = maker.value(tool.parameters)
        made = made if isinstance(made, dict) else {}
        for _ in range(pick.choice([0, 0, 1, 1, 2])):
            made = broken(made, pick)
        if isinstance(made, dict):
            yield tool.name, made


# -- judges --------------------------------------------------------------------------------


def load(code: str, folder: Path, name: str = "generated_models") -> ModuleType:
    """A generated Python module."""
    path = folder / f"{name}.py"
    path.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where pydantic looks names up
    spec.loader.exec_module(module)
    return module


def by_pydantic(
    toolset: Toolset, calls: Sequence[Call], folder: Path
) -> tuple[dict[str, list[bool]], list[NotCarried]]:
    """The verdicts of the models, on Python data and on JSON text."""
    from pydantic import ValidationError

    code, left = pydantic_code(toolset)
    models = load(code, folder).TOOLS

    def verdict(read: Any, value: Any) -> bool:
        try:
            read(value)
        except ValidationError:
            return False
        return True

    as_data = [verdict(models[name].model_validate, arguments) for name, arguments in calls]
    as_text = [verdict(models[name].model_validate_json, json.dumps(arguments)) for name, arguments in calls]
    return {"pydantic": as_data, "pydantic, JSON text": as_text}, list(left)


def by_node(script: Path, *arguments: str, lines: Sequence[Any]) -> list[bool]:
    """What a judge in Node says, one verdict a line."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run(["node", str(script), *arguments], input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return [line == "true" for line in done.stdout.split()]


def by_zod(toolset: Toolset, calls: Sequence[Call]) -> tuple[dict[str, list[bool]], list[NotCarried]]:
    """The verdicts of the generated module."""
    code, left = zod_code(toolset, typed=False)
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder) / "tools.mjs"
        module.write_text(code, encoding="utf-8")
        (Path(folder) / "node_modules").symlink_to(JUDGES / "node_modules")
        lines = [{"name": name, "arguments": arguments} for name, arguments in calls]
        return {"zod": by_node(JUDGES / "zod_judge.mjs", str(module), lines=lines)}, list(left)


def by_ajv(toolset: Toolset, calls: Sequence[Call]) -> dict[str, list[bool]]:
    """The verdicts of Ajv on the schemas themselves."""
    schemas = {"schemas": {tool.name: tool.parameters for tool in toolset}}
    lines = [schemas, *({"name": name, "arguments": arguments} for name, arguments in calls)]
    return {"ajv": by_node(JUDGES / "judge.mjs", lines=lines)}


# -- comparing --------------------------------------------------------------------------------


def compare(toolset: Toolset, calls: Sequence[Call], *, ajv: bool = True) -> Agreement:
    """Every judge on every call."""
    truth = [toolset[name].accepts(arguments) for name, arguments in calls]
    result = Agreement(tools=len(toolset), calls=len(calls), valid=sum(truth))
    with tempfile.TemporaryDirectory() as folder:
        models, models_left = by_pydantic(toolset, calls, Path(folder))
    zod, zod_left = by_zod(toolset, calls)
    verdicts = {**models, **zod, **(by_ajv(toolset, calls) if ajv else {})}
    listed = {"zod": zod_left, "pydantic": models_left}
    for form, left in listed.items():
        result.not_carried.update(f"{form}: {one.what}" for one in left)
    for judge, said in verdicts.items():
        assert len(said) == len(calls), judge
        open_tools = {one.tool for one in listed.get(judge.split(",")[0], []) if one.where.startswith("/parameters")}
        result.judged[judge] = len(said)
        for (name, arguments), right, verdict in zip(calls, truth, said, strict=True):
            if right == verdict:
                continue
            reason = why(judge, toolset[name], arguments, verdict, name in open_tools)
            result.differing[f"{judge}: {reason}"] += 1
            if reason == "unexplained":
                result.unexplained.append((judge, name, arguments))
    return result


def why(judge: str, tool: Tool, arguments: dict[str, Any], verdict: bool, listed: bool) -> str:
    """The reason of a difference."""
    text = json.dumps(arguments)
    if verdict and listed:
        return "a keyword that is listed as not carried over"
    if judge in ("zod", "ajv") and any(abs(number) > 2**53 for number in _integers(arguments)):
        return "an integer beyond 2^53, which JavaScript rounds"
    if judge in ("zod", "ajv") and '"__proto__"' in text:
        return "an argument named __proto__"
    if judge in ("zod", "ajv") and any(
        f'"{name}"' in text or f'"{name}"' in json.dumps(tool.parameters) for name in INHERITED
    ):
        return "a name such as constructor, which every object of JavaScript has"
    if not verdict and any(_odd_moment(tool.parameters, word) for word in _words(arguments)):
        return "a date or time with a sign where a digit stands, which the contract's validator lets pass"
    if judge == "ajv" and '"format"' in json.dumps(tool.parameters):
        return "formats, which Ajv reads in its own way"
    if judge == "ajv" and '"multipleOf"' in json.dumps(tool.parameters):
        return "multipleOf, which Ajv reckons in binary"
    return "unexplained"


def _odd_moment(schema: dict[str, Any], text: str) -> bool:
    found = set(re.findall(r'"format": "(date|time|date-time)"', json.dumps(schema)))
    return any(re.search(FORMAT_PATTERNS[name].pattern, text) is None for name in found) and bool(
        re.search(r"[0-9]", text)
    )


def _integers(value: Any) -> Iterator[int]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _integers(item)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _words(item)


# -- real tools --------------------------------------------------------------------------------


def real(folder: Path, only: Sequence[str] = ()) -> tuple[Toolset, list[Call]]:
    """Every different tool of the data files (or of some), under a name of its own, and the calls that were logged of
    it."""
    tools: dict[str, Tool | None] = {}
    names: set[str] = set()
    logged: list[Call] = []
    for path in sorted(folder.glob("*.jsonl*")):
        if only and path.name not in only:
            continue
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                here = {}
                for entry in row.get("tools") or []:
                    key = json.dumps(entry)
                    if key not in tools:
                        tools[key] = _named(entry, names)
                    here[entry.get("function", entry)["name"]] = tools[key]
                for message in row.get("messages", ()):
                    for call in message.get("tool_calls") or ():
                        tool = here.get(call["function"]["name"])
                        if tool is not None and isinstance(call["function"]["arguments"], dict):
                            logged.append((tool.name, call["function"]["arguments"]))
    return Toolset(tool for tool in tools.values() if tool is not None), logged


def _named(entry: Any, names: set[str]) -> Tool | None:
    try:
        tool = Toolset.from_openai([entry]).tools[0]
    except ContractError:
        return None
    name, number = tool.name, 2
    while name in names:
        name, number = f"{tool.name[:58]}_{number}", number + 1
    names.add(name)
    return Tool(**{**tool.to_json(), "name": name})


def main(options: Options | None = None) -> dict[str, Any]:
    """Print what was found; return it."""
    options = options or Options()
    results = {}
    for name, (toolset, calls) in {
        "made to be hard": (nasty.toolset(), []),
        "put together by chance": (nasty.combined(150, options.seed), []),
        "real": real(options.data) if options.data.is_dir() else (Toolset([]), []),
    }.items():
        started, pick, logged = time.perf_counter(), random.Random(options.seed), len(calls)
        calls = [*calls, *(call for tool in toolset for call in calls_of(tool, options.calls, pick))]
        found = compare(toolset, calls)
        print(
            f"{name}: {found.tools:,} tools, {found.calls:,} calls ({logged:,} logged, the others made), "
            f"{found.valid:,} valid, {time.perf_counter() - started:.0f} s"
        )
        show(found)
        results[name] = {
            key: dict(value) if isinstance(value, Counter) else value for key, value in vars(found).items()
        }
    return results


def show(found: Agreement) -> None:
    """Print what differed and why."""
    for judge, count in found.judged.items():
        differing = sum(number for reason, number in found.differing.items() if reason.startswith(f"{judge}: "))
        print(f"   {judge}: {count - differing:,} of {count:,} verdicts agree with the contract")
    for reason, count in found.differing.most_common():
        print(f"   differs: {reason}: {count:,}")
    for reason, count in found.not_carried.most_common():
        print(f"   not carried over: {reason}: {count:,}")
    for judge, name, arguments in found.unexplained[:10]:
        print(f"   ! {judge} on {name}: {json.dumps(arguments)[:300]}")


if __name__ == "__main__":
    import tyro

    main(tyro.cli(Options))
