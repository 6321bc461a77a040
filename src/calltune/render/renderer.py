"""Conversations -> token ids with loss weights; prompts for the engine; completions back to messages.

In: a tokenizer and Conversations (OpenAI chat shape). Out: `Rendered` rows, prompt ids, `Message | ParseFailure`. The
prompt at run time is, token for token, what stands in front of every learned span: both come from the same function and
the target is tokenised apart from it. Nothing is truncated, padded or packed here."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property
from itertools import islice
from typing import Any, Literal, Protocol

from calltune.data.messages import is_learned
from calltune.errors import TemplateError
from calltune.render.chat import EMPTY_THINK, Chat, Thinking
from calltune.render.conformance import choose_format, missing_text
from calltune.render.encoder import Encoder
from calltune.render.parse import Message, ParseFailure
from calltune.render.regions import prompt_regions, spans_at, target_regions
from calltune.render.rendered import Rendered, Span
from calltune.render.same import difference_of, message_of
from calltune.render.source import ModelSource, load_tokenizer
from calltune.render.template import has_thinking_default, is_calltune, with_thinking
from calltune.render.tokens import add_tokens

TemplateChoice = Literal["auto", "native", "calltune"]


class ChatRow(Protocol):
    """What is read of a Conversation."""

    @property
    def messages(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def tools(self) -> Sequence[Mapping[str, Any]]: ...


def load_renderer(
    source: ModelSource, *, template: TemplateChoice = "auto", thinking: Thinking = "auto"
) -> tuple[Renderer, Mapping[str, int]]:
    """The renderer that training uses for a model, and the tokens that its template adds to the vocabulary."""
    tokenizer = load_tokenizer(source)
    new_tokens = add_tokens(tokenizer, template)
    return Renderer(tokenizer, template=template, thinking=thinking), new_tokens


def _renderer(tokenizer: Any, template: TemplateChoice, thinking: Thinking) -> Renderer:
    return Renderer(tokenizer, template=template, thinking=thinking)


class Renderer:
    """A tokenizer with the chat template to use on it."""

    def __init__(self, tokenizer: Any, *, template: TemplateChoice = "auto", thinking: Thinking = "auto") -> None:
        self.tokenizer = tokenizer
        self.encoder = Encoder(tokenizer)
        choice = choose_format(self.encoder, template)
        self.template: Literal["native", "calltune"] = "calltune" if is_calltune(choice.format.template) else "native"
        """The format in use."""
        self.notice = choice.notice
        """What the user should know about the choice of the template; "" where there is nothing to say."""
        self.chat = Chat(self.encoder, choice.format, thinking)

    def __reduce__(self) -> tuple[Any, ...]:
        """For other processes: made again there from the tokenizer and what was decided."""
        return _renderer, (self.tokenizer, self.template, self.thinking)

    @property
    def thinking(self) -> Thinking:
        """Whether answers start with a thought: decided once for a data set (`for_rows`), or by each row (auto)."""
        return self.chat.thinking

    @property
    def format(self) -> str:
        """How completions are read: "hermes", "llama3", "mistral" or "response_template"."""
        return self.chat.format.parse_format

    @property
    def template_text(self) -> str:
        """The chat template to save with the model, the decision about thinking included."""
        text = self.chat.format.template
        if self.thinking == "auto" or has_thinking_default(text) or "enable_thinking" not in text:
            return text
        return with_thinking(text, self.thinking)

    @cached_property
    def stop_ids(self) -> frozenset[int]:
        """The tokens that end an assistant turn."""
        ids = {self.encoder.ids(text)[-1] for text in self.chat.stop_texts}
        if self.tokenizer.eos_token_id is not None:
            ids.add(self.tokenizer.eos_token_id)
        return frozenset(ids)

    def for_rows(self, rows: Iterable[ChatRow]) -> Renderer:
        """This renderer with `thinking` decided: on where any of the first 1,000 rows has reasoning, off otherwise."""
        if self.thinking != "auto" or has_thinking_default(self.chat.format.template):
            return self
        thinks = any(message.get("reasoning_content") for row in islice(rows, 1000) for message in row.messages)
        decided = copy(self)
        decided.chat = Chat(self.encoder, self.chat.format, "on" if thinks else "off")
        return decided

    def prompt_ids(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()) -> list[int]:
        """The prompt for the next assistant turn: what the engine feeds."""
        text, cut = self.chat.prompt(messages, tools)
        return self.encoder.ids(text, cut=cut)

    def parse(
        self, ids: Sequence[int], *, prompt: Sequence[int] = (), tools: Sequence[Mapping[str, Any]] = ()
    ) -> Message | ParseFailure:
        """What a completion says. Only real special tokens count as markers; typed ones are text.

        A `response_template` needs `prompt`, and `tools` where it writes arguments without types."""
        text, cut = self.encoder.decode(ids)
        before = self.encoder.decode(prompt)[0] if prompt else None
        return self.chat.parse_text(text, cut=cut, prompt=before, tools=tools)

    def render(self, conversation: ChatRow) -> tuple[Rendered, ...]:
        """Training rows: one where the template keeps history, one for each stretch that it rewrites otherwise.

        Every assistant message is learned once, except those with `"train": false`. TemplateError where the template
        loses something of the row."""
        original = conversation.messages
        messages, tools, cut = self.chat.prepare(original, conversation.tools)
        rows: list[_Row] = []
        indices = [i for i, message in enumerate(original) if message["role"] == "assistant" and is_learned(message)]
        for index, turn in zip(indices, self.chat.prepared_turns(messages, indices, tools, cut), strict=True):
            missing = missing_text(turn.prompt, messages[:index])
            if missing:
                raise TemplateError(f"the chat template loses something: {missing}")
            prompt = self.encoder.encode(turn.prompt, cut=cut)
            if not rows or not rows[-1].starts(prompt.ids):
                rows.append(_Row())
            row = rows[-1]
            done = len(row.ids)
            regions = prompt_regions(turn.prompt, messages[:index], tools, self.chat)
            row.extend(prompt.ids[done:], spans_at(regions, prompt.starts[done:]))
            self._add_target(row, turn.target, messages[index], cut)
            self._check(row.ids[len(prompt.ids) :], turn.prompt, original[index], index, conversation.tools)
        if not rows:
            raise TemplateError("no assistant message of this row is to be learned.")
        return tuple(row.rendered() for row in rows)

    def _add_target(self, row: _Row, target: str, message: Mapping[str, Any], cut: str) -> None:
        stop = next(text for text in self.chat.stop_texts if target.endswith(text))
        body = target[: len(target) - len(stop)]
        regions = target_regions(body, message)
        empty = EMPTY_THINK.match(body)
        unlearned = empty.end() if empty and not message.get("reasoning_content") else 0
        encoded = self.encoder.encode(body, cut=cut, inside=True)
        first = bisect_left(encoded.starts, unlearned)
        row.extend(encoded.ids[:first], spans_at(regions, encoded.starts[:first]))
        row.extend(encoded.ids[first:], spans_at(regions, encoded.starts[first:], 1.0))
        row.extend(self.encoder.ids(stop, inside=True), [Span("stop", 1.0, 1)])

    def _check(
        self,
        target: Sequence[int],
        prompt: str,
        message: Mapping[str, Any],
        index: int,
        tools: Sequence[Mapping[str, Any]],
    ) -> None:
        """The assertions of a learned turn: it ends in a stop token and reads back as the message."""
        assert target[-1] in self.stop_ids
        text, cut = self.encoder.decode(target)
        read = self.chat.parse_text(text, cut=cut, prompt=prompt, tools=tools)
        lost = difference_of(message_of(message), read)
        if lost:
            raise TemplateError(f"messages[{index}] does not survive the chat template: {lost}")


class _Row:
    """A row under construction."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.spans: list[Span] = []

    def starts(self, ids: tuple[int, ...]) -> bool:
        return list(ids[: len(self.ids)]) == self.ids

    def extend(self, ids: Sequence[int], spans: Iterable[Span]) -> None:
        self.ids.extend(ids)
        for span in spans:
            if self.spans and self.spans[-1][:2] == span[:2]:
                span = span._replace(tokens=span.tokens + self.spans.pop().tokens)
            if span.tokens:
                self.spans.append(span)

    def rendered(self) -> Rendered:
        return Rendered(ids=tuple(self.ids), spans=tuple(self.spans))
