"""Kind `reordered`: tools, arguments and choices stand in another order, so that no place is learned by heart. Calls
say the same; training writes their arguments in the order of the schema."""

from __future__ import annotations

import json
from functools import partial
from random import Random
from typing import Any

from calltune.contract.keywords import with_subschemas
from calltune.data.augment.context import Context
from calltune.data.augment.turns import with_tools
from calltune.data.conversation import Conversation


def reordered(rng: Random, row: Conversation, context: Context) -> Conversation | None:
    """The row with its tools, their properties and their enums permuted."""
    tools = [
        {**tool, "function": {**tool["function"], "parameters": permuted(rng, tool["function"]["parameters"])}}
        for tool in row.tools
    ]
    rng.shuffle(tools)
    if json.dumps(tools) == json.dumps(row.tools):
        return None
    return with_tools(row, tools)


def permuted(rng: Random, schema: Any) -> Any:
    """The schema with `properties`, `required` and `enum` in another order, at every depth."""
    if not isinstance(schema, dict):
        return schema
    new = with_subschemas(schema, partial(permuted, rng))
    if isinstance(new.get("properties"), dict):
        new["properties"] = dict(rng.sample(list(new["properties"].items()), len(new["properties"])))
    for keyword in ("required", "enum"):
        if isinstance(new.get(keyword), list):
            new[keyword] = rng.sample(new[keyword], len(new[keyword]))
    return new
