"""Scenes of real speech: what people said to assistants, over toolsets made for it.

In: `Speech`, a random number generator. Out: a `Scene` like those of `invent`. Tools are drawn by `offers` for every
toolset; a value is what the user said, word for word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from random import Random

from calltune.base.dialogue import CANNOT, LEADS, NO_FIT, Message, assistant, calls, question, user
from calltune.base.grammar import pick, say
from calltune.base.invent import Scene
from calltune.base.mention import World
from calltune.base.offers import Argument, Offered, arguments_of, described, in_order, offer
from calltune.base.speech import BOOKING, Said, Speech
from calltune.base.spoken_tools import (
    APART,
    CLOSE,
    ERRANDS,
    HELD_OUT,
    HELD_OUT_ERRANDS,
    INTENTS,
    MERGED,
    NOT_TRAINED,
    OPEN,
    TEMPORAL,
    Wording,
)
from calltune.base.styles import Style, some_name, some_style
from calltune.base.values import build

_SIZES = (1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 10)
_QUESTIONS = ("what", "when", "where", "who", "how", "which", "is", "are", "do", "does", "can", "could", "will", "did")
_LINKS = (" and ", ". ", " and then ", ", also ", "; ", " and also ")
_WORLD = World("train", None)
_FACTS = ("qa_", "recommendation_", "news_", "weather_", "cooking_", "transport_", "music_")
"""Tools that a question outside the scope of CLINC might fit all the same."""
_INVENTED = {
    "artist_name": "artist",
    "audiobook_author": "full_name",
    "audiobook_name": "title",
    "business_name": "company",
    "game_name": "title",
    "movie_name": "title",
    "person": "full_name",
    "place_name": "city",
    "playlist_name": "playlist",
    "podcast_name": "title",
    "song_name": "title",
}
"""Kinds of invented values (see `values`) that may stand for those of a slot."""
_BOOK = Wording(
    ("book table", "reserve table", "make reservation", "book restaurant", "create booking"),
    ("Book a table at a restaurant", "Reserve a table", "Make a reservation at the restaurant"),
)
_WISHES = re.compile(r"\b(?:book|booking|reserv\w*|table)\b", re.IGNORECASE)
_CHANGES = re.compile(
    r"\b(?:have|had|made|booked|cancel\w*|change\w*|move|already|instead|not|don't|wrong|my (?:booking|reservation))\b",
    re.IGNORECASE,
)


class Spoken:
    """Scenes out of the corpora. `held_out`: only tools that training never sees are called."""

    def __init__(self, speech: Speech, *, held_out: bool = False) -> None:
        self.held_out = held_out
        self.hwu = {name: rows for name, rows in speech.hwu.items() if name in INTENTS}
        self.errands = {name: rows for name, rows in speech.clinc.items() if name in ERRANDS}
        self.out_of_scope = speech.out_of_scope
        self.bookings = _Bookings(speech.bookings)
        self.values: dict[tuple[str, str], list[str]] = defaultdict(list)
        """What was said for an intent and a slot, as often as it was said."""
        for row in (*(row for rows in self.hwu.values() for row in rows), *self.bookings.plain):
            for slot, value in row.values():
                self.values[row.intent, slot].append(value)
        hidden = self.hwu.keys() & HELD_OUT, self.errands.keys() & HELD_OUT_ERRANDS
        makers = [
            (self._assistant, 0.75, hidden[0] if held_out else self.hwu),
            (self._errands, 0.15, hidden[1] if held_out else self.errands),
            (self._booking, 0.1, [] if held_out else self.bookings.answers),
        ]
        self.makers = [(maker, share) for maker, share, rows in makers if rows]

    def __bool__(self) -> bool:
        return bool(self.makers)

    def scene(self, rng: Random) -> Scene:
        """One toolset with up to a dozen conversations."""
        maker = rng.choices([maker for maker, _ in self.makers], [share for _, share in self.makers])[0]
        while True:
            offered, conversations = maker(rng)
            if conversations:
                break
        rng.shuffle(offered)
        system = ({"role": "system", "content": "You are a helpful assistant."},) if rng.random() < 0.1 else ()
        return Scene(
            tuple(tool.wire() for tool in offered),
            tuple((*system, *messages) for messages in conversations),
        )

    # -- an assistant with slots

    def _assistant(self, rng: Random) -> tuple[list[Offered], list[list[Message]]]:
        style = some_style(rng, 0.6)
        offered = self._tools(rng, style, self._intents(rng))
        called = [
            (tool, intent) for tool in offered for intent in tool.fixed if not self.held_out or intent in HELD_OUT
        ]
        conversations: list[list[Message]] = []
        asked = 0
        for _ in range(12):
            draw = rng.random()
            if draw < 0.1:
                messages = self._no_fit(rng, offered)
            elif draw < 0.17 and len(called) > 1:
                messages = self._two(rng, rng.sample(called, 2))
            else:
                tool, intent = pick(rng, called)
                messages = self._one(rng, tool, _telling(rng, self.hwu[intent]), may_ask=asked < 3)
                asked += bool(messages and not messages[1].get("tool_calls"))
            if messages:
                conversations.append(messages)
        return offered, conversations

    def _intents(self, rng: Random) -> list[str]:
        size = pick(rng, _SIZES)
        allowed = [name for name in self.hwu if self.held_out or name not in NOT_TRAINED]
        order = rng.sample(allowed, len(allowed))
        if rng.random() < 0.4:
            near = order[0].split("_")[0]
            order.sort(key=lambda name: not name.startswith(near))
        if self.held_out:
            hidden = [name for name in allowed if name in HELD_OUT]
            kept = rng.sample(hidden, min(len(hidden), 1 + int(rng.random() * 3)))
            order = kept + [name for name in order if name not in HELD_OUT]
        chosen: list[str] = []
        for name in order:
            if len(chosen) < size and name in self.hwu and not APART.get(name, frozenset()) & set(chosen):
                chosen.append(name)
        return chosen

    def _tools(self, rng: Random, style: Style, intents: list[str]) -> list[Offered]:
        whole = rng.random() < 0.5
        strict = rng.random() < 0.4
        offered: dict[str, Offered] = {}
        left = list(intents)
        while left:
            intent = left.pop(0)
            merged = next((one for one in MERGED if intent in one.values), None)
            if merged and rng.random() < 0.3:
                members = [name for name in merged.values if name in self.hwu and not self._hidden(name)]
                others = (set(intents) | {name for tool in offered.values() for name in tool.fixed}) - set(members)
                if not any(APART.get(name, frozenset()) & others for name in members) and not any(
                    set(tool.fixed) & set(members) for tool in offered.values()
                ):
                    left = [name for name in left if name not in members]
                    rows = [row for name in members for row in self.hwu[name]]
                    tool = offer(rng, style, rows, merged.wording, whole=whole, strict=strict, merged=merged)
                    offered.setdefault(tool.name, tool)
                    continue
            tool = offer(rng, style, self.hwu[intent], INTENTS[intent], whole=whole, strict=strict)
            offered.setdefault(tool.name, tool)
        return list(offered.values())

    def _hidden(self, intent: str) -> bool:
        return not self.held_out and intent in NOT_TRAINED

    def _one(self, rng: Random, tool: Offered, said: Said, *, may_ask: bool = True) -> list[Message] | None:
        """One sentence and the call it means, or the question for what is missing."""
        said = self._dressed(rng, said)
        arguments = arguments_of(tool, said)
        if arguments is None:
            return None
        missing = [argument for argument in tool.arguments if argument.required and argument.name not in arguments]
        if not missing:
            return [user(said.text), calls(0, (tool.name, arguments))]
        if not may_ask or any(argument.listed for argument in missing) or said.doubts & {a.slot for a in missing}:
            return None
        messages = [user(said.text), assistant(question(rng, [argument.label for argument in missing]))]
        if rng.random() < 0.5:
            return messages
        given = {argument.name: self._value(rng, said.intent, argument) for argument in missing}
        lead = pick(rng, LEADS).lower() if len(given) == 1 and rng.random() < 0.5 else ""
        whole = {**arguments, **given}
        return [
            *messages,
            user(lead + pick(rng, (", ", " and ")).join(given.values())),
            calls(0, (tool.name, in_order(tool, whole))),
        ]

    def _value(self, rng: Random, intent: str, argument: Argument) -> str:
        if "enum" in argument.schema:
            return str(pick(rng, argument.schema["enum"]))
        sources = TEMPORAL[:2] if argument.slot == "when" else (argument.slot,)
        return pick(rng, [value for source in sources for value in self.values[intent, source]])

    def _two(self, rng: Random, pairs: Sequence[tuple[Offered, str]]) -> list[Message] | None:
        """Two requests in one message."""
        made = [self._one(rng, tool, _telling(rng, self.hwu[intent]), may_ask=False) for tool, intent in pairs]
        if not made[0] or not made[1]:
            return None
        texts = [messages[0]["content"] for messages in made if messages]
        named = [messages[1]["tool_calls"][0]["function"] for messages in made if messages]
        first = texts[0].rstrip(".!? ")
        return [
            user(first + pick(rng, _LINKS) + texts[1]),
            calls(0, *((function["name"], function["arguments"]) for function in named)),
        ]

    def _no_fit(self, rng: Random, offered: Sequence[Offered]) -> list[Message] | None:
        """A sentence that none of the tools fits."""
        intents = {intent for tool in offered for intent in tool.fixed}
        if rng.random() < 0.3 and self.out_of_scope and not any(name.startswith(_FACTS) for name in intents):
            return _refused(rng, self._dressed(rng, pick(rng, self.out_of_scope)).text, None)
        others = [
            name
            for name in self.hwu
            if name not in NOT_TRAINED
            and not CLOSE.get(name, frozenset()) & intents
            and not any(name.split("_")[0] == intent.split("_")[0] for intent in intents)
        ]
        if not others or BOOKING in intents:
            return None
        name = pick(rng, others)
        goal = pick(rng, INTENTS[name].descriptions)
        return _refused(rng, self._dressed(rng, pick(rng, self.hwu[name])).text, goal)

    def _dressed(self, rng: Random, said: Said) -> Said:
        """The sentence with some of its names exchanged for others, and written with or without capitals and stops."""
        if self.held_out:
            return said
        titled, swapped = rng.random() < 0.25, rng.random() < 0.4
        text, spans, at = "", [], 0
        for start, end, slot in said.spans:
            value = said.text[start:end]
            if slot in OPEN and swapped and rng.random() < 0.6 and not said.text[end:].startswith("'"):
                value = self._other(rng, said.intent, slot)
            if slot in OPEN and titled:
                value = " ".join(word[:1].upper() + word[1:] for word in value.split(" "))
            text += said.text[at:start]
            spans.append((len(text), len(text) + len(value), slot))
            text, at = text + value, end
        text += said.text[at:]
        if rng.random() < 0.35 and not (spans and spans[0][0] == 0):
            text = text[0].upper() + text[1:]
        if rng.random() < 0.3 and text[-1].isalnum():
            text += "?" if text.lower().startswith(_QUESTIONS) else "."
        return Said(text, said.intent, tuple(spans), said.doubts, said.asked)

    def _other(self, rng: Random, intent: str, slot: str) -> str:
        """Another value for a slot: what somebody else said, or an invented one."""
        if slot in _INVENTED and rng.random() < 0.5:
            mention = build(rng, _WORLD, _INVENTED[slot]).sample(rng)
            return mention.text
        return pick(rng, self.values[intent, slot])

    # -- errands without arguments

    def _errands(self, rng: Random) -> tuple[list[Offered], list[list[Message]]]:
        style = some_style(rng, 0.6)
        allowed = sorted(self.errands.keys() & HELD_OUT_ERRANDS if self.held_out else self.errands.keys() - NOT_TRAINED)
        chosen = rng.sample(allowed, min(len(allowed), 2 + int(rng.random() * 9)))
        if rng.random() < 0.4:
            alike = CLOSE.get(chosen[0], frozenset())
            chosen = sorted(allowed, key=lambda name: (name not in alike, rng.random()))[: len(chosen)]
        offered = []
        for name in chosen:
            words = [word for word in name.split("_") if word.isalpha()] or [name]
            goal = ERRANDS[name]
            called = words if len(words) > 1 and rng.random() < 0.6 else _short(rng, goal)
            tool_name = some_name(rng, [called], "assistant", style)
            offered.append(Offered(tool_name, described(rng, style, goal), goal, {name: {}}))
        offered = list({tool.name: tool for tool in offered}.values())
        conversations = []
        for _ in range(12):
            tool = pick(rng, offered)
            near = {other for tool in offered for intent in tool.fixed for other in (intent, *CLOSE.get(intent, ()))}
            others = [name for name in self.errands if name not in near and name not in NOT_TRAINED]
            draw = rng.random()
            if draw < 0.06 and self.out_of_scope:
                conversations.append(_refused(rng, self._dressed(rng, pick(rng, self.out_of_scope)).text, None))
            elif draw < 0.14 and others:
                name = pick(rng, others)
                conversations.append(
                    _refused(rng, self._dressed(rng, pick(rng, self.errands[name])).text, ERRANDS[name])
                )
            else:
                said = self._dressed(rng, pick(rng, self.errands[next(iter(tool.fixed))]))
                conversations.append([user(said.text), calls(0, (tool.name, {}))])
        return offered, conversations

    # -- a table at a restaurant

    def _booking(self, rng: Random) -> tuple[list[Offered], list[list[Message]]]:
        style = some_style(rng, 0.6)
        others = [
            name
            for name in self.hwu
            if name not in NOT_TRAINED and not name.startswith(("takeaway", "recommendation", "calendar", "alarm"))
        ]
        offered = self._tools(rng, style, rng.sample(others, min(len(others), int(rng.random() * 4))))
        tool = offer(rng, style, self.bookings.plain, _BOOK, whole=False, strict=rng.random() < 0.5)
        offered = [other for other in offered if other.name != tool.name] + [tool]
        declared = {argument.slot for argument in tool.arguments}
        conversations: list[list[Message]] = []
        for _ in range(12):
            asking = rng.random() < 0.45
            opening = pick(rng, self.bookings.plain)
            if not asking:
                messages = self._one(rng, tool, opening)
            else:
                messages = self._answered(rng, tool, opening, pick(rng, self.bookings.answers), declared)
            if messages:
                conversations.append(messages)
        return offered, conversations

    def _answered(
        self, rng: Random, tool: Offered, opening: Said, answer: Said, declared: set[str]
    ) -> list[Message] | None:
        """A request for a table, the question for more, and the answer to it."""
        first, more = arguments_of(tool, opening), arguments_of(tool, answer)
        if not first or not more or not set(answer.asked) <= declared or first.keys() & more.keys():
            return None
        labels = [argument.label for slot in answer.asked for argument in tool.arguments if argument.slot == slot]
        whole = {**first, **more}
        if any(argument.required and argument.name not in whole for argument in tool.arguments):
            return None
        return [
            user(opening.text),
            assistant(question(rng, labels[:3])),
            user(answer.text),
            calls(0, (tool.name, in_order(tool, whole))),
        ]


class _Bookings:
    """Sentences of Restaurant-8k that say what is wanted by themselves, and answers to a question."""

    def __init__(self, rows: Sequence[Said]) -> None:
        self.plain = [
            row
            for row in rows
            if row.spans and not row.asked and _WISHES.search(row.text) and not _CHANGES.search(row.text)
        ]
        self.answers = [
            row
            for row in rows
            if row.asked and set(row.asked) == {slot for slot, _ in row.values()} and not _CHANGES.search(row.text)
        ]


def _telling(rng: Random, rows: Sequence[Said]) -> Said:
    """A sentence, rather one with more values."""
    return max(rng.sample(rows, min(len(rows), pick(rng, (1, 2, 2, 3)))), key=lambda row: len(row.spans))


_FILLERS = re.compile(r"\b(?:a|an|the|of|to|in|for|how|whether|when|which|with|who|what|is|are|it|at|on|by|user's)\b")


def _short(rng: Random, goal: str) -> list[str]:
    """A goal as the words of a name: "tell how long food stays good" as "tell food stays good"."""
    words = re.findall(r"[a-z']+", _FILLERS.sub("", goal))
    verb = pick(rng, ("get", "check", "find")) if words[0] == "tell" else words[0]
    return [verb, *words[1:4]]


def _refused(rng: Random, text: str, goal: str | None) -> list[Message]:
    if goal is None or rng.random() < 0.4:
        return [user(text), assistant(pick(rng, CANNOT))]
    return [user(text), assistant(say(rng, pick(rng, NO_FIT), goal=goal[0].lower() + goal[1:]))]
