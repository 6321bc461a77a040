"""Text in generated code. In: any text, hostile text too. Out: string literals and comments that hold it and cannot be
left from inside: quotes, comment ends, line ends, and characters that change how code looks are escaped."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

WIDTH = 100
INHERITED = (
    "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf",
    "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",
)  # fmt: skip
"""What every object of JavaScript has."""


def javascript(value: Any) -> str:
    """JSON data as JavaScript on one line; keys are quoted where they must be."""
    if isinstance(value, str):
        return visible(json.dumps(value, ensure_ascii=False))
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(javascript, value)) + "]"
    if isinstance(value, dict):
        inner = ", ".join(f"{key(name)}: {javascript(item)}" for name, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    return json.dumps(value)


def key(name: str) -> str:
    """A property's name in an object literal or an interface. A quoted `__proto__` would set the prototype."""
    if name == "__proto__":
        return '["__proto__"]'
    return name if re.fullmatch(r"[A-Za-z_$][A-Za-z0-9_$]*", name) else javascript(name)


def visible(text: str) -> str:
    """Characters that are not seen, or that turn the reading direction, as \\u escapes of JavaScript."""
    if text.isascii() and text.isprintable():
        return text
    out = []
    for char in text:
        if char.isprintable() and unicodedata.category(char) != "Co":
            out.append(char)
        else:
            code = ord(char)
            out.append(f"\\u{code:04x}" if code < 0x10000 else f"\\u{{{code:x}}}")
    return "".join(out)


def comment(text: str, indent: str = "") -> str:
    """A JSDoc comment with its line end; "" for no text."""
    lines = [visible(line).rstrip() for line in re.split(r"\r\n|[\n\r\u2028\u2029]", text.strip())]
    lines = [line.replace("*/", "*\\/") for line in lines]
    if lines == [""]:
        return ""
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines) + f"{indent} */\n"


def docstring(text: str, indent: str = "    ") -> str:
    """A Python docstring with its line end; "" for no text."""
    lines = [_python(line).rstrip() for line in re.split(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text.strip())]
    if lines == [""]:
        return ""
    body = f"\n{indent}".join(lines).replace(f"\n{indent}\n", "\n\n")
    body = re.sub(rf"\n{indent}(?=\n)", "\n", body)
    end = " " if body.endswith('"') else ""
    return f'{indent}"""{body}{end}"""\n' if len(lines) == 1 else f'{indent}"""{body}\n{indent}"""\n'


def _python(line: str) -> str:
    escaped = line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in escaped)


def wrapped(before: str, items: list[str], after: str, indent: str = "") -> str:
    """A list in brackets: on one line where it fits, else one item a line. `before` and `after` hold the brackets."""
    line = before + ", ".join(items) + after
    if len(line) + len(indent) <= WIDTH and "\n" not in line:
        return line
    inner = "".join(f"  {item},\n".replace("\n", "\n  ").rstrip(" ") for item in items)
    return f"{before}\n{inner}{after}"
