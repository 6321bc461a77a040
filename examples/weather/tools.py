"""Three functions as anybody writes them: the example of the README. Real ones would ask a weather service."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from calltune.contract import tool


@tool(effect="read")
def get_forecast(
    city: str, days: Annotated[int, Field(ge=1, le=7)] = 1, unit: Literal["celsius", "fahrenheit"] = "celsius"
) -> dict[str, Any]:
    """Weather forecast for a city.

    Args:
        city: name of the city
        days: how many days ahead
    """
    warmest = 9 + sum(map(ord, city)) % 20
    return {"city": city, "warmest": warmest if unit == "celsius" else warmest * 9 // 5 + 32, "days": days}


@tool(effect="read")
def get_air_quality(city: str) -> dict[str, Any]:
    """How clean the air is now.

    Args:
        city: name of the city
    """
    return {"city": city, "index": sum(map(ord, city)) % 100}


def set_alert(city: str, event: Literal["storm", "frost", "heat", "flood"]) -> dict[str, Any]:
    """Warn me when something is coming.

    Args:
        city: name of the city
        event: what to warn of
    """
    return {"city": city, "event": event, "active": True}
