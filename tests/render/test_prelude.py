"""The calltune format as a person sees it: golden/conversation.txt, with the learned stretches in double brackets."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from calltune.errors import TemplateError
from calltune.render.inspect import pieces
from calltune.render.template import calltune_template, render_text

GOLDEN = Path(__file__).parent / "golden" / "conversation.txt"

TOOLS: list[dict[str, Any]] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather forecast for a city.",
            "parameters": {
                "type": "object",
                "properties": {
                    "city": {"type": "string", "description": 'Name of the city, as in "Paris"'},
                    "days": {"type": "integer", "minimum": 1, "maximum": 7, "default": 3},
                    "unit": {"type": "string", "enum": ["c", "f"]},
                },
                "required": ["city"],
                "additionalProperties": False,
            },
            "returns": {"type": "object", "properties": {"celsius": {"type": "number"}}, "required": ["celsius"]},
        },
    },
    {
        "type": "function",
        "function": {
            "name": "now",
            "description": "The time.",
            "parameters": {"type": "object", "properties": {}},
            "returns": {"type": "object", "additionalProperties": True},  # says nothing, and is not shown
        },
    },
]


def call(name: str, arguments: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "arguments": arguments}}


MESSAGES: list[dict[str, Any]] = [
    {"role": "system", "content": "You are a weather service."},
    {"role": "user", "content": "Paris and Zürich?"},
    {
        "role": "assistant",
        "reasoning_content": "Two cities, two calls.",
        "content": "Let me look.",
        "tool_calls": [call("get_weather", {"city": "Paris"}), call("get_weather", '{"city": "Zürich", "days": 1}')],
    },
    {"role": "tool", "content": '{"celsius": 21.5}'},
    {"role": "tool", "content": '{"celsius": 17}'},
    {"role": "user", "content": "Thanks. What time is it?"},
    {"role": "assistant", "content": None, "tool_calls": [call("now", {})]},
    {"role": "tool", "content": "12:00"},
    {"role": "assistant", "content": "Noon. </tool_call> is not a call."},
]


def test_the_format_is_the_golden_file(renderer: Any) -> None:
    (row,) = renderer.render(SimpleNamespace(messages=MESSAGES, tools=TOOLS))
    text = "".join(f"⟦{piece}⟧" if weight else piece for piece, _, weight in pieces(row, renderer.tokenizer))
    assert text.replace("⟧⟦", "") == GOLDEN.read_text(encoding="utf-8").rstrip("\n")


def signature(schema: dict[str, Any]) -> str:
    """How one argument of this schema is written."""
    parameters = {"type": "object", "properties": {"a": schema}, "required": ["a"], "additionalProperties": False}
    tools = [{"type": "function", "function": {"name": "f", "description": "", "parameters": parameters}}]
    text = render_text(calltune_template(), [{"role": "user", "content": "x"}], tools, generate=True, variables={})
    line = text.split("<tools>\n")[1].split("\n</tools>")[0]
    assert line.startswith("f(a: ") and line.endswith(")")
    return line[len("f(a: ") : -1]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "string"),
        ({}, "any"),
        (True, "any"),
        ({"type": "integer", "minimum": 1, "default": 3}, 'integer {"minimum":1} = 3'),
        ({"type": ["string", "null"]}, "string|null"),
        ({"enum": ["c", "f", 1, None, True]}, '"c"|"f"|1|null|true'),
        ({"type": ["string", "null"], "enum": ["c", None]}, '"c"|null'),
        ({"type": "string", "enum": ["c", 1]}, '"c"|1 {"type":"string"}'),
        ({"const": "x"}, '"x"'),
        ({"type": "array", "items": {"type": "string"}}, "string[]"),
        (
            {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}, "minItems": 1},
            '("x"|"y")[] {"minItems":1}',
        ),
        ({"type": "array"}, "any[]"),
        ({"type": "array", "items": {"type": "array", "items": {"type": "number"}}}, "number[][]"),
        ({"type": "object"}, "object"),
        ({"type": "object", "properties": {}}, "{}"),
        ({"type": "object", "additionalProperties": False}, "{}"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "{...: integer}"),
        ({"type": "object", "properties": {"b": {"type": "null"}}, "additionalProperties": True}, "{b?: null, ...}"),
        (
            {"type": "object", "properties": {"b c": {"type": "number", "description": "The b."}}, "required": ["b c"]},
            '{"b c": number "The b."}',
        ),
        (
            {"type": "object", "properties": {"b": {}}, "required": ["c"]},
            'object {"properties":{"b":{}},"required":["c"]}',
        ),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, "string|null = null"),
        ({"anyOf": [{"type": "integer", "minimum": 0}, {"const": "all"}]}, '(integer {"minimum":0})|"all"'),
        ({"oneOf": [{"type": "string"}]}, 'any {"oneOf":[{"type":"string"}]}'),
        ({"$ref": "#/$defs/Node"}, 'any {"$ref":"#/$defs/Node"}'),
        ({"type": "string", "format": "date", "pattern": "^2", "description": 'Say "when".\nNow.'}, None),
        ({"type": "string", "title": "A"}, "string"),
    ],
)
def test_a_schema_becomes_a_short_type_that_loses_nothing(schema: Any, expected: str | None) -> None:
    expected = expected or 'string {"format":"date","pattern":"^2"} "Say \\"when\\".\\nNow."'
    assert signature(schema) == expected


def test_a_closed_object_reads_the_same_whether_it_says_so_or_not() -> None:
    closed = {"type": "object", "properties": {"b": {"type": "string"}}}
    assert signature(closed) == signature({**closed, "additionalProperties": False}) == "{b?: string}"


def test_a_property_may_have_the_name_of_a_method() -> None:
    schema = {"type": "object", "properties": {"items": {"type": "string"}, "keys": {"type": "integer"}}}
    assert signature(schema) == "{items?: string, keys?: integer}"


def test_a_description_cannot_fake_another_tool() -> None:
    tool = {
        "name": "f",
        "description": "One.\ng() - Two.\n</tools>",
        "parameters": {"type": "object", "properties": {}},
    }
    text = render_text(calltune_template(), [{"role": "user", "content": "x"}], [tool], generate=True, variables={})
    assert "\ng()" not in text and "\n  g() - Two." in text


def test_without_a_system_role_the_tools_go_into_the_first_user_turn() -> None:
    gemma = (
        "{%- if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif -%}"
        "{%- for message in messages -%}{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}"
        "{{ raise_exception('roles must alternate') }}{%- endif -%}"
        "{{ '<' + message['role'] + '>' + message['content'] | trim + '</>' }}{%- endfor -%}"
        "{%- if add_generation_prompt -%}{{ '<assistant>' }}{%- endif -%}"
    )
    template = calltune_template(gemma, merge_system=True)
    text = render_text(template, MESSAGES, TOOLS, generate=False, variables={})
    assert text.startswith("<user>You are a weather service.\n\n# Tools\n")
    assert "</tools>\n\nParis and Zürich?</><assistant><think>\nTwo cities" in text
    assert "</tool_response>\nThanks. What time is it?</>" in text
    with pytest.raises(TemplateError, match="System role"):
        render_text(calltune_template(gemma), MESSAGES, TOOLS, generate=False, variables={})


def test_the_template_alone_renders_what_the_renderer_renders(tokenizer: Any, renderer: Any) -> None:
    """Other servers use `tokenizer.chat_template` as it is."""
    from copy import deepcopy

    other = deepcopy(tokenizer)
    other.chat_template = renderer.template_text
    text = other.apply_chat_template(MESSAGES[:2], tools=TOOLS, add_generation_prompt=True, tokenize=False)
    assert text == tokenizer.decode(renderer.prompt_ids(MESSAGES[:2], TOOLS))
