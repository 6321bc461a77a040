"""Training conversations for the base model: invented tools, and people who use them.

In: a random number generator. Out: `Scene`s: one toolset with a dozen or more conversations over it, which share it
as a prefix. The same generator state gives the same scene. Nothing is read from disk. `python -m calltune.base.invent
--show 3` prints some.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Literal

from calltune.base.dialogue import Stage, single
from calltune.base.grammar import pick
from calltune.base.intents import Intent, combine, everyday_of, modifier_for
from calltune.base.later_turns import KINDS, SHARES
from calltune.base.mention import World
from calltune.base.nouns import ACTIONS, DOMAINS, EVERYWHERE, NOUNS, Noun
from calltune.base.rivals import family_of, rivals_of
from calltune.base.styles import Style, some_style
from calltune.base.toolset import Tool, make_tool
from calltune.base.words import COMPANIES, WEEKDAYS, is_test_word

Split = Literal["train", "test"]
_SIZES = (1, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 8, 9, 10, 12, 14, 16)


@dataclass(frozen=True, slots=True)
class Scene:
    """A toolset and conversations over it."""

    tools: tuple[dict[str, Any], ...]
    """OpenAI dicts with canonical, closed schemas."""
    conversations: tuple[tuple[dict[str, Any], ...], ...]
    """Messages in OpenAI's shape, arguments as objects; one with `"train": false` is a mistake not to be learned."""
    kinds: tuple[str, ...] = ()
    """The kind of each conversation, see `dialogue.SHARES`."""


def invent(
    rng: Random, *, split: Split = "train", difficulty: float = 1.0, shares: Mapping[str, float] | None = None
) -> Scene:
    """One scene; `difficulty` below 1 gives fewer and simpler tools and more plain speech, "test" uses words that
    "train" never does."""
    shares = shares or SHARES
    plain = rng.random() >= difficulty
    world = World(split, _some_day(rng) if rng.random() < 0.25 else None, plain)
    style = some_style(rng, difficulty, plain=plain)
    most = max(1, round(1 + 15 * min(1.0, difficulty)))
    size = min(most, pick(rng, _SIZES))
    intents, outside = _intents(rng, size, style, split)
    tools = _tools(rng, intents, style, world)
    stage = Stage(tools, [make_tool(rng, intent, style, world) for intent in outside], world)
    system = _system(rng, world)
    conversations, kinds = [], []
    names, weights = list(shares), list(shares.values())
    for kind in rng.choices(names, weights, k=12 + int(rng.random() * 21)):
        messages = KINDS[kind](rng, stage)
        if messages is None:
            kind, messages = "single", single(rng, stage)
        conversations.append(tuple([{"role": "system", "content": system}, *messages] if system else messages))
        kinds.append(kind)
    return Scene(tuple(tool.wire for tool in tools), tuple(conversations), tuple(kinds))


def _some_day(rng: Random) -> date:
    return date(2023, 1, 1) + timedelta(days=int(rng.random() * 1800))


def _system(rng: Random, world: World) -> str:
    """The system message of a scene: mostly none; it states the date where dates are said without a year."""
    if world.today is None and rng.random() < 0.75:
        return ""
    persona = pick(
        rng,
        (
            "",
            "",
            "You are a helpful assistant.",
            "You are a helpful assistant with access to functions.",
            f"You are the assistant of {COMPANIES.pick(rng, world.split)}.",
        ),
    )
    if world.today is None:
        return persona or "You are a helpful assistant."
    day, weekday = world.today.isoformat(), WEEKDAYS[world.today.weekday()]
    stated = pick(
        rng,
        (
            f"Today is {weekday}, {day}.",
            f"Today is {day}.",
            f"Current date: {day}",
            f"The date is {day} ({weekday}).",
            f"Today's date: {day}",
        ),
    )
    return f"{persona} {stated}".strip()


# -- which tools go together


def _nouns_of(split: str, nouns: tuple[Noun, ...]) -> list[Noun]:
    return [noun for noun in nouns if is_test_word(noun.word) == (split == "test")]


_NOUNS = {split: _nouns_of(split, NOUNS) for split in ("train", "test")}
_DOMAINS = {
    split: {name: found for name, nouns in DOMAINS.items() if (found := _nouns_of(split, nouns))}
    for split in ("train", "test")
}
_EVERYDAY = {split: everyday_of(split) for split in ("train", "test")}
_EVERYDAY_DOMAINS = {split: sorted({intent.domain for intent in _EVERYDAY[split]}) for split in ("train", "test")}
_ACTION_KEYS = tuple(ACTIONS)
_NATURAL = (
    "name",
    "name",
    "title",
    "full_name",
    "user_name",
    "confirmation",
    "order_id",
    "serial",
    "email",
    "phone",
    "event_name",
)
"""What finds a thing that is not found by its ID."""
_IDENTIFIERS = ("email", "phone", "serial", "user_name", "full_name", "confirmation")
_ALIKE = (
    "search/list get/status get/summarize status/track create/schedule create/book create/order book/order "
    "create/upload import/upload cancel/delete estimate/recommend scan/validate label/update assign/update "
    "rename/update schedule/book reschedule/update book/recommend get/track stop/pause list/export comment/update "
    "close/stop repair/report report/scan history/get start/enable stop/disable approve/publish search/count "
    "search/recommend clean/repair create/recommend restore/reopen stop/cancel send/share disable/delete "
    "unlock/enable resume/start order/search repair/restart get/download split/duplicate remind/schedule "
    "remind/reschedule move/send extend/reschedule report/update repair/update status/history "
)
"""Actions on one noun that could be meant by the same words: never both in a scene."""
_CONFUSABLE = frozenset(
    (first, second) for pair in _ALIKE.split() for first, second in (pair.split("/"), pair.split("/")[::-1])
)


