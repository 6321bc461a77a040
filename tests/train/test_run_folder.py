"""A run folder is never written over, says what it holds, and notices another contract."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from calltune.contract import Toolset
from calltune.errors import ConfigError, ModelError
from calltune.train import TrainConfig, read_run
from calltune.train.checkpoints import mark_complete
from calltune.train.run_folder import ADAPTER, check_same_run, claim, describe, draw_loss, read_log

from .conftest import MUSIC, WEATHER

RESOLVED = {"model": {"name": "base"}, "template": "calltune", "thinking": "off", "format": "hermes", "contract": None}


def test_a_finished_or_stopped_run_is_not_written_over(tmp_path: Path) -> None:
    config = TrainConfig(data="d", out=tmp_path)
    claim(config)
    for name in ("quarantine.jsonl", "run.yaml"):  # left by a run that failed before its first step
        (tmp_path / name).touch()
    claim(config)
    checkpoint = tmp_path / "checkpoints" / "checkpoint-3"
    checkpoint.mkdir(parents=True)
    mark_complete(checkpoint)
    with pytest.raises(ConfigError, match=r"stopped[\s\S]*--resume.*--out"):
        claim(config)
    claim(TrainConfig(data="d", out=tmp_path, resume=True))
    (tmp_path / ADAPTER).touch()
    with pytest.raises(ConfigError, match="finished run"):
        claim(config)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ConfigError, match=r"thesis\.tex"):
        claim(TrainConfig(data="d", out=tmp_path))
    with pytest.raises(ConfigError, match="is a file"):
        claim(TrainConfig(data="d", out=tmp_path / "thesis.tex"))


@pytest.mark.parametrize("resume", [False, True])
def test_files_with_the_names_of_a_run_are_not_taken_for_one(tmp_path: Path, resume: bool) -> None:
    (tmp_path / "rows").mkdir()
    (tmp_path / "rows" / "mine.jsonl").touch()
    (tmp_path / "data.json").touch()
    with pytest.raises(ConfigError, match="other files"):
        claim(TrainConfig(data="d", out=tmp_path, resume=resume))


@pytest.mark.parametrize("option", ["data", "validation"])
def test_rows_inside_the_run_folder_are_refused(tmp_path: Path, option: str) -> None:
    claim(TrainConfig(data="d", out=tmp_path))
    (tmp_path / "quarantine.jsonl").touch()
    with pytest.raises(ConfigError, match=f"--{option} .* is inside --out"):
        claim(TrainConfig(**{"data": "d", "out": tmp_path, option: str(tmp_path / "quarantine.jsonl")}))


def test_what_is_not_a_finished_run_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not a run folder"):
        read_run(tmp_path)
    describe(TrainConfig(data="d", out=tmp_path), RESOLVED, {}, None)
    with pytest.raises(ModelError, match=r"not finished[\s\S]*--resume"):
        read_run(tmp_path)
    (tmp_path / ADAPTER).touch()
    assert read_run(tmp_path).format == "hermes"
    (tmp_path / "resolved.json").write_text("{}")
    with pytest.raises(ModelError, match="damaged"):
        read_run(tmp_path)


def test_a_run_knows_its_contract_and_says_what_differs(tmp_path: Path) -> None:
    trained = Toolset.from_openai([WEATHER, MUSIC])
    describe(TrainConfig(data="d", out=tmp_path), RESOLVED, {"rows": 3}, trained)
    (tmp_path / ADAPTER).touch()
    run = read_run(tmp_path)
    assert run.contract is not None and run.contract.fingerprint == trained.fingerprint
    assert run.drift(trained) == ()
    assert run.drift(Toolset.from_openai([MUSIC])) == ()
    wider = {**WEATHER["function"]["parameters"], "required": []}
    changed = {**WEATHER, "function": {**WEATHER["function"], "parameters": wider}}
    new = {"type": "function", "function": {"name": "stop", "parameters": {"type": "object", "properties": {}}}}
    given = Toolset.from_openai([changed, new])
    assert [change.sentence for change in run.drift(given)] == [
        "get_weather: city is no longer required",
        "stop is new",
    ]


def test_a_run_on_many_contracts_takes_any(tmp_path: Path) -> None:
    describe(TrainConfig(data="d", out=tmp_path), RESOLVED, {"rows": 3}, None)
    (tmp_path / ADAPTER).touch()
    assert read_run(tmp_path).drift(Toolset.from_openai([MUSIC])) == ()


def test_the_order_of_tools_counts_only_where_training_showed_one(tmp_path: Path) -> None:
    trained, given = Toolset.from_openai([WEATHER, MUSIC]), Toolset.from_openai([MUSIC, WEATHER])
    for tools, expected in (("tools.json", ["tools-reordered"]), (None, [])):
        describe(TrainConfig(data="d", tools=tools, out=tmp_path), RESOLVED, {"rows": 3}, trained)
        (tmp_path / ADAPTER).touch()
        assert [change.rule.id for change in read_run(tmp_path).drift(given)] == expected


def test_a_resumed_run_says_what_changed_in_its_contract(tmp_path: Path) -> None:
    trained = Toolset.from_openai([WEATHER, MUSIC])
    config = TrainConfig(data="d", out=tmp_path, resume=True)
    data = {"rows": 3, "data_fingerprint": "a", "token_fingerprint": "b"}
    describe(config, {**RESOLVED, "contract": trained.fingerprint}, data, trained)
    now = Toolset.from_openai([MUSIC])
    with pytest.raises(ConfigError, match="contract: get_weather is gone"):
        check_same_run(config, {**RESOLVED, "contract": now.fingerprint}, data, now)


def test_a_log_line_cut_off_by_a_crash_is_left_out_and_the_curve_is_drawn(tmp_path: Path) -> None:
    lines = [{"step": 1, "loss": 2.0}, {"step": 2, "loss": 1.5}, {"step": 2, "validation_loss": 1.4}]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"step": 3, "lo')
    assert read_log(tmp_path) == lines
    draw_loss(lines, tmp_path / "loss.png")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
