"""The forms of conversation that rows from schemas have: a call, two calls, a question and a call, a result... In: a
contract, looked at once, and a `Random`. Out: messages, not yet checked. `UnsayableError` where a form does not fit
the tool that was drawn."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import Any

from calltune.contract import Tool, Toolset

from .phrasing import Mentions, check_said, core, request, small
from .phrasing_arguments import phrase_of
from .phrasing_manner import dress, some_manner
from .phrasing_tools import ToolWords, tool_words
from .scratch_choice import choose
from .scratch_replies import answer, ask_for, failure, off_topic, refusal, result_of, small_talk
from .values import Argument, Said, UnsayableError, argument_of, label_of
from .values_schema import date_year, resolved
from .values_spoken import WEEKDAYS, Calendar
from .values_topics import TOPICS

Message = dict[str, Any]
_JOINTS = (" and ", " and also ", ". Also, ", ", then ", " and then ", "; ", ". And ")
_FIRST = ("it", "that one", "the first one", "this one", "the first", "that")
_CHANGES = (
    "what about {}?",
    "and {}?",
    "make it {} instead",
    "now {}",
    "the same, but {}",
    "actually, {}",
    "and now {}",
)


class Contract:
    """What is known about the tools of a contract, found out once."""

    def __init__(self, toolset: Toolset) -> None:
        self.toolset = toolset
        self.openai = toolset.to_openai()
        self.words: dict[str, ToolWords] = {tool.name: tool_words(tool, toolset.tools) for tool in toolset}
        self.arguments: dict[str, list[Argument]] = {tool.name: _arguments(tool) for tool in toolset}

    def leads_on(self, tool: Tool) -> bool:
        """Whether its result has a field that another tool requires."""
        returns = resolved(Random(0), tool.returns or {}, tool.returns or {})
        record = resolved(Random(0), returns.get("items"), returns) if returns.get("type") == "array" else returns
        fields = set(record.get("properties") or ())
        others = (argument for name, ones in self.arguments.items() if name != tool.name for argument in ones)
        return any(argument.required and argument.name in fields for argument in others)

    @cached_property
    def all_words(self) -> list[ToolWords]:
        """Of all tools."""
        return list(self.words.values())

    @cached_property
    def off_topic(self) -> tuple[str, ...]:
        """Requests that no tool serves."""
        return off_topic(self.all_words)


def _arguments(tool: Tool) -> list[Argument]:
    properties = tool.parameters.get("properties")
    required = tool.parameters.get("required") or ()
    names = [*(properties or {}), *(name for name in required if name not in (properties or {}))]
    found = [
        argument_of(name, (properties or {}).get(name, {}), required=name in required, root=tool.parameters)
        for name in names
    ]
    if {"movie", "film", "cinema"} & tool_words(tool).words:
        films = {"genre": TOPICS["film_genre"]}
        found = [replace(one, topic=films.get(one.topic.name, one.topic)) if one.topic else one for one in found]
    about = Counter(argument.topic.name for argument in found if argument.topic is not None)
    return [replace(one, shared=one.topic is not None and about[one.topic.name] > 1) for one in found]


class Scene:
    """One conversation about one tool."""

    def __init__(self, contract: Contract, tool: Tool, rng: Random) -> None:
        self.contract, self.tool, self.rng = contract, tool, rng
        self.manner = some_manner(rng)
        arguments = contract.arguments[tool.name]
        dated = any(
            argument.schema.get("format") in ("date", "date-time") or (argument.topic and argument.topic.name == "date")
            for argument in arguments
        )
        yearly = any(date_year(list(argument.examples), "")[1] for argument in arguments)
        self.known = Calendar()
        if dated and not yearly and rng.random() < 0.4:
            self.known = Calendar(today=date(2024, 1, 1) + timedelta(days=rng.randint(0, 1400)))

    @property
    def words(self) -> ToolWords:
        return self.contract.words[self.tool.name]

    def system(self) -> list[Message]:
        """The day, where the user may speak of it."""
        today = self.known.today
        if today is None:
            return []
        weekday = WEEKDAYS[today.weekday()]
        ways = (f"Today is {weekday}, {today.isoformat()}.", f"Current date: {today.isoformat()} ({weekday})")
        return [{"role": "system", "content": self.rng.choice(ways)}]

    def mentions(self, tool: Tool | None = None) -> list[tuple[Argument, Said]]:
        """The arguments that the user gives, with their values."""
        found: list[tuple[Argument, Said]] = []
        texts: set[str] = set()
        for argument in choose(self.rng, self.contract.arguments[(tool or self.tool).name]):
            try:
                said = self.value(argument)
                if said.text in texts:
                    said = self.value(argument)
            except UnsayableError:
                if argument.required:
                    raise
                continue
            if said.text in texts and not argument.required:
                continue
            texts.add(said.text)
            found.append((argument, said))
        return found

    def value(self, argument: Argument) -> Said:
        """A value as this user writes it."""
        said = argument.say(self.rng, self.known)
        return small(said) if self.manner.lower and argument.accepts(small(said).value) else said

    def ask(self, mentions: Mentions, tool: Tool | None = None) -> str:
        return request(self.rng, self.contract.words[(tool or self.tool).name], mentions, self.manner)


def _arguments_of(mentions: Mentions) -> dict[str, Any]:
    return {argument.name: said.value for argument, said in mentions}


def _user(text: str) -> Message:
    return {"role": "user", "content": text}


def _reply(text: str) -> Message:
    return {"role": "assistant", "content": text}


def _calls(*made: tuple[str, dict[str, Any]]) -> Message:
    calls = [
        {"id": "", "type": "function", "function": {"name": name, "arguments": arguments}} for name, arguments in made
    ]
    return {"role": "assistant", "content": "", "tool_calls": calls}


def number_calls(messages: list[Message]) -> None:
    """Ids in order; a result answers the latest call."""
    number = 0
    for message in messages:
        for call in message.get("tool_calls", ()):
            call["id"] = f"call_{number}"
            number += 1
        if message["role"] == "tool":
            message["tool_call_id"] = f"call_{number - 1}"


def _result(value: str) -> Message:
    return {"role": "tool", "tool_call_id": "", "content": value}


def _call(scene: Scene) -> list[Message]:
    mentions = scene.mentions()
    return [*scene.system(), _user(scene.ask(mentions)), _calls((scene.tool.name, _arguments_of(mentions)))]


def _parallel(scene: Scene) -> list[Message]:
    """Two calls at once: of two tools, or of one twice."""
    rng, others = scene.rng, [tool for tool in scene.contract.toolset if tool.name != scene.tool.name]
    first = scene.mentions()
    other = rng.choice(others) if others and rng.random() < 0.6 else scene.tool
    if other is scene.tool and len(first) >= 1 and rng.random() < 0.6:
        return _twice(scene, first)
    second = scene.mentions(other)
    if any(said.free for _, said in first) or (other is scene.tool and _arguments_of(first) == _arguments_of(second)):
        raise UnsayableError("not_two")
    one, (two, _) = scene.ask(first), core(rng, scene.contract.words[other.name], second)
    check_said(two, second)
    two = two.lower() if scene.manner.lower else two
    joint = rng.choice(_JOINTS)
    text = one.rstrip(".?!") + (joint.lower() if scene.manner.lower else joint) + two
    calls = _calls((scene.tool.name, _arguments_of(first)), (other.name, _arguments_of(second)))
    return [*scene.system(), _user(text), calls]


def _twice(scene: Scene, mentions: list[tuple[Argument, Said]]) -> list[Message]:
    """The same call for two values of one argument: "the weather in Bremen and Kiel"."""
    number = scene.rng.randrange(len(mentions))
    argument, one = mentions[number]
    two = scene.value(argument)
    if (
        two.value == one.value
        or one.free
        or not one.text
        or isinstance(one.value, bool | list | dict)
        or " and " in one.text + two.text
    ):
        raise UnsayableError("not_two")
    both = one._replace(text=f"{one.text} and {two.text}")
    spoken = [(argument, both) if at == number else pair for at, pair in enumerate(mentions)]
    arguments = [_arguments_of(mentions), {**_arguments_of(mentions), argument.name: two.value}]
    return [*scene.system(), _user(scene.ask(spoken)), _calls(*((scene.tool.name, each) for each in arguments))]


def _ask(scene: Scene) -> list[Message]:
    """Something required is missing; the assistant asks, the user says it."""
    mentions = scene.mentions()
    required = [pair for pair in mentions if pair[0].required and pair[1].text]
    if not required:
        return _call(scene)
    missing = scene.rng.sample(required, min(len(required), scene.rng.choice((1, 1, 1, 2))))
    names = {argument.name for argument, _ in missing}
    missing = [pair for pair in mentions if pair[0].name in names]
    first = scene.ask([pair for pair in mentions if pair[0].name not in names])
    question = ask_for(scene.rng, [argument for argument, _ in missing])
    if len(missing) == 1:
        argument, said = missing[0]
        ways = (
            said.text,
            said.text,
            phrase_of(scene.rng, argument, said),
            f"the {label_of(argument.name)} is {said.text}",
        )
        told = scene.rng.choice(ways)
    else:
        listed = ", ".join(f"{label_of(argument.name)} {said.text}" for argument, said in missing)
        told = scene.rng.choice(
            (listed, " and ".join(said.text for _, said in missing), ", ".join(said.text for _, said in missing))
        )
    told = told.lower() if scene.manner.lower else told
    call = _calls((scene.tool.name, _arguments_of(mentions)))
    return [*scene.system(), _user(first), _reply(question), _user(told), call]


def _answer(scene: Scene) -> list[Message]:
    messages = _call(scene)
    arguments = messages[-1]["tool_calls"][0]["function"]["arguments"]
    value = result_of(scene.rng, scene.tool, scene.words, arguments, scene.known)
    told = answer(scene.rng, scene.words, value, arguments)
    return [*messages, _result(json.dumps(value, ensure_ascii=False)), _reply(told)]


def _follow_up(scene: Scene) -> list[Message]:
    """A call, its result, and the same again with one argument changed."""
    mentions = scene.mentions()
    spoken = [pair for pair in mentions if pair[1].text and not isinstance(pair[1].value, bool | list | dict)]
    if not spoken:
        raise UnsayableError("nothing_to_change")
    arguments = _arguments_of(mentions)
    value = result_of(scene.rng, scene.tool, scene.words, arguments, scene.known)
    argument, old = scene.rng.choice(spoken)
    new = scene.value(argument)
    if new.value == old.value:
        raise UnsayableError("nothing_to_change")
    change = scene.rng.choice(_CHANGES).format(phrase_of(scene.rng, argument, new))
    change = change.lower() if scene.manner.lower else change[0].upper() + change[1:]
    return [
        *scene.system(),
        _user(scene.ask(mentions)),
        _calls((scene.tool.name, arguments)),
        _result(json.dumps(value, ensure_ascii=False)),
        _reply(answer(scene.rng, scene.words, value, arguments)),
        _user(change),
        _calls((scene.tool.name, {**arguments, argument.name: new.value})),
    ]


def _chain(scene: Scene) -> list[Message]:
    """A result, and another tool called with a value of it: "book the first one for 7 pm"."""
    messages = _answer(scene)
    result = json.loads(messages[-2]["content"])
    record = result[0] if isinstance(result, list) and result else result
    record = record if isinstance(record, dict) else {}
    others = {tool.name: tool for tool in scene.contract.toolset if tool.name != scene.tool.name}
    fits = [
        (tool, argument)
        for name, tool in others.items()
        for argument in scene.contract.arguments[name]
        if argument.required and argument.name in record and argument.accepts(record[argument.name])
    ]
    if not fits:
        raise UnsayableError("nothing_to_go_on")
    tool, about = scene.rng.choice(fits)
    known = messages[-3]["tool_calls"][0]["function"]["arguments"]
    said = {argument.name: said for argument, said in scene.mentions(tool)}
    kept = {name: value for name, value in record.items() if name == about.name or name in known}
    pairs: list[tuple[Argument, Said]] = []
    for argument in scene.contract.arguments[tool.name]:
        if argument.name in kept and argument.accepts(kept[argument.name]):
            pairs.append((argument, Said(kept[argument.name], "")))
        elif argument.name in said:
            pairs.append((argument, said[argument.name]))
    named = (about, Said(record[about.name], scene.rng.choice(_FIRST)))
    words = replace(scene.contract.words[tool.name], nouns=())
    spoken = [named if argument is about else (argument, own) for argument, own in pairs]
    text, commands = core(scene.rng, words, spoken)
    check_said(text, spoken)
    text = dress(
        scene.rng, text.lower() if scene.manner.lower else text, scene.manner, open_end=False, commands=commands
    )
    return [*messages, _user(text), _calls((tool.name, {argument.name: own.value for argument, own in pairs}))]


def _failure(scene: Scene) -> list[Message]:
    result, words = failure(scene.rng, scene.tool)
    return [*_call(scene), _result(result), _reply(words)]


def _refuse(scene: Scene) -> list[Message]:
    if not scene.contract.off_topic:
        raise UnsayableError("nothing_off_topic")
    said = dress(scene.rng, scene.rng.choice(scene.contract.off_topic), scene.manner, open_end=False)
    return [_user(said), _reply(refusal(scene.rng, scene.contract.all_words))]


def _talk(scene: Scene) -> list[Message]:
    said, reply = small_talk(scene.rng, scene.contract.all_words)
    return [_user(said if scene.manner.lower else said[0].upper() + said[1:]), _reply(reply)]


FORMS: dict[str, Callable[[Scene], list[Message]]] = {
    "call": _call,
    "parallel": _parallel,
    "ask": _ask,
    "answer": _answer,
    "follow_up": _follow_up,
    "chain": _chain,
    "failure": _failure,
    "refuse": _refuse,
    "talk": _talk,
}
