"""The generator of training conversations: valid, derivable, reproducible, split."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.base.dialogue import Stage
from calltune.base.extras import EXTRA_ROLES
from calltune.base.grammar import Node, compile_pattern, expand, say, slots_of
from calltune.base.intents import EVERYDAY, Intent, everyday_of
from calltune.base.invent import Scene, invent
from calltune.base.later_turns import KINDS, SHARES
from calltune.base.mention import World
from calltune.base.nouns import ACTIONS, NOUNS
from calltune.base.numerals import date_text, in_words, integer_text, time_text
from calltune.base.rivals import GROUPS, family_of, rivals_of
from calltune.base.roles import ROLES
from calltune.base.values import BUILDERS, build
from calltune.base.words import FIRST_NAMES, is_test_word
from calltune.contract import Toolset

Message = dict[str, Any]


def scenes(count: int, *, seed: int = 0, split: Any = "train", difficulty: float = 1.0) -> list[Scene]:
    rng = Random(seed)
    return [invent(rng, split=split, difficulty=difficulty) for _ in range(count)]


SAMPLE = scenes(60) + scenes(15, seed=1, split="test")


def learned_calls(conversation: tuple[Message, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for message in conversation:
        if message.get("train") is not False:
            for call in message.get("tool_calls", ()):
                yield call["function"]["name"], call["function"]["arguments"]


def test_every_call_to_be_learned_is_valid_and_every_schema_canonical() -> None:
    for scene in SAMPLE:
        toolset = Toolset.from_openai(list(scene.tools))
        assert toolset.to_openai() == list(scene.tools)
        for conversation in scene.conversations:
            for name, arguments in learned_calls(conversation):
                assert toolset.check(name, arguments) == ()


def test_arguments_come_in_the_order_of_the_schema() -> None:
    for scene in SAMPLE:
        order = {tool["function"]["name"]: list(tool["function"]["parameters"]["properties"]) for tool in scene.tools}
        for conversation in scene.conversations:
            for name, arguments in learned_calls(conversation):
                assert list(arguments) == sorted(arguments, key=order[name].index)


def test_conversations_have_the_shape_of_a_chat() -> None:
    for scene in SAMPLE:
        assert 12 <= len(scene.conversations) <= 32 and 1 <= len(scene.tools) <= 16
        for conversation in scene.conversations:
            messages = [message for message in conversation if message["role"] != "system"]
            assert messages[0]["role"] == "user" and messages[-1]["role"] == "assistant"
            assert messages[-1].get("train") is not False
            ids = [call["id"] for message in messages for call in message.get("tool_calls", ())]
            answered = [message["tool_call_id"] for message in messages if message["role"] == "tool"]
            assert len(set(ids)) == len(ids) and set(answered) <= set(ids)
            assert all(message["content"].strip() for message in messages if not message.get("tool_calls"))


def test_one_system_message_serves_a_whole_scene() -> None:
    for scene in SAMPLE:
        assert (
            len(
                {json.dumps([m for m in conversation if m["role"] == "system"]) for conversation in scene.conversations}
            )
            == 1
        )


def test_a_wrong_call_is_marked_and_answered_by_an_error_and_a_right_call() -> None:
    wrong = 0
    for scene in SAMPLE:
        toolset = Toolset.from_openai(list(scene.tools))
        for conversation in scene.conversations:
            for index, message in enumerate(conversation):
                if message.get("train") is False:
                    wrong += 1
                    call = message["tool_calls"][0]["function"]
                    assert toolset.check(call["name"], call["arguments"])
                    assert conversation[index + 1]["role"] == "tool" and conversation[index + 2]["tool_calls"]
    assert wrong


def leaves(value: Any, schema: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, schema.get("properties", {}).get(key, {}))
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item, schema.get("items", {}))
    else:
        yield value, schema


def derivable(value: str, schema: dict[str, Any], description: str, said: str) -> bool:
    """Whether a string is copied, is one of the schema's options, or is in a format that the schema states."""
    if value in said or value.replace("\\", "\\\\") in said or "enum" in schema or "const" in schema:
        return True
    if re.match(r"\d{4}-\d\d-\d\d|\d\d[./]\d\d[./]\d{4}", value):
        return bool(re.search(r"YYYY|ISO|T18|date|\d{4}-\d\d", description))
    if re.fullmatch(r"\d\d:\d\d", value):
        return bool(re.search("HH|24|18:30", description))
    if re.fullmatch("[A-Z]{3}", value):
        return bool(re.search("currency|ISO|code", description))
    return value.lstrip("-").isdigit() and "digits" in description


