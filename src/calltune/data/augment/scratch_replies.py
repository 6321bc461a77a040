"""What the assistant says beside its calls. In: tools, arguments, results. Out: questions for what is missing, answers
from results, words for failures, polite refusals, small talk; each in the words of the schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from calltune.contract import Tool

from .phrasing_tools import ToolWords, without_article
from .values import Argument, argument_of, label_of, words_for
from .values_spoken import Calendar
from .values_topics import singular, words_of

EVERYDAY = """
sing me a lullaby;what is the meaning of life;who won the chess championship in 1985;write a poem about autumn leaves;
explain quantum entanglement to a child;knit me a sweater;how tall is the Eiffel Tower;fold my laundry;name three
philosophers;do my taxes;paint the fence;how do I tie a bow tie;walk the dog;what is the capital of Mongolia;tell me a
joke about penguins;solve this crossword for me;who wrote Hamlet;teach me to juggle;what does serendipity mean;wash the
car;give me legal advice about my divorce;diagnose my rash;how many bones does a shark have;is there life on Mars;
water my plants;recommend a haircut;draft my resignation;predict the lottery numbers;how do bees make honey;cook me
dinner;what colour is a mirror;mow the lawn;debug my python script;name my baby;what is 17 times 23;count to ten in
Latin;interpret my dream;choose wallpaper for the hall;how do volcanoes work;tune my guitar;win an argument for me;
who painted the Mona Lisa;pick a password for me;how long do turtles live;babysit the twins;what rhymes with orange;
fix my bicycle;what happened to the dinosaurs;test my vision;sharpen my knives
"""
"""Requests that few tools serve; those that share a word with a tool of the contract are not used for it."""

_ASKS = (
    "What {} should I use?",
    "Which {}?",
    "What is the {}?",
    "Please tell me the {}.",
    "I need the {} for that.",
    "And the {}?",
)
_DONE = ("Done.", "That is done.", "All set.", "OK, done.", "It worked.")
_FAILURES = (
    ("The service is not available.", "The service is not available right now. Please try again later."),
    ("permission denied", "I am not allowed to do that."),
    ("not found", "Nothing was found for that. Could you check the details?"),
    ("rate limit exceeded", "There were too many requests. Let us try again in a moment."),
)
_UNKNOWN = {
    "timeout": (
        "That took too long and was given up. Shall I try again?",
        "There was no answer in time, so I do not know whether it happened. Please check before we try again.",
    ),
    "internal error": (
        "Something went wrong on the other side. Shall I try again?",
        "Something went wrong on the other side, and I cannot say whether it happened. Please check first.",
    ),
}
"""Failures after which it is not known what was done: what is said where the tool only reads, and where it writes."""
_HELLO = ("hi", "hello", "hey there", "good morning", "hello, who are you?", "hi, can you help me?", "what can you do?")
_THANKS = ("thanks", "thank you!", "great, thanks", "that's all, thank you", "perfect", "ok, bye")
_WELCOME = ("You're welcome!", "Glad to help.", "My pleasure. Anything else?", "Any time.")


def ask_for(rng: Random, missing: Sequence[Argument]) -> str:
    """A question for arguments that are missing."""
    labels = [label_of(argument.name) for argument in missing]
    if len(labels) > 1:
        listed = f"{', '.join(f'the {label}' for label in labels[:-1])} and the {labels[-1]}"
        return rng.choice(("I still need {}.", "Please tell me {}.", "For that I need {}.", "What are {}?")).format(
            listed
        )
    described = str(missing[0].schema.get("description") or "").split(". ")[0].rstrip(".")
    if 2 < len(described.split()) <= 7 and "e.g" not in described and rng.random() < 0.25:
        return f"Please tell me: {described[0].lower()}{described[1:]}?"
    choices = missing[0].schema.get("enum")
    question = rng.choice(_ASKS).format(labels[0])
    if isinstance(choices, list) and 1 < len(choices) <= 6 and rng.random() < 0.4:
        shown = [words_for(value) for value in choices]
        question = f"Which {labels[0]}: {', '.join(shown[:-1])} or {shown[-1]}?"
    return question


def refusal(rng: Random, tools: Sequence[ToolWords]) -> str:
    """No tool fits: what can be done instead."""
    lead = (
        "I can't help with that.",
        "Sorry, that is not something I can do.",
        "I'm afraid I can't do that.",
        "That is beyond me.",
    )
    return f"{rng.choice(lead)} {_offer(rng, tools)}" if rng.random() < 0.8 else rng.choice(lead)


def _offer(rng: Random, tools: Sequence[ToolWords]) -> str:
    chosen = rng.sample(list(tools), min(len(tools), rng.randint(1, 2)))
    return (
        rng.choice(("I can ", "What I can do: ", "But I can "))
        + " or ".join(small(tool.phrase) for tool in chosen)
        + "."
    )


def small(text: str) -> str:
    """A sentence begun small, to stand inside another."""
    return text[:1].lower() + text[1:]


def off_topic(tools: Sequence[ToolWords]) -> tuple[str, ...]:
    """Requests that no tool of the contract serves, by their words."""
    known = frozenset().union(*(tool.words for tool in tools)) - {"a", "the", "of", "in", "to", "for", "me", "my"}
    lines = [" ".join(line.split()) for line in EVERYDAY.split(";")]
    return tuple(line for line in lines if not {singular(word) for word in words_of(line)} & known)


def small_talk(rng: Random, tools: Sequence[ToolWords]) -> tuple[str, str]:
    """Something that wants no tool, and the reply."""
    if rng.random() < 0.5:
        return rng.choice(_THANKS), rng.choice(_WELCOME)
    return rng.choice(_HELLO), rng.choice(("Hello! ", "Hi, how can I help? ", "Hi! ")) + _offer(rng, tools)


def failure(rng: Random, tool: Tool) -> tuple[str, str]:
    """The result of a call that failed, as JSON text, and what is said about it."""
    safe = tool.effect == "read" or tool.idempotent
    unknown = tuple((what, words[0 if safe else 1]) for what, words in _UNKNOWN.items())
    what, words = rng.choice((*_FAILURES, *unknown))
    return json.dumps({"error": what}), words


def result_of(rng: Random, tool: Tool, words: ToolWords, arguments: Mapping[str, Any], known: Calendar) -> Any:
    """A result that follows `returns`, with what the call said in it; what a tool that promises nothing gives back
    else. Raises UnsayableError."""
    if tool.returns is None or (tool.returns.get("type") == "object" and not tool.returns.get("properties")):
        echo = {name: value for name, value in arguments.items() if not isinstance(value, list | dict)}
        told = {"_".join(words_of(without_article(noun))): rng.randint(2, 99) for noun in words.nouns[-1:]}
        return {**echo, **told} if words.reads and told else {"ok": True, **echo}
    drawn = argument_of("result", tool.returns, required=True, root=tool.returns).say(rng, known).value
    return _echoed(drawn, arguments, tool)


def _echoed(drawn: Any, arguments: Mapping[str, Any], tool: Tool) -> Any:
    """The result, with the values of arguments that have the name of one of its fields."""
    records = drawn if isinstance(drawn, list) else [drawn]
    told = [
        {name: arguments.get(name, value) for name, value in record.items()} if isinstance(record, dict) else record
        for record in records
    ]
    candidate = told if isinstance(drawn, list) else told[0]
    return drawn if tool.check_result(candidate) else candidate


def answer(rng: Random, tool: ToolWords, result: Any, arguments: Mapping[str, Any]) -> str:
    """What a result says, in a sentence or two."""
    record = next((item for item in result if isinstance(item, dict)), {}) if isinstance(result, list) else result
    if not isinstance(record, dict):
        return f"The answer is {words_for(record)}." if isinstance(record, str | int | float) else rng.choice(_DONE)
    fields = [(name, value) for name, value in record.items() if isinstance(value, str | int | float) and value != ""]
    fresh = [(name, value) for name, value in fields if arguments.get(name) != value and name != "ok"]
    if not fresh:
        return rng.choice(_DONE)
    told = rng.sample(fresh, min(len(fresh), rng.randint(1, 2)))
    facts = " and ".join(f"the {label_of(name)} is {words_for(value)}" for name, value in told)
    noun = without_article(tool.nouns[0]) if tool.nouns else "result"
    many = f"I found {len(result)} results. " if isinstance(result, list) and len(result) > 1 else ""
    lead = rng.choice(("", "", f"Here is the {noun}: ", "Sure: ", "" if tool.reads else "Done: "))
    return f"{many}{lead}{facts if lead else facts[0].upper() + facts[1:]}."
