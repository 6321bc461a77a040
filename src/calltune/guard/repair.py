"""Lossless repairs of calls that were meant well. In: text that cannot be read as a call, or arguments that break their
schema. Out: the mended text or arguments and a `Repair` for every change; nothing where there is more than one way to
read it. Never here: a bracket or quote that is missing, a value the model did not write, an argument left out, a name
guessed. Whatever comes out is checked again.

The text is mended in `mend`, values in `values`.

    kind                what is mended                                   with side effects
    code_fence          ```json around a call, or around the arguments   yes
    prose               words beside the JSON inside the markers,        no
                        which are said then
    markers             a whole turn that is one bare call               yes
    trailing_comma      {"a": 1,}                                        yes
    python_literal      True, False, None                                yes
    single_quotes       {'a': 'b'}                                       yes
    raw_newline         a line break or tab inside a string              yes
    json_in_string      "[1, 2]" where an array or object is demanded    no
    number_in_string    "10" -> 10                                       no
    boolean_in_string   "true" -> true                                   no
    integral_float      10.0 -> 10 where an integer is demanded          no
    enum_case           "celsius" -> "Celsius" where only that is alike  no
    single_item         "a" -> ["a"] where a list of it is demanded,     no
                        but not "a, b" or "[a]"
    literal_in_string   "['a']" where an array or object is demanded     on record only
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

SYNTAX = frozenset(
    {"code_fence", "prose", "markers", "trailing_comma", "python_literal", "single_quotes", "raw_newline"}
)
"""Repairs of how a call is written; its values stay what they are."""
VALUES = frozenset(
    {"json_in_string", "number_in_string", "boolean_in_string", "integral_float", "enum_case", "single_item"}
)
"""Repairs of values, for calls without side effects only."""
ALL = SYNTAX | VALUES
RECORDED = ALL | {"literal_in_string"}
"""For a call on record, which is reviewed and not run: a model that writes Python inside a string is asked again."""
MOST_RECORDED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One change."""

    kind: str
    """One of the table above."""
    pointer: str
    """JSON Pointer into the arguments for a value; "" for the text."""
    before: Any
    """What stood there, shortened where it is long. JSON data."""
    after: Any
    """What stands there now."""
    times: int = 1
    """How often, for changes of the text; the first is shown."""

    def at(self, prefix: str) -> Repair:
        """The same repair seen from further out."""
        return replace(self, pointer=prefix + self.pointer)

    def to_json(self) -> dict[str, Any]:
        """Plain data for the audit log."""
        return {
            "kind": self.kind,
            "pointer": self.pointer,
            "before": self.before,
            "after": self.after,
            "times": self.times,
        }
