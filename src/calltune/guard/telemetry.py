"""Spans for OpenTelemetry, named as its semantic conventions for generative AI name them (`gen_ai.*`, 1.3x). Nothing
happens where the library `opentelemetry-api` is not installed. Arguments and results are left out: they may be
secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any


@contextmanager
def span(operation: str, subject: str, **attributes: Any) -> Iterator[Any]:
    """A span `{operation} {subject}`; gives the span, or None without the library. Attributes are named with `__` for
    a dot, and `gen_ai.` is put in front."""
    tracer = _tracer()
    if tracer is None:
        yield None
        return
    named = {f"gen_ai.{name.replace('__', '.')}": value for name, value in attributes.items() if value is not None}
    named["gen_ai.operation.name"] = operation
    # an exception's text may hold what was said
    options = {"attributes": named, "record_exception": False, "set_status_on_exception": False}
    with tracer.start_as_current_span(f"{operation} {subject}", **options) as current:
        try:
            yield current
        except BaseException as error:
            failed(current, type(error).__name__)
            raise


def failed(current: Any, kind: str) -> None:
    """Mark a span as failed."""
    if current is None:
        return
    from opentelemetry.trace import Status, StatusCode

    current.set_attribute("error.type", kind)
    current.set_status(Status(StatusCode.ERROR, kind))


def note(current: Any, **attributes: Any) -> None:
    """Put facts on a span, `calltune.` in front."""
    if current is not None:
        for name, value in attributes.items():
            current.set_attribute(f"calltune.{name}", value)


@cache
def _tracer() -> Any:
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace.get_tracer("calltune")
