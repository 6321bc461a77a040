"""Where a value stands in what was said, and the sentence without it. In: a text and a value. Out: the shorter sentence
and the words that were cut, or None where the sentence could not be read any more.

What is cut is the value with its preposition and article ("in San Jose", "for two people"), a word between an article
and a noun ("a cheap hotel"), or a name after "called". Everything else is left alone: rules for one language, made to
be right where they apply."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from calltune.data.augment.spoken import spellings

LONGEST_TEXT = 2000
"""Characters of a message that is looked at."""
FEWEST_WORDS = 3
"""Of the sentence that is left: "I would like" is no request."""

_PREPOSITIONS = (
    "in|at|for|on|to|from|by|with|near|around|about|until|till|starting|after|before|called|named|within|of|under"
)
_DETERMINERS = "the|a|an|my|our|some|any"
_GO_ON = r"in|at|for|on|to|from|by|with|near|please|that|which|who|starting|until|today|tomorrow|tonight|thanks|thank"
_NO_NOUN = (
    "available|possible|open|left|nearby|near|close|around|playing|free|currently|still"
    "|and|or|but|if|when|while|because|so|right|now|soon|asap|later|here|there|again|instead|too|also|then|this|next"
)
"""What an article cannot stand before: "I'd like a right now"."""
_AFTER = re.compile(
    rf"(?=\s*(?:$|[.!?;]|,\s+(?-i:[a-z])|\s(?:{_GO_ON})\b|\sand\s(?:i|then|also|please|we|tell|give|find|show|book|let|check|get)\b))",
    re.IGNORECASE,
)
"""What may follow a cut: anything else ("in Paris, Texas", "San Jose airport") belongs to the value's phrase."""
_HANGING = re.compile(
    r"\b(?:look|search|listen|ask|wait|and|or|between|is|are|was|not|than|called|named|i am|i'm|it's|its"
    r"|what|what's|whats|where|where's|who|who's|which|how|there|actually|really|just|even"
    r"|leaves|departs|arrives|goes|flies|written|made|sung|drawn|known|shown|held|given|(?!\w*(?:need|feed|seed|speed|bed|red|shed|wed)$)\w{2,}ed"
    r"|(?!(?:even|morn|some|any|every|no)(?:th)?ing|wedding|building|meeting|booking|parking)\w+ing"
    r"|\w+ing\s(?:in|out|up|off|back))$",
    re.IGNORECASE,
)
"""What may not stand before a cut: it asks for the words that are cut."""
_COUNTED = (
    r"(?:\s+(?:people|persons?|guests?|adults?|tickets?|rooms?|nights?|days?|hours?|minutes?|seats?|passengers?))?"
)
_VOWEL = re.compile(r"\s+(?:[aeio]|u(?!ni|s[eu])|hour|honest)(?!ne\b|u)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*", re.DOTALL)
_RELATIVE = re.compile(r"\b(?:today|tonight|tomorrow|yesterday|next|this|coming|\w+day)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A sentence and what was taken out of it."""

    text: str
    """The sentence that is left."""
    phrase: str
    """All that was cut: "in San Jose"."""
    said: str
    """The value as the user said it: "San Jose"."""


@lru_cache(maxsize=16_384)
def _standing(spelling: str) -> re.Pattern[str]:
    """The spelling as whole words, in any case and spacing."""
    words = r"\s+".join(map(re.escape, spelling.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)(?![.,:/@-]\w)", re.IGNORECASE)


def stands_in(value: Any, text: str) -> bool:
    """Whether the value is said in the text, in any of its spellings."""
    return any(_standing(spelling).search(text) for spelling in spellings(value))


def hinted_in(value: Any, texts: Iterable[str]) -> bool:
    """Whether the value, or a long word of it, is said in one of the texts: it can be guessed then. A date may hide
    behind any "today" or "next Friday"."""
    texts = list(texts)
    if isinstance(value, str) and _DATE.fullmatch(value) and any(map(_RELATIVE.search, texts)):
        return True
    words = [word for word in str(value).split() if len(word) > 3] if isinstance(value, str) else []
    return any(stands_in(value, text) or any(stands_in(word, text) for word in words) for text in texts)


def cut_out(text: str, value: Any) -> Cut | None:
    """The text without the value. None where it is not said exactly once, or the rest would not be a sentence.

    >>> cut_out("Look for a place in San Jose, please.", "San Jose")
    Cut(text='Look for a place, please.', phrase='in San Jose', said='San Jose')
    """
    if len(text) > LONGEST_TEXT:
        return None
    for spelling in spellings(value):
        found = list(_standing(spelling).finditer(text))
        if len(found) > 1:
            return None
        if found:
            cut = next(_cuts(text, found[0], isinstance(value, int | float)), None)
            return cut if cut and len(cut.text.split()) >= FEWEST_WORDS and not stands_in(value, cut.text) else None
    return None


def _cuts(text: str, found: re.Match[str], counted: bool) -> Iterator[Cut]:
    before, after, said = text[: found.start()].replace("\u2019", "'"), text[found.end() :], found[0]
    lead = re.search(rf"\s(?:{_PREPOSITIONS})\s+(?:(?:{_DETERMINERS})\s+)?$", before, re.IGNORECASE)
    noun = re.match(_COUNTED, after, re.IGNORECASE)
    assert noun is not None
    end = noun.end() if counted and lead else 0
    if lead and _AFTER.match(after[end:]) and not _HANGING.search(before[: lead.start()]):
        yield _cut(text, lead.start(), found.end() + end, said)
    between = re.search(rf"\s({_DETERMINERS})\s+$", before, re.IGNORECASE)
    if between and re.match(r"\s+[a-z]{3,}", after) and not re.match(rf"\s+(?:{_GO_ON}|{_NO_NOUN})\b", after):
        article = between[1]
        if article in ("a", "an"):
            article = "an" if _VOWEL.match(after) else "a"
        yield _cut(text, found.start(), found.end(), said, text[: between.start(1)] + article)
    if counted and noun.end():
        yield _cut(text, found.start(), found.end(), said)


def _cut(text: str, start: int, end: int, said: str, before: str | None = None) -> Cut:
    """The text without what lies between; `before`: in place of what stands in front of it."""
    left = f"{(text[:start] if before is None else before).rstrip()} {text[end:].lstrip()}".strip()
    left = re.sub(r"\s+([.,!?;])", r"\1", left)
    left = left[:1].upper() + left[1:] if text[:1].isupper() else left
    return Cut(text=left, phrase=text[start:end].strip(), said=said)
