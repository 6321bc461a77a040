"""`calltune tools`: any source of functions -> tools.json. In: a `ToolsConfig`. Out: a `ToolsReport` with the toolset
it wrote."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tyro.conf import Positional

from calltune.errors import ConfigError

from .lint import Remark, lint
from .lint_report import show_remarks
from .projection import Unenforced, by_keyword, unenforced
from .sentences import printable
from .tokens import Measure, TokenCosts, token_costs
from .tools import Tool
from .toolset import Toolset

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ToolsConfig:
    """Read functions or function schemas, check them, and write them as one contract."""

    source: Positional[str]
    """Where the tools are: a JSON or YAML file (OpenAI list, MCP tools/list, bare schemas), Python functions
    (module:function, module, file.py, file.py:function), or an MCP server (mcp:"command args", mcp:https://host/mcp)."""
    out: Path | None = None
    """The file to write, such as tools.json; without it the tools are only checked and listed."""
    explain: bool = False
    """Say what of the schemas a grammar cannot keep a model to while it writes, so that only validation sees it."""
    lint: bool = True
    """Say what of the names, descriptions and schemas makes a model call badly."""
    strict_lint: bool = False
    """Exit with 1 where the lint has a remark."""
    model: str | None = None
    """Count the tokens that each tool costs this model: "base", a folder, a run folder or a Hugging Face name."""


@dataclass(frozen=True, kw_only=True)
class ToolsReport:
    """What was found and where it was written."""

    toolset: Toolset
    """The contract."""
    source: str
    """Where it came from."""
    out: Path | None
    """The file that was written."""
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
        if self.remarks is not None:
            plain["lint"] = [remark.to_json() for remark in self.remarks]
        if self.tokens is not None:
            plain["tokens"] = self.tokens.to_json()
        return plain if self.unenforced is None else {**plain, "unenforced": [asdict(one) for one in self.unenforced]}

    def show(self, console: Console) -> None:
        """The table of tools, the fingerprint and the next step."""
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
        console.print(Text("Arguments with * are required. Tools are taken to write unless they say otherwise."))
        if self.toolset.not_carried:
            self._show_not_carried(console)
        if self.unenforced is not None:
            self._show_unenforced(console)
        if self.tokens is not None:
            console.print(Text(printable(self.tokens.sentence)))
        if self.remarks is not None:
            show_remarks(console, self.remarks)
        if self.out is not None:
            console.print(Text(f"Wrote {self.out}."))
            console.print(Text(f"Next: calltune check --tools {self.out} --data conversations.jsonl"))
        else:
            console.print(Text(f"Next: calltune tools {shlex.quote(self.source)} --out tools.json"))

    def _show_not_carried(self, console: Console) -> None:
        from rich.text import Text

        left = self.toolset.not_carried
        console.print(Text("Of the source, this is not in the contract:"))
        for one in left[:MOST_SHOWN]:
            owner = f"{one.tool}: " if one.tool else ""
            console.print(Text(printable(f"  {owner}{one.what} ({one.where}). {one.why}")))
        if len(left) > MOST_SHOWN:
            counts = ", ".join(f"{count} {what}" for what, count in Counter(one.what for one in left).items())
            console.print(Text(f"  and {len(left) - MOST_SHOWN} more; in all {counts}"))

    def _show_unenforced(self, console: Console) -> None:
        from rich.text import Text

        assert self.unenforced is not None
        if not self.unenforced:
            console.print(Text("A grammar enforces all of it."))
            return
        console.print(Text("A grammar enforces all of it but this, which validation sees after the call is written:"))
        for one in self.unenforced[:MOST_SHOWN]:
            console.print(Text(printable(f"  {one.tool} {one.pointer or '/'}: {one.keyword}")))
        if len(self.unenforced) > MOST_SHOWN:
            counts = ", ".join(f"{count} {keyword}" for keyword, count in by_keyword(self.unenforced).items())
            console.print(Text(f"  and {len(self.unenforced) - MOST_SHOWN} more; in all {counts}"))


def tools(
    config: ToolsConfig, *, console: Console, measure: Measure | None = None, context: int | None = None
) -> ToolsReport:
    """Reads, checks and, with `out`, writes a contract. `measure` counts the tokens of a prompt for `config.model`,
    which can hold `context` of them."""
    if config.strict_lint and not config.lint:
        raise ConfigError("--strict-lint and --no-lint exclude each other.", hint="Leave one out.")
    toolset = _loaded(config.source, console)
    sources = {Path(config.source).resolve(), Path(config.source.rpartition(":")[0] or config.source).resolve()}
    if config.out is not None and config.out.resolve() in sources:
        raise ConfigError(f"--out {config.out} is the file that the tools are read from.", hint="Give another --out.")
    if config.out is not None:
        try:
            config.out.parent.mkdir(parents=True, exist_ok=True)
            toolset.save(config.out)
        except OSError as error:
            raise ConfigError(
                f"{config.out} cannot be written: {error.strerror or error}.", hint="Give another --out."
            ) from error
    left = unenforced(toolset) if config.explain else None
    costs = None if measure is None else _costs(config, toolset, measure, context, console)
    remarks = (*lint(toolset), *(costs.remarks() if costs else ())) if config.lint else None
    return ToolsReport(
        toolset=toolset,
        source=config.source,
        out=config.out,
        unenforced=left,
        remarks=remarks,
        strict=config.strict_lint,
        tokens=costs,
    )


def _costs(
    config: ToolsConfig, toolset: Toolset, measure: Measure, context: int | None, console: Console
) -> TokenCosts:
    from rich.progress import Progress

    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("counting tokens", total=len(toolset))
        return token_costs(
            toolset,
            measure,
            model=config.model or "the model",
            context=context,
            on_progress=lambda done: bar.update(task, completed=done),
        )


def _loaded(source: str, console: Console) -> Toolset:
    from rich.text import Text

    if not source.startswith("mcp:"):
        return Toolset.load(source)
    with console.status(Text(f"waiting for {source}")):  # a server may take seconds to start
        return Toolset.load(source)


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
