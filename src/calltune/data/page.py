"""One self-contained HTML page: text, tables and bars, no script and no network. In: plain texts and numbers. Out: HTML
in which every text is escaped. Reports of all stages are built from these pieces, so that they look alike; what a page
says is theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from calltune.contract.sentences import printable

STYLE = """
:root { color-scheme: light dark; --back: #fff; --card: #f6f7f9; --text: #1c2430; --dim: #5b6675; --line: #dfe3e8;
  --bar: #3b6fd4; --track: #e8ebf0;
  --c0: #3b6fd4; --c1: #2a9d8f; --c2: #e0912f; --c3: #8d5fd3; --c4: #d1495b; --c5: #8792a2; --c6: #5aa9e6;
  --c7: #6b8e23; --c8: #b56576; }
@media (prefers-color-scheme: dark) { :root { --back: #12161c; --card: #1a2028; --text: #e4e8ee; --dim: #98a3b3;
  --line: #2c343f; --bar: #6d9bf1; --track: #262e39;
  --c0: #6d9bf1; --c1: #4cc2b3; --c2: #f0b054; --c3: #b08cf0; --c4: #ec7586; --c5: #7a8594; --c6: #7cc4f8;
  --c7: #9abf4c; --c8: #d58a9a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1.5rem clamp(.75rem, 3vw, 2rem) 4rem; background: var(--back);
  color: var(--text); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 0 0 .5rem; }
h3 { font-size: .95rem; margin: 1rem 0 .4rem; }
p { margin: .25rem 0 .75rem; }
.dim { color: var(--dim); }
code { font: .88em/1.4 ui-monospace, monospace; background: var(--track); border-radius: 4px; padding: .1em .35em; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; margin: 1rem 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .6rem .9rem; }
.tile b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
.tile span { color: var(--dim); }
.bar { display: grid; grid-template-columns: minmax(6rem, 30%) 1fr 4.5rem; gap: .1rem .75rem; align-items: center;
  margin: .25rem 0; }
.bar .track { background: var(--track); border-radius: 3px; height: .8rem; }
.bar .fill { display: block; background: var(--bar); border-radius: 3px; height: 100%; min-width: 1px; }
.bar .value { text-align: right; color: var(--dim); font-variant-numeric: tabular-nums; white-space: nowrap; }
.stack { display: flex; height: 1.4rem; border-radius: 5px; overflow: hidden; background: var(--track); gap: 1px; }
.stack i { display: block; min-width: 2px; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: .5rem 0 0; padding: 0; list-style: none; }
.key i { display: inline-block; width: .75rem; height: .75rem; border-radius: 3px; margin-right: .4rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 500; white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td { min-width: 4rem; }
details { margin: .6rem 0 0; }
summary { cursor: pointer; color: var(--dim); }
.small { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem; margin-top: 1rem; }
.small svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--dim); font: 11px system-ui, sans-serif; }
svg rect { fill: var(--bar); }
ul.todo { margin: 0; padding: 0; list-style: none; }
ul.todo li { padding: .35rem 0; border-bottom: 1px solid var(--line); }
ul.todo li:last-child { border: 0; }
@media (max-width: 36rem) { .bar { grid-template-columns: 1fr auto; margin: .6rem 0; }
  .bar .track { grid-row: 2; grid-column: 1 / -1; } }
@media print { section, .tile { break-inside: avoid; } }
"""

COLOURS = 9
"""Colours of the parts of a stacked bar, --c0 and so on; the next part begins again."""


def text(value: object) -> str:
    """Anything as text of the page: nothing in it is markup, and nothing turns the direction of writing."""
    return escape(printable(str(value)))


def page(title: str, subtitle: str, body: Iterable[str]) -> str:
    """The whole document. `body` is HTML made by the functions here."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{text(title)}</h1>\n<p class="dim">{text(subtitle)}</p>\n' + "\n".join(body) + "\n</body>\n</html>\n"
    )


def section(title: str, *body: str, note: str = "") -> str:
    """A part of the page with a heading."""
    about = f'<p class="dim">{text(note)}</p>' if note else ""
    return f"<section>\n<h2>{text(title)}</h2>\n{about}" + "\n".join(body) + "\n</section>"


