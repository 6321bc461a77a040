"""Conversations with the help desk, made up from phrases and values: `python -m calltune.demo.conversations --out DIR`.

What goes in: a seed and a split. What comes out: rows in the OpenAI chat shape (`id`, `messages`; the tools are the
help desk's, so rows do not repeat them), the same ones every time. The test split shares no sentence with the
training split, and no value of an argument but the choices of its schema. No model is involved, and nothing is
sampled from one.

    >>> conversations(0, "train")[0].keys()
    dict_keys(['id', 'messages'])
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

from calltune.data.write import LineWriter
from calltune.demo import helpdesk
from calltune.demo.dialogues import (
    ERRORS,
    NO_FUNCTION,
    QUESTIONS,
    RESULTS,
    WELCOME,
    Arguments,
    failure,
)
from calltune.demo.phrases import Patterns, Phrases, Split, choose, phrases
from calltune.demo.values import fill
from calltune.errors import CalltuneError, ConfigError

Message = dict[str, Any]
Call = tuple[str, Arguments]

ROWS: dict[Split, int] = {"train": 4560, "test": 240}
"""Rows of each split, unless told otherwise."""

SLOT = re.compile(r"(\b[Aa] )?\{(\w+)\}")
"""A slot, with the article before it: "a {system}" is filled with "an ERP"."""


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Writes rows of one split."""

    split: Split
    rng: random.Random

    @property
    def phrases(self) -> Phrases:
        """The patterns of the split."""
        return phrases(self.split)

    def draw(self, patterns: Patterns) -> str:
        """One of the patterns, with one of its alternatives in every place."""
        return choose(self.rng.choice(patterns), self.rng)

    def maybe(self, patterns: Patterns, share: float) -> str:
        """One of the patterns, or nothing."""
        return self.draw(patterns) if self.rng.random() < share else ""

    def fill(self, template: str) -> tuple[str, Arguments]:
        """A template with its slots filled, and the arguments that were said; `{Note}` is `{note}` with a capital."""
        arguments: Arguments = {}

        def said(slot: re.Match[str]) -> str:
            article, name = slot.groups(default="")
            words, values = fill(name.lower(), self.rng, self.split)
            arguments.update(values)
            if article and words[0] in "AEIOUaeiou":
                article = f"{article[0]}n "
            return article + (words if name.islower() else capital(words, values))

        return SLOT.sub(said, template), arguments

    def sentence(self, tool: str) -> tuple[str, Arguments]:
        """A request for one function, with or without courtesies around it."""
        do, say = self.phrases.do[tool], self.phrases.say[tool]
        whole = self.rng.randrange(len(do) + len(say)) >= len(do)
        template = self.draw(say if whole else do)
        frame = "{do}" if whole else self.frame(template)
        return self.around(*self.fill(frame.replace("{do}", small(template))))

    def frame(self, template: str) -> str:
        """How an imperative becomes a sentence. After free text only a full stop may follow: it would be part of it."""
        frames = self.phrases.requests
        if ends_in_text(template):
            frames = tuple(frame for frame in frames if frame.endswith("{do}.") and "," not in frame)
        return self.draw(frames)

    def around(self, text: str, arguments: Arguments) -> tuple[str, Arguments]:
        """The text with an opener and a closer now and then, and a capital at its start."""
        opener = self.maybe(self.phrases.openers, 0.3)
        closer = self.maybe(self.phrases.closers, 0.25)
        if not opener.endswith((",", ":")):
            text = capital(text, arguments)
        return " ".join(part for part in (opener, text, closer) if part), arguments

    def single(self, tool: str) -> list[Message]:
        """One request, one call."""
        text, arguments = self.sentence(tool)
        return [user(text), calls((tool, arguments))]

    def parallel(self, tool: str) -> list[Message]:
        """Two requests in one message, two calls at once."""
        imperatives = self.phrases.do
        other = self.rng.choice(sorted(imperatives))
        filled: list[tuple[str, Call]] = []
        for name in (tool, other):
            text, arguments = self.fill(self.draw(tuple(t for t in imperatives[name] if not ends_in_text(t))))
            filled.append((text, (name, arguments)))
        joint = self.draw(self.phrases.joints).replace("{a}", filled[0][0]).replace("{b}", filled[1][0])
        text, _ = self.around(self.draw(self.phrases.requests).replace("{do}", joint), {})
        return [user(text), calls(*(call for _, call in filled))]

    def unrelated(self, tool: str) -> list[Message]:
        """Something that no function can do."""
        text, _ = self.around(small(self.draw(self.phrases.unrelated)), {})
        return [user(text), reply(NO_FUNCTION)]

    def asked(self, tool: str) -> list[Message]:
        """A required argument is missing: the assistant asks, the user answers, the call follows."""
        gap = self.rng.choice([gap for gap in QUESTIONS if gap[0] == tool])
        text, first = self.around(*self.fill(small(self.draw(self.phrases.needs[gap]))))
        answer, second = self.fill(self.draw(self.phrases.gets[gap]))
        return [user(text), reply(QUESTIONS[gap]), user(capital(answer, second)), calls((tool, {**first, **second}))]

    def answered(self, tool: str) -> list[Message]:
        """A call, its result, the reply; then thanks, or another request."""
        request, call = self.single(tool)
        result, sentence = RESULTS[tool](arguments_of(call), self.rng)
        row = [request, call, returned(result), reply(sentence)]
        more = self.rng.random()
        if more < 0.25:
            row += [user(self.draw(self.phrases.thanks)), reply(WELCOME)]
        elif more < 0.6:
            row += self.single(self.rng.choice(sorted(RESULTS)))
        return number_calls(row)

    def failed(self, tool: str) -> list[Message]:
        """A call, an error, a reply that says so."""
        tool = tool if tool in ERRORS else self.rng.choice(sorted(ERRORS))
        request, call = self.single(tool)
        result, sentence = failure(tool, arguments_of(call))
        return [request, call, returned(result), reply(sentence)]


