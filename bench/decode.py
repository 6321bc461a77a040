"""Calls a second and time to each call on the embedded model, prompts of 1, 16 and 128 tools, one request after the
other: `LocalEngine` with its grammar, against `transformers.generate` alone, with xgrammar's logits processor, and
Outlines. The same prompts, the same weights in float32, the same threads. Then: how much sooner the first token comes
when a contract is known, what the grammar costs, and `calltune eval` against a loop over `generate`.

Every peer that is not installed is named; `bench.decode_large` has a model of 0.6 B."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import torch

from bench.train_speed import SHARED
from calltune.base.invent import invent
from calltune.contract import Toolset
from calltune.data import read_rows
from calltune.generate import Completion, LocalEngine, Request

SIZES = (1, 16, 128)
MAX_TOKENS = 96
REQUESTS = 24


@dataclass
class Line:
    """One way to generate, measured."""

    name: str
    tools: int
    seconds: list[float] = field(default_factory=list)
    """Of each request."""
    calls: int = 0
    """Requests whose completion holds a call."""
    passes: float = 0.0
    """Forward passes a request; 0 where it is not known."""
    tokens: float = 0.0
    """Written a request."""
    note: str = ""

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.seconds) / sum(self.seconds)

    def show(self, against: Line | None) -> None:
        p99 = quantiles(self.seconds, n=100)[98] if len(self.seconds) > 2 else max(self.seconds)
        ratio = f"{self.rate / against.rate:5.1f}x" if against else "     "
        passes = f"{self.passes:5.1f} passes" if self.passes else "            "
        print(
            f"{self.tools:4} tools  {self.name:48} {self.rate:6.2f}/s {ratio}  p50 {1e3 * median(self.seconds):7.0f} ms"
            f"  p99 {1e3 * p99:7.0f} ms  {self.tokens:5.1f} tokens {passes} {self.note}"
        )

    def to_json(self) -> dict[str, Any]:
        return {**self.__dict__, "rate": self.rate}


def requests_of(size: int, count: int) -> list[Request]:
    """Questions about invented tools, other invented tools beside them; every request with the same contract. More than
    16 tools are told in short, without descriptions of arguments: the embedded model reads 4,096 tokens."""
    tools: dict[str, dict[str, Any]] = {}
    asked: list[tuple[list[Any], set[str]]] = []
    for index in range(2000):
        scene = invent(random.Random(f"bench/{size}/{index}"), split="test", difficulty=0.3)
        names = [tool["function"]["name"] for tool in scene.tools]
        if len(tools) + len(names) > size and size > 1:
            continue
        if any(name in tools for name in names):
            continue
        if size == 1:
            names = names[:1]
        tools |= {tool["function"]["name"]: tool for tool in scene.tools if tool["function"]["name"] in names}
        asked += [([messages[0]], set(names)) for messages in scene.conversations if messages[0]["role"] == "user"]
        if len(tools) >= size - 2 or size == 1:
            break
    if size > 16:
        asked = [(messages, names) for messages, names in asked if names & _in_short(tools)]
    offered = tuple(Toolset.from_openai(list(tools.values())).to_openai())
    pick = random.Random(size)
    chosen = [asked[pick.randrange(len(asked))][0] for _ in range(count)]
    return [Request(tuple(messages), offered) for messages in chosen]


def _in_short(tools: dict[str, dict[str, Any]]) -> set[str]:
    """Make the tools short, in place."""
    for tool in tools.values():
        function = tool["function"]
        properties = function["parameters"].get("properties", {})
        required = function["parameters"].get("required", [])
        kept = [name for name in properties if name in required][:2] or list(properties)[:1]
        function["description"] = function["description"].split(".")[0][:40]
        function["parameters"] = {
            "type": "object",
            "properties": {name: {"type": properties[name].get("type", "string")} for name in kept},
            "required": [name for name in kept if name in required],
        }
    return set(tools)


# -- the ways to generate


def ours(
    engine: LocalEngine, requests: Sequence[Request], name: str, max_tokens: int = MAX_TOKENS
) -> tuple[Line, list[Completion]]:
    """One request after the other, the contract known from a request before."""
    warm = Request(({"role": "user", "content": "Hello there"},), requests[0].tools)
    engine.complete([warm], max_tokens=4)
    line, completions = Line(name, len(requests[0].tools)), []
    for request in requests:
        start = time.perf_counter()
        completions += engine.complete([request], max_tokens=max_tokens)
        line.seconds.append(time.perf_counter() - start)
    line.calls = sum("<tool_call>" in completion.text for completion in completions)
    line.passes = sum(completion.passes for completion in completions) / len(completions)
    line.tokens = sum(completion.completion_tokens for completion in completions) / len(completions)
    share = sum(completion.grammar_s for completion in completions) / sum(line.seconds)
    line.note = f"grammar {100 * share:.1f} % of the time" if engine.backend else ""
    return line, completions


def by_generate(
    engine: LocalEngine,
    requests: Sequence[Request],
    name: str,
    processor: Callable[[], Any] | None = None,
    max_tokens: int = MAX_TOKENS,
) -> Line:
    """`model.generate`, greedy."""
    line = Line(name, len(requests[0].tools))
    for request in requests:
        prompt = engine.renderer.prompt_ids(list(request.messages), list(request.tools))
        inputs = torch.tensor([prompt])
        options: dict[str, Any] = {"logits_processor": [processor()]} if processor else {}
        start = time.perf_counter()
        with torch.inference_mode():
            output = engine.model.generate(
                inputs,
                attention_mask=torch.ones_like(inputs),
                max_new_tokens=max_tokens,
                do_sample=False,
                eos_token_id=sorted(engine.renderer.stop_ids),
                pad_token_id=0,
                **options,
            )
        line.seconds.append(time.perf_counter() - start)
        written = output[0, len(prompt) :]
        line.tokens += len(written) / len(requests)
        line.calls += "<tool_call>" in engine.tokenizer.decode(written)
    line.passes = line.tokens
    return line


def with_xgrammar(engine: LocalEngine, requests: Sequence[Request]) -> Line | None:
    """The processor that xgrammar ships, on a structural tag of the same calls and free text."""
    try:
        import xgrammar
        from xgrammar.contrib.hf import LogitsProcessor
    except ImportError:
        return None
    info = xgrammar.TokenizerInfo.from_huggingface(
        engine.tokenizer, vocab_size=engine.config.vocab_size, stop_token_ids=sorted(engine.renderer.stop_ids)
    )
    tags = [
        {
            "type": "tag",
            "begin": f'<tool_call>{{"name": "{tool["function"]["name"]}", "arguments": ',
            "content": {"type": "json_schema", "json_schema": tool["function"]["parameters"]},
            "end": "}</tool_call>",
        }
        for tool in requests[0].tools
    ]
    form = {"type": "triggered_tags", "triggers": ["<tool_call>"], "tags": tags}
    compiled = xgrammar.GrammarCompiler(info).compile_structural_tag({"type": "structural_tag", "format": form})
    return by_generate(
        engine, requests, "transformers.generate + xgrammar's processor", lambda: LogitsProcessor(compiled)
    )


def with_outlines(engine: LocalEngine, requests: Sequence[Request]) -> Line | None:
    """Outlines' transformers back end; it writes the JSON of one call and nothing else."""
    try:
        from outlines import Generator, from_transformers
        from outlines.types import JsonSchema
    except ImportError:
        return None
    calls = [
        {
            "type": "object",
            "properties": {"name": {"const": tool["function"]["name"]}, "arguments": tool["function"]["parameters"]},
            "required": ["name", "arguments"],
        }
        for tool in requests[0].tools
    ]
    line = Line("Outlines, a call and nothing else", len(requests[0].tools))
    start = time.perf_counter()
    generator = Generator(from_transformers(engine.model, engine.tokenizer), JsonSchema(json.dumps({"anyOf": calls})))
    line.note = f"after {time.perf_counter() - start:.1f} s to compile"
    for request in requests:
        prompt = engine.tokenizer.decode(engine.renderer.prompt_ids(list(request.messages), list(request.tools)))
        start = time.perf_counter()
        text = generator(prompt, max_new_tokens=MAX_TOKENS, do_sample=False)
        line.seconds.append(time.perf_counter() - start)
        line.tokens += len(engine.tokenizer(text, add_special_tokens=False)["input_ids"]) / len(requests)
        line.calls += 1
    line.passes = line.tokens
    return line


