"""Templates come from strangers: the quick way to attributes finds what the sandbox of transformers finds, and nothing
that it forbids."""

from __future__ import annotations

from typing import Any

import pytest
from transformers.utils.chat_template_utils import _compile_jinja_template

from calltune.errors import TemplateError
from calltune.render.template import render_text

MESSAGES: list[dict[str, Any]] = [
    {"role": "user", "content": " Hi there ", "items": "mine", "nested": {"a": {"b": 0}}},
    {"role": "assistant", "content": "Hello.", "nested": {"a": {"b": 1}}},
]


def render(template: str) -> str:
    return render_text(template, MESSAGES, None, generate=False, variables={})


@pytest.mark.parametrize(
    "expression",
    [
        "message.role",
        "message.missing",
        "message.missing is defined",
        "message.items is string",
        "message.get('role')",
        "message.nested.a.b",
        "message['content'].strip()",
        "message.content.strip().upper().split('I')",
        "message.content.title()",
        "'{}'.format(message.content)",
        "'{0.role}'.format(message)",
        "'{0.__class__}'.format(messages)",
        "message.format",
        "loop.index0, loop.first, loop.last, loop.cycle('a', 'b'), loop.nothing",
        "state.count, state.missing is defined",
        "message.role.startswith('user')",
    ],
)
def test_an_attribute_is_what_the_sandbox_says(expression: str) -> None:
    template = "{% set state = namespace(count=1) %}{% for message in messages %}{{ " + expression + " }};{% endfor %}"

    expected = _compile_jinja_template(template).render(messages=MESSAGES)

    assert render(template) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "messages.append(1)",
        "messages[0].update(role='x')",
        "messages[0].pop('role')",
        "messages[0].__class__.__mro__",
        "''.__class__.__base__.__subclasses__()",
        "''.strip.__self__.__class__.__name__",
        "namespace(a=1).__class__.__init__.__globals__",
        "namespace.__init__.__globals__",
        "cycler.__init__.__globals__",
        "messages[0].content.encode().__class__.__name__",
    ],
)
def test_what_the_sandbox_forbids_stays_forbidden(expression: str) -> None:
    template = "{{ " + expression + " }}"

    with pytest.raises(TemplateError):
        print(render(template))
