from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from calltune.errors import TemplateError
from calltune.render import conformance
from calltune.render.conformance import choose_format, native_conformance
from calltune.render.encoder import Encoder
from calltune.render.renderer import Renderer
from calltune.render.template import chatml, is_calltune

CHATML_TOOLS = """
{%- if tools %}{{- '<|im_start|>system\n' + (tools | tojson) + '<|im_end|>\n' }}{%- endif %}
{%- for message in messages %}
    {{- '<|im_start|>' + message.role + '\n' + message.content }}
    {%- for call in message.tool_calls or [] %}
        {{- '\n<tool_call>{"name": "' + call.function.name + '", "arguments": ' + ARGUMENTS + '}</tool_call>' }}
    {%- endfor %}
    {{- '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}
"""
OBJECT = CHATML_TOOLS.replace("ARGUMENTS", "(call.function.arguments | tojson)")
TEXT = CHATML_TOOLS.replace("ARGUMENTS", "call.function.arguments")
STRINGS_ONLY = CHATML_TOOLS.replace(
    "ARGUMENTS", "'{' + (call.function.arguments.items() | map('join', '\": \"') | join(', ')) + '}'"
)
FIRST_CALL_ONLY = OBJECT.replace("message.tool_calls or []", "(message.tool_calls or [])[:1]")
MISTRAL = """
{{- bos_token }}{%- if tools %}{{- '[AVAILABLE_TOOLS]' + (tools | tojson) + '[/AVAILABLE_TOOLS]' }}{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'assistant' %}
        {{- message.content }}
        {%- for call in message.tool_calls or [] %}
            {%- if call.id | length != 9 %}{{- raise_exception('ids have nine characters') }}{%- endif %}
            {{- '[TOOL_CALLS]' + call.function.name + '[ARGS]' + (call.function.arguments | tojson) }}
        {%- endfor %}{{- eos_token }}
    {%- elif message.role == 'tool' %}{{- '[TOOL_RESULTS]' + message.content + '[/TOOL_RESULTS]' }}
    {%- elif message.role == 'system' %}{{- '[SYSTEM_PROMPT]' + message.content + '[/SYSTEM_PROMPT]' }}
    {%- else %}{{- '[INST]' + message.content + '[/INST]' }}{%- endif %}
{%- endfor %}
"""
MISTRAL_TOKENS = [
    "[INST]",
    "[/INST]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_CALLS]",
    "[ARGS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
]


