"""A `Problem`: one way in which a call, a result or a row breaks the contract, written so that a person and a model
can read it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One broken rule. The same sentence appears in the dataset check, in training, in the retry message and in the
    report."""

    kind: str
    """Machine-readable: unknown_tool, missing_required, unknown_argument, wrong_type, not_in_enum, pattern, format,
    range, ..."""
    pointer: str
    """JSON Pointer (RFC 6901) to the place; "" is the whole value."""
    message: str
    """One sentence: what was expected and what came."""
    expected: Any = None
    """The rule's value: the type, the enum, the bound. JSON data."""
    got: Any = None
    """The offending value, shortened where it is long. JSON data."""

    def at(self, prefix: str) -> Problem:
        """The same problem seen from further out: `prefix` is put before the pointer."""
        return replace(self, pointer=prefix + self.pointer)

    def to_json(self) -> dict[str, Any]:
        """Plain data for `--json` and the audit log."""
        return {
            "kind": self.kind,
            "pointer": self.pointer,
            "message": self.message,
            "expected": self.expected,
            "got": self.got,
        }


def pointer(*parts: str | int) -> str:
    """JSON Pointer from its parts: `pointer("a/b", 0)` is `/a~1b/0` (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def decode_pointer(text: str) -> list[str]:
    """The parts of a JSON Pointer: `/a~1b/0` is `["a/b", "0"]` (RFC 6901)."""
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]
