"""Whoever changes the log is found out, and no secret is in it."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from calltune.contract import Tool, Toolset
from calltune.errors import DataError
from calltune.generate import ScriptedEngine
from calltune.guard import Audit, Guard, approve
from calltune.guard.audit import read_log
from calltune.guard.audit_command import AuditConfig, AuditReport, audit
from calltune.guard.secrets import Secrets

TOOLS = Toolset(
    [
        Tool(
            name="log_in",
            description="Log in.",
            parameters={
                "type": "object",
                "properties": {
                    "user": {"type": "string"},
                    "pin": {"type": "string", "pattern": "^[0-9]{4}$", "writeOnly": True},
                    "card": {
                        "type": "object",
                        "properties": {"number": {"type": "integer", "writeOnly": True}, "name": {"type": "string"}},
                    },
                },
                "required": ["user", "pin"],
            },
            returns={"type": "object", "properties": {"token": {"type": "string", "writeOnly": True}}},
        )
    ]
)


def report(path: Path, action: Any = "verify", **options: Any) -> tuple[AuditReport, str]:
    console = Console(file=io.StringIO(), width=300)
    found = audit(AuditConfig(action=action, file=path, **options), console=console)
    found.show(console)
    json.dumps(found.to_json())
    return found, console.file.getvalue()  # type: ignore[attr-defined]


def written(path: Path, records: int = 5) -> list[str]:
    log = Audit(path, sync=False)
    for number in range(records):
        log.write("decision", {"decision": "calls", "calls": [], "number": number})
    log.close()
    return path.read_text().splitlines(keepends=True)


def test_a_log_that_nobody_touched_is_whole(tmp_path: Path) -> None:
    written(tmp_path / "log", 3)
    written(tmp_path / "log", 2)
    found, shown = report(tmp_path / "log")
    assert (found.exit_code, found.records) == (0, 5) and "the chain is whole" in shown
    assert found.last_hash == json.loads((tmp_path / "log").read_text().splitlines()[-1])["hash"]


@given(data=st.data())
def test_any_change_to_a_record_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("audit") / "log"
    lines = written(path)
    place = data.draw(st.integers(0, 3))  # the last one can only be proven with its hash kept elsewhere
    kind = data.draw(st.sampled_from(["change", "remove", "swap", "repeat", "insert"]))
    match kind:
        case "change":
            lines[place] = lines[place].replace('"number":', '"Number":')
        case "remove":
            del lines[place]
        case "swap":
            lines[place], lines[place + 1] = lines[place + 1], lines[place]
        case "repeat":
            lines.insert(place, lines[place])
        case "insert":
            record = json.loads(lines[place])
            lines.insert(place, json.dumps(record | {"data": {}}) + "\n")
    path.write_text("".join(lines))
    found, shown = report(path)
    assert found.exit_code == 1 and "BROKEN" in shown


def test_a_record_torn_by_a_crash_stays_and_the_chain_goes_on(tmp_path: Path) -> None:
    lines = written(tmp_path / "log")
    with (tmp_path / "log").open("a") as file:
        file.write(lines[-1][:40])
    written(tmp_path / "log", 2)
    found, shown = report(tmp_path / "log")
    assert (found.exit_code, found.records, found.unreadable) == (0, 7, [6]) and "a crash?" in shown


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"[]\n5\nnull\n", b"\xff\xfe\n", b'{"seq": 0, "hash": 1}\n', b"{" * 9000]
)
def test_a_file_that_is_no_log_is_reported_not_raised(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "log").write_bytes(content)
    found, _ = report(tmp_path / "log")
    assert found.records == 0


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read"):
        list(read_log(tmp_path / "none"))


def test_several_threads_write_one_chain(tmp_path: Path) -> None:
    import threading

    logs = [Audit(tmp_path / "log", sync=False) for _ in range(4)]
    threads = [threading.Thread(target=lambda log=log: [log.write("x", {}) for _ in range(25)]) for log in logs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found, _ = report(tmp_path / "log")
    assert (found.exit_code, found.records) == (0, 100)


def call(arguments: Any) -> str:
    return f"<tool_call>{json.dumps({'name': 'log_in', 'arguments': arguments})}</tool_call>"


@pytest.mark.parametrize(
    "completion",
    [
        call({"user": "ann", "pin": "7391"}),
        call({"user": "ann", "pin": "7391 "}),
        call({"user": "ann", "pin": 7391}),
        call({"pin": "7391"}),
        call({"user": "ann", "pin": ["7391"]}),
        call({"user": "ann", "pin": "1111", "card": {"number": 7391, "name": "A"}}),
        call({"user": "ann", "pin": "1111", "card": {"number": "7391"}}),
        call({"user": "ann", "pin": "1111", "card": "7391"}),
        call({"user": "ann", "pin": "1111", "kard": "7391"}),
        call("7391"),
        call(7391),
        '<tool_call>{"name": "login", "arguments": {"pin": "7391"}}</tool_call>',
        '<tool_call>{"name": "log_in", "arguments": {"user": "ann", "pin": "7391"',
        "<tool_call>{'name': 'log_in', 'arguments': {'user': 'ann', 'pin': '7391',}}</tool_call>",
    ],
)
def test_a_secret_never_reaches_the_log(tmp_path: Path, completion: str) -> None:
    guard = Guard(TOOLS, audit=Audit(tmp_path / "log"), functions={"log_in": lambda **given: {"token": "7391"}})
    outcome = guard.check(completion)
    if outcome.decision == "calls":
        asyncio.run(guard.execute(outcome, run="r", step=0))
    text = (tmp_path / "log").read_text()
    assert "7391" not in text and "decision" in text
    assert report(tmp_path / "log")[0].exit_code == 0


def test_what_is_no_secret_is_shown(tmp_path: Path) -> None:
    guard = Guard(TOOLS, audit=Audit(tmp_path / "log"), functions={"log_in": lambda **given: {"token": "t"}})
    outcome = guard.check(call({"user": "ann", "pin": "7391", "card": {"name": "Ann B"}}))
    asyncio.run(guard.execute(outcome, run="r", step=0))
    found, shown = report(tmp_path / "log", "show")
    assert "ann" in shown and "Ann B" in shown and shown.count("[redacted]") >= 3
    assert [record["event"] for record in found.shown] == ["decision", "result"]
    assert len(report(tmp_path / "log", "show", last=1)[0].shown) == 1


def test_numbers_and_texts_that_canonical_json_cannot_carry_are_written_all_the_same(tmp_path: Path) -> None:
    log = Audit(tmp_path / "log")
    log.write("x", {"big": 2**70, "nan": float("nan"), "half": "\ud800", "long": "a" * 100_000, "deep": [[[{}]]]})
    found, _ = report(tmp_path / "log")
    assert (found.exit_code, found.records) == (0, 1)


def test_a_schema_without_secrets_changes_nothing() -> None:
    assert Secrets({"type": "object", "properties": {"a": {"type": "string"}}}).redacted({"a": "b"}) == {"a": "b"}


MARK = {"type": "string", "writeOnly": True}


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"pw": MARK}},
        {"patternProperties": {"^pw": MARK}, "additionalProperties": {"type": "string"}},
        {"properties": {"pw": {"type": "string"}}, "allOf": [{"properties": {"pw": MARK}}]},
        {"properties": {"pw": {}}, "if": {"required": ["x"]}, "then": {"properties": {"pw": MARK}}},
        {"anyOf": [{"properties": {"pw": MARK}}, {"properties": {"pw": {"type": "string"}}}]},
        {"properties": {"pw": {"$ref": "#/$defs/pw"}}, "$defs": {"pw": MARK}},
        {"additionalProperties": MARK},
    ],
)
def test_a_value_is_a_secret_if_any_part_of_the_schema_says_so(schema: dict[str, Any]) -> None:
    secrets = Secrets(schema)
    assert secrets.redacted({"pw": "hunter2"}) == {"pw": "[redacted]"}
    assert secrets.texts({"pw": "hunter2"}) == {"hunter2"} and secrets.at(["pw"]) and secrets.at([])


def test_a_secret_that_is_quoted_elsewhere_is_not_written(tmp_path: Path) -> None:
    def log_in(user: str, pin: str, **more: Any) -> Any:
        raise ValueError(f"cannot log in with {pin}")

    schema = {
        "type": "object",
        "properties": {"user": {"type": "string"}, "pin": {"type": "string", "writeOnly": True}},
    }
    tools = Toolset([Tool(name="log_in", parameters=schema | {"required": ["user", "pin"]})])
    guard = Guard(tools, audit=Audit(tmp_path / "log"), functions={"log_in": log_in})
    said = "I use 73917391 as the pin. " + call({"user": "ann", "pin": "73917391"})
    outcome = guard.check(said)
    results = asyncio.run(guard.execute(outcome, run="r", step=0))
    assert "73917391" in results[0].detail and "73917391" in outcome.reply
    engine = ScriptedEngine([call({"user": "ann", "pin": [f"7391739{n}"]}) for n in range(3)])
    assert guard.run([{"role": "user", "content": "Hi"}], engine).decision == "fallback"
    text = (tmp_path / "log").read_text()
    assert "7391739" not in text and '"event":"run"' in text


def test_a_record_that_is_too_long_is_cut_and_the_log_is_whole(tmp_path: Path) -> None:
    log = Audit(tmp_path / "log")
    log.write("x", {"value": ["\u00e9" * 16_000] * 500})
    log.write("x", {"value": 1})
    found, _ = report(tmp_path / "log")
    assert (found.exit_code, found.records, found.unreadable) == (0, 2, [])


def test_what_happened_before_a_cancelled_call_is_on_record(tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    tools = Toolset([Tool(name="act", parameters=schema)])

    async def act(n: int) -> int:
        await asyncio.sleep(0 if n == 1 else 60)
        return n

    async def main() -> None:
        guard = Guard(tools, functions={"act": act}, audit=Audit(tmp_path / "log"))
        calls = [f"<tool_call>{json.dumps({'name': 'act', 'arguments': {'n': n}})}</tool_call>" for n in (1, 2)]
        outcome = guard.check("".join(calls))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(guard.execute(outcome, run="r", step=0), 0.5)
        assert [entry["state"] for entry in guard.executor.ledger.unsettled()] == ["unknown"]

    asyncio.run(main())
    records = report(tmp_path / "log", "show")[0].shown
    assert [record["event"] for record in records] == ["decision", "result"]
    assert records[1]["data"]["value"] == 1 and records[1]["data"]["run"] == "r"


def test_a_yes_is_on_record_with_who_said_it(tmp_path: Path) -> None:
    policy = {"calltune_policy": 1, "default": "approve"}
    guard = Guard(Toolset([Tool(name="log_in")]), audit=Audit(tmp_path / "log"), policy=policy)
    outcome = guard.check(call({}))
    guard.approved(outcome, approve(outcome.proposed, by="boss"))
    records = report(tmp_path / "log", "show")[0].shown
    assert [record["event"] for record in records] == ["decision", "approval", "decision"]
    assert records[1]["data"]["by"] == "boss"
    assert records[1]["data"]["calls"] == [{"name": "log_in", "digest": records[0]["data"]["calls"][0]["digest"]}]
