"""A type expression of pydantic while it is put together. In: its parts. Out: its text, on one line or with one part a
line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

WIDTH = 110


@dataclass(kw_only=True)
class Type:
    """A type expression, the arguments of its `Field`, and its checks."""

    text: str
    limits: dict[str, str] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)

    def written(self) -> str:
        if not self.limits and not self.checks:
            return self.text
        parts = [self.text]
        if self.limits:
            parts.append(f"Field({', '.join(f'{word}={value}' for word, value in self.limits.items())})")
        parts += [f"BeforeValidator({check})" for check in self.checks]
        return call("Annotated[", parts, "]")


def union(parts: list[str]) -> str:
    parts = list(dict.fromkeys(parts))
    if len(parts) == 1:
        return parts[0]
    if any(part.startswith('"') for part in parts) or all(part in ("None", "MISSING") for part in parts):
        return call("Union[", parts, "]")
    if any("\n" in part for part in parts) or sum(map(len, parts)) > WIDTH:
        return call("Union[", parts, "]")
    return " | ".join(parts)


def python(value: Any) -> str:
    """JSON data as Python; strings in double quotes where that needs no escape."""
    if isinstance(value, str):
        written = repr(value)
        return f'"{written[1:-1]}"' if written[0] == "'" and '"' not in written and "\\'" not in written else written
    if isinstance(value, list):
        return "[" + ", ".join(map(python, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{python(name)}: {python(item)}" for name, item in value.items()) + "}"
    return repr(value)


def call(before: str, parts: list[str], after: str) -> str:
    """Parts in brackets, one a line where they do not fit on one."""
    line = before + ", ".join(parts) + after
    if len(line) <= WIDTH - 20 and "\n" not in line:
        return line
    inner = "".join(f"    {indented(part)},\n" for part in parts)
    return f"{before}\n{inner}{after}"


def indented(text: str) -> str:
    return text.replace("\n", "\n    ")
