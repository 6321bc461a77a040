"""`Guard`: a completion goes in, a decision comes out. truncation -> parse -> known tool -> schema -> repair or ask ->
policy -> approval.

Model output never raises: everything wrong with it is a `Problem` that the model can read. Nothing is guessed: repairs
are those of `repair`. `check` decides and runs nothing; `execute` runs what was decided; `run` is the whole loop. Loads
no torch.

>>> from calltune import Tool, Toolset
>>> guard = Guard(Toolset([Tool(name="now", description="The time.")]))
>>> guard.check('<tool_call>{"name": "now", "arguments": {}}</tool_call>').decision
'calls'
>>> guard.check('<tool_call>{"name": "now", "argum').problems[0].kind
'truncated'
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from calltune.contract import Problem, Toolset
from calltune.errors import ConfigError
from calltune.generate.completion import Completion, cut_off
from calltune.guard.approval import Approval
from calltune.guard.ask import missing_of, question_for, with_answers
from calltune.guard.audit import Audit, approval_record, outcome_record, result_record
from calltune.guard.checked import checked
from calltune.guard.execute import Executor, Function, Limits, Result
from calltune.guard.expected import expected_of
from calltune.guard.fallback import Fallback
from calltune.guard.ledger import Ledger, call_key
from calltune.guard.mend import mend_text
from calltune.guard.outcome import Outcome, Step, StepName, Turn, shorten, shown
from calltune.guard.policy import Limit, Policy
from calltune.guard.repair import ALL, SYNTAX, Repair
from calltune.render.parse import FORMATS, Message, ParseFailure, ToolCall, parse, read_plain_call

if TYPE_CHECKING:
    from calltune.data import Conversation
    from calltune.generate.engine import Engine
    from calltune.guard.loop import Run

Messages = Sequence[Mapping[str, Any]] | None
LOG = logging.getLogger("calltune")


class Guard:
    """Decides about completions for one contract."""

    def __init__(
        self,
        toolset: Toolset,
        *,
        format: str = "hermes",
        repairs: Collection[str] = ALL,
        missing: Literal["ask", "reject"] = "ask",
        functions: Mapping[str, Function] | None = None,
        policy: Policy | Mapping[str, Any] | str | Path | None = None,
        ledger: Ledger | None = None,
        fallback: Fallback | None = None,
        limits: Limits | None = None,
        audit: Audit | None = None,
    ) -> None:
        if format not in FORMATS:
            raise ConfigError(f"there is no format {format!r}.", hint=f"Use {', '.join(FORMATS)}.")
        unknown = sorted(set(repairs) - ALL)
        if unknown:
            raise ConfigError(f"there is no repair {unknown[0]!r}.", hint=f"Use some of {', '.join(sorted(ALL))}.")
        if missing not in ("ask", "reject"):
            raise ConfigError(f"missing cannot be {missing!r}.", hint='Use "ask" or "reject".')
        self.toolset = toolset
        self.format = format
        """The format in which plain text is read; see `calltune.render.parse`."""
        self.repairs = frozenset(repairs)
        """The repairs that may be made; see `calltune.guard.repair`."""
        self.missing = missing
        """Whether the user is asked for required arguments that are missing, or the model is told of them."""
        self.policy = _policy(policy, toolset)
        """What may be called beyond what can be called; None: whatever the contract allows."""
        if self.policy is not None and self.policy.limits and (ledger is None or ledger.in_memory):
            LOG.warning("the policy has limits and the ledger is in memory: they begin anew with every Guard.")
        self.fallback = fallback if fallback is not None else Fallback()
        """What happens when a call fails for good."""
        self.fallback.check(toolset)
        self.audit = audit
        """Where every decision and result is written; None: nowhere."""
        self.executor = Executor(
            toolset,
            functions,
            ledger=ledger,
            limits=limits if limits is not None else Limits(),
            limits_of=lambda tool: self.policy.limits_of(tool) if self.policy is not None else (),
        )
        """The functions behind the tools; by default those that the toolset was made from."""

    def check(
        self,
        completion: str | Completion | Message | ParseFailure,
        *,
        parsed: Message | ParseFailure | None = None,
        messages: Messages = None,
        turn: Turn | None = None,
    ) -> Outcome:
        """Decide. `parsed`: what the engine that wrote the completion read in it (`engine.parse`), if it is known.
        `messages`: the conversation before it, which a policy may ask about. `turn`: run and step, where the calls will
        be run under these: what the ledger has seen in this turn counts no second time against a limit."""
        if type(completion) is str and parsed is None and self.policy is None and self.audit is None:
            return self._plain(completion) or self._check(completion, None, None, turn)
        return self._recorded(self._check(completion, parsed, messages, turn))

    def _check(
        self,
        completion: str | Completion | Message | ParseFailure,
        parsed: Message | ParseFailure | None,
        messages: Messages,
        turn: Turn | None,
    ) -> Outcome:
        steps: list[Step] = []
        if isinstance(completion, Completion):
            if failure := cut_off(completion):
                return _stopped("truncation", failure, steps)
            steps.append(_passed("truncation", "the model ended its turn itself."))
            parsed = completion.message if parsed is None else parsed
        text = completion.text if isinstance(completion, Completion) else completion
        if parsed is None and type(text) is str and (plain := self._plain(text)) is not None:
            return self._judged(replace(plain, turn=turn, steps=(*steps, *plain.steps)), messages)
        message = self._read(completion) if parsed is None else parsed
        repairs: tuple[Repair, ...] = ()
        if isinstance(message, ParseFailure):
            failure, mended = message, self._mended(message)
            if mended is None:
                return _stopped("parse", failure, steps)
            message, repairs = mended
            if any(repair.kind == "prose" for repair in repairs) and self._writes(message):
                return _stopped("parse", failure, steps)  # the words may say not to
        steps.append(_read_calls(len(message.calls)))
        return self._decide(message, steps, repairs, messages, turn)

    def _plain(self, text: str) -> Outcome | None:
        """The outcome where the whole turn is one good call: the same as by the long way, in a fraction of the time."""
        read = read_plain_call(text) if self.format == "hermes" else None
        if read is None:
            return None
        name, arguments = read
        tool = self.toolset.get(name)
        if tool is None or not tool.accepts(arguments):
            return None
        # The __init__ of a frozen record would take as long as all the rest. What is not set here has its default.
        call, outcome = object.__new__(ToolCall), object.__new__(Outcome)
        call.__dict__.update(name=name, arguments=arguments)
        calls = (call,)
        outcome.__dict__.update(decision="calls", calls=calls, proposed=calls, steps=_PLAIN_STEPS)
        return outcome

    def check_call(
        self,
        name: str,
        arguments: Mapping[str, Any] | str,
        *,
        messages: Messages = None,
        turn: Turn | None = None,
    ) -> Outcome:
        """Decide about one call that was read elsewhere; arguments as an object or as JSON text."""
        text = arguments if isinstance(arguments, str) else None
        call = ToolCall(name=name, arguments=arguments, arguments_text=text)
        return self._recorded(self._decide(Message(calls=(call,)), [], (), messages, turn))

    def answer(self, outcome: Outcome, answers: Mapping[str, Any], *, messages: Messages = None) -> Outcome:
        """Decide about the calls of an "ask" outcome again, with answers in them: values by the pointers of its
        problems."""
        calls = with_answers(self.toolset, outcome.proposed, answers)
        message = Message(text=outcome.reply, calls=calls)
        return self._recorded(self._decide(message, [], outcome.repairs, messages, outcome.turn))

    def approved(self, outcome: Outcome, approval: Approval, *, messages: Messages = None) -> Outcome:
        """Decide about the calls of an "approve" outcome again, with a person's yes to exactly these calls."""
        with_yes = replace(outcome, approval=approval, question="", decision="calls")
        self.record("approval", approval_record(self.toolset, with_yes))
        steps = [step for step in outcome.steps if step.name not in ("policy", "approval")]
        return self._recorded(self._judged(replace(with_yes, steps=tuple(steps)), messages))

    async def execute(
        self,
        outcome: Outcome,
        *,
        run: str,
        step: int,
        messages: Messages = None,
        functions: Mapping[str, Function] | None = None,
    ) -> tuple[Result, ...]:
        """Run the calls of a "calls" outcome. `run` and `step` name the turn: a call that writes runs at most once in
        it. `functions`: in place of the guard's own. The policy is asked again, for a yes may have expired. ConfigError
        for another outcome: nothing of it may run."""
        if outcome.decision != "calls":
            raise ConfigError(f'only a "calls" outcome can be run, not {outcome.decision!r}.')
        again = self._judged(replace(outcome, proposed=outcome.calls, turn=(run, step)), messages)
        if again.decision != "calls":
            why = " ".join(problem.message for problem in again.problems) or "a person must agree to it first."
            results = tuple(
                Result(call=call, state="refused", error=f"{call.name} was not run: {why}") for call in outcome.calls
            )
            for result in results:
                self._record_result(run, step, result)
            return results
        done = partial(self._record_result, run, step)
        return await self.executor.run(outcome.calls, run=run, step=step, functions=functions, done=done)

    def _record_result(self, run: str, step: int, result: Result) -> None:
        if self.audit is not None:
            self.record("result", {"run": run, "step": step, **result_record(self.toolset, result)})

    async def call(
        self,
        name: str,
        arguments: Mapping[str, Any] | str,
        *,
        run: str,
        step: int = 0,
        messages: Messages = None,
        functions: Mapping[str, Function] | None = None,
    ) -> tuple[str, str]:
        """Decide about one call and run it: for loops that are not ours. The text for the model, and what became of the
        call: "done", another state of `Result`, or the decision where it was not run. Questions to the user and calls
        that need a yes are not run; the text says why."""
        outcome = self.check_call(name, arguments, messages=messages, turn=(run, step))
        if outcome.decision != "calls":
            return outcome.message_for_model() or f"{name} was not run: {outcome.question}", outcome.decision
        (result,) = await self.execute(outcome, run=run, step=step, messages=messages, functions=functions)
        return result.text, result.state

    def run(self, messages: Sequence[Mapping[str, Any]] | Conversation, engine: Engine, **options: Any) -> Run:
        """The loop: the model speaks, the guard decides, calls run, until there is a reply, a question or nothing more
        to try. Options as in `calltune.guard.loop.run_loop`."""
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            raise ConfigError("this program is asynchronous already.", hint="Write: await guard.run_async(...)")
        return asyncio.run(self.run_async(messages, engine, **options))

    async def run_async(
        self, messages: Sequence[Mapping[str, Any]] | Conversation, engine: Engine, **options: Any
    ) -> Run:
        """The same, inside a program that is asynchronous itself."""
        from calltune.guard.loop import run_loop

        said = messages if isinstance(messages, Sequence) else messages.messages
        return await run_loop(self, said, engine, **options)

    def record(self, event: str, data: Mapping[str, Any]) -> None:
        """Write to the audit log, where there is one."""
        if self.audit is not None:
            self.audit.write(event, data)

    def _recorded(self, outcome: Outcome) -> Outcome:
        if self.audit is not None:
            self.audit.write("decision", outcome_record(self.toolset, outcome))
        return outcome

    def _read(self, completion: str | Completion | Message | ParseFailure) -> Message | ParseFailure:
        if isinstance(completion, Message | ParseFailure):
            return completion
        return parse(completion.text if isinstance(completion, Completion) else completion, format=self.format)

    def _mended(self, failure: ParseFailure) -> tuple[Message, tuple[Repair, ...]] | None:
        """What a broken turn says once it is mended without loss."""
        if failure.kind != "malformed" or failure.format is None or not self.repairs & SYNTAX:
            return None
        mended = mend_text(failure.text, failure.format, allowed=self.repairs)
        message = parse(mended.text, format=failure.format) if mended else failure
        return None if mended is None or isinstance(message, ParseFailure) else (message, mended.repairs)

    def _writes(self, message: Message) -> bool:
        tools = [self.toolset.get(call.name) for call in message.calls]
        return any(tool is None or tool.effect == "write" for tool in tools)

    def _decide(
        self,
        message: Message,
        steps: list[Step],
        repairs: tuple[Repair, ...],
        messages: Messages,
        turn: Turn | None,
    ) -> Outcome:
        if not message.calls:
            return Outcome(decision="reply", reply=message.text, steps=tuple(steps), repairs=repairs)
        ones = [
            checked(self.toolset, call, self.repairs).at(f"/calls/{number}")
            for number, call in enumerate(message.calls)
        ]
        calls = tuple(one.call for one in ones)
        problems = tuple(problem for one in ones for problem in one.problems)
        repairs += tuple(repair for one in ones for repair in one.repairs)
        if repairs:
            steps.append(Step("repair", "mended", f"mended without loss: {', '.join(_kinds(repairs))}."))
        outcome = Outcome(
            decision="calls",
            proposed=calls,
            reply=message.text,
            problems=problems,
            repairs=repairs,
            steps=tuple(steps),
            turn=turn,
        )
        if problems:
            return self._wrong(outcome)
        return self._judged(replace(outcome, calls=calls, steps=(*steps, *_ALL_FINE)), messages)

    def _judged(self, outcome: Outcome, messages: Messages) -> Outcome:
        """The policy's decision about calls that follow the contract."""
        if self.policy is None:
            return outcome
        calls = outcome.proposed
        problems: list[Problem] = []
        to_approve: list[tuple[ToolCall, str]] = []
        for number, call in enumerate(calls):
            verdict = self.policy.judge(call.name, call.arguments, messages)
            place, why = f"/calls/{number}", f"{call.name} is not allowed: {verdict.why}"
            if verdict.effect == "forbid":
                pointer = f"{place}/arguments{verdict.pointer}" if verdict.pointer else place
                problems.append(Problem(kind="forbidden", pointer=pointer, message=why))
            elif over := self._over(self.policy.limits_of(call.name), call, outcome.turn):
                problems.append(Problem(kind="limit", pointer=place, message=over))
            elif verdict.effect == "approve":
                to_approve.append((call, verdict.why))
        steps = (*outcome.steps, _step("policy", problems, "the policy has nothing against it."))
        if problems:
            return replace(outcome, decision="rejected", calls=(), problems=tuple(problems), steps=steps)
        if not to_approve:
            return replace(outcome, decision="calls", calls=calls, steps=steps)
        if outcome.approval is not None and outcome.approval.covers(calls):
            steps += (_passed("approval", f"{outcome.approval.by or 'a person'} said yes to exactly these calls."),)
            return replace(outcome, decision="calls", calls=calls, steps=steps)
        why = "; ".join(dict.fromkeys(why for _, why in to_approve))
        asked = ", ".join(map(shown, calls))
        steps += (Step("approval", "stopped", f"a person must agree: {why}"),)
        return replace(outcome, decision="approve", calls=(), question=f"May I run {asked}? ({why})", steps=steps)

    def _over(self, limits: Sequence[Limit], call: ToolCall, turn: Turn | None) -> str:
        """The limit that a call would break, unless it will not run because it has been begun in this very turn."""
        if not limits:
            return ""
        tool, ledger = self.toolset[call.name], self.executor.ledger
        known = ledger.entry(call_key(*turn, call.name, call.arguments)) if turn and tool.effect == "write" else None
        if known and known.state != "undone" and (known.state == "done" or not tool.idempotent):
            return ""
        return ledger.over(limits, call.arguments)

    def _wrong(self, outcome: Outcome) -> Outcome:
        unknown = [problem for problem in outcome.problems if problem.kind == "unknown_tool"]
        others = [problem for problem in outcome.problems if problem.kind != "unknown_tool"]
        steps = (*outcome.steps, _step("known tool", unknown, _KNOWN), _step("schema", others, _FOLLOWS))
        missing = missing_of(self.toolset, outcome.proposed, outcome.problems) if self.missing == "ask" else ()
        return replace(
            outcome,
            decision="ask" if missing else "rejected",
            question=question_for(missing) if missing else "",
            steps=steps,
            expected=expected_of(self.toolset, outcome.proposed, outcome.problems),
        )


