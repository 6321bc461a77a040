"""`Rendered`: one training row as token ids, how much each is learned, and which part of the conversation it is.

Made by `renderer.py`, read by `train` and `inspect`. Nothing is computed or truncated here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Part = Literal["schemas", "system", "user", "result", "call", "text", "think", "stop", "other"]
PARTS: tuple[Part, ...] = ("schemas", "system", "user", "result", "call", "text", "think", "stop", "other")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """One row of training data. What stands before a learned span is, token for token, the prompt at run time."""

    ids: tuple[int, ...]
    """Token ids."""
    weights: tuple[float, ...]
    """For each token, its weight as a target: 0.0 is not learned."""
    parts: tuple[Part, ...]
    """For each token, the part of the conversation it came from; "other" is what the template adds."""

    def __post_init__(self) -> None:
        assert len(self.ids) == len(self.weights) == len(self.parts)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def learned(self) -> int:
        """How many tokens are learned."""
        return sum(weight > 0 for weight in self.weights)

    def counts(self) -> Mapping[str, int]:
        """Tokens by part, in the order of `PARTS`, zeros included."""
        found = Counter(self.parts)
        return {part: found[part] for part in PARTS}

    def learned_counts(self) -> Mapping[str, int]:
        """Learned tokens by part."""
        found = Counter(part for part, weight in zip(self.parts, self.weights, strict=True) if weight > 0)
        return {part: found[part] for part in PARTS}
