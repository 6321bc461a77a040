"""A write happens at most once, also when the process is killed at any moment, and no effect is without a record."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calltune.contract import Tool, Toolset
from calltune.errors import ConfigError
from calltune.guard.execute import Executor
from calltune.guard.ledger import Ledger, call_key
from calltune.guard.policy import Limit
from calltune.render.parse import ToolCall

TOOLS = Toolset([Tool(name="pay", parameters={"type": "object", "properties": {"n": {"type": "integer"}}})])
CALL = ToolCall(name="pay", arguments={"n": 1})
LIMITS = (Limit(tool="pay", per_s=60, most=3),)

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process")


def pay_once(folder: Path, *, die_at_statement: int = 0, die_in_effect: str = "") -> str:
    """One process that makes the call; dies by SIGKILL where it is told to."""
    ledger = Ledger(folder / "ledger.sqlite")
    seen = 0

    def trace(statement: str) -> None:
        nonlocal seen
        seen += 1
        if seen == die_at_statement:
            os.kill(os.getpid(), signal.SIGKILL)

    if die_at_statement:
        ledger._db.set_trace_callback(trace)

    def pay(n: int) -> str:
        if die_in_effect == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        with (folder / "effects").open("a") as file:
            file.write("paid\n")
            file.flush()
            os.fsync(file.fileno())
        if die_in_effect == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return "paid"

    executor = Executor(TOOLS, {"pay": pay}, ledger=ledger, limits_of=lambda tool: LIMITS)
    (result,) = asyncio.run(executor.run([CALL], run="run", step=0))
    return result.state


def in_a_process(work: Any, *, kill_after_s: float | None = None) -> bool:
    """Whether the forked process ended by itself."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(3)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0, "the process failed by itself"
    return os.WIFEXITED(status)


def effects(folder: Path) -> int:
    path = folder / "effects"
    return path.read_text().count("paid") if path.exists() else 0


def check_after_a_crash(folder: Path) -> tuple[int, str | None]:
    """What must hold whatever happened; then the call is made again, twice."""
    ledger = Ledger(folder / "ledger.sqlite")
    entry = ledger.entry(call_key("run", 0, "pay", {"n": 1}))
    happened = effects(folder)
    assert happened <= 1
    assert not happened or entry is not None, "an effect without a record"
    for _ in range(2):
        state = pay_once(folder)
        assert effects(folder) <= 1, "two effects"
        if entry is None:
            assert (state, effects(folder)) == ("done", 1), "a call that had not begun runs"
        else:
            assert effects(folder) == happened, "a call that had begun is not run again by itself"
            assert state == ("done" if entry.state == "done" else "unknown")
    return happened, entry.state if entry else None


@needs_fork
def test_killed_at_every_statement_and_around_the_effect(tmp_path: Path) -> None:
    found = []
    for die_at in range(1, 20):
        folder = tmp_path / f"statement{die_at}"
        folder.mkdir()
        ended = in_a_process(lambda folder=folder, die_at=die_at: pay_once(folder, die_at_statement=die_at))
        found.append(check_after_a_crash(folder))
        if ended:
            break
    else:
        pytest.fail("the process was killed every time: the protocol has more steps than were tried")
    assert found[0] == (0, None) and (1, "started") in found and found[-1] == (1, "done")
    for place in ("before", "after"):
        folder = tmp_path / place
        folder.mkdir()
        assert not in_a_process(lambda folder=folder, place=place: pay_once(folder, die_in_effect=place))
        assert check_after_a_crash(folder) == (int(place == "after"), "started")


@needs_fork
@pytest.mark.parametrize("count", [40, pytest.param(400, marks=pytest.mark.slow)])
def test_killed_at_any_moment(tmp_path: Path, count: int) -> None:
    pick = random.Random(count)
    for number in range(count):
        folder = tmp_path / str(number)
        folder.mkdir()
        in_a_process(lambda folder=folder: pay_once(folder), kill_after_s=pick.uniform(0, 0.02))
        check_after_a_crash(folder)


@needs_fork
def test_of_several_processes_that_make_the_same_call_one_does_it(tmp_path: Path) -> None:
    children = []
    for _ in range(8):
        child = os.fork()
        if child == 0:
            try:
                pay_once(tmp_path)
                os._exit(0)
            except BaseException:
                os._exit(3)
        children.append(child)
    assert [os.WEXITSTATUS(os.waitpid(child, 0)[1]) for child in children] == [0] * 8
    assert effects(tmp_path) == 1


