"""TypeScript types of a contract compile, take valid calls and refuse some others."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest
from bench.agreement import JUDGES, calls_of
from bench.nasty import toolset

from calltune.contract import Tool, Toolset
from calltune.contract.exports.text import javascript
from calltune.contract.exports.typescript_code import typescript_code
from calltune.contract.exports.zod_code import zod_code

TSC = JUDGES / "node_modules" / ".bin" / "tsc"
needs_tsc = pytest.mark.skipif(
    shutil.which("node") is None or not TSC.exists(), reason="needs Node and `npm install --prefix tests/ajv`"
)
SHOP = Tool(
    name="find",
    description="Find */ it.",
    parameters={
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "a number\nor a name"},
            "unit": {"enum": ["c", "f"]},
            "pair": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
            "who": {"type": ["object", "null"], "properties": {"a b": {"type": "boolean"}}, "required": ["a b"]},
        },
        "required": ["id"],
    },
)
CODE = """\
/** Find *\\/ it. */
export interface Find {
  /**
   * a number
   * or a name
   */
  id: string;
  unit?: "c" | "f";
  pair?: [string?, number?];
  who?: {
    "a b": boolean;
  } | null;
}

/** A call of one tool. */
export type Call =
  | { name: "find"; arguments: Find };
"""


def compiled(folder: Path, **files: str) -> str:
    """What tsc says of the files."""
    for name, code in files.items():
        (folder / f"{name}.ts").write_text(code, encoding="utf-8")
    options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck"]
    done = subprocess.run(
        [str(TSC), *options, *(f"{name}.ts" for name in files)], cwd=folder, capture_output=True, text=True, check=False
    )
    return done.stdout


def test_the_code_is_as_a_person_would_write_it() -> None:
    code, left = typescript_code(Toolset([SHOP]))
    assert code[code.index("/**") :] == CODE
    assert {(one.where, one.what) for one in left} == {
        ("/parameters/properties/pair/prefixItems/1", "integer"),
        ("/parameters", "additionalProperties"),
    }


@needs_tsc
def test_valid_calls_have_the_type_and_some_others_have_not(tmp_path: Path) -> None:
    tools, pick = toolset(), random.Random(2)
    code, left = typescript_code(tools)
    skipped = {one.tool for one in left if one.what == "inherited name"}
    made = [call for tool in tools for call in calls_of(tool, 12, pick)]
    valid = [(name, value) for name, value in made if tools[name].accepts(value) and name not in skipped]
    lines = ['import type { Call } from "./tools.js";']
    lines += [
        f"export const c{i}: Call = {{ name: {javascript(n)}, arguments: {javascript(v)} }};"
        for i, (n, v) in enumerate(valid)
    ]
    wrong = [
        ("value_day", {"v": "1"}),
        ("value_day", {}),
        ("value_mixed", {"v": "y"}),
        ("value_tuple", {"v": [1]}),
        ("nothing_at_all", {"a": 1}),
        ("x.y-z", {"w": "a"}),
        ("recursive", {"root": {"next": 1}}),
        ("no_such_tool", {}),
        ("value_nullable", {"v": 1}),
        ("value_list", {"v": ["a"]}),
    ]
    for index, (name, value) in enumerate(wrong):
        lines += [
            "// @ts-expect-error",
            f"export const w{index}: Call = {{ name: {javascript(name)}, arguments: {javascript(value)} }};",
        ]
    assert len(valid) > 300
    assert compiled(tmp_path, tools=code, calls="\n".join(lines)) == ""


@needs_tsc
def test_the_zod_module_is_typescript(tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(JUDGES / "node_modules")
    use = 'import { GetX } from "./tools.js";\nexport const n: number = GetX.parse({}).day;\n'
    tool = Tool(name="get_x", parameters={"properties": {"day": {"type": "integer"}}, "required": ["day"]})
    assert compiled(tmp_path, tools=zod_code(Toolset([tool, *toolset()]))[0], use=use) == ""
