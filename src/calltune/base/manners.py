"""How people write around what they want: greetings, politeness, asides, quotation marks, spelling mistakes.

In: the words of a request. Out: a message. It knows nothing of tools, and changes no value.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from calltune.base.grammar import pick, say
from calltune.base.words import CITIES, FIRST_NAMES


@dataclass(slots=True)
class Manner:
    """How one user writes."""

    lower: bool
    """Everything in lower case."""
    typos: float
    """Share of long words with a mistake."""
    stops: bool
    """Whether sentences end with punctuation."""
    rambling: bool
    """Whether they tell more than needed."""
    greeted: bool = False
    """Whether this goes on a message that has begun: no greeting."""


def some_manner(rng: Random) -> Manner:
    """A way to write."""
    return Manner(
        lower=rng.random() < 0.22,
        typos=0.15 if rng.random() < 0.1 else 0.0,
        stops=rng.random() < 0.7,
        rambling=rng.random() < 0.1,
    )


OPENERS = (
    ("",) * 6
    + ("please ", "can you ", "could you ", "could you please ", "would you ", "I want you to ", "I'd like you to ")
    + ("I need you to ", "hey, ", "hi, please ", "hello, can you ", "can u ", "pls ", "I want to ", "I need to ")
    + (
        "I'd like to ",
        "I would like to ",
        "help me ",
        "let's ",
        "go and ",
        "ok, ",
        "now ",
        "next, ",
        "kindly ",
        "just ",
    )
    + ("hi! I need to ", "good morning, could you ", "would it be possible to ", "is it possible to ", "I have to ")
    + ("you should ", "it would be great if you could ", "we need to ", "we want to ", "do me a favor and ", "so, ")
    + ("quick one: ", "can I ask you to ", "will you ", "I was wondering if you could ", "time to ", "it's time to ")
)
"""Before a verb."""
NEXT_OPENERS = ("", "", "", "", "please ", "can you ", "could you ", "I also need to ", "I'd like you to ", "also ")
"""Before a verb, when the message has begun."""
LIGHT_OPENERS = (
    ("",) * 8
    + (
        "hey, ",
        "hi, ",
        "hello, ",
        "ok, ",
        "so, ",
        "hi! ",
        "good evening, ",
        "excuse me, ",
        "well, ",
        "quick question: ",
    )
    + ("hi there, ", "hey! ", "um, ", "good morning! ")
)
"""Before any other sentence."""
_OWN_WISH = tuple(
    opener
    for opener in OPENERS
    if opener.startswith(
        ("I want to", "I need to", "I'd like to", "I would", "I have", "help", "let's", "we ", "hi! I")
    )
)
"""Openers after which "show me" would be said of oneself."""
_CLOSERS = (
    ("",) * 14
    + (
        ", please",
        ", thanks",
        ", thank you",
        " please",
        " thanks",
        ", if you can",
        ", will you",
        " for me",
        " right away",
    )
    + (", asap", ", that would be great", ", cheers")
)
_BEFORE = (
    "I've been thinking about this all day. ",
    "My colleague told me you could do this. ",
    "Sorry to bother you again. ",
    "I'm a bit in a hurry. ",
    "It has been a long day. ",
    "I tried it myself but could not find the button. ",
    "I hope you are doing well. ",
    "The phone line was busy, so I write here. ",
    "My son usually does this for me, but he is away. ",
    "I'm not very good with computers. ",
    "Thanks for the quick help last time. ",
    "I'm on the train right now. ",
    "Before I forget: ",
    "One more thing. ",
    "Okay, so here is the thing. ",
    "I promised to take care of this. ",
    "We talked about it yesterday. ",
    "No rush at all. ",
    "My day has been crazy so far. ",
    "I finally have some time for this. ",
)
_ASIDES = (
    "I already called {n} times. ",
    "{p} from the office told me to ask you. ",
    "I have been waiting for {n} days now. ",
    "My neighbor {p} says you are good at this. ",
    "I was in {c} all week. ",
    "It is half past seven in the evening and I am still at work. ",
    "My old number was {d}, but that does not matter. ",
    "{p} did this for me last year. ",
    "We moved here from {c} in {y}. ",
    "I paid {n} dollars for parking today. ",
    "Room {n} was too loud, by the way. ",
)
"""True of the user, and of no use: nothing in it belongs into a call."""
_AFTER = (
    " I would really appreciate it.",
    " That would help me a lot.",
    " Thanks a lot in advance!",
    " Let me know when it is done.",
    " I'll wait.",
    " Sorry for the trouble.",
    " That's all for now.",
    " I hope that is possible.",
    " Hope you can help.",
    " It's for a friend.",
    " Otherwise my boss will be unhappy.",
    " You are the best.",
)
_QUESTIONS = tuple(
    [
        "what ",
        "how ",
        "when ",
        "where ",
        "who ",
        "which ",
        "is ",
        "are ",
        "do ",
        "does ",
        "did ",
        "will ",
        "can ",
        "could ",
        "am ",
        "any ",
        "was ",
        "has ",
    ]
)
_ASKING = ("can ", "could ", "would ", "will ", "is it")
_ENDINGS = ".?!\"'”"
_QUOTES = (('"', '"'), ('"', '"'), ('"', '"'), ("'", "'"), ("“", "”"))


def quoted(rng: Random, text: str) -> str:
    """The text in quotation marks of some kind."""
    opening, closing = pick(rng, _QUOTES)
    if "'" in text and opening == "'":
        opening = closing = '"'
    return f"{opening}{text}{closing}"


def misspell(rng: Random, words: str, rate: float) -> str:
    """Swap, drop or double letters inside long words."""
    return " ".join(
        _slip(rng, word) if len(word) > 4 and word.isalpha() and rng.random() < rate else word
        for word in words.split(" ")
    )


def _slip(rng: Random, word: str) -> str:
    at = 1 + int(rng.random() * (len(word) - 3))
    head, first, second, tail = word[:at], word[at], word[at + 1], word[at + 2 :]
    return head + pick(rng, (second + first, second, first + first + second)) + tail


def _aside(rng: Random) -> str:
    return say(
        rng,
        pick(rng, _ASIDES),
        n=str(2 + int(rng.random() * 20)),
        p=pick(rng, FIRST_NAMES.train),
        c=pick(rng, CITIES.train),
        y=str(1980 + int(rng.random() * 40)),
        d=str(int(rng.random() * 90000)),
    )


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a request, before anything polite is added."""

    text: str
    imperative: bool
    """Whether it starts with a verb, so that "could you" fits before it."""
    bare: bool
    """Whether it starts with a value: its first letter must stay."""
    open_end: bool
    """Whether it ends with free text without quotes: nothing may follow."""
    soft_end: bool
    """Whether it ends with several words without quotes: only a comma may follow."""


