"""What `calltune tools` found, for people and for programs. In: a toolset, where it came from and what was asked about
it. Out: the table, the remarks, what was left behind, and the next step; nothing is read or written here."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .exports import Form
from .lint import Remark
from .lint_report import show_remarks
from .not_carried import NotCarried
from .projection import Unenforced, by_keyword
from .sentences import printable
from .tokens import TokenCosts
from .tools import Tool
from .toolset import Toolset

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ToolsReport:
    """What was found and where it was written."""

    toolset: Toolset
    """The contract."""
    source: str
    """Where it came from."""
    out: Path | None
    """The file that was written."""
    form: Form | None = None
    """What it was written as; None: as a contract."""
    text: str | None = None
    """The form, where it went to no file."""
    unsaid: tuple[NotCarried, ...] = ()
    """What the contract says and the form cannot."""
    unenforced: tuple[Unenforced, ...] | None = None
    """What is left to validation; None where it was not asked for."""
    remarks: tuple[Remark, ...] | None = None
    """What the lint says; None where it was not asked for."""
    strict: bool = False
    """Whether a remark is a failure."""
    tokens: TokenCosts | None = None
    """What the tools cost a model; None where none was named."""

    @property
    def exit_code(self) -> int:
        """0, for a contract with a fault is not read at all; 1 where the lint is strict and has a remark."""
        return int(self.strict and bool(self.remarks))

    def to_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        plain = {"source": self.source, "out": None if self.out is None else str(self.out), **self.toolset.to_json()}
        if self.toolset.not_carried:
            plain["not_carried"] = [asdict(one) for one in self.toolset.not_carried]
        if self.form is not None:
            plain |= {"form": self.form, "text": self.text, "unsaid": [asdict(one) for one in self.unsaid]}
        if self.remarks is not None:
            plain["lint"] = [remark.to_json() for remark in self.remarks]
        if self.tokens is not None:
            plain["tokens"] = self.tokens.to_json()
        return plain if self.unenforced is None else {**plain, "unenforced": [asdict(one) for one in self.unenforced]}

    def show(self, console: Console) -> None:
        """The table of tools, the fingerprint and the next step; or the form alone, for a pipe."""
        from rich.console import Console as Terminal

        if self.text is not None:
            console.out(self.text, end="", highlight=False)
            self._show_left(Terminal(stderr=True, highlight=False, soft_wrap=True))
            return
        self._show_tools(console)
        self._show_left(console)
        self._show_unenforced(console)
        if self.tokens is not None:
            _say(console, self.tokens.sentence)
        if self.remarks is not None:
            show_remarks(console, self.remarks)
        if self.out is not None:
            _say(console, f"Wrote {self.out}.")
        if self.form is None:
            after = f"check --tools {self.out} --data conversations.jsonl"
            _say(
                console, f"Next: calltune {after if self.out else f'tools {shlex.quote(self.source)} --out tools.json'}"
            )

    def _show_tools(self, console: Console) -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("tool", "effect", "arguments", "returns", "description"):
            table.add_column(heading, overflow="fold" if heading != "description" else "ellipsis")
        if self.tokens is not None:
            table.add_column("tokens", justify="right")
        for tool in self.toolset:
            effect = tool.effect + (" idempotent" if tool.idempotent and tool.effect == "write" else "")
            lines = tool.description.strip().splitlines()
            cells = (tool.name, effect, arguments_line(tool), _kind(tool.returns), lines[0] if lines else "")
            cost = () if self.tokens is None else (f"{self.tokens.each[tool.name]:,}",)
            table.add_row(*(Text(printable(cell)) for cell in (*cells, *cost)))
        console.print(table)
        count = len(self.toolset)
        console.print(f"\n{count} tool{'s' if count != 1 else ''}, {self.toolset.fingerprint}", highlight=False)
        _say(console, "Arguments with * are required. Tools are taken to write unless they say otherwise.")

    def _show_left(self, console: Console) -> None:
        """What the contract does not hold of its source, and the form not of the contract."""
        for heading, left in (
            ("Of the source, this is not in the contract:", self.toolset.not_carried),
            (f"Of the contract, {self.form} cannot say this:", self.unsaid),
        ):
            lines = [f"{f'{one.tool}: ' if one.tool else ''}{one.what} ({one.where}). {one.why}" for one in left]
            _show_list(console, heading, lines, Counter(one.what for one in left))

    def _show_unenforced(self, console: Console) -> None:
        if self.unenforced is None:
            return
        if not self.unenforced:
            _say(console, "A grammar enforces all of it.")
        heading = "A grammar enforces all of it but this, which validation sees after the call is written:"
        lines = [f"{one.tool} {one.pointer or '/'}: {one.keyword}" for one in self.unenforced]
        _show_list(console, heading, lines, Counter(by_keyword(self.unenforced)))


def _show_list(console: Console, heading: str, lines: list[str], counts: Counter[str]) -> None:
    """The first of the lines under a heading, and how many there are of each kind."""
    if not lines:
        return
    _say(console, heading)
    for line in lines[:MOST_SHOWN]:
        _say(console, f"  {line}")
    if len(lines) > MOST_SHOWN:
        total = ", ".join(f"{count} {what}" for what, count in counts.items())
        _say(console, f"  and {len(lines) - MOST_SHOWN} more; in all {total}")


def _say(console: Console, text: str) -> None:
    from rich.text import Text

    console.print(Text(printable(text)))


def arguments_line(tool: Tool) -> str:
    """The arguments in one line: `city* string, days integer`."""
    required = tool.parameters.get("required", ())
    parts = []
    for name, schema in tool.parameters.get("properties", {}).items():
        parts.append(f"{name}{'*' if name in required else ''} {_kind(schema)}".strip())
    return ", ".join(parts) or "none"


def _kind(schema: Any) -> str:
    if schema is None:
        return "-"
    if not isinstance(schema, dict) or not schema:
        return "any"
    if "enum" in schema:
        return "enum"
    kind = schema.get("type")
    if isinstance(kind, list):
        return "|".join(kind)
    return kind or next((word for word in ("anyOf", "oneOf", "$ref", "const") if word in schema), "any")
