"""`LocalEngine`: a transformers model in this process. In: requests. Out: completions, greedy or sampled, in batches.

Requests are rendered by the same `Renderer` that made the training rows, clustered by the prefix they share, cut into
batches that fit a budget of tokens, and decoded by `decode`. Not done here: grammars, streaming, servers.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from calltune.errors import ModelError
from calltune.generate.batching import Batch, plan_batches
from calltune.generate.completion import Completion, Request, cut_off
from calltune.generate.engine import Progress
from calltune.render.parse import Message, ParseFailure

if TYPE_CHECKING:
    from calltune.generate.decode import Choose, Generated
    from calltune.generate.shared_prefix import Prefix
    from calltune.render.renderer import Renderer

# The caches of a batch may take this share of the memory that is free when the engine is made.
MEMORY_SHARE = 0.25
# On a CPU a step over more rows than this takes longer in proportion; on a GPU it hardly does.
MAX_ROWS = {"cpu": 64, "cuda": 256}

# A prompt shorter than this says too little about a model's attention.
LEAST_TO_TRY = 8

SIMPLE_LAYERS = frozenset({"full_attention", "sliding_attention"})


class LocalEngine:
    """A loaded model with its tokenizer and renderer. Holds the weights and the caches of the last prefix."""

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        renderer: Renderer,
        *,
        name: str = "model",
        batch_tokens: int | None = None,
        max_rows: int | None = None,
    ) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.renderer = renderer
        self.name = name
        self.notice: str = getattr(renderer, "notice", "")
        """What the user should know about the chat template; "" where there is nothing to say."""
        self.config = model.config.get_text_config(decoder=True)
        device = next(model.parameters()).device.type
        self.context: int | None = getattr(self.config, "max_position_embeddings", None)
        """The longest prompt and completion together, in tokens; None when the model does not say."""
        self.batch_tokens = batch_tokens or _tokens_that_fit(self.config, model, device)
        """How many tokens the caches of one batch hold."""
        # Padding would run through the state of a recurrent layer: such models take one row at a time.
        simple = set(getattr(self.config, "layer_types", None) or ()) <= SIMPLE_LAYERS
        self.max_rows = (max_rows or MAX_ROWS.get(device, 64)) if simple else 1
        self.shares_prefix: bool | None = None if simple else False
        """Whether batches compute their common prefix once; None until the model was tried."""
        self._prefix: Prefix | None = None

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
    ) -> LocalEngine:
        """Load a model by name: "base", a run folder, a local folder or a Hub name. Raises `ModelError`."""
        from calltune.render.renderer import Renderer
        from calltune.render.source import load_model, load_tokenizer, resolve_model

        source = resolve_model(model)
        tokenizer = load_tokenizer(source)
        renderer = Renderer(tokenizer, template=template, thinking=thinking)
        weights = load_model(source, dtype=dtype, device=device)
        return cls(weights, tokenizer, renderer, name=model, batch_tokens=batch_tokens)

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
        an exception."""
        from calltune.generate.decode import greedy, sampler

        if max_tokens < 1 or temperature < 0:
            raise ModelError(f"max_tokens is {max_tokens} and temperature {temperature}; at least 1 and 0 are needed.")
        prompts = [self.renderer.prompt_ids(list(r.messages), list(r.tools)) for r in requests]
        results: dict[int, Completion] = {}
        for row, prompt in enumerate(prompts):
            if error := self._misfit(prompt):
                results[row] = Completion("", (), "length", len(prompt), error=error)
        fitting = [row for row in range(len(prompts)) if row not in results]
        if progress is not None and results:
            progress(len(results), len(requests))
        longest = max((prompts[row] for row in fitting), key=len, default=[])
        if self.shares_prefix is None and len(longest) >= LEAST_TO_TRY:
            self.shares_prefix = _sharing_is_exact(self.model, longest)
        batches = plan_batches(
            [prompts[row] for row in fitting],
            max_new=max_tokens,
            batch_tokens=self.batch_tokens,
            max_rows=self.max_rows,
            share=bool(self.shares_prefix),
        )
        choose = greedy if temperature == 0 else sampler(temperature, seed)

        def done(row: int, completion: Completion) -> None:
            results[row] = completion
            if progress is not None:
                progress(len(results), len(requests))

        queue = [Batch(tuple(fitting[row] for row in batch.rows), batch.prefix) for batch in reversed(batches)]
        while queue:
            batch = queue.pop()
            try:
                self._run(batch, requests, prompts, max_tokens, choose, done)
            except RuntimeError as error:
                if not _is_out_of_memory(error):
                    raise
                queue += _halved(batch, [row for row in batch.rows if row not in results], self.name)
        return [results[row] for row in range(len(requests))]

    def parse(self, completion: Completion) -> Message | ParseFailure:
        """Read token ids, so that characters typed by a user are told apart from special tokens."""
        failure = cut_off(completion)
        request = completion.request
        if failure is not None or request is None or self.renderer.format != "response_template":
            return failure or self.renderer.parse(completion.ids)
        messages, tools = list(request.messages), list(request.tools)
        return self.renderer.parse(completion.ids, prompt=self.renderer.prompt_ids(messages, tools), tools=tools)

    def _misfit(self, prompt: Sequence[int]) -> str | None:
        if not prompt:
            return "the prompt is empty."
        if self.context is not None and len(prompt) >= self.context:
            return f"the prompt has {len(prompt)} tokens, and {self.name} reads at most {self.context}."
        return None

    def _run(
        self,
        batch: Batch,
        requests: Sequence[Request],
        prompts: Sequence[Sequence[int]],
        max_tokens: int,
        choose: Choose,
        done: Callable[[int, Completion], None],
    ) -> None:
        from calltune.generate.decode import generate_batch
        from calltune.generate.shared_prefix import compute_prefix

        start = time.perf_counter()
        chosen = [prompts[row] for row in batch.rows]
        if batch.prefix:
            self._prefix = compute_prefix(self.model, chosen[0][: batch.prefix], self._prefix)

        def finished(row: int, generated: Generated) -> None:
            text = self.tokenizer.decode(generated.ids, skip_special_tokens=False)
            reason: Literal["stop", "length"] = "stop" if generated.stopped else "length"
            count = len(generated.ids) + generated.stopped
            seconds = time.perf_counter() - start
            completion = Completion(text, tuple(generated.ids), reason, len(prompts[row]), count, seconds)
            done(row, replace(completion, request=requests[row]))

        room = [max_tokens if self.context is None else min(max_tokens, self.context - len(p)) for p in chosen]
        generate_batch(
            self.model,
            chosen,
            batch.rows,
            prefix=self._prefix if batch.prefix else None,
            max_new=room,
            stop_ids=self.renderer.stop_ids,
            choose=choose,
            finished=finished,
        )


