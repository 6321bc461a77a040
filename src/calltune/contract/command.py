"""`calltune tools`: any source of functions -> tools.json. In: a `ToolsConfig`. Out: a `ToolsReport` with the toolset
it wrote."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from tyro.conf import Positional, arg

from calltune.errors import ConfigError

from .exports import Form, export
from .files import write_whole
from .not_carried import NotCarried
from .projection import Unenforced, by_keyword, unenforced
from .sentences import printable
from .tools import Tool
from .toolset import Toolset
from .zod_source import is_zod, load_zod

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ToolsConfig:
    """Read functions or function schemas, check them, and write them as one contract."""

    source: Positional[str]
    """Where the tools are: a JSON or YAML file (OpenAI list, MCP tools/list, bare schemas), Python functions
    (module:function, module, file.py, file.py:function), or Zod schemas (file.mjs, .js, .ts, file.mjs:name), which Node
    runs."""
    out: Path | None = None
    """The file to write, such as tools.json; without it the tools are only checked and listed."""
    form: Annotated[Form | None, arg(aliases=("--as",))] = None
    """Write them for others instead of as a contract: tools of OpenAI or Anthropic, an MCP tools/list, one JSON Schema,
    pydantic models, Zod schemas, TypeScript types. Without --out it goes to standard output."""
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
    not_carried: tuple[NotCarried, ...] = ()
    """What the source says and the contract cannot, and what the contract says and the form cannot."""
    form: Form | None = None
    """What it was written as; None: as a contract."""
    text: str | None = None
    """What was written, where it went to no file."""

    @property
    def exit_code(self) -> int:
        """Always 0: a contract with a fault is not read at all."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        plain = {"source": self.source, "out": None if self.out is None else str(self.out), **self.toolset.to_json()}
        plain["not_carried"] = [asdict(one) for one in self.not_carried]
        if self.form is not None:
            plain |= {"form": self.form, "text": self.text}
        return plain if self.unenforced is None else {**plain, "unenforced": [asdict(one) for one in self.unenforced]}

    def show(self, console: Console) -> None:
        """The table of tools, the fingerprint and the next step."""
        from rich.console import Console as Terminal
        from rich.table import Table
        from rich.text import Text

        if self.text is not None:  # for a pipe or a file; what there is to say goes elsewhere
            console.out(self.text, end="", highlight=False)
            self._show_not_carried(Terminal(stderr=True, highlight=False, soft_wrap=True))
            return
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
        if self.unenforced is not None:
            self._show_unenforced(console)
        self._show_not_carried(console)
        if self.out is not None:
            console.print(Text(f"Wrote {self.out}."))
        if self.form is not None:
            return
        if self.out is not None:
            console.print(Text(f"Next: calltune check --tools {self.out} --data conversations.jsonl"))
        else:
            console.print(Text(f"Next: calltune tools {self.source} --out tools.json"))

    def _show_not_carried(self, console: Console) -> None:
        from rich.text import Text

        if not self.not_carried:
            return
        counts = Counter(one.what for one in self.not_carried)
        console.print(Text(f"Not carried over: {', '.join(f'{count} {what}' for what, count in counts.most_common())}"))
        for one in self.not_carried[:MOST_SHOWN]:
            place = " ".join(part for part in (one.tool, one.where) if part)
            console.print(Text(printable(f"  {place} {one.what}: {one.why}")))
        if len(self.not_carried) > MOST_SHOWN:
            console.print(Text(f"  and {len(self.not_carried) - MOST_SHOWN} more: --json lists them all"))

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
    toolset, left_behind = load_zod(config.source) if is_zod(config.source) else (Toolset.load(config.source), ())
    sources = {Path(config.source).resolve(), Path(config.source.rpartition(":")[0] or config.source).resolve()}
    if config.out is not None and config.out.resolve() in sources:
        raise ConfigError(f"--out {config.out} is the file that the tools are read from.", hint="Give another --out.")
    text = None
    if config.form is not None:
        text, unsaid = export(toolset, config.form, out=config.out)
        left_behind += unsaid
    if config.out is not None:
        try:
            config.out.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                toolset.save(config.out)
            else:
                write_whole(config.out, text)
        except OSError as error:
            raise ConfigError(
                f"{config.out} cannot be written: {error.strerror or error}.", hint="Give another --out."
            ) from error
    left = unenforced(toolset) if config.explain else None
    return ToolsReport(
        toolset=toolset,
        source=config.source,
        out=config.out,
        unenforced=left,
        not_carried=left_behind,
        form=config.form,
        text=text if config.out is None else None,
    )


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
