"""A function's answer, whatever it is, becomes JSON for the model."""

from __future__ import annotations

import asyncio
import datetime
import enum

from calltune.contract import Toolset
from calltune.guard.execute import call_function, result_text


class Unit(enum.Enum):
    C = "c"


def test_json_arguments_become_what_the_hints_ask_for_and_results_become_json() -> None:
    def forecast(day: datetime.date, unit: Unit = Unit.C) -> dict[str, object]:
        return {"next": day + datetime.timedelta(days=1), "unit": unit}

    function = Toolset.from_functions(forecast).functions["forecast"]
    value, failed = call_function(function, {"day": "2026-01-31", "unit": "c"})
    assert (value, failed) == ({"next": "2026-02-01", "unit": "c"}, False)


def test_an_exception_is_a_short_error_without_a_traceback() -> None:
    def broken(city: str) -> str:
        raise KeyError(city + "\nsecond line" + "x" * 1000)

    value, failed = call_function(broken, {"city": "Paris"})
    assert failed
    assert value["error"].startswith("KeyError: 'Paris") and len(value["error"]) <= 200
    assert "Traceback" not in result_text(value)


def test_an_async_function_is_awaited() -> None:
    async def later(n: int) -> int:
        await asyncio.sleep(0)
        return n + 1

    assert call_function(later, {"n": 1}) == (2, False)


def test_a_result_that_is_no_json_value_becomes_text() -> None:
    value, failed = call_function(lambda: object(), {})
    assert not failed and isinstance(value, str)
