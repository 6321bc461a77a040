"""Whether a model fits a contract. In: the contract it was trained on and the one it is to be used with. Out: the
changes that matter to it, and a refusal or warnings as asked.

A tool that is not offered is no drift: the prompt shows the others. Effects, time-outs and repeats are none either: the
model never saw them, and the guard goes by the contract it is given."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from calltune.errors import ContractError

from .change import Change
from .diff import diff
from .toolset import Toolset

DriftChoice = Literal["refuse", "warn", "allow"]
MOST_SHOWN = 20
_A_MODEL = "the model"
_UNSEEN = ("tool-removed", "effect-read-to-write", "effect-write-to-read", "idempotent-lost", "idempotent-gained",
           "timeout-changed")  # fmt: skip


def load_contract(source: str | Path) -> Toolset:
    """The contract in anything that `Toolset.load` reads, or in a run folder."""
    folder = os.path.expanduser(source)  # os.path takes the long command of an MCP server for no file, Path raises
    if os.path.isfile(contract := os.path.join(folder, "contract.json")):
        return Toolset.load(contract)
    if os.path.isfile(os.path.join(folder, "run.yaml")):
        raise ContractError(
            f"the run in {source} has no contract.json: its rows brought tools that contradict each other, or it has "
            "not begun.",
            hint="Give the tools themselves, such as tools.json.",
        )
    return Toolset.load(source)


def drift(trained: Toolset, given: Toolset, *, ordered: bool = True) -> tuple[Change, ...]:
    """What a model trained on one contract meets in another. `ordered` says that it always saw the tools in their
    order."""
    if trained.fingerprint == given.fingerprint:
        return ()
    unseen = _UNSEEN if ordered else (*_UNSEEN, "tools-reordered")
    changes = diff(trained, given, witnesses=False).changes
    return tuple(change for change in changes if change.rule.id not in unseen)


def is_outdated(change: Change) -> bool:
    """Whether calls that the model learned can be refused now; else only what its prompt shows has changed."""
    return change.breaks == "callers" and change.about_calls


def settle(
    changes: Iterable[Change], choice: DriftChoice, *, model: str = _A_MODEL, contract: str | None = None
) -> tuple[str, ...]:
    """What to warn of. `refuse` raises ContractError where calls that the model learned can be refused now and warns
    of the rest; `warn` warns of all; `allow` says nothing."""
    told = dict.fromkeys((change.sentence, is_outdated(change)) for change in changes)
    if choice == "allow":
        return ()
    outdated = [sentence for sentence, broken in told if broken]
    run = "RUN" if model == _A_MODEL else shlex.quote(model)
    compare = f"calltune diff {run} {shlex.quote(contract or 'TOOLS')}"
    if choice == "refuse" and outdated:
        raise ContractError(
            f"{model} was trained on another contract, and calls that it learned would be refused now:",
            faults=_cut(outdated),
            hint=f"Retrain it ({compare} --data ROWS says on what), give the contract it was trained on, or use it all "
            "the same with --drift warn.",
        )
    return tuple(_cut([sentence for sentence, _ in told], f" ({compare})"))


def _cut(sentences: list[str], where: str = "") -> list[str]:
    more = len(sentences) - MOST_SHOWN
    return sentences if more <= 0 else [*sentences[:MOST_SHOWN], f"and {more:,} more changes{where}"]


def check_drift(
    trained: Toolset | None, given: Toolset, choice: DriftChoice = "refuse", *, model: str = _A_MODEL
) -> tuple[str, ...]:
    """For a program that is about to serve `given` with a model trained on `trained`: warnings, or a ContractError.

    >>> tools = Toolset([])
    >>> check_drift(tools, tools)
    ()
    """
    return () if trained is None else settle(drift(trained, given), choice, model=model)
