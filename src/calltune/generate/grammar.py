"""A grammar for one assistant turn, made from the contract: a thought, then free text or calls in the model's own
format.

In: the tools, how the template writes calls (`CallForm`), what the caller wants (`tool_choice`, parallel calls). Out: a
`Grammar`: Lark text as llguidance reads it, and what of the schemas it leaves to validation. No torch.

Under `auto` text is always possible, so no call is forced, and an argument that the user did not give may be left out:
the guard then asks for it. Where a call is demanded, required arguments are enforced too. White space is what the
template writes, no more. Text between calls, and calls after text that follows a call, are not offered.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property

from calltune.contract import Toolset
from calltune.contract.files import write_whole
from calltune.contract.projection import Fits, Unenforced, project
from calltune.errors import ConfigError
from calltune.generate.arguments import json_arguments
from calltune.generate.dialect import dialect_arguments
from calltune.generate.shape import Shape, literal
from calltune.generate.tagged import tagged_arguments
from calltune.render.conformance import cache_folder

REVISION = 2
"""Raise it when grammars are made otherwise: older ones on disk are then not used."""


@dataclass(frozen=True, kw_only=True)
class Grammar:
    """What may be written."""

    lark: str
    unenforced: tuple[Unenforced, ...] = ()
    """What validation alone sees."""
    open: tuple[str, ...] = ()
    """Tools whose arguments may be any JSON object, because no grammar could say more."""

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.lark.encode()).hexdigest()


def kept_grammar(toolset: Toolset, shape: Shape, fits: Fits, backend: str) -> Grammar:
    """`grammar_of`, from the disk where it has been made before: finding out what a back end enforces takes a second
    for two thousand tools. `backend`: its name and version."""
    parts = [REVISION, backend, toolset.fingerprint, asdict(shape)]
    name = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
    path = cache_folder("grammars") / f"{name}.json"
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        left = tuple(Unenforced(*map(str, one)) for one in kept["unenforced"])
        if not isinstance(kept["lark"], str):
            raise TypeError
        return Grammar(lark=kept["lark"], unenforced=left, open=tuple(map(str, kept["open"])))
    except (OSError, ValueError, KeyError, TypeError):  # not there, or not readable: it is made again
        made = grammar_of(toolset, shape, fits)
    with suppress(OSError):  # a read-only or full disk only costs the time to try again
        path.parent.mkdir(parents=True, exist_ok=True)
        left_out = [[one.tool, one.pointer, one.keyword] for one in made.unenforced]
        write_whole(path, json.dumps({"lark": made.lark, "unenforced": left_out, "open": made.open}))
    return made


def grammar_of(toolset: Toolset, shape: Shape, fits: Fits) -> Grammar:
    """The grammar of a turn. ConfigError for a `tool_choice` that names no tool."""
    offered = list(toolset)
    if shape.choice not in ("auto", "required", "none"):
        if shape.choice not in toolset:
            (problem,) = toolset.check(shape.choice, {})
            raise ConfigError(
                f"tool_choice: {problem.message}", hint='Use "auto", "required", "none" or a tool\'s name.'
            )
        offered = [toolset[shape.choice]]
    if shape.choice == "required" and not offered:
        raise ConfigError("tool_choice: a call is demanded, and there are no tools.", hint='Use "auto", or give tools.')
    if shape.choice == "none" or not offered:
        return Grammar(lark=_turn(shape, calls=False))
    rules: list[str] = []
    unenforced: list[Unenforced] = []
    is_open: list[str] = []
    for number, tool in enumerate(offered):
        schema, left = project(tool.name, tool.parameters, fits)
        unenforced += left
        if schema.get("type") != "object":
            is_open.append(tool.name)
        arguments = tagged_arguments if shape.form.tags else dialect_arguments if shape.form.quote else json_arguments
        rules += arguments(f"args{number}", tool, schema, shape, unenforced)
    name = " | ".join(
        f"{literal(tool.name)} {shape.text(shape.form.middle)} args{number}" for number, tool in enumerate(offered)
    )
    lark = "\n".join([_turn(shape, calls=True), f"call: {name}", *rules])
    return Grammar(lark=lark + "\n", unenforced=tuple(unenforced), open=tuple(is_open))


def _turn(shape: Shape, *, calls: bool) -> str:
    """The rules above the calls."""
    form = shape.form
    text = "TEXT"
    lines = []
    first = form.first.lstrip() if shape.choice == "auto" else form.first  # text may end in white space
    if not form.first.lstrip().startswith(tuple(shape.specials)):  # calls begin like text: text must begin otherwise
        text = "PLAIN"
        lines.append(f'PLAIN: /[^{re.escape(form.first.lstrip()[:1])}](.|\\n)*/ | ""')
    one_only = not shape.parallel or shape.choice not in ("auto", "required")
    more = "" if one_only else f" ({shape.text(form.between)} call)*"
    turn = f"{shape.text(first)} call{more} {shape.text(form.last)}"
    if not calls:
        answer = text
    elif shape.choice == "auto":
        answer = f"{text} | {turn}" if text == "PLAIN" else f"TEXT ({turn})?"
    else:
        answer = turn
    if form.text_after and calls and not one_only:
        answer = f"TEXT ({turn} TEXT)?" if shape.choice == "auto" else f"{turn} TEXT"
    think, closed = map(shape.text, form.thought)
    if form.thought_is_open:
        start = f"TEXT {closed} WS answer"
    elif form.thinks:
        start = f"(WS {think} TEXT {closed} WS)? answer"
    else:
        start = "answer"
    lines += [r"TEXT: /(.|\n)*/", r"WS: /\s{0,2}/"] if "WS" in start else [r"TEXT: /(.|\n)*/"]
    return "\n".join([f"start: {start}", f"answer: {answer}", *lines])
