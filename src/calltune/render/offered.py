"""The tools of a prompt, with what is worked out once for the thousands of rows that offer them.

In: tools in the OpenAI shape. Out: `Offered`, the same list, whose JSON text is known and whose tools a template writes
from memory. It holds plain JSON types only: templates come from strangers, and objects may have methods that write."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

MOST_KEPT = 256


class Offered(list[dict[str, Any]]):
    """Tools as templates see them. Not to be changed."""

    def __init__(self, tools: Sequence[Mapping[str, Any]]) -> None:
        self.text = json.dumps(tools, ensure_ascii=False)
        """The list as JSON: what caches go by, and where markers are looked for."""
        super().__init__(_Written(tool) if isinstance(tool, dict) else tool for tool in json.loads(self.text))


class _Written(dict[str, Any]):
    """A tool, or its function, that remembers its JSON text. Sandboxed templates cannot read a name with a `_`."""

    __slots__ = ("_json",)

    def __init__(self, tool: dict[str, Any]) -> None:
        function = tool.get("function")
        super().__init__({**tool, "function": _Written(function)} if isinstance(function, dict) else tool)
        self._json: str | None = None


def offered(tools: Sequence[Mapping[str, Any]]) -> Offered:
    """`tools` as `Offered`. A tuple is remembered by identity: the rows of a toolset share one."""
    if isinstance(tools, Offered):
        return tools
    if not isinstance(tools, tuple):
        return Offered(tools)
    known = _kept.get(id(tools))
    if known is None:
        known = _kept[id(tools)] = (tools, Offered(tools))  # holding the tuple keeps its id from being given again
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return known[1]


_kept: OrderedDict[int, tuple[tuple[Any, ...], Offered]] = OrderedDict()


def to_json(
    value: Any, ensure_ascii: bool = False, indent: Any = None, separators: Any = None, sort_keys: bool = False
) -> str:
    """The filter `tojson` of chat templates, as transformers has it."""
    if not isinstance(value, _Written) or ensure_ascii or indent is not None or separators is not None or sort_keys:
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
    if value._json is None:
        value._json = json.dumps(value, ensure_ascii=False)
    return value._json
