"""Running calls that the guard let through. In: checked calls and the functions behind them. Out: one `Result` a
call, in order, whatever the functions do.

Each call is checked against its schema once more, for nothing invalid may run, however it got here. Calls that only
read run side by side and are tried again after a transient failure; a call that writes runs alone, in order, and at
most once (see `ledger`). A write that is not idempotent and took too long, or raised anything but a `ToolError`, has an
unknown outcome, and is never tried again.
Not here: who decides what may run (`guard`, `policy`), and what the model is told after the last failure (`fallback`).
"""

from __future__ import annotations

import asyncio
import contextvars
import copy
import inspect
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import groupby
from typing import Any, Literal

from calltune.contract import Problem, Tool, Toolset
from calltune.contract.failure import MayHaveHappenedError as MayHaveHappenedError
from calltune.contract.failure import ToolError as ToolError
from calltune.contract.failure import TransientError as TransientError
from calltune.contract.json_text import MAX_DEPTH, to_plain
from calltune.guard import telemetry
from calltune.guard.ledger import Entry, Ledger, call_key
from calltune.guard.ledger import State as LedgerState
from calltune.guard.policy import Limit
from calltune.guard.results import result_text
from calltune.render.parse import ToolCall

MAX_DETAIL = 200
MAX_RESULT_BYTES = 8 << 20
Function = Callable[..., Any]


class ExitedError(Exception):
    """A function tried to end the program, or said that it was cancelled."""


