"""`RemoteEngine`: any OpenAI-compatible server (vLLM, SGLang, llama.cpp, Ollama, hosted), through OpenAI's own client.

In: requests. Out: completions whose calls the server has read; the guard reads their arguments again, as text,
strictly. Time-outs, retries and back-off are the client's. What a server cannot do is said in words that name the
option to set. Grammars are the server's: `strict=True` asks for them.

    engine = RemoteEngine.connect("http://localhost:8000/v1", "my-model")
    run = guard.run(messages, engine)
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any

from calltune.errors import MissingExtraError, ModelError
from calltune.generate.completion import Chunk, Completion, Request, cut_off
from calltune.generate.engine import Progress
from calltune.generate.wire import (
    StrangeError,
    Streamed,
    as_dict,
    as_list,
    completion_of,
    first_choice,
    message_of,
    plain,
    wire_message,
    wire_tool,
)
from calltune.render.parse import Message, ParseFailure

if TYPE_CHECKING:
    from openai import OpenAI

TIMEOUT_S = 120.0
RETRIES = 4


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
            except BaseException:  # Ctrl-C too: what has not been asked yet is not asked
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return [results[number] for number in range(len(requests))]

    def stream(
        self, request: Request, *, max_tokens: int = 512, temperature: float = 0.0, seed: int = 0
    ) -> Generator[Chunk, None, None]:
        """One completion, piece by piece; the last chunk carries the whole of it, calls included."""
        start = time.perf_counter()
        turn = Streamed()
        try:
            with _clear_errors(self):
                options = self._options(request, max_tokens, temperature, seed)
                options |= {"stream": True, "stream_options": {"include_usage": True}}
                for event in self.client.chat.completions.create(**options):
                    text = turn.take(plain(event), time.perf_counter() - start)
                    if text:
                        yield Chunk(text)
                if not turn.events:
                    raise StrangeError("a stream without any event")
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
                data = plain(self.client.chat.completions.create(**options))
                choice = first_choice(data)
                message = message_of(as_dict(choice.get("message"), "message"))
        except _TooLongError as error:
            return Completion("", finish_reason="length", error=str(error), request=request)
        finish = choice.get("finish_reason") or "length"  # not said: then it is not known that it is whole
        return completion_of(message, finish, data.get("usage"), request, time.perf_counter() - start)

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


def _only_model(client: OpenAI) -> str:
    """The model of a server that has one."""
    engine = RemoteEngine(client, "")
    with _clear_errors(engine):
        names = [
            str(as_dict(model, "model").get("id")) for model in as_list(plain(client.models.list()).get("data"), "data")
        ]
    if len(names) == 1:
        return names[0]
    listed = ", ".join(names[:10]) or "none"
    raise ModelError(
        f"{client.base_url} has {len(names)} models: {listed}.", hint="Name one, such as http://localhost:8000/v1#name"
    )


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
            strange = (openai.APIError, StrangeError, ValueError, TypeError, AttributeError, KeyError, RecursionError)
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
