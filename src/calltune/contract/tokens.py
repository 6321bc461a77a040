"""What the tools cost a model in tokens. In: a toolset and a `Measure`, which counts the tokens of a prompt that shows
some tools. Out: the cost of each tool, and of all of them beside what the model can hold. Nothing is rendered here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .lint import Remark
from .toolset import Toolset

Measure = Callable[[Sequence[dict[str, Any]]], int]
"""Tokens of the prompt for a short question beside these tools (in the shape of `Tool.to_openai`)."""
NEIGHBOURS = 16
"""Tools rendered together to measure one of them: what it costs does not hang on tools far away, and a prompt of a
thousand tools a thousand times would take minutes."""


@dataclass(frozen=True, kw_only=True)
class TokenCosts:
    """What a model reads before the conversation begins."""

    model: str
    """Whose tokenizer and chat template."""
    each: dict[str, int]
    """Tokens by which a prompt is longer with the tool than without it."""
    without: int
    """Tokens of the prompt that shows no tools."""
    total: int
    """Tokens of the prompt that shows all of them."""
    context: int | None
    """Tokens that the model can hold; None where it does not say."""

    def to_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        return {
            "model": self.model,
            "tools": self.each,
            "without": self.without,
            "total": self.total,
            "context": self.context,
        }

    @property
    def sentence(self) -> str:
        """The total in one line."""
        share = f", {self.total / self.context:.0%} of the {self.context:,} it can hold" if self.context else ""
        return (
            f"With all tools the prompt has {self.total:,} tokens for {self.model}{share}; without, {self.without:,}."
        )

    def remarks(self) -> tuple[Remark, ...]:
        """What to say of the total."""
        if not self.context or self.total <= self.context // 2:
            return ()
        full = self.total >= self.context
        dearest = sorted(self.each, key=self.each.__getitem__, reverse=True)[:3]
        most = ", ".join(f"{name} {self.each[name]:,}" for name in dearest)
        return (
            Remark(
                rule="context-exceeded" if full else "context-half-full",
                tool="",
                pointer="",
                message=f"the tools take {self.total:,} of the {self.context:,} tokens that the model can hold"
                + (": no question fits beside them" if full else ", so long conversations will not fit"),
                instead=f"Offer fewer tools at once, or shorten those that cost most: {most}.",
            ),
        )


def token_costs(
    toolset: Toolset,
    measure: Measure,
    *,
    model: str,
    context: int | None,
    on_progress: Callable[[int], None] | None = None,
) -> TokenCosts:
    """Measure every tool: a prompt with it and its neighbours, and the same without it."""
    tools = toolset.to_openai()
    each: dict[str, int] = {}
    whole: dict[int, int] = {}  # tokens of a window, by where it begins
    for index, name in enumerate(toolset.names):
        start = index - index % NEIGHBOURS
        window = tools[start : start + NEIGHBOURS]
        if start not in whole:
            whole[start] = measure(window)
        place = index - start
        each[name] = whole[start] - measure([*window[:place], *window[place + 1 :]])
        if on_progress is not None:
            on_progress(index + 1)
    return TokenCosts(model=model, each=each, without=measure([]), total=measure(tools), context=context)
