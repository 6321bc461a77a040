"""Zod schemas of a module as a contract, and what of them no contract can hold. They need Node and zod."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Toolset
from calltune.contract.not_carried import NotCarried
from calltune.contract.zod_source import is_zod, load_zod
from calltune.errors import ContractError

MODULES = Path(__file__).parents[1] / "ajv" / "node_modules"
EXAMPLE = Path(__file__).parents[2] / "examples" / "zod" / "tools.mjs"
needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "zod").is_dir(),
    reason="needs Node and `npm install --prefix tests/ajv`",
)
HEAD = 'import { z } from "zod";\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "node_modules").symlink_to(MODULES)
    return tmp_path


def load(
    folder: Path, code: str, name: str = "tools.mjs", only: str = "", **more: Any
) -> tuple[Toolset, tuple[NotCarried, ...]]:
    (folder / name).write_text(HEAD + code, encoding="utf-8")
    tools = load_zod(f"{folder / name}{only}", **more)
    return tools, tools.not_carried


def fault(folder: Path, code: str, name: str = "tools.mjs", only: str = "", **more: Any) -> str:
    with pytest.raises(ContractError) as caught:
        load(folder, code, name, only, **more)
    return str(caught.value)


def test_a_source_for_node_is_known_by_its_ending() -> None:
    assert all(map(is_zod, ("a.mjs", "src/a.ts", "a.js:one", "a.cts:one,two")))
    assert not any(map(is_zod, ("a.py", "a.json", "module:name", "js", "a.mjs.json", "a.d.txt")))


@needs_node
def test_the_example_is_a_contract(folder: Path) -> None:
    shutil.copy(EXAMPLE, folder)
    tools = load_zod(str(folder / "tools.mjs"))
    assert tools == Toolset.load(str(folder / "tools.mjs"))
    assert [(tool.name, tool.effect) for tool in tools] == [("find_order", "read"), ("return_item", "write")]
    assert tools.check("return_item", {"order": "AB-123456", "item": 3, "reason": "broken"}) == ()
    wrong = tools.check("return_item", {"order": "x", "item": 3.5, "reason": "b", "note": None})
    assert {one.kind for one in wrong} == {"pattern", "wrong_type", "not_in_enum"}
    assert tools.check_result("find_order", {"status": "lost", "total": 1})
    assert [(one.tool, one.where, one.what) for one in tools.not_carried] == [
        ("return_item", "/parameters/properties/note", "overwrite"),
        ("return_item", "/parameters", "refine"),
    ]


WEATHER = 'description: "Weather."'
CITY = "z.object({ city: z.string() })"
SHAPES = [
    f'export const get_weather = {CITY}.describe("Weather.");',
    f"export const get_weather = {{ {WEATHER}, parameters: {CITY}, execute() {{}} }};",
    f"export const tools = {{ get_weather: {{ {WEATHER}, inputSchema: {CITY} }} }};",
    f'export default [{{ name: "get_weather", {WEATHER}, inputSchema: {{ city: z.string() }} }}];',
    f"const City = {CITY}; export const tools = {{ get_weather: City.meta({{ {WEATHER} }}) }};",
    f"const o = {CITY}; export const get_weather = {{ {WEATHER}, parameters: o }}; export default {{ get_weather }};",
    f'export const t = {{ function: {{ name: "get_weather", {WEATHER}, parameters: z.toJSONSchema({CITY}) }} }};',
    f"export const get_weather = {{ {WEATHER}, inputSchema: {{ jsonSchema: z.toJSONSchema({CITY}) }} }};",
]


@needs_node
@pytest.mark.parametrize("code", SHAPES)
def test_every_shape_gives_the_same_contract(folder: Path, code: str) -> None:
    tools, left = load(folder, code)
    assert [tool.to_json() for tool in tools] == [
        {
            "name": "get_weather",
            "description": "Weather.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
                "additionalProperties": False,
            },
            "returns": None,
            "effect": "write",
            "idempotent": False,
            "timeout_s": None,
        }
    ]
    assert left == ()


@needs_node
def test_what_json_schema_cannot_say_is_listed_with_its_place(folder: Path) -> None:
    code = """
    export const t = z.object({
      a: z.string().refine((text) => text === text.trim()),
      b: z.string().transform(Number),
      c: z.date(),
      d: z.coerce.number(),
      e: z.array(z.string().regex(/^x/i)),
      f: z.preprocess(String, z.string()),
      g: z.jwt(),
      h: z.number().refine((n) => n % 2 === 1).meta({ not: { multipleOf: 2 } }),
      i: z.email(),
      j: z.int(),
      k: z.iso.time(),
      l: z.string().catch("x"),
      m: z.emoji(),
    });
    export const Unit = z.enum(["c", "f"]);
    """
    tools, left = load(folder, code)
    found = {(one.where.removeprefix("/parameters/properties/"), one.what) for one in left}
    assert found == {
        ("a", "refine"), ("b", "transform"), ("c", "date"), ("d", "coerce"), ("e/items", "flags of a pattern"),
        ("f", "preprocess"), ("g", "format jwt"), ("/parameters", "integers beyond 2^53"), ("l", "catch"),
        ("m", "pattern of a format"), ("m", "format emoji"),
        ("Unit", "export"),
    }  # fmt: skip
    properties = tools["t"].parameters["properties"]
    assert properties["j"] == {"type": "integer"} and properties["c"] == {} and properties["g"] == {"type": "string"}
    assert properties["h"] == {"type": "number", "not": {"multipleOf": 2}} and properties["e"]["items"] == {
        "type": "string"
    }
    assert "format" not in properties["k"] and "pattern" in properties["k"] and properties["i"]["format"] == "email"


@needs_node
def test_what_goes_in_and_what_comes_out_are_different_schemas(folder: Path) -> None:
    shape = 'z.object({ n: z.string().default("x") })'
    tool = load(folder, f"export const t = {{ parameters: {shape}, returns: {shape} }};")[0]["t"]
    assert "required" not in tool.parameters and tool.returns is not None and tool.returns["required"] == ["n"]


@needs_node
def test_facts_stand_in_the_entry_or_in_the_metadata(folder: Path) -> None:
    code = """
    export const a = { inputSchema: {}, effect: "read", timeout_s: 3 };
    export const b = { inputSchema: z.object({}).meta({ effect: "read", idempotent: true, description: "B." }) };
    export const c = { inputSchema: {}, annotations: { readOnlyHint: true } };
    """
    tools, _ = load(folder, code)
    assert [(tool.effect, tool.timeout_s, tool.description) for tool in tools] == [
        ("read", 3, ""), ("read", None, "B."), ("read", None, ""),
    ]  # fmt: skip
    assert tools["b"].idempotent and tools.check("a", {"x": 1})


@needs_node
def test_a_recursive_schema_stays_recursive(folder: Path) -> None:
    code = """
    const Node = z.object({ n: z.number(), get next() { return Node.optional(); } });
    export const t = z.object({ root: Node });
    """
    tools, _ = load(folder, code)
    assert tools.check("t", {"root": {"n": 1, "next": {"n": 2}}}) == () and tools.check(
        "t", {"root": {"n": 1, "next": {}}}
    )


@needs_node
def test_some_exports_can_be_named(folder: Path) -> None:
    code = "export const a = z.object({}); export const b = z.object({}); export const c = z.object({});"
    assert load(folder, code, only=":a,c")[0].names == ("a", "c")
    assert 'exports no "d". It exports a, b, c.' in fault(folder, code, only=":d")


@needs_node
def test_what_a_module_prints_does_not_matter(folder: Path) -> None:
    code = """
    process.stdout.write("x".repeat(3_000_000)); console.error("noise"); console.log('{"tools": []}');
    setInterval(() => {}, 1000);
    export const t = z.object({});
    """
    assert load(folder, code)[0].names == ("t",)


@needs_node
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("process.exit(3);", "ended Node (code 3)"),
        ('console.error("no database"); process.exit(3);', "Its last words: no database"),
        ('throw new Error("no database");', "fails while it is loaded: Error: no database"),
        ('import "not-there"; export const t = z.object({});', "npm install"),
        ("export const t = 1;", "it exports no tool. It exports t."),
        ("export const t = { inputSchema: 3 };", "expected a schema of an object, got 3"),
        ("export const t = { inputSchema: z.string() };", "an object"),
        ('export const t = { inputSchema: z.object({}), efect: "read" };', 'did you mean "effect"?'),
        ('export const t = { name: "a b", inputSchema: z.object({}) };', 'write "a_b"'),
        ("export default [{ inputSchema: z.object({}) }];", "a tool needs a name"),
        ("export const t = z.object({ a: z.string().regex(/(?=a)b/) });", "look-around"),
    ],
)
def test_a_module_that_gives_no_tools_is_a_clear_error(folder: Path, code: str, said: str) -> None:
    assert said in fault(folder, code)


@needs_node
def test_a_module_that_does_not_end_is_given_up(folder: Path) -> None:
    assert "not read within 2 seconds" in fault(
        folder, "await new Promise((done) => setTimeout(done, 60_000));", timeout_s=2
    )


@needs_node
def test_a_process_that_the_module_leaves_behind_is_ended_and_not_waited_for(folder: Path) -> None:
    began = time.monotonic()
    (folder / "tools.mjs").write_text(
        HEAD + 'import { spawn } from "node:child_process"; spawn("sleep", ["100"], { stdio: "inherit" });'
        "export const t = z.object({});"
    )
    assert load_zod(str(folder / "tools.mjs")).names == ("t",)
    assert time.monotonic() - began < 50


@needs_node
def test_a_module_in_the_wrong_clothes_says_how_to_dress_it(folder: Path) -> None:
    (folder / "package.json").write_text('{"type": "commonjs"}')
    (folder / "tools.js").write_text(HEAD + "export const t = z.object({});")
    with pytest.raises(ContractError, match=r"\.mjs"):
        load_zod(str(folder / "tools.js"))
    (folder / "tools.cjs").write_text(
        'const { z } = require("zod"); exports.t = z.object({ a: z.string().describe("A.") });'
    )
    tools = load_zod(str(folder / "tools.cjs"))
    assert tools["t"].parameters["properties"]["a"]["description"] == "A."


@needs_node
def test_without_zod_the_message_says_where_to_install_it(tmp_path: Path) -> None:
    fake = "export const t = { _zod: { def: { type: 'object' } } };"
    (tmp_path / "tools.mjs").write_text(fake)
    with pytest.raises(ContractError, match="npm install zod"):
        load_zod(str(tmp_path / "tools.mjs"))


def test_without_node_the_message_says_what_else_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tools.mjs").write_text("")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ContractError, match=r"z\.toJSONSchema\(\)"):
        load_zod(str(tmp_path / "tools.mjs"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "tools.mjs").write_text("")
    with pytest.raises(ContractError, match=r"Did you mean .*tools\.mjs"):
        load_zod(str(tmp_path / "tool.mjs"))
