"""What only saves time changes no answer: fast-forward, shared prefixes, batches, look-ups, the caches in memory and on
disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.errors import ModelError
from calltune.generate import LocalEngine, Request
from calltune.guard import Guard
from calltune.render.renderer import Renderer
from calltune.render.source import load_tokenizer, resolve_model

torch = pytest.importorskip("torch")
pytest.importorskip("llguidance")

TOOLS = Toolset(
    [
        Tool(
            name="book_table",
            description="Book a table in a restaurant.",
            parameters={
                "type": "object",
                "properties": {
                    "restaurant": {"type": "string", "description": "Name of the restaurant."},
                    "people": {"type": "integer", "minimum": 1, "maximum": 12, "description": "How many come."},
                    "place": {"enum": ["inside", "outside"], "description": "Where to sit."},
                },
                "required": ["restaurant", "people"],
            },
        ),
        Tool(
            name="play_music",
            description="Play music of an artist.",
            parameters={"type": "object", "properties": {"artist": {"type": "string"}}, "required": ["artist"]},
        ),
        Tool(name="stop_music", description="Stop the music."),
    ]
)
SAID = [
    "Book a table for four at Luigi's Corner, outside please.",
    "Play something by the Rolling Kitchen Orchestra",
    "Stop the music",
    "Hello, who are you?",
    "A table for two at Chez Marie and music by Nina Simone.",
]


def requests(**options: Any) -> list[Request]:
    return [Request(({"role": "user", "content": said},), tuple(TOOLS.to_openai()), **options) for said in SAID]


@pytest.fixture(scope="module")
def base() -> LocalEngine:
    torch.set_num_threads(1)
    return LocalEngine.load("base", device="cpu", dtype="float32")


def engine(base: LocalEngine, thinking: Any = "auto", **options: Any) -> LocalEngine:
    renderer = base.renderer if thinking == "auto" else Renderer(base.tokenizer, thinking=thinking)
    return LocalEngine(base.model, base.tokenizer, renderer, **{"grammar": "llguidance", **options})


SLOW: dict[str, Any] = {"share": False, "lookup": False, "fast_forward": False, "max_rows": 1}
FAST: list[dict[str, Any]] = [
    {"share": False, "lookup": False, "fast_forward": True, "max_rows": 1},
    {"share": False, "lookup": False, "fast_forward": True},
    {"share": True, "lookup": False, "fast_forward": False},
    {"share": True, "lookup": True, "fast_forward": False, "max_rows": 1},
    {"share": True, "lookup": True, "fast_forward": True, "max_rows": 1},
    {"share": True, "lookup": True, "fast_forward": True, "max_rows": 3},
    {"share": True, "lookup": True, "fast_forward": True},
]


@pytest.mark.parametrize(
    "choice", [{}, {"tool_choice": "required"}, {"tool_choice": "book_table"}, {"parallel": False}]
)
def test_greedy_answers_are_the_same_however_they_are_computed(base: LocalEngine, choice: dict[str, Any]) -> None:
    # without thoughts a demanded call begins with text that is forced before the model has said anything
    thinking = "off" if choice.get("tool_choice") else "auto"
    expected = engine(base, thinking, **SLOW).complete(requests(**choice), max_tokens=60)
    assert any("<tool_call>" in completion.text for completion in expected)
    for options in FAST:
        fast = engine(base, thinking, **options)
        for again in range(2):  # the second time from what was kept
            got = fast.complete(requests(**choice), max_tokens=60)
            assert [c.ids for c in got] == [c.ids for c in expected], (options, again)
            assert [c.finish_reason for c in got] == [c.finish_reason for c in expected]
            assert [c.completion_tokens for c in got] == [c.completion_tokens for c in expected]
        if options["fast_forward"] or options["lookup"]:
            assert sum(c.passes for c in got) < sum(c.passes for c in expected)


def test_without_a_grammar_look_ups_change_nothing_either(base: LocalEngine) -> None:
    expected = engine(base, **SLOW, grammar="off").complete(requests(), max_tokens=60)
    got = engine(base, grammar="off", max_rows=1).complete(requests(), max_tokens=60)
    assert [c.ids for c in got] == [c.ids for c in expected]
    assert sum(c.passes for c in got) < sum(c.passes for c in expected)


def test_sampling_does_not_depend_on_how_it_is_computed(base: LocalEngine) -> None:
    options: dict[str, Any] = {"max_tokens": 60, "temperature": 1.0, "seed": 3}
    expected = engine(base, **SLOW).complete(requests(), **options)
    got = engine(base).complete(requests(), **options)
    assert [c.ids for c in got] == [c.ids for c in expected]


def test_a_conversation_computes_only_what_is_new(base: LocalEngine) -> None:
    one = engine(base)
    said: list[dict[str, Any]] = [{"role": "user", "content": SAID[0]}]
    first = one.complete([Request(tuple(said), tuple(TOOLS.to_openai()))], max_tokens=60)[0]
    read = one.parse(first)
    calls = [{"type": "function", "function": {"name": c.name, "arguments": c.arguments}} for c in read.calls]  # type: ignore[union-attr]
    assert calls
    said += [{"role": "assistant", "content": "", "tool_calls": calls}, {"role": "tool", "content": '"done"'}]
    later = Request(tuple(said), tuple(TOOLS.to_openai()))
    second = one.complete([later], max_tokens=30)[0]
    assert second.cached_tokens >= first.prompt_tokens + len(first.ids) - 2
    assert second.ids == engine(base, **SLOW).complete([later], max_tokens=30)[0].ids


def test_a_contract_is_known_from_the_disk(base: LocalEngine, tmp_path: Path) -> None:
    first = engine(base, cache_dir=tmp_path).complete(requests()[:1], max_tokens=40)[0]
    (file,) = tmp_path.iterdir()
    again = engine(base, cache_dir=tmp_path).complete(requests()[1:2], max_tokens=40)[0]
    assert again.cached_tokens > 0.8 * again.prompt_tokens
    assert again.ids == engine(base, **SLOW).complete(requests()[1:2], max_tokens=40)[0].ids and first.ids
    file.write_bytes(b"not a tensor")
    assert engine(base, cache_dir=tmp_path).complete(requests()[:1], max_tokens=40)[0].ids == first.ids


def test_what_is_kept_is_bounded(base: LocalEngine) -> None:
    one = engine(base)
    one.prefixes.limit = 8 << 20
    one.complete(requests(), max_tokens=20)
    for request in requests():
        one.complete([request], max_tokens=20)
    assert 0 < sum(kept.bytes for kept in one.prefixes._kept) <= 8 << 20


def test_a_stream_is_the_completion_in_pieces(base: LocalEngine) -> None:
    one = engine(base)
    for request in requests()[:4]:
        chunks = list(one.stream(request, max_tokens=60))
        whole = one.complete([request], max_tokens=60)[0]
        assert "".join(chunk.text for chunk in chunks) == whole.text and len(chunks) >= 2
        assert chunks[-1].completion is not None and chunks[-1].completion.ids == whole.ids
        assert all(chunk.completion is None for chunk in chunks[:-1])


def test_a_stream_that_is_left_leaves_the_engine_usable(base: LocalEngine) -> None:
    one = engine(base)
    stream = one.stream(requests()[3], max_tokens=60)
    next(stream)
    stream.close()
    assert one.complete(requests()[3:4], max_tokens=10)[0].ids


def test_what_was_answered_before_is_drafted(base: LocalEngine) -> None:
    one = engine(base)
    first, again = (one.complete(requests()[:1], max_tokens=60)[0] for _ in range(2))
    assert again.ids == first.ids and again.passes < first.passes / 2


def test_what_a_completion_cost_is_told(base: LocalEngine) -> None:
    completion = engine(base).complete(requests()[:1], max_tokens=60)[0]
    assert 0 < completion.first_token_s <= completion.time_s and completion.passes > 1
    assert 0 < completion.grammar_s < completion.time_s
    assert completion.to_json()["passes"] == completion.passes


def test_without_a_grammar_a_call_cannot_be_demanded(base: LocalEngine) -> None:
    with pytest.raises(ModelError, match="needs a grammar"):
        engine(base, grammar="off").complete(requests(tool_choice="required")[:1])


def test_both_back_ends_answer_alike(base: LocalEngine) -> None:
    pytest.importorskip("xgrammar")
    one, other = (engine(base, grammar=name).complete(requests(), max_tokens=60) for name in ("llguidance", "xgrammar"))
    assert [c.text for c in one] == [c.text for c in other]


@pytest.mark.parametrize("vocabulary", ["base", "qwen3"])
def test_what_a_random_model_writes_at_temperature_2_follows_the_contract(
    vocabulary: str, request: pytest.FixtureRequest
) -> None:
    if vocabulary != "base":
        vocabulary = str(request.getfixturevalue("shared") / "tokenizers" / vocabulary)
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    tokenizer = load_tokenizer(resolve_model(vocabulary))
    config = transformers.Qwen3Config(
        vocab_size=len(tokenizer), hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, head_dim=8, max_position_embeddings=4096,
    )  # fmt: skip
    model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    one = LocalEngine(model, tokenizer, Renderer(tokenizer, thinking="off"), grammar="llguidance")
    small = {"type": "integer", "minimum": 0, "maximum": 99}
    properties = {
        "a": small,
        "b": {"enum": ["x", "y"]},
        "c": {"type": "boolean"},
        "d": {"type": "array", "items": small},
    }
    tools = Toolset([Tool(name="f", parameters={"type": "object", "properties": properties, "required": ["a", "b"]})])
    asked = Request(({"role": "user", "content": "Hi"},), tuple(tools.to_openai()), tool_choice="required")
    guard = Guard(tools, format=one.renderer.format, repairs=(), missing="reject")
    ended = 0
    for seed in range(20):
        (completion,) = one.complete([asked], max_tokens=200, temperature=2.0, seed=seed)
        if completion.finish_reason == "stop":
            ended += 1
            assert guard.check(completion, parsed=one.parse(completion)).decision == "calls", completion.text
    assert ended


def test_what_is_left_to_validation_is_logged_once(base: LocalEngine, caplog: pytest.LogCaptureFixture) -> None:
    unique = {
        "type": "object",
        "properties": {"tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}},
    }
    tools = tuple(Toolset([Tool(name="tag", parameters=unique)]).to_openai())
    one = engine(base)
    with caplog.at_level("INFO", logger="calltune"):
        for _ in range(2):
            one.complete([Request(({"role": "user", "content": "Hi"},), tools)], max_tokens=2)
    assert [record.message for record in caplog.records if "uniqueItems" in record.message] == [
        f"left to validation, because {one.backend.name} cannot enforce it: 1 uniqueItems"  # type: ignore[union-attr]
    ]


def tiny(kind: str, **more: Any) -> tuple[Any, Any]:
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    tokenizer = load_tokenizer(resolve_model("base"))
    sizes: dict[str, Any] = {
        "vocab_size": len(tokenizer), "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 2048, "initializer_range": 0.4,
        "pad_token_id": 0,
    }  # fmt: skip
    config = getattr(transformers, f"{kind}Config")(**sizes | more)
    return transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32), tokenizer


@pytest.mark.parametrize(
    ("kind", "more"), [("Mistral", {"sliding_window": 16}), ("Starcoder2", {"sliding_window": 16})]
)
def test_windows_do_not_count_the_gaps_between_forced_tokens(kind: str, more: dict[str, Any]) -> None:
    model, tokenizer = tiny(kind, **more)
    answers = []
    for options in ({"share": False, "max_rows": 1, "fast_forward": False, "lookup": False}, {"share": False}, {}):
        one = LocalEngine(model, tokenizer, Renderer(tokenizer, thinking="off"), grammar="llguidance", **options)
        answers.append([c.ids for c in one.complete(requests(tool_choice="required"), max_tokens=50)])
    assert answers[0] == answers[1] == answers[2]


def test_a_model_whose_keys_have_another_shape_shares_nothing_and_works() -> None:
    more = {"qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 8, "kv_lora_rank": 8, "q_lora_rank": 8,
            "n_routed_experts": 4, "num_experts_per_tok": 2, "n_group": 1, "topk_group": 1, "moe_intermediate_size": 8,
            "first_k_dense_replace": 1, "num_key_value_heads": 4}  # fmt: skip
    model, tokenizer = tiny("DeepseekV3", **more)
    one = LocalEngine(model, tokenizer, Renderer(tokenizer, thinking="off"), grammar="llguidance")
    assert one.complete(requests()[:1], max_tokens=4)[0].ids is not None and one.shares_prefix is False


def test_nothing_is_kept_where_positions_depend_on_the_length() -> None:
    factors = {"type": "longrope", "short_factor": [1.0] * 4, "long_factor": [4.0] * 4}
    model, tokenizer = tiny("Phi3", rope_scaling=factors, original_max_position_embeddings=64)
    one = LocalEngine(model, tokenizer, Renderer(tokenizer, thinking="off"), grammar="off")
    assert one.shares_prefix is False


def test_a_stream_can_be_read_by_several_threads_and_holds_up_nobody(base: LocalEngine) -> None:
    from concurrent.futures import ThreadPoolExecutor

    one = engine(base)
    stream = one.stream(requests()[0], max_tokens=40)
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        texts = []
        for number in range(200):
            chunk = (first, second)[number % 2].submit(next, stream, None).result(timeout=30)
            if chunk is None:
                break
            texts.append(chunk.text)
        paused = one.stream(requests()[1], max_tokens=40)
        next(paused)
        (completion,) = first.submit(one.complete, requests()[:1], max_tokens=40).result(timeout=30)
        second.submit(paused.close).result(timeout=30)
    assert "".join(texts) == completion.text


def test_a_prefix_on_disk_belongs_to_its_weights_and_is_whole(base: LocalEngine, tmp_path: Path) -> None:
    import copy
    import shutil

    def answer(model: Any) -> Any:
        one = LocalEngine(model, base.tokenizer, base.renderer, grammar="llguidance", cache_dir=tmp_path)
        return one.complete(requests()[:1], max_tokens=30)[0]

    first = answer(base.model)
    (file,) = tmp_path.iterdir()
    data = bytearray(file.read_bytes())
    data[-2000:-1000] = bytes(1000)
    file.write_bytes(data)
    assert answer(base.model).ids == first.ids, "a disk that forgets changes no answer"
    other = copy.deepcopy(base.model)
    with torch.no_grad():
        other.model.layers[0].mlp.up_proj.weight[3, 5] *= -1
    answer(other)
    assert len(list(tmp_path.iterdir())) == 2, "one number is enough to be another model"
    one = engine(base, cache_dir=tmp_path)
    shutil.rmtree(tmp_path)
    assert one.complete(requests()[:1], max_tokens=30)[0].ids == first.ids
