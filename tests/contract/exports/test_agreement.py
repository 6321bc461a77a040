"""Everything that is written from a contract gives the contract's verdict, or says which keyword it leaves out.

The same over all tools of the data files is `python -m bench.agreement`."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from bench.agreement import JUDGES, Agreement, by_pydantic, calls_of, compare, real
from bench.nasty import combined, toolset
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calltune.contract import Tool, Toolset
from calltune.contract.exports.pydantic_code import pydantic_code
from calltune.contract.not_carried import NotCarried

needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (JUDGES / "node_modules" / "zod").is_dir(),
    reason="needs Node and `npm install --prefix tests/ajv`",
)
NOT_CARRIED = {"pattern", "format email", "format uri", "inherited name"}


def judged(tools: Toolset, calls_each: int, seed: int) -> Agreement:
    pick = random.Random(seed)
    return compare(tools, [call for tool in tools for call in calls_of(tool, calls_each, pick)])


@needs_node
def test_verdicts_on_every_keyword_agree_but_for_what_is_listed() -> None:
    found = judged(toolset(), 40, 1)
    assert found.calls > 2500 and 0.3 < found.valid / found.calls < 0.7
    assert found.unexplained == []
    listed = {reason.partition(": ")[2] for reason in found.not_carried}
    assert listed == NOT_CARRIED
    strict = sum(number for reason, number in found.differing.items() if reason.startswith("pydantic: "))
    assert strict < 0.05 * found.calls


@needs_node
def test_verdicts_on_schemas_put_together_by_chance_agree() -> None:
    assert judged(combined(25, 3), 20, 3).unexplained == []


@needs_node
def test_verdicts_on_real_tools_agree(shared: Path) -> None:
    tools, logged = real(
        shared / "data", only=("api_bank.jsonl", "toolalpaca_eval.jsonl", "taskmaster4_coffee.jsonl.gz")
    )
    pick = random.Random(5)
    made = [call for tool in tools for call in calls_of(tool, 10, pick)]
    found = compare(tools, [*logged[:2000], *made])
    assert found.calls > 2000 and found.valid < found.calls and found.unexplained == []
    assert not found.differing.keys() - {"ajv: formats, which Ajv reads in its own way"}


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000))
def test_models_of_schemas_put_together_by_chance_are_as_strict(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    tools, pick = combined(2, seed), random.Random(seed)
    calls = [call for tool in tools for call in calls_of(tool, 15, pick)]
    verdicts, left = by_pydantic(tools, calls, tmp_path_factory.mktemp("models"))
    for said in verdicts.values():
        for (name, arguments), verdict in zip(calls, said, strict=True):
            if verdict != tools[name].accepts(arguments):
                assert verdict and any(one.tool == name for one in left), (name, arguments)


@needs_node
def test_a_model_that_is_too_lax_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def lax(tools: Toolset) -> tuple[str, tuple[NotCarried, ...]]:
        return pydantic_code(tools)[0].replace("le=31", "le=32"), ()

    monkeypatch.setattr("bench.agreement.pydantic_code", lax)
    tool = Tool(name="t", parameters={"type": "object", "properties": {"day": {"type": "integer", "maximum": 31}}})
    found = compare(Toolset([tool]), [("t", {"day": 32}), ("t", {"day": 31})])
    assert [(judge, arguments) for judge, _, arguments in found.unexplained] == [
        ("pydantic", {"day": 32}),
        ("pydantic, JSON text", {"day": 32}),
    ]
