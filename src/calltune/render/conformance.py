"""Which chat template is fit to train on: each is tried once with probes, and the answer is kept on disk.

In: a tokenizer with its template and what the user asked for (auto, native, calltune). Out: the format to use, how its
completions are read, and what it loses. A probe is a short conversation that is rendered, tokenised, read back and
compared; nothing is judged by the template's name."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from calltune.contract.files import write_whole
from calltune.errors import TemplateError
from calltune.render.chat import Chat, ChatFormat
from calltune.render.encoder import Encoder
from calltune.render.parse import FORMATS
from calltune.render.same import difference_of, message_of
from calltune.render.template import calltune_template, is_calltune, without_thinking_default

REVISION = 1
"""Raise it when probes or parsers change: older answers on disk are then not used."""


@dataclass(frozen=True, kw_only=True)
class Probe:
    """A conversation whose last message must survive the template."""

    what: str
    """What is lost when it does not."""
    messages: Sequence[Mapping[str, Any]]
    tools: Sequence[Mapping[str, Any]]
    required: bool = True
    """Whether a template that loses it is refused; otherwise only the rows that need it are."""


@dataclass(frozen=True, kw_only=True)
class Conformance:
    """What a template does to the probes."""

    format: ChatFormat
    lost: tuple[str, ...] = ()
    """Losses that refuse the template."""
    lost_optional: tuple[str, ...] = ()
    """Losses that refuse single rows only."""

    @property
    def fit(self) -> bool:
        """Whether the template may be trained on."""
        return not self.lost


@dataclass(frozen=True, kw_only=True)
class FormatChoice:
    """The format to use, and what to tell the user about it."""

    format: ChatFormat
    notice: str = ""


def choose_format(encoder: Encoder, choice: Literal["auto", "native", "calltune"]) -> FormatChoice:
    """The format for a tokenizer: its own template where that is fit, else ours over its turns, else over ChatML."""
    own = own_template(encoder.tokenizer)
    if own and is_calltune(own):  # a model that was tuned in our format brings it along
        return FormatChoice(format=ChatFormat(template=own))
    if own is None:
        if choice == "native":
            raise TemplateError("this model has no chat template.", hint="Use --template calltune.")
        notice = "" if choice == "calltune" else "The model has no chat template: ours is used, over ChatML."
        return FormatChoice(format=ChatFormat(template=calltune_template()), notice=notice)
    notice = ""
    if choice != "calltune":
        result = native_conformance(encoder, own)
        if result.fit:
            return FormatChoice(format=result.format, notice=_optional_notice(result))
        notice = _refusal(own, result)
        if choice == "native":
            hint = "Use --template calltune: the same model, taught our format."
            raise TemplateError(notice, faults=result.lost, hint=hint)
        notice += " Ours is used instead"
    for merge_system in (False, True):
        chat_format = ChatFormat(template=calltune_template(own, merge_system=merge_system))
        if _remembered(encoder, "turns", chat_format.template, partial(try_format, encoder, chat_format)).fit:
            return FormatChoice(format=chat_format, notice=notice and notice + ".")
    notice = notice or "The model's own turns lose something of the calltune format"
    return FormatChoice(format=ChatFormat(template=calltune_template()), notice=notice + ", over ChatML turns.")


def own_template(tokenizer: Any) -> str | None:
    """The tokenizer's chat template; of several, the one for tools."""
    template = tokenizer.chat_template
    if isinstance(template, Mapping):
        template = template.get("tool_use") or template.get("default")
    return template or None


def native_conformance(encoder: Encoder, template: str) -> Conformance:
    """The best reading of a model's own template: how its calls are written and its arguments given is found out."""

    bare = without_thinking_default(template)  # a run's decision about thinking is no property of its template

    def best() -> Conformance:
        results: list[Conformance] = []
        for chat_format in _text_readings(bare):
            results.append(try_format(encoder, chat_format))
            if not results[-1].lost and not results[-1].lost_optional:
                return results[-1]
        known = getattr(encoder.tokenizer, "response_template", None) is not None
        hopeless = "tools" not in bare or any(result.fit for result in results)
        if known or (not hopeless and _learn_response_template(encoder.tokenizer, bare)):
            results += [try_format(encoder, chat_format) for chat_format in _response_readings(bare)]
        return min(results, key=lambda result: (len(result.lost), len(result.lost_optional)))

    found = _remembered(encoder, "native", bare, best)
    return replace(found, format=replace(found.format, template=template))


