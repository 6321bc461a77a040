"""The contract: what may be called. In: function schemas from any source. Out: a `Toolset` that says what is wrong
with a call."""

from .choosing import Choice
from .json_text import parse_json
from .problem import Problem
from .tools import Tool, tool
from .toolset import Toolset

__all__ = ["Choice", "Problem", "Tool", "Toolset", "parse_json", "tool"]
