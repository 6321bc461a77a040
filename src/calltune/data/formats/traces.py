"""Trace exports of LangSmith and Langfuse. In: a run or an observation (or a trace with its observations), `input` and
`output` as they logged them. Out: one row for each call of a model; where the messages of one are the beginning of
another's, the longer row stands for both. Times, costs and ids of the trace are left behind and told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from calltune.contract import parse_json
from calltune.data.formats import anthropic, openai
from calltune.data.formats.langchain import openai_message
from calltune.data.formats.reading import MARK, Evidence, Notes, Record, Refused, Row, note

MAX_RUNS = 10_000
_LANGSMITH = ("run_type", "dotted_order", "trace_id", "session_id", "parent_run_id")
_LANGFUSE = ("traceId", "trace_id", "parentObservationId", "observations", "completionStartTime", "projectId")


def detect_langsmith(record: Record) -> Evidence | None:
    """A run: `run_type` or its siblings beside `inputs`; or an example of a data set with `inputs` and `outputs`."""
    if isinstance(record.get("inputs"), dict):
        if any(key in record for key in _LANGSMITH):
            return Evidence(MARK, "a run with 'inputs' and 'outputs'")
        if isinstance(record.get("outputs"), dict):
            return Evidence(MARK, "an example with 'inputs' and 'outputs'")
    return None


def detect_langfuse(record: Record) -> Evidence | None:
    """An observation or a trace."""
    if isinstance(record.get("observations"), list):
        return Evidence(MARK, "a trace with 'observations'")
    if "input" in record and "output" in record and any(key in record for key in _LANGFUSE):
        return Evidence(MARK, "an observation with 'traceId', 'input' and 'output'")
    return None


def read_langsmith(record: Record, notes: Notes) -> list[Row]:
    """The model calls of a run and of the runs below it."""
    return _rows(record, "child_runs", "run_type", ("llm",), notes)


def read_langfuse(record: Record, notes: Notes) -> list[Row]:
    """The generations of a trace, or the one observation."""
    return _rows(record, "observations", "type", ("GENERATION", "generation"), notes)


def _rows(record: Record, below: str, key: str, wanted: tuple[str, ...], notes: Notes) -> list[Row]:
    rows: list[Row] = []
    reasons: list[Refused] = []
    for run in _runs(record, below):
        kind = run.get(key)
        if kind is not None and kind not in wanted:
            if run is not record:
                note(notes, "not a model call", f"a run of the kind {str(kind)[:40]!r} is no conversation.")
            else:
                reasons.append(Refused("not a model call", f"it is of the kind {str(kind)[:40]!r}."))
            continue
        if run is record and record.get(below) and kind is None:
            continue  # a trace repeats what its generations say
        try:
            rows.append(_row(run, notes))
        except Refused as refused:
            reasons.append(refused)
            if run is not record:
                note(notes, refused.kind, f"a model call of the trace is left out: {refused.why}")
    if not rows:
        raise reasons[-1] if reasons else Refused("not a model call", "it holds no call of a model.")
    note(notes, "times, costs and ids of the trace", "they are no part of a conversation.")
    return _longest(rows, notes)


def _runs(record: Record, below: str) -> Iterator[Record]:
    waiting, seen = [record], 0
    while waiting:
        run = waiting.pop()
        seen += 1
        if seen > MAX_RUNS:
            raise Refused("too large", f"the trace holds more than {MAX_RUNS:,} runs.")
        yield run
        children = run.get(below)
        waiting += (
            [child for child in reversed(children) if isinstance(child, dict)] if isinstance(children, list) else []
        )


def _row(run: Record, notes: Notes) -> Row:
    asked = _data(run.get("inputs", run.get("input")))
    answered = _data(run.get("outputs", run.get("output")))
    said = [*_messages(asked), *_answers(answered, notes)]
    extra = run["extra"] if isinstance(run.get("extra"), dict) else {}
    parameters = run.get("modelParameters")
    places = (asked, extra.get("invocation_params"), extra.get("metadata"), parameters, run.get("metadata"))
    tools = next((p[k] for p in places if isinstance(p, dict) for k in ("tools", "functions") if p.get(k)), None)
    offered = [message["content"] for message in said if _is_tool(message)]
    said = [message for message in said if not _is_tool(message)]
    record: Record = {"id": run["id"]} if isinstance(run.get("id"), str) else {}
    if tools is not None or offered:
        record["tools"] = offered if tools is None else _data(tools)
    if all(isinstance(message, dict) and "role" in message for message in said) and anthropic.detect(
        {"messages": said}
    ):
        system = [message.get("content") for message in said if message["role"] == "system"]
        system += [asked["system"]] if isinstance(asked, dict) and asked.get("system") else []
        if len(system) > 1:
            raise Refused("unreadable message", "there are several system prompts.")
        turns = [message for message in said if message["role"] != "system"]
        return anthropic.read({**record, "system": next(iter(system), None), "messages": turns}, notes)[0]
    return openai.read({**record, "messages": [openai_message(message) for message in said]}, notes)[0]


def _is_tool(message: Any) -> bool:
    """The callback of Langfuse for LangChain logs the tools that are offered as messages at the end of the input."""
    content = message.get("content") if isinstance(message, dict) and message.get("role") == "tool" else None
    if not isinstance(content, dict) or message.get("tool_call_id") is not None:
        return False
    return isinstance(content.get("function"), dict) or ("name" in content and "input_schema" in content)


def _messages(asked: Any) -> list[Any]:
    """The messages of a request: a list, one under `messages`, or a list of batches of which one is filled."""
    found = asked.get("messages", asked.get("input")) if isinstance(asked, dict) else asked
    if isinstance(found, str):
        return [{"role": "user", "content": found}]
    if isinstance(found, list) and len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    if not isinstance(found, list) or not found:
        raise Refused("no messages", "its input holds no list of messages.")
    return found


def _answers(answered: Any, notes: Notes) -> list[Any]:
    """The message that came back, wherever the library put it."""
    if isinstance(answered, str):
        return [{"role": "assistant", "content": answered}]
    if isinstance(answered, list) and answered:
        return answered
    if isinstance(answered, dict):
        if isinstance(choices := answered.get("choices"), list) and choices and isinstance(choices[0], dict):
            _note_others(choices, notes)
            return [choices[0].get("message")]
        if isinstance(generations := answered.get("generations"), list) and generations:
            alike = generations[0] if isinstance(generations[0], list) and generations[0] else generations
            _note_others(alike, notes)
            first = alike[0]
            if isinstance(first, dict):
                return [first.get("message") or {"role": "assistant", "content": first.get("text")}]
        for key in ("message", "output", "messages"):
            if answered.get(key):
                found = answered[key]
                return found if isinstance(found, list) else _answers(found, notes)
        if "role" in answered or "kwargs" in answered or answered.get("type") in ("ai", "AIMessageChunk"):
            return [answered]
        if "content" in answered or "tool_calls" in answered:
            return [{"role": "assistant", **answered}]
    raise Refused("no answer", "its output holds no message of the assistant.")


def _note_others(answers: list[Any], notes: Notes) -> None:
    if len(answers) > 1:
        note(notes, "other answers", "the model was asked for several; the first one is kept.")


def _longest(rows: list[Row], notes: Notes) -> list[Row]:
    """Without the rows that are the beginning of another."""
    kept: list[Row] = []
    for row in sorted(rows, key=lambda row: -len(row["messages"])):
        if any(longer["messages"][: len(row["messages"])] == row["messages"] for longer in kept):
            note(notes, "beginning of a longer row", "a later call of the trace repeats it; it is in there.")
        else:
            kept.append(row)
    return sorted(kept, key=rows.index)


def _data(value: Any) -> Any:
    """Exports hold inputs as JSON text in places."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        parsed, problems = parse_json(value)
        return value if problems else parsed
    return value
