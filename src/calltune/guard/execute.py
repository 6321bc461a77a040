"""Run one checked call of a Python function. In: the function and arguments that passed their schema. Out: a JSON
value and whether it failed; an exception becomes a short error for the model, never a traceback. No time-outs, no
retries, no record of what ran."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

MAX_ERROR_CHARACTERS = 200


def call_function(function: Callable[..., Any], arguments: Mapping[str, Any]) -> tuple[Any, bool]:
    """The result as JSON data and False, or `{"error": ...}` and True. `function`: one of `Toolset.functions`, which
    takes JSON arguments."""
    from pydantic_core import to_jsonable_python

    try:
        result = function(**arguments)
        if inspect.isawaitable(result):
            result = asyncio.run(_awaited(result))
        return to_jsonable_python(result, fallback=str), False
    except Exception as error:  # whatever a user's function raises is an answer for the model
        lines = str(error).strip().splitlines() or [""]
        reason = f"{type(error).__name__}: {lines[0]}".removesuffix(": ")
        return {"error": reason[:MAX_ERROR_CHARACTERS]}, True


async def _awaited(result: Any) -> Any:
    return await result


def result_text(value: Any) -> str:
    """A result as the content of a tool message."""
    return json.dumps(value, ensure_ascii=False)


def declined(why: str) -> str:
    """The content of a tool message for a call that was not run."""
    return result_text({"error": why})
