"""The kinds of made rows: name -> what makes one, and a sentence for people. `scratch`, which needs no gold rows, is
not among them: it makes rows out of the contract alone (`calltune.data.augment.scratch`)."""

from __future__ import annotations

from typing import NamedTuple

from calltune.data.augment.context import Kind
from calltune.data.augment.distractors import distractors
from calltune.data.augment.failed import failed
from calltune.data.augment.merged import merged
from calltune.data.augment.missing import missing
from calltune.data.augment.no_fit import no_fit
from calltune.data.augment.recovery import recovery
from calltune.data.augment.renamed import renamed
from calltune.data.augment.reordered import reordered
from calltune.data.augment.sequence import sequence


class Described(NamedTuple):
    """A kind and what it teaches."""

    make: Kind
    teaches: str


KINDS = {
    "recovery": Described(recovery, "a call was wrong, the guard said why: correct it"),
    "missing": Described(missing, "the user left out a required value: ask for it, then call"),
    "no_fit": Described(no_fit, "no function fits: say so"),
    "distractors": Described(distractors, "more functions are offered: choose the same one"),
    "renamed": Described(renamed, "functions and arguments have other names: read them"),
    "reordered": Described(reordered, "functions and arguments stand in another order: find them"),
    "failed": Described(failed, "the function failed or did not answer: say so"),
    "merged": Described(merged, "two tasks, in one message or one after the other: call for both"),
    "sequence": Described(sequence, "two steps for one request: the second takes a value of the first one's result"),
}
SEQUENCE = "sequence"
"""The kind that can also be made of rows whose calls name the results of others, and break the contract there."""
SCRATCH = "scratch"
"""The kind that needs no gold rows."""
FROM_SCRATCH = "the contract alone: what a user may say, and the call"