def dress(rng: Random, body: Body, manner: Manner) -> tuple[str, bool]:
    """A whole message, and whether it starts with a value."""
    opener = _opener(rng, body, manner)
    before = after = ""
    if manner.rambling:
        before = (_aside(rng) if rng.random() < 0.25 else pick(rng, _BEFORE)) if rng.random() < 0.6 else ""
        after = pick(rng, _AFTER) if not body.open_end and rng.random() < 0.7 else ""
    closer = "" if body.open_end or after or not body.imperative else pick(rng, _CLOSERS)
    if (closer == " for me" and " me " in body.text) or (body.soft_end and closer[:1] == " "):
        closer = ""
    words = body.text
    if manner.lower:
        opener, before, after = opener.lower(), before.lower(), after.lower()
    elif opener:
        opener = opener[0].upper() + opener[1:] if rng.random() < 0.7 else opener
    elif not body.bare and rng.random() < 0.75:
        words = words[0].upper() + words[1:]
    text = f"{before}{opener}{words}{closer}"
    if text[-1] not in _ENDINGS:
        if manner.stops and not body.open_end:
            text += "?" if _asks(opener, body) else pick(rng, (".", ".", ".", "!"))
        elif after:
            text += "."
    return text + after, body.bare and not before and not opener


def _opener(rng: Random, body: Body, manner: Manner) -> str:
    if manner.greeted:
        return pick(rng, NEXT_OPENERS) if body.imperative else ""
    opener = pick(rng, OPENERS if body.imperative else LIGHT_OPENERS)
    if opener in _OWN_WISH and " me " in f"{body.text[:24]} ":
        return pick(rng, ("please ", "could you ", "can you ", ""))
    return opener


def _asks(opener: str, body: Body) -> bool:
    asking = opener.lower()
    if body.imperative:
        return asking.startswith(_ASKING) or "can you" in asking or "could you" in asking
    return body.text.lower().startswith(_QUESTIONS)
