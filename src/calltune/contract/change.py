"""A `Change`: one thing that differs between two contracts, and the `Rule` that says for whom it breaks. The rules are
one table; the documentation is tested against it. Nothing is compared here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from .json_text import clip

Breaks = Literal["callers", "model", "nothing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a kind of change means."""

    id: str
    """Stable, for programs."""
    breaks: Breaks
    """`callers`: a call that was valid can be refused now, or what was promised no longer holds. `model`: old calls
    stay valid, but what the model was trained on has changed. `nothing`: neither."""
    because: str
    """One sentence that says why."""


def _table(*rules: tuple[str, Breaks, str]) -> dict[str, Rule]:
    return {name: Rule(id=name, breaks=breaks, because=because) for name, breaks, because in rules}


RULES = _table(
    ("tool-removed", "callers", "Calls of it are refused."),
    ("tool-renamed", "callers", "Calls by the old name are refused, and the old name is what the model writes."),
    ("tool-added", "model", "The model never saw it."),
    ("tools-reordered", "model", "The prompt lists the tools in another order."),
    ("effect-read-to-write", "callers", "A call that ran at once may need a yes now, and is not tried again."),
    ("effect-write-to-read", "nothing", "What was asked about or run once may now run freely."),
    ("idempotent-lost", "callers", "A call that could be tried again no longer can."),
    ("idempotent-gained", "nothing", "A call may now be tried again."),
    ("timeout-changed", "nothing", "Neither the calls nor the prompt change."),
    ("argument-required", "callers", "Calls that leave it out are refused."),
    ("argument-removed", "callers", "Calls that give it are refused."),
    ("argument-renamed", "callers", "Calls by the old name are refused, and the old name is what the model writes."),
    ("argument-narrowed", "callers", "An argument that could be anything has a schema now."),
    ("type-narrowed", "callers", "Values of a type that was accepted are refused."),
    ("enum-value-removed", "callers", "Calls with a value that was removed are refused."),
    ("enum-added", "callers", "Values that are not in the list are refused."),
    ("limit-tightened", "callers", "Values beyond the new limit are refused."),
    ("pattern-added", "callers", "Texts that do not match are refused."),
    ("format-added", "callers", "Texts of another form are refused."),
    ("format-changed", "callers", "Texts of the old form are refused."),
    ("object-closed", "callers", "Names that are not declared are refused."),
    ("alternative-removed", "callers", "Values that only this alternative accepted are refused."),
    ("undecided", "callers", "It could not be proven that every value that was accepted still is."),
    ("argument-added", "model", "The model never saw it and leaves it out."),
    ("argument-optional", "model", "The model still gives it always, and asks for it where it is missing."),
    ("type-widened", "model", "The model never saw values of the new type."),
    ("enum-value-added", "model", "The model never saw the new values."),
    ("enum-dropped", "model", "The model knows only the values that were listed."),
    ("limit-loosened", "model", "The model never saw values beyond the old limit."),
    ("pattern-dropped", "model", "The model knows only texts that match."),
    ("format-dropped", "model", "The model knows only texts of that form."),
    ("object-opened", "model", "The model never saw names that are not declared."),
    ("alternative-added", "model", "The model never saw the new alternative."),
    ("schema-widened", "model", "More is accepted than the model ever saw."),
    ("description-changed", "model", "The prompt says something else than in training."),
    ("default-changed", "model", "Calls that leave it out mean something else now."),
    ("note-changed", "model", "The prompt shows it, and it reads differently."),
    ("arguments-reordered", "model", "The prompt shows the arguments in another order."),
    ("schema-rewritten", "model", "It accepts the same and is written differently, and the prompt shows it."),
    ("returns-removed", "callers", "Nothing is promised about the result any more."),
    ("returns-widened", "callers", "A result can come that was ruled out before."),
    ("returns-undecided", "callers", "It could not be proven that every result keeps the old promise."),
    ("returns-added", "model", "The prompt shows what the result looks like; in training it did not."),
    ("returns-narrowed", "model", "The result keeps the old promise, but the prompt shows another."),
)  # fmt: skip
"""Every rule, those that break for callers first in each group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one tool."""

    tool: str
    """The tool, by its old name; "" for the list of tools as a whole."""
    rule: Rule
    """What says for whom it breaks."""
    pointer: str
    """JSON Pointer into the tool as contract.json has it: into the new one, or into the old one for what is gone."""
    before: Any
    """What stood there; None where nothing did."""
    after: Any
    """What stands there now; None where nothing does."""
    message: str
    """One sentence: what was and what is."""
    witness: Any = None
    """A call (`{"name", "arguments"}`) that was valid and is not, or a result that was ruled out and is not; None where
    none was found."""
    refusal: str = ""
    """What is wrong with the witness, in the words of the check."""
    about_calls: bool = True
    """Whether it is about what a model writes: not about results, effects or time-outs."""

    @property
    def breaks(self) -> Breaks:
        """For whom."""
        return self.rule.breaks

    @property
    def sentence(self) -> str:
        """The message with the tool in front."""
        return self.message if not self.tool or self.rule.id.startswith("tool") else f"{self.tool}: {self.message}"

    def to_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        return {
            "tool": self.tool,
            "rule": self.rule.id,
            "breaks": self.breaks,
            "pointer": self.pointer,
            "before": clip(self.before, 2000),
            "after": clip(self.after, 2000),
            "message": self.message,
            "because": self.rule.because,
            "witness": self.witness,
            "refusal": self.refusal or None,
        }