def try_format(encoder: Encoder, chat_format: ChatFormat) -> Conformance:
    """Render every probe and read it back."""
    chat = Chat(encoder, chat_format)
    lost: list[str] = []
    optional: list[str] = []
    for probe in probes():
        loss = _loss(chat, probe)
        if loss:
            (lost if probe.required else optional).append(f"{probe.what}: {loss}")
    return Conformance(format=chat_format, lost=tuple(lost), lost_optional=tuple(optional))


def _loss(chat: Chat, probe: Probe) -> str:
    """What a template loses of a probe; "" where it loses nothing."""
    index = len(probe.messages) - 1
    try:
        turn = chat.turn(probe.messages, index, probe.tools)
    except TemplateError as error:
        return error.message
    missing = missing_text(turn.prompt, probe.messages[:index])
    if missing:
        return missing
    for text in _tool_texts(probe.tools):
        if text not in turn.prompt:
            return f"{text!r} of the tool is not in the prompt"
    ids = chat.encoder.ids(turn.target, cut=turn.cut, inside=True)
    text, cut = chat.encoder.decode(ids)
    read = chat.parse_text(text, cut=cut, prompt=turn.prompt, tools=probe.tools)
    return difference_of(message_of(probe.messages[index]), read)


def missing_text(prompt: str, messages: Sequence[Mapping[str, Any]]) -> str:
    """Which of the given texts (user, system, tool results) a prompt lacks, as a sentence; "" where none."""
    for index, message in enumerate(messages):
        text = (message.get("content") or "").strip()
        if message["role"] == "assistant" or not text or text in prompt:
            continue
        if json.dumps(text)[1:-1] in prompt or json.dumps(text, ensure_ascii=False)[1:-1] in prompt:
            continue  # some templates write tool results as JSON strings
        return f"messages[{index}] ({message['role']}) is not in the prompt"
    return ""