def test_of_several_threads_that_begin_the_same_call_one_does_it() -> None:
    ledger, fresh = Ledger(), []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        fresh.append(ledger.begin("key", run="r", step=0, tool="pay", arguments={}).fresh)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fresh) == [False] * 7 + [True]


def test_an_idempotent_call_may_be_made_again_until_it_is_done() -> None:
    ledger = Ledger()
    begin = {"run": "r", "step": 0, "tool": "pay", "arguments": {}, "again": True}
    assert ledger.begin("key", **begin).fresh
    assert ledger.begin("key", **begin).fresh
    ledger.finish("key", "done", {"n": 1})
    entry = ledger.begin("key", **begin)
    assert not entry.fresh and entry.result == {"n": 1}


def test_only_an_unsettled_call_can_be_settled() -> None:
    ledger = Ledger()
    with pytest.raises(ConfigError):
        ledger.settle("key", "done")
    ledger.begin("key", run="r", step=0, tool="pay", arguments={})
    assert [entry["tool"] for entry in ledger.unsettled()] == ["pay"]
    ledger.settle("key", "undone")
    assert ledger.unsettled() == [] and ledger.entry("key").state == "undone"  # type: ignore[union-attr]
    with pytest.raises(ConfigError):
        ledger.settle("key", "done")


def test_what_did_not_happen_may_be_run_and_what_may_have_happened_stands_for_later_steps() -> None:
    ledger = Ledger()
    assert ledger.begin("a", run="r", step=0, tool="pay", arguments={"n": 1}).fresh
    assert not ledger.begin("b", run="r", step=1, tool="pay", arguments={"n": 1}).fresh
    assert ledger.begin("c", run="r", step=1, tool="pay", arguments={"n": 2}).fresh, "another call"
    assert ledger.begin("d", run="s", step=1, tool="pay", arguments={"n": 1}).fresh, "another run"
    ledger.settle("a", "undone")
    assert ledger.begin("a", run="r", step=0, tool="pay", arguments={"n": 1}).fresh


def test_limits_on_the_same_argument_count_it_once_and_every_real_run_counts() -> None:
    limits = [Limit(tool="pay", per_s=60, most=4), Limit(tool="pay", per_s=3600, most=4)]
    ledger = Ledger()
    fresh = [
        ledger.begin(str(n), run="r", step=n, tool="pay", arguments={"n": n}, limits=limits).fresh for n in range(6)
    ]
    assert fresh == [True] * 4 + [False] * 2
    again = Ledger()
    tries = [
        again.begin("k", run="r", step=0, tool="pay", arguments={}, limits=limits, again=True).fresh for _ in range(6)
    ]
    assert tries == [True] * 4 + [False] * 2


def test_a_reader_does_not_hold_up_a_writer_and_a_failed_commit_is_forgotten(tmp_path: Path) -> None:
    import sqlite3

    ledger = Ledger(tmp_path / "ledger")
    reader = sqlite3.connect(tmp_path / "ledger", isolation_level=None)
    reader.execute("begin")
    reader.execute("select * from calls").fetchall()
    assert ledger.begin("k", run="r", step=0, tool="pay", arguments={}).fresh
    reader.execute("commit")
    reader.execute("begin immediate")
    ledger._db.execute("pragma busy_timeout = 50")
    with pytest.raises(sqlite3.OperationalError):
        ledger.begin("k2", run="r", step=0, tool="pay", arguments={"n": 2})
    reader.execute("commit")
    assert ledger.begin("k2", run="r", step=0, tool="pay", arguments={"n": 2}).fresh
    assert (tmp_path / "ledger").stat().st_mode & 0o077 == 0, "results are for the owner's eyes"


def test_a_file_that_is_no_ledger_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, not a database, not a database, not a database " * 50)
    for path in (tmp_path / "text", tmp_path / "gone" / "ledger"):
        with pytest.raises(ConfigError, match="cannot open the ledger"):
            Ledger(path)


@given(
    st.dictionaries(st.text(max_size=3), st.integers() | st.text(max_size=3) | st.floats(allow_nan=False), max_size=4)
)
def test_the_key_is_about_what_the_call_means(arguments: dict[str, Any]) -> None:
    key = call_key("r", 1, "pay", arguments)
    assert key == call_key("r", 1, "pay", dict(reversed(arguments.items())))
    assert len({key, call_key("r", 2, "pay", arguments), call_key("q", 1, "pay", arguments)}) == 3
    assert key != call_key("r", 1, "pay", {**arguments, "extra": 1})
