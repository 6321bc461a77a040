"""calltune: fine-tune a language model to call your functions, and let no call through that breaks their schema.

The names below are loaded when they are first used: `import calltune` loads nothing heavy, and never torch."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calltune.contract import Problem, Tool, Toolset
    from calltune.data import Conversation
    from calltune.errors import CalltuneError
    from calltune.guard import Guard

__version__ = "0.1.0"

_HOMES = {
    "CalltuneError": "calltune.errors",
    "Conversation": "calltune.data",
    "Guard": "calltune.guard",
    "Problem": "calltune.contract",
    "Tool": "calltune.contract",
    "Toolset": "calltune.contract",
}

__all__ = ["CalltuneError", "Conversation", "Guard", "Problem", "Tool", "Toolset", "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'calltune' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
