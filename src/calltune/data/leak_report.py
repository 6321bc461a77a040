"""What `calltune leaks` found. In: leaks and counts. Out: the object for --json and the summary for people."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from calltune.contract.sentences import printable

KINDS = ("exact", "normalised", "dialogue", "near")
"""How a tested row stands in training, the strongest first. `exact`: users say the same, to the letter. `normalised`:
the same but for case, spacing, punctuation and the values of numbers. `dialogue`: one row is the beginning of the
other, so a tested turn is trained on. `near`: as similar as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A tested row and the training row that gives it away."""

    kind: str
    similarity: float
    """Jaccard similarity of the n-grams; 1 for the other kinds."""
    test_source: str
    test_line: int
    train_source: str
    train_line: int
    same_calls: bool
    """Whether both rows call the same with the same arguments (or neither calls anything)."""
    words: str = ""
    """How the training row begins: what its user says."""
    against: str | None = None
    """The block list of the tested row; None for a test row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """What training shows of the calls that are tested. Not a leak: who tunes for fixed tools tests on them too."""

    calls: int = 0
    """Calls in the test rows."""
    tool_called: int = 0
    """Of them, those whose tool some training row calls."""
    schemas: int = 0
    """Of them, those whose row brings the tool."""
    schema_shown: int = 0
    """Those whose tool, with the same arguments, some training row offers."""
    same_call: int = 0
    """Those that some training row makes with the very same arguments."""
    tools: int = 0
    """Different tools called in the test rows."""
    tools_called: int = 0
    """Of them, those that some training row calls."""


