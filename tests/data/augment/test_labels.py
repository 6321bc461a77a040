"""What is trained of a made row: the correction, and nothing of the call that is wrong on purpose."""

from __future__ import annotations

import json
from typing import Any

import pytest

from calltune import Conversation
from calltune.data.augment.gold import read_gold
from calltune.data.augment.make import Made, digest_of, make


def test_the_tokens_of_a_broken_call_carry_no_loss(hand: Any) -> None:
    pytest.importorskip("transformers")
    pytest.importorskip("calltune_base")
    from calltune.render.renderer import load_renderer
    from calltune.render.source import resolve_model

    renderer, _ = load_renderer(resolve_model("base"))
    row = hand.conversation(hand.rows[4])
    context = hand.context_of(read_gold([]))
    for seed in range(5):
        made = make(row, "recovery", context, origin="g", seed=seed, digest=digest_of(row))
        assert isinstance(made, Made)
        made_row = Conversation.from_json(json.loads(made.line))
        learned = "".join(
            renderer.tokenizer.decode([token for token, weight in zip(part.ids, part.weights, strict=True) if weight])
            for part in renderer.render(made_row)
        )
        call = made_row.messages[-1]["tool_calls"][0]["function"]
        assert learned.count('"name"') == 2  # the tool's, and the argument contact.name
        assert call["name"] in learned and "Nothing was run" not in learned
        arguments = json.loads(learned[learned.index('"arguments": ') + 13 : learned.rindex("}")].rstrip())
        assert arguments == call["arguments"]
