"""Under a grammar every call reads well and follows its contract, gold answers are never refused, and nothing that only
saves time changes an answer."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from calltune.contract import Tool, Toolset
from calltune.contract.projection import HUGE_NUMBERS, NO_SUCH_DAY, TWICE, project
from calltune.contract.validate import build_validator
from calltune.errors import ConfigError
from calltune.generate.constraint import Backend, load_backend
from calltune.generate.grammar import Grammar, grammar_of, kept_grammar
from calltune.generate.shape import Shape
from calltune.generate.tagged import UNREADABLE, read_in_tags, types_as_read
from calltune.render.call_form import call_form
from calltune.render.declared import in_declared_order
from calltune.render.parse import Message
from calltune.render.renderer import Renderer
from calltune.render.source import load_tokenizer, resolve_model

pytest.importorskip("torch")
pytest.importorskip("llguidance")
BACKENDS = ["llguidance", "xgrammar"]

WEATHER = Tool(
    name="get_weather",
    description="Weather.",
    parameters={
        "type": "object",
        "properties": {
            "city": {"type": "string", "minLength": 1},
            "days": {"type": "integer", "minimum": 1, "maximum": 7},
            "unit": {"enum": ["c", "f"]},
            "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "maxItems": 3},
        },
        "required": ["city", "unit"],
    },
    effect="read",
)
NOW = Tool(name="now", description="The time.")
TOOLS = Toolset([WEATHER, NOW])


@cache
def base_renderer() -> Renderer:
    return Renderer(load_tokenizer(resolve_model("base")))


@cache
def loaded(name: Any) -> Backend:
    renderer = base_renderer()
    made = load_backend(name, renderer.tokenizer, len(renderer.tokenizer), sorted(renderer.stop_ids))
    assert made is not None
    return made


@pytest.fixture
def renderer() -> Renderer:
    return base_renderer()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    pytest.importorskip(request.param)
    return loaded(request.param)


def shape(renderer: Renderer, **more: Any) -> Shape:
    form = call_form(renderer.chat)
    assert form is not None
    return Shape(form=form, specials={text: token for token, text in renderer.encoder.added.items()}, **more)


def accepts(backend: Backend, renderer: Renderer, grammar: Grammar, text: str) -> bool:
    """Whether a whole turn may be written, token by token."""
    row = backend.start(grammar)
    for token in renderer.encoder.ids(text, inside=True):
        if not row.allows(token):
            return False
        row.take([token])
    return row.ended or any(row.allows(stop) for stop in renderer.stop_ids)


def call(name: str, arguments: Any) -> str:
    return f'<tool_call>{{"name": "{name}", "arguments": {json.dumps(arguments)}}}</tool_call>'


GOOD = call("get_weather", {"city": "Oslo", "unit": "c"})
TURNS = {
    "text": "How can I help?",
    "thought": "<think>Hm.</think>\nYes.",
    "call": GOOD,
    "text and call": "Let me see.\n" + GOOD,
    "two calls": GOOD + "\n" + call("now", {}),
    "one argument left out": call("get_weather", {"city": "Oslo"}),
    "another order": call("get_weather", {"unit": "c", "city": "Oslo"}),
    "unknown tool": call("get_wether", {"city": "Oslo"}),
    "unknown argument": call("get_weather", {"city": "Oslo", "unit": "c", "x": 1}),
    "wrong type": call("get_weather", {"city": 5, "unit": "c"}),
    "not in enum": call("get_weather", {"city": "Oslo", "unit": "k"}),
    "out of range": call("get_weather", {"city": "Oslo", "days": 9, "unit": "c"}),
    "unclosed": GOOD.removesuffix("}</tool_call>") + "</tool_call>",
    "text after a call": GOOD + "\nDone.",
    "now": call("now", {}),
}


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({}, {"text", "thought", "call", "text and call", "two calls", "one argument left out", "now"}),
        ({"order": "free"}, {"text", "thought", "call", "text and call", "two calls", "one argument left out", "now",
                             "another order"}),
        ({"parallel": False}, {"text", "thought", "call", "text and call", "one argument left out", "now"}),
        ({"choice": "required"}, {"call", "two calls", "now"}),
        ({"choice": "required", "order": "free"}, {"call", "two calls", "now", "another order"}),
        ({"choice": "none"}, {"text", "thought"}),
        ({"choice": "now"}, {"now"}),
        ({"choice": "get_weather"}, {"call"}),
    ],
)  # fmt: skip
def test_what_may_be_written(backend: Backend, renderer: Renderer, options: Any, allowed: set[str]) -> None:
    grammar = grammar_of(TOOLS, shape(renderer, **options), backend.fits)
    found = {name for name, text in TURNS.items() if accepts(backend, renderer, grammar, text)}
    assert found == allowed


def test_a_choice_that_is_no_tool_is_an_error(renderer: Renderer, backend: Backend) -> None:
    with pytest.raises(ConfigError, match="did you mean get_weather"):
        grammar_of(TOOLS, shape(renderer, choice="get_wether"), backend.fits)


def test_a_word_that_looks_like_a_marker_cannot_be_written_as_text(backend: Backend, renderer: Renderer) -> None:
    row = backend.start(grammar_of(TOOLS, shape(renderer), backend.fits))
    for marker in ("<tool_response>", "</tool_call>", "<|im_start|>"):
        assert not row.allows(renderer.tokenizer.convert_tokens_to_ids(marker))


@pytest.mark.parametrize("template", ["qwen3", "qwen2_5"])
def test_the_form_of_calls_is_found_in_a_template(template: str) -> None:
    from importlib import resources

    renderer = Renderer(load_tokenizer(resolve_model("base")))
    text = resources.files("trl").joinpath(f"chat_templates/{template}.jinja").read_text(encoding="utf-8")
    tokenizer = load_tokenizer(resolve_model("base"))
    tokenizer.chat_template = text
    form = call_form(Renderer(tokenizer, template="native").chat)
    assert form is not None and (form.first, form.middle) == ('<tool_call>\n{"name": "', '", "arguments": ')
    assert form.between == '}\n</tool_call>\n<tool_call>\n{"name": "' and form.last == "}\n</tool_call>"
    assert call_form(renderer.chat) != form


# -- projections


LEFT: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({"a": {"type": "string", "maxLength": 5}}, [], ["maxLength"]),
    ({"a": {"type": "array", "items": {"type": "string"}, "uniqueItems": True}}, ["uniqueItems"], ["uniqueItems"]),
    ({"a": {"type": "integer", "minimum": 3}}, [], []),
    ({"a": {"type": "string", "format": "date"}}, [NO_SUCH_DAY], [NO_SUCH_DAY, "format"]),
    ({"a": {"type": "string", "format": "uuid"}}, [], ["format"]),
    ({"a": {"type": "string", "format": "email"}}, ["format"], ["format"]),
    ({"a": {"type": "string", "format": "idn-email"}}, ["format"], ["format"]),
    ({"a": {"type": "string", "pattern": "^[a-z]+$"}}, [], ["pattern"]),
    ({"a": {"type": "string", "not": {"const": "x"}}}, ["not"], ["not"]),
    ({"a": {"type": "number"}}, [HUGE_NUMBERS], [HUGE_NUMBERS]),
    ({"a": {"type": "number", "minimum": 0, "maximum": 5}}, [], []),
    ({"a": {"type": "object"}}, [TWICE], [TWICE]),
    (
        {"a": {"type": "array", "prefixItems": [{"type": "string"}], "unevaluatedItems": False}},
        ["unevaluatedItems"],
        ["unevaluatedItems"],
    ),
    ({"a": {"const": [1, 2]}}, [], ["const"]),
    ({"a": {"type": "string", "format": "time"}}, [NO_SUCH_DAY], ["format", NO_SUCH_DAY]),
    ({"a": {"oneOf": [{"type": "integer", "minimum": 3}, {"type": "integer", "maximum": 5}]}}, ["oneOf"], ["oneOf"]),
]


@pytest.mark.parametrize(("properties", "llguidance", "xgrammar"), LEFT)
def test_what_a_back_end_cannot_enforce_is_listed(
    backend: Backend, properties: dict[str, Any], llguidance: list[str], xgrammar: list[str]
) -> None:
    tool = Tool(name="t", parameters={"type": "object", "properties": properties})
    projected, left = project("t", tool.parameters, backend.fits)
    expected = llguidance if backend.name.startswith("llguidance") else xgrammar
    assert sorted(one.keyword for one in left) == sorted(expected)
    assert all(one.pointer == "/properties/a" for one in left) and backend.fits(projected)


def schemas() -> Any:
    """Schemas with words that no grammar takes, at any depth."""
    leaf = st.sampled_from(
        [
            {"type": "string"}, {"type": "integer", "minimum": 1, "maximum": 9}, {"type": "boolean"},
            {"enum": ["a", 1, None]}, {"type": "string", "pattern": "^a+$"}, {"type": "number", "multipleOf": 0.5},
            {"type": "string", "minLength": 2, "maxLength": 3}, {"type": "string", "format": "idn-email"},
            {"not": {"type": "string"}}, {"type": ["integer", "null"]}, {"const": {"a": [1]}},
        ]
    )  # fmt: skip
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(lambda item: {"type": "array", "items": item, "uniqueItems": True, "maxItems": 2}, inner),
            st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
            st.builds(lambda a, b: {"oneOf": [a, b]}, inner, inner),
            st.builds(
                lambda a, b: {
                    "type": "object", "properties": {"x": a, "y": b}, "required": ["x"], "minProperties": 1,
                    "dependentRequired": {"y": ["x"]},
                },
                inner, inner,
            ),
        ),
        max_leaves=6,
    )  # fmt: skip


@settings(deadline=None, max_examples=60, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(schema=schemas(), seed=st.integers(0, 9))
def test_whatever_is_drawn_from_a_grammar_follows_the_contract_but_for_what_is_listed(schema: Any, seed: int) -> None:
    pick, renderer = random.Random(seed), base_renderer()
    for name in BACKENDS:
        if find_spec(name) is None:
            continue
        backend = loaded(name)
        tools = Toolset([Tool(name="t", parameters={"type": "object", "properties": {"v": schema}, "required": ["v"]})])
        grammar = grammar_of(tools, shape(renderer, choice="required", parallel=False), backend.fits)
        assert "t" not in grammar.open
        text = drawn(backend, renderer, grammar, pick)
        if text is None:
            continue  # it did not come to an end
        read = renderer.chat.parse_text(text)
        assert isinstance(read, Message), text
        arguments = read.calls[0].arguments
        if any(problem.kind == "not_finite" for problem in tools.check("t", read.calls[0].arguments_text or arguments)):
            assert HUGE_NUMBERS in {one.keyword for one in grammar.unenforced}
            continue
        projected, _ = project("t", tools["t"].parameters, backend.fits)
        assert build_validator(projected).is_valid(arguments), f"{name} let through {text} under {projected}"
        if not grammar.unenforced:
            assert tools.check("t", read.calls[0].arguments_text or arguments) == ()


@cache
def closing_tokens(tokenizer: Any) -> frozenset[int]:
    texts = [tokenizer.decode([token]) for token in range(len(tokenizer))]
    return frozenset(token for token, text in enumerate(texts) if text[:1] in ('"', "}", "]", ",", "<", "\n", "/"))


def drawn(
    backend: Backend, renderer: Renderer, grammar: Grammar, pick: random.Random, ending: Sequence[int] = ()
) -> str | None:
    """A turn of random tokens that the grammar allows; after a while those that lead to an end, such as `ending`."""
    row, ids = backend.start(grammar), list[int]()
    closing = closing_tokens(renderer.tokenizer)
    for length in range(600):
        if row.ended:
            break
        if ending and length % 40 == 39 and row.allowed_part(list(ending)) == len(ending):
            row.take(ending)
            ids += ending
            continue
        mask = row.mask()
        allowed = [token for token in range(len(renderer.tokenizer)) if mask[token // 8] >> token % 8 & 1]
        if length > 60:
            allowed = [token for token in allowed if token in closing] or allowed
        token = pick.choice(allowed)
        if token in renderer.stop_ids:
            break
        forced = row.forced() if length > 60 else []
        if forced and forced[0] not in renderer.stop_ids:
            token = forced[0]
        row.take([token])
        ids.append(token)
    else:
        return None
    return renderer.encoder.decode(ids)[0]


def test_a_grammar_is_made_once_and_kept(
    renderer: Renderer, backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    made = kept_grammar(TOOLS, shape(renderer), backend.fits, backend.name)
    (file,) = tmp_path.rglob("*.json")

    def never(schema: Any) -> bool:
        raise AssertionError("it was kept")

    assert kept_grammar(TOOLS, shape(renderer), never, backend.name) == made
    assert made == grammar_of(TOOLS, shape(renderer), backend.fits)
    assert kept_grammar(TOOLS, shape(renderer, choice="required"), backend.fits, backend.name) != made
    file.write_text("{}")
    assert kept_grammar(TOOLS, shape(renderer), backend.fits, backend.name) == made


# -- templates that write arguments in tags


@cache
def tagged(template: str, thinking: Any = "off") -> tuple[Renderer, Backend, Shape]:
    from importlib import resources

    from calltune.render.survey import _MARKER

    text = resources.files("trl").joinpath(f"chat_templates/{template}.jinja").read_text(encoding="utf-8")
    tokenizer = load_tokenizer(resolve_model("base"))
    tokenizer.chat_template = text
    new = sorted(set(_MARKER.findall(text)) - set(tokenizer.get_vocab()))
    tokenizer.add_special_tokens({"extra_special_tokens": new}, replace_extra_special_tokens=False)
    renderer = Renderer(tokenizer, template="native", thinking=thinking)
    backend = load_backend("llguidance", tokenizer, len(tokenizer), sorted(renderer.stop_ids))
    assert backend is not None
    return renderer, backend, shape(renderer)


TAGGED = ["qwen3_5_nothink", "qwen3_6", "glm4moe", "nemotron_3_nano"]
MANY = Tool(
    name="many",
    description="Many kinds.",
    parameters={
        "type": "object",
        "properties": {
            "text": {"type": "string"},
            "count": {"type": "integer", "minimum": 0, "maximum": 99},
            "flag": {"type": "boolean"},
            "kind": {"enum": ["a b", "c"]},
            "list": {"type": "array", "items": {"type": "string"}},
            "thing": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]},
        },
        "required": ["text", "count"],
    },
)
ARGUMENTS: list[tuple[dict[str, Any], bool]] = [
    ({"text": 'two\nlines <b> {"x": 1}', "count": 3}, True),
    ({"text": "", "count": 3, "flag": True, "kind": "a b", "list": ["x", "y"], "thing": {"x": 1.5}}, True),
    ({"text": "x", "count": 3, "flag": False, "list": []}, True),
    ({"text": "x", "count": 300}, False),
    ({"text": "x", "count": 3, "kind": "d"}, False),
    ({"text": "x", "count": 3, "thing": {"y": 1}}, False),
    ({"text": "x", "count": 3, "more": 1}, False),
]


@pytest.mark.parametrize("template", TAGGED)
@pytest.mark.parametrize(("arguments", "good"), ARGUMENTS)
def test_calls_in_tags(template: str, arguments: dict[str, Any], good: bool) -> None:
    renderer, backend, form = tagged(template)
    tools = Toolset([MANY, NOW])
    messages = [
        {"role": "user", "content": "Hi"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": "many", "arguments": arguments}}] * 2,
        },
    ]
    target = renderer.chat.turn(messages, 1, tools.to_openai()).target
    for stop in renderer.chat.stop_texts:
        target = target.removesuffix(stop)
    target = target.removeprefix("<think>\n\n</think>\n\n")
    for choice in ("auto", "required"):
        for order in ("declared", "free"):
            grammar = grammar_of(tools, replace(form, choice=choice, order=order), backend.fits)  # type: ignore[arg-type]
            assert accepts(backend, renderer, grammar, target) is good, (choice, order, target)


@pytest.mark.parametrize("template", TAGGED)
def test_what_is_drawn_in_tags_reads_and_follows_the_contract(template: str) -> None:
    renderer, backend, form = tagged(template)
    tools = Toolset([MANY])
    grammar = grammar_of(tools, replace(form, choice="required", parallel=False), backend.fits)
    pick, prompt = random.Random(1), renderer.chat.text([{"role": "user", "content": "Hi"}], tools.to_openai())
    assert form.form.tags is not None
    read_back, ending = 0, renderer.encoder.ids(form.form.tags.close, inside=True)
    for _ in range(30):
        text = drawn(backend, renderer, grammar, pick, ending)
        if text is None:
            continue
        read = renderer.chat.parse_text(text, prompt=prompt, tools=tools.to_openai())
        assert isinstance(read, Message) and len(read.calls) == 1, text
        left = {one.pointer for one in grammar.unenforced}
        problems = [p for p in tools.check("many", read.calls[0].arguments) if not left or p.kind != "not_finite"]
        assert problems == [], (text, problems)
        read_back += 1
    assert read_back


ODD = Tool(
    name="many",
    parameters={
        "type": "object",
        "properties": {
            "a name": {"type": "integer", "minimum": 1, "maximum": 9},
            'say "hi"': {"type": "boolean"},
            "constant": {"type": "object", "const": {"a": [1, "é"]}},
            "mixed": {"type": ["string", "integer", "null", "boolean"], "enum": ["x y", 1, None, True]},
            "maybe": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 99}, {"type": "null"}]},
            "either": {
                "anyOf": [{"type": "string", "enum": ["auto"]}, {"type": "array", "items": {"type": "boolean"}}]
            },
            "text": {"type": ["string", "null"]},
        },
        "required": ["a name", "mixed"],
    },
)
ODD_ARGUMENTS: list[tuple[dict[str, Any], bool]] = [
    ({"a name": 3, 'say "hi"': True, "constant": {"a": [1, "é"]}, "mixed": None, "maybe": None, "text": "a\nb"}, True),
    ({"a name": 3, "mixed": "x y", "either": [True, False], "text": None}, True),
    ({"a name": 3, "mixed": True, "maybe": 5, "either": "auto"}, True),
    ({"a name": 3, "mixed": 1}, True),
    ({"a name": 3, "mixed": 2}, False),
    ({"a name": 3, "mixed": False}, False),
    ({"a name": 3, "mixed": 1, "constant": {"a": [1]}}, False),
    ({"a name": 3, "mixed": 1, "maybe": 100}, False),
    ({"a name": 3, "mixed": 1, "maybe": "none"}, False),
    ({"a name": 3, "mixed": 1, "either": "other"}, False),
    ({"a name": 3}, False),
]


def target_in_tags(renderer: Renderer, tools: Toolset, arguments: dict[str, Any]) -> str:
    """What a model would write to call `many`."""
    calls = [{"function": {"name": "many", "arguments": arguments}}]
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "", "tool_calls": calls}]
    target = renderer.chat.turn(messages, 1, tools.to_openai()).target
    for stop in renderer.chat.stop_texts:
        target = target.removesuffix(stop)
    return target.removeprefix("<think>\n\n</think>\n\n")


@pytest.mark.parametrize("template", TAGGED)
def test_constants_mixed_values_and_odd_names_in_tags(template: str) -> None:
    renderer, backend, form = tagged(template)
    tools = Toolset([ODD])
    for order in ("declared", "free"):
        grammar = grammar_of(tools, replace(form, choice="required", order=order), backend.fits)  # type: ignore[arg-type]
        unseen = {one.keyword for one in grammar.unenforced}
        assert unseen == ({TWICE} if order == "declared" else {"required", TWICE})
        for arguments, good in ODD_ARGUMENTS:
            assert (tools.check("many", arguments) == ()) is good
            if "mixed" in arguments or "required" not in unseen:
                text = target_in_tags(renderer, tools, arguments)
                assert accepts(backend, renderer, grammar, text) is good, (order, text)


@pytest.mark.parametrize("template", TAGGED)
def test_few_arguments_in_tags_come_once_each_in_any_order(template: str) -> None:
    renderer, backend, form = tagged(template)
    tools = Toolset([replace(WEATHER, name="many")])
    grammar = grammar_of(tools, replace(form, choice="required", order="free"), backend.fits)
    text = target_in_tags(renderer, tools, {"unit": "c", "city": "Oslo"})
    assert accepts(backend, renderer, grammar, text)
    assert not accepts(backend, renderer, grammar, target_in_tags(renderer, tools, {"unit": "c", "days": 3}))
    assert not {"required", TWICE} & {one.keyword for one in grammar.unenforced}


@pytest.mark.parametrize("template", TAGGED)
def test_undeclared_arguments_have_any_name_but_a_declared_one(template: str) -> None:
    renderer, backend, form = tagged(template)
    parameters = {"type": "object", "properties": {"n": {"type": "integer"}}, "additionalProperties": True}
    tools = Toolset([Tool(name="many", parameters=parameters)])
    for order in ("declared", "free"):
        grammar = grammar_of(tools, replace(form, choice="required", order=order), backend.fits)  # type: ignore[arg-type]
        assert accepts(backend, renderer, grammar, target_in_tags(renderer, tools, {"n": 1, "größe (cm)": "x"}))
        assert not accepts(backend, renderer, grammar, target_in_tags(renderer, tools, {"n": "x"}))


@pytest.mark.parametrize("template", TAGGED)
@pytest.mark.parametrize(
    ("inner", "left"),
    [
        ({"enum": ["a", 1]}, {"enum"}),
        ({"type": ["boolean", "integer"], "minimum": 3}, {"type", "minimum"}),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, {"type"}),
        ({"const": {"a": 1}}, {"const"}),
    ],
)
def test_what_would_not_be_read_as_it_is_meant_is_listed(template: str, inner: Any, left: set[str]) -> None:
    _, backend, form = tagged(template)
    tool = Tool(name="many", parameters={"type": "object", "properties": {"x": inner}})
    grammar = grammar_of(Toolset([tool]), replace(form, choice="required"), backend.fits)
    assert left <= {one.keyword for one in grammar.unenforced if one.pointer == "/properties/x"}


def test_a_name_that_ends_its_own_tag_is_listed() -> None:
    _, backend, form = tagged("qwen3_6")
    tool = Tool(name="many", parameters={"type": "object", "properties": {"a>b": {"type": "integer"}}})
    grammar = grammar_of(Toolset([tool]), replace(form, choice="required"), backend.fits)
    assert UNREADABLE in {one.keyword for one in grammar.unenforced}


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), st.sampled_from(["a", "1", "true", "null", " x", "2.5", 2.5])
)
KINDS = st.lists(
    st.sampled_from(["string", "integer", "number", "boolean", "null", "object", "array"]), max_size=3, unique=True
)


@settings(deadline=None, max_examples=150)
@given(value=st.one_of(SCALARS, st.lists(SCALARS, max_size=2), st.dictionaries(st.just("k"), SCALARS)), kinds=KINDS)
def test_values_in_tags_are_read_as_transformers_reads_them(value: Any, kinds: list[str]) -> None:
    from transformers.utils.chat_parsing.response_parser import _coerce, _schema_types

    schema = {"anyOf": [{"type": kind} for kind in kinds]} if len(kinds) % 2 else {"type": kinds}
    text = value if isinstance(value, str) else json.dumps(value)
    read, expected = read_in_tags(text, types_as_read(schema)), _coerce(text.strip(), _schema_types(schema))
    assert (type(read), read) == (type(expected), expected)


@settings(deadline=None, max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(schema=schemas(), seed=st.integers(0, 9), order=st.sampled_from(["declared", "free"]))
def test_whatever_is_drawn_in_tags_follows_the_contract_but_for_what_is_listed(
    schema: Any, seed: int, order: Any
) -> None:
    template = TAGGED[seed % len(TAGGED)]
    renderer, backend, form = tagged(template)
    properties = {"v w": schema, "n": {"type": ["integer", "null"]}}
    tools = Toolset([Tool(name="many", parameters={"type": "object", "properties": properties, "required": ["v w"]})])
    grammar = grammar_of(tools, replace(form, choice="required", parallel=False, order=order), backend.fits)
    assert form.form.tags is not None
    text = drawn(
        backend, renderer, grammar, random.Random(seed), renderer.encoder.ids(form.form.tags.close, inside=True)
    )
    if text is None:
        return
    prompt = renderer.chat.text([{"role": "user", "content": "Hi"}], tools.to_openai())
    read = renderer.chat.parse_text(text, prompt=prompt, tools=tools.to_openai())
    assert isinstance(read, Message) and len(read.calls) == 1, text
    listed = {one.pointer.split("/")[2] for one in grammar.unenforced}
    for problem in tools.check("many", read.calls[0].arguments):
        assert problem.pointer.split("/")[1] in listed, (problem, text)


NESTED = Tool(
    name="t",
    parameters={
        "type": "object",
        "properties": {
            "from": {
                "type": "object",
                "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}},
                "required": ["x", "y"],
            },
            "legs": {
                "type": "array",
                "items": {"type": "object", "properties": {"km": {"type": "integer"}, "on foot": {"type": "boolean"}}},
            },
        },
    },
)


def test_objects_inside_come_in_any_order_where_the_arguments_do(renderer: Renderer, backend: Backend) -> None:
    tools = Toolset([NESTED])
    turned = {"legs": [{"on foot": True, "km": 3}, {}, {"km": 1, "on foot": False}], "from": {"y": 1, "x": 2}}
    for order, good in (("declared", False), ("free", True)):
        grammar = grammar_of(tools, shape(renderer, choice="required", order=order), backend.fits)
        assert accepts(backend, renderer, grammar, call("t", turned)) is good
        assert accepts(backend, renderer, grammar, call("t", in_declared_order(turned, NESTED.parameters)))
        for bad in ({"from": {"y": 1}}, {"from": {"x": 1, "y": 2, "z": 3}}, {"legs": [{"km": "3"}]}, {"legs": {}}):
            assert not accepts(backend, renderer, grammar, call("t", bad)), bad
        assert not grammar.unenforced
    twice = '<tool_call>{"name": "t", "arguments": {"from": {"x": 1, "x": 2, "y": 3}}}</tool_call>'
    assert not accepts(backend, renderer, grammar, twice)


# -- Gemma 4: bare keys, texts between marks


def gemma(thinking: Any = "off") -> tuple[Renderer, Backend, Shape]:
    return tagged("gemma4_v5", thinking)


def gemma_target(renderer: Renderer, tools: Toolset, *arguments: Any, **beside: str) -> str:
    calls = [{"function": {"name": "many", "arguments": given}} for given in arguments]
    turn = {"role": "assistant", "content": "", "tool_calls": calls, **beside}
    target = renderer.chat.turn([{"role": "user", "content": "Hi"}, turn], 1, tools.to_openai()).target
    for stop in renderer.chat.stop_texts:
        target = target.removesuffix(stop)
    return target


def test_the_form_of_gemmas_calls_is_found() -> None:
    _, _, shape = gemma("on")
    form = shape.form
    assert (form.first, form.last, form.quote) == ("<|tool_call>call:", "<tool_call|>", '<|"|>')
    assert form.thinks and form.thought == ("<|channel>thought\n", "<channel|>") and form.text_after


@pytest.mark.parametrize("order", ["declared", "free"])
@pytest.mark.parametrize(("arguments", "good"), ARGUMENTS)
def test_calls_in_gemmas_dialect(arguments: dict[str, Any], good: bool, order: Any) -> None:
    renderer, backend, shape = gemma()
    tools = Toolset([MANY])
    for choice in ("auto", "required"):
        grammar = grammar_of(tools, replace(shape, choice=choice, order=order), backend.fits)
        text = gemma_target(renderer, tools, arguments, arguments)
        assert accepts(backend, renderer, grammar, text) is good, (choice, text)


def test_thoughts_and_text_beside_calls_stand_where_gemma_writes_them() -> None:
    renderer, backend, shape = gemma("on")
    tools = Toolset([MANY])
    grammar = grammar_of(tools, shape, backend.fits)
    text = gemma_target(renderer, tools, {"count": 3, "text": "x"}, content="Wait.", reasoning_content="Hm.")
    assert "Wait." in text and "Hm." in text and accepts(backend, renderer, grammar, text)


@settings(deadline=None, max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(schema=schemas(), seed=st.integers(0, 9), order=st.sampled_from(["declared", "free"]))
def test_whatever_is_drawn_in_gemmas_dialect_follows_the_contract_but_for_what_is_listed(
    schema: Any, seed: int, order: Any
) -> None:
    renderer, backend, form = gemma()
    properties = {"v": schema, "n": {"type": ["integer", "null"]}, "E": {"enum": ["x", 1, {"b": [None], "a": "y"}]}}
    tools = Toolset([Tool(name="many", parameters={"type": "object", "properties": properties, "required": ["v"]})])
    grammar = grammar_of(tools, replace(form, choice="required", parallel=False, order=order), backend.fits)
    text = drawn(backend, renderer, grammar, random.Random(seed), renderer.encoder.ids('<|"|>', inside=True))
    if text is None:
        return
    prompt = renderer.chat.text([{"role": "user", "content": "Hi"}], tools.to_openai())
    read = renderer.chat.parse_text(text, prompt=prompt, tools=tools.to_openai())
    assert isinstance(read, Message) and len(read.calls) == 1, text
    listed = {one.pointer.split("/")[2] for one in grammar.unenforced}
    for problem in tools.check("many", read.calls[0].arguments):
        assert problem.pointer.split("/")[1] in listed, (problem, text)


def test_one_definition_that_does_not_fit_does_not_open_the_whole_tool(backend: Backend) -> None:
    node = {
        "type": "object",
        "properties": {"id": {"type": "string", "pattern": "^[a-z]+$"}, "next": {"$ref": "#/$defs/node"}},
        "required": ["id"],
    }
    schema = {
        "type": "object",
        "properties": {"n": {"$ref": "#/$defs/node"}, "k": {"type": "integer"}},
        "$defs": {"node": node},
    }
    projected, left = project("t", Tool(name="t", parameters=schema).parameters, backend.fits)
    assert projected["type"] == "object" and projected["properties"]["k"]["type"] == "integer"
    assert "type" not in {one.keyword for one in left}


def test_in_any_order_what_is_not_seen_of_many_arguments_is_listed(renderer: Renderer, backend: Backend) -> None:
    six = {"type": "object", "properties": {key: {"type": "integer"} for key in "abcdef"}, "required": ["a"]}
    grammar = grammar_of(Toolset([Tool(name="t", parameters=six)]), shape(renderer, choice="required", order="free"),
                         backend.fits)  # fmt: skip
    assert {one.keyword for one in grammar.unenforced} == {"required", TWICE}


def test_a_call_cannot_be_demanded_without_tools(renderer: Renderer, backend: Backend) -> None:
    with pytest.raises(ConfigError, match="there are no tools"):
        grammar_of(Toolset([]), shape(renderer, choice="required"), backend.fits)


@pytest.mark.parametrize("template", TAGGED)
@pytest.mark.parametrize(
    ("properties", "arguments", "left"),
    [
        ({"x": {"type": ["string", "integer"]}}, {"x": 5}, {"type"}),
        ({"x": {"enum": ["caf\u00e9", "b"]}}, {"x": "caf\u00e9"}, set()),
        ({"x": {"type": "array", "items": {"type": "string"}}}, {"x": ["caf\u00e9"]}, set()),
    ],
)
def test_values_in_tags(template: str, properties: Any, arguments: Any, left: set[str]) -> None:
    renderer, backend, form = tagged(template)
    tools = Toolset([Tool(name="many", parameters={"type": "object", "properties": properties})])
    calls = [{"function": {"name": "many", "arguments": arguments}}]
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "", "tool_calls": calls}]
    target = renderer.chat.turn(messages, 1, tools.to_openai()).target
    for stop in renderer.chat.stop_texts:
        target = target.removesuffix(stop)
    grammar = grammar_of(tools, replace(form, choice="required"), backend.fits)
    assert accepts(backend, renderer, grammar, target.removeprefix("<think>\n\n</think>\n\n"))
    assert left <= {one.keyword for one in grammar.unenforced}


def test_the_declared_order_follows_references_and_places() -> None:
    point = {"type": "object", "properties": {"x": {}, "y": {}}}
    schema = {
        "properties": {"p": {"$ref": "#/$defs/p"}, "l": {"prefixItems": [{"$ref": "#/$defs/p"}]}},
        "$defs": {"p": point},
    }
    value = {"l": [{"y": 1, "x": 2}, 5], "p": {"y": 1, "x": 2}, "z": 1}
    assert json.dumps(in_declared_order(value, schema)) == json.dumps(
        {"p": {"x": 2, "y": 1}, "l": [{"x": 2, "y": 1}, 5], "z": 1}
    )
