"""Drills keep their own contract, and everything called stands in the prompt."""

from __future__ import annotations

import random

import pytest

from calltune.base.drills import drill
from calltune.contract import Toolset
from calltune.data import Conversation, check_row


@pytest.mark.parametrize("seed", range(20))
def test_rows_keep_the_contract_and_can_be_solved_by_looking(seed: int) -> None:
    scene = drill(random.Random(seed), difficulty=seed / 20)
    assert scene == drill(random.Random(seed), difficulty=seed / 20)
    assert Toolset.from_openai(list(scene.tools)).to_openai() == list(scene.tools)
    for user, answer in scene.conversations:
        assert not check_row(Conversation(messages=(user, answer), tools=scene.tools))
        for call in answer.get("tool_calls", ()):
            for value in call["function"]["arguments"].values():
                assert str(value) in user["content"]
