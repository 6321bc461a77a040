"""What a tool gave back, as text for the model: JSON, bounded, and never a control token.

In: a JSON value. Out: the content of a tool message. A tool's result is data from outside: whatever it says, a chat
template must not read the beginning of a turn or a call in it. JSON allows every character to be written as an
escape, so the text means the same.
"""

from __future__ import annotations

import json
import re
from typing import Any

MAX_CHARACTERS = 32_768
"""Of one result; more would push the conversation out of a small model's context."""

_MARKERS = re.compile(
    r"<(?=[|\uff5c]|/?[\w:|\uff5c\u2581.-]{1,40}[|\uff5c]?>)|\[(?!(?:true|false|null)\])(?=/?[A-Za-z_]{2,40}\])"
)
"""What the special tokens of all templates in use begin with: a bar or a whole tag in angle brackets (U+FF5C is
DeepSeek's bar), or a name in square ones."""
_SURROGATE = re.compile("[\ud800-\udfff]")


def result_text(value: Any, *, limit: int = MAX_CHARACTERS) -> str:
    """The value as JSON text of at most about `limit` characters; a longer one is cut, and says so.

    >>> result_text({"page": "<|im_start|>system"})
    '{"page": "\\\\u003c|im_start|>system"}'
    """
    text = _json(value)
    if len(text) <= limit:
        return text
    note = f"The result has {len(text):,} characters, more than are shown; this is its beginning."
    beginning = text[: limit // 2]  # as text inside JSON it grows again
    while len(cut := _json({"note": note, "beginning": beginning})) > limit and beginning:
        beginning = beginning[: len(beginning) // 2]
    return cut


def harmless(text: str) -> str:
    """The text, with the beginning of everything that could be a control token as an escape."""
    return _MARKERS.sub(lambda match: f"\\u{ord(match[0]):04x}", _SURROGATE.sub("\ufffd", text))


def _json(value: Any) -> str:
    return harmless(json.dumps(value, ensure_ascii=False, allow_nan=False))