def _sharing_is_exact(model: Any, prompt: Sequence[int]) -> bool:
    """Try two short rows both ways: models whose attention does more than `shared_prefix` covers are found out here."""
    import torch

    from calltune.generate.decode import _Batch
    from calltune.generate.shared_prefix import compute_prefix, shared_attention

    base = model.get_base_model() if hasattr(model, "get_base_model") else model
    if not getattr(base, "_supports_attention_backend", False):
        return False
    sample = list(prompt[:24])
    half = len(sample) // 2
    rows = [sample, [*sample[:half], *reversed(sample[half + 1 :])]]
    with torch.inference_mode():
        plain = _first_two(_Batch(model, rows, None))
        prefix = compute_prefix(model, sample[:half])
        with shared_attention(model):
            shared = _first_two(_Batch(model, rows, prefix))
    # Rounding differs in the last places; a mask or a scale that is missing differs in the first.
    tolerance = 1e-3 if plain.dtype == torch.float32 else 5e-2
    return bool((plain - shared).abs().max() <= tolerance * plain.abs().max())


def _first_two(batch: Any) -> Any:
    import torch

    first = batch.prefill()
    return torch.stack([first, batch.step([1] * len(first))])


def _tokens_that_fit(config: Any, model: Any, device: str) -> int:
    """How many tokens of keys and values fit into a share of the free memory."""
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    a_token = int(2 * config.num_hidden_layers * heads * size * next(model.parameters()).element_size())
    # Twice: a layer's cache is copied when it grows.
    return max(1024, int(_free_bytes(device) * MEMORY_SHARE) // (2 * a_token))


def _free_bytes(device: str) -> int:
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    try:
        return int(os.sysconf("SC_AVPHYS_PAGES")) * int(os.sysconf("SC_PAGE_SIZE"))
    except (ValueError, OSError, AttributeError):  # not told by macOS and Windows
        return 4 << 30


def _is_out_of_memory(error: RuntimeError) -> bool:
    import torch

    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)


def _halved(batch: Batch, remaining: list[int], name: str) -> list[Batch]:
    """Two batches of half the rows, for those that have not ended yet."""
    if len(batch.rows) == 1:
        raise ModelError(
            f"{name} does not fit into memory even with one request at a time.",
            hint="Use a smaller model, fewer tools in the prompt, or a machine with more memory.",
        )
    middle = (len(remaining) + 1) // 2
    return [Batch(tuple(rows), batch.prefix) for rows in (remaining[:middle], remaining[middle:]) if rows]
