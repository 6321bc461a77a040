"""`calltune tools`: any source of functions -> tools.json. In: a `ToolsConfig`. Out: a `ToolsReport` with the toolset
it wrote."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from tyro.conf import Positional, arg

from calltune.errors import ConfigError

from .choosing import Choice
from .exports import Form, export
from .files import write_whole
from .lint import lint
from .projection import unenforced
from .tokens import Measure, TokenCosts, token_costs
from .tools_report import ToolsReport
from .toolset import Toolset

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True, kw_only=True)
class ToolsConfig:
    """Read functions or function schemas, check them, and write them as one contract."""

    source: Positional[str]
    """Where the tools are: a JSON or YAML file (OpenAI list, MCP tools/list, bare schemas, OpenAPI 3), the http(s)
    address of one, Python functions (module:function, module, file.py, file.py:function), an MCP server
    (mcp:"command args", mcp:https://host/mcp), or Zod schemas (file.mjs, .js, .ts, file.mjs:name), which Node runs."""
    out: Path | None = None
    """The file to write, such as tools.json; without it the tools are only checked and listed."""
    form: Annotated[Form | None, arg(aliases=("--as",))] = None
    """Write them for others instead of as a contract: tools of OpenAI or Anthropic, an MCP tools/list, one JSON Schema,
    pydantic models, Zod schemas, TypeScript types. Without --out it goes to standard output."""
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
    lint: bool = True
    """Say what of the names, descriptions and schemas makes a model call badly."""
    strict_lint: bool = False
    """Exit with 1 where the lint has a remark."""
    model: str | None = None
    """Count the tokens that each tool costs this model: "base", a folder, a run folder or a Hugging Face name."""


def tools(
    config: ToolsConfig, *, console: Console, measure: Measure | None = None, context: int | None = None
) -> ToolsReport:
    """Reads, checks and, with `out`, writes a contract. `measure` counts the tokens of a prompt for `config.model`,
    which can hold `context` of them."""
    if config.strict_lint and not config.lint:
        raise ConfigError("--strict-lint and --no-lint exclude each other.", hint="Leave one out.")
    choice = Choice(
        include=config.include, exclude=config.exclude, deprecated=config.deprecated, returns=config.returns
    )
    toolset = _loaded(config.source, choice, console)
    sources = {Path(config.source).resolve(), Path(config.source.rpartition(":")[0] or config.source).resolve()}
    if config.out is not None and config.out.resolve() in sources:
        raise ConfigError(f"--out {config.out} is the file that the tools are read from.", hint="Give another --out.")
    text, unsaid = (None, ()) if config.form is None else export(toolset, config.form, out=config.out)
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
    costs = None if measure is None else _costs(config, toolset, measure, context, console)
    remarks = (*lint(toolset), *(costs.remarks() if costs else ())) if config.lint else None
    return ToolsReport(
        toolset=toolset,
        source=config.source,
        out=config.out,
        form=config.form,
        text=text if config.out is None else None,
        unsaid=unsaid,
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


def _loaded(source: str, choice: Choice, console: Console) -> Toolset:
    from rich.text import Text

    if not source.startswith(("mcp:", "https://", "http://")):
        return Toolset.load(source, choice)
    with console.status(Text(f"waiting for {source}")):  # a server may take seconds
        return Toolset.load(source, choice)