State = Literal["done", "failed", "unknown", "refused", "unavailable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one call."""

    call: ToolCall
    state: State
    """"done": it ran. "failed": it says that it failed (`ToolError`), or nothing is lost by failing, because it only
    reads or is idempotent. "unknown": a write that raised anything else, or gave no answer in time. "refused": it was
    not run. "unavailable": it was not run, after too many failures."""
    value: Any = None
    """What it gave back, JSON data."""
    error: str = ""
    """One sentence for the model; "" where it is done."""
    detail: str = ""
    """The exception, for the log and for the developer; never for the model."""
    problems: tuple[Problem, ...] = ()
    """How the value breaks the tool's `returns`; or how the arguments of a refused call break its schema."""
    attempts: int = 0
    """How often the function was called now."""
    replayed: bool = False
    """The same call had run before; this is its result from the ledger."""
    time_s: float = 0.0

    @property
    def text(self) -> str:
        """The content of the tool message: the value, or the error as an object. A value that breaks its contract is
        not handed on as if it did not."""
        if self.state != "done":
            return result_text({"error": self.error})
        if self.problems:
            reasons = " ".join(problem.message for problem in self.problems[:4])
            return result_text({"error": f"{self.call.name} ran, but its result is not as promised: {reasons}"})
        return result_text(self.value)


@dataclass(kw_only=True)
class Breaker:
    """Stops calling a tool that fails again and again. After a while one call is let through to see."""

    failures: int = 5
    """As many in a row open it."""
    rest_s: float = 30.0
    """Seconds it stays open."""
    clock: Callable[[], float] = time.monotonic
    _count: int = field(default=0, init=False)
    _opened: float = field(default=0.0, init=False)

    def lets_through(self) -> bool:
        """Whether a call may be made now."""
        if self._count < self.failures:
            return True
        if self.clock() - self._opened < self.rest_s:
            return False
        self._opened = self.clock()  # one call may try; the others wait for what it finds
        return True

    def record(self, *, failed: bool) -> None:
        """What became of a call."""
        self._count = self._count + 1 if failed else 0
        if self._count >= self.failures:
            self._opened = self.clock()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How calls are run."""

    timeout_s: float = 30.0
    """For tools that say nothing themselves."""
    attempts: int = 3
    """Of a call that only reads, or is idempotent, when it fails in a way that may pass."""
    wait_s: float = 0.2
    """Before the second attempt; then about twice as long each time."""
    side_by_side: int = 8
    """Calls that only read, at once."""
    failures: int = 5
    """In a row, before a tool is given a rest."""
    rest_s: float = 30.0
    """The rest."""


class Executor:
    """The functions of one contract, and what is known about them."""

    def __init__(
        self,
        toolset: Toolset,
        functions: Mapping[str, Function] | None = None,
        *,
        ledger: Ledger | None = None,
        limits: Limits = Limits(),  # frozen
        transient: tuple[type[BaseException], ...] = (ConnectionError, TimeoutError, TransientError),
        limits_of: Callable[[str], Sequence[Limit]] = lambda tool: (),
    ) -> None:
        self.toolset = toolset
        self.functions = dict(toolset.functions if functions is None else functions)
        """What runs, by the name of the tool: plain or async functions that take the arguments by name."""
        self._ledger = ledger
        self.limits = limits
        self.transient = transient
        self.limits_of = limits_of
        self._breakers: dict[str, Breaker] = {}

    @cached_property
    def ledger(self) -> Ledger:
        """What was begun; in memory unless one was given."""
        return self._ledger if self._ledger is not None else Ledger()

    async def run(
        self,
        calls: Sequence[ToolCall],
        *,
        run: str,
        step: int,
        functions: Mapping[str, Function] | None = None,
        done: Callable[[Result], None] = lambda result: None,
    ) -> tuple[Result, ...]:
        """Run the calls of one turn. `run` and `step` name the turn: the same call in the same turn runs once. Calls of
        a turn can depend on each other: after a write that did not succeed, the writes that follow are not run.
        `functions`: in place of the executor's own. `done`: called with each result as it comes."""
        functions = self.functions if functions is None else functions
        gate = asyncio.Semaphore(self.limits.side_by_side)

        async def one(call: ToolCall) -> Result:
            async with gate:
                result = await self._one(call, functions, run, step)
            done(result)
            return result

        results: list[Result] = []
        stopped = ""
        for reads, group in groupby(calls, key=self._only_reads):
            if reads:
                results += await asyncio.gather(*(one(call) for call in group))
                continue
            for call in group:
                if stopped:
                    why = f"{call.name} was not run, because {stopped} before it did not succeed."
                    results.append(Result(call=call, state="refused", error=why))
                    done(results[-1])
                    continue
                results.append(await one(call))
                stopped = "" if results[-1].state == "done" else call.name
        return tuple(results)

    def _only_reads(self, call: ToolCall) -> bool:
        return call.name in self.toolset and self.toolset[call.name].effect == "read"

    async def _one(self, call: ToolCall, functions: Mapping[str, Function], run: str, step: int) -> Result:
        if problems := self.toolset.check(call.name, call.arguments):
            said = " ".join(problem.message for problem in problems[:4])
            return Result(call=call, state="refused", error=f"{call.name} was not run: {said}", problems=problems)
        tool = self.toolset[call.name]
        function = functions.get(tool.name)
        if function is None:
            return Result(call=call, state="refused", error=f"{tool.name} cannot be run here.")
        breaker = self._breakers.setdefault(
            tool.name, Breaker(failures=self.limits.failures, rest_s=self.limits.rest_s)
        )
        if not breaker.lets_through():
            error = f"{tool.name} is not available at the moment."
            return Result(call=call, state="unavailable", error=error)
        facts = {"tool__name": tool.name, "tool__type": "function", "tool__call__id": call.id}
        with telemetry.span("execute_tool", tool.name, **facts) as span:
            try:
                result = await self._begun(tool, function, call, breaker, run, step)
            except sqlite3.Error as error:  # nothing runs without its record
                why = f"{tool.name} was not run: it could not be put on record."
                result = Result(call=call, state="refused", error=why, detail=_named(error))
            if result.state != "done":
                telemetry.failed(span, result.state)
        return result

    async def _begun(
        self, tool: Tool, function: Function, call: ToolCall, breaker: Breaker, run: str, step: int
    ) -> Result:
        """By the protocol of the ledger, which a read needs only where it is counted. The ledger may have to wait for
        another process, so it is spoken to from a thread."""
        limits = self.limits_of(tool.name)
        if tool.effect == "read":
            over = await asyncio.to_thread(self.ledger.count, tool.name, limits, call.arguments) if limits else ""
            if over:
                return Result(call=call, state="refused", error=f"{call.name} was not run: {over}")
            return (await self._attempts(tool, function, call, breaker))[0]
        key = call_key(run, step, tool.name, call.arguments)
        begin = partial(self.ledger.begin, key, run=run, step=step, tool=tool.name, arguments=call.arguments)
        entry = await asyncio.to_thread(begin, limits=limits, again=tool.idempotent)
        if not entry.fresh:
            return _known(tool, call, entry)
        try:
            result, odd = await self._attempts(tool, function, call, breaker)
        except BaseException:  # cancelled: it may have happened
            self.ledger.finish(key, "unknown")
            raise
        state: LedgerState = "done" if result.state == "done" else "unknown" if result.state == "unknown" else "failed"
        try:
            await asyncio.to_thread(self.ledger.finish, key, state, result.value, odd)
        except sqlite3.Error as error:  # it stays "started", so it will not run again
            result = replace(result, detail=f"the result could not be put on record: {_named(error)}")
        return result

    async def _attempts(
        self, tool: Tool, function: Function, call: ToolCall, breaker: Breaker
    ) -> tuple[Result, tuple[Problem, ...]]:
        """Call the function, several times where that is harmless. The result, and what of its value was no JSON."""
        from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential, wait_random

        started, attempts = time.perf_counter(), 0
        harmless = tool.effect == "read" or tool.idempotent
        trying = AsyncRetrying(
            stop=stop_after_attempt(self.limits.attempts if harmless else 1),
            wait=wait_exponential(multiplier=self.limits.wait_s) + wait_random(0, self.limits.wait_s),
            retry=retry_if_exception_type(self.transient),
            reraise=True,
        )

        async def attempt() -> Any:
            nonlocal attempts
            attempts += 1
            own = copy.deepcopy(call.arguments)  # a function may change what it is given
            return await call_with_timeout(function, own, tool.timeout_s or self.limits.timeout_s)

        def failed(what: str, error: BaseException, *, certain: bool = False) -> tuple[Result, tuple[Problem, ...]]:
            """`certain`: the function says itself that nothing happened."""
            state, said = failure_of(tool, what, certain=certain)
            seconds = time.perf_counter() - started
            detail = "time-out" if isinstance(error, TookTooLongError) else _named(error)
            return Result(call=call, state=state, error=said, detail=detail, attempts=attempts, time_s=seconds), ()

        try:
            value: Any = await trying(attempt)
        except TookTooLongError as error:
            breaker.record(failed=True)
            return failed(no_answer(tool, error.seconds), error)
        except ToolError as error:
            breaker.record(failed=isinstance(error, TransientError))
            what = short(str(error)) or f"{tool.name} failed."
            return failed(what, error, certain=not isinstance(error, MayHaveHappenedError))
        except Exception as error:  # whatever a user's function raises
            breaker.record(failed=True)
            return failed(f"{tool.name} failed.", error)
        breaker.record(failed=False)
        value, odd = plain_result(value)
        seconds = time.perf_counter() - started
        problems = tuple(odd) or tool.check_result(value)
        return Result(
            call=call, state="done", value=value, problems=problems, attempts=attempts, time_s=seconds
        ), tuple(odd)


def failure_of(tool: Tool, what: str, *, certain: bool = False) -> tuple[State, str]:
    """What became of a call that failed, and what the model is told. `certain`: nothing happened, the tool says so."""
    if certain or tool.effect == "read" or tool.idempotent:
        return "failed", what
    return "unknown", f"{what} It is not known whether it happened, so it is not tried again."


def no_answer(tool: Tool, seconds: float) -> str:
    """A time-out, in one sentence."""
    return f"{tool.name} gave no answer within {seconds:g} s."


def _known(tool: Tool, call: ToolCall, entry: Entry) -> Result:
    """The result of a call that was begun before, or that broke a limit."""
    if entry.over:
        return Result(call=call, state="refused", error=f"{call.name} was not run: {entry.over}")
    if entry.state == "done":
        problems = entry.problems or tool.check_result(entry.result)
        return Result(call=call, state="done", value=entry.result, problems=problems, replayed=True)
    if entry.state == "failed":
        return Result(
            call=call, state="failed", error=f"{call.name} failed before and is not tried again.", replayed=True
        )
    error = f"{call.name} was begun before, and it is not known whether it happened, so it is not tried again."
    return Result(call=call, state="unknown", error=error, replayed=True)


class TookTooLongError(TimeoutError):
    """No answer in time."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"no answer within {seconds:g} s")


async def call_with_timeout(function: Function, arguments: Mapping[str, Any], timeout_s: float) -> Any:
    """What the function gives back; TookTooLongError after `timeout_s`. An async function is cancelled then; a plain
    one runs in a thread, which cannot be stopped and is left to itself."""
    try:
        async with asyncio.timeout(timeout_s) as timer:
            result = await _in_thread(function, arguments)
            return await _awaited(result) if inspect.isawaitable(result) else result
    except TimeoutError:
        if timer.expired():
            raise TookTooLongError(timeout_s) from None
        raise


async def _awaited(result: Awaitable[Any]) -> Any:
    """An async function may not end the program that called it, nor the run."""
    try:
        return await result
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():  # it is we who are cancelled
            raise
        raise ExitedError("it was cancelled") from None
    except (SystemExit, GeneratorExit) as error:
        raise ExitedError(type(error).__name__) from None


async def _in_thread(function: Function, arguments: Mapping[str, Any]) -> Any:
    """A thread of its own, which does not keep the process from ending: a pool would wait for the one that hangs."""
    if inspect.iscoroutinefunction(function):
        return function(**arguments)
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def settle(set_it: Callable[[Any], None], what: Any) -> None:
        if not future.done():
            set_it(what)

    def work() -> None:
        try:
            how, what = future.set_result, context.run(function, **arguments)
        except StopIteration as error:  # a future refuses it
            how, what = future.set_exception, RuntimeError(_named(error))
        except Exception as error:
            how, what = future.set_exception, error
        except BaseException as error:  # sys.exit() in a tool ends the tool
            how, what = future.set_exception, ExitedError(type(error).__name__)
        with suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(settle, how, what)

    threading.Thread(target=work, daemon=True, name=f"calltune-{getattr(function, '__name__', 'tool')}").start()
    return await future


def plain_result(value: Any) -> tuple[Any, list[Problem]]:
    """A result as JSON data, and what of it is none."""
    from pydantic_core import to_jsonable_python

    try:
        value = to_jsonable_python(value)
    except Exception as error:  # it may hold objects of a user's own
        return None, [
            Problem(kind="not_json", pointer="", message=f"the result is no JSON data ({type(error).__name__}).")
        ]
    return to_plain(value, max_depth=MAX_DEPTH, max_bytes=MAX_RESULT_BYTES)


def declined(why: str) -> str:
    """The content of a tool message for a call that was not run."""
    return result_text({"error": why})


def short(text: str) -> str:
    """The first line, not too long."""
    return (text.strip().splitlines() or [""])[0][:MAX_DETAIL]


def _named(error: BaseException) -> str:
    try:
        said = short(str(error))
    except Exception:  # a user's exception may not be able to say what it is
        said = ""
    return f"{type(error).__name__}: {said}".removesuffix(": ")[:MAX_DETAIL]
