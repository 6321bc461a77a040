"""One chat template in use: prompts, the target of a turn by prefix difference, and completions read back.

In: messages and tools (OpenAI shape). Out: text with its cuts. The template is given here; `conformance.py` decides
which one is fit, `renderer.py` turns the text into labelled tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os.path import commonprefix
from typing import Any, Literal

from calltune.errors import TemplateError
from calltune.render.declared import in_declared_order
from calltune.render.encoder import Encoder, restored
from calltune.render.offered import offered
from calltune.render.parse import Message, ParseFailure, ToolCall, parse
from calltune.render.response import read_response
from calltune.render.template import chatml, has_thinking_default, is_calltune, render_text

Thinking = Literal["auto", "on", "off"]

EMPTY_THINK = re.compile(r"\s*+(?:<think>\s*+)?</think>\s*")
"""A thought without content, as some templates write it for answers without reasoning."""
_ASSISTANT_TURN = re.compile(r"<\|im_start\|>assistant\n")
_TRAILING_EMPTY_THINK = re.compile(r"<think>\s*</think>\s*\Z")


@dataclass(frozen=True, kw_only=True)
class ChatFormat:
    """A chat template and what one must know to use it."""

    template: str
    """The Jinja text, as saved in `tokenizer.chat_template`."""
    parse_format: str = "hermes"
    """How its completions are read: "hermes", "llama3", "mistral" or "response_template"."""
    arguments: Literal["object", "text"] = "object"
    """Whether the template wants the arguments of a call as an object or as JSON text."""
    untyped: bool = False
    """Whether it writes 7 and "7" alike, so that only the tool's schema tells them apart when they are read back."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One assistant turn as text."""

    prompt: str
    """Everything before, generation prompt included."""
    target: str
    """What the model writes, stop token included."""
    cut: str
    """The noncharacter that cuts typed markers, in both."""