@dataclass(frozen=True, kw_only=True)
class LeakReport:
    """What stands on both sides."""

    train: str
    test: str | None
    against: dict[str, int] = field(default_factory=dict)
    """Questions in each block list."""
    show_at_most: int = 10
    list_at_most: int = 1000
    train_rows: int
    test_rows: int
    wordless: int
    """Tested rows in which users say nothing: nothing to compare."""
    leaks: tuple[Leak, ...]
    """One a tested row, the strongest."""
    contact: Contact
    unread: tuple[str, ...] = ()
    """Files of block lists that are no lists of questions, and why."""
    near: bool = True
    """False where near-duplicates were to be looked for and the library is not installed."""
    uncompared: int = 0
    """Training rows that were near so many tested rows that not all of these were compared."""
    clean: tuple[Path, int] | None = None
    """The file of test rows without leaks, and how many."""
    clean_train: tuple[Path, int] | None = None
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """1 if there are leaks."""
        return 1 if self.leaks else 0

    @property
    def in_test(self) -> tuple[Leak, ...]:
        """Leaks of test rows."""
        return tuple(leak for leak in self.leaks if leak.against is None)

    def to_json(self) -> dict[str, Any]:
        """One object for --json."""
        return {
            "train": self.train,
            "test": self.test,
            "train_rows": self.train_rows,
            "test_rows": self.test_rows,
            "leaks": len(self.leaks),
            "test_rows_leaked": len(self.in_test),
            "by_kind": _by_kind(self.leaks),
            "against": {
                name: {"questions": count, "by_kind": _by_kind(leak for leak in self.leaks if leak.against == name)}
                for name, count in self.against.items()
            },
            "with_the_same_calls": sum(leak.same_calls for leak in self.in_test),
            "test_calls": asdict(self.contact),
            "examples": [asdict(leak) for leak in self.leaks[: self.list_at_most]],
            "rows_without_words": self.wordless,
            "not_read": list(self.unread),
            "near_duplicates_looked_for": self.near,
            "training_rows_not_fully_compared": self.uncompared,
            "clean": None if self.clean is None else str(self.clean[0]),
            "clean_train": None if self.clean_train is None else str(self.clean_train[0]),
            "seconds": round(self.seconds, 3),
        }

    def show(self, console: Console) -> None:
        """The summary, examples, what to do next."""
        rate = f" ({(self.train_rows + self.test_rows) / self.seconds:,.0f} rows/s)" if self.seconds > 1 else ""
        sides = f"{self.test_rows:,} test rows, " if self.test is not None else ""
        _say(console, f"{sides}{self.train_rows:,} training rows in {self.seconds:.1f} s{rate}")
        self.show_result(console)
        for leak in self.leaks[: self.show_at_most]:
            _say(console, self._line(leak))
        if len(self.leaks) > self.show_at_most:
            _say(console, f"... and {len(self.leaks) - self.show_at_most:,} more (--show N, or --json)", "dim")
        for written, what in ((self.clean, "test rows without leaks"), (self.clean_train, "training rows")):
            if written is not None:
                _say(console, f"{written[0]}: {written[1]:,} {what}")
        self._show_next(console)

    def show_result(self, console: Console) -> None:
        """The counts, in a few lines."""
        if self.test is not None:
            _say(console, _counts(f"rows of {Path(self.test).name} that leak", self.in_test, self.test_rows))
            self._show_contact(console)
        for name, questions in self.against.items():
            found = [leak for leak in self.leaks if leak.against == name]
            _say(console, _counts(f"questions of {name} in training", found, questions))
        if not self.near:
            text = "Near-duplicates were not looked for. To look for them: pip install 'calltune[data]'"
            _say(console, text, "yellow")
        if self.uncompared:
            text = "training rows resemble so many tested rows that not all were compared; near-duplicates may be more."
            _say(console, f"{self.uncompared:,} {text}", "yellow")
        if self.wordless:
            _say(console, f"{self.wordless:,} tested rows have no words of a user and were not compared.", "yellow")
        for fault in self.unread:
            _say(console, f"not read: {fault}", "yellow")

    def _show_contact(self, console: Console) -> None:
        contact = self.contact
        if not contact.calls:
            return
        parts = [
            f"{_percent(contact.tool_called, contact.calls)} go to a tool that training calls"
            f" ({contact.tools_called:,} of {contact.tools:,} tools)",
            f"{_percent(contact.schema_shown, contact.calls)} to one whose schema it shows" if contact.schemas else "",
            f"{_percent(contact.same_call, contact.calls)} are made there with the same arguments",
        ]
        _say(console, f"of {contact.calls:,} test calls, {', '.join(filter(None, parts))}")

    def _line(self, leak: Leak) -> Text:
        sources = {other.test_source for other in self.leaks}
        where = f"{leak.test_source}:{leak.test_line}" if len(sources) > 1 else f"test {leak.test_line}"
        several = len({other.train_source for other in self.leaks}) > 1
        train = f"{leak.train_source}:{leak.train_line}" if several else f"train {leak.train_line}"
        kind = f"near {leak.similarity:.2f}" if leak.kind == "near" else leak.kind
        calls = "" if leak.same_calls or leak.against else "  other calls"
        return Text.assemble(
            (where, "bold"), " = ", (train, "bold"), "  ", (kind, "cyan"), calls, (f"  {printable(leak.words)}", "dim")
        )

    def _show_next(self, console: Console) -> None:
        train = shlex.quote(self.train)
        if not self.leaks:
            _say(console, "No leaks.")
            return
        if self.in_test and self.clean is None and self.test is not None:
            name = Path(self.test).name.partition(".")[0]
            command = f"calltune leaks {train} {shlex.quote(self.test)} --clean {shlex.quote(name + '.clean.jsonl')}"
            _say(console, f"Next: test on the rows that do not leak: {command}")
        blocked = {leak.against for leak in self.leaks if leak.against is not None}
        if blocked and self.clean_train is None:
            lists = " --against ".join(shlex.quote(name) for name in sorted(blocked))
            name = Path(self.train).name.partition(".")[0]
            command = f"calltune leaks {train} --against {lists} --clean-train {shlex.quote(name + '.clean.jsonl')}"
            _say(console, f"Next: leave these questions out of training: {command}")


def _by_kind(leaks: Any) -> dict[str, int]:
    counts = Counter(leak.kind for leak in leaks)
    return {kind: counts[kind] for kind in KINDS}


def _counts(what: str, leaks: Any, of: int) -> Text:
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in _by_kind(leaks).items() if count)
    text = f"{what}: {len(leaks):,} of {of:,} ({_percent(len(leaks), of)})" + (f": {kinds}" if kinds else "")
    return Text(text, style="yellow" if leaks else "")


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _say(console: Console, text: str | Text, style: str | None = None) -> None:
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
