"""The example programs do what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(name: str, *arguments: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "guard" / name), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout


def test_the_injection_is_stopped_by_the_policy_and_only_by_it() -> None:
    code, shown = run("injection.py")
    assert code == 0
    assert "stopped: send_money is not allowed: to must come from the user" in shown
    assert "money went to: ann@example.org\n" in shown
    assert "without the policy it went to: mallory@evil.example\n" in shown


def test_an_order_is_sent_once_although_the_program_died(tmp_path: Path) -> None:
    folder = {"ONCE_FOLDER": str(tmp_path / "once")}
    assert run("once.py", "--crash", **folder)[0] == 9
    code, shown = run("once.py", **folder)
    assert code == 0 and "unknown" in shown and "the shop got: 1 order" in shown
    code, shown = run("once.py", "--settle", **folder)
    assert "settled: order of order 17" in shown and 'done "ordered"' in shown and "the shop got: 1 order" in shown


def test_the_assistant_explains_itself() -> None:
    assert run("assistant.py", "--help")[0] == 0
