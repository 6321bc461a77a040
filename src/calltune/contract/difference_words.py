"""What changed, as a sentence. In: a kind of difference, the place, and what was and is there. Out: one sentence, short
enough for a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .json_text import quote
from .keywords import KNOWN
from .sentences import label, listed


def words_for(kind: str, keyword: str, before: Any, after: Any, subject: str, at: Sequence[str | int] = ()) -> str:
    """The sentence, without a full stop. `subject` is "argument" or "field".

    >>> words_for("limit", "maximum", 14, 7, "argument", ("days",))
    'days: maximum 7, was 14'
    """
    place = label(at)
    if kind == "required":
        return f"{place} is required now" if before is False else f"new required {subject} {place}{_about(after)}"
    if kind == "optional":
        return f"{place} is no longer required"
    if kind == "added":
        return f"new {subject} {place}{_about(after)}"
    if kind == "removed":
        return f"{subject} {place} is gone"
    if kind == "renamed":
        return f"{subject} {place} is now called {after}"
    start = f"{place}: " if place else ""
    if kind == "values" and isinstance(before, list) and isinstance(after, list):
        return start + _values(before, after)
    if kind == "order":
        return f"{start}the {subject}s stand in another order"
    if kind == "rest":
        around = label(at[:-1])
        undeclared = f"{around}: undeclared names" if around else "undeclared names"
        return f"{undeclared} are {_open(after)}, were {_open(before)}"
    if kind in ("list", "values"):
        return f"{start}{_kind(after)} now, was {_kind(before)}"
    whole = start or f"the {subject}s: "
    if kind == "rewritten":
        return f"{whole}written differently, accepts the same"
    if kind in ("undecided", "alternatives", "anything"):
        return f"{whole}another schema" + (f" ({keyword})" if keyword in KNOWN and keyword not in at[-1:] else "")
    if kind.startswith("alternative"):
        what = "an alternative is gone" if after is None else "a new alternative"
        return f"{start}{what}: {quote(before if after is None else after)}"
    word = keyword if kind in ("limit", "note") else {"timeout_s": "time-out"}.get(kind, kind)
    return f"{start}{word} {_said(after)}, was {_said(before)}"


def _values(before: list[Any], after: list[Any]) -> str:
    old, new = ([quote(value, 40) for value in values] for values in (before, after))
    was, is_now = set(old), set(new)
    gone, come = [one for one in old if one not in is_now], [one for one in new if one not in was]
    parts = [f"no longer {listed(gone, 6)}"] * bool(gone) + [f"new {listed(come, 6)}"] * bool(come)
    return "; ".join(parts) or "the values stand in another order"


def _about(schema: Any) -> str:
    kind = schema.get("type", "") if isinstance(schema, dict) else ""
    kind = " or ".join(kind) if isinstance(kind, list) else kind
    return f" ({kind})" if kind else ""


def _open(rest: Any) -> str:
    if rest is False:
        return "refused"
    return "accepted" if rest is None or rest is True else f"accepted as {quote(rest)}"


def _kind(values: Any) -> str:
    if isinstance(values, list):
        return "only " + listed([quote(value, 40) for value in values], 6)
    kinds = values["type"] if isinstance(values, dict) else "value"
    return f"any {kinds if isinstance(kinds, str) else ' or '.join(kinds)}"


def _said(value: Any) -> str:
    return "not given" if value is None or value == "" else quote(value, 70)
