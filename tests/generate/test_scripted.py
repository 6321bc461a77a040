"""The scripted engine replays."""

from __future__ import annotations

import pytest

from calltune.errors import ModelError
from calltune.generate.completion import Completion, Request
from calltune.generate.scripted import ScriptedEngine
from calltune.render.parse import Message, ParseFailure

REQUEST = Request(({"role": "user", "content": "hi"},))


def test_it_replays_in_order_and_keeps_what_it_was_asked() -> None:
    engine = ScriptedEngine(["one", "two"])
    assert [c.text for c in engine.complete([REQUEST, REQUEST])] == ["one", "two"]
    assert engine.requests == [REQUEST, REQUEST]


def test_it_can_answer_from_a_function_of_the_request() -> None:
    engine = ScriptedEngine(lambda request: request.messages[-1]["content"].upper())
    assert engine.complete([REQUEST])[0].text == "HI"


def test_a_script_that_is_too_short_says_so() -> None:
    with pytest.raises(ModelError, match="1 completions and was asked for one more"):
        ScriptedEngine(["one"]).complete([REQUEST, REQUEST])


def test_a_completion_that_was_cut_off_is_a_failure_even_if_it_reads_well() -> None:
    engine = ScriptedEngine([])
    assert isinstance(engine.parse(Completion("fine")), Message)
    failure = engine.parse(Completion("fine", finish_reason="length", completion_tokens=9))
    assert isinstance(failure, ParseFailure)
    assert failure.kind == "truncated" and "9 tokens" in failure.message
