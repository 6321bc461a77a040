"""A person's yes to calls that need one. In: checked calls. Out: an `Approval`, bound to the SHA-256 of each of these
calls, that expires. A call that was changed after the yes, by anyone, needs another."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from calltune.guard.ledger import ordered_by_name
from calltune.render.parse import ToolCall

VALID_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A yes to the calls of one turn."""

    digests: frozenset[str]
    """SHA-256 of the tool and the final arguments of each call; see `call_digest`."""
    expires_at: float
    """Seconds since 1970."""
    by: str = ""
    """Who said it, for the log."""

    def covers(self, calls: Sequence[ToolCall], now: float | None = None) -> bool:
        """Whether it is a yes to each of these calls, now."""
        in_time = (time.time() if now is None else now) < self.expires_at
        return in_time and all(call_digest(call) in self.digests for call in calls)


def call_digest(call: ToolCall) -> str:
    """SHA-256 of the name and the arguments."""
    content = [call.name, ordered_by_name(call.arguments)]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def approve(calls: Sequence[ToolCall], *, by: str = "", valid_s: float = VALID_S) -> Approval:
    """A yes to these calls, from now on."""
    return Approval(digests=frozenset(map(call_digest, calls)), expires_at=time.time() + valid_s, by=by)
