"""A second run finds the contract on disk, answers as the first did, and touches no file that is not its own."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.contract import Tool, Toolset
from calltune.errors import ConfigError
from calltune.evaluate import EvalConfig, evaluate
from calltune.generate import prefixes as module
from calltune.generate.prefixes import Prefixes
from calltune.generate.shared_prefix import Prefix
from calltune.guard.chat import ChatConfig, chat

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)

SIZES = {"vocab_size": 8, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}

WEATHER = Tool(
    name="get_weather",
    description="Weather forecast for a city.",
    parameters={"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    effect="read",
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    Toolset([WEATHER]).save(tmp_path / "tools.json")
    call = {"type": "function", "function": {"name": "get_weather", "arguments": {"city": "Oslo"}}}
    messages = [
        {"role": "user", "content": "Weather in Oslo?"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
    ]
    (tmp_path / "rows.jsonl").write_text(json.dumps({"messages": messages}) + "\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def saved(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lengths of the prefixes that are written."""
    lengths: list[int] = []
    save = Prefixes.save

    def counted(self: Prefixes, prefix: Prefix) -> None:
        lengths.append(len(prefix.ids))
        save(self, prefix)

    monkeypatch.setattr(Prefixes, "save", counted)
    return lengths


def test_a_second_evaluation_and_a_chat_find_the_contract_on_disk(files: Path, saved: list[int]) -> None:
    kept = files / "kept"
    options: dict[str, Any] = {"model": "base", "tools": str(files / "tools.json"), "device": "cpu", "dtype": "float32"}

    def predictions(name: str, **more: Any) -> tuple[str, int]:
        out = files / name
        config = EvalConfig(data=str(files / "rows.jsonl"), out=out, max_tokens=40, **options, **more)
        evaluate(config, console=Console(file=io.StringIO()))
        (row,) = map(json.loads, (out / "predictions.jsonl").read_text().splitlines())
        return row["predicted"]["text"], row["predicted"]["cached_tokens"]

    without, _ = predictions("without")
    first, _ = predictions("first", prefix_cache=kept)
    (file,) = kept.iterdir()
    assert len(saved) == 1
    second, cached = predictions("second", prefix_cache=kept)
    assert without == first == second and cached >= saved[0] > 50
    lines = iter(["Weather in Oslo?", "rain"])

    def read(prompt: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    chat(ChatConfig(prefix_cache=kept, max_tokens=40, **options), console=Console(file=io.StringIO()), read=read)
    assert list(kept.iterdir()) == [file] and len(saved) == 1, "the chat computes no contract either"


def test_the_oldest_go_and_no_file_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DISK_LIMIT", 2_000)
    (tmp_path / "model.safetensors").write_bytes(bytes(5_000))
    os.utime(tmp_path / "model.safetensors", (0, 0))
    left = tmp_path / f"{'0' * 16}-{'0' * 32}.123.part"  # of a run that was killed
    left.write_bytes(bytes(500))
    os.utime(left, (1, 1))
    kept = Prefixes(transformers.AutoModelForCausalLM.from_config(transformers.Qwen3Config(**SIZES)), folder=tmp_path)
    for number in range(4):
        kept.save(Prefix((number,), ((torch.ones(1, 1, 1, 100), torch.ones(1, 1, 1, 100)),)))
    ours = [file for file in tmp_path.iterdir() if file.name != "model.safetensors"]
    assert (tmp_path / "model.safetensors").stat().st_size == 5_000
    assert ours and left not in ours and sum(file.stat().st_size for file in ours) <= 2_000


@pytest.mark.parametrize("command", ["chat", "eval"])
def test_a_prefix_cache_that_can_do_nothing_is_an_error_before_anything_is_loaded(files: Path, command: str) -> None:
    def start(model: str, folder: Path) -> None:
        console, tools = Console(file=io.StringIO()), str(files / "tools.json")
        if command == "chat":
            chat(ChatConfig(model=model, tools=tools, prefix_cache=folder), console=console, read=lambda _: "/quit")
        else:
            data = str(files / "rows.jsonl")
            evaluate(EvalConfig(model=model, data=data, tools=tools, prefix_cache=folder), console=console)

    with pytest.raises(ConfigError, match="keeps prefixes of its own"):
        start("http://localhost:1/v1", files / "kept")
    with pytest.raises(ConfigError, match="is a file"):
        start("base", files / "rows.jsonl")
