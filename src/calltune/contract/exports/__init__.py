"""A contract in the words of others. In: a `Toolset` and the name of a form. Out: its text, and what of the contract it
does not hold."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Literal, get_args

from ..not_carried import NotCarried
from ..toolset import Toolset

Form = Literal["openai", "anthropic", "mcp", "jsonschema", "pydantic", "zod", "typescript"]
FORMS: tuple[Form, ...] = get_args(Form)

Written = tuple[str, tuple[NotCarried, ...]]


def export(toolset: Toolset, form: Form, *, out: Path | None = None) -> Written:
    """The contract in a form, and what could not be said. Zod is written as JavaScript where `out` ends in .js or
    .mjs."""
    from . import json_forms
    from .pydantic_code import pydantic_code
    from .typescript_code import typescript_code
    from .zod_code import zod_code

    typed = out is None or out.suffix not in (".js", ".mjs")
    writers: dict[Form, Callable[[Toolset], Written]] = {
        "openai": json_forms.openai,
        "anthropic": json_forms.anthropic,
        "mcp": json_forms.mcp,
        "jsonschema": json_forms.jsonschema,
        "pydantic": pydantic_code,
        "zod": partial(zod_code, typed=typed),
        "typescript": typescript_code,
    }
    return writers[form](toolset)