def _policy(policy: Policy | Mapping[str, Any] | str | Path | None, toolset: Toolset) -> Policy | None:
    if policy is None or isinstance(policy, Policy):
        return policy
    if isinstance(policy, str | Path):
        return Policy.load(policy, toolset)
    return Policy.from_json(policy, toolset)


def unreadable(failure: ParseFailure) -> Problem:
    """A turn with the beginnings of a call in it that cannot be read."""
    return Problem(kind=failure.kind, pointer="", message=failure.message, got=shorten(failure.text))


def _stopped(name: StepName, failure: ParseFailure, steps: list[Step]) -> Outcome:
    problem = unreadable(failure)
    return Outcome(decision="rejected", problems=(problem,), steps=(*steps, Step(name, "stopped", problem.message)))


_KNOWN = "every tool called is in the contract."
_FOLLOWS = "all arguments follow their schema."


def _passed(name: StepName, why: str) -> Step:
    return Step(name, "passed", why)


_ALL_FINE = (_passed("known tool", _KNOWN), _passed("schema", _FOLLOWS))


@lru_cache(maxsize=64)
def _read_calls(count: int) -> Step:
    return _passed("parse", f"{count} call{'' if count == 1 else 's'} read.")


_PLAIN_STEPS = (_read_calls(1), *_ALL_FINE)


def _step(name: StepName, problems: list[Problem], fine: str) -> Step:
    if not problems:
        return _passed(name, fine)
    return Step(name, "stopped", " ".join(problem.message for problem in problems))


def _kinds(repairs: Sequence[Repair]) -> list[str]:
    return list(dict.fromkeys(repair.kind for repair in repairs))
