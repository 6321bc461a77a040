"""Check, train, eval and chat, as typed, on tiny random models of three families, each with its family's template."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from calltune.cli import main

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather forecast for a city",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
                "required": ["city"],
            },
        },
    }
]
FAMILIES = {
    # transformers' configuration, TRL's template, the special tokens of that
    "Qwen3": ("Qwen3Config", "qwen3", ["<|im_start|>", "<|im_end|>"]),
    "Llama 3": (
        "LlamaConfig",
        "llama3",
        ["<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
    ),
    "Gemma": ("GemmaConfig", "gemma", ["<bos>", "<start_of_turn>", "<end_of_turn>"]),
}


def rows(count: int) -> list[dict[str, Any]]:
    cities = ["Paris", "Rome", "Oslo", "Lima"]
    return [
        {
            "messages": [
                {"role": "user", "content": f"{days} days in {cities[days % 4]}?"},
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "1",
                            "type": "function",
                            "function": {
                                "name": "get_weather",
                                "arguments": {"city": cities[days % 4], "days": days},
                            },
                        }
                    ],
                },
            ]
        }
        for days in range(count)
    ]


def write_model(folder: Path, family: str, tiny_decoder: Callable[..., Any]) -> None:
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    from calltune.train.session import quiet_libraries

    config_name, template, special = FAMILIES[family]
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        [json.dumps(TOOLS), *map(json.dumps, rows(8))],
        trainers.BpeTrainer(
            vocab_size=500,
            special_tokens=["<pad>", *special],
            initial_alphabet=alphabet,
            show_progress=False,
        ),
    )
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        eos_token=special[-1],
        pad_token="<pad>",
        bos_token=special[0] if family != "Qwen3" else None,
    )
    tokenizer.chat_template = (
        resources.files("trl").joinpath("chat_templates", f"{template}.jinja").read_text(encoding="utf-8")
    )
    with quiet_libraries():
        tiny_decoder(config_name, tokenizer).save_pretrained(folder)
        tokenizer.save_pretrained(folder)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_four_commands_run_on_every_family(
    family: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tiny_decoder: Callable[..., Any],
) -> None:
    model, run, tools, data = (str(tmp_path / name) for name in ("model", "run", "tools.json", "rows.jsonl"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_model(tmp_path / "model", family, tiny_decoder)
    Path(tools).write_text(json.dumps(TOOLS))
    Path(data).write_text("".join(json.dumps(row) + "\n" for row in rows(8)))

    def typed(*words: str) -> Any:
        assert main([*words, "--json"]) == 0, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    given = ["--tools", tools, "--data", data]
    assert typed("check", *given, "--model", model)["bad_rows"] == 0
    trained = typed(
        "train", *given, "--model", model, "--out", run, "--max-steps", "2", "--rows-per-step", "4", "--device", "cpu"
    )
    assert trained["steps"] == 2
    found = typed("eval", *given, "--model", run, "--compare", model, "--max-tokens", "8", "--out", f"{run}/eval")
    assert found["before"]["metrics"]["call_exact"]["n"] == found["after"]["metrics"]["call_exact"]["n"] == 8
    monkeypatch.setattr("sys.stdin", io.StringIO("weather in Rome?\n/quit\n"))
    assert main(["chat", "--model", run, "--tools", tools, "--max-tokens", "8"]) == 0
    assert "weather in Rome?" in capsys.readouterr().out
