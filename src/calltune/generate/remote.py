"""`RemoteEngine`: any OpenAI-compatible server (vLLM, SGLang, llama.cpp, Ollama, hosted), through OpenAI's own client.

In: requests. Out: completions whose calls the server has read; the guard reads their arguments again, as text,
strictly. Time-outs, retries and back-off are the client's. What a server cannot do is said in words that name the
option to set. Grammars are the server's: `strict=True` asks for them.

    engine = RemoteEngine.connect("http://localhost:8000/v1", "my-model")
    run = guard.run(messages, engine)
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any

from calltune.errors import MissingExtraError, ModelError
from calltune.generate.completion import Chunk, Completion, Request, cut_off
from calltune.generate.engine import Progress
from calltune.render.parse import Message, ParseFailure, ToolCall

if TYPE_CHECKING:
    from openai import OpenAI

TIMEOUT_S = 120.0
RETRIES = 4
MAX_TURN = 8 << 20
"""Characters of a streamed turn; a server that sends more is cut off."""


class RemoteEngine:
    """One model behind a client."""

    def __init__(
        self, client: OpenAI, model: str, *, side_by_side: int = 8, strict: bool = False, **options: Any
    ) -> None:
        self.client = client
        self.name = model
        self.side_by_side = side_by_side
        """Requests at once."""
        self.strict = strict
        """Whether the server is asked to keep calls to their schemas, as far as it can."""
        self.options = options
        """Passed on with every request."""

    @classmethod
    def connect(
        cls,
        base_url: str,
        model: str | None = None,
        *,
        api_key: str | None = None,
        timeout_s: float = TIMEOUT_S,
        retries: int = RETRIES,
        **options: Any,
    ) -> RemoteEngine:
        """An engine on the server at `base_url`. The model may be left out where the server has one. The key comes from
        `api_key`, CALLTUNE_API_KEY or OPENAI_API_KEY. ModelError where the server or the model is not there."""
        try:
            from openai import OpenAI
        except ImportError:
            raise MissingExtraError("openai", "openai") from None
        key = api_key or os.environ.get("CALLTUNE_API_KEY") or os.environ.get("OPENAI_API_KEY") or "none"
        client = OpenAI(base_url=base_url, api_key=key, timeout=timeout_s, max_retries=retries)
        return cls(client, model or _only_model(client), **options)

    def complete(
        self,
        requests: Sequence[Request],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[Completion]:
        """One completion a request, in order, several at once. A prompt longer than the server's context gives a
        completion with `error`. ModelError where the server does not answer as it should."""
        results: dict[int, Completion] = {}
        with ThreadPoolExecutor(max_workers=max(1, min(self.side_by_side, len(requests)))) as pool:
            asked = {
                pool.submit(self._ask, request, max_tokens, temperature, seed): number
                for number, request in enumerate(requests)
            }
            try:
                for future in as_completed(asked):
                    results[asked[future]] = future.result()
                    if progress is not None:
                        progress(len(results), len(requests))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return [results[number] for number in range(len(requests))]

    def stream(
        self, request: Request, *, max_tokens: int = 512, temperature: float = 0.0, seed: int = 0
    ) -> Iterator[Chunk]:
        """One completion, piece by piece; the last chunk carries the whole of it, calls included."""
        start = time.perf_counter()
        turn = _Streamed()
        try:
            with _clear_errors(self):
                options = self._options(request, max_tokens, temperature, seed)
                options |= {"stream": True, "stream_options": {"include_usage": True}}
                for event in self.client.chat.completions.create(**options):
                    text = turn.take(_plain(event), time.perf_counter() - start)
                    if text:
                        yield Chunk(text)
                if not turn.events:
                    raise _StrangeError("a stream without any event")
        except _TooLongError as error:
            yield Chunk("", Completion("", finish_reason="length", error=str(error), request=request))
            return
        yield Chunk("", turn.completion(request, time.perf_counter() - start))

    def parse(self, completion: Completion) -> Message | ParseFailure:
        """What the server read in it."""
        return cut_off(completion) or completion.message or Message(text=completion.text)

    def _ask(self, request: Request, max_tokens: int, temperature: float, seed: int) -> Completion:
        start = time.perf_counter()
        try:
            with _clear_errors(self):
                options = self._options(request, max_tokens, temperature, seed)
                data = _plain(self.client.chat.completions.create(**options))
                choice = _choice(data)
                message = message_of(_dict(choice.get("message"), "message"))
        except _TooLongError as error:
            return Completion("", finish_reason="length", error=str(error), request=request)
        finish = choice.get("finish_reason") or "length"  # not said: then it is not known that it is whole
        return _completion(message, finish, data.get("usage"), request, time.perf_counter() - start)

    def _options(self, request: Request, max_tokens: int, temperature: float, seed: int) -> dict[str, Any]:
        options: dict[str, Any] = {
            "model": self.name,
            "messages": [wire_message(message) for message in request.messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "seed": seed,
        }
        if request.tools:
            options["tools"] = [wire_tool(tool, strict=self.strict) for tool in request.tools]
            if request.tool_choice in ("required", "none"):
                options["tool_choice"] = request.tool_choice
            elif request.tool_choice != "auto":
                options["tool_choice"] = {"type": "function", "function": {"name": request.tool_choice}}
            if not request.parallel:
                options["parallel_tool_calls"] = False
        options |= self.options
        return {key: value for key, value in options.items() if value is not None}


class _Streamed:
    """A turn while its pieces arrive."""

    def __init__(self) -> None:
        self.text = ""
        self.reasoning = ""
        self.calls: list[dict[str, Any]] = []
        self.finish: str | None = None
        self.usage: Any = None
        self.first_s = 0.0
        self.size = 0
        self.events = 0

    def take(self, event: Mapping[str, Any], at: float) -> str:
        """One event; the text that is new."""
        self.events += 1
        self.usage = event.get("usage") or self.usage
        if event.get("error"):
            raise _StrangeError(f"an error: {_said(event['error'])}")
        choices = _list(event.get("choices"), "choices")
        if not choices:
            return ""
        choice = _dict(choices[0], "choice")
        self.finish = choice.get("finish_reason") or self.finish
        delta = _dict(choice.get("delta"), "delta")
        text = _text_of(delta.get("content")) or _text_of(delta.get("refusal"))
        reasoning = _text_of(delta.get("reasoning_content")) or _text_of(delta.get("reasoning"))
        self.text += text
        self.reasoning += reasoning
        self.size += len(text) + len(reasoning)
        for piece in _list(delta.get("tool_calls"), "tool_calls"):
            self._piece(_dict(piece, "tool call"))
        if self.size > MAX_TURN:
            raise _StrangeError(f"a turn of more than {MAX_TURN:,} characters")
        self.first_s = self.first_s or at
        return text

    def _piece(self, piece: Mapping[str, Any]) -> None:
        """A piece of a call: of a new one where its number, its id or its name is new."""
        function = _dict(piece.get("function"), "function")
        number, name = piece.get("index"), function.get("name")
        known = [call for call in self.calls if number is not None and call["number"] == number]
        known = known or (self.calls[-1:] if number is None else [])
        call = known[-1] if known else None
        is_new = call is None or bool(piece.get("id") and call["id"] and piece["id"] != call["id"])
        is_new = is_new or bool(call and number is None and name and call["name"])
        if is_new or call is None:
            call = {"number": number, "id": "", "name": "", "arguments": ""}
            self.calls.append(call)
        call["id"] = call["id"] or piece.get("id") or ""
        call["name"] = call["name"] or name or ""
        arguments = function.get("arguments")
        written = arguments if isinstance(arguments, str) else "" if arguments is None else json.dumps(arguments)
        call["arguments"] += written
        self.size += len(written)

    def completion(self, request: Request, seconds: float) -> Completion:
        """The whole turn."""
        calls = [{"id": call["id"] or None, "function": call} for call in self.calls]
        message = message_of({"content": self.text, "reasoning_content": self.reasoning or None, "tool_calls": calls})
        finish = self.finish or "length"  # the stream broke off
        return _completion(message, finish, self.usage, request, seconds, self.first_s)


def message_of(message: Mapping[str, Any]) -> Message:
    """An assistant message in OpenAI's shape, as the guard takes it:
    `guard.check(message_of(choice.message.model_dump()))`. Arguments stay the text that the model wrote."""
    calls = []
    for call in _list(message.get("tool_calls"), "tool_calls"):
        function = _dict(_dict(call, "tool call").get("function"), "function")
        written = function.get("arguments")
        text = written if isinstance(written, str) else None
        # an empty text is how servers write "no arguments"
        text = "{}" if text is not None and not text.strip() else text
        given = call.get("id")
        calls.append(
            ToolCall(
                name=str(function.get("name") or ""),
                arguments=text or written,
                arguments_text=text,
                id=given if isinstance(given, str) else None,
            )
        )
    reasoning = _text_of(message.get("reasoning_content")) or _text_of(message.get("reasoning"))
    said = _text_of(message.get("content")) or _text_of(message.get("refusal"))
    return Message(text=said.strip(), reasoning=reasoning or None, calls=tuple(calls))


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


def wire_tool(tool: Mapping[str, Any], *, strict: bool = False) -> dict[str, Any]:
    """A tool without what the wire does not know."""
    function = {key: value for key, value in tool["function"].items() if key != "returns"}
    return {"type": "function", "function": function | ({"strict": True} if strict else {})}


def _completion(
    message: Message, finish: Any, usage: Any, request: Request, seconds: float, first_s: float = 0.0
) -> Completion:
    usage = usage if isinstance(usage, Mapping) else {}
    details = usage.get("prompt_tokens_details")
    return Completion(
        text=message.text,
        finish_reason="length" if finish in ("length", "content_filter") else "stop",
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        cached_tokens=_count(details.get("cached_tokens")) if isinstance(details, Mapping) else 0,
        time_s=seconds,
        first_token_s=first_s,
        message=message,
        request=request,
    )


def _only_model(client: OpenAI) -> str:
    """The model of a server that has one."""
    engine = RemoteEngine(client, "")
    with _clear_errors(engine):
        names = [
            str(_dict(model, "model").get("id")) for model in _list(_plain(client.models.list()).get("data"), "data")
        ]
    if len(names) == 1:
        return names[0]
    listed = ", ".join(names[:10]) or "none"
    raise ModelError(
        f"{client.base_url} has {len(names)} models: {listed}.", hint="Name one, such as http://localhost:8000/v1#name"
    )


# -- what a server sent, which may be anything


class _StrangeError(Exception):
    """Not what the protocol says."""


def _plain(sent: Any) -> dict[str, Any]:
    """An answer as data."""
    return _dict(sent.model_dump(warnings=False) if hasattr(sent, "model_dump") else sent, "answer")


def _choice(data: Mapping[str, Any]) -> dict[str, Any]:
    if data.get("error"):
        raise _StrangeError(f"an error: {_said(data['error'])}")
    choices = _list(data.get("choices"), "choices")
    if not choices:
        raise _StrangeError("no choice")
    choice = _dict(choices[0], "choice")
    if not choice.get("message"):
        raise _StrangeError("no message")
    return choice


def _dict(value: Any, what: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _StrangeError(f"the {what} is no object but {type(value).__name__}")
    return value


def _list(value: Any, what: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise _StrangeError(f"{what} is no list but {type(value).__name__}")
    return list(value)


def _text_of(value: Any) -> str:
    """A text, or the texts of a list of parts."""
    if isinstance(value, list):
        return "".join(_text_of(part.get("text")) for part in value if isinstance(part, dict))
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _said(error: Any) -> str:
    text = error.get("message") if isinstance(error, Mapping) else error
    return " ".join(str(text).split())[:300]


# -- errors


class _TooLongError(Exception):
    """The prompt does not fit into the server's context."""


