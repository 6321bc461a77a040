"""Any OpenAI-compatible server as an engine, through OpenAI's own client. In: a client that the program made. Out:
completions whose calls the server has read; the guard reads their arguments again, as text, strictly.

    engine = OpenAIChat(OpenAI(base_url="http://localhost:8000/v1"), model="my-model")
    run = guard.run(messages, engine)

Not here: streaming, batches side by side, grammars.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from calltune.generate.completion import Completion, Request, cut_off
from calltune.generate.engine import Progress
from calltune.render.parse import Message, ParseFailure, ToolCall

if TYPE_CHECKING:
    from openai import OpenAI


class OpenAIChat:
    """One model behind a client."""

    def __init__(self, client: OpenAI, model: str, **options: Any) -> None:
        self.client = client
        self.name = model
        self.options = options
        """Passed on with every request, such as `tool_choice`."""

    def complete(
        self,
        requests: Sequence[Request],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[Completion]:
        """One request after the other. Raises what the client raises."""
        completions = []
        for done, request in enumerate(requests, start=1):
            options = {"max_tokens": max_tokens, "temperature": temperature, "seed": seed, **self.options}
            if request.tools:
                options["tools"] = [without_returns(tool) for tool in request.tools]
            start = time.perf_counter()
            messages: Any = [wire_message(message) for message in request.messages]
            response = self.client.chat.completions.create(model=self.name, messages=messages, **options)
            completions.append(_completion(response, request, time.perf_counter() - start))
            if progress is not None:
                progress(done, len(requests))
        return completions

    def parse(self, completion: Completion) -> Message | ParseFailure:
        """What the server read in it."""
        return cut_off(completion) or completion.message or Message(text=completion.text)


def message_of(message: Mapping[str, Any]) -> Message:
    """An assistant message in OpenAI's shape, as the guard takes it:
    `guard.check(message_of(choice.message.model_dump()))`. Arguments stay the text that the model wrote."""
    calls = []
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        written = function.get("arguments")
        text = written if isinstance(written, str) else None
        # an empty text is how servers write "no arguments"
        text = "{}" if text is not None and not text.strip() else text
        calls.append(
            ToolCall(
                name=str(function.get("name") or ""), arguments=text or written, arguments_text=text, id=call.get("id")
            )
        )
    reasoning = message.get("reasoning_content") or message.get("reasoning")
    said = message.get("content") or message.get("refusal") or ""
    return Message(text=str(said).strip(), reasoning=reasoning, calls=tuple(calls))


def wire_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message as the wire wants it: arguments as JSON text."""
    sent = {key: value for key, value in message.items() if key in _SENT and value is not None}
    if sent.get("tool_calls"):
        sent["tool_calls"] = [
            {**call, "function": {**call["function"], "arguments": _text(call["function"].get("arguments"))}}
            for call in sent["tool_calls"]
        ]
    if sent.get("role") == "tool":
        sent.pop("name", None)
    return sent


_SENT = ("role", "content", "name", "tool_calls", "tool_call_id")


def _text(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def without_returns(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool without what the wire does not know."""
    function = {key: value for key, value in tool["function"].items() if key != "returns"}
    return {"type": "function", "function": function}


def _completion(response: Any, request: Request, seconds: float) -> Completion:
    choice = response.choices[0]
    message = message_of(choice.message.model_dump())
    usage = response.usage
    return Completion(
        text=message.text,
        finish_reason="length" if choice.finish_reason == "length" else "stop",
        prompt_tokens=usage.prompt_tokens if usage else 0,
        completion_tokens=usage.completion_tokens if usage else 0,
        time_s=seconds,
        message=message,
        request=request,
    )
