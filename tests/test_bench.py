"""The benchmarks are commands that the documentation names: each can at least be started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_benchmark_finds_what_it_imports() -> None:
    modules = sorted(f"bench.{path.stem}" for path in (ROOT / "bench").glob("*.py") if path.stem != "__main__")
    code = f"import importlib\nfor name in {modules!r}: importlib.import_module(name)"

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)

    assert len(modules) > 10
    assert done.returncode == 0, done.stderr