def test_every_string_is_copied_or_derivable_from_the_schema() -> None:
    for scene in SAMPLE:
        schemas = {tool["function"]["name"]: tool["function"]["parameters"]["properties"] for tool in scene.tools}
        for conversation in scene.conversations:
            said = "\n".join(message["content"] for message in conversation if message["role"] in ("user", "tool"))
            for name, arguments in learned_calls(conversation):
                for key, value in arguments.items():
                    schema = schemas[name][key]
                    stated = " ".join(str(schema.get(part, "")) for part in ("description", "format", "default"))
                    for leaf, inner in leaves(value, schema):
                        assert not isinstance(leaf, str) or derivable(leaf, inner, stated, said), (leaf, schema, said)


def test_the_same_seed_gives_the_same_scene_whatever_the_hash_seed() -> None:
    program = "from random import Random; from calltune.base.invent import invent; print(invent(Random(5)))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**environment, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_test_tools_are_never_seen_in_training() -> None:
    def names(split: str) -> set[str]:
        found = scenes(60, seed=7, split=split)
        return {re.sub("[^a-z]", "", tool["function"]["name"].lower()) for scene in found for tool in scene.tools}

    train, test = names("train"), names("test")
    assert len(test & train) / len(test) < 0.02


def test_word_lists_are_split_apart() -> None:
    assert not set(FIRST_NAMES.train) & set(FIRST_NAMES.test)
    assert {noun.word for noun in NOUNS if is_test_word(noun.word)}
    assert not {intent.key for intent in everyday_of("train")} & {intent.key for intent in everyday_of("test")}


def test_an_easy_scene_has_few_tools() -> None:
    assert max(len(scene.tools) for scene in scenes(30, difficulty=0.1)) <= 3


def test_every_kind_of_conversation_comes_and_shares_can_be_chosen() -> None:
    assert SHARES.keys() == KINDS.keys() and sum(SHARES.values()) == pytest.approx(1)
    assert {kind for scene in SAMPLE for kind in scene.kinds} == set(KINDS)
    only = invent(Random(3), shares={"chat": 1.0})
    assert set(only.kinds) == {"chat"}
    assert not any(message.get("tool_calls") for conversation in only.conversations for message in conversation)


def test_no_call_is_made_before_the_missing_argument_is_given() -> None:
    for scene in SAMPLE:
        for kind, conversation in zip(scene.kinds, scene.conversations, strict=True):
            if kind == "missing":
                turns = [message for message in conversation if message["role"] == "assistant"]
                assert not turns[0].get("tool_calls") and turns[-1]["tool_calls"] and len(turns) >= 2
            if kind in ("no_fit", "chat"):
                assert not any(message.get("tool_calls") for message in conversation)


# -- the tables


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for part in node.parts:
        yield from nodes(part)


def test_patterns_of_everyday_tools_use_their_own_slots_and_can_always_be_read() -> None:
    for intent in EVERYDAY:
        keys = {slot.key for slot in intent.slots}
        assert len({slot.role for slot in intent.slots}) == len(intent.slots), intent.key
        assert all(slot.role in ROLES for slot in intent.slots) and all(key in ROLES for key in intent.fields)
        for pattern in intent.imperatives + intent.sentences:
            assert slots_of(pattern) <= keys, intent.key
            for node in nodes(pattern):
                stuck = node.kind == "choice" and not node.needs and all(part.needs for part in node.parts)
                assert not stuck, intent.key


def test_every_role_can_be_built_and_says_its_value() -> None:
    world = World("train", date(2025, 3, 1))
    for role in ROLES.values():
        for form in role.own + role.loose:
            compile_pattern(form)
            assert role.kind == "bool" or form.count("~") == 1, role.key
        if role.kind != "bool":
            assert role.kind.split(":")[0] in BUILDERS
            assert build(Random(1), world, role.kind).sample(Random(2)).text
    assert set(EXTRA_ROLES) <= ROLES.keys()
    assert {role for noun in NOUNS for role in noun.roles} <= ROLES.keys()


def test_no_verb_belongs_to_two_actions() -> None:
    verbs = [verb for action in ACTIONS.values() for verb in action.verbs]
    assert len(set(verbs)) == len(verbs)


_DIGITS = {
    "int",
    "number",
    "money",
    "percent",
    "degrees",
    "duration",
    "plain",
    "digits",
    "year",
    "rating",
    "code",
    "range",
}
_DATES = {"date", "time", "when", "datetime", "weekday", "month"}
_TOLD_APART = {"enum", "bool", "email", "url", "path", "file", "list", "items", "unit", "currency"}