def _action_for(rng: Random) -> str:
    return pick(rng, EVERYWHERE) if rng.random() < 0.6 else pick(rng, _ACTION_KEYS)


class _Chosen:
    """The intents of a scene, so that no two of them can be taken for one another."""

    def __init__(self, split: str, style: Style) -> None:
        self.split, self.style = split, style
        self.intents: list[Intent] = []
        self.keys: set[str] = set()
        self.nouns: dict[str, set[str]] = {}
        self.covered: set[str] = set()

    def fits(self, action: str, noun: Noun, *, loosely: bool = False) -> bool:
        """Whether "<action> <noun>" is told apart from everything chosen (`loosely`: refuse the almost same, too)."""
        if noun.word in self.covered or any(_overlap(noun.word, word) for word in self.covered):
            return False
        for word, actions in self.nouns.items():
            if word == noun.word:
                if action in actions or any((action, other) in _CONFUSABLE for other in actions):
                    return False
            elif _overlap(word, noun.word):
                return False
        return (
            not loosely
            or noun.word not in self.nouns
            or not self.nouns[noun.word] & {"update", "get", "search", "list"}
            or action not in ("label", "assign", "rename")
        )

    def add_combined(self, rng: Random, action: str, noun: Noun, *, identifier: str = "id", modifier: str = "") -> bool:
        if not self.fits(action, noun):
            return False
        if rng.random() < 0.3:
            identifier = pick(rng, _NATURAL)
        self.intents.append(
            combine(
                rng,
                ACTIONS[action],
                noun,
                self.split,
                wealth=self.style.wealth,
                plain=self.style.plain,
                identifier=identifier,
                modifier=modifier,
            )
        )
        self.nouns.setdefault(noun.word, set()).add(action)
        return True

    def add_ready(self, intent: Intent) -> bool:
        if intent.key in self.keys or rivals_of(intent.key) & self.keys:
            return False
        if any(_overlap(word, other) for word in intent.covers for other in self.nouns):
            return False
        self.intents.append(intent)
        self.keys.add(intent.key)
        self.covered |= intent.covers
        return True


def _overlap(first: str, second: str) -> bool:
    """Whether one noun could be taken for the other: a word in common."""
    return first == second or bool(set(first.split()) & set(second.split()))


def _intents(rng: Random, size: int, style: Style, split: Split) -> tuple[list[Intent], list[Intent]]:
    """The intents of a toolset, and some that it lacks."""
    chosen = _Chosen(split, style)
    plan = rng.random()
    nouns = _NOUNS[split]
    if plan < 0.4:
        _ready_tools(rng, chosen, size, split)
    elif plan < 0.57:
        _one_noun(rng, chosen, pick(rng, nouns), min(size, 3 + int(rng.random() * 6)))
    elif plan < 0.66:
        _one_action(rng, chosen, _action_for(rng), min(size, 3 + int(rng.random() * 5)), split)
    elif plan < 0.72:
        _twins(rng, chosen, pick(rng, nouns))
    domain = _DOMAINS[split][pick(rng, tuple(_DOMAINS[split]))] if rng.random() < 0.6 else nouns
    for _ in range(size * 6):
        if len(chosen.intents) >= size:
            break
        if rng.random() < 0.25:
            chosen.add_ready(pick(rng, _EVERYDAY[split]))
        else:
            noun = pick(rng, domain)
            chosen.add_combined(
                rng, _action_for(rng), noun, modifier=modifier_for(rng) if noun.word not in chosen.nouns else ""
            )
    intents = chosen.intents[:size]
    return intents, _outside(rng, intents, chosen, split)


def _ready_tools(rng: Random, chosen: _Chosen, size: int, split: Split) -> None:
    ready = _EVERYDAY[split]
    if rng.random() < 0.6:
        domain = pick(rng, _EVERYDAY_DOMAINS[split])
        ready = tuple(intent for intent in ready if intent.domain == domain) + tuple(
            rng.sample(ready, min(len(ready), 6))
        )
    wanted = max(1, round(size * (0.5 + rng.random() / 2)))
    for intent in rng.sample(ready, len(ready)):
        if len(chosen.intents) >= wanted:
            break
        chosen.add_ready(intent)


