"""The chat template as one Jinja text, and rendering through transformers' own environment.

In: a tokenizer's template, messages, tools. Out: prompt text. `calltune_template` puts the prelude (tools, calls and
results as plain text) in front of a template for plain turns. Nothing here knows tokens or labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from importlib import resources
from typing import Any

from calltune.errors import TemplateError
from calltune.render.offered import Offered, offered, to_json

PRELUDE_START = "{#- calltune:"
"""How the prelude begins; a template that holds it is in our format already."""
PRELUDE_END = "{#- calltune: end of the prelude -#}"
"""How it ends."""
_HARMLESS = frozenset({"strip", "lstrip", "rstrip", "split", "rsplit", "startswith", "endswith", "lower", "upper"})
"""Methods of texts that the sandbox allows, and that templates call all the time."""
_OF_DICTIONARIES = frozenset(dir(dict))
_THINKING_START = "{%- if enable_thinking is not defined -%}"


@lru_cache(maxsize=1)
def prelude() -> str:
    """Tools, tool calls and tool results -> plain messages (Jinja)."""
    return resources.files("calltune.render").joinpath("prelude.jinja").read_text(encoding="utf-8").rstrip("\n")


@lru_cache(maxsize=1)
def chatml() -> str:
    """The ChatML turns for models that bring no template (Jinja)."""
    return resources.files("calltune.render").joinpath("chatml.jinja").read_text(encoding="utf-8").rstrip("\n")


def calltune_template(turns: str | None = None, *, merge_system: bool = False) -> str:
    """Our format over a template for plain turns; ChatML where there is none."""
    flag = "{%- set merge_system = true -%}\n" if merge_system else ""
    return flag + prelude() + "\n" + (turns if turns is not None else chatml())


def with_thinking(template: str, thinking: str) -> str:
    """The template with a default for `enable_thinking`, so that other servers render what was trained."""
    value = "true" if thinking == "on" else "false"
    return _THINKING_START + "{%- set enable_thinking = " + value + " -%}{%- endif -%}\n" + template


def without_thinking_default(template: str) -> str:
    """The template before `with_thinking`."""
    return template.partition("\n")[2] if has_thinking_default(template) else template


def has_thinking_default(template: str) -> bool:
    """Whether `with_thinking` wrote this template."""
    return template.startswith(_THINKING_START)


@lru_cache(maxsize=16)
def is_calltune(template: str) -> bool:
    """Whether the template is in our format."""
    return PRELUDE_START in template and PRELUDE_END in template


def render_text(
    template: str,
    messages: Sequence[Mapping[str, Any]],
    tools: Sequence[Mapping[str, Any]] | None,
    *,
    generate: bool,
    variables: Mapping[str, Any],
) -> str:
    """The text of a chat; `generate` adds the generation prompt. TemplateError where the template refuses it.

    Messages hold plain JSON types only: templates come from strangers, and objects may have methods that write."""
    import jinja2

    variables = dict(variables)
    shown: Sequence[Mapping[str, Any]] | None = offered(tools) if tools else None
    if isinstance(shown, Offered) and is_calltune(template):
        variables["calltune_tools"] = _tool_lines(_prelude_of(template), shown.text)
        shown = [{}]  # the prelude only asks whether there are any
    try:
        text = _compiled(template).render(
            messages=list(map(_with_thinking, messages)),
            tools=shown,
            documents=None,
            add_generation_prompt=generate,
            **variables,
        )
    except (jinja2.TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise TemplateError(f"the chat template cannot render this conversation: {error}") from error
    return str(text)


def _with_thinking(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The reasoning also under the name that gpt-oss reads."""
    reasoning = message.get("reasoning_content")
    return {**message, "thinking": reasoning} if reasoning else message


@lru_cache(maxsize=16)
def _compiled(template: str) -> Any:
    """The template in transformers' sandbox, with a `tojson` that writes a known tool from memory. What transformers
    does around it, rebuilding all data for every text, cost more than all the rest."""
    from transformers.utils.chat_template_utils import _compile_jinja_template

    sandbox = _compile_jinja_template(template).environment.overlay()
    sandbox.filters = {**sandbox.filters, "tojson": to_json}
    sandbox.getattr = partial(_attribute, sandbox, sandbox.getattr)
    return sandbox.from_string(template)


def _attribute(sandbox: Any, judged: Callable[[Any, str], Any], value: Any, name: str) -> Any:
    """`message.role`, `text.strip` and `loop.last` as the sandbox finds them. It first looks whether dictionaries have
    a method `role` and catches the exception that says no, and judges `strip` anew every time: half the time of a
    rendering."""
    kind = type(value)
    if kind is dict and name not in _OF_DICTIONARIES:
        return value[name] if name in value else sandbox.undefined(obj=value, name=name)
    harmless = name in _HARMLESS if kind is str else isinstance(value, _of_jinja()) and not name.startswith("_")
    return getattr(value, name) if harmless and hasattr(value, name) else judged(value, name)


@lru_cache(maxsize=1)
def _of_jinja() -> tuple[type, ...]:
    """`loop`, and what `namespace(...)` makes: their attributes are for templates."""
    from jinja2.runtime import LoopContext
    from jinja2.utils import Namespace

    return LoopContext, Namespace


def _prelude_of(template: str) -> str:
    """The prelude inside a template: a saved one may be older than ours, and it is the one that counts."""
    start = template.index(PRELUDE_START)
    return template[start : template.index(PRELUDE_END, start) + len(PRELUDE_END)]


@lru_cache(maxsize=256)
def _tool_lines(prelude_text: str, tools: str) -> str:
    """The lines between <tools> and </tools>: the costly part of the prelude, the same for thousands of rows."""
    macro = _tool_macro(prelude_text)
    return "".join(str(macro(tool)) + "\n" for tool in json.loads(tools))


@lru_cache(maxsize=8)
def _tool_macro(prelude_text: str) -> Callable[[Any], Any]:
    from transformers.utils.chat_template_utils import _compile_jinja_template

    module = _compile_jinja_template(prelude_text).make_module({"messages": [], "tools": None})
    return module.ct_tool  # type: ignore[no-any-return]
