"""A chat shows every call with its verdict and runs only what may run."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.contract import Tool, Toolset
from calltune.errors import ConfigError, ContractError
from calltune.generate import ScriptedEngine
from calltune.guard.chat import ChatConfig, ChatReport, chat
from calltune.train import TrainConfig
from calltune.train.run_folder import ADAPTER, describe

FUNCTIONS = '''
from calltune.contract import tool

@tool(effect="read")
def read_clock(zone: str) -> str:
    """The time in a zone."""
    if zone == "Mars":
        raise ValueError("no such zone")
    return "noon in " + zone

def send(text: str, copies: int = 1) -> dict:
    """Send a message."""
    return {"sent": copies}
'''


def call(name: str, arguments: Any) -> str:
    return f"<tool_call>{json.dumps({'name': name, 'arguments': arguments})}</tool_call>"


def typed(lines: Sequence[str]) -> Callable[[str], str]:
    remaining = iter(lines)

    def read(prompt: str) -> str:
        try:
            return next(remaining)
        except StopIteration:
            raise EOFError from None

    return read


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    tools = [
        Tool(
            name="read_clock",
            description="The time.",
            parameters={"type": "object", "properties": {"zone": {"type": "string"}}, "required": ["zone"]},
            effect="read",
        ),
        Tool(
            name="send", description="Send.", parameters={"type": "object", "properties": {"text": {"type": "string"}}}
        ),
    ]
    Toolset(tools).save(tmp_path / "tools.json")
    return tmp_path / "tools.json"


def talk(contract: str | Path, script: list[Any], lines: Sequence[str], **options: Any) -> tuple[ChatReport, str, Any]:
    console = Console(file=io.StringIO(), width=200)
    engine = ScriptedEngine(script)
    config = ChatConfig(**{"model": "scripted", "tools": str(contract), **options})
    report = chat(config, console=console, read=typed(lines), engine=engine)
    report.show(console)
    return report, console.file.getvalue(), engine  # type: ignore[attr-defined]


def test_a_reply_is_shown_and_kept(contract: Path) -> None:
    report, shown, engine = talk(contract, ["Hello.", "Bye."], ["hi", "", "bye"], system="Be brief.")
    assert "model> Hello." in shown
    assert [m["role"] for m in report.messages] == ["system", "user", "assistant", "user", "assistant"]
    assert len(engine.requests[1].messages) == 4


def test_an_accepted_call_asks_the_user_for_its_result_when_there_is_no_function(contract: Path) -> None:
    script = [call("read_clock", {"zone": "UTC"}), "It is noon."]
    report, shown, engine = talk(contract, script, ["time?", '{"time": "noon"}'])
    assert 'read_clock({"zone": "UTC"})  accepted' in shown
    roles = [m["role"] for m in engine.requests[1].messages]
    assert roles == ["user", "assistant", "tool"]
    assistant, result = engine.requests[1].messages[1:]
    assert assistant["tool_calls"][0]["function"]["arguments"] == {"zone": "UTC"}
    assert result["tool_call_id"] == assistant["tool_calls"][0]["id"]
    assert result["content"] == '{"time": "noon"}'
    assert (report.accepted, report.executed) == (1, 0)


def test_no_result_ends_the_turn_and_the_conversation_goes_on(contract: Path) -> None:
    report, _, _engine = talk(contract, [call("read_clock", {"zone": "UTC"}), "Hi."], ["time?", "", "hello"])
    assert [m["role"] for m in report.messages] == ["user", "assistant", "tool", "user", "assistant"]
    assert "not run" in report.messages[2]["content"]


def test_a_rejected_call_goes_back_to_the_model_once_with_the_reasons(contract: Path) -> None:
    script = [call("read_clock", {"place": "UTC"}), call("read_clock", {"zone": "UTC"}), "Noon."]
    report, shown, engine = talk(contract, script, ["time?", "noon"])
    assert "rejected" in shown and "sent back to the model once" in shown
    sent_back = engine.requests[1].messages
    assert [m["role"] for m in sent_back] == ["user", "assistant", "tool"]
    assert "place" in sent_back[2]["content"] and "Expected" in sent_back[2]["content"]
    assert (report.accepted, report.rejected) == (1, 1)


def test_a_turn_that_cannot_be_read_goes_back_as_text(contract: Path) -> None:
    report, _, engine = talk(contract, ['<tool_call>{"name": "se', "Sorry."], ["send it"])
    assert [m["role"] for m in engine.requests[1].messages] == ["user", "assistant", "user"]
    assert report.messages[-1]["content"] == "Sorry."


def test_a_second_rejection_gives_up_and_forgets_the_turn(contract: Path) -> None:
    bad = call("read_clock", {"zone": 5})
    report, shown, _ = talk(contract, [bad, bad, "Hello."], ["time?", "hi"])
    assert report.rejected == 2 and "is forgotten" in shown
    assert [m["content"] for m in report.messages] == ["hi", "Hello."]


def test_rounds_are_bounded(contract: Path) -> None:
    loop = [call("read_clock", {"zone": "UTC"})] * 3
    report, shown, _ = talk(contract, loop, ["time?", "1", "2", "3"], max_rounds=3)
    assert "stopped after 3 turns" in shown and report.messages == []


@pytest.fixture
def functions(tmp_path: Path) -> str:
    (tmp_path / "my_functions.py").write_text(FUNCTIONS, encoding="utf-8")
    return str(tmp_path / "my_functions.py")


def test_a_write_runs_only_after_a_yes(functions: str) -> None:
    script = [call("send", {"text": "a"}), "Not sent.", call("send", {"text": "b"}), "Sent."]
    report, _shown, engine = talk(functions, script, ["send a", "n", "send b", "y"])
    assert report.executed == 1
    assert "does not want it to run" in engine.requests[1].messages[2]["content"]
    assert engine.requests[3].messages[-1]["content"] == '{"sent": 1}'


def test_a_policy_asks_the_person_and_the_no_is_on_record(functions: str, tmp_path: Path) -> None:
    policy, log = tmp_path / "policy.yaml", tmp_path / "log"
    policy.write_text("calltune_policy: 1\ndefault: approve\n", encoding="utf-8")
    script = [call("read_clock", {"zone": "UTC"}), "Then not.", call("read_clock", {"zone": "UTC"}), "Noon."]
    report, _shown, engine = talk(functions, script, ["time?", "n", "time?", "y"], policy=policy, audit=log)
    assert report.executed == 1 and "does not want it" in engine.requests[1].messages[2]["content"]
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events == ["decision", "declined", "decision", "decision", "approval", "decision", "result", "decision"]


def test_a_yes_to_a_turn_of_two_calls_runs_both(functions: str, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("calltune_policy: 1\ndefault: approve\n", encoding="utf-8")
    both = call("read_clock", {"zone": "UTC"}) + call("read_clock", {"zone": "CET"})
    report, _, engine = talk(functions, [both, "Noon."], ["times?", "y"], policy=policy)
    assert report.executed == 2
    assert [m["content"] for m in engine.requests[1].messages[2:]] == ['"noon in UTC"', '"noon in CET"']


def test_an_exception_of_a_function_is_shown_to_the_person_and_not_to_the_model(functions: str) -> None:
    script = [call("read_clock", {"zone": "Mars"}), "There is no such zone."]
    report, shown, engine = talk(functions, script, ["time on Mars?"], run="always")
    assert engine.requests[1].messages[2]["content"] == '{"error": "read_clock failed."}'
    assert "ValueError: no such zone" in shown and "Traceback" not in shown and report.executed == 1


def test_a_read_runs_at_once_and_its_result_goes_to_the_model(functions: str) -> None:
    report, shown, engine = talk(functions, [call("read_clock", {"zone": "UTC"}), "Noon."], ["time?"])
    assert engine.requests[1].messages[2]["content"] == '"noon in UTC"'
    assert report.executed == 1 and "noon in UTC" in shown


def test_with_never_nothing_runs(functions: str) -> None:
    report, _, _ = talk(functions, [call("send", {"text": "a"}), "Done."], ["send a", '"typed"'], run="never")
    assert report.executed == 0


def test_commands_show_reset_and_quit(contract: Path) -> None:
    report, shown, engine = talk(
        contract, ["One.", "Two."], ["a", "/tools", "/reset", "/nonsense", "b", "/quit", "never"]
    )
    assert "read_clock (read): The time." in shown and "there is no /nonsense" in shown
    assert len(engine.requests[1].messages) == 1 and report.turns == 2


def test_without_a_contract_it_says_what_to_type() -> None:
    with pytest.raises(ConfigError, match="--tools"):
        chat(ChatConfig(model="base"), console=Console(file=io.StringIO()), read=typed([]))


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    """A run that was trained when `read_clock` needed no zone, and `send` took any text."""
    config = TrainConfig(data="d", tools="tools.json", out=tmp_path / "run")
    resolved = {"model": {"name": "base"}, "template": "calltune", "thinking": "off", "format": "hermes"}
    trained = [Tool(name="read_clock", description="The time."), Tool(name="send", description="Send it.")]
    describe(config, resolved, {}, Toolset(trained))
    (config.out / ADAPTER).touch()
    return config.out


def test_a_run_is_not_used_with_a_contract_that_refuses_what_it_learned(contract: Path, run_folder: Path) -> None:
    with pytest.raises(ContractError, match=r"read_clock: new required argument zone[\s\S]*--drift warn"):
        talk(contract, [], [], model=str(run_folder))
    _, shown, _ = talk(contract, ["Hi."], ["hi"], model=str(run_folder), drift="warn")
    assert "warning: read_clock: new required argument zone" in shown and "warning: send: new argument text" in shown
    _, shown, _ = talk(contract, ["Hi."], ["hi"], model=str(run_folder), drift="allow")
    assert "warning" not in shown


def test_a_pipe_as_input_works_and_is_echoed(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hi\n/quit\n"))
    console = Console(file=io.StringIO(), width=200)
    config = ChatConfig(model="scripted", tools=str(contract))
    report = chat(config, console=console, engine=ScriptedEngine(["Hello."]))
    assert report.turns == 1 and "hi" in console.file.getvalue()  # type: ignore[attr-defined]


def test_markup_in_a_models_text_is_shown_as_it_is(contract: Path) -> None:
    _, shown, _ = talk(contract, ["[bold]x[/bold] [/nonsense]"], ["hi"])
    assert "[bold]x[/bold] [/nonsense]" in shown


def test_control_characters_of_a_model_do_not_reach_the_terminal(contract: Path) -> None:
    strange = call("read_clock", {"zone": "\x1b[2J\ud800"})
    _report, shown, _ = talk(contract, ["a\x1b[31mb\ud800", strange, strange], ["hi", "time?"])
    assert "\x1b" not in shown and "a\\x1b[31mb\\ud800" in shown
