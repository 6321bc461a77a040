"""Runs, model calls and tool calls are spans with the names of the semantic conventions, without what was said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from calltune.contract import Tool, Toolset
from calltune.generate import ScriptedEngine
from calltune.guard import Guard, telemetry

SECRET = "4711"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "_tracer", lambda: provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


def test_a_run_its_model_calls_and_its_tool_calls_are_spans(spans: Any) -> None:
    def look(pin: str) -> str:
        raise RuntimeError(SECRET)

    schema = {"type": "object", "properties": {"pin": {"type": "string"}}}
    tools = Toolset([Tool(name="look", parameters=schema, effect="read")])
    call = f"<tool_call>{json.dumps({'name': 'look', 'arguments': {'pin': SECRET}})}</tool_call>"
    Guard(tools, functions={"look": look}).run([{"role": "user", "content": "Look."}], ScriptedEngine([call, "No."]))
    found = {span.name: span for span in spans.get_finished_spans()}
    assert list(found) == ["chat scripted", "execute_tool look", "invoke_agent calltune"]
    tool = found["execute_tool look"]
    assert tool.attributes["gen_ai.operation.name"] == "execute_tool"
    assert tool.attributes["gen_ai.tool.name"] == "look" and tool.attributes["error.type"] == "failed"
    assert tool.parent.span_id == found["invoke_agent calltune"].context.span_id
    assert found["invoke_agent calltune"].attributes["calltune.decision"] == "reply"
    assert SECRET not in str([span.to_json() for span in spans.get_finished_spans()])


def test_without_the_library_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "_tracer", lambda: None)
    with telemetry.span("chat", "x") as span:
        assert span is None
    telemetry.failed(span, "x")
    telemetry.note(span, a=1)
