"""How alike two tools are, by the words of their names and descriptions, and whether a tool could be meant by a text.
In: tools and texts. Out: numbers and yes or no. It knows no meanings: it is used to leave a row out where a word hints
that another tool might do, never to claim that one does."""

from __future__ import annotations

import re
from functools import lru_cache

from calltune.contract import Tool

CLOSE = 0.34
"""Two tools that share a third of their words may do the same thing. With the rule about names, this finds all 84 pairs
of one domain among the 53 tools of SGD, and 29 of the other 1,294."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
_VERBS = frozenset({
    "get", "set", "find", "search", "list", "show", "look", "fetch", "read", "retrieve", "lookup", "check", "query",
    "create", "add", "make", "new", "post", "put", "insert", "update", "edit", "change", "modify", "delete",
    "remove", "cancel", "book", "reserve", "buy", "order", "send", "play", "start", "stop", "run", "call",
    "calculate", "compute", "convert", "generate", "analyze", "rate", "schedule", "transfer", "request", "reset",
    "open", "close", "assign",
})  # fmt: skip
"""Words of tool names that say what is done, not to what."""
_STOP = frozenset({
    "a", "an", "the", "of", "to", "for", "in", "on", "at", "by", "with", "and", "or", "from", "is", "are", "be",
    "it", "its", "this", "that", "these", "those", "your", "you", "user", "users", "my", "me", "i", "we", "one",
    "given", "based", "using", "use", "used", "any", "all", "as", "into", "e", "g", "eg", "etc", "if",
    "not", "can", "will", "please", "api", "tool", "function", "via", "per", "which", "who", "what", "when",
    "where", "how", "want", "need", "would", "like", "some", "there", "here", "do", "does", "about", "than", "then",
})  # fmt: skip


@lru_cache(maxsize=65_536)
def words_of(text: str) -> frozenset[str]:
    """The words of a name or a text that mean something, without endings: `get_Flights2` is {get, flight}."""
    return frozenset(_stem(word.lower()) for word in _WORD.findall(text[:4000]) if word.lower() not in _STOP)


def _stem(word: str) -> str:
    for ending, least in (("ing", 6), ("ies", 5), ("es", 6), ("ed", 5), ("s", 4)):
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


@lru_cache(maxsize=16_384)
def objects_of(name: str) -> frozenset[str]:
    """The words of a tool's name that say to what it is done: {flight} for `get_flights`."""
    return words_of(name) - _VERBS


@lru_cache(maxsize=16_384)
def _about(tool: Tool) -> frozenset[str]:
    return words_of(tool.name) | words_of(tool.description)


def likeness(one: Tool, other: Tool) -> float:
    """0 for tools without a common word, 1 for tools with the same ones."""
    ours, theirs = _about(one), _about(other)
    return len(ours & theirs) / max(1, len(ours | theirs))


def may_do_the_same(one: Tool, other: Tool) -> bool:
    """Whether there is a hint that one could be called in place of the other."""
    return bool(objects_of(one.name) & objects_of(other.name)) or likeness(one, other) >= CLOSE


def may_be_meant(tool: Tool, said: frozenset[str]) -> bool:
    """Whether a word of the tool's name, description or arguments was said."""
    parameters = tool.parameters.get("properties", {})
    words = _about(tool).union(*(words_of(name) for name in parameters)) - _VERBS
    return bool(words & said)
