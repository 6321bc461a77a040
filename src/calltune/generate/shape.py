"""What a grammar depends on beside the tools: how the template writes calls, and what the caller wants. In: texts. Out:
the same texts as Lark. No torch."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from calltune.render.call_form import CALL_ID, CallForm

ToolChoice = str
""""auto": text or calls. "required": at least one call. "none": text. Anything else: one call of the tool of that
name."""
Order = Literal["declared", "free"]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the grammar depends on beside the tools."""

    form: CallForm
    specials: Mapping[str, int]
    """The special tokens of the vocabulary, by their texts."""
    choice: ToolChoice = "auto"
    parallel: bool = True
    order: Order = "declared"
    """Of the arguments of a call and of the members of objects in them."""

    @property
    def forces_required(self) -> bool:
        """Whether required arguments must be there: not where the model may find out that the user did not say them."""
        return self.choice != "auto"

    def text(self, text: str) -> str:
        """A text of the template as Lark: strings, and special tokens by their numbers."""
        names = sorted(map(re.escape, self.specials), key=len, reverse=True)
        pieces = []
        for piece in re.split(f"({'|'.join([*names, CALL_ID])})", text):
            if piece == CALL_ID:
                pieces.append("/[a-zA-Z0-9]{9}/")
            elif piece in self.specials:
                pieces.append(f"<[{self.specials[piece]}]>")
            elif piece:
                pieces.append(literal(piece))
        return " ".join(pieces) or literal("")


def literal(text: str) -> str:
    """A text of a contract as Lark: its characters, also where they look like a special token."""
    return json.dumps(text, ensure_ascii=False)
