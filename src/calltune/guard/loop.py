"""The loop: a conversation and an engine go in; the model speaks, the guard decides, calls run, results go back, until
there is a reply, a question, or nothing more to try. Everything on the way is in the `Run`.

Bounded in every direction: turns of the model, tries per turn, tokens. A model that sends the same wrong turn again is
stopped at once: it would send it a third time. Not here: streaming.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from calltune.generate.completion import Completion, Request
from calltune.guard import telemetry
from calltune.guard.approval import Approval
from calltune.guard.execute import Result
from calltune.guard.fallback import default_text, substituted_text
from calltune.guard.messages import assistant_message, retry_messages, tool_message
from calltune.guard.outcome import Outcome
from calltune.guard.results import result_text
from calltune.guard.secrets import REDACTED, has_secrets
from calltune.render.parse import ToolCall

if TYPE_CHECKING:
    from calltune.generate.engine import Engine
    from calltune.guard.guard import Guard

Ask = Callable[[Outcome], Mapping[str, Any] | None]
"""Gets an "ask" outcome; gives back answers by the pointers of its problems, or None to leave the question open."""
Approve = Callable[[Outcome], Approval | None]
"""Gets an "approve" outcome; gives back a yes (`calltune.guard.approve`) or None for a no."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long a run may go on."""

    turns: int = 12
    """Of the model."""
    retries: int = 2
    """Tries to mend one rejected turn."""
    retry_tokens: int = 4096
    """Written in all these tries."""
    tokens: int = 50_000
    """Written by the model in all."""
    max_tokens: int = 1024
    """Of one turn."""


@dataclass(kw_only=True)
class Run:
    """What happened, filled while it goes on."""

    id: str
    """Names the run in the ledger and the log: the same id with the same calls runs no write twice."""
    messages: list[dict[str, Any]]
    """The conversation as it stands; append what the user says and run again."""
    decision: Literal["reply", "ask", "approve", "fallback"] = "fallback"
    """How it ended: see `Outcome.decision`."""
    reply: str = ""
    """What to tell the user: the reply, the question, or that it was not possible."""
    why: str = ""
    """Why it was given up, for the log."""
    outcomes: list[Outcome] = field(default_factory=list)
    """Every decision."""
    results: list[Result] = field(default_factory=list)
    """Every call that was run or refused."""
    tokens: int = 0
    """Written by the model."""

    @property
    def pending(self) -> Outcome | None:
        """The decision that waits for an answer or a yes."""
        return self.outcomes[-1] if self.decision in ("ask", "approve") and self.outcomes else None


async def run_loop(
    guard: Guard,
    messages: Sequence[Mapping[str, Any]],
    engine: Engine,
    *,
    ask: Ask | None = None,
    approve: Approve | None = None,
    run_id: str | None = None,
    outcome: Outcome | None = None,
    bounds: Bounds = Bounds(),  # frozen
    temperature: float = 0.0,
    seed: int = 0,
) -> Run:
    """Let the model answer the last message. Raises what the engine raises; nothing else.

    `outcome`: a decision to begin with, such as `guard.approved(run.pending, approve(...))` of an earlier run with the
    same `run_id`."""
    run = Run(id=run_id or uuid.uuid4().hex, messages=[dict(message) for message in messages])
    with telemetry.span("invoke_agent", "calltune", agent__name="calltune", conversation__id=run.id) as span:
        loop = _Loop(guard, engine, run, bounds, ask, approve, temperature, seed)
        await loop.go(outcome)
        if run.decision == "fallback":
            run.reply = guard.fallback.give_up(run.why)
            telemetry.failed(span, "fallback")
        telemetry.note(span, decision=run.decision, turns=len(run.outcomes), calls=len(run.results))
    why = REDACTED if run.why and has_secrets(guard.toolset) else run.why
    guard.record("run", {"run": run.id, "decision": run.decision, "why": why, "tokens": run.tokens})
    return run