def tiles(facts: Iterable[tuple[str, str]]) -> str:
    """The few numbers that come first: what, and how many."""
    cells = (f'<div class="tile"><b>{text(value)}</b><span>{text(what)}</span></div>' for what, value in facts)
    return f'<div class="tiles">{"".join(cells)}</div>'


def bars(rows: Sequence[tuple[str, float, str]], most: float | None = None) -> str:
    """Horizontal bars: label, value, and the value as it is shown. The longest one, or `most`, fills the width."""
    top = max((value for _, value, _ in rows), default=0) if most is None else most
    cells = (
        f'<div class="bar"><div>{text(label)}</div>'
        f'<div class="track"><span class="fill" style="width:{100 * value / top if top else 0:.2f}%"></span></div>'
        f'<div class="value">{text(shown)}</div></div>'
        for label, value, shown in rows
    )
    return "".join(cells)


def stack(parts: Sequence[tuple[str, float, str]]) -> str:
    """One bar in parts that make up a whole, with a key."""
    whole = sum(value for _, value, _ in parts)
    colours = [f"var(--c{number % COLOURS})" for number in range(len(parts))]
    pieces = "".join(
        f'<i style="width:{100 * value / whole:.3f}%;background:{colour}" title="{text(label)}: {text(shown)}"></i>'
        for (label, value, shown), colour in zip(parts, colours, strict=True)
        if value
    )
    key = "".join(
        f'<li><i style="background:{colour}"></i>{text(label)} <span class="dim">{text(shown)}</span></li>'
        for (label, _, shown), colour in zip(parts, colours, strict=True)
    )
    return f'<div class="stack">{pieces}</div><ul class="key">{key}</ul>'


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table of texts; the columns in `numbers` are set to the right."""

    def cells(tag: str, row: Sequence[str]) -> str:
        kinds = (' class="n"' if column in numbers else "" for column in range(len(row)))
        return "".join(f"<{tag}{kind}>{text(cell)}</{tag}>" for kind, cell in zip(kinds, row, strict=True))

    body = "".join(f"<tr>{cells('td', row)}</tr>\n" for row in rows)
    return (
        f'<div class="scroll"><table><thead><tr>{cells("th", headings)}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def columns(title: str, counts: Sequence[tuple[str, int]]) -> str:
    """A small column chart: a label below each column, its count when pointed at."""
    width, height, foot = 240, 90, 16
    top = max((count for _, count in counts), default=0) or 1
    step = min(40.0, width / max(1, len(counts)))
    every = max(1, round(34 / step))  # labels must not run into one another
    shapes = []
    for number, (label, count) in enumerate(counts):
        tall = (height - 4) * count / top
        left = number * step
        shapes.append(
            f'<rect x="{left + 0.5:.1f}" y="{height - tall:.1f}" width="{max(1.0, step - 1):.1f}" height="{tall:.1f}">'
            f"<title>{text(label)}: {count:,}</title></rect>"
        )
        if number % every == 0:
            shapes.append(
                f'<text x="{left + step / 2:.1f}" y="{height + foot - 4}" text-anchor="middle">{text(label)}</text>'
            )
    chart = f'<svg viewBox="0 0 {width} {height + foot}" role="img" aria-label="{text(title)}">{"".join(shapes)}</svg>'
    return f"<div><h3>{text(title)}</h3>{chart}</div>"


def side_by_side(charts: Iterable[str]) -> str:
    """Small charts in as many columns as fit."""
    return f'<div class="small">{"".join(charts)}</div>'


def folded(summary: str, body: str) -> str:
    """What is too long to be shown at once."""
    return f"<details><summary>{text(summary)}</summary>{body}</details>"


def todo_list(items: Iterable[tuple[str, str | None]]) -> str:
    """Things to do, each with the command that does it, if there is one."""
    lines = (
        f"<li>{text(what)}{f'<br><code>{text(command)}</code>' if command else ''}</li>" for what, command in items
    )
    return f'<ul class="todo">{"".join(lines)}</ul>'
