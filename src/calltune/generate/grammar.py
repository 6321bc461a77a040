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
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

from calltune.contract import Tool, Toolset
from calltune.contract.files import write_whole
from calltune.contract.problem import pointer
from calltune.contract.projection import TWICE, Fits, Unenforced, project, schema_text
from calltune.contract.validate import build_validator
from calltune.errors import ConfigError
from calltune.render.call_form import CALL_ID, CallForm
from calltune.render.conformance import cache_folder

ToolChoice = str
""""auto": text or calls. "required": at least one call. "none": text. Anything else: one call of the tool of that
name."""
Order = Literal["declared", "free"]
REVISION = 1
"""Raise it when grammars are made otherwise: older ones on disk are then not used."""
MOST_IN_FREE_ORDER = 5
"""Arguments up to which every order is written out in the grammar; beyond it a grammar of any order does not see that a
name comes twice or that one is missing."""


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


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the grammar depends on beside the tools."""

    form: CallForm
    specials: Mapping[str, int]
    """The special tokens of the vocabulary, by their texts."""
    choice: ToolChoice = "auto"
    parallel: bool = True
    order: Order = "declared"
    """Of the arguments of a call; objects inside them are always as declared."""

    @property
    def forces_required(self) -> bool:
        """Whether required arguments must be there: not where the model may find out that the user did not say them."""
        return self.choice != "auto"

    def text(self, text: str) -> str:
        """A text as Lark: strings, and special tokens by their numbers."""
        names = sorted(map(re.escape, self.specials), key=len, reverse=True)
        pieces = []
        for piece in re.split(f"({'|'.join([*names, CALL_ID])})", text):
            if piece == CALL_ID:
                pieces.append("/[a-zA-Z0-9]{9}/")
            elif piece in self.specials:
                pieces.append(f"<[{self.specials[piece]}]>")
            elif piece:
                pieces.append(json.dumps(piece, ensure_ascii=False))
        return " ".join(pieces) or '""'


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
        if shape.form.tags is None:
            rules += _arguments(f"args{number}", tool, schema, shape, unenforced)
        else:
            rules += _tagged(f"args{number}", tool, schema, shape, unenforced)
    name = " | ".join(
        f"{shape.text(tool.name + shape.form.middle)} args{number}" for number, tool in enumerate(offered)
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
    think, closed = shape.text("<think>"), shape.text("</think>")
    if form.thought_is_open:
        start = f"TEXT {closed} WS answer"
    elif form.thinks:
        start = f"(WS {think} TEXT {closed} WS)? answer"
    else:
        start = "answer"
    lines += [r"TEXT: /(.|\n)*/", r"WS: /\s{0,2}/"] if "WS" in start else [r"TEXT: /(.|\n)*/"]
    return "\n".join([f"start: {start}", f"answer: {answer}", *lines])


def _arguments(rule: str, tool: Tool, schema: dict[str, Any], shape: Shape, left: list[Unenforced]) -> Iterator[str]:
    """The rules of one tool's arguments."""
    properties: dict[str, Any] = schema.get("properties", {})
    if not shape.forces_required:
        schema = {key: value for key, value in schema.items() if key != "required"}
    plain = schema.get("additionalProperties") is False and not schema.keys() - _PLAIN
    if shape.order == "declared" or not plain or len(properties) < 2:
        yield f"{rule}: %json {_json(schema, shape)}"
        return
    required = set(schema.get("required", ()))
    if len(properties) > MOST_IN_FREE_ORDER:
        left += [Unenforced(tool.name, "", word) for word in (["required"] if required else []) + [TWICE]]
    yield from _free_order(rule, properties, required, schema.get("$defs"), shape)


_PLAIN = {"type", "properties", "required", "additionalProperties", "$defs"}


def _free_order(
    rule: str, properties: dict[str, Any], required: set[str], definitions: Any, shape: Shape
) -> Iterator[str]:
    """Members in any order. Few of them: one rule for each set already written, so that none comes twice and none that
    is required is missing. Many: any member after any."""
    item, key = shape.form.separators
    names = list(properties)
    for number, (name, schema) in enumerate(properties.items()):
        whole = {**(schema if isinstance(schema, dict) else {}), **({"$defs": definitions} if definitions else {})}
        yield f"{rule}v{number}: {shape.text(json.dumps(name, ensure_ascii=False) + key)} %json {_json(whole, shape)}"
    if len(names) > MOST_IN_FREE_ORDER:
        member = " | ".join(f"{rule}v{number}" for number in range(len(names)))
        yield f"{rule}m: {member}"
        yield f'{rule}: "{{" ({rule}m ({shape.text(item)} {rule}m)*)? "}}"'
        return
    all_of_them = (1 << len(names)) - 1
    needed = sum(1 << number for number, name in enumerate(names) if name in required)
    for written in range(all_of_them + 1):
        ways = ['"}"'] if written & needed == needed else []
        for number in range(len(names)):
            if not written >> number & 1:
                comma = f"{shape.text(item)} " if written else ""
                ways.append(f"{comma}{rule}v{number} {rule}s{written | 1 << number}")
        yield f"{rule}s{written}: {' | '.join(ways)}"
    yield f'{rule}: "{{" {rule}s0'


