"""Drills: toolsets of made-up or unrelated words, where only looking the words up in the prompt tells what to call.

In: a random number generator. Out: a `Scene` like those of `invent`, but short and literal: people say words of a
tool's name or description, and values next to the name of their argument. The model learns to look up and to copy from
these, and what people mean by their words from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

from calltune.base import words
from calltune.base.grammar import pick
from calltune.base.invent import Scene
from calltune.base.nouns import NOUNS
from calltune.base.styles import JOINS

_ONSETS = "b br c ch cl d dr f fl g gl gr h j k kl l m n p pl pr qu r s sh sk sl sp st t th tr v w z"
_NUCLEI = "a e i o u ai ea ee io oa ou y"
_CODAS = "- - b ck d ft g l ll m n nd ng nt p r rd rk s sh st t x"
_OPENINGS = (
    "",
    "",
    "",
    "",
    "please ",
    "Can you ",
    "I need to ",
    "hey, ",
    "I want to ",
    "could you ",
    "Time to ",
    "ok ",
)
_CLOSINGS = ("", "", "", "", " please", ".", "?", "!", " thanks", ", if you can")
_LINKS = (" ", " ", " the ", " a ", " my ", " of the ", ": ")
_SAID = (
    " with {0} {1}",
    " with {0} {1}",
    ", {0} {1}",
    ", {0}: {1}",
    " with {1} as the {0}",
    " and the {0} is {1}",
    " where the {0} should be {1}",
    "; {0} {1}",
)
_ALONE = (" {1}", " for {1}", " to {1}", " on {1}", ": {1}", " called {1}", " ({1})")
_ABOUT = ("{0}", "{0}", "{0}.", "Use it to {0}", "This tool will {0}.", "{0} in the system")
_REFUSALS = ("I'm sorry, I have no function for that.", "I can't do that with the functions I have.")


def drill(rng: Random, difficulty: float = 1.0) -> Scene:
    """One scene of 1 to 14 tools; `difficulty` below 1 gives fewer."""
    new = _words(rng)
    size = 1 + int(rng.random() * (1 + 13 * min(1.0, difficulty)))
    shared = [next(new) for _ in range(2)] if rng.random() < 0.4 else []
    join = JOINS[pick(rng, ("snake",) * 6 + ("camel", "kebab", "pascal"))]
    tools = [_Drilled(rng, new, shared, join) for _ in range(size)]
    conversations = []
    for _ in range(14 + int(rng.random() * 20)):
        conversations.append(_conversation(rng, pick(rng, tools), new))
    return Scene(tuple(tool.wire for tool in tools), tuple(conversations))


def _words(rng: Random) -> Iterator[str]:
    """New words without end, each once: real ones that have nothing to do with each other, or made-up ones."""
    seen = set[str]()
    onsets, nuclei, codas = _ONSETS.split(), _NUCLEI.split(), _CODAS.replace("-", "").split(" ")
    real = pick(rng, (0.0, 0.8, 1.0, 1.0))
    while True:
        if rng.random() < real:
            word = pick(rng, _real_words())
        else:
            syllables = 1 + int(rng.random() * 1.5)
            word = "".join(pick(rng, onsets) + pick(rng, nuclei) + pick(rng, codas) for _ in range(syllables))
        if word not in seen:
            seen.add(word)
            yield word


@cache
def _real_words() -> tuple[str, ...]:
    """The words of all word lists, without those kept for testing."""
    listed = [word for pool in vars(words).values() if isinstance(pool, words.Pool) for word in pool.train]
    listed += [noun.word for noun in NOUNS]
    found = {word for text in listed for word in text.lower().split() if word.isascii() and word.isalpha()}
    return tuple(sorted(word for word in found if len(word) > 2 and not words.is_test_word(word)))


class _Drilled:
    """A tool and the words by which people mean it."""

    def __init__(self, rng: Random, new: Iterator[str], shared: list[str], join: Callable[[list[str]], str]) -> None:
        name = [next(new) for _ in range(1 + int(rng.random() * 2.5))]
        if shared and rng.random() < 0.7:  # a word that other tools have, too
            name.insert(int(rng.random() * (len(name) + 1)), pick(rng, shared))
        self.said = name
        described = rng.random() < 0.85
        about = name
        if described and rng.random() < 0.6:  # meant by what its description says
            about = [next(new) for _ in range(1 + int(rng.random() * 2))]
            self.said = about
        self.arguments: dict[str, Callable[[Random], Any]] = {}
        self.labels: dict[str, str] = {}
        properties: dict[str, Any] = {}
        required = []
        for _ in range(pick(rng, (0, 1, 1, 2, 2, 3))):
            parts = [next(new) for _ in range(1 + (rng.random() < 0.3))]
            argument = join(parts)
            schema, self.arguments[argument] = _kind(rng, new)
            self.labels[argument] = " ".join(parts)
            if rng.random() < 0.2:
                self.labels[argument] = next(new)
                schema["description"] = pick(rng, ("{}", "The {}", "{} of it")).format(self.labels[argument])
            properties[argument] = schema
            if rng.random() < 0.7:
                required.append(argument)
        self.required = required
        parameters: dict[str, Any] = {"type": "object", "properties": properties}
        if required:
            parameters["required"] = required
        parameters["additionalProperties"] = False
        self.name = join(name)
        self.wire = {
            "type": "function",
            "function": {
                "name": self.name,
                "description": pick(rng, _ABOUT).format(" ".join(about)) if described else "",
                "parameters": parameters,
            },
        }


def _kind(rng: Random, new: Iterator[str]) -> tuple[dict[str, Any], Callable[[Random], Any]]:
    """A schema and what makes values for it."""
    chance = rng.random()
    if chance < 0.2:
        return {"type": "integer"}, lambda rng: int(10 ** (rng.random() * 5))
    if chance < 0.3:
        choices = [next(new) for _ in range(2 + int(rng.random() * 4))]
        return {"type": "string", "enum": choices}, lambda rng: pick(rng, choices)
    if chance < 0.5:
        return {"type": "string"}, _code
    if chance < 0.7:
        return {"type": "string"}, lambda rng: " ".join(
            next(new).capitalize() for _ in range(1 + int(rng.random() * 2))
        )
    return {"type": "string"}, lambda rng: " ".join(next(new) for _ in range(1 + int(rng.random() * 3)))


def _code(rng: Random) -> str:
    shape = pick(rng, ("AA-000", "0000", "A00A0", "aa_0a0a", "AAA000000", "000-0000", "00:00", "0000-00-00", "a0a0a0"))
    signs = {"A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "a": "abcdefghijklmnopqrstuvwxyz", "0": "0123456789"}
    return "".join(pick(rng, signs[sign]) if sign in signs else sign for sign in shape)


def _conversation(rng: Random, tool: _Drilled, new: Iterator[str]) -> tuple[dict[str, Any], ...]:
    chance = rng.random()
    said = list(tool.said) if chance > 0.12 else [next(new) for _ in range(1 + int(rng.random() * 2))]
    if rng.random() < 0.3:
        rng.shuffle(said)
    text = said[0]
    for word in said[1:]:
        text += pick(rng, _LINKS) + word
    left = pick(rng, tool.required) if tool.required and 0.12 < chance < 0.22 else None
    arguments, spoken = {}, []
    for argument, value in tool.arguments.items():
        if argument != left and (argument in tool.required or rng.random() < 0.5):
            arguments[argument] = value(rng)
            forms = _ALONE if len(tool.arguments) == 1 and rng.random() < 0.5 else _SAID
            spoken.append(pick(rng, forms).format(tool.labels[argument], arguments[argument]))
    rng.shuffle(spoken)
    text = pick(rng, _OPENINGS) + text + "".join(spoken) + pick(rng, _CLOSINGS)
    user = {"role": "user", "content": text[0].upper() + text[1:] if rng.random() < 0.3 else text}
    if chance <= 0.12:
        return user, {"role": "assistant", "content": pick(rng, _REFUSALS)}
    if left is not None:
        return user, {"role": "assistant", "content": f"What is the {tool.labels[left]}?"}
    call = {"id": "1", "type": "function", "function": {"name": tool.name, "arguments": arguments}}
    return user, {"role": "assistant", "content": "", "tool_calls": [call]}
