"""How people write around what they want: politeness, asides, spelling. In: the words of a request. Out: a message. No
value is changed: a user who writes everything small means small values, and the caller has made them so."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_BEFORE_VERB = ("",) * 14 + (
    *("please ", "please ", "can you ", "can you ", "could you ", "could you please ", "would you ", "I want to "),
    *("I'd like to ", "I would like to ", "I need to ", "I need you to ", "help me ", "let's ", "hey, ", "hi, please "),
    *("hello, can you ", "pls ", "ok, ", "now ", "just ", "I want you to ", "is it possible to ", "hey, can you "),
)
_OWN_WISH = ("I want to ", "I'd like to ", "I would like to ", "I need to ", "help me ", "let's ", "I need you to ")
_BEFORE_ANY = ("",) * 12 + (
    "hey, ",
    "hi, ",
    "hello, ",
    "ok, ",
    "so, ",
    "please: ",
    "quick question: ",
    "good morning, ",
)
_AFTER = ("",) * 20 + (" please", ", please", ", thanks", " thanks", ", thank you", " for me", ", if you can")
_WITH_SUBJECT = (
    "i ",
    "i'",
    "what",
    "where",
    "which",
    "when",
    "who",
    "is ",
    "we ",
    "can ",
    "how ",
    "let me",
    "let's",
    "don't",
)
_QUESTIONS = (
    "what",
    "where",
    "which",
    "when",
    "is ",
    "are ",
    "will ",
    "can ",
    "could ",
    "would ",
    "how ",
    "do ",
    "any ",
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How one user writes."""

    lower: bool
    stops: bool
    typos: bool


def some_manner(rng: Random) -> Manner:
    """A way to write."""
    return Manner(lower=rng.random() < 0.3, stops=rng.random() < 0.5, typos=rng.random() < 0.06)


def dress(
    rng: Random, text: str, manner: Manner, *, open_end: bool, commands: bool = True, keep: frozenset[str] = frozenset()
) -> str:
    """A whole message. `open_end`: it ends with free words, so nothing may follow. `keep`: words of values, which are
    not misspelt. `commands`: it begins with a verb, so that "could you" fits before it."""
    starts = text.lower()
    plain = not commands or starts.startswith(_WITH_SUBJECT)
    opener = rng.choice(_BEFORE_ANY if plain else _BEFORE_VERB)
    if opener in _OWN_WISH and " me " in f" {starts} "[:16]:  # nobody would like to show me
        opener = "please "
    closer = "" if open_end or opener.strip() in ("please", "pls") else rng.choice(_AFTER)
    if manner.typos:
        text = " ".join(_slip(rng, word) if word not in keep else word for word in text.split(" "))
    if manner.lower:
        opener = opener.lower()
    elif opener:
        opener = opener[0].upper() + opener[1:]
    elif text.split(" ", 1)[0] not in keep and rng.random() < 0.8:
        text = text[:1].upper() + text[1:]
    whole = f"{opener}{text}{closer}"
    if manner.stops and not open_end and whole[-1:] not in ".?!\"'":
        whole += "?" if whole.lower().startswith(_QUESTIONS) else "."
    return whole


def _slip(rng: Random, word: str) -> str:
    """A long word misspelt, now and then."""
    if len(word) < 5 or not word.isalpha() or rng.random() > 0.25:
        return word
    at = rng.randint(1, len(word) - 3)
    one, two = word[at], word[at + 1]
    return word[:at] + rng.choice((two + one, two, one + one + two)) + word[at + 2 :]
