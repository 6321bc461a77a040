"""Grammars of real contracts: no good answer is refused, and whatever is drawn from them at random follows the
contract, but for what is listed as left to validation. It needs the folder that `bench.train_speed` describes.

For every file: the assistant turns whose calls are valid, rendered as in training, token by token under the grammar of
their row (`auto`, arguments as declared; and in any order, as written). For every tool: a call drawn from random logits
at temperature 2, read back and checked against the whole contract; after 60 tokens only tokens that lead to an end. The
same with some turns of each file and some tools for templates that write arguments in other ways."""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import cache
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from bench.train_speed import SHARED
from calltune.contract import Tool, Toolset
from calltune.contract.projection import by_keyword
from calltune.data import read_rows
from calltune.errors import CalltuneError
from calltune.generate.constraint import Backend, load_backend
from calltune.generate.dialect import UNREADABLE
from calltune.generate.grammar import Grammar, grammar_of
from calltune.generate.shape import Shape
from calltune.render.call_form import call_form
from calltune.render.parse import Message
from calltune.render.renderer import Renderer
from calltune.render.source import load_tokenizer, resolve_model
from calltune.render.survey import _MARKER

MOST_TOKENS = 400
CLOSING_AFTER = 60
TEMPLATES = ("qwen3_6", "glm4moe", "nemotron_3_nano", "gemma4_v5")
"""Those of trl that write no JSON object: arguments in tags, or in a dialect."""


class Judge:
    """One back end on the vocabulary of the embedded model, with its template or one of trl's."""

    def __init__(self, name: Any, template: str = "") -> None:
        tokenizer = load_tokenizer(resolve_model("base"))
        if template:
            file = resources.files("trl").joinpath(f"chat_templates/{template}.jinja")
            tokenizer.chat_template = file.read_text(encoding="utf-8")
            new = sorted(set(_MARKER.findall(tokenizer.chat_template)) - set(tokenizer.get_vocab()))
            tokenizer.add_special_tokens({"extra_special_tokens": new}, replace_extra_special_tokens=False)
            self.renderer = Renderer(tokenizer, template="native", thinking="off")
        else:
            self.renderer = Renderer(tokenizer)
        backend = load_backend(name, tokenizer, len(tokenizer), sorted(self.renderer.stop_ids))
        assert backend is not None
        self.backend: Backend = backend
        form = call_form(self.renderer.chat)
        assert form is not None
        self.form = form
        self.ending: list[int] = self.renderer.encoder.ids(form.quote, inside=True) if form.quote else []
        self.specials = {text: token for token, text in self.renderer.encoder.added.items()}
        texts = [tokenizer.decode([token]) for token in range(len(tokenizer))]
        if form.tags is not None:  # texts in tags end only with the whole tag
            self.ending = self.renderer.encoder.ids(form.tags.close, inside=True)
        self.closing = np.array([text[:1] in ('"', "}", "]", ",") or token in self.specials.values()
                                 for token, text in enumerate(texts)])  # fmt: skip
        self.kept: dict[tuple[str, str], Grammar] = {}

    def grammar(self, tools: Toolset, **options: Any) -> Grammar:
        """Of a contract."""
        key = (tools.fingerprint, str(options))
        if key not in self.kept:
            shape = Shape(form=self.form, specials=self.specials, **options)
            self.kept[key] = grammar_of(tools, shape, self.backend.fits)
        return self.kept[key]

    def accepts(self, grammar: Grammar, ids: list[int]) -> bool:
        """Whether a whole turn may be written."""
        row = self.backend.start(grammar)
        if row.allowed_part(ids) < len(ids):
            return False
        row.take(ids)
        return row.ended or any(row.allows(stop) for stop in self.renderer.stop_ids)

    def draw(self, grammar: Grammar, pick: np.random.Generator) -> str | None:
        """A turn from random logits; None where it does not come to an end."""
        row, ids = self.backend.start(grammar), []
        width = len(self.renderer.tokenizer)
        for length in range(MOST_TOKENS):
            if row.ended:
                break
            if self.ending and length % 40 == 39 and row.allowed_part(self.ending) == len(self.ending):
                row.take(self.ending)
                ids += self.ending
                continue
            allowed = np.unpackbits(np.frombuffer(row.mask(), np.uint8), bitorder="little")[:width].astype(bool)
            if length > CLOSING_AFTER and (allowed & self.closing).any():
                allowed &= self.closing
            places = np.flatnonzero(allowed)
            odds = np.exp(pick.standard_normal(len(places)) / 2)
            token = int(pick.choice(places, p=odds / odds.sum()))
            if token in self.renderer.stop_ids:
                break
            row.take([token])
            ids.append(token)
        else:
            return None
        return self.renderer.encoder.decode(ids)[0]


