"""`calltune tools`: any source of functions -> tools.json. In: a `ToolsConfig`. Out: a `ToolsReport` with the toolset
it wrote."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tyro.conf import Positional

from calltune.errors import ConfigError

from .choosing import Choice
from .projection import Unenforced, by_keyword, unenforced
from .sentences import printable
from .tools import Tool
from .toolset import Toolset

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ToolsConfig:
    """Read functions or function schemas, check them, and write them as one contract."""

    source: Positional[str]
    """Where the tools are: a JSON or YAML file (OpenAI list, MCP tools/list, bare schemas, OpenAPI 3), the http(s)
    address of one, or Python functions (module:function, module, file.py, file.py:function)."""
    out: Path | None = None
    """The file to write, such as tools.json; without it the tools are only checked and listed."""
    include: tuple[str, ...] = ()
    """Of an OpenAPI document, only these operations: tag:orders, path:/v1/*, method:get, name:get_* (several are
    allowed; those of one kind add up, each kind must match)."""
    exclude: tuple[str, ...] = ()
    """Of an OpenAPI document, not these operations; written like --include."""
    deprecated: bool = True
    """Take the deprecated operations of an OpenAPI document too; their descriptions say it."""
    returns: bool = True
    """Keep what the operations of an OpenAPI document return; without it, prompts are shorter."""
    explain: bool = False
    """Say what of the schemas a grammar cannot keep a model to while it writes, so that only validation sees it."""


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

    @property
    def exit_code(self) -> int:
        """Always 0: a contract with a fault is not read at all."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        plain = {"source": self.source, "out": None if self.out is None else str(self.out), **self.toolset.to_json()}
        if self.toolset.not_carried:
            plain["not_carried"] = [asdict(one) for one in self.toolset.not_carried]
        return plain if self.unenforced is None else {**plain, "unenforced": [asdict(one) for one in self.unenforced]}

    def show(self, console: Console) -> None:
        """The table of tools, the fingerprint and the next step."""
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("tool", "effect", "arguments", "returns", "description"):
            table.add_column(heading, overflow="fold" if heading != "description" else "ellipsis")
        for tool in self.toolset:
            effect = tool.effect + (" idempotent" if tool.idempotent and tool.effect == "write" else "")
            lines = tool.description.strip().splitlines()
            cells = (tool.name, effect, arguments_line(tool), _kind(tool.returns), lines[0] if lines else "")
            table.add_row(*(Text(printable(cell)) for cell in cells))
        console.print(table)
        count = len(self.toolset)
        console.print(f"\n{count} tool{'s' if count != 1 else ''}, {self.toolset.fingerprint}", highlight=False)
        console.print(Text("Arguments with * are required. Tools are taken to write unless they say otherwise."))
        if self.toolset.not_carried:
            self._show_not_carried(console)
        if self.unenforced is not None:
            self._show_unenforced(console)
        if self.out is not None:
            console.print(Text(f"Wrote {self.out}."))
            console.print(Text(f"Next: calltune check --tools {self.out} --data conversations.jsonl"))
        else:
            console.print(Text(f"Next: calltune tools {self.source} --out tools.json"))

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


def tools(config: ToolsConfig, *, console: Console) -> ToolsReport:
    """Reads, checks and, with `out`, writes a contract."""
    choice = Choice(
        include=config.include, exclude=config.exclude, deprecated=config.deprecated, returns=config.returns
    )
    toolset = Toolset.load(config.source, choice)
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
    return ToolsReport(toolset=toolset, source=config.source, out=config.out, unenforced=left)


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