class Chat:
    """A chat template over a tokenizer."""

    def __init__(self, encoder: Encoder, chat_format: ChatFormat, thinking: Thinking = "auto") -> None:
        self.encoder = encoder
        self.format = chat_format
        self.thinking: Thinking = thinking

    def prompt(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
        """The text that asks for the next assistant turn, and its cut."""
        messages, tools, cut = self.prepare(messages, tools)
        return self.text(messages, tools), cut

    def turn(self, messages: Sequence[Mapping[str, Any]], index: int, tools: Sequence[Mapping[str, Any]]) -> Turn:
        """The assistant turn `messages[index]`: prompt by generation prompt, target by prefix difference."""
        messages, tools, cut = self.prepare(messages, tools)
        return self.prepared_turn(messages, index, tools, cut)

    def prepared_turn(
        self, messages: Sequence[Mapping[str, Any]], index: int, tools: Sequence[Mapping[str, Any]], cut: str
    ) -> Turn:
        """`turn` for messages and tools that `prepare` returned."""
        think = bool(messages[index].get("reasoning_content"))
        prompt = self._text(messages[:index], tools, generate=True, think=think)
        full = self._text(messages[: index + 1], tools, generate=False, think=think)
        return Turn(prompt=prompt, target=self._with_stop(_difference(prompt, full)), cut=cut)

    def prepared_turns(
        self,
        messages: Sequence[Mapping[str, Any]],
        indices: Sequence[int],
        tools: Sequence[Mapping[str, Any]],
        cut: str,
    ) -> Iterator[Turn]:
        """`prepared_turn` for several indices."""
        if not self._turns_stand_apart:
            yield from (self.prepared_turn(messages, index, tools, cut) for index in indices)
            return
        # Our own ChatML writes each turn without a look at the later ones: one text holds them all.
        text = self._text(messages, tools, generate=False, think=False)
        starts = [match.end() for match in _ASSISTANT_TURN.finditer(text)]
        order = [index for index, message in enumerate(messages) if message["role"] == "assistant"]
        assert len(starts) == len(order)
        for index in indices:
            start = starts[order.index(index)]
            end = text.index("<|im_end|>", start) + len("<|im_end|>")
            yield Turn(prompt=text[:start], target=text[start:end], cut=cut)

    @cached_property
    def _turns_stand_apart(self) -> bool:
        added = set(self.encoder.added.values())
        ours = is_calltune(self.format.template) and self.format.template.endswith(chatml())
        return ours and {"<|im_start|>", "<|im_end|>"} <= added

    def prepare(
        self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
        """Messages and tools as every template understands them, typed markers cut."""
        plain, shown = plain_messages(messages, self.format.arguments, tools), offered(tools)
        try:
            text = json.dumps(plain, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise TemplateError(f"the messages are not plain JSON data: {error}") from error
        plain = json.loads(text)  # templates come from strangers: they get no other types
        markers = self.encoder.markers
        if not markers.found_in_json(text) and not markers.found_in_json(shown.text):
            return plain, shown, ""
        (cut_messages, cut_tools), cut = markers.protect((plain, list(shown)))
        return cut_messages, cut_tools, cut

    @cached_property
    def stop_texts(self) -> tuple[str, ...]:
        """The special tokens that end an assistant turn; the first ends a plain answer."""
        answer = self._probe_target({"role": "assistant", "content": "Done."})
        one, two = (self._probe_target(_call_message(count)) for count in (1, 2))
        stops = [_last_marker(self.encoder, answer)]
        call_stop = _last_marker(self.encoder, one)
        # A marker that a second call repeats closes a call; it does not end the turn.
        if call_stop and two.count(call_stop) <= one.count(call_stop):
            stops.append(call_stop)
        if not stops[0]:
            eos = self.encoder.tokenizer.eos_token
            if not eos:
                raise TemplateError(
                    "the chat template ends a turn without a special token and the tokenizer has no eos_token.",
                    hint="Set eos_token in tokenizer_config.json, or use --template calltune.",
                )
            stops[0] = str(eos)
        return tuple(dict.fromkeys(text for text in stops if text))

    def text(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]) -> str:
        """The bare text of messages that `prepare` returned, with a generation prompt."""
        return self._text(messages, tools, generate=True, think=False)

    def parse_text(
        self, text: str, *, cut: str = "", prompt: str | None = None, tools: Sequence[Mapping[str, Any]] = ()
    ) -> Message | ParseFailure:
        """A completion from its text; where it has cuts, they are removed after reading."""
        for stop in self.stop_texts:
            text = text.removesuffix(stop)
        if self.format.parse_format == "response_template":
            typed = tools if self.format.untyped else ()
            read = read_response(self.encoder.tokenizer, text, prompt or "", tools=typed, stops=self.stop_texts)
        else:
            opened = self._prompt_opens_thought if prompt is None else _opens_thought(prompt)
            read = parse(text, format=self.format.parse_format, thinking=opened)
        return _restored(read, cut)

    @cached_property
    def _prompt_opens_thought(self) -> bool:
        """Whether the generation prompt at run time ends inside a thought."""
        return _opens_thought(self.text([{"role": "user", "content": "Hi"}], []))

    def _probe_target(self, message: dict[str, Any]) -> str:
        messages = [{"role": "user", "content": "Hi"}, message]
        tools = [{"type": "function", "function": PROBE_FUNCTION}]
        messages = plain_messages(messages, self.format.arguments)
        try:
            prompt = self._text(messages[:1], tools, generate=True, think=False)
            return _difference(prompt, self._text(messages, tools, generate=False, think=False))
        except TemplateError:
            return ""

    def _with_stop(self, target: str) -> str:
        """The target up to and including its stop token; the tokenizer's own where the template writes none."""
        for stop in self.stop_texts:
            kept = target.rstrip()
            if kept.endswith(stop):
                return kept
        return target + self.stop_texts[0]

    def _text(
        self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]], *, generate: bool, think: bool
    ) -> str:
        variables: dict[str, Any] = special_tokens(self.encoder.tokenizer)
        if self.thinking != "auto":
            variables["enable_thinking"] = self.thinking == "on"
        elif not has_thinking_default(self.format.template):
            variables["enable_thinking"] = think
        return render_text(self.format.template, messages, tools, generate=generate, variables=variables)


PROBE_FUNCTION: Mapping[str, Any] = {
    "name": "probe_tool",
    "description": "A tool.",
    "parameters": {"type": "object", "properties": {"probe_key": {"type": "string"}}, "required": ["probe_key"]},
}
"""A tool for finding out how a template behaves."""


def special_tokens(tokenizer: Any) -> dict[str, Any]:
    """The names of special tokens that templates read (bos_token, eos_token, ...)."""
    return {name: str(token) for name, token in tokenizer.special_tokens_map.items() if isinstance(token, str)}


