"""Imports go one way, and the light half of calltune stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

SOURCE = Path(__file__).parents[1] / "src" / "calltune"
LADDER = (
    *("errors", "contract", "data", "render", "train", "generate", "guard", "evaluate", "serve"),
    *("base", "demo", "compose", "cli", "__main__", "__init__"),
)
HEAVY = {"torch", "transformers", "trl", "peft", "datasets", "numpy", "matplotlib", "accelerate"}


def imports(path: Path) -> set[str]:
    """Stages of calltune that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found |= {name.split(".")[1] for name in names if name.startswith("calltune.")}
    return found


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down_the_ladder(path: Path) -> None:
    stage = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    allowed = set(LADDER[: LADDER.index(stage) + 1])
    assert imports(path) <= allowed, f"{stage} may import {sorted(allowed)}"


LIGHT = ("", ".contract", ".data", ".guard", ".render.parse", ".generate.completion", ".cli")

PROGRAM = """
import sys
sys.modules.update(dict.fromkeys({heavy!r}))
import {module}
from calltune import Conversation, Guard, Tool, Toolset
text = '<tool_call>{{"name": "ping", "arguments": {{}}}}</tool_call>'
print(Guard(Toolset([Tool(name="ping")])).check(text).decision)
"""


@pytest.mark.parametrize("module", LIGHT)
def test_the_light_half_loads_nothing_heavy(module: str) -> None:
    program = PROGRAM.format(heavy=sorted(HEAVY), module="calltune" + module)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "calls"


def test_an_install_without_extras_is_small() -> None:
    closure, waiting = set(), ["calltune"]
    while waiting:
        name = waiting.pop()
        if name in closure:
            continue
        closure.add(name)
        for requirement in map(Requirement, metadata.requires(name) or []):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name.lower())
    assert not closure & HEAVY
    size = sum(
        path.stat().st_size
        for name in closure - {"calltune"}
        for file in metadata.files(name) or []
        if (path := Path(str(file.locate()))).suffix != ".pyc" and path.exists()
    )
    own = sum(path.stat().st_size for path in SOURCE.rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert own < 3_000_000
    assert size < 50_000_000, f"{size / 1e6:.0f} MB unpacked"