def _one_noun(rng: Random, chosen: _Chosen, noun: Noun, size: int) -> None:
    modifier = modifier_for(rng)
    for action in dict.fromkeys(rng.sample(EVERYWHERE, len(EVERYWHERE))):
        if len(chosen.intents) >= size:
            break
        chosen.add_combined(rng, action, noun, modifier=modifier)


def _one_action(rng: Random, chosen: _Chosen, action: str, size: int, split: Split) -> None:
    for _ in range(size * 3):
        if len(chosen.intents) >= size:
            break
        chosen.add_combined(rng, action, pick(rng, _NOUNS[split]))


def _twins(rng: Random, chosen: _Chosen, noun: Noun) -> None:
    """Tools that differ in one argument only: by email, by phone."""
    action = ACTIONS[pick(rng, ("get", "delete", "status", "update", "cancel", "lock", "unlock", "refund"))]
    if not chosen.fits(action.key, noun):
        return
    for identifier in rng.sample(_IDENTIFIERS, 2 + int(rng.random() * 2)):
        if len(chosen.intents) < 4:
            chosen.intents.append(
                combine(rng, action, noun, chosen.split, wealth=0.3, identifier=identifier, twin=True)
            )
    chosen.nouns.setdefault(noun.word, set()).add(action.key)


def _outside(rng: Random, intents: list[Intent], chosen: _Chosen, split: Split) -> list[Intent]:
    """Requests that none of the tools fits: other nouns, or other actions on the same nouns."""
    out: list[Intent] = []
    kept = {word for intent in intents for word in intent.covers}
    for _ in range(12):
        if len(out) >= 4:
            break
        if rng.random() < 0.4 and chosen.nouns:
            word = pick(rng, tuple(chosen.nouns))
            noun = next(noun for noun in NOUNS if noun.word == word)
            action = _action_for(rng)
            if (
                word in kept
                and action not in ("get", "search", "list", "status", "history", "report", "track")
                and chosen.fits(action, noun, loosely=True)
            ):
                out.append(combine(rng, ACTIONS[action], noun, split))
        elif rng.random() < 0.5:
            intent = pick(rng, _EVERYDAY[split])
            families = {family_of(other.domain) for other in intents}
            near = any(_overlap(word, other) for word in intent.covers for other in (*chosen.covered, *chosen.nouns))
            if not near and family_of(intent.domain) not in families and not rivals_of(intent.key) & chosen.keys:
                out.append(intent)
        else:
            noun = pick(rng, _NOUNS[split])
            action = _action_for(rng)
            if chosen.fits(action, noun) and noun.word not in chosen.nouns:
                out.append(combine(rng, ACTIONS[action], noun, split))
    return out


def _tools(rng: Random, intents: list[Intent], style: Style, world: World) -> list[Tool]:
    tools: dict[str, Tool] = {}
    for intent in intents:
        tool = make_tool(rng, intent, style, world)
        if tool.name not in tools:
            tools[tool.name] = tool
    found = list(tools.values())
    rng.shuffle(found)
    return found


# -- looking at scenes


def show(scene: Scene) -> str:
    """A scene for people to read."""
    lines = []
    for tool in scene.tools:
        function = tool["function"]
        lines.append(f"{function['name']}  -- {function['description']}")
        required = function["parameters"].get("required", [])
        for name, schema in function["parameters"]["properties"].items():
            lines.append(f"    {name}{'' if name in required else '?'}: {json.dumps(schema, ensure_ascii=False)}")
    for kind, conversation in zip(scene.kinds, scene.conversations, strict=True):
        lines.append(f"--- {kind}")
        for message in conversation:
            made = "".join(
                f"\n      {call['function']['name']}({json.dumps(call['function']['arguments'], ensure_ascii=False)})"
                for call in message.get("tool_calls", ())
            )
            note = "  (not learned)" if message.get("train") is False else ""
            lines.append(f"  {message['role']:9} {message['content']}{made}{note}")
    return "\n".join(lines)


def main() -> None:
    """Print scenes, or measure the speed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--show", type=int, default=2, help="scenes to print")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--split", choices=["train", "test"], default="train")
    parser.add_argument("--difficulty", type=float, default=1.0)
    parser.add_argument("--time", type=int, default=0, help="measure the speed over so many scenes instead")
    options = parser.parse_args()
    rng = Random(options.seed)
    if options.time:
        start = time.process_time()
        count = sum(
            len(invent(rng, split=options.split, difficulty=options.difficulty).conversations)
            for _ in range(options.time)
        )
        print(f"{count / (time.process_time() - start):,.0f} conversations/s of processor time")
        return
    for _ in range(options.show):
        print(show(invent(rng, split=options.split, difficulty=options.difficulty)))
        print("=" * 100)


if __name__ == "__main__":
    main()
