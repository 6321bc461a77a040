"""Rows written by a teacher model. In: a contract and `ask`, any model that answers messages. Out: a `TeacherReport`
with rows that are checked three times: they parse and follow the contract; the functions behind the calls, where there
are some, take them; and the teacher, asked again what to do about the question alone, does the same.

Everything asked and answered is in `folder/exchanges.jsonl`. Started again, the run takes what is there from there, so
an interruption costs nothing, and a finished run started again asks nothing at all. Retries are the engine's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from calltune.contract import Toolset
from calltune.data.conversation import Conversation, read_conversation
from calltune.data.rules import check_row
from calltune.errors import ConfigError

from .teacher_checks import Example, NearDuplicates, RejectedError, agrees, check_task, read_example, try_calls
from .teacher_log import Ask, ExchangeLog
from .teacher_prompts import Task, task_of

ATTEMPTS_A_ROW = 4
"""So many tasks for a row that was asked for, on the average, before the run gives up."""
PATIENCE = 40
"""Tasks in a row without a row, before it gives up."""

Stopped = Literal["", "max_cost", "gave_up"]


@dataclass(frozen=True, kw_only=True)
class TeacherReport:
    """What came out of it."""

    rows: tuple[dict[str, Any], ...] = field(repr=False)
    asked_for: int
    """Rows that were wanted."""
    tasks: int
    """Examples that the teacher was asked to write."""
    rejected: dict[str, dict[str, int]]
    """By step (format, execution, agreement, duplicate) and reason."""
    exchanges: int
    """Answers in use, those of earlier runs too."""
    asked: int
    """Of these, asked for in this run."""
    tokens_in: int
    tokens_out: int
    tokens_guessed: bool
    """Whether some of the tokens were guessed, because the server does not count them."""
    cost: float | None
    """Of all exchanges in use, in the currency of the prices; None without prices."""
    stopped: Stopped = ""
    """Why there are fewer rows than were wanted."""

    def to_json(self) -> dict[str, Any]:
        """Everything but the rows."""
        names = ("asked_for", "tasks", "rejected", "exchanges", "asked", "tokens_in", "tokens_out", "tokens_guessed")
        return {"rows": len(self.rows), **{name: getattr(self, name) for name in (*names, "cost", "stopped")}}


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    task: Task
    example: Example | None
    step: str = ""
    reason: str = ""


def write_rows(
    toolset: Toolset,
    ask: Ask,
    *,
    rows: int,
    seed: int,
    folder: Path,
    teacher: str = "teacher",
    languages: Sequence[str] = ("English",),
    temperature: float = 0.8,
    max_tokens: int = 800,
    side_by_side: int = 8,
    writes: bool = False,
    timeout_s: float = 10.0,
    price_in: float | None = None,
    price_out: float | None = None,
    max_cost: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TeacherReport:
    """Ask until there are so many rows, the money is spent, or it leads nowhere. `teacher`: the model's name, part of
    what an exchange is known by. `writes`: also run functions that write. Prices are for a million tokens; the last
    answers may go a little over `max_cost`. `progress` is called with rows there and rows wanted."""
    _check(toolset, rows, side_by_side, languages, (price_in, price_out, max_cost))
    log = ExchangeLog(folder, ask, teacher=teacher, max_tokens=max_tokens)
    duplicates = NearDuplicates()
    made: list[dict[str, Any]] = []
    rejected: dict[str, Counter[str]] = {}
    tasks = idle = 0
    stopped: Stopped = ""

    def cost() -> float | None:
        came, went = log.tokens()
        return None if price_in is None or price_out is None else (came * price_in + went * price_out) / 1e6

    def judge(number: int) -> _Verdict:
        task = task_of(toolset, number, seed=seed, languages=languages)
        return _judge(log, task, toolset, temperature, seed, writes=writes, timeout_s=timeout_s)

    pool = ThreadPoolExecutor(max_workers=side_by_side, thread_name_prefix="calltune-teacher")
    try:
        while len(made) < rows and not stopped:
            numbers = range(tasks, tasks + min(side_by_side, max(1, rows - len(made))))
            tasks += len(numbers)
            for verdict in pool.map(judge, numbers):
                row, step, reason = _row(verdict, toolset, duplicates, seed, teacher)
                if row is None:
                    rejected.setdefault(step, Counter())[reason] += 1
                    idle += 1
                    continue
                made.append(row)
                idle = 0
                if progress is not None:
                    progress(len(made), rows)
            if max_cost is not None and (cost() or 0.0) >= max_cost:
                stopped = "max_cost"
            elif idle >= PATIENCE or tasks >= ATTEMPTS_A_ROW * rows + PATIENCE:
                stopped = "gave_up"
    finally:  # Ctrl-C too: what has not been asked yet is not asked
        pool.shutdown(wait=True, cancel_futures=True)
        log.close()
    came, went = log.tokens()
    return TeacherReport(
        rows=tuple(made),
        asked_for=rows,
        tasks=tasks,
        rejected={step: dict(counts.most_common()) for step, counts in rejected.items()},
        exchanges=len(log.used),
        asked=log.asked,
        tokens_in=came,
        tokens_out=went,
        tokens_guessed=any(not exchange.counted for exchange in log.used.values()),
        cost=cost(),
        stopped=stopped if len(made) < rows else "",
    )


def _check(
    toolset: Toolset, rows: int, side_by_side: int, languages: Sequence[str], money: Sequence[float | None]
) -> None:
    """Everything is checked before anything is paid for."""
    if not len(toolset):
        raise ConfigError("the contract has no tools: there is nothing to write rows about.")
    if rows < 1 or not 1 <= side_by_side <= 256 or not languages:
        raise ConfigError(
            f"rows must be 1 or more, side_by_side 1 to 256 and one language named; got {rows}, {side_by_side}, "
            f"{list(languages)}."
        )
    price_in, price_out, max_cost = money
    if any(amount is not None and not 0 <= amount < 1e9 for amount in money):
        raise ConfigError("prices and the most that may be spent must be 0 or more.")
    if max_cost is not None and (price_in is None or price_out is None):
        raise ConfigError(
            "max_cost needs to know what tokens cost.", hint="Add the price of a million tokens, in and out."
        )


def _judge(
    log: ExchangeLog, task: Task, toolset: Toolset, temperature: float, seed: int, *, writes: bool, timeout_s: float
) -> _Verdict:
    """One task: written, read, tried, and asked again."""
    step = "format"
    try:
        written = log.exchange("write", task.messages(), temperature=temperature, seed=seed)
        if written.finish_reason == "length":
            raise RejectedError("cut_off")
        example = read_example(written.text, toolset)
        check_task(example, task, toolset)
        step = "execution"
        try_calls(example, toolset, writes=writes, timeout_s=timeout_s)
        step = "agreement"
        again = log.exchange("agree", task.check_messages(example.question), temperature=0.0, seed=seed + 1)
        try:
            other = read_example(again.text, toolset, question=example.question)
        except RejectedError as error:
            raise RejectedError(f"unreadable_{error}") from None
        if not agrees(example, other, toolset):
            raise RejectedError("disagrees")
    except RejectedError as error:
        return _Verdict(task=task, example=None, step=step, reason=str(error))
    return _Verdict(task=task, example=example)


def _row(
    verdict: _Verdict, toolset: Toolset, duplicates: NearDuplicates, seed: int, teacher: str
) -> tuple[dict[str, Any] | None, str, str]:
    """The row, or the step and reason for which there is none. It offers the tools that the teacher was shown: whether
    one of the others would do as well, nobody has looked at."""
    example, task = verdict.example, verdict.task
    if example is None:
        return None, verdict.step, verdict.reason
    reply: dict[str, Any] = {"role": "assistant", "content": example.reply}
    if example.calls:
        reply["tool_calls"] = [
            {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for number, (name, arguments) in enumerate(example.calls)
        ]
    row = {
        "tools": [tool.to_openai() for tool in task.tools],
        "messages": [{"role": "user", "content": example.question}, reply],
        "made": {"kind": "teacher", "seed": seed, "tool": task.wanted[0].name, "form": task.form, "teacher": teacher},
    }
    conversation, problems = read_conversation(row, toolset)
    problems += check_row(conversation) if isinstance(conversation, Conversation) else ()
    if problems:
        return None, "format", problems[0].kind
    if not duplicates.add(example.question):
        return None, "duplicate", "near_duplicate"
    return row, "", ""
