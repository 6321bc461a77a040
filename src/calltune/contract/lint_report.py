"""The lint for people. In: remarks. Out: lines on a console, grouped by rule, so that one habit is read once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .lint import Remark, by_rule
from .sentences import printable

if TYPE_CHECKING:
    from rich.console import Console

EXAMPLES = 3


def show_remarks(console: Console, remarks: Sequence[Remark]) -> None:
    """Each rule with its first remarks and what to write instead."""
    from rich.text import Text

    if not remarks:
        console.print(Text("Lint: nothing to remark."))
        return
    console.print(Text(f"Lint: {len(remarks):,} remark{'s' * (len(remarks) != 1)}, no error (--no-lint hides them)."))
    for rule, count in by_rule(tuple(remarks)).items():
        of_rule = [remark for remark in remarks if remark.rule == rule]
        console.print(Text.assemble((f"{rule} ", "yellow"), f"{count:,}"))
        for remark in of_rule[:EXAMPLES]:
            where = f"{remark.tool}: " if remark.tool else ""
            console.print(Text(printable(f"  {where}{remark.message}. {remark.instead}")), soft_wrap=True)
        if count > EXAMPLES:
            console.print(Text(f"  and {count - EXAMPLES:,} more (--json lists all)", style="dim"))
