"""Commands of a lower stage that are given something of a higher one: `check` counts tokens with a model's renderer and
mends with the guard's repairs, `augment` writes what the guard would say, `teach` asks an engine, `stats` and `tools`
count tokens. In: a command's configuration. Out: its report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def check_with_others(config: Any, *, console: Any) -> Any:
    """`calltune check`; where a model is named, rows longer than it can hold are bad too, and `--fix` takes the guard's
    repairs."""
    from dataclasses import replace

    from calltune.data import check

    mend = None if config.fix is None else mend_recorded_call
    if config.model is None:
        return check(config, console=console, mend=mend)
    from calltune.render.renderer import load_renderer
    from calltune.render.source import context_length, resolve_model

    source = resolve_model(config.model)
    renderer, _ = load_renderer(source)
    if config.max_tokens is None:
        config = replace(config, max_tokens=context_length(source))

    def longest(row: Any) -> int:
        return max(len(part) for part in renderer.render(row))

    return check(config, console=console, measure=longest, mend=mend)


def stats_with_tokens(config: Any, *, console: Any) -> Any:
    """`calltune stats`; where a model is named, lengths are its tokens."""
    from calltune.data.stats import stats

    if config.model is None:
        return stats(config, console=console)
    from collections import Counter

    from calltune.render.renderer import load_renderer
    from calltune.render.source import resolve_model

    renderer, _ = load_renderer(resolve_model(config.model))

    def count_tokens(row: Any) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for part in renderer.render(row):
            counts.update(part.counts())
        return dict(counts)

    return stats(config, console=console, count_tokens=count_tokens)


def mend_recorded_call(toolset: Any, name: str, written: Any) -> tuple[dict[str, Any], tuple[Any, ...]] | None:
    """A call that stands in a row, mended as the guard would mend it before it runs; None where that is not enough."""
    from calltune.data.fix import Change
    from calltune.guard.checked import checked
    from calltune.guard.repair import RECORDED
    from calltune.render.parse import ToolCall

    text = written if isinstance(written, str) else None
    call = ToolCall(name=name, arguments=None if text is not None else written, arguments_text=text)
    found = checked(toolset, call, RECORDED, recorded=True)
    if found.problems or not isinstance(found.call.arguments, dict):
        return None
    changes = tuple(
        Change(kind=one.kind, pointer=one.pointer.removeprefix("/arguments"), before=one.before, after=one.after)
        for one in found.repairs
    )
    return found.call.arguments, changes


def tools_with_tokens(config: Any, *, console: Any) -> Any:
    """`calltune tools`; where a model is named, with the tokens that each tool costs it."""
    from calltune.contract.command import tools

    if config.model is None:
        return tools(config, console=console)
    from calltune.render.renderer import load_renderer
    from calltune.render.source import context_length, resolve_model

    source = resolve_model(config.model)
    renderer, _ = load_renderer(source)
    question = [{"role": "user", "content": "Hello."}]
    return tools(
        config,
        console=console,
        measure=lambda offered: len(renderer.prompt_ids(question, offered)),
        context=context_length(source),
    )


def augment_with_guard(config: Any, *, console: Any) -> Any:
    """`calltune augment`; what the made rows say in the guard's place is what the guard says."""
    from calltune.data.augment import augment
    from calltune.guard.rehearsal import Rehearsal

    return augment(config, console=console, texts=Rehearsal())


def teach_with_engine(config: Any, *, console: Any) -> Any:
    """`calltune teach`, with any engine as the teacher."""
    from calltune.data.augment.teach_command import teach
    from calltune.generate.teacher import teacher_of

    return teach(config, console=console, teacher_of=teacher_of)


COMPOSED: dict[str, Callable[..., Any]] = {
    "augment": augment_with_guard,
    "check": check_with_others,
    "stats": stats_with_tokens,
    "teach": teach_with_engine,
    "tools": tools_with_tokens,
}
"""By the name of the command."""
