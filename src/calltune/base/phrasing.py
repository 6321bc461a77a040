"""Requests: a tool and the arguments that a user mentions, as one message.

In: a `Tool`, which slots are mentioned. Out: the words of the user and the arguments of the call that they mean.
Spelling mistakes and lower case happen here, never inside a value that is copied (a lower-case value is lower-case in
the call too).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Any

from calltune.base.grammar import Node, Piece, expand, pick, slots_of
from calltune.base.manners import Body, Manner, dress, misspell, quoted
from calltune.base.mention import Mention
from calltune.base.toolset import Slot, Tool

NEEDS_FILTER = ("search:", "update:", "count:", "estimate:", "recommend:")
"""Actions that say nothing without one of their optional arguments."""
_THE = ("the", "my", "our", "the", "the")


@dataclass(slots=True)
class Request:
    """What a user says and what it means."""

    text: str
    arguments: dict[str, Any]
    mentions: dict[str, Mention]
    """By placeholder."""
    bare: bool
    """Whether it starts with a value: its first letter must stay."""


def _core(rng: Random, tool: Tool, words: set[str]) -> tuple[Node, bool]:
    """A sentence that can be said with these words, and whether it starts with a verb."""
    intent = tool.intent
    imperative = not intent.sentences or (bool(intent.imperatives) and (tool.plain or rng.random() < 0.62))
    core = pick(rng, intent.imperatives if imperative else intent.sentences)
    if core.needs <= words:
        return core, imperative
    verbs = [(node, True) for node in intent.imperatives if node.needs <= words]
    options = verbs + [(node, False) for node in intent.sentences if node.needs <= words]
    assert options, f"no request fits {intent.key}"
    return pick(rng, options)


def choose(rng: Random, tool: Tool, *, withheld: frozenset[str] = frozenset()) -> tuple[Node, bool, set[str]]:
    """A core sentence, whether it starts with a verb, and the slots to mention: all required ones and some others."""
    known = set(tool.slots) - withheld
    words = known | tool.intent.words.keys()
    core, imperative = _core(rng, tool, words | {"the_n"} if tool.intent.words else words)
    rate = pick(rng, (0.0, 0.2, 0.35, 0.6, 1.0))
    inside = slots_of(core)
    mentioned = set()
    for key in sorted(known):
        spec = tool.slots[key].spec
        likely = rng.random() < (max(rate, 0.4) if spec.tagged else rate)
        if key in core.needs or spec.required or (likely and (key in inside or not spec.tagged)):
            mentioned.add(key)
    if tool.intent.key.startswith(NEEDS_FILTER) and rng.random() < 0.97:
        optional = sorted(key for key in known if not tool.slots[key].spec.required)
        if optional and not mentioned & set(optional):
            mentioned.add(pick(rng, optional))
    return core, imperative, mentioned


def fold(mention: Mention) -> Mention:
    """The mention of a user who writes everything in lower case."""
    value = mention.value
    if mention.fold:
        if isinstance(value, str):
            value = value.lower()
        elif isinstance(value, list):
            value = [item.lower() if isinstance(item, str) else item for item in value]
        return mention._replace(value=value, text=mention.text.lower())
    copied = isinstance(value, list | dict) or value == mention.text
    return mention if copied else mention._replace(text=mention.text.lower())


def request(
    rng: Random,
    tool: Tool,
    manner: Manner,
    *,
    withheld: frozenset[str] = frozenset(),
    fixed: dict[str, Mention] | None = None,
    closed: bool = False,
    reference: str = "",
    attempts: int = 4,
) -> Request:
    """One request for a tool.

    `fixed` gives mentions, `withheld` slots are left out, `closed`: more follows, `reference`: "it", "the first".
    one"."""
    if tool.plain:
        manner = replace(manner, lower=False, typos=0.0, rambling=False)
    core, imperative, mentioned = choose(rng, tool, withheld=withheld)
    mentions: dict[str, Mention] = dict(fixed or {})
    for key in sorted(mentioned - mentions.keys()):
        mention = tool.slots[key].sample(rng)
        if any(mention.text == other.text for other in mentions.values()):
            mention = tool.slots[key].sample(rng)
        mentions[key] = fold(mention) if manner.lower else mention
    if rng.random() < 0.015 and not fixed and not manner.rambling and not tool.plain:
        _correct_oneself(rng, tool, mentions, manner)
    words = dict(tool.intent.words)
    if words:
        words["the_n"] = reference or f"{pick(rng, _THE)} {words['n']}"
    pieces: list[Piece] = []
    expand(rng, core, mentions.keys() | words.keys(), pieces)
    written = {slot for _, slot in pieces if slot is not None}
    for key in [key for key in mentions if key not in written and tool.slots[key].spec.tagged]:
        del mentions[key]
    if not mentions and attempts > 0 and any(slot.spec.tagged for slot in tool.slots.values()):
        return request(rng, tool, manner, withheld=withheld, closed=closed, attempts=attempts - 1)
    rest = [tool.slots[key] for key in mentions if key not in written]
    front, pieces = _attach(rng, pieces, rest, mentions)
    body = _write(rng, front + pieces, mentions, words, manner, closed=closed, imperative=imperative and not front)
    text, bare = dress(rng, body, manner)
    return Request(text, arguments_of(tool, mentions), mentions, bare)