def plain_messages(
    messages: Sequence[Mapping[str, Any]],
    arguments: Literal["object", "text"],
    tools: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Messages with only what templates read: no nulls, no empty lists, arguments in one form and in the order their
    tool declares, call ids in one form.

    Ids become `call00001`, ...: the same prompt whatever ids the log had, nine letters and digits as Mistral needs."""
    ids: dict[str, str] = {}
    plain: list[dict[str, Any]] = []
    functions = [tool.get("function", tool) for tool in tools]
    schemas = {function.get("name"): function.get("parameters") for function in functions}
    count = 0
    for message in messages:
        entry: dict[str, Any] = {"role": message["role"], "content": message.get("content") or ""}
        if message.get("name"):
            entry["name"] = message["name"]
        if message.get("reasoning_content"):
            entry["reasoning_content"] = message["reasoning_content"]
        calls = []
        for call in message.get("tool_calls") or ():
            count += 1
            new_id = f"call{count:05d}"
            if call.get("id"):
                ids[call["id"]] = new_id
            calls.append({"id": new_id, "type": "function", "function": _function(call, arguments, schemas)})
        if calls:
            entry["tool_calls"] = calls
        if message["role"] == "tool":
            given = message.get("tool_call_id")
            entry["tool_call_id"] = ids.get(given, "call00000") if given else "call00000"
        plain.append(entry)
    return plain


def _function(call: Mapping[str, Any], form: Literal["object", "text"], schemas: Mapping[str, Any]) -> dict[str, Any]:
    function = call.get("function", call)
    arguments = function.get("arguments")
    arguments = {} if arguments is None else arguments
    if isinstance(arguments, str) and form == "object":
        try:
            arguments = json.loads(arguments or "{}")
        except ValueError as error:
            raise TemplateError(f"the arguments of a call of {function['name']!r} are not JSON: {error}") from error
    if not isinstance(arguments, str):
        arguments = in_declared_order(arguments, schemas.get(function["name"]))
        arguments = json.dumps(arguments, ensure_ascii=False) if form == "text" else arguments
    return {"name": function["name"], "arguments": arguments}


def _difference(prompt: str, full: str) -> str:
    """What `full` adds to `prompt`. TemplateError where the prompt is not its beginning and text would be lost."""
    if full.startswith(prompt):
        return full[len(prompt) :]
    # An empty thought that only the generation prompt writes belongs to the prompt; nothing is lost without it.
    bare = _TRAILING_EMPTY_THINK.sub("", prompt)
    if full.startswith(bare) and not full.startswith("<think>", len(bare)):
        return full[len(bare) :]
    if full.startswith(prompt.rstrip()):
        return full[len(prompt.rstrip()) :].lstrip()
    common = commonprefix([prompt, full])  # noqa: RUF071 - strings, not paths
    if _TRAILING_EMPTY_THINK.search(prompt):
        raise TemplateError("the message has reasoning, but thinking is off.", hint="Use --thinking on.")
    raise TemplateError(
        f"the chat template's generation prompt ends in {prompt[len(common) :][-80:]!r}, "
        "which it does not write in front of an answer."
    )


def _opens_thought(prompt: str) -> bool:
    return prompt.rstrip().endswith("<think>")


def _last_marker(encoder: Encoder, target: str) -> str:
    """The special token that `target` ends in, "" where it ends in text."""
    kept = target.rstrip()
    return next((text for text in encoder.markers.texts if kept.endswith(text)), "")


def _call_message(count: int) -> dict[str, Any]:
    call = {"function": {"name": "probe_tool", "arguments": {"probe_key": "x"}}}
    return {"role": "assistant", "content": "", "tool_calls": [call] * count}


def _restored(read: Message | ParseFailure, cut: str) -> Message | ParseFailure:
    if not cut:
        return read
    if isinstance(read, ParseFailure):
        return ParseFailure(kind=read.kind, message=restored(read.message, cut), text=restored(read.text, cut))
    return Message(
        text=restored(read.text, cut),
        reasoning=restored(read.reasoning, cut),
        calls=tuple(
            ToolCall(
                name=restored(call.name, cut),
                arguments=restored(call.arguments, cut),
                arguments_text=restored(call.arguments_text, cut),
                id=restored(call.id, cut),
            )
            for call in read.calls
        ),
    )