def with_llama_cpp(engine: LocalEngine, requests: Sequence[Request]) -> Line | None:
    """llama.cpp, without a grammar; the contract is known to it from a request before."""
    try:
        from bench.llama_cpp import LlamaCpp, write_gguf

        path = write_gguf(engine, Path(tempfile.mkdtemp()) / "base.gguf")
        model = LlamaCpp(path, torch.get_num_threads(), engine.config.max_position_embeddings + 2 * MAX_TOKENS)
    except ImportError:
        return None
    line = Line("llama.cpp", len(requests[0].tools))
    same = 0
    warm = ({"role": "user", "content": "Hello there"},)
    model.write(engine.renderer.prompt_ids(warm, list(requests[0].tools)), engine.renderer.stop_ids, 4)
    for request in requests:
        prompt = engine.renderer.prompt_ids(list(request.messages), list(request.tools))
        written, seconds = model.write(prompt, engine.renderer.stop_ids, MAX_TOKENS)
        line.seconds.append(seconds)
        line.tokens += len(written) / len(requests)
        line.calls += "<tool_call>" in engine.tokenizer.decode(written)
        same += written == _greedy(engine, prompt, len(written))
    line.passes = line.tokens
    line.note = f"{same} of {len(requests)} answers those of transformers"
    shutil.rmtree(path.parent)
    return line