@pytest.fixture(autouse=True)
def without_trl(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking TRL for a response template takes seconds, for the import; `test_trl_knows...` does it once."""
    monkeypatch.setattr(conformance, "_learn_response_template", lambda *_: False)


@pytest.fixture
def chat_tokenizer(new_tokenizer: Callable[..., Any]) -> Callable[..., Any]:
    def make(template: str | None, special: list[str] | None = None) -> Any:
        tokenizer = new_tokenizer(special or ["<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>"])
        tokenizer.chat_template = template
        return tokenizer

    return make


def lost(tokenizer: Any) -> list[str]:
    result = native_conformance(Encoder(tokenizer), tokenizer.chat_template)
    return [loss.split(":")[0] for loss in result.lost]


def test_a_template_that_loses_nothing_is_used_as_it_is(chat_tokenizer: Callable[..., Any]) -> None:
    choice = choose_format(Encoder(chat_tokenizer(OBJECT)), "auto")
    assert (choice.format.template, choice.format.parse_format, choice.format.arguments) == (OBJECT, "hermes", "object")
    assert "reasoning" in choice.notice  # it drops thoughts, which refuses only the rows that have them


def test_arguments_are_given_as_the_template_needs_them(chat_tokenizer: Callable[..., Any]) -> None:
    tokenizer = chat_tokenizer(TEXT)
    assert choose_format(Encoder(tokenizer), "auto").format.arguments == "text"
    call = {"function": {"name": "f", "arguments": {"a": [1, "x"]}}}
    messages = [{"role": "user", "content": "x"}, {"role": "assistant", "content": None, "tool_calls": [call]}]
    (row,) = Renderer(tokenizer).render(SimpleNamespace(messages=messages, tools=[]))
    assert '"arguments": {"a": [1, "x"]}' in tokenizer.decode(row.ids)


def test_mistral_calls_and_ids_pass(chat_tokenizer: Callable[..., Any]) -> None:
    tokenizer = chat_tokenizer(MISTRAL, MISTRAL_TOKENS)
    tokenizer.bos_token = "<|endoftext|>"
    renderer = Renderer(tokenizer)
    assert (renderer.template, renderer.format) == ("native", "mistral")


def test_losses_are_named(chat_tokenizer: Callable[..., Any]) -> None:
    assert "parallel calls" in lost(chat_tokenizer(FIRST_CALL_ONLY))
    assert "an argument or its type" in lost(chat_tokenizer(STRINGS_ONLY))
    without_results = OBJECT.replace("message.content }}", "('' if message.role == 'tool' else message.content) }}")
    assert "tool results" in lost(chat_tokenizer(without_results))


def test_a_lossy_template_is_refused_with_what_it_loses_and_ours_is_offered(chat_tokenizer: Callable[..., Any]) -> None:
    tokenizer = chat_tokenizer(FIRST_CALL_ONLY)
    with pytest.raises(TemplateError, match="parallel calls: it has 2 calls, 1 call came back") as error:
        Renderer(tokenizer, template="native")
    assert "--template calltune" in str(error.value)
    renderer = Renderer(tokenizer)
    assert renderer.template == "calltune" and "loses parallel calls" in renderer.notice


def test_without_a_template_ours_goes_over_chatml(bare_tokenizer: Any) -> None:
    choice = choose_format(Encoder(bare_tokenizer), "auto")
    assert choice.format.template.endswith(chatml()) and "no chat template" in choice.notice
    with pytest.raises(TemplateError, match="no chat template"):
        choose_format(Encoder(bare_tokenizer), "native")


def test_a_template_without_tools_gets_ours_over_its_own_turns(chat_tokenizer: Callable[..., Any]) -> None:
    choice = choose_format(Encoder(chat_tokenizer(chatml())), "auto")
    assert "no place for tools" in choice.notice and choice.format.template.endswith(chatml())


def test_a_template_without_a_system_role_gets_the_tools_in_the_user_turn(
    new_tokenizer: Callable[..., Any], trl_template: Callable[[str], str]
) -> None:
    gemma = new_tokenizer(["<start_of_turn>", "<end_of_turn>"], eos="<eos>")
    gemma.bos_token = "<bos>"
    gemma.chat_template = trl_template("gemma")
    renderer = Renderer(gemma)
    assert "merge_system = true" in renderer.template_text
    text = gemma.decode(
        renderer.prompt_ids([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "x"}], [])
    )
    assert text == "<bos><start_of_turn>user\nBe brief.\n\nx<end_of_turn>\n<start_of_turn>model\n"
    assert {gemma.convert_ids_to_tokens(i) for i in renderer.stop_ids} == {"<end_of_turn>", "<eos>"}


def test_llama3_loses_parallel_calls(new_tokenizer: Callable[..., Any], trl_template: Callable[[str], str]) -> None:
    llama = new_tokenizer(
        ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|python_tag|>"], eos="<|eot_id|>"
    )
    llama.bos_token = "<|begin_of_text|>"
    llama.chat_template = trl_template("llama3_2")
    assert "parallel calls" in lost(llama)
    assert Renderer(llama).template == "calltune"


def test_a_model_tuned_in_our_format_keeps_it(chat_tokenizer: Callable[..., Any]) -> None:
    tokenizer = chat_tokenizer(None)
    tokenizer.chat_template = Renderer(tokenizer).template_text
    for choice in ("auto", "native", "calltune"):
        renderer = Renderer(tokenizer, template=choice)
        assert renderer.template_text == tokenizer.chat_template and is_calltune(renderer.template_text)
        assert renderer.notice == ""


def test_the_answer_is_kept_on_disk(
    chat_tokenizer: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tokenizer = chat_tokenizer(OBJECT)
    first = choose_format(Encoder(tokenizer), "auto")
    (file,) = (tmp_path / "calltune" / "templates").iterdir()
    monkeypatch.setattr(conformance, "try_format", None)  # not called again
    assert choose_format(Encoder(tokenizer), "auto") == first
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    file.write_text("broken", encoding="utf-8")
    assert choose_format(Encoder(tokenizer), "auto") == first
    assert json.loads(file.read_text(encoding="utf-8"))["format"]["parse_format"] == "hermes"


def test_a_disk_that_cannot_be_written_costs_only_time(
    chat_tokenizer: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert choose_format(Encoder(chat_tokenizer(OBJECT)), "auto").format.template == OBJECT


def test_a_response_template_reads_what_no_text_format_does(chat_tokenizer: Callable[..., Any]) -> None:
    odd = OBJECT.replace("<tool_call>", "<|call|>").replace("</tool_call>", "<|/call|>")
    tokenizer = chat_tokenizer(odd, ["<|im_start|>", "<|im_end|>", "<|call|>", "<|/call|>"])
    tokenizer.response_template = {
        "defaults": {"role": "assistant"},
        "start_anchor": "<|im_start|>assistant\n",
        "fields": {
            "tool_calls": {
                "open": "<|call|>",
                "close_pattern": r"<\|/call\|>\s*",
                "repeats": True,
                "content": "json",
                "transform": {"type": "function", "function": "{content}"},
            },
            "content": {"close_pattern": r"<\|im_end\|>\s*", "content": "text"},
        },
    }
    renderer = Renderer(tokenizer)
    assert (renderer.template, renderer.format) == ("native", "response_template")
    prompt = renderer.prompt_ids([{"role": "user", "content": "x"}], [])

    def read(text: str) -> Any:
        return renderer.parse(tokenizer.encode(text, add_special_tokens=False), prompt=prompt)

    assert read('<|call|>{"name": "f", "arguments": {"a": 7}}<|/call|><|im_end|>').calls[0].arguments == {"a": 7}
    assert read("Yes.<|im_end|>").text == "Yes."
    assert read('<|call|>{"name": "f", "arg').kind == "truncated"
    assert read('<|call|>{"name": "f", "arguments": {}').kind == "truncated"
    assert read("<|call|>f()<|/call|><|im_end|>").kind == "malformed"


@pytest.mark.slow
def test_trl_knows_how_qwen3_6_writes_calls_and_types_come_from_the_schema(
    new_tokenizer: Callable[..., Any], trl_template: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    tokenizer = new_tokenizer(["<|im_start|>", "<|im_end|>"], ["<think>", "</think>", "<tool_call>", "</tool_call>"])
    tokenizer.chat_template = trl_template("qwen3_6")
    renderer = Renderer(tokenizer)
    assert (renderer.template, renderer.format) == ("native", "response_template")
    properties = {"a": {"type": "string"}, "b": {"type": "integer"}}
    tools = [
        {
            "type": "function",
            "function": {"name": "f", "description": "", "parameters": {"type": "object", "properties": properties}},
        }
    ]
    call = {"function": {"name": "f", "arguments": {"a": "7", "b": 7}}}
    messages = [{"role": "user", "content": "x"}, {"role": "assistant", "content": "", "tool_calls": [call]}]
    (row,) = renderer.render(SimpleNamespace(messages=messages, tools=tools))
    prompt = renderer.prompt_ids(messages[:1], tools)
    read: Any = renderer.parse(row.ids[len(prompt) :], prompt=prompt, tools=tools)
    assert read.calls[0].arguments == {"a": "7", "b": 7}
