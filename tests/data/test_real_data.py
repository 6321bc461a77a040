"""Public data: the check finds what was counted when the files were made, with another validator."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from calltune.compose import mend_recorded_call
from calltune.data import CheckConfig, check, check_row, read_rows
from calltune.data.rules import count_bad_calls, place_of

REFERENCE = re.compile(r"^(\$var_?\d+\..*\$|\$var_?\d+\$|API_call_\d+)$")
"""How two files write "the result of an earlier call"; the count that came with them lets it stand for any type."""

FREE = ("wrong_type", "not_in_enum")


def test_api_bank_has_68_bad_calls_of_three_kinds(shared: Path) -> None:
    report = check(CheckConfig(data=str(shared / "data" / "api_bank.jsonl")), console=Console(file=io.StringIO()))
    assert (report.rows, report.calls, report.bad_calls) == (263, 508, 68)
    assert report.by_kind == {"wrong_type": 55, "missing_required": 20, "unknown_argument": 8}


@pytest.mark.parametrize(
    ("name", "bad_calls"),
    [
        ("toolalpaca_eval.jsonl", 21),
        ("nestful.jsonl", 98),
        ("glaive_demo_en.jsonl", 1),
        ("glaive_demo_zh.jsonl", 6),
        ("taskmaster4_coffee.jsonl.gz", 0),
        ("snips_train.jsonl.gz", 0),
        pytest.param("seal_tools.jsonl.gz", 129, marks=pytest.mark.slow),
    ],
)
def test_the_check_agrees_with_the_counts_in_the_files(shared: Path, name: str, bad_calls: int) -> None:
    """But for formats and references, on which the two validators differ on purpose: ours is strict."""
    found: Counter[str] = Counter()
    expected: Counter[str] = Counter()
    total = 0
    for row in read_rows(shared / "data" / name):
        assert row.data is not None
        expected.update(row.data["meta"]["schema_errors"])
        problems = [
            problem for problem in check_row(row) if problem.kind not in ("format", "broken_tools", "orphan_result")
        ]
        problems = [
            problem for problem in problems if problem.kind not in FREE or not REFERENCE.match(str(problem.got))
        ]
        found.update(kind for _, kind in {(place_of(problem), problem.kind) for problem in problems})
        total += count_bad_calls(problems)
    assert total == bad_calls
    assert found == expected


@pytest.mark.slow
def test_sgd_has_18_bad_calls_and_all_its_results_fit(shared: Path) -> None:
    report = check(CheckConfig(data=str(shared / "data" / "sgd_train.jsonl.gz")), console=Console(file=io.StringIO()))
    assert (report.rows, report.calls, report.bad_calls) == (12_174, 33_963, 18)
    assert report.by_kind == {"missing_required": 18}


def test_most_bad_rows_of_api_bank_are_mended_without_loss(shared: Path, tmp_path: Path) -> None:
    config = CheckConfig(data=str(shared / "data" / "api_bank.jsonl"), fix=tmp_path / "fixed.jsonl")
    report = check(config, console=Console(file=io.StringIO()), mend=mend_recorded_call)
    assert report.fixes is not None and (report.bad_rows, report.fixes.fixed_rows, report.fixes.left) == (64, 48, 16)
    assert report.fixes.fixed_rows_by_kind == {"literal_in_string": 40, "number_in_string": 8}
    again = check(CheckConfig(data=str(tmp_path / "fixed.jsonl")), console=Console(file=io.StringIO()))
    assert (again.rows, again.bad_rows) == (263, 16)