def looks(role: str) -> str:
    kind = ROLES[role].kind.partition(":")[0]
    if kind == "unit":
        return ROLES[role].kind
    return "#" if kind in _DIGITS else "@" if kind in _DATES else kind if kind in _TOLD_APART else "~"


def skeletons(intent: Intent, turns: int) -> set[str]:
    """Requests of an intent with the values reduced to their looks."""
    rng = Random(intent.key)
    tokens = {slot.key: looks(slot.role) for slot in intent.slots}
    required = {slot.key for slot in intent.slots if slot.required}
    found = set()
    for node in intent.imperatives + intent.sentences:
        for turn in range(turns):
            known = (set(tokens), required | node.needs, set(node.needs))[turn % 3]
            pieces: list[tuple[str, str | None]] = []
            expand(rng, node, known, pieces)
            found.add("".join(text if slot is None else tokens[slot] for text, slot in pieces).lower())
    return found


def test_intents_that_share_a_request_are_known_as_rivals() -> None:
    users: dict[str, set[str]] = {}
    for intent in EVERYDAY:
        for skeleton in skeletons(intent, 9):
            users.setdefault(skeleton, set()).add(intent.key)
    for skeleton, keys in users.items():
        for key in keys:
            assert keys - {key} <= rivals_of(key), skeleton


def test_rivals_and_families_name_what_exists() -> None:
    known = {intent.key for intent in EVERYDAY}
    assert {name.strip() for line in GROUPS.strip().splitlines() for name in line.split(",")} <= known
    assert family_of("cinema") == family_of("films")
    assert Stage([], [], World("train", None)).outside == []


# -- words for numbers and dates


def read_number(words: str) -> int:
    """The inverse of `in_words`, written apart from it."""
    ones = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    tens = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    values = {word: number for number, word in enumerate(f"{ones} seventeen eighteen nineteen".split())}
    values |= {word: 10 * number for number, word in enumerate(tens, start=2)}
    total = group = 0
    for word in words.replace("-", " ").replace(" and ", " ").split():
        if word == "hundred":
            group *= 100
        elif word == "thousand":
            total, group = group * 1000, 0
        else:
            group += values[word]
    return total + group


@given(st.integers(0, 999_999), st.booleans())
def test_a_number_in_words_reads_back(number: int, hyphen: bool) -> None:
    assert read_number(in_words(number, hyphen=hyphen)) == number


@given(st.integers(0, 99_999), st.integers(0, 1000))
def test_an_integer_in_any_spelling_reads_back(number: int, seed: int) -> None:
    text = integer_text(Random(seed), number, words=0.6).replace(",", "")
    value = int(text[:-1]) * 1000 if text.endswith("k") else int(text) if text.isdigit() else read_number(text)
    assert value == number


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 1000))
def test_a_time_says_its_half_of_the_day(hour: int, minute: int, seed: int) -> None:
    text = time_text(Random(seed), hour, minute)
    if re.fullmatch(r"\d\d:\d\d", text):
        assert text == f"{hour:02d}:{minute:02d}"
    elif text not in ("noon", "midnight"):
        late = "p" in text.lower().replace("past", "") or "afternoon" in text or "evening" in text
        assert late == (hour >= 12)


@given(st.dates(date(2000, 1, 1), date(2035, 12, 31)), st.integers(0, 1000))
def test_a_date_has_its_year_where_today_is_not_known(day: date, seed: int) -> None:
    assert str(day.year) in date_text(Random(seed), day, None)


def test_a_pattern_reads_choices_options_and_known_parts() -> None:
    readings = {say(Random(seed), "(a|b)[ c]< {x}>", x="X") for seed in range(60)}
    assert readings == {"a X", "b X", "a c X", "b c X"}
    assert {say(Random(seed), "a< {x}>") for seed in range(5)} == {"a"}


def test_the_easiest_scenes_say_values_as_they_are_written() -> None:
    def literal(difficulty: float) -> float:
        found = []
        for seed in range(40):
            scene = invent(Random(seed), difficulty=difficulty, shares={"single": 1.0})
            for said, called, *_ in scene.conversations:
                if "tool_calls" in called:
                    (call,) = called["tool_calls"]
                    text = said["content"].lower()
                    values = call["function"]["arguments"].values()
                    found += [str(value).lower() in text for value in values if isinstance(value, str | int | float)]
        return sum(found) / len(found)

    assert literal(0.0) > 0.9 > literal(1.0)