def arguments_of(tool: Tool, mentions: dict[str, Mention]) -> dict[str, Any]:
    """The arguments of the call, in the order of the schema."""
    found = {slot.name: mentions[key].value for key, slot in tool.slots.items() if key in mentions}
    return {**found, **tool.constants}


_TURNS = (", no wait, ", ", sorry, ", ", I mean ", ", or rather ", ", no, ", " - sorry, I meant ")


def _correct_oneself(rng: Random, tool: Tool, mentions: dict[str, Mention], manner: Manner) -> None:
    """Make one mention "five, no wait, six": the second value counts."""
    keys = [
        key
        for key, mention in mentions.items()
        if mention.span == "atom" and isinstance(mention.value, str | int | float)
    ]
    keys = [key for key in keys if tool.slots[key].role.kind != "bool"]
    if not keys:
        return
    key = pick(rng, keys)
    wrong = tool.slots[key].sample(rng)
    wrong = fold(wrong) if manner.lower else wrong
    right = mentions[key]
    if wrong.value != right.value:
        turn = pick(rng, _TURNS)
        mentions[key] = right._replace(text=f"{wrong.text}{turn.lower() if manner.lower else turn}{right.text}")


# -- the slots that the core sentence does not hold

_LATER = {"atom": 0, "plain": 1, "title": 1, "free": 2}
"""Text whose end is hard to see comes late."""
_CLAUSES = ("the ", "set ", "change ", "make ", "put ", "new ", "it's ", "and ", "mark ", "add ")
"""Attachments that are sentences of their own."""


def _attach(
    rng: Random, core: list[Piece], rest: list[Slot], mentions: dict[str, Mention]
) -> tuple[list[Piece], list[Piece]]:
    """The slots that the core does not hold, before it and after it."""
    rng.shuffle(rest)
    rest.sort(key=lambda slot: _LATER[mentions[slot.key].span] if rng.random() < 0.9 else 0)
    separator = pick(
        rng, (" ", " ", " ", " ", ", ", ", ", "; ", ". ") if len(rest) > 1 else (" ", " ", " ", " ", ", ", ". ")
    )
    front: list[Piece] = []
    out = list(core)
    for index, slot in enumerate(rest):
        part = attachment(rng, slot, mentions[slot.key])
        first = part[0][0]
        early = mentions[slot.key].span == "atom" and first.startswith(("for ", "in ", "on ", "at "))
        if index == 0 and early and rng.random() < 0.07:
            front = [*part, (", ", None)]
            continue
        joint = separator
        if first.startswith("and "):
            joint = pick(rng, (" ", ", "))
        elif first.startswith(_CLAUSES):
            joint = pick(rng, (", ", ". ", " and ", "; "))
        elif index == len(rest) - 1 > 0 and separator in (" ", ", ") and rng.random() < 0.4:
            joint = f"{separator.rstrip() if rng.random() < 0.3 else ''} and "
        out.append((joint, None))
        out.extend(part)
    return front, out


def attachment(rng: Random, slot: Slot, mention: Mention) -> list[Piece]:
    """One slot as a phrase: "for 4 people", "priority: high"."""
    if not slot.forms:
        return [("", slot.key)]
    found: list[Piece] = []
    expand(rng, pick(rng, slot.forms), frozenset("~"), found)
    single = mention.value == 1 and not isinstance(mention.value, bool)
    out: list[Piece] = []
    for words, key in found:
        if key is not None:
            out.append(("", slot.key))
        else:
            out.append((words[:-1] if single and words.startswith(" ") and words.endswith("s") else words, None))
    return out


# -- writing it down


def _write(
    rng: Random,
    pieces: list[Piece],
    mentions: dict[str, Mention],
    words: dict[str, str],
    manner: Manner,
    *,
    closed: bool,
    imperative: bool,
) -> Body:
    """The pieces as text: quotes, mistakes, articles."""
    while pieces[-1][1] is None and not pieces[-1][0].strip():
        pieces.pop()
    parts: list[str] = []
    ending: Mention | None = None
    said = ""
    for index, (text, slot) in enumerate(pieces):
        ending = None
        if slot is None or slot not in mentions:
            text = text if slot is None else words[slot]
            text = misspell(rng, text, manner.typos) if manner.typos and slot is None else text
            parts.append(text.lower() if manner.lower else text)
            continue
        ending = mentions[slot]
        said = _said(rng, ending, manner, last=index == len(pieces) - 1 and not (manner.rambling or closed))
        if parts and (parts[-1].endswith(" a ") or parts[-1] == "a ") and said[:1].lower() in "aeiou":
            parts[-1] = f"{parts[-1][:-1]}n "
        parts.append(said)
    unquoted = ending is not None and said == ending.text
    return Body(
        text="".join(parts).replace("  ", " ").strip(),
        imperative=imperative,
        bare=pieces[0][1] in mentions,
        open_end=unquoted and ending is not None and ending.span == "free",
        soft_end=unquoted and ending is not None and ending.span != "atom",
    )


def _said(rng: Random, mention: Mention, manner: Manner, *, last: bool) -> str:
    """The words of a mention, in quotation marks where their end would not be seen."""
    text, span = mention.text, mention.span
    if span == "free":
        return text if last and rng.random() < 0.6 else quoted(rng, text)
    if span == "title":
        hidden = (manner.lower or text[:1].islower()) and not last
        return quoted(rng, text) if rng.random() < (0.8 if hidden else 0.3) else text
    if span == "plain" and isinstance(mention.value, str) and rng.random() < 0.08:
        return quoted(rng, text)
    return text
