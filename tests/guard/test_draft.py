"""What a model writes is seen while it writes it, and nobody can take a draft for an answer."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Generator, Iterable
from typing import Any

import pytest
from rich.console import Console

from calltune.contract import Tool, Toolset
from calltune.errors import ModelError
from calltune.generate import Completion, ScriptedEngine
from calltune.generate.completion import Chunk
from calltune.guard.chat import ChatConfig, ChatReport, chat
from calltune.guard.draft import HEADING, Draft, split, written

CLOCK = Tool(
    name="read_clock",
    description="The time.",
    parameters={"type": "object", "properties": {"zone": {"type": "string"}}, "required": ["zone"]},
    effect="read",
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class SlowEngine(ScriptedEngine):
    """Waits between words as a model does; `before` runs before each word."""

    def __init__(self, script: Iterable[str], before: Callable[[str], None]) -> None:
        super().__init__(script)
        self.before = before

    def stream(self, *arguments: Any, **options: Any) -> Generator[Chunk, None, None]:
        for chunk in super().stream(*arguments, **options):
            self.before(chunk.text)
            yield chunk


def call(arguments: Any) -> str:
    return f"<tool_call>{json.dumps({'name': 'read_clock', 'arguments': arguments})}</tool_call>"


def talk(engine: ScriptedEngine, lines: list[str], console: Console, tmp_path: Any) -> ChatReport:
    Toolset([CLOCK]).save(tmp_path / "tools.json")
    remaining = iter(lines)

    def read(prompt: str) -> str:
        try:
            return next(remaining)
        except StopIteration:
            raise EOFError from None

    return chat(ChatConfig(tools=str(tmp_path / "tools.json")), console=console, read=read, engine=engine)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("", "", "")),
        ("Hel", ("", "Hel", "")),
        ("<think>a <tool_call>", ("<think>a <tool_call>", "", "")),
        ("<think>a</think>Yes", ("<think>a</think>", "Yes", "")),
        ("a</think>Yes", ("a</think>", "Yes", "")),
        ("Wait.<tool_call>{", ("", "Wait.", "<tool_call>{")),
        ("[TOOL_CALLS]x", ("", "", "[TOOL_CALLS]x")),
    ],
)
def test_a_draft_is_thought_text_and_calls(text: str, parts: tuple[str, str, str]) -> None:
    assert split(text) == parts


def test_on_a_terminal_text_is_seen_before_it_is_complete_and_goes_when_it_is(tmp_path: Any) -> None:
    file = Terminal()
    console = Console(file=file, force_terminal=True, width=80, height=12, legacy_windows=False, _environ={})
    seen: list[bool] = []

    def before(word: str) -> None:
        if word.startswith("<tool_call>"):
            for _ in range(200):  # the screen is drawn eight times a second
                if seen_now := "I have booked it." in file.getvalue():
                    break
                time.sleep(0.02)
            seen.append(seen_now)

    bad = "I have booked it. " + call({"place": "UTC"})
    talk(SlowEngine([bad, "Sorry."], before), ["book it"], console, tmp_path)
    drafted, _, after = file.getvalue().partition("rejected")
    assert seen == [True] and HEADING in drafted
    assert "\x1b[2K" in drafted[drafted.rindex(HEADING) :], "the draft is wiped away before the verdict"
    assert "I have booked it." in after


def test_elsewhere_nothing_is_shown_before_it_is_judged(tmp_path: Any) -> None:
    console = Console(file=io.StringIO(), width=80)
    talk(ScriptedEngine(["Hello there."]), ["hi"], console, tmp_path)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b" not in shown and HEADING not in shown and "model> Hello there." in shown


def test_a_pipe_that_wants_colours_gets_no_movements_of_a_cursor(tmp_path: Any) -> None:
    console = Console(file=io.StringIO(), width=80, force_terminal=True)
    talk(ScriptedEngine(["Hello there."]), ["hi"], console, tmp_path)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert HEADING not in shown and "\x1b[?25" not in shown and "\x1b[2K" not in shown


def test_text_of_a_rejected_turn_is_marked_and_no_reply(tmp_path: Any) -> None:
    console = Console(file=io.StringIO(), width=200)
    bad = "I have booked it. " + call({"place": "UTC"})
    report = talk(ScriptedEngine([bad, '<tool_call>{"name": "re']), ["book it"], console, tmp_path)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "rejected> I have booked it." in shown and 'rejected> <tool_call>{"name": "re' in shown
    assert "model>" not in shown and report.messages == [] and report.rejected == 2


def test_a_thought_is_shown_as_one(tmp_path: Any) -> None:
    console = Console(file=io.StringIO(), width=200)
    report = talk(ScriptedEngine(["<think>They greet.</think>\nHello."]), ["hi"], console, tmp_path)
    assert "thought> They greet.\nmodel> Hello." in console.file.getvalue()  # type: ignore[attr-defined]
    assert report.messages[-1]["content"] == "Hello."


def test_ctrl_c_stops_an_answer_and_the_conversation_goes_on_without_it(tmp_path: Any) -> None:
    def before(word: str) -> None:
        if word.startswith("endless"):
            raise KeyboardInterrupt

    console = Console(file=io.StringIO(), width=200)
    engine = SlowEngine(["One.", "It is an endless story.", "Three."], before)
    report = talk(engine, ["first", "tell me", "third"], console, tmp_path)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert [m["content"] for m in report.messages] == ["first", "One.", "third", "Three."]
    assert "stopped.\nWhat you said last, and what followed, is forgotten." in shown and "endless" not in shown


def test_ctrl_c_before_the_first_word_leaves_nothing_that_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.live import Live

    console = Console(file=Terminal(), force_terminal=True, width=80, height=12, _environ={})
    refresh, lives = Live.refresh, list[Live]()

    def interrupted(self: Live) -> None:
        refresh(self)
        if self not in lives:
            lives.append(self)
            raise KeyboardInterrupt

    monkeypatch.setattr(Live, "refresh", interrupted)
    with pytest.raises(KeyboardInterrupt):
        written((Chunk(word) for word in "ab"), console)
    (live,) = lives
    assert not live.is_started and (live._refresh_thread is None or live._refresh_thread.done.is_set())


def test_a_draft_longer_than_the_screen_shows_its_end_and_steers_no_terminal() -> None:
    console = Console(file=io.StringIO(), width=40, height=6)
    draft = Draft()
    draft.text = "\n".join(f"line {number}" for number in range(50)) + " \x1b[2J"
    console.print(draft)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert [line.strip() for line in lines] == [HEADING, "line 46", "line 47", "line 48", "line 49 \\x1b[2J"]


def test_a_stream_without_an_end_is_an_error_and_is_closed() -> None:
    closed: list[bool] = []

    def chunks() -> Generator[Chunk, None, None]:
        try:
            yield Chunk("a")
        finally:
            closed.append(True)

    with pytest.raises(ModelError, match="without its end"):
        written(chunks(), Console(file=io.StringIO()))
    assert closed == [True]


def test_the_embedded_model_writes_the_same_as_a_stream() -> None:
    torch = pytest.importorskip("torch")
    from calltune.generate import LocalEngine, Request

    torch.set_num_threads(1)
    engine = LocalEngine.load("base", device="cpu", dtype="float32")
    request = Request(({"role": "user", "content": "What time is it in Oslo?"},), tuple(Toolset([CLOCK]).to_openai()))
    (whole,) = engine.complete([request], max_tokens=60)
    streamed = written(engine.stream(request, max_tokens=60), Console(file=io.StringIO()))
    assert isinstance(streamed, Completion) and streamed.ids == whole.ids and whole.text
