"""Tools that are remembered are rendered like tools that are not."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from calltune.errors import TemplateError
from calltune.render.chat import Chat, ChatFormat
from calltune.render.encoder import Encoder
from calltune.render.offered import MOST_KEPT, Offered, offered, to_json
from calltune.render.template import render_text

TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Wetter für <b>heute</b> & 'morgen' \u2603",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
OTHER = {**TOOL, "function": {**TOOL["function"], "name": "get_time"}}
CALL = {"id": "call00001", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Łódź"}}}
MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Weather in Łódź?"},
    {"role": "assistant", "content": "", "reasoning_content": "A city.", "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call00001", "name": "get_weather", "content": "rain"},
    {"role": "assistant", "content": "It rains."},
]
TEMPLATES = sorted(
    file.name for file in resources.files("trl").joinpath("chat_templates").iterdir() if file.name.endswith(".jinja")
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_writes_what_transformers_makes_it_write(name: str) -> None:
    from transformers.utils.chat_template_utils import render_jinja_template

    template = resources.files("trl").joinpath("chat_templates", name).read_text(encoding="utf-8")
    variables = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
    for messages in (MESSAGES, MESSAGES[:2], MESSAGES[1:]):
        for generate in (True, False):
            try:
                texts, _ = render_jinja_template(
                    conversations=[messages],
                    tools=[TOOL, OTHER],
                    chat_template=template,
                    add_generation_prompt=generate,
                    **variables,
                )
            except Exception as error:
                with pytest.raises(TemplateError, match="cannot render"):
                    render_text(template, messages, (TOOL, OTHER), generate=generate, variables=variables)
                assert error
                continue
            for _ in range(2):  # the second time from memory
                ours = render_text(template, messages, (TOOL, OTHER), generate=generate, variables=variables)
                assert ours == texts[0]


def test_a_tuple_is_remembered_and_a_list_is_read_each_time() -> None:
    tools = (TOOL,)
    assert offered(tools) is offered(tools)
    changed = [TOOL]
    first = offered(changed)
    changed.append(OTHER)
    assert len(first) == 1 and len(offered(changed)) == 2


def test_what_is_remembered_is_bounded_and_another_tuple_never_gets_anothers_tools() -> None:
    for number in range(3 * MOST_KEPT):
        tools = ({**TOOL, "function": {**TOOL["function"], "name": f"tool_{number}"}},)
        assert offered(tools)[0]["function"]["name"] == f"tool_{number}"


def test_the_filter_writes_a_known_tool_as_json_does_with_any_option() -> None:
    [known] = Offered([TOOL])
    for value in (known, known["function"], known["function"]["parameters"], [known]):
        for options in ({}, {"ensure_ascii": True}, {"indent": 2}, {"separators": (",", ":")}, {"sort_keys": True}):
            assert to_json(value, **options) == json.dumps(value, **{"ensure_ascii": False, **options})


def test_a_template_cannot_read_what_is_remembered() -> None:
    render_text("{{ tools[0] | tojson }}", MESSAGES[:2], (TOOL,), generate=True, variables={})
    assert render_text("{{ tools[0]._json }}", MESSAGES[:2], (TOOL,), generate=True, variables={}) in ("", "None")


def test_a_marker_beyond_ascii_in_a_description_is_cut(new_tokenizer: Callable[..., Any]) -> None:
    marker = "<\uff5ctool\u2581calls\u2581begin\uff5c>"
    encoder = Encoder(new_tokenizer(special=[marker]))
    chat = Chat(encoder, ChatFormat(template="{{ tools | tojson }}{{ messages[0].content }}"))
    tool = {**TOOL, "function": {**TOOL["function"], "description": f"says {marker}"}}
    text, cut = chat.prompt([{"role": "user", "content": "hi"}], (tool,))
    assert cut and marker not in text
    assert encoder.tokenizer.convert_tokens_to_ids(marker) not in encoder.ids(text, cut=cut)
