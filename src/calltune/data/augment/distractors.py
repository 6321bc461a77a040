"""Kind `distractors`: similar tools of the pool are offered beside the row's own, all in another order. The calls stay
what they are. A tool that might do what a called one does is not added: then either would be right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random

from calltune.contract import Tool
from calltune.data.augment.context import Context
from calltune.data.augment.similar import likeness, may_do_the_same
from calltune.data.augment.turns import calls_in, name_of, with_tools
from calltune.data.conversation import Conversation

MOST_ADDED = 6
NEAREST = 24
"""Of the candidates, those that are most like a called tool; some are drawn."""


def distractors(rng: Random, row: Conversation, context: Context) -> Conversation | None:
    """The row with more tools to choose from."""
    toolset = row.toolset()
    called = tuple(toolset[name] for name in sorted(set(map(name_of, calls_in(row.messages)))) if name in toolset)
    if not called:
        return None
    near = [tool for tool in _nearest(called, tuple(context.pool)) if tool.name not in toolset]
    if not near:
        return None
    added = rng.sample(near, min(len(near), rng.randint(1, MOST_ADDED)))
    tools = [*toolset, *added]
    rng.shuffle(tools)
    return with_tools(row, [tool.to_openai() for tool in tools])


@lru_cache(maxsize=4096)
def _nearest(called: tuple[Tool, ...], pool: tuple[Tool, ...]) -> Sequence[Tool]:
    """Tools of the pool that do something else, the most alike first."""
    others = [tool for tool in pool if not any(may_do_the_same(tool, one) for one in called)]
    others.sort(key=lambda tool: (-max(likeness(tool, one) for one in called), tool.name))
    return others[:NEAREST]