def _greedy(engine: LocalEngine, prompt: list[int], tokens: int) -> list[int]:
    ids, stop = torch.tensor([prompt]), sorted(engine.renderer.stop_ids)
    options: dict[str, Any] = {"max_new_tokens": tokens, "do_sample": False, "eos_token_id": stop, "pad_token_id": 0}
    with torch.inference_mode():
        output = engine.model.generate(ids, attention_mask=torch.ones_like(ids), **options)
    return output[0, len(prompt) :].tolist()


def engine_on(base: LocalEngine, **options: Any) -> LocalEngine:
    """A new engine, with nothing known, on the same weights."""
    return LocalEngine(base.model, base.tokenizer, base.renderer, order="declared", **options)


# -- what is measured


def sequential(base: LocalEngine, sizes: Sequence[int], count: int) -> Iterator[Line]:
    """All ways on all sizes."""
    for size in sizes:
        requests = requests_of(size, count)
        alone = by_generate(base, requests, "transformers.generate")
        alone.show(None)
        yield alone
        unconstrained, _ = ours(engine_on(base, grammar="off"), requests, "calltune, no grammar")
        constrained, _ = ours(engine_on(base, grammar="llguidance"), requests, "calltune, grammar")
        for line in (unconstrained, constrained):
            line.show(alone)
            yield line
        for peer, way in (
            ("xgrammar", with_xgrammar),
            ("outlines", with_outlines),
            ("llama-cpp-python (with gguf)", with_llama_cpp),
        ):
            try:
                line = way(base, requests)
            except Exception as error:  # a peer that cannot do this contract says so
                print(f"     left out: {peer} on {size} tools ({type(error).__name__}: {str(error)[:100]})")
                continue
            if line is None:
                print(f"     left out: {peer} is not installed")
            else:
                line.show(alone)
                yield line


def first_token(base: LocalEngine, size: int) -> dict[str, float]:
    """Seconds to the first token of a contract that is new, and of one that is known."""
    requests = requests_of(size, 6)
    engine = engine_on(base, grammar="llguidance")
    engine.grammar_of(requests[0])  # compiled once for a contract
    engine.complete([Request(({"role": "user", "content": "Hello there"},), requests_of(1, 1)[0].tools)], max_tokens=2)
    cold = engine.complete(requests[:1], max_tokens=8)[0]
    warm = [engine.complete([request], max_tokens=8)[0].first_token_s for request in requests[1:]]
    times = cold.first_token_s / median(warm)
    print(
        f"first token, {len(requests[0].tools)} tools ({cold.prompt_tokens:,} tokens): new"
        f" {1e3 * cold.first_token_s:.0f} ms, known {1e3 * median(warm):.0f} ms, {times:.1f}x sooner"
    )
    return {"new_s": cold.first_token_s, "known_s": median(warm), "times": times}


def evaluation(base: LocalEngine, rows: int = 500, looped: int = 60) -> dict[str, float] | None:
    """`calltune eval`'s own call of the engine on real rows, against a loop over `generate` on some of them."""
    path = SHARED / "data" / "snips_train.jsonl.gz"
    if not path.is_file():
        print(f"left out: no real data in {SHARED} (set CALLTUNE_SHARED)")
        return None
    requests = []
    for row in read_rows(path):
        if row.conversation is not None and len(requests) < rows:
            tools = tuple(row.conversation.toolset().to_openai())
            requests.append(Request(tuple(row.conversation.messages[:-1]), tools))
    loop = by_generate(base, requests[:looped], "a loop over transformers.generate")
    rates = {}
    for grammar in ("off", "llguidance"):
        engine = engine_on(base, grammar=grammar)
        start = time.perf_counter()
        engine.complete(requests, max_tokens=MAX_TOKENS)
        rates[grammar] = len(requests) / (time.perf_counter() - start)
    print(
        f"evaluation of {len(requests)} SNIPS rows: {rates['off']:.1f} rows/s, with the grammar"
        f" {rates['llguidance']:.1f}; a loop over transformers.generate {loop.rate:.2f}:"
        f" {rates['off'] / loop.rate:.1f}x and {rates['llguidance'] / loop.rate:.1f}x"
    )
    return {"rows_s": rates["off"], "grammar_rows_s": rates["llguidance"], "loop_rows_s": loop.rate}


def main() -> dict[str, Any]:
    """Print all of it; return all of it."""
    base = LocalEngine.load("base", device="cpu", dtype="float32", grammar="off")
    print(f"{torch.get_num_threads()} threads, float32, greedy, at most {MAX_TOKENS} tokens a request")
    requests = requests_of(1, 1)
    base.complete(requests, max_tokens=4)
    by_generate(base, requests, "warm")
    lines = list(sequential(base, SIZES, REQUESTS))
    found: dict[str, Any] = {"lines": [line.to_json() for line in lines]}
    found["first_token"] = first_token(base, 128)
    found["evaluation"] = evaluation(base)
    print("left out: vLLM")
    return found