def _tagged(rule: str, tool: Tool, schema: dict[str, Any], shape: Shape, left: list[Unenforced]) -> Iterator[str]:
    """Arguments one by one, each in its tags. Texts stand there as they are, so of their schemas only `enum` and
    `const` are enforced."""
    tags = shape.form.tags
    assert tags is not None
    properties: dict[str, Any] = schema.get("properties", {})
    required = set(schema.get("required", ())) if shape.forces_required else set()
    properties = {name: inner for name, inner in properties.items() if inner is not False}
    is_open = schema.get("additionalProperties") is not False or bool(schema.keys() - _PLAIN)
    if is_open:
        left.append(Unenforced(tool.name, "", "arguments beside those declared"))
        properties = {**properties, "": True}  # one more rule, for any name
    for number, (name, inner) in enumerate(properties.items()):
        value = _tagged_value(inner, shape, schema.get("$defs"))
        if value is None and name:
            given = inner if isinstance(inner, dict) else {}
            plain = given.get("type") == "string"
            words = [word for word in given if word != "type" or not plain]
            left += [Unenforced(tool.name, pointer("properties", name), word) for word in words]
        before = shape.text(f"{tags.open}{name}{tags.middle}")
        if not name:
            before = f"{shape.text(tags.open)} /[A-Za-z_][A-Za-z0-9_.-]*/ {shape.text(tags.middle)}"
        if value is not None:
            yield f"{rule}v{number}: {before} {value} {shape.text(tags.close)}"
        elif tags.close.startswith(tuple(shape.specials)):
            yield f"{rule}v{number}: {before} TEXT {shape.text(tags.close)}"
        else:
            yield f"{rule}t{number}[suffix={json.dumps(tags.close)}]: /(.|\\n)*/"
            yield f"{rule}v{number}: {before} {rule}t{number}"
    if shape.order == "free" and properties:
        if len(properties) > 1:
            left.append(Unenforced(tool.name, "", TWICE))
        left += [Unenforced(tool.name, "", "required")] if required else []
        yield f"{rule}: ({' | '.join(f'{rule}v{number}' for number in range(len(properties)))})*"
        return
    parts = [
        f"{rule}v{number}{'' if name in required else '?' if name else '*'}" for number, name in enumerate(properties)
    ]
    yield f"{rule}: {' '.join(parts) or chr(34) * 2}"


def _tagged_value(schema: Any, shape: Shape, definitions: Any) -> str | None:
    """What may stand between the tags; None for a text of any kind."""
    tags = shape.form.tags
    assert tags is not None
    if not isinstance(schema, dict):
        return None
    options = schema["enum"] if "enum" in schema else [schema["const"]] if "const" in schema else None
    if options is not None:
        rest = build_validator({**schema, **({"$defs": definitions} if definitions else {})})
        good = [option for option in options if rest.is_valid(option)]
        if not all(_reads_back(option, schema) for option in good):
            return None
        texts = dict.fromkeys(_written(option, shape) for option in good)
        return f"({' | '.join(map(shape.text, texts))})" if texts else None
    if schema.get("type") == "boolean":
        return f"({shape.text(tags.true)} | {shape.text(tags.false)})"
    if schema.get("type") in ("integer", "number", "object", "array"):
        return f"%json {_json({**schema, **({'$defs': definitions} if definitions else {})}, shape)}"
    return None


def _reads_back(option: Any, schema: Mapping[str, Any]) -> bool:
    """Whether a value in tags is read as itself: texts where texts are meant, other scalars where those are."""
    if isinstance(option, str):
        return option == option.strip() and schema.get("type", "string") == "string"
    return isinstance(option, int | float | bool) and schema.get("type") in ("integer", "number", "boolean")


def _written(option: Any, shape: Shape) -> str:
    tags = shape.form.tags
    assert tags is not None
    if isinstance(option, bool):
        return tags.true if option else tags.false
    return option if isinstance(option, str) else json.dumps(option, separators=shape.form.separators)


def _json(schema: dict[str, Any], shape: Shape) -> str:
    item, key = shape.form.separators
    style = {"item_separator": item, "key_separator": key, "whitespace_flexible": False}
    return schema_text({**schema, "x-guidance": style})
