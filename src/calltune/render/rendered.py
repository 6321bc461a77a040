"""`Rendered`: one training row as token ids, how much each is learned, and which part of the conversation it is. The
last two change a few times in a row of a thousand tokens, so they are kept by spans of tokens.

Made by `renderer.py`, read by `train` and `inspect`. Nothing is computed or truncated here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Part = Literal["schemas", "system", "user", "result", "call", "text", "think", "stop", "other"]
PARTS: tuple[Part, ...] = ("schemas", "system", "user", "result", "call", "text", "think", "stop", "other")


class Span(NamedTuple):
    """Tokens that follow each other, of one part and one weight."""

    part: Part
    """The part of the conversation they came from; "other" is what the template adds."""
    weight: float
    """Their weight as targets: 0.0 is not learned."""
    tokens: int
    """How many they are."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """One row of training data. What stands before a learned span is, token for token, the prompt at run time."""

    ids: tuple[int, ...]
    """Token ids."""
    spans: tuple[Span, ...]
    """What they are, in order; neighbours differ."""

    def __post_init__(self) -> None:
        assert len(self.ids) == sum(span.tokens for span in self.spans)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def weights(self) -> tuple[float, ...]:
        """For each token, its weight as a target."""
        return tuple(span.weight for span in self.spans for _ in range(span.tokens))

    @property
    def parts(self) -> tuple[Part, ...]:
        """For each token, the part of the conversation it came from."""
        return tuple(span.part for span in self.spans for _ in range(span.tokens))

    @property
    def learned(self) -> int:
        """How many tokens are learned."""
        return sum(span.tokens for span in self.spans if span.weight > 0)

    def counts(self) -> Mapping[str, int]:
        """Tokens by part, in the order of `PARTS`, zeros included."""
        return _by_part(self.spans)

    def learned_counts(self) -> Mapping[str, int]:
        """Learned tokens by part."""
        return _by_part(span for span in self.spans if span.weight > 0)


def _by_part(spans: Iterable[Span]) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for span in spans:
        found[span.part] += span.tokens
    return {part: found[part] for part in PARTS}
