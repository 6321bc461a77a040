"""`calltune inspect`: exactly what is trained, token by token, in colour, and where the tokens go.

In: a model (its tokenizer only), rows, a contract. Out: the first rows, learned tokens reversed and masked ones dim,
and a table of tokens by part. It trains nothing and checks no schema (`calltune check` does)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from calltune.contract import Toolset
from calltune.contract.sentences import printable
from calltune.data import read_rows
from calltune.errors import ConfigError, TemplateError
from calltune.render.rendered import PARTS, Part, Rendered
from calltune.render.source import resolve_model

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from calltune.data import Row
    from calltune.render.renderer import Renderer

COLOURS: dict[Part, str] = {
    "schemas": "magenta", "system": "blue", "user": "cyan", "result": "yellow", "call": "bold green", "text": "green",
    "think": "bright_blue", "stop": "bold red", "other": "white",
}  # fmt: skip
"""One colour a part; masked tokens have it dim, learned ones reversed."""


@dataclass(frozen=True, kw_only=True)
class InspectConfig:
    """Show what of a row is learned and what is masked, token by token."""

    model: str
    """Model whose tokenizer and chat template are used: "base", a folder, a run, or a name on the Hugging Face Hub."""
    data: str
    """Rows: a JSONL file, a folder of them, or a dataset name."""
    tools: str | None = None
    """Contract for rows that have no `tools` of their own."""
    rows: int = 3
    """How many rows to show."""
    template: Literal["auto", "native", "calltune"] = "auto"
    """Chat template: the model's own where it loses nothing (auto), always (native), or ours (calltune)."""
    thinking: Literal["auto", "on", "off"] = "auto"
    """Whether answers start with a thought; auto looks whether the data has reasoning."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One row of the data as it is trained on."""

    source: str
    line: int
    rendered: tuple[Rendered, ...] = ()
    problem: str | None = None
    """Why it is not trained on; None where it is."""


@dataclass(frozen=True, kw_only=True)
class InspectReport:
    """The rows, rendered, and their token counts."""

    rows: tuple[Shown, ...]
    template: str
    """Which format was used: native or calltune."""
    format: str
    """How completions are read."""
    notice: str
    """What there is to say about the choice."""
    tokenizer: Any = field(repr=False)

    @property
    def exit_code(self) -> int:
        """1 where a row of the sample cannot be trained on."""
        return int(any(row.problem for row in self.rows))

    def totals(self) -> tuple[Counter[str], Counter[str]]:
        """Tokens by part over the sample: all, and learned."""
        every: Counter[str] = Counter()
        learned: Counter[str] = Counter()
        for row in self.rows:
            for rendered in row.rendered:
                every.update(rendered.counts())
                learned.update(rendered.learned_counts())
        return every, learned

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        every, learned = self.totals()
        return {
            "template": self.template,
            "format": self.format,
            "notice": self.notice,
            "tokens": dict(every),
            "learned_tokens": dict(learned),
            "rows": [_row_to_json(row, self.tokenizer) for row in self.rows],
        }

    def show(self, console: Console) -> None:
        """The rows in colour, the table, and what to do next."""
        console.print(f"template: {self.template}, completions are read as {self.format}", highlight=False)
        if self.notice:
            console.print(self.notice, highlight=False, style="yellow", markup=False)
        for row in self.rows:
            _show_row(row, self.tokenizer, console)
        if any(row.rendered for row in self.rows):
            console.print(self._table())
            console.print("Reversed is learned, dim is read only. Next: calltune check, then calltune train.")
        else:
            console.print("None of these rows can be trained on. Next: calltune check shows every problem of the data.")

    def _table(self) -> Table:
        from rich.table import Table

        every, learned = self.totals()
        table = Table(title=f"tokens of {len(self.rows)} rows")
        for heading in ("part", "tokens", "learned", "share"):
            table.add_column(heading, justify="left" if heading == "part" else "right")
        total = sum(every.values())
        for part in PARTS:
            if every[part]:
                share = f"{every[part] / total:.0%}"
                table.add_row(part, f"{every[part]:,}", f"{learned[part]:,}", share, style=COLOURS[part])
        table.add_section()
        table.add_row("all", f"{total:,}", f"{sum(learned.values()):,}", "100%")
        return table


def inspect(config: InspectConfig, *, console: Console) -> InspectReport:
    """Render the first rows of the data."""
    from calltune.render.renderer import load_renderer

    if config.rows < 1:
        raise ConfigError(f"--rows must be at least 1, got {config.rows}")
    tools = Toolset.load(config.tools) if config.tools is not None else None
    renderer, _ = load_renderer(resolve_model(config.model), template=config.template, thinking=config.thinking)
    renderer = renderer.for_rows(row.conversation for row in read_rows(config.data, tools=tools) if row.conversation)
    shown = tuple(_shown(row, renderer) for row in islice(read_rows(config.data, tools=tools), config.rows))
    return InspectReport(
        rows=shown,
        template=renderer.template,
        format=renderer.format,
        notice=renderer.notice,
        tokenizer=renderer.tokenizer,
    )


def _shown(row: Row, renderer: Renderer) -> Shown:
    if row.conversation is None:
        problems = "; ".join(f"{problem.pointer} {problem.message}".strip() for problem in row.problems)
        return Shown(source=row.source, line=row.line, problem=problems)
    try:
        return Shown(source=row.source, line=row.line, rendered=renderer.render(row.conversation))
    except TemplateError as error:
        return Shown(source=row.source, line=row.line, problem=error.message)


def pieces(rendered: Rendered, tokenizer: Any) -> Iterator[tuple[str, Part, float]]:
    """The text of a row in stretches of one part and one weight."""
    ids = iter(rendered.ids)
    for part, weight, tokens in rendered.spans:
        yield tokenizer.decode(list(islice(ids, tokens)), skip_special_tokens=False), part, weight


def _show_row(row: Shown, tokenizer: Any, console: Console) -> None:
    from rich.text import Text

    console.rule(f"{row.source}, line {row.line}")
    if row.problem is not None:
        console.print(f"not trained on: {printable(row.problem)}", style="red", markup=False)
    for number, rendered in enumerate(row.rendered, start=1):
        of = f" (training row {number} of {len(row.rendered)})" if len(row.rendered) > 1 else ""
        used = ", ".join(f"{count} {part}" for part, count in rendered.counts().items() if count)
        console.print(f"{len(rendered)} tokens, {rendered.learned} learned{of}: {used}", highlight=False)
        text = Text()
        for piece, part, weight in pieces(rendered, tokenizer):
            text.append(printable(piece), style=f"reverse {COLOURS[part]}" if weight else f"dim {COLOURS[part]}")
        console.print(text)


def _row_to_json(row: Shown, tokenizer: Any) -> dict[str, Any]:
    return {
        "source": row.source,
        "line": row.line,
        "problem": row.problem,
        "training_rows": [
            {
                "tokens": len(rendered),
                "learned": rendered.learned,
                "by_part": dict(rendered.counts()),
                "pieces": [
                    {"text": text, "part": part, "weight": weight} for text, part, weight in pieces(rendered, tokenizer)
                ],
            }
            for rendered in row.rendered
        ],
    }
