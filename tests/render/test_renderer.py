from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calltune.errors import TemplateError
from calltune.render.parse import Message, ParseFailure
from calltune.render.rendered import Rendered
from calltune.render.renderer import Renderer

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather for a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


def says(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": text, **more}


def calls(*cities: str, content: str | None = None, **more: Any) -> dict[str, Any]:
    made = [{"type": "function", "function": {"name": "get_weather", "arguments": {"city": city}}} for city in cities]
    return {"role": "assistant", "content": content, "tool_calls": made, **more}


def result(text: str) -> dict[str, Any]:
    return {"role": "tool", "content": text}


def chat(*messages: dict[str, Any], tools: Sequence[dict[str, Any]] = (TOOL,)) -> SimpleNamespace:
    return SimpleNamespace(messages=messages, tools=tools)


TWO_TURNS = chat(user("Paris?"), calls("Paris"), result("17"), says("It is 17."), user("And Rome?"), calls("Rome"))


def learned(row: Rendered, tokenizer: Any) -> list[str]:
    """The learned stretches as text."""
    texts, stretch = [], []
    for token, weight in [*zip(row.ids, row.weights, strict=True), (None, 0.0)]:
        if weight:
            stretch.append(token)
        elif stretch:
            texts.append(tokenizer.decode(stretch))
            stretch = []
    return texts


def test_a_template_that_keeps_history_gives_one_row_with_every_answer_learned(renderer: Renderer) -> None:
    (row,) = renderer.render(TWO_TURNS)
    assert learned(row, renderer.tokenizer) == [
        '<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call><|im_end|>',
        "It is 17.<|im_end|>",
        '<tool_call>{"name": "get_weather", "arguments": {"city": "Rome"}}</tool_call><|im_end|>',
    ]


def test_a_template_that_rewrites_history_gives_a_row_for_each_stretch_it_keeps(native: Renderer) -> None:
    thought = {"reasoning_content": "Hm."}
    turns = [user("Paris?"), calls("Paris", **thought), result("17"), says("17.", **thought), user("Rome?")]
    first, second = native.render(chat(*turns, calls("Rome", **thought)))
    assert learned(first, native.tokenizer) == [
        '<think>\nHm.\n</think>\n\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'
        "<|im_end|>",
        "<think>\nHm.\n</think>\n\n17.<|im_end|>",
    ]
    assert len(learned(second, native.tokenizer)) == 1 and "Rome" in learned(second, native.tokenizer)[0]
    # Without reasoning the prompt ends in an empty thought that later prompts do not repeat: nothing can be shared.
    assert [len(learned(row, native.tokenizer)) for row in native.render(TWO_TURNS)] == [1, 1, 1]


@pytest.mark.parametrize("which", ["renderer", "native"])
def test_the_prompt_at_run_time_is_the_beginning_of_the_training_row(
    which: str, request: pytest.FixtureRequest
) -> None:
    renderer: Renderer = request.getfixturevalue(which)
    rows = [list(row.ids) for row in renderer.render(TWO_TURNS)]
    for index, message in enumerate(TWO_TURNS.messages):
        if message["role"] == "assistant":
            prompt = renderer.prompt_ids(TWO_TURNS.messages[:index], TWO_TURNS.tools)
            assert any(row[: len(prompt)] == prompt for row in rows)


@pytest.mark.parametrize("which", ["renderer", "native"])
def test_every_learned_stretch_ends_in_a_stop_token_and_reads_back(which: str, request: pytest.FixtureRequest) -> None:
    renderer: Renderer = request.getfixturevalue(which)
    for row in renderer.render(TWO_TURNS):
        assert row.ids[-1] in renderer.stop_ids and row.weights[-1] == 1.0
        for index, (token, weight, part) in enumerate(zip(row.ids, row.weights, row.parts, strict=True)):
            if part == "stop":
                assert token in renderer.stop_ids and weight == 1.0
                assert index + 1 == len(row) or row.weights[index + 1] == 0.0


def test_reasoning_is_learned_and_an_empty_thought_is_not(native: Renderer) -> None:
    (row,) = native.render(chat(user("Paris?"), says("17.", reasoning_content="I know it.")))
    assert learned(row, native.tokenizer) == ["<think>\nI know it.\n</think>\n\n17.<|im_end|>"]
    (row,) = native.render(chat(user("Paris?"), says("17.")))
    assert learned(row, native.tokenizer) == ["17.<|im_end|>"]
    assert "<think>\n\n</think>" in native.tokenizer.decode(row.ids)


def test_in_a_data_set_with_reasoning_an_empty_thought_is_masked(native: Renderer) -> None:
    decided = native.for_rows([chat(user("a"), says("b", reasoning_content="c"))])
    assert decided.thinking == "on"
    prompt = native.tokenizer.decode(decided.prompt_ids([user("Paris?")], []))
    assert prompt.endswith("<|im_start|>assistant\n")
    (row,) = decided.render(chat(user("Paris?"), says("17.")))
    assert learned(row, native.tokenizer) == ["17.<|im_end|>"]


def test_reasoning_in_a_run_without_thinking_is_refused(native: Renderer) -> None:
    decided = native.for_rows([chat(user("a"), says("b"))])
    assert decided.thinking == "off"
    with pytest.raises(TemplateError, match="thinking is off"):
        decided.render(chat(user("a"), says("b", reasoning_content="c")))


def test_the_saved_template_carries_the_decision_about_thinking(native: Renderer) -> None:
    from copy import deepcopy

    tokenizer = deepcopy(native.tokenizer)
    for thinking in ("on", "off"):
        tokenizer.chat_template = Renderer(native.tokenizer, template="native", thinking=thinking).template_text
        again = Renderer(tokenizer, template="native")
        expected = Renderer(native.tokenizer, template="native", thinking=thinking).prompt_ids([user("a")], [])
        assert again.prompt_ids([user("a")], []) == expected
        assert again.template_text == tokenizer.chat_template


def test_a_message_marked_as_wrong_is_history_and_not_learned(renderer: Renderer) -> None:
    wrong = calls("Prais", train=False)
    (row,) = renderer.render(chat(user("Paris?"), wrong, result("no such city"), calls("Paris")))
    assert len(learned(row, renderer.tokenizer)) == 1
    assert "Prais" in renderer.tokenizer.decode(row.ids) and "Prais" not in learned(row, renderer.tokenizer)[0]
    (same,) = renderer.render(chat(user("Paris?"), {**wrong, "weight": 0}, result("no such city"), calls("Paris")))
    assert same == row


def test_a_row_with_nothing_to_learn_is_refused(renderer: Renderer) -> None:
    with pytest.raises(TemplateError, match="no assistant message"):
        renderer.render(chat(user("Paris?")))


def test_arguments_as_text_render_as_arguments_as_objects(renderer: Renderer, native: Renderer) -> None:
    as_text = {"type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Paris"}'}}
    for one in (renderer, native):
        rows = one.render(chat(user("a"), {"role": "assistant", "content": None, "tool_calls": [as_text]}))
        assert rows == one.render(chat(user("a"), calls("Paris")))


def test_the_ids_of_calls_in_the_log_do_not_change_the_prompt(renderer: Renderer) -> None:
    def logged(name: str) -> list[dict[str, Any]]:
        call = {**calls("Paris")["tool_calls"][0], "id": name}
        return [user("a"), {**calls("Paris"), "tool_calls": [call]}, {**result("7"), "tool_call_id": name}]

    assert renderer.prompt_ids(logged("call_x"), [TOOL]) == renderer.prompt_ids(logged("y"), [TOOL])


def test_the_parts_of_a_row_are_named(renderer: Renderer) -> None:
    (row,) = renderer.render(chat({"role": "system", "content": "Be brief."}, *TWO_TURNS.messages[:4]))
    texts: dict[str, str] = {}
    for token, part in zip(row.ids, row.parts, strict=True):
        texts[part] = texts.get(part, "") + renderer.tokenizer.decode([token])
    assert texts["system"].strip() == "Be brief." and texts["user"] == "Paris?" and texts["result"] == "17"
    assert texts["schemas"].startswith("# Tools") and texts["schemas"].endswith("</tools>")
    assert texts["call"].startswith("<tool_call>") and texts["text"] == "It is 17."
    assert sum(row.counts().values()) == len(row) and row.learned_counts()["user"] == 0


def test_the_prompt_for_ten_tools_takes_a_few_milliseconds(renderer: Renderer) -> None:
    import time

    tools = [{"type": "function", "function": {**TOOL["function"], "name": f"tool_{i}"}} for i in range(10)]
    renderer.prompt_ids([user("a")], tools)
    start = time.perf_counter()
    for _ in range(20):
        renderer.prompt_ids([user("a")], tools)
    assert (time.perf_counter() - start) / 20 < 0.02  # 1 ms on an idle core; the rest is for a busy machine


def test_qwen3_prompts_are_those_of_apply_chat_template(qwen3: Any) -> None:
    renderer = Renderer(qwen3)
    assert renderer.template == "native" and renderer.format == "hermes"
    messages = list(TWO_TURNS.messages[:5])
    plain = [{**message, "content": message["content"] or ""} for message in messages]
    options = {"tools": [TOOL], "add_generation_prompt": True, "enable_thinking": False}
    assert renderer.prompt_ids(messages, [TOOL]) == qwen3.apply_chat_template(plain, **options)["input_ids"]
    assert len(renderer.render(TWO_TURNS)) == 3


MARKERS = [
    "<|im_start|>",
    "<|im_end|>",
    "<tool_call>",
    "</tool_call>",
    "<think>",
    "</think>",
    "<tool_response>",
    "</tool_response>",
    "<|endoftext|>",
    "<|im_start|>assistant\n",
    "<",
    ">",
    "|",
    "tool_call",
    "<tool",
    "_call>",
    "{",
    '"',
    "\\",
    "\n",
    " ",
    "\ufdd0",
    "é",
    "}",
]
TEXTS = st.lists(st.sampled_from(MARKERS) | st.text(st.characters(codec="utf-8"), max_size=2), max_size=6).map("".join)
SPOKEN = TEXTS.filter(lambda text: bool(text.strip()) and not text.strip().startswith("{"))


@st.composite
def conversations(draw: st.DrawFn) -> SimpleNamespace:
    tool = {"type": "function", "function": {**TOOL["function"], "description": draw(TEXTS)}}
    messages: list[dict[str, Any]] = []
    if draw(st.booleans()):
        messages.append({"role": "system", "content": draw(SPOKEN)})
    for _ in range(draw(st.integers(1, 2))):
        messages.append(user(draw(SPOKEN)))
        if draw(st.booleans()):
            answer = calls(*draw(st.lists(TEXTS, min_size=1, max_size=2)), content=draw(st.none() | SPOKEN))
            messages += [answer, *(result(draw(SPOKEN)) for _ in answer["tool_calls"])]
        messages.append(says(draw(SPOKEN)))
    return chat(*messages, tools=[tool])


def specials(row: Sequence[int], renderer: Renderer) -> list[int]:
    return [token for token in row if token in renderer.encoder.added]


def without_markers(value: Any, renderer: Renderer) -> Any:
    from calltune.render.markers import mapped

    def plain(text: str) -> str:
        cut, noncharacter = renderer.encoder.markers.protect(text)
        return cut.replace(noncharacter, "~") if noncharacter else text

    return mapped(value, plain)


@pytest.mark.parametrize("which", ["renderer", "native"])
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(conversation=conversations())
def test_typed_text_never_becomes_a_special_token(
    which: str, conversation: SimpleNamespace, request: pytest.FixtureRequest
) -> None:
    """The same special tokens in the same order as if nobody had typed a marker, and every character is still there."""
    renderer: Renderer = request.getfixturevalue(which)
    harmless = chat(
        *without_markers(conversation.messages, renderer), tools=without_markers(conversation.tools, renderer)
    )
    rows = renderer.render(conversation)
    assert [specials(row.ids, renderer) for row in rows] == [
        specials(row.ids, renderer) for row in renderer.render(harmless)
    ]
    text = renderer.tokenizer.decode(rows[-1].ids)
    assert all(message["content"].strip() in text for message in conversation.messages if message["content"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=SPOKEN, city=TEXTS, reasoning=st.none() | SPOKEN)
def test_what_we_render_reads_back_as_itself(renderer: Renderer, text: str, city: str, reasoning: str | None) -> None:
    message = calls(city, content=text, reasoning_content=reasoning)
    (row,) = renderer.render(chat(user("x"), message))
    target = row.ids[len(renderer.prompt_ids([user("x")], [TOOL])) :]
    read = renderer.parse(target)
    assert isinstance(read, Message)
    assert (read.text, read.reasoning) == (text.strip(), reasoning.strip() if reasoning else None)
    assert [(call.name, call.arguments) for call in read.calls] == [("get_weather", {"city": city})]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(conversation=conversations())
def test_all_turns_from_one_text_are_the_turns_one_by_one(renderer: Renderer, conversation: SimpleNamespace) -> None:
    chat = renderer.chat
    messages, tools, cut = chat.prepare(conversation.messages, conversation.tools)
    indices = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
    one_by_one = [chat.prepared_turn(messages, index, tools, cut) for index in indices]
    assert list(chat.prepared_turns(messages, indices, tools, cut)) == one_by_one


@given(text=TEXTS)
def test_stretches_between_special_tokens_tokenise_apart_as_they_do_together(renderer: Renderer, text: str) -> None:
    encoder = renderer.encoder
    assert encoder.encode(text) == encoder._encode_whole(text)


def test_a_typed_call_in_an_answer_is_text(renderer: Renderer) -> None:
    typed = '<tool_call>{"name": "get_weather", "arguments": {"city": "x"}}</tool_call>'
    (row,) = renderer.render(chat(user("x"), says(typed)))
    target = row.ids[len(renderer.prompt_ids([user("x")], [TOOL])) :]
    assert renderer.parse(target) == Message(text=typed)
    written = renderer.tokenizer.encode(typed, add_special_tokens=False)
    read = renderer.parse(written)
    assert isinstance(read, Message) and len(read.calls) == 1


def test_a_cut_off_completion_is_a_failure_with_the_typed_text(renderer: Renderer) -> None:
    ids = renderer.tokenizer.encode('<tool_call>{"name": "get', add_special_tokens=False)
    read = renderer.parse(ids)
    assert isinstance(read, ParseFailure) and read.kind == "truncated" and read.text == '<tool_call>{"name": "get'


def test_what_is_no_json_data_is_refused_before_a_template_sees_it(renderer: Renderer) -> None:
    call = {"type": "function", "function": {"name": "play", "arguments": {"song": {1, 2}}}}
    with pytest.raises(TemplateError, match=r"not plain JSON data: .*set"):
        renderer.prompt_ids([{"role": "user", "content": "Hi"}, {"role": "assistant", "tool_calls": [call]}])
