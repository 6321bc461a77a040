"""What is asked of a model and what it answers. In: messages and tools as plain data. Out: text, token ids, why it
ended, timings.

The text is read by `calltune.render.parse`; only whether it is complete is judged here. Loads neither torch nor
transformers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from calltune.render.parse import Message, ParseFailure

FinishReason = Literal["stop", "length"]


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt: the conversation so far and the tools that may be called."""

    messages: Sequence[Mapping[str, Any]]
    """OpenAI chat shape, without the assistant turn that is asked for."""
    tools: Sequence[Mapping[str, Any]] = ()
    """OpenAI shape, as `Toolset.to_openai()` gives them."""
    tool_choice: str = "auto"
    """"auto": text or calls. "required": at least one call. "none": text. Anything else: one call of that tool."""
    parallel: bool = True
    """Whether a turn may hold several calls."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote, not yet read."""

    text: str
    """Everything after the prompt, without the token that ends the turn; the markers of calls are still in it."""
    ids: tuple[int, ...] = ()
    """The same as token ids; () where the engine gives none."""
    finish_reason: FinishReason = "stop"
    """"stop": the model ended its turn. "length": it was cut off, so whatever it proposes must not run."""
    prompt_tokens: int = 0
    """Length of the prompt."""
    completion_tokens: int = 0
    """Tokens generated, the one that ends the turn included."""
    time_s: float = 0.0
    """From the start of its batch to its last token."""
    first_token_s: float = 0.0
    """From the start of its batch to its first token."""
    grammar_s: float = 0.0
    """Of this, spent on the grammar."""
    cached_tokens: int = 0
    """Tokens of the prompt that were known from before, or computed once for the whole batch."""
    passes: int = 0
    """Forward passes of the model, that over the prompt included; 0 where the engine does not say."""
    error: str | None = None
    """Why nothing could be generated (the prompt is longer than the model's context); None when all went well."""

    message: Message | None = field(default=None, repr=False, compare=False)
    """What a server has read in it; None where the text is still to be read."""
    request: Request | None = field(default=None, repr=False, compare=False)
    """What was asked, where the engine needs it to read the answer."""

    def to_json(self) -> dict[str, Any]:
        """Plain data for reports; token ids are left out."""
        return {
            "text": self.text,
            "finish_reason": self.finish_reason,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "cached_tokens": self.cached_tokens,
            "passes": self.passes,
            "time_s": round(self.time_s, 6),
            "first_token_s": round(self.first_token_s, 6),
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a completion that is being written."""

    text: str
    """What is new."""
    completion: Completion | None = None
    """The whole of it, in the last chunk."""


def cut_off(completion: Completion) -> ParseFailure | None:
    """The truncation gate: a turn that the model did not end itself is a failure, even if what is there reads well."""
    if completion.finish_reason != "length":
        return None
    message = completion.error or (
        f"The turn was cut off after {completion.completion_tokens} tokens, so nothing of it is run; be shorter."
    )
    return ParseFailure(kind="truncated", message=message, text=completion.text)
