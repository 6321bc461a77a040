"""`calltune chat`: talk to a model in the terminal and see every call it proposes with the guard's verdict.

In: what the user types. Out: what the model writes while it writes it (`draft`), then replies; accepted calls in green,
rejected ones in red with the reasons, which the model gets once to mend its turn. Functions run only when the contract
was made from Python functions: reads at once, writes when the user says yes. Otherwise the user types the result. Not
here: the loop of a program (`loop`), which asks nobody between two calls of a turn and lets nobody type a result.
"""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from calltune.contract import Problem, Toolset
from calltune.contract.drift import DriftChoice, settle
from calltune.contract.sentences import printable
from calltune.errors import CalltuneError, ConfigError
from calltune.generate.completion import Completion, Request
from calltune.generate.constraint import BackendName
from calltune.generate.load import check_prefix_cache
from calltune.guard.approval import approve
from calltune.guard.audit import Audit
from calltune.guard.draft import written
from calltune.guard.execute import declined
from calltune.guard.guard import Guard
from calltune.guard.messages import assistant_message, retry_messages, tool_message
from calltune.guard.outcome import Outcome, shorten
from calltune.guard.policy import Policy
from calltune.render.parse import Message, ToolCall
from calltune.train.run_folder import find_run

if TYPE_CHECKING:
    from rich.console import Console

    from calltune.generate.engine import Engine

Read = Callable[[str], str]

HELP = (
    "/tools shows the contract, /reset forgets the conversation, /quit ends (so does Ctrl-D); Ctrl-C stops an answer."
)


@dataclass(frozen=True, kw_only=True)
class ChatConfig:
    """Talk to a model in the terminal."""

    model: str = "base"
    """Model to talk to: a run folder, "base" (the embedded one), a folder, a Hugging Face name, or the address of an
    OpenAI-compatible server (http://localhost:8000/v1#model)."""
    tools: str | None = None
    """The contract: a JSON or YAML file, or Python functions (module:name). A run folder brings its own."""
    system: str | None = None
    """System message."""
    run: Literal["never", "confirm", "always"] = "confirm"
    """Run Python functions: confirm runs those that only read and asks before those that write."""
    policy: Path | None = None
    """Rules beyond the contract: a YAML file, see docs/guard.md."""
    audit: Path | None = None
    """Write every decision and result to this log; `calltune audit verify` checks it."""
    max_rounds: int = 4
    """Turns the model may take for one thing you say."""
    max_tokens: int = 512
    """Longest turn; a call that is cut off never runs."""
    temperature: float = 0.0
    """0 is greedy."""
    seed: int = 0
    """For temperatures above 0."""
    prefix_cache: Path | None = None
    """Folder in which what was computed of a contract (its system text and tools, nothing of what users say) is kept
    for the next run. It grows to 4 GiB, then the longest unused goes; deleting it any time costs time, no answer."""
    template: Literal["auto", "native", "calltune"] = "auto"
    """Chat template; auto is what the run was trained with."""
    thinking: Literal["auto", "on", "off"] = "auto"
    """Whether the model may reason before it answers."""
    drift: DriftChoice = "refuse"
    """A run with tools that are not those it was trained on: refuse where calls that it learned would be refused now
    (and warn of lesser changes), only warn, or allow it in silence."""
    grammar: BackendName = "auto"
    """Keep answers well-formed with a grammar made from the contract, where one is installed."""
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    """Number format of the weights."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where to compute."""


