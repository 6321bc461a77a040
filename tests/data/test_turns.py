"""What a turn of the assistant does, told by its place."""

from __future__ import annotations

from typing import Any

import pytest

from calltune.data.turns import turns_of


def user(text: str = "x") -> dict[str, Any]:
    return {"role": "user", "content": text}


def said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def result(text: str) -> dict[str, Any]:
    return {"role": "tool", "content": text, "tool_call_id": "1"}


CALL: dict[str, Any] = {"role": "assistant", "content": "", "tool_calls": [{}]}


@pytest.mark.parametrize(
    ("messages", "kinds"),
    [
        ([user(), CALL, result('{"a": 1}'), said("It is 1.")], ["call", "answer"]),
        ([user(), CALL, result("1"), CALL, result("2"), said("3?")], ["call", "call", "answer"]),
        ([user(), CALL, result('{"error": "down"}'), said("Shall I try again?")], ["call", "recovery"]),
        ([user(), CALL, result("Error: no such city"), CALL, result("ok")], ["call", "recovery"]),
        ([user(), CALL, result("fine"), result('{"success": false}'), said("One failed.")], ["call", "recovery"]),
        ([user(), said("Which city?"), user("Rome"), CALL], ["ask", "call"]),
        ([user(), said("Which city?"), user("Rome"), said("Which day?"), user(), CALL], ["ask", "ask", "call"]),
        ([user(), said("Which city?")], ["ask"]),
        ([user("Hi"), said("Hello! How are you?"), user("Fine"), said("Good.")], ["chat", "chat"]),
        ([user(), said("I'm sorry, I can’t find that city; which one?"), user(), CALL], ["ask", "call"]),  # noqa: RUF001
        ([user("Sing"), said("Sorry, I cannot sing. Anything else?")], ["refuse"]),
        ([user("Sing"), said("抱歉,我无法唱歌。")], ["refuse"]),
        ([user("Sing"), said("Das kann ich nicht.")], ["chat"]),  # words are a rough guide
        ([user("Sing"), said("Leider kann das nicht gehen.")], ["refuse"]),
        ([user("Hi"), said("Hello.")], ["chat"]),
        ([], []),
    ],
)
def test_a_turn_is_told_by_what_stands_around_it(messages: list[dict[str, Any]], kinds: list[str]) -> None:
    assert turns_of(messages) == kinds