class _Loop:
    """One run in progress."""

    def __init__(
        self,
        guard: Guard,
        engine: Engine,
        run: Run,
        bounds: Bounds,
        ask: Ask | None,
        approve: Approve | None,
        temperature: float,
        seed: int,
    ) -> None:
        self.guard, self.engine, self.run, self.bounds = guard, engine, run, bounds
        self.ask, self.approve = ask, approve
        self.temperature, self.seed = temperature, seed
        self.tools = tuple(guard.toolset.to_openai())
        self.rejected: list[str] = []
        """Texts of the rejected turns since the last good one."""
        self.rejected_tokens = 0
        """What the model wrote in these tries after the first."""

    async def go(self, outcome: Outcome | None) -> None:
        """Until it ends."""
        if outcome is not None and await self.act(outcome, Completion("")):
            return
        for _ in range(self.bounds.turns):
            completion = await self.complete()
            turn = (self.run.id, len(self.run.messages))
            parsed = self.engine.parse(completion)
            outcome = self.guard.check(completion, parsed=parsed, messages=self.run.messages, turn=turn)
            if await self.act(outcome, completion):
                return
            if self.run.tokens > self.bounds.tokens:
                self.give_up(f"the model has written {self.run.tokens:,} tokens, more than it may.")
                return
        self.give_up(f"the model has taken {self.bounds.turns} turns without an end.")

    async def complete(self) -> Completion:
        request = Request(tuple(self.run.messages), self.tools)
        options: dict[str, Any] = {"max_tokens": self.bounds.max_tokens}
        options |= {"temperature": self.temperature, "seed": self.seed}
        with telemetry.span("chat", self.engine.name, request__model=self.engine.name) as span:
            completion = (await asyncio.to_thread(self.engine.complete, [request], **options))[0]
            if span is not None:
                span.set_attribute("gen_ai.usage.input_tokens", completion.prompt_tokens)
                span.set_attribute("gen_ai.usage.output_tokens", completion.completion_tokens)
        self.run.tokens += completion.completion_tokens
        return completion

    async def act(self, outcome: Outcome, completion: Completion) -> bool:
        """Do what was decided; True where that ends the run."""
        self.run.outcomes.append(outcome)
        for _ in range(self.bounds.retries + 1):
            answers = self.ask(outcome) if outcome.decision == "ask" and self.ask else None
            if not answers:
                break
            said = "\n".join(value if isinstance(value, str) else json.dumps(value) for value in answers.values())
            self.run.messages.append({"role": "assistant", "content": outcome.question})
            self.run.messages.append({"role": "user", "content": said})
            outcome = replace(outcome, turn=(self.run.id, len(self.run.messages)))
            outcome = self.guard.answer(outcome, answers, messages=self.run.messages)
            self.run.outcomes.append(outcome)
        match outcome.decision:
            case "calls":
                self.rejected.clear()
                self.rejected_tokens = 0
                await self.execute(outcome)
                return False
            case "ask":
                return self.end("ask", outcome.question)
            case "approve":
                if self.approve is None:
                    return self.end("approve", outcome.question)
                return await self.decided(outcome, self.approve(outcome))
            case "reply":
                return self.end("reply", outcome.reply)
            case _:
                return self.reject(outcome, completion)

    async def decided(self, outcome: Outcome, approval: Approval | None) -> bool:
        if approval is not None:
            again = self.guard.approved(outcome, approval, messages=self.run.messages)
            self.run.outcomes.append(again)
            if again.decision == "calls":
                await self.execute(again)
                return False
        declined = {"run": self.run.id, "step": len(self.run.messages)}
        self.guard.record("declined", declined | {"tools": [call.name for call in outcome.proposed]})
        self.extend(outcome, ["It was not run: the user does not want it."] * len(outcome.proposed), errors=True)
        return False

    async def execute(self, outcome: Outcome) -> None:
        step = len(self.run.messages)
        results = await self.guard.execute(outcome, run=self.run.id, step=step, messages=self.run.messages)
        self.run.results += results
        self.extend(outcome, [await self.after(result, step) for result in results])

    async def after(self, result: Result, step: int) -> str:
        """What the model is told of a result: itself, a substitute's, a default, or that it failed."""
        if result.state not in ("failed", "unavailable"):
            return result.text
        name, fallback = result.call.name, self.guard.fallback
        if name in fallback.substitutes:
            call = ToolCall(name=fallback.substitutes[name], arguments=result.call.arguments)
            turn = (self.run.id, step)
            outcome = self.guard.check_call(call.name, call.arguments, messages=self.run.messages, turn=turn)
            if outcome.decision == "calls":
                (instead,) = await self.guard.execute(outcome, run=self.run.id, step=step, messages=self.run.messages)
                self.run.results.append(instead)
                if instead.state == "done" and not instead.problems:
                    return substituted_text(result, instead)
        if name in fallback.defaults:
            return default_text(result, fallback.defaults[name])
        return result.text

    def reject(self, outcome: Outcome, completion: Completion) -> bool:
        reasons = " ".join(problem.message for problem in outcome.problems[:3])
        if completion.error:
            return self.give_up(completion.error)
        said = repr((completion.text, [(call.name, call.arguments) for call in outcome.proposed]))
        if said in self.rejected:
            return self.give_up(f"the model sent the same wrong turn again: {reasons}")
        if len(self.rejected) >= self.bounds.retries:
            return self.give_up(f"the model was wrong {len(self.rejected) + 1} times in a row: {reasons}")
        self.rejected_tokens += completion.completion_tokens if self.rejected else 0
        if self.rejected_tokens > self.bounds.retry_tokens:
            return self.give_up(f"the model wrote {self.rejected_tokens:,} tokens to mend one turn: {reasons}")
        self.rejected.append(said)
        self.run.messages += retry_messages(outcome, completion.text, len(self.run.messages))
        return False

    def extend(self, outcome: Outcome, contents: Sequence[str], *, errors: bool = False) -> None:
        """The turn and the results of its calls, as messages."""
        number = len(self.run.messages)
        self.run.messages.append(assistant_message(outcome, number))
        for place, (call, content) in enumerate(zip(outcome.proposed, contents, strict=True)):
            text = result_text({"error": content}) if errors else content
            self.run.messages.append(tool_message(call, number, place, text))

    def end(self, decision: Literal["reply", "ask", "approve"], said: str) -> bool:
        self.run.decision, self.run.reply = decision, said
        if decision != "approve":
            self.run.messages.append({"role": "assistant", "content": said})
        return True

    def give_up(self, why: str) -> bool:
        self.run.decision, self.run.why = "fallback", why
        return True