_FEATURES = (
    ("enable-auto-tool-choice", "Start vLLM with --enable-auto-tool-choice --tool-call-parser hermes (or its own)."),
    ("tool-call-parser", "Start the server with a tool-call parser (vLLM, SGLang: --tool-call-parser)."),
    ("jinja", "Start llama-server with --jinja, so that it reads the model's template."),
    ("does not support tools", "Choose a model whose template knows tools."),
    ("tool_choice", "This server does not take this tool_choice; leave it at auto."),
    ("parallel_tool_calls", "This server does not take parallel_tool_calls; leave parallel calls on."),
    (
        "max_completion_tokens",
        "RemoteEngine(..., max_tokens=None, max_completion_tokens=512) says it as this server wants.",
    ),
    ("seed", "RemoteEngine(..., seed=None) leaves the seed out."),
    ("temperature", "RemoteEngine(..., temperature=None) leaves the temperature out."),
    ("strict", "This server does not take strict schemas; leave strict off."),
)
"""What servers say that lack a feature -> what to do."""
_TOO_LONG = ("context length", "context_length", "maximum context", "context size", "too long", "too many tokens")


class _clear_errors:
    """What the client raises, as a ModelError that says what to do."""

    def __init__(self, engine: RemoteEngine) -> None:
        self.engine = engine

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None:
            return
        import openai

        url = _without_secrets(str(self.engine.client.base_url), self.engine.client)
        said = _without_secrets(_short(error), self.engine.client)
        if isinstance(error, openai.APITimeoutError):
            limit = self.engine.client.timeout
            within = f" within {limit:g} s" if isinstance(limit, int | float) else " in time"
            raise ModelError(
                f"{url} gave no answer{within}.", hint="RemoteEngine.connect(..., timeout_s=600) waits longer."
            ) from error
        if isinstance(error, openai.APIConnectionError):
            hint = "Is the server running, and is this its address?"
            raise ModelError(f"{url} cannot be reached.", hint=hint) from error
        if not isinstance(error, openai.APIStatusError):
            strange = (openai.APIError, _StrangeError, ValueError, TypeError, AttributeError, KeyError, RecursionError)
            if isinstance(error, strange):
                raise ModelError(f"{url} did not answer as the protocol says: {said}.") from error
            return
        if error.status_code in (401, 403):
            raise ModelError(f"{url} wants a key: {said}", hint="Set CALLTUNE_API_KEY, or pass api_key.") from error
        if error.status_code == 404:
            hint = f"Is there a model {self.engine.name!r}, and does the address end in /v1?"
            raise ModelError(f"{url}: {said}", hint=hint) from error
        if error.status_code == 400 and any(words in said.lower() for words in _TOO_LONG):
            raise _TooLongError(f"the prompt is too long for {self.engine.name}: {said}") from error
        advice = next((hint for words, hint in _FEATURES if words in said.lower()), None)
        raise ModelError(f"{url} answered {error.status_code}: {said}", hint=advice) from error


def _without_secrets(text: str, client: OpenAI) -> str:
    """A text without the key, and without a name and password in an address."""
    key = client.api_key
    if key and len(key) > 4:
        text = text.replace(key, "[key]")
    return re.sub(r"(?<=://)[^/@\s]+@", "", text)


def _short(error: Any) -> str:
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, Mapping) else None
    text = " ".join(str(said or error).split())
    return text if len(text) <= 300 else f"{text[:300]}..."