@dataclass(kw_only=True)
class ChatReport:
    """What happened in one chat; filled while it goes on."""

    model: str
    """The model talked to."""
    messages: list[dict[str, Any]] = field(default_factory=list)
    """The conversation as it stands at the end."""
    turns: int = 0
    """Things the user said."""
    accepted: int = 0
    """Calls that passed the guard."""
    rejected: int = 0
    """Turns that the guard rejected."""
    executed: int = 0
    """Functions that were run."""

    @property
    def exit_code(self) -> int:
        """A chat cannot fail."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """Counts and the conversation."""
        counts = {"turns": self.turns, "accepted": self.accepted, "rejected": self.rejected, "executed": self.executed}
        return {"model": self.model, **counts, "messages": self.messages}

    def show(self, console: Console) -> None:
        """One line."""
        counts = f"{self.accepted} calls accepted, {self.rejected} turns rejected, {self.executed} functions run"
        console.print(f"{self.turns} turns, {counts}.")


def chat(config: ChatConfig, *, console: Console, read: Read | None = None, engine: Engine | None = None) -> ChatReport:
    """Talk until /quit or the end of the input. `read` asks the user for a line; EOFError ends the chat."""
    toolset = _contract(config, console)
    if config.max_rounds < 1:
        raise ConfigError(f"--max-rounds must be at least 1, got {config.max_rounds}.")
    # before the model is loaded: a mistake in a file is told at once
    check_prefix_cache(config.prefix_cache, config.model)
    policy = Policy.load(config.policy, toolset) if config.policy else None
    guard = Guard(toolset, policy=policy, audit=Audit(config.audit) if config.audit else None)
    if engine is None:
        from calltune.generate.load import load_engine

        console.print(f"loading {config.model}", markup=False)
        engine = load_engine(
            config.model,
            device=config.device,
            dtype=config.dtype,
            template=config.template,
            thinking=config.thinking,
            grammar=config.grammar,
            cache_dir=config.prefix_cache,
        )
        if notice := getattr(engine, "notice", ""):
            console.print(notice, style="yellow", markup=False)
    console.print(f"{len(toolset)} tools: {', '.join(toolset.names)}", markup=False)
    console.print(HELP, markup=False)
    report = ChatReport(model=config.model)
    _Chat(config, guard, engine, console, read or _reader(console), report).talk()
    return report


def _contract(config: ChatConfig, console: Console) -> Toolset:
    """The contract given, or the one that the run was trained on; says where the two differ."""
    run = find_run(config.model)
    if config.tools is None:
        if run is None or run.contract is None:
            raise ConfigError(
                f"{config.model} brings no contract of its own.",
                hint="Name one: calltune chat --tools tools.json (or module:name)",
            )
        return run.contract
    toolset = Toolset.load(config.tools)
    changes = run.drift(toolset) if run else ()
    for sentence in settle(changes, config.drift, model=config.model, contract=config.tools):
        console.print(f"warning: {printable(sentence)}", style="yellow", markup=False)
    return toolset


def _reader(console: Console) -> Read:
    def read(prompt: str) -> str:
        line = console.input(prompt, markup=False)
        if not sys.stdin.isatty():  # a script is piped in: show what it said, so that the transcript can be read
            console.print(line, markup=False)
        return line

    return read


class _Chat:
    """One conversation in progress."""

    def __init__(
        self, config: ChatConfig, guard: Guard, engine: Engine, console: Console, read: Read, report: ChatReport
    ) -> None:
        self.config = config
        self.toolset = guard.toolset
        self.guard = guard
        self.id = uuid.uuid4().hex
        self.engine = engine
        self.console = console
        self.read = read
        self.report = report
        self.tools = tuple(guard.toolset.to_openai())
        self.messages: list[dict[str, Any]] = []
        self._reset()

    def talk(self) -> None:
        """Until the input ends."""
        while True:
            try:
                said = self.read("you> ").strip()
                if said in ("/quit", "/exit"):
                    break
                if said.startswith("/"):
                    self._command(said)
                elif said:
                    self._turn(said)
            except (EOFError, KeyboardInterrupt):
                self._say("")
                break
        self.report.messages = self.messages

    def _command(self, said: str) -> None:
        if said == "/reset":
            self._reset()
            self._say("forgotten.")
        elif said == "/tools":
            for tool in self.toolset:
                self._say(f"{tool.name} ({tool.effect}): {tool.description}")
        else:
            self._say(("" if said == "/help" else f"there is no {said.split()[0]}. ") + HELP)

    def _reset(self) -> None:
        self.messages = [{"role": "system", "content": self.config.system}] if self.config.system else []

    def _turn(self, said: str) -> None:
        """One thing the user says. A turn that fails is forgotten, so that the conversation stays one that can be
        rendered."""
        before, executed = len(self.messages), self.report.executed
        self.messages.append({"role": "user", "content": said})
        self.report.turns += 1
        try:
            ended = self._answer()
        except CalltuneError as error:
            self._say(f"error: {error}", style="red")
            ended = False
        if not ended:
            del self.messages[before:]
            ran = " What has run stays done." if self.report.executed > executed else ""
            self._say(f"What you said last, and what followed, is forgotten.{ran}", style="dim")

    def _answer(self) -> bool:
        """The model's turns until it replies; True if it did."""
        sent_back = False
        for _ in range(self.config.max_rounds):
            request = Request(tuple(self.messages), self.tools)
            completion = self._completion(request)
            if completion is None:
                return False
            parsed = self.engine.parse(completion)
            if isinstance(parsed, Message) and parsed.reasoning:
                self._say(f"thought> {parsed.reasoning}", style="dim")
            outcome = self._approved(self.guard.check(completion, parsed=parsed, messages=self.messages))
            self._show(outcome, completion)
            if outcome.decision == "ask":
                self.messages.append({"role": "assistant", "content": outcome.question})
                return True
            if outcome.decision == "reply":
                self.messages.append({"role": "assistant", "content": outcome.reply})
                return True
            if outcome.decision == "calls":
                if not self._run_calls(outcome):
                    return True
                continue
            self.report.rejected += 1
            if sent_back or completion.error:
                return False
            sent_back = True
            self._say("sent back to the model once.", style="dim")
            self.messages += retry_messages(outcome, completion.text)
        self._say(f"stopped after {self.config.max_rounds} turns of the model.", style="yellow")
        return False

    def _completion(self, request: Request) -> Completion | None:
        """The model's turn, shown while it is written; None when the user stopped it."""
        config = self.config
        options: dict[str, Any] = {"temperature": config.temperature, "seed": config.seed}
        try:
            return written(self.engine.stream(request, max_tokens=config.max_tokens, **options), self.console)
        except KeyboardInterrupt:
            self._say("stopped.", style="yellow")
            return None

    def _show(self, outcome: Outcome, completion: Completion) -> None:
        if outcome.decision in ("rejected", "fallback"):
            if said := outcome.reply or ("" if outcome.proposed else completion.text):
                self._say(f"rejected> {shorten(said)}", style="dim strike")
        elif outcome.reply:
            self._say(f"model> {outcome.reply}", style="bold")
        for place, call in enumerate(outcome.proposed):
            problems = outcome.problems_of(place)
            verdict, style = ("rejected", "red") if problems else ("accepted", "green")
            if outcome.decision == "ask" and problems:
                verdict, style = "incomplete", "yellow"
            if not problems and outcome.decision == "rejected":
                verdict, style = "fine, but held back with the rest of the turn", "yellow"
            self._say(f"  {call.name}({shorten(call.arguments)})  {verdict}", style=style)
            for problem in problems:
                self._say(f"    {problem.pointer}: {problem.message}", style="red")
        for repair in outcome.repairs:
            before, after = shorten(repair.before), shorten(repair.after)
            self._say(f"    mended ({repair.kind}): {before} -> {after or 'nothing'}", style="yellow")
        if outcome.decision == "ask":
            self._say(f"model> {outcome.question}", style="bold")
        for problem in outcome.problems:
            if not problem.pointer:
                self._say(f"  rejected ({problem.kind}): {problem.message}", style="red")

    def _run_calls(self, outcome: Outcome) -> bool:
        """Results of all calls as messages; False when the user gave none, which ends the turn."""
        self.report.accepted += len(outcome.calls)
        self.messages.append(assistant_message(outcome, len(self.messages)))
        given = []
        for place, call in enumerate(outcome.calls):
            result, is_given = self._result(outcome, call, place)
            given.append(is_given)
            self.messages.append(tool_message(call, len(self.messages) - 1 - place, place, result))
        return any(given)

    def _result(self, outcome: Outcome, call: ToolCall, place: int) -> tuple[str, bool]:
        function = self.toolset.functions.get(call.name)
        if function is None or self.config.run == "never":
            typed = self.read(f"    result of {call.name} (Enter: none)> ").strip()
            return (typed, True) if typed else (declined("it was not run"), False)
        writes = self.toolset[call.name].effect == "write"
        if writes and self.config.run == "confirm":
            answer = self.read(f"    {call.name} writes. Run it? [y/N] ").strip().lower()
            if answer not in ("y", "yes"):
                self._declined(call)
                return declined("the user does not want it to run"), True
        one = replace(outcome, calls=(call,), proposed=(call,))
        step = len(self.messages) * 100 + place
        (result,) = asyncio.run(self.guard.execute(one, run=self.id, step=step, messages=self.messages))
        self.report.executed += result.attempts > 0
        failed = result.state != "done"
        self._say(
            f"    {'failed' if failed else 'result'}: {shorten(result.detail or result.text)}",
            style="red" if failed else None,
        )
        for problem in result.problems:
            self._say(f"    the result breaks its contract: {problem.pointer}: {problem.message}", style="yellow")
        return result.text, True

    def _declined(self, *calls: ToolCall) -> None:
        """A person's no is on record too."""
        self.guard.record("declined", {"run": self.id, "tools": [call.name for call in calls]})

    def _approved(self, outcome: Outcome) -> Outcome:
        """Calls that the policy wants a person to agree to, after a yes; rejected after a no."""
        if outcome.decision != "approve":
            return outcome
        answer = self.read(f"    {outcome.question} [y/N] ").strip().lower()
        if answer in ("y", "yes"):
            return self.guard.approved(outcome, approve(outcome.proposed, by="the user"), messages=self.messages)
        self._declined(*outcome.proposed)
        problem = Problem(kind="forbidden", pointer="", message="The user does not want it to run.")
        return replace(outcome, decision="rejected", problems=(problem,))

    def _say(self, text: str, style: str | None = None) -> None:
        self.console.print(printable(text), style=style, markup=False)
