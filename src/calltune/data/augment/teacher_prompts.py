"""What the teacher is asked. In: a contract and a number. Out: a `Task`: which tool, which form (a call, two calls,
something missing, nothing that fits), which arguments, who speaks and how; and the messages that ask for it. The same
number gives the same task. Whether the answer is any good is judged elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from calltune.contract import Tool, Toolset

Form = Literal["call", "two_calls", "ask", "refuse"]

FORMS: dict[Form, int] = {"call": 66, "two_calls": 12, "ask": 12, "refuse": 10}
"""How many tasks in a hundred are of a form."""
MOST_TOOLS = 24
"""Tools that a prompt shows: of a larger contract the one that is wanted and some others, by chance."""
MOST_CHARACTERS = 60_000
"""Of the schemas in a prompt; fewer tools are shown where they would take more."""

_PERSONAS = (
    "a student in a hurry",
    "a retired teacher who writes full sentences",
    "a nurse on a night shift",
    "an accountant who is precise about everything",
    "a parent with a child on one arm",
    "someone who dictates to a phone",
    "a support agent who writes in fragments",
    "a tourist whose English is simple",
    "an engineer who likes short commands",
    "someone who is annoyed",
    "a shop owner between two customers",
    "a manager who delegates",
    "a teenager who never uses capitals",
    "someone who explains why they ask before they ask",
)
_STYLES = (
    "one short command",
    "a question",
    "a polite request",
    "a statement from which the wish follows",
    "two short sentences, the second with details",
    "the details first, the wish last",
    "casual, with one small spelling mistake that is not in a value",
    "without naming what the function is called",
    "with values written the way people say them (numbers or dates in words)",
)

_WRITER = """You write training examples for an assistant that calls functions. You are given the functions as JSON \
Schema and a task. Invent what a user would say and what the assistant must do. Rules:
- Values must be realistic and varied. Every text value must stand in the question, word for word, unless it is one of \
an enum or a date or time in the form that the schema wants.
- Arguments must follow the schema exactly. Give no argument that the user does not mention, not even at its default.
- The question must be understandable without the schema and must not contain JSON or names of arguments.
Answer with one JSON object and nothing else, of one of these forms:
{"question": "...", "calls": [{"name": "...", "arguments": {...}}]}
{"question": "...", "ask": "what the assistant asks the user for"}
{"question": "...", "refuse": "what the assistant says, because no function fits"}"""

_SOLVER = """You are an assistant that calls functions, given below as JSON Schema. Decide what to do about the user's \
message. Call functions only with what the user has said; give no argument that was not mentioned. Answer with one \
JSON object and nothing else, of one of these forms:
{"calls": [{"name": "...", "arguments": {...}}]}
{"ask": "what you must ask the user for, because a required argument is missing"}
{"refuse": "what you say, because no function fits"}"""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One example to write."""

    number: int
    form: Form
    tools: tuple[Tool, ...]
    """Those that the prompt shows, in the contract's order."""
    wanted: tuple[Tool, ...]
    """Those that must be called."""
    given: tuple[tuple[str, ...], ...]
    """Which arguments the user gives, for each of these."""
    missing: tuple[str, ...]
    """Required arguments that the user leaves out."""
    persona: str
    style: str
    language: str

    def messages(self) -> list[dict[str, Any]]:
        """The prompt that asks for the example."""
        lines = [f"Functions:\n{_shown(self.tools)}\n", "Task:"]
        for tool, given in zip(self.wanted, self.given, strict=True):
            what = f"with these arguments: {', '.join(given)}" if given else "without arguments"
            lines.append(f"- the user wants what {tool.name} does, {what}")
        if self.form == "ask":
            lines.append(f"- the user does not say {', '.join(self.missing)}; the assistant asks for it (form: ask)")
        elif self.form == "refuse":
            near = f"something near to what {self.wanted[0].name} does, but not it" if self.wanted else "something else"
            lines = [*lines[:2], f"- the user wants {near}; no function fits (form: refuse)"]
        else:
            lines.append(f"- the assistant makes {len(self.wanted)} call(s) (form: calls)")
        lines += [f"- the user is {self.persona}", f"- phrasing: {self.style}", f"- language: {self.language}"]
        lines.append(f"- example number {self.number}; do not repeat common examples")
        return [{"role": "system", "content": _WRITER}, {"role": "user", "content": "\n".join(lines)}]

    def check_messages(self, question: str) -> list[dict[str, Any]]:
        """The prompt that asks what to do about the question, without the answer."""
        system = f"{_SOLVER}\n\nFunctions:\n{_shown(self.tools)}"
        return [{"role": "system", "content": system}, {"role": "user", "content": question}]


def task_of(toolset: Toolset, number: int, *, seed: int, languages: Sequence[str]) -> Task:
    """The task of a number: the tools in turn, everything else by chance."""
    rng = Random(f"{seed}:teacher:{number}")
    first = toolset.tools[number % len(toolset)]
    form = rng.choices(list(FORMS), list(FORMS.values()))[0]
    required = list(first.parameters.get("required") or ())
    if (form == "ask" and not required) or (form == "two_calls" and len(toolset) < 2):
        form = "call"
    wanted = [first]
    if form == "two_calls":
        wanted.append(rng.choice([tool for tool in toolset if tool.name != first.name]))
    missing = tuple(rng.sample(required, min(len(required), rng.choice((1, 1, 2))))) if form == "ask" else ()
    given = tuple(tuple(name for name in _given(rng, tool) if name not in missing) for tool in wanted)
    return Task(
        number=number,
        form=form,
        tools=_some_tools(rng, toolset, wanted),
        wanted=tuple(wanted),
        given=given,
        missing=missing,
        persona=rng.choice(_PERSONAS),
        style=rng.choice(_STYLES),
        language=rng.choice(list(languages)),
    )


def _given(rng: Random, tool: Tool) -> list[str]:
    """All required arguments, and some of the others."""
    required = tool.parameters.get("required") or ()
    rate = rng.choice((0.0, 0.2, 0.5, 0.8))
    return [name for name in tool.parameters.get("properties") or {} if name in required or rng.random() < rate]


def _some_tools(rng: Random, toolset: Toolset, wanted: Sequence[Tool]) -> tuple[Tool, ...]:
    others = [tool for tool in toolset if tool.name not in {one.name for one in wanted}]
    if len(toolset) > MOST_TOOLS:
        others = rng.sample(others, MOST_TOOLS - len(wanted))
    rng.shuffle(others)
    kept = {tool.name for tool in wanted}
    size = sum(len(_shown((tool,))) for tool in wanted)
    for tool in others:
        size += len(_shown((tool,)))
        if size > MOST_CHARACTERS:
            break
        kept.add(tool.name)
    return tuple(tool for tool in toolset if tool.name in kept)


def _shown(tools: Sequence[Tool]) -> str:
    return "\n".join(json.dumps(tool.to_openai()["function"], ensure_ascii=False) for tool in tools)
