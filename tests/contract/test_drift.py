"""A model is not served with a contract that refuses what it learned, unless somebody says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.contract.drift import check_drift, drift, load_contract
from calltune.errors import ContractError


def toolset(*names: str, maximum: int = 9, description: str = "", effect: Any = "read", returns: Any = None) -> Toolset:
    schema = {"type": "object", "properties": {"x": {"type": "integer", "maximum": maximum}}}
    return Toolset(
        Tool(name=name, description=description, parameters=schema, effect=effect, returns=returns) for name in names
    )


TRAINED = toolset("alpha", "beta")


@pytest.mark.parametrize(
    "given",
    [
        TRAINED,
        toolset("beta"),
        toolset("alpha", "beta", effect="write"),
    ],
    ids=["the same", "some of the tools", "other effects"],
)
def test_what_the_model_cannot_see_is_no_drift(given: Toolset) -> None:
    assert drift(TRAINED, given) == ()
    assert check_drift(TRAINED, given) == ()


@pytest.mark.parametrize(
    "given",
    [
        toolset("alpha", "beta", maximum=12),
        toolset("alpha", "beta", description="More."),
        toolset("alpha", "beta", "gamma_ray"),
        toolset("beta", "alpha"),
        toolset("alpha", "beta", returns={"type": "string"}),
    ],
    ids=["looser", "described", "a new tool", "another order", "a result"],
)
def test_what_leaves_learned_calls_valid_is_warned_of(given: Toolset) -> None:
    assert check_drift(TRAINED, given)
    assert check_drift(TRAINED, given, "warn") == check_drift(TRAINED, given)
    assert check_drift(TRAINED, given, "allow") == ()


def test_what_refuses_learned_calls_is_refused_with_every_change_and_what_to_type() -> None:
    given = toolset("alpha", "beta", maximum=5)
    with pytest.raises(ContractError) as caught:
        check_drift(TRAINED, given, model="run")
    text = str(caught.value)
    assert "alpha: x: maximum 5, was 9" in text and "beta: x: maximum 5, was 9" in text
    assert "calltune diff run TOOLS" in text and "--drift warn" in text
    assert len(check_drift(TRAINED, given, "warn")) == 2
    assert check_drift(TRAINED, given, "allow") == ()


def test_a_result_that_promises_less_does_not_stop_a_model() -> None:
    before, after = toolset("alpha", returns={"type": "integer"}), toolset("alpha", returns={"type": "number"})
    assert check_drift(before, after) == ('alpha: type "number", was "integer"',)


def test_a_model_that_learned_from_many_contracts_takes_any() -> None:
    assert check_drift(None, TRAINED) == ()


def test_a_run_folder_stands_for_the_contract_it_was_trained_on(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text("data: d\n")
    with pytest.raises(ContractError, match=r"no contract\.json"):
        load_contract(tmp_path)
    TRAINED.save(tmp_path / "contract.json")
    assert load_contract(tmp_path) == load_contract(str(tmp_path / "contract.json")) == TRAINED


def test_the_long_command_of_a_server_is_no_path() -> None:
    for source in ("mcp:no-such-program " + "x" * 300, "x" * 5000, "~nobody-at-all/run"):
        with pytest.raises(ContractError):
            load_contract(source)


@pytest.mark.parametrize(("model", "said"), [("my run", "calltune diff 'my run' TOOLS"), (None, "calltune diff RUN")])
def test_what_is_to_be_typed_can_be_typed(model: str | None, said: str) -> None:
    named = {} if model is None else {"model": model}
    with pytest.raises(ContractError, match=said):
        check_drift(TRAINED, toolset("alpha", "beta", maximum=5), **named)  # type: ignore[arg-type]


def test_hundreds_of_changes_are_cut_with_their_number() -> None:
    given = toolset(*(f"new_{number}" for number in range(300)))
    warnings = check_drift(TRAINED, given)
    assert len(warnings) == 21 and warnings[-1].startswith("and 280 more changes (calltune diff")
