"""What is said in a row, made comparable. In: the messages of a conversation. Out: the words of the users, plain words
without case, punctuation and the values of numbers, and digests of 64 bits that stand for texts, calls and
beginnings of a dialogue. Nothing here says that two rows are the same; `split` and `leaks` do."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

_NUMBER = re.compile(r"\d++(?:[.,:]\d++)*+")
_WORD = re.compile(r"[^\W_]++")
_NO_WORD = re.compile(r"[\W_]")
_HAN = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BESIDE_HAN = re.compile(f" (?=[{_HAN}])|(?<=[{_HAN}]) ")
"""Chinese and Japanese are written without spaces: one that was typed, or that a mark left behind, says nothing."""
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode

GRAM = 5
"""Characters of an n-gram. Of words, short requests have too few, and Chinese has no spaces between them."""

COMPARED = 20_000
"""Characters of a row that n-grams are made of; nobody types more by hand."""


def user_words(messages: Sequence[dict[str, Any]]) -> str:
    """What the users say, as it stands; "" where they say nothing."""
    return "\n".join(message["content"] for message in messages if message["role"] == "user").strip()


def plain_words(text: str) -> str:
    """The words alone: without case, spacing, punctuation, and with 0 for every number.

    >>> plain_words("  Wake me at 7:30,   please! ")
    'wake me at 0 please'
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _NUMBER.sub("0", text)
    if text.isascii():
        return " ".join(_WORD.findall(text))
    return _BESIDE_HAN.sub("", " ".join(_NO_WORD.sub(_kept_mark, text).split()))


def _kept_mark(found: re.Match[str]) -> str:
    """The vowel signs of Hindi or Thai are marks, not letters, and belong to the word all the same."""
    return found[0] if unicodedata.category(found[0])[0] == "M" else " "


def grams(plain: str) -> set[str]:
    """The character n-grams of plain words; the whole text where it is shorter than one."""
    plain = plain[:COMPARED]
    return {plain[start : start + GRAM] for start in range(max(1, len(plain) - GRAM + 1))}


def digest(text: str | bytes) -> int:
    """64 bits that stand for a text."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "backslashreplace")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest())


def calls_of(messages: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every call, as `{"name": ..., "arguments": ...}`."""
    for message in messages:
        for call in message.get("tool_calls", ()):
            yield call["function"]


def call_digest(call: dict[str, Any]) -> int:
    """The same for two calls of one tool with equal arguments, whatever their order."""
    return digest(call["name"] + _encode(call["arguments"]))


def beginnings(messages: Sequence[dict[str, Any]]) -> list[int]:
    """A digest for every stretch from the first user message to an assistant message, the shortest first: a row that is
    an earlier turn of another row's dialogue has its last one among the other's. System texts do not count."""
    found: list[int] = []
    chain = hashlib.blake2b(digest_size=8)
    begun = False
    for message in messages:
        begun = begun or message["role"] == "user"
        if not begun or message["role"] == "system":
            continue
        calls = [[call["name"], call["arguments"]] for call in calls_of((message,))]
        chain.update(_encode([message["role"], message["content"], calls]).encode())
        if message["role"] == "assistant":
            found.append(int.from_bytes(chain.digest()))
    return found
