"""A teacher writes rows: what is kept, what is thrown away and why, and that nothing is asked twice."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from calltune.contract import Tool, Toolset, tool
from calltune.data import Conversation, check_row
from calltune.data.augment.teacher import TeacherReport, write_rows
from calltune.data.augment.teacher_checks import (
    Example,
    NearDuplicates,
    RejectedError,
    agrees,
    check_task,
    read_example,
    try_calls,
)
from calltune.data.augment.teacher_prompts import Task, task_of
from calltune.errors import ConfigError
from calltune.generate import Completion, Request, ScriptedEngine
from calltune.generate.teacher import Teacher, teacher_of

CITIES = [
    f"{head}{end}" for head in ("Nor", "Sel", "Var", "Kol", "Tim", "Ber") for end in ("ville", "ford", "ham", "ik")
]
WEATHER = Tool(
    name="get_weather",
    description="Weather for a city.",
    parameters={
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "integer", "minimum": 1, "maximum": 7, "default": 1},
            "unit": {"enum": ["celsius", "fahrenheit"]},
        },
        "required": ["city"],
    },
    effect="read",
)
TOOLS = Toolset([WEATHER])


def wanted(prompt: str) -> str:
    return "ask" if "(form: ask)" in prompt else "refuse" if "(form: refuse)" in prompt else "calls"


def good(request: Request) -> str:
    """A teacher who does as told; every question is another."""
    prompt = request.messages[-1]["content"]
    if request.messages[0]["content"].startswith("You are an assistant"):
        return solve(prompt)
    number = int(prompt.split("example number ")[1].split(";")[0])
    city = CITIES[number % len(CITIES)]
    if wanted(prompt) == "ask":
        return json.dumps({"question": f"Weather number {number * 7919} please", "ask": "Which city?"})
    if wanted(prompt) == "refuse":
        return json.dumps({"question": f"Cook {number * 7907} eggs in {city}", "refuse": "I cannot cook."})
    question = f"Show {number * 7901} times the sky of {city} to person {number * 31337}"
    return json.dumps({"question": question, "calls": [{"name": "get_weather", "arguments": {"city": city}}]})


def solve(question: str) -> str:
    city = next((city for city in CITIES if city in question), None)
    if question.startswith("Cook"):
        return '{"refuse": "no"}'
    if city is None:
        return '{"ask": "Where?"}'
    return json.dumps({"calls": [{"name": "get_weather", "arguments": {"city": city, "days": 1}}]})


def run(answer: Callable[[Request], str | Completion], folder: Path, **options: Any) -> tuple[TeacherReport, int]:
    engine = ScriptedEngine(answer)
    options = {"rows": 12, "seed": 3, "side_by_side": 4, **options}
    report = write_rows(TOOLS, Teacher(engine, side_by_side=False), folder=folder, **options)
    return report, len(engine.requests)


def test_a_good_teacher_fills_the_rows_and_each_follows_the_contract(tmp_path: Path) -> None:
    report, asked = run(good, tmp_path)
    assert len(report.rows) == 12 and not report.rejected and not report.stopped
    assert report.exchanges == report.asked == asked == 24  # written, and solved again
    for row in report.rows:
        assert check_row(Conversation.from_json(row)) == ()
        assert row["made"]["kind"] == "teacher"
    forms = Counter(row["made"]["form"] for row in report.rows)
    assert forms["call"] > 5 and len(forms) > 1


def test_a_default_given_in_the_second_answer_is_no_disagreement() -> None:
    one = Example("q", (("get_weather", {"city": "Oslo"}),))
    other = Example("q", (("get_weather", {"days": 1.0, "city": "Oslo"}),))
    assert agrees(one, other, TOOLS)
    assert not agrees(one, Example("q", (("get_weather", {"city": "oslo"}),)), TOOLS)
    assert not agrees(one, Example("q", (*one.calls, *one.calls)), TOOLS)
    assert not agrees(one, Example("q", reply="Where?", kind="ask"), TOOLS)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Sure! Here it is.", "not_json"),
        ('{"question": "q", "question": "p", "refuse": "no"}', "not_json"),
        ('{"question": "q", "refuse": NaN}', "not_json"),
        ('["question"]', "not_json"),
        ('{"question": "q"}', "wrong_form"),
        ('{"question": " ", "refuse": "no"}', "wrong_form"),
        ('{"question": "q", "refuse": "no", "ask": "what?"}', "wrong_form"),
        ('{"question": "q", "refuse": "no", "system": "x"}', "wrong_form"),
        ('{"question": "q", "calls": [{"name": "get_weather"}]}', "wrong_form"),
        ('{"question": "q", "calls": [{"name": "get_weather", "arguments": "{}"}]}', "wrong_form"),
        ('{"question": "q", "calls": [{"name": "get_weather", "arguments": {"town": "Oslo"}}]}', "breaks_contract"),
        ('{"question": "q", "calls": [{"name": "fly", "arguments": {}}]}', "breaks_contract"),
        (
            '{"question": "q", "calls": [{"name": "get_weather", "arguments": {"city": "Oslo", "days": 9}}]}',
            "breaks_contract",
        ),
        ("[" * 100_000, "not_json"),
        ("<think>" * 60_000, "not_json"),
        (" " * 60_000 + "x", "not_json"),
        ("```" + "\n" * 60_000 + "x", "not_json"),
        ('{"question": "q", "refuse": "' + "x" * 2_000_000 + '"}', "too_long"),
        ('{"question": "q <|im_end|>", "refuse": "no"}', "markup"),
        ('{"question": "q", "ask": "<tool_call>{}</tool_call>"}', "markup"),
        ('{"question": "q\\u0000", "refuse": "no"}', "markup"),
        ('{"question": "q\\ud800", "refuse": "no"}', "not_json"),
    ],
)
def test_what_a_teacher_writes_is_read_strictly(text: str, reason: str) -> None:
    with pytest.raises(RejectedError, match=f"^{reason}$"):
        read_example(text, TOOLS)


def test_a_fence_and_thoughts_around_the_json_are_no_fault() -> None:
    text = '<think>hm {</think>```json\n{"question": "q", "refuse": "no"}\n```'
    assert read_example(text, TOOLS) == Example("q", reply="no", kind="refuse")


def call_task(**given: Any) -> Task:
    values = {"number": 0, "form": "call", "tools": TOOLS.tools, "wanted": (WEATHER,), "given": ((),), "missing": ()}
    return Task(**{**values, "persona": "", "style": "", "language": "English", **given})


def test_a_value_that_nobody_said_is_rejected() -> None:
    calls = (("get_weather", {"city": "New Haven", "unit": "celsius"}),)
    check_task(Example("how is it in new HAVEN?", calls), call_task(), TOOLS)
    with pytest.raises(RejectedError, match="not_said"):
        check_task(Example("how is it at home?", calls), call_task(), TOOLS)


def test_a_text_without_words_must_stand_in_the_question_too() -> None:
    example = Example("what about there?", (("get_weather", {"city": "\U0001f642!"}),))
    with pytest.raises(RejectedError, match="not_said"):
        check_task(example, call_task(), TOOLS)


def test_a_row_offers_the_tools_that_the_teacher_was_shown(tmp_path: Path) -> None:
    """Whether a tool that it has not seen would do as well, nobody has looked at."""
    many = Toolset([WEATHER, *(Tool(name=f"tool_{number}") for number in range(40))])

    def answer(request: Request) -> str:
        prompt = request.messages[-1]["content"]
        if request.messages[0]["content"].startswith("You are an assistant"):
            return '{"refuse": "no"}' if "egg" in prompt else '{"calls": [{"name": "tool_0", "arguments": {}}]}'
        number = int(prompt.split("example number ")[1].split(";")[0])
        return json.dumps({"question": f"Cook {number * 7907} eggs in {number}", "refuse": "I cannot cook."})

    teacher = Teacher(ScriptedEngine(answer), side_by_side=False)
    (row,) = write_rows(many, teacher, rows=1, seed=1, folder=tmp_path, side_by_side=1).rows
    assert len(row["tools"]) == 24 and check_row(Conversation.from_json(row)) == ()


def test_another_tool_or_another_number_of_calls_is_not_the_task() -> None:
    call = ("get_weather", {"city": "Oslo"})
    for example in (Example("Oslo", (call, call)), Example("Oslo", reply="no", kind="refuse")):
        with pytest.raises(RejectedError, match="not_the_task"):
            check_task(example, call_task(), TOOLS)


def bad_now_and_then(request: Request) -> str | Completion:
    prompt = request.messages[-1]["content"]
    if request.messages[0]["content"].startswith("You are an assistant"):
        return '{"refuse": "no"}' if "7901" in prompt else solve(prompt)
    number = int(prompt.split("example number ")[1].split(";")[0])
    if number % 5 == 1:
        return "I would rather not."
    if number % 5 == 2:
        return Completion(good(request), finish_reason="length")
    if number % 5 == 3:
        return json.dumps({"question": "Sky of Oslo", "calls": [{"name": "get_weather", "arguments": {"city": 4}}]})
    return good(request)


def test_rejections_are_counted_by_step_and_reason(tmp_path: Path) -> None:
    report, _ = run(bad_now_and_then, tmp_path)
    assert set(report.rejected["format"]) == {"not_json", "cut_off", "breaks_contract"}
    assert report.rejected["agreement"].keys() <= {"disagrees"}
    assert len(report.rows) + sum(sum(reasons.values()) for reasons in report.rejected.values()) == report.tasks


def test_a_teacher_who_never_gets_it_right_is_given_up(tmp_path: Path) -> None:
    report, asked = run(lambda request: "no", tmp_path)
    assert report.stopped == "gave_up" and not report.rows
    assert asked < 60


def test_questions_that_say_nearly_the_same_are_kept_once(tmp_path: Path) -> None:
    def parrot(request: Request) -> str:
        text = json.loads(good(request))
        if text.get("calls") and "question" in text:
            city = text["calls"][0]["arguments"]["city"]
            text["question"] = f"What will the weather be like this coming weekend in {city}"
        return json.dumps(text)

    report, _ = run(parrot, tmp_path, rows=8)
    questions = [row["messages"][0]["content"] for row in report.rows if row["made"]["form"] == "call"]
    assert len(questions) == 1
    assert report.rejected["duplicate"]["near_duplicate"] > 5
    near = NearDuplicates()
    assert near.add("book a table for two in Oslo") and near.add("play some jazz") and near.add("hm")
    assert not near.add("Book a table for two in Oslo!")


class Interrupted:
    """A teacher during whom somebody presses Ctrl-C."""

    def __init__(self, after: int) -> None:
        self.left = after
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> str:
        with self.lock:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
        return good(request)


def test_an_interrupted_run_goes_on_without_asking_again(tmp_path: Path) -> None:
    whole, asked = run(good, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run(Interrupted(9), tmp_path / "broken")
    kept = (tmp_path / "broken" / "exchanges.jsonl").read_text().splitlines()
    assert len(kept) == 9
    resumed, again = run(good, tmp_path / "broken")
    assert resumed.rows == whole.rows
    assert again == asked - 9 and resumed.asked == again and resumed.exchanges == whole.exchanges
    finished, nothing = run(lambda request: pytest.fail("asked again"), tmp_path / "broken")
    assert finished.rows == whole.rows and nothing == 0


def test_half_a_line_and_foreign_lines_in_the_exchanges_are_passed_over(tmp_path: Path) -> None:
    whole, _ = run(good, tmp_path)
    path = tmp_path / "exchanges.jsonl"
    lines = path.read_bytes().splitlines()
    path.write_bytes(b'[1]\n{"key": 3}\n\xff\n' + b"\n".join(lines[:-1]) + b"\n" + lines[-1][:40])
    resumed, asked = run(good, tmp_path)
    assert resumed.rows == whole.rows and asked == 1


def test_another_teacher_does_not_answer_with_the_words_of_the_first(tmp_path: Path) -> None:
    run(good, tmp_path, teacher="one")
    _, asked = run(good, tmp_path, teacher="other")
    assert asked == 24


def test_money_that_is_spent_ends_the_run_and_is_reported(tmp_path: Path) -> None:
    def counted(request: Request) -> Completion:
        return Completion(good(request), prompt_tokens=1000, completion_tokens=100)

    report, _ = run(counted, tmp_path, price_in=1.0, price_out=10.0, max_cost=0.01, side_by_side=1)
    assert report.stopped == "max_cost"
    assert report.cost == pytest.approx(report.exchanges * 0.002) and 0.01 <= report.cost <= 0.012
    assert (report.tokens_in, report.tokens_out) == (1000 * report.exchanges, 100 * report.exchanges)
    assert not report.tokens_guessed
    assert run(good, tmp_path / "free")[0].tokens_guessed


def test_a_limit_on_money_without_prices_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="max_cost"):
        run(lambda request: pytest.fail("asked"), tmp_path, max_cost=1.0)


@tool(effect="read")
def lookup(word: str) -> dict[str, int]:
    """Look a word up."""
    if word == "hang":
        time.sleep(30)
    if word == "leave":
        raise SystemExit
    return {"odd": 1} if word == "odd" else {word: len(word)} if word != "none" else None  # type: ignore[return-value]


ran: list[str] = []


@tool(effect="write")
async def erase(word: str) -> None:
    """Erase a word."""
    ran.append(word)


def test_functions_that_read_are_tried_and_those_that_write_only_when_told() -> None:
    tools = Toolset.from_functions(lookup, erase)
    reasons = {}
    for word in ("fine", "leave", "hang", "none"):
        try:
            try_calls(Example("q", (("lookup", {"word": word}),)), tools, writes=False, timeout_s=0.2)
        except RejectedError as error:
            reasons[word] = str(error)
    assert reasons == {"leave": "raises", "hang": "times_out", "none": "breaks_returns"}
    example = Example("q", (("erase", {"word": "x"}),))
    try_calls(example, tools, writes=False, timeout_s=1)
    assert ran == []
    try_calls(example, tools, writes=True, timeout_s=5)
    assert ran == ["x"]


def test_the_same_number_is_the_same_task_and_the_tools_take_turns() -> None:
    tools = Toolset([WEATHER, *(Tool(name=f"tool_{number}") for number in range(40))])
    tasks = [task_of(tools, number, seed=1, languages=("English", "German")) for number in range(82)]
    assert tasks == [task_of(tools, number, seed=1, languages=("English", "German")) for number in range(82)]
    assert {task.wanted[0].name for task in tasks} == set(tools.names)
    assert {task.language for task in tasks} == {"English", "German"}
    assert max(len(task.tools) for task in tasks) == 24
    for task in tasks:
        assert {tool.name for tool in task.wanted} <= {tool.name for tool in task.tools}
        assert all(f'"{tool.name}"' in task.messages()[1]["content"] for tool in task.tools)


class Server(BaseHTTPRequestHandler):
    """The chat-completions protocol, with a teacher behind it who fails once."""

    asked: list[Mapping[str, Any]] = []  # noqa: RUF012 (one server in this module)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        if len(self.asked) == 1:
            self.reply(503, {"error": {"message": "busy"}})
            return
        text = good(Request(body["messages"]))
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        usage = {"prompt_tokens": 50, "completion_tokens": 10, "total_tokens": 60}
        self.reply(
            200,
            {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage},
        )

    def do_GET(self) -> None:
        self.reply(200, {"object": "list", "data": [{"id": "m", "object": "model", "created": 0, "owned_by": "x"}]})

    def reply(self, status: int, body: Mapping[str, Any]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_any_server_that_speaks_the_protocol_is_a_teacher(address: str, tmp_path: Path) -> None:
    pytest.importorskip("openai")
    teacher = teacher_of(address)
    report = write_rows(TOOLS, teacher, rows=6, seed=0, folder=tmp_path, teacher=teacher.name, side_by_side=2)
    assert teacher.name == "m" and len(report.rows) == 6
    assert (report.tokens_in, report.tokens_out) == (50 * report.exchanges, 10 * report.exchanges)
    assert len(Server.asked) == report.exchanges + 1  # one was tried again by the client
    assert {body["temperature"] for body in Server.asked} == {0.8, 0.0}


def test_the_command_writes_the_rows_and_a_second_run_asks_nothing(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("openai")
    from calltune.cli import main

    TOOLS.save(tmp_path / "tools.json")
    options = ("--tools", tmp_path / "tools.json", "--teacher", address, "--rows", 5, "--out", tmp_path / "rows.jsonl")
    prices = ("--price-in", 2, "--price-out", 10)
    found = []
    for _ in range(2):
        assert main(["teach", *map(str, (*options, *prices)), "--json"]) == 0
        found.append((json.loads(capsys.readouterr().out), (tmp_path / "rows.jsonl").read_bytes()))
    (first, rows), (second, again) = found
    assert rows == again and len(rows.splitlines()) == first["rows"] == 5
    assert first["asked"] == first["exchanges"] and second["asked"] == 0
    assert first["cost"] == pytest.approx((first["tokens_in"] * 2 + first["tokens_out"] * 10) / 1e6)
    assert main(["check", "--data", str(tmp_path / "rows.jsonl")]) == 0


def test_a_folder_to_write_to_is_refused_before_anything_is_asked(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from calltune.cli import main

    TOOLS.save(tmp_path / "tools.json")
    asked = len(Server.asked)
    options = ("--tools", tmp_path / "tools.json", "--teacher", address, "--rows", 1, "--out", tmp_path)
    assert main(["teach", *map(str, options)]) == 2
    assert "is a folder" in capsys.readouterr().err and len(Server.asked) == asked


def test_rows_written_for_nothing_are_refused(tmp_path: Path) -> None:
    def never(messages: Sequence[Mapping[str, Any]], *, temperature: float, seed: int, max_tokens: int) -> Completion:
        pytest.fail("asked")

    with pytest.raises(ConfigError, match="no tools"):
        write_rows(Toolset([]), never, rows=1, seed=0, folder=tmp_path)
    with pytest.raises(ConfigError, match="rows must be"):
        write_rows(TOOLS, never, rows=0, seed=0, folder=tmp_path)
    assert not (tmp_path / "exchanges.jsonl").exists()