def _tool_texts(tools: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for tool in tools:
        function = tool["function"]
        yield function["name"]
        yield function["description"]
        yield from function["parameters"]["properties"]


def probes() -> tuple[Probe, ...]:
    """The conversations every template is tried with: calls of every shape, results, histories and descriptions."""
    ask = {"role": "user", "content": "What about Paris?"}
    one = _called({"city": "Paris"})
    values: dict[str, Any] = {
        "an_int": 7, "digits": "7", "yes": True, "nothing": None, "half": 1.5, "items": [1, "x, y"],
        "object": {"k": "v"}, "quotes": "it's \"so\"", "lines": "line1\nline2", "umlaut": "Zürich 東京",
        "empty": "", "word": "true",
    }  # fmt: skip
    history = [
        {"role": "system", "content": "You are probed."},
        ask,
        _message(one),
        {"role": "tool", "content": '{"sky": "grey"}', "tool_call_id": "a"},
        {"role": "assistant", "content": "It is grey."},
        {"role": "user", "content": "And in Rome and Oslo?"},
        _message(_called({"city": "Rome"}, "b"), _called({"city": "Oslo"}, "c")),
        {"role": "tool", "content": "sunny in Rome", "tool_call_id": "b"},
        {"role": "tool", "content": "snow in Oslo", "tool_call_id": "c"},
    ]
    tools = [_tool("get_sky", {"city": {"type": "string", "description": "Name of the city"}})]
    every = [_tool("get_all", {name: {"type": _json_type(value)} for name, value in values.items()})]
    return (
        Probe(what="an answer", messages=[ask, {"role": "assistant", "content": "I cannot see it."}], tools=tools),
        Probe(what="a call", messages=[ask, _message(one)], tools=tools),
        Probe(what="parallel calls", messages=[ask, _message(one, _called({"city": "Rome"}, "b"))], tools=tools),
        Probe(what="text beside a call", messages=[ask, _message(one, content="Let me look.")], tools=tools),
        Probe(what="a call without arguments", messages=[ask, _message(_called({}))], tools=tools),
        Probe(what="an argument or its type", messages=[ask, _message(_called(values, name="get_all"))], tools=every),
        Probe(what="tool results", messages=[*history, {"role": "assistant", "content": "Sun and snow."}], tools=tools),
        Probe(what="a call after results", messages=[*history, _message(_called({"city": "Bern"}, "d"))], tools=tools),
        Probe(
            what="reasoning beside a call",
            messages=[ask, {**_message(one), "reasoning_content": "The sky tool fits."}],
            tools=tools,
            required=False,
        ),
        Probe(
            what="reasoning before an answer",
            messages=[ask, {"role": "assistant", "content": "No.", "reasoning_content": "Nothing fits."}],
            tools=tools,
            required=False,
        ),
    )


_ARGUMENT_FORMS: tuple[Literal["object", "text"], ...] = ("object", "text")


def _text_readings(template: str) -> Iterator[ChatFormat]:
    for arguments in _ARGUMENT_FORMS:
        for name in FORMATS:
            yield ChatFormat(template=template, parse_format=name, arguments=arguments)


def _response_readings(template: str) -> Iterator[ChatFormat]:
    for arguments in _ARGUMENT_FORMS:
        for untyped in (False, True):
            yield ChatFormat(template=template, parse_format="response_template", arguments=arguments, untyped=untyped)


def _learn_response_template(tokenizer: Any, template: str) -> bool:
    """Give the tokenizer the `response_template` that TRL knows for its template; whether there is one."""
    try:
        from trl.chat_template_utils import add_response_schema

        if tokenizer.chat_template == template:
            add_response_schema(tokenizer)
    except (ImportError, ValueError):  # ValueError: a template it does not know
        return False
    return getattr(tokenizer, "response_template", None) is not None


def _remembered(encoder: Encoder, question: str, template: str, make: Callable[[], Conformance]) -> Conformance:
    """The answer from disk, or made and kept there under everything it depends on."""
    path = cache_folder() / f"{_key(encoder, question, template)}.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        result = Conformance(
            format=ChatFormat(**kept["format"]), lost=tuple(kept["lost"]), lost_optional=tuple(kept["lost_optional"])
        )
    except (OSError, ValueError, KeyError, TypeError):  # not there, or not readable: it is made again
        result = make()
        _keep(path, {**asdict(result), "response_template": getattr(encoder.tokenizer, "response_template", None)})
    else:
        if result.format.parse_format == "response_template" and kept["response_template"]:
            encoder.tokenizer.response_template = kept["response_template"]
    return result


def _keep(path: Path, data: Mapping[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(data))
    except OSError:
        return  # a read-only or full disk only costs the time to try again


def cache_folder(kind: str = "templates") -> Path:
    """Where answers are kept."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "calltune" / kind


def _key(encoder: Encoder, question: str, template: str) -> str:
    tokenizer = encoder.tokenizer
    sample = 'Zürich 東京 {"name": "get_sky", "arguments": {"city": "Paris"}}\n\n  x, y 7 1.5'
    parts = [
        REVISION, version("transformers"), _version_of("trl"), question, template, type(tokenizer).__name__,
        sorted(encoder.added.items()), tokenizer.special_tokens_map, encoder.ids(sample),
        getattr(tokenizer, "response_template", None),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()[:32]


def _version_of(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _message(*calls: Mapping[str, Any], content: str | None = None) -> dict[str, Any]:
    return {"role": "assistant", "content": content, "tool_calls": list(calls)}


def _called(arguments: Mapping[str, Any], call_id: str = "a", name: str = "get_sky") -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": dict(arguments)}}


def _tool(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": dict(properties), "required": [], "additionalProperties": False}
    return {
        "type": "function",
        "function": {"name": name, "description": "Looks at something.", "parameters": parameters},
    }


def _json_type(value: Any) -> str:
    names = {int: "integer", str: "string", bool: "boolean", float: "number", list: "array", dict: "object"}
    return names.get(type(value), "null")


def _refusal(template: str, result: Conformance) -> str:
    if "tools" not in template:
        return "The model's chat template has no place for tools."
    return f"The model's chat template loses {_listed(result.lost)}."


def _listed(lost: Sequence[str]) -> str:
    return ", ".join(loss.split(":")[0] for loss in lost)


def _optional_notice(result: Conformance) -> str:
    if not result.lost_optional:
        return ""
    return f"The model's chat template loses {_listed(result.lost_optional)}: rows that have it are left out."
