"""The documents say what is true: their Python runs and prints what they show."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"```python\n(.*?)```\s*(?:```\n(.*?)```)?", re.DOTALL)
EXAMPLES = [
    (path.name, number, code, shown)
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for number, (code, shown) in enumerate(BLOCK.findall(path.read_text(encoding="utf-8")), start=1)
]


@pytest.mark.parametrize(("name", "number", "code", "shown"), EXAMPLES, ids=[f"{n}-{i}" for n, i, _, _ in EXAMPLES])
def test_a_documented_example_prints_what_is_shown(name: str, number: int, code: str, shown: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    if shown:
        assert done.stdout.strip() == shown.strip()


def test_every_linked_file_exists() -> None:
    for path in (ROOT / "README.md", ROOT / "base-model" / "README.md", *(ROOT / "docs").glob("*.md")):
        text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (path.parent / link).exists(), f"{path.name} links to {link}"
