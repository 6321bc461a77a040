"""`LocalEngine`: a transformers model in this process. In: requests. Out: completions, greedy or sampled, in batches or
as a stream.

Requests are rendered by the same `Renderer` that made the training rows, clustered by the prefix they share, cut into
batches that fit a budget of tokens, and decoded by `decode` under the grammar of their contract. What was computed of a
contract or a conversation is kept for the next request. Not done here: servers.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from calltune.contract import Toolset
from calltune.contract.projection import by_keyword
from calltune.errors import ModelError
from calltune.generate.allowed import (
    has_windows,
    is_out_of_memory,
    merged,
    sharing_is_exact,
    tokens_that_fit,
    turns_with_length,
)
from calltune.generate.batching import Batch, common_prefix, plan_batches
from calltune.generate.completion import Chunk, Completion, Request, cut_off
from calltune.generate.constraint import BackendName, Constraint, load_backend
from calltune.generate.engine import Progress
from calltune.generate.grammar import Grammar, kept_grammar
from calltune.generate.lookup import Lookup
from calltune.generate.shape import Order, Shape
from calltune.render.call_form import call_form
from calltune.render.parse import Message, ParseFailure

if TYPE_CHECKING:
    from calltune.generate.decode import Row
    from calltune.generate.shared_prefix import Prefix
    from calltune.render.renderer import Renderer

# On a CPU a step over more rows than this takes longer in proportion; on a GPU it hardly does.
MAX_ROWS = {"cpu": 64, "cuda": 256}

# A prompt shorter than this says too little about a model's attention.
LEAST_TO_TRY = 8
# A rest of a prompt up to this many tokens is computed beside a known prefix, a longer one by the model's attention.
SHORT_REST = 64
# A draft of several tokens costs as much as one token while a pass is small; rows up to this many draft on a CPU.
MOST_ROWS_DRAFTING = 16
MOST_GRAMMARS = 256
MOST_LOOKUPS = 16

LOG = logging.getLogger("calltune")
SIMPLE_LAYERS = frozenset({"full_attention", "sliding_attention"})


class LocalEngine:
    """A loaded model with its tokenizer and renderer. Holds the weights, compiled grammars and computed prefixes."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        renderer: Renderer,
        *,
        name: str = "model",
        batch_tokens: int | None = None,
        max_rows: int | None = None,
        grammar: BackendName = "off",
        order: Order | None = None,
        fast_forward: bool = True,
        lookup: bool | None = None,
        share: bool = True,
        cache_dir: Path | None = None,
    ) -> None:
        from calltune.generate.prefixes import Prefixes

        self.model = model.eval()
        self.tokenizer = tokenizer
        self.renderer = renderer
        self.name = name
        self.notice: str = getattr(renderer, "notice", "")
        """What the user should know about the chat template and the grammar; "" where there is nothing to say."""
        self.config = model.config.get_text_config(decoder=True)
        device = next(model.parameters()).device.type
        self.context: int | None = getattr(self.config, "max_position_embeddings", None)
        """The longest prompt and completion together, in tokens; None when the model does not say."""
        self.batch_tokens = batch_tokens or tokens_that_fit(self.config, model, device)
        """How many tokens the caches of one batch hold."""
        # Padding would run through the state of a recurrent layer: such models take one row at a time.
        layers = set(getattr(self.config, "layer_types", None) or ())
        simple = layers <= SIMPLE_LAYERS
        self.max_rows = (max_rows or MAX_ROWS.get(device, 64)) if simple else 1
        self.shares_prefix: bool | None = None if simple and share and not turns_with_length(self.config) else False
        """Whether batches compute their common prefix once; None until the model was tried."""
        self.several_at_once = simple and not has_windows(self.config)
        """Whether tokens may be fed together where no prefix is shared: a window would count the gaps between them."""
        self.fast_forward = fast_forward
        self.lookup = device == "cpu" if lookup is None else lookup
        """Whether small batches draft from their prompts."""
        self.order = order
        """In which order arguments may come; by default as declared where our template is in use, else any."""
        self.prefixes = Prefixes(model, folder=cache_dir)
        if cache_dir is not None and self.shares_prefix is False:
            self._say(f"Nothing is kept in {cache_dir}: the layers of this model cannot go on from a kept prefix.")
        self._lock = threading.RLock()
        self._grammars: OrderedDict[str, Grammar] = OrderedDict()
        self._contract_parts: OrderedDict[str, int] = OrderedDict()
        self._lookups: OrderedDict[str, Lookup] = OrderedDict()
        self._set_grammar(grammar)

    @classmethod
    def load(
        cls,
        model: str,
        *,
        device: str = "auto",
        dtype: str = "auto",
        template: Literal["auto", "native", "calltune"] = "auto",
        thinking: Literal["auto", "on", "off"] = "auto",
        batch_tokens: int | None = None,
        grammar: BackendName = "auto",
        cache_dir: Path | None = None,
    ) -> LocalEngine:
        """Load a model by name: "base", a run folder, a local folder or a Hub name. Raises `ModelError`.

        `grammar`: what keeps completions well-formed. `cache_dir`: a folder for computed prefixes of contracts."""
        from calltune.render.renderer import Renderer
        from calltune.render.source import load_model, load_tokenizer, resolve_model

        source = resolve_model(model)
        tokenizer = load_tokenizer(source)
        renderer = Renderer(tokenizer, template=template, thinking=thinking)
        weights = merged(load_model(source, dtype=dtype, device=device))
        order: Order = "declared" if source.kind in ("base", "run") else "free"
        return cls(
            weights,
            tokenizer,
            renderer,
            name=model,
            batch_tokens=batch_tokens,
            grammar=grammar,
            order=order,
            cache_dir=cache_dir,
        )

    def complete(
        self,
        requests: Sequence[Request],
        *,
        max_tokens: int = 512,
        temperature: float = 0.0,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[Completion]:
        """One completion a request, in order. A prompt longer than the context gives a completion with `error`, not
        an exception. ConfigError for a `tool_choice` that cannot be kept."""
        results: dict[int, Completion] = {}

        def done(number: int, completion: Completion) -> None:
            results[number] = completion
            if progress is not None:
                progress(len(results), len(requests))

        with self._lock:
            for _ in self._events(requests, max_tokens, temperature, seed, done):
                pass
        return [results[number] for number in range(len(requests))]

    def stream(
        self, request: Request, *, max_tokens: int = 512, temperature: float = 0.0, seed: int = 0
    ) -> Generator[Chunk, None, None]:
        """One completion, piece by piece; the last chunk carries the whole of it."""
        chunks: queue.SimpleQueue[Chunk | BaseException] = queue.SimpleQueue()
        left = threading.Event()

        def work() -> None:  # in a thread of its own: who reads slowly, or from several threads, holds up nobody
            try:
                with self._lock:
                    for chunk in self._chunks(request, max_tokens, temperature, seed):
                        chunks.put(chunk)
                        if left.is_set():
                            return
            except BaseException as error:
                chunks.put(error)

        threading.Thread(target=work, daemon=True, name="calltune-stream").start()
        try:
            while True:
                chunk = chunks.get()
                if isinstance(chunk, BaseException):
                    raise chunk
                yield chunk
                if chunk.completion is not None:
                    return
        finally:
            left.set()

    def _chunks(self, request: Request, max_tokens: int, temperature: float, seed: int) -> Iterator[Chunk]:
        ended: list[Completion] = []
        sent = ""
        for row in self._events([request], max_tokens, temperature, seed, lambda _, whole: ended.append(whole)):
            text = self.tokenizer.decode(row.written, skip_special_tokens=False)
            if not row.done and text.endswith("\ufffd"):
                continue  # half a character
            if len(text) > len(sent):
                yield Chunk(text[len(sent) :])
                sent = text
        yield Chunk(ended[0].text[len(sent) :], ended[0])

    def parse(self, completion: Completion) -> Message | ParseFailure:
        """Read token ids, so that characters typed by a user are told apart from special tokens."""
        failure = cut_off(completion)
        request = completion.request
        if failure is not None or request is None or self.renderer.format != "response_template":
            return failure or self.renderer.parse(completion.ids)
        messages, tools = list(request.messages), list(request.tools)
        return self.renderer.parse(completion.ids, prompt=self.renderer.prompt_ids(messages, tools), tools=tools)

    def grammar_of(self, request: Request) -> Grammar | None:
        """The grammar of a request's turn; None where none is in use. It is made once for a contract."""
        if self.backend is None or self._form is None:
            return None
        key = json.dumps([list(request.tools), request.tool_choice, request.parallel], ensure_ascii=False)
        if key not in self._grammars:
            order = self.order or ("declared" if self.renderer.template == "calltune" else "free")
            shape = Shape(
                form=self._form,
                specials={text: token for token, text in self.renderer.encoder.added.items()},
                choice=request.tool_choice,
                parallel=request.parallel,
                order=order,
            )
            toolset = Toolset.from_openai([dict(tool) for tool in request.tools])
            self._grammars[key] = grammar = kept_grammar(toolset, shape, self.backend.fits, self.backend.name)
            if grammar.open:
                LOG.warning(
                    "no grammar for the arguments of %s: any JSON object may be written", ", ".join(grammar.open)
                )
            if grammar.unenforced:
                counts = ", ".join(f"{count} {word}" for word, count in by_keyword(grammar.unenforced).items())
                LOG.info("left to validation, because %s cannot enforce it: %s", self.backend.name, counts)
            if len(self._grammars) > MOST_GRAMMARS:
                self._grammars.popitem(last=False)
        self._grammars.move_to_end(key)
        return self._grammars[key]

    def _set_grammar(self, name: BackendName) -> None:
        self._form = call_form(self.renderer.chat) if name != "off" else None
        self.backend = None
        if name == "off":
            return
        if self._form is None:
            self._say("No grammar: this chat template writes calls in a form that is not known.")
            return
        vocabulary = int(getattr(self.config, "vocab_size", 0)) or len(self.tokenizer)
        self.backend = load_backend(name, self.tokenizer, vocabulary, sorted(self.renderer.stop_ids))
        if self.backend is None:
            self._say('No grammar: llguidance is not installed (pip install "calltune[grammar]").')

    def _say(self, sentence: str) -> None:
        self.notice = f"{self.notice} {sentence}".strip()

    def _constraint(self, request: Request) -> Constraint | None:
        grammar = self.grammar_of(request)
        if grammar is None or self.backend is None:
            if request.tool_choice != "auto":
                raise ModelError(
                    f"tool_choice {request.tool_choice!r} needs a grammar, and there is none. {self.notice}".strip()
                )
            return None
        return self.backend.start(grammar)

    def _misfit(self, prompt: Sequence[int]) -> str | None:
        if not prompt:
            return "the prompt is empty."
        if self.context is not None and len(prompt) >= self.context:
            return f"the prompt has {len(prompt)} tokens, and {self.name} reads at most {self.context}."
        return None

    def _events(
        self,
        requests: Sequence[Request],
        max_tokens: int,
        temperature: float,
        seed: int,
        done: Callable[[int, Completion], None],
    ) -> Iterator[Row]:
        """Every row whenever it has grown; `done` gets each completion."""
        from calltune.generate.decode import Greedy, Sampler

        if max_tokens < 1 or temperature < 0:
            raise ModelError(f"max_tokens is {max_tokens} and temperature {temperature}; at least 1 and 0 are needed.")
        prompts = [self.renderer.prompt_ids(list(r.messages), list(r.tools)) for r in requests]
        fitting = []
        for number, prompt in enumerate(prompts):
            if error := self._misfit(prompt):
                done(number, Completion("", (), "length", len(prompt), error=error))
            else:
                fitting.append(number)
        longest = max((prompts[number] for number in fitting), key=len, default=[])
        if self.shares_prefix is None and len(longest) >= LEAST_TO_TRY:
            self.shares_prefix = sharing_is_exact(self.model, longest)
            if not self.shares_prefix and self.prefixes.folder is not None:
                LOG.warning(
                    "nothing is kept in %s: %s cannot go on from a kept prefix", self.prefixes.folder, self.name
                )
        batches = plan_batches(
            [prompts[number] for number in fitting],
            max_new=max_tokens,
            batch_tokens=self.batch_tokens,
            max_rows=self.max_rows,
            share=bool(self.shares_prefix),
        )
        chooser = Greedy() if temperature == 0 else Sampler(temperature, seed)
        ended: set[int] = set()
        queue = [Batch(tuple(fitting[row] for row in batch.rows), batch.prefix) for batch in reversed(batches)]
        while queue:
            batch = queue.pop()
            try:
                for row in self._run(batch, requests, prompts, max_tokens, chooser):
                    if row.done:
                        ended.add(row.number)
                        done(row.number, self._completion(row, requests[row.number]))
                    yield row
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                queue += _halved(batch, [number for number in batch.rows if number not in ended], self.name)

    def _run(
        self,
        batch: Batch,
        requests: Sequence[Request],
        prompts: Sequence[Sequence[int]],
        max_tokens: int,
        chooser: Any,
    ) -> Iterator[Row]:
        from calltune.generate.decode import Row, decode

        start = time.perf_counter()
        rows = []
        for number in batch.rows:
            prompt = prompts[number]
            most = max_tokens if self.context is None else min(max_tokens, self.context - len(prompt))
            constraint = self._constraint(requests[number])
            rows.append(Row(number=number, prompt=prompt, most=most, constraint=constraint, start=start))
        prefix = self._prefix_of(batch, requests, prompts) if batch.prefix else None
        together = prefix is not None or self.several_at_once
        may_draft = self.lookup and prefix is not None and len(rows) <= MOST_ROWS_DRAFTING
        lookup = self._lookup_of(requests[batch.rows[0]]) if may_draft else None
        events = decode(
            self.model,
            rows,
            prefix=prefix,
            stop_ids=self.renderer.stop_ids,
            chooser=chooser,
            draft=lookup,
            fast_forward=self.fast_forward and together,
            kept=self.prefixes.keep if len(rows) == 1 else None,
        )
        for row in events:
            if row.done and lookup is not None:
                lookup.ended(row)
            yield row

    def _lookup_of(self, request: Request) -> Lookup:
        """What was answered before to requests with the same tools."""
        key = json.dumps(list(request.tools), ensure_ascii=False)
        if key not in self._lookups:
            self._lookups[key] = Lookup()
            if len(self._lookups) > MOST_LOOKUPS:
                self._lookups.popitem(last=False)
        self._lookups.move_to_end(key)
        return self._lookups[key]

    def _prefix_of(self, batch: Batch, requests: Sequence[Request], prompts: Sequence[Sequence[int]]) -> Prefix:
        """The computed beginning of a batch, from memory or disk as far as it is known."""
        from calltune.generate.shared_prefix import compute_prefix

        ids = prompts[batch.rows[0]][: batch.prefix]
        known = self.prefixes.longest(ids)
        if self.prefixes.folder is not None:
            part = ids[: self._contract_part(requests[batch.rows[0]])]
            if part and (known is None or len(known.ids) < len(part)):
                known = self.prefixes.load(part)
                if known is None:
                    known = compute_prefix(self.model, part, self.prefixes.longest(part))
                    self.prefixes.keep(known)
                    self.prefixes.save(known)
        if known is not None and len(batch.rows) == 1 and len(ids) - len(known.ids) <= SHORT_REST:
            return known
        prefix = compute_prefix(self.model, ids, known)
        if len(batch.rows) > 1:
            self.prefixes.keep(prefix)
        return prefix

    def _contract_part(self, request: Request) -> int:
        """How many tokens of a prompt are the same whatever the user says: system text and schemas."""
        system = [message for message in request.messages[:1] if message.get("role") in ("system", "developer")]
        key = json.dumps([system, list(request.tools)], ensure_ascii=False, default=str)
        if key not in self._contract_parts:
            one, other = (
                self.renderer.prompt_ids([*system, {"role": "user", "content": said}], list(request.tools))
                for said in ("a", "1. Z")
            )
            self._contract_parts[key] = common_prefix(one, other)
            if len(self._contract_parts) > MOST_GRAMMARS:
                self._contract_parts.popitem(last=False)
        return self._contract_parts[key]

    def _completion(self, row: Row, request: Request) -> Completion:
        text = self.tokenizer.decode(row.written, skip_special_tokens=False)
        return Completion(
            text=text,
            ids=tuple(row.written),
            finish_reason="stop" if row.stopped else "length",
            prompt_tokens=len(row.prompt),
            completion_tokens=len(row.written) + row.stopped,
            time_s=time.perf_counter() - row.start,
            error=row.error,
            request=request,
            cached_tokens=row.cached,
            passes=row.passes,
            first_token_s=row.first_s - row.start if row.first_s else 0.0,
            grammar_s=row.mask_s,
        )


def _halved(batch: Batch, remaining: list[int], name: str) -> list[Batch]:
    """Two batches of half the rows, for those that have not ended yet."""
    if len(batch.rows) == 1:
        raise ModelError(
            f"{name} does not fit into memory even with one request at a time.",
            hint="Use a smaller model, fewer tools in the prompt, or a machine with more memory.",
        )
    middle = (len(remaining) + 1) // 2
    return [Batch(tuple(rows), batch.prefix) for rows in (remaining[:middle], remaining[middle:]) if rows]