def gold(judge: Judge, path: Path, tools: dict[str, Tool], rows: int | None = None) -> Counter[str]:
    """The turns of a file, or of its first rows; the tools that are met are put into `tools`."""
    found: Counter[str] = Counter()
    for row in islice(read_rows(path), rows):
        conversation = row.conversation
        if conversation is None:
            continue
        try:
            offered = conversation.toolset()
        except CalltuneError:
            continue  # a broken schema: `calltune check` reports the row
        tools |= {tool.fingerprint: tool for tool in offered}
        for index, message in enumerate(conversation.messages):
            calls = message.get("tool_calls") or ()
            if message["role"] != "assistant":
                continue
            if any(offered.check(call["function"]["name"], call["function"]["arguments"]) for call in calls):
                continue  # a bad call should be refused
            found["turns"] += 1
            found["calls"] += len(calls)
            for order, given in (("declared", conversation.tools), ("free", ())):
                try:
                    ids = rendered(judge.renderer, conversation.messages[: index + 1], given)
                except CalltuneError:
                    found[f"not rendered by the template, {order}"] += 1
                    continue
                found[f"refused, {order}"] += not judge.accepts(judge.grammar(offered, order=order), ids)
    return found


def rendered(renderer: Renderer, messages: Any, tools: Any) -> list[int]:
    """What a model writes for the last message; without tools, arguments stay in the order in which they are."""
    prepared, _, cut = renderer.chat.prepare(messages, tools)
    target = renderer.chat.prepared_turn(prepared, len(prepared) - 1, [], cut).target
    for stop in renderer.chat.stop_texts:
        target = target.removesuffix(stop)
    target = target.removeprefix("<think>\n\n</think>\n\n")
    return list(renderer.encoder.encode(target, cut=cut, inside=True).ids)


def drawn(judge: Judge, tools: list[Tool]) -> dict[str, Any]:
    """A random call of each tool against its whole contract."""
    pick = np.random.default_rng(0)
    found: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    left = []
    for tool in tools:
        contract = Toolset([tool])
        grammar = judge.grammar(contract, choice="required", parallel=False)
        left += grammar.unenforced
        found["tools"] += 1
        text = judge.draw(grammar, pick)
        if text is None:
            found["not ended"] += 1
            continue
        offered = contract.to_openai()
        prompt = judge.renderer.chat.text([{"role": "user", "content": "Hi"}], offered)
        read = judge.renderer.chat.parse_text(text, prompt=prompt, tools=offered)
        if not isinstance(read, Message) or len(read.calls) != 1:
            listed = any(one.keyword == UNREADABLE for one in grammar.unenforced)
            found["unreadable where that was listed" if listed else "unreadable"] += 1
            continue
        call = read.calls[0]
        problems = contract.check(call.name, call.arguments_text or call.arguments)
        found["follow the contract"] += not problems
        found["break it where that was listed"] += bool(problems) and bool(grammar.unenforced)
        found["break it otherwise"] += bool(problems) and not grammar.unenforced
        kinds.update({problem.kind for problem in problems})
    return {"counts": dict(found), "problems": dict(kinds), "left to validation": by_keyword(tuple(left))}


@cache
def files() -> list[Path]:
    """The real data."""
    return sorted([*(SHARED / "data").glob("*.jsonl"), *(SHARED / "data").glob("*.jsonl.gz")])


def main() -> dict[str, Any]:
    """Print a line a file, the sum and what was drawn."""
    if not files():
        print(f"left out: no real data in {SHARED} (set CALLTUNE_SHARED)")
        return {}
    judge, tools, total = Judge("llguidance"), dict[str, Tool](), Counter[str]()
    result: dict[str, Any] = {"files": {}}
    for path in files():
        start = time.perf_counter()
        counts = gold(judge, path, tools)
        total += counts
        result["files"][path.name] = dict(counts)
        print(
            f"{path.name:32} {counts['turns']:>7,} turns, {counts['calls']:>7,} calls: refused"
            f" {counts['refused, declared']} as declared, {counts['refused, free']} in any order"
            f"  ({time.perf_counter() - start:.0f} s)"
        )
    print(f"{'all':32} {dict(total)}")
    some = random.Random(0).sample(list(tools.values()), min(500, len(tools)))
    for template in TEMPLATES:
        other, total = Judge("llguidance", template), Counter[str]()
        for path in files():
            total += gold(other, path, {}, rows=100)
        result[template] = {"gold": dict(total), "drawn": drawn(other, some)}
        print(f"{template}: {result[template]}")
    for name in ("llguidance", "xgrammar"):
        try:
            one = judge if name == "llguidance" else Judge(name)
        except CalltuneError as error:
            print(f"left out: {error}")
            continue
        chosen = list(tools.values())
        if name == "xgrammar":  # compiles for seconds where strings are bounded
            chosen = random.Random(0).sample(chosen, min(300, len(chosen)))
        start = time.perf_counter()
        result[name] = drawn(one, chosen)
        print(f"{name}: {result[name]}  ({time.perf_counter() - start:.0f} s)")
    return result