KINDS: dict[str, Callable[[Writer, str], list[Message]]] = {
    "single": Writer.single,
    "parallel": Writer.parallel,
    "unrelated": Writer.unrelated,
    "asked": Writer.asked,
    "answered": Writer.answered,
    "failed": Writer.failed,
}
"""What a row may be."""

SHARES: dict[Split, dict[str, int]] = {
    "train": {"single": 47, "parallel": 25, "unrelated": 5, "asked": 10, "answered": 8, "failed": 5},
    "test": {"single": 60, "parallel": 9, "unrelated": 8, "asked": 10, "answered": 8, "failed": 5},
}
"""How many rows in a hundred are of a kind. Two calls at once are the hardest, and are practised most."""


def conversations(seed: int, split: Split, rows: int | None = None) -> list[dict[str, Any]]:
    """Rows of a split, no two alike. Functions take turns; kinds come in their shares, shuffled."""
    rng = random.Random(f"{seed}/{split}")
    writer = Writer(split=split, rng=rng)
    tools = sorted(RESULTS)
    kinds = [kind for kind, share in SHARES[split].items() for _ in range(share)]
    made: list[dict[str, Any]] = []
    seen: set[str] = set()
    for index in range(ROWS[split] if rows is None else rows):
        if index % len(kinds) == 0:
            rng.shuffle(kinds)
        if index % len(tools) == 0:
            rng.shuffle(tools)
        kind = kinds[index % len(kinds)]
        messages = _unseen(partial(KINDS[kind], writer, tools[index % len(tools)]), seen)
        made.append({"id": f"{split}-{index + 1:04d}-{kind}", "messages": messages})
    return made


def _unseen(write: Callable[[], list[Message]], seen: set[str]) -> list[Message]:
    """A conversation that was not written before."""
    for _ in range(1000):
        messages = write()
        key = json.dumps([message["content"] for message in messages if message["role"] == "user"])
        if key not in seen:
            seen.add(key)
            return messages
    raise ConfigError("there are not so many different conversations.", hint="Ask for fewer rows.")


def user(text: str) -> Message:
    """A user's message."""
    return {"role": "user", "content": text}


def reply(text: str) -> Message:
    """An assistant's message without calls."""
    return {"role": "assistant", "content": text}


def calls(*made: Call) -> Message:
    """An assistant's message with calls."""
    tool_calls = [
        {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": in_order(name, arguments)}}
        for number, (name, arguments) in enumerate(made, start=1)
    ]
    return {"role": "assistant", "content": None, "tool_calls": tool_calls}


def in_order(name: str, arguments: Arguments) -> Arguments:
    """The arguments in the order of the function's signature, whatever the order they were said in."""
    return {
        parameter: arguments[parameter]
        for parameter in signature(getattr(helpdesk, name)).parameters
        if parameter in arguments
    }


def returned(result: dict[str, Any]) -> Message:
    """What the call of the message before gave back."""
    return {"role": "tool", "tool_call_id": "call_1", "content": json.dumps(result)}


def number_calls(messages: list[Message]) -> list[Message]:
    """The same messages, every call with an id of its own."""
    numbered: list[Message] = []
    count = 0
    for message in messages:
        if "tool_calls" in message:
            made = [
                {**call, "id": f"call_{count + place}"} for place, call in enumerate(message["tool_calls"], start=1)
            ]
            count += len(made)
            message = {**message, "tool_calls": made}
        numbered.append(message)
    return numbered


def arguments_of(message: Message) -> Arguments:
    """The arguments of the first call."""
    arguments: Arguments = message["tool_calls"][0]["function"]["arguments"]
    return arguments


def capital(text: str, arguments: Arguments) -> str:
    """The text with a capital at its start; a login stays as it is, for nobody writes it with one."""
    return text if text.startswith(arguments.get("login", "\n")) else text[:1].upper() + text[1:]


def small(sentence: str) -> str:
    """The sentence as it goes on after a comma: only "I" keeps its capital."""
    return sentence if re.match("I\\b", sentence) else sentence[:1].lower() + sentence[1:]


def ends_in_text(template: str) -> bool:
    """Whether a template ends in free text without quotes around it."""
    return template.endswith(("{summary}", "{text}"))


def write(
    folder: Path, *, seed: int = 0, rows: int = ROWS["train"], test_rows: int = ROWS["test"]
) -> tuple[Path, Path]:
    """Write `train.jsonl` and `test.jsonl` into a folder."""
    counts: dict[Split, int] = {"train": rows, "test": test_rows}
    for split, count in counts.items():
        with LineWriter(folder / f"{split}.jsonl") as lines:
            for row in conversations(seed, split, count):
                lines.write(json.dumps(row, ensure_ascii=False).encode())
            lines.publish()
    return folder / "train.jsonl", folder / "test.jsonl"


def main(out: Path, seed: int = 0, rows: int = ROWS["train"], test_rows: int = ROWS["test"]) -> None:
    """Write the demo's conversations.

    Args:
        out: folder for train.jsonl and test.jsonl
        seed: another seed, other conversations
        rows: training rows
        test_rows: test rows
    """
    train, test = write(out, seed=seed, rows=rows, test_rows=test_rows)
    print(f"{rows} rows in {train}, {test_rows} rows in {test}")


if __name__ == "__main__":
    import tyro

    try:
        tyro.cli(main)
    except CalltuneError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
