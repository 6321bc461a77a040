"""`calltune demo`: the whole flow on the embedded model, with the commands that a user would type.

In: a folder to write to. Out: a contract, conversations, an adapter, predictions before and after, and a
`DemoReport` with the comparison, one call that the guard let through and one that it stopped. The functions are a
help desk's (`helpdesk.py`), the conversations are made up (`conversations.py`); the model has seen neither. No
function is run.
"""

from __future__ import annotations

import json
import shlex
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calltune.contract import Toolset
from calltune.contract.command import ToolsConfig, tools
from calltune.data import CheckConfig, check
from calltune.demo.conversations import ROWS, write
from calltune.errors import ConfigError, DataError
from calltune.evaluate.command import EvalConfig, evaluate
from calltune.evaluate.report import EvalReport
from calltune.evaluate.run import Prediction, last_question
from calltune.guard import Guard, Outcome
from calltune.render.parse import Message, ToolCall
from calltune.train.command import train
from calltune.train.config import TrainConfig
from calltune.train.session import take_whole_pages

if TYPE_CHECKING:
    from rich.console import Console

FUNCTIONS = "calltune.demo.helpdesk"
MARKER = "demo.json"
"""The file that says that a folder was written by the demo, and what the demo found."""
WRITTEN = ("tools.json", "train.jsonl", "test.jsonl", "run", "eval", MARKER)
"""What the demo writes into its folder, and all that it ever replaces there."""
LEARNING_RATE = 1e-3
"""Five times the default, which suits large models; this one is 256 wide and has few steps."""
ROWS_PER_STEP = 24
"""More than the default: the functions, a third of a step's work, are computed once for all of a step's rows."""
RANK = 64
"""What people call things in this company is learned by heart, which takes room. So high a rank needs rsLoRA."""
MAX_TOKENS = 256
"""More than the longest answer in the demo's rows, in any tokenizer; an untuned model need not ramble on."""


@dataclass(frozen=True, kw_only=True)
class DemoConfig:
    """Tune the embedded model on a help desk's functions, and measure it before and after."""

    out: Path = Path("calltune-demo")
    """Folder to write. An earlier demo in it is replaced; nothing else in it is touched."""
    model: str = "base"
    """Model to tune: "base" (the embedded one), a folder, or a Hugging Face name."""
    rows: int = ROWS["train"]
    """Conversations to learn from."""
    eval_rows: int = ROWS["test"]
    """Conversations to measure on; none of their sentences and values is learned from."""
    steps: int = 190
    """Optimizer steps of training."""
    seed: int = 0
    """Another seed: other conversations, another adapter."""

    def check(self) -> None:
        """Raise `ConfigError` with every option that makes no sense."""
        faults = [
            f"--{name.replace('_', '-')} must be at least {least}, got {getattr(self, name)}"
            for name, least in (("rows", 1), ("eval_rows", 1), ("steps", 1))
            if getattr(self, name) < least
        ]
        if faults:
            raise ConfigError("the options for the demo do not fit:", faults=faults)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """One proposed turn and what the guard said about it."""

    question: str
    """What the user said."""
    text: str
    """What the model wrote."""
    outcome: Outcome
    """The guard's decision."""
    source: str
    """Who wrote the turn: "after tuning", "before tuning", or "made by hand" when no model wrote one of this kind."""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"question": self.question, "text": self.text, "source": self.source, "verdict": self.outcome.to_json()}

    def show(self, console: Console) -> None:
        """The question, the turn, the decision and its reasons."""
        verdict = "[bold green]accepted[/]" if self.outcome.decision == "calls" else "[bold red]rejected[/]"
        console.print(f"{verdict} [dim]({self.source})[/]")
        console.print(f"  user:  {self.question}", markup=False)
        console.print(f"  model: {self.text}", markup=False)
        if self.outcome.decision == "calls":
            console.print(
                "  guard: every tool called is in the contract, and all arguments follow its schema", markup=False
            )
        for problem in self.outcome.problems:
            place = f"{problem.pointer}: " if problem.pointer else ""
            console.print(f"  guard: {place}{problem.message}", markup=False)


@dataclass(frozen=True, kw_only=True)
class DemoReport:
    """What the demo found."""

    config: DemoConfig
    evaluation: EvalReport
    """Before and after, on the same rows."""
    accepted: Verdict | None
    """A call that the guard let through; None when the tuned model made no call that is right."""
    rejected: Verdict
    """A call that the guard stopped."""
    seconds: dict[str, float] = field(default_factory=dict)
    """By step."""

    @property
    def exit_code(self) -> int:
        """0 when the tuned model gets more calls exactly right than the model it was made from."""
        assert self.evaluation.before is not None
        before, after = (
            side.metrics()["call_exact"].value or 0.0 for side in (self.evaluation.before, self.evaluation.after)
        )
        return 0 if after > before else 1

    def to_json(self) -> dict[str, Any]:
        """The steps' times, the two verdicts, then the same `before` and `after` as `calltune eval --compare`."""
        compared = self.evaluation.to_json()
        return {
            "out": str(self.config.out),
            "seconds": {step: round(seconds, 1) for step, seconds in self.seconds.items()},
            "total_s": round(sum(self.seconds.values()), 1),
            "accepted": None if self.accepted is None else self.accepted.to_json(),
            "rejected": self.rejected.to_json(),
            "n": compared["n"],
            "mcnemar": compared["mcnemar"],
            "before": compared["before"],
            "after": compared["after"],
        }

    def show(self, console: Console) -> None:
        """The total time and what to do next; the steps have printed the rest."""
        total = sum(self.seconds.values())
        parts = ", ".join(f"{step} {seconds:.0f} s" for step, seconds in self.seconds.items())
        console.print(f"\n[bold]Done in {int(total) // 60} min {int(total) % 60} s[/] ({parts}).")
        if self.exit_code:
            console.print("[yellow]The tuned model is not better than the model it was made from.[/]")
        run, out = self.config.out / "run", self.config.out
        console.print("Next, talk to it; its functions really run, in memory:")
        console.print(f"  calltune chat --model {shlex.quote(str(run))} --tools {FUNCTIONS}", markup=False)
        console.print("Or see what is trained, token by token:")
        command = inspect_line(self.config.model, out)
        console.print(f"  {command}", markup=False)
        console.print("Your own functions and conversations take the same commands.")


def demo(config: DemoConfig, *, console: Console) -> DemoReport:
    """Run the whole flow and show every step as the command that does it."""
    config.check()
    take_whole_pages()
    out = config.out
    prepare(out, console)
    contract, run = out / "tools.json", out / "run"
    seconds: dict[str, float] = {}

    with step(console, seconds, "contract", "1. The functions: twelve of a help desk become a contract"):
        tools_config = ToolsConfig(source=FUNCTIONS, out=contract)
        show_command(console, "tools", tools_config)
        toolset = tools(tools_config, console=console).toolset
        console.print(", ".join(toolset.names), markup=False)
        console.print(f"{len(toolset)} tools, {toolset.fingerprint}", highlight=False)

    with step(console, seconds, "rows", "2. The conversations: made up here, yours would be logged ones"):
        command = f"python -m calltune.demo.conversations --out {shlex.quote(str(out))}"
        options = (
            ("seed", config.seed, 0),
            ("rows", config.rows, ROWS["train"]),
            ("test-rows", config.eval_rows, ROWS["test"]),
        )
        command += "".join(f" --{name} {value}" for name, value, default in options if value != default)
        console.print(f"[bold cyan]$ {command}[/]")
        training, test = write(out, seed=config.seed, rows=config.rows, test_rows=config.eval_rows)
        show_example(training, console)
        for path in (training, test):
            check_config = CheckConfig(data=str(path), tools=str(contract))
            show_command(console, "check", check_config)
            checked = check(check_config, console=console)
            if checked.exit_code:
                checked.show(console)
                raise DataError(f"{path} has bad rows, and the demo wrote it: please report this.")
            console.print(f"{checked.rows:,} rows, {checked.calls:,} calls, every row is good.", highlight=False)

    with step(console, seconds, "training", "3. Training: LoRA on top of the embedded model"):
        train_config = TrainConfig(
            model=config.model,
            tools=str(contract),
            data=str(training),
            out=run,
            max_steps=config.steps,
            rows_per_step=ROWS_PER_STEP,
            learning_rate=LEARNING_RATE,
            rank=RANK,
            rslora=True,
            seed=config.seed,
        )
        show_command(console, "train", train_config)
        trained = train(train_config, console=console)
        trained.show(console)
        if not trained.finished:
            raise KeyboardInterrupt

    with step(
        console, seconds, "evaluation", "4. Before and after, on rows with sentences and values it has never seen"
    ):
        eval_config = EvalConfig(
            model=str(run),
            compare=config.model,
            tools=str(contract),
            data=str(test),
            out=out / "eval",
            max_tokens=MAX_TOKENS,
        )
        show_command(console, "eval", eval_config)
        evaluation = evaluate(eval_config, console=console)
        evaluation.show(console)

    with step(console, seconds, "guard", "5. The guard: no call runs that breaks the contract"):
        accepted, rejected = verdicts(evaluation, toolset)
        for verdict in (accepted, rejected):
            if verdict is not None:
                verdict.show(console)

    report = DemoReport(config=config, evaluation=evaluation, accepted=accepted, rejected=rejected, seconds=seconds)
    (out / MARKER).write_text(json.dumps(report.to_json(), indent=2) + "\n", encoding="utf-8")
    return report


def prepare(out: Path, console: Console) -> None:
    """Make the folder ready. An earlier demo is replaced; a folder of somebody else is refused."""
    if out.exists() and not out.is_dir():
        raise ConfigError(
            f"--out is a folder, and {out} is a file.", hint="Name another one: calltune demo --out FOLDER"
        )
    found = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    if found and MARKER not in found:
        raise ConfigError(
            f"{out} holds files that the demo did not write ({', '.join(found[:3])} ...).",
            hint="Name another folder: calltune demo --out FOLDER",
        )
    if found:
        console.print(f"{out} holds an earlier demo, which is replaced.", markup=False)
    for name in WRITTEN:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / MARKER).write_text("{}\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{out} cannot be written: {error.strerror or error}",
            hint="Name another folder: calltune demo --out FOLDER",
        ) from error


@contextmanager
def step(console: Console, seconds: dict[str, float], name: str, title: str) -> Iterator[None]:
    """A numbered part of the demo, timed."""
    console.print(f"\n[bold]{title}[/]")
    start = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - start


def show_command(console: Console, name: str, config: Any) -> None:
    """The command that is run next."""
    console.print(f"$ {command_line(name, config)}", style="bold cyan", markup=False, highlight=False)


def command_line(name: str, config: Any) -> str:
    """The command that makes this configuration: options that are not at their default."""
    words = ["calltune", name]
    for option in fields(config):
        value = getattr(config, option.name)
        default = option.default_factory() if option.default_factory is not MISSING else option.default
        if value is None or value == default:
            continue
        flag = "--" + option.name.replace("_", "-")
        if isinstance(value, bool):
            words.append(flag if value else "--no-" + flag[2:])
        elif "Positional" in str(option.type):
            words.append(shlex.quote(str(value)))
        else:
            words += [flag, *(shlex.quote(str(part)) for part in (value if isinstance(value, tuple) else (value,)))]
    return " ".join(words)


def inspect_line(model: str, out: Path) -> str:
    """The command that shows what of the demo's rows is trained."""
    contract, data = (shlex.quote(str(out / name)) for name in ("tools.json", "train.jsonl"))
    return f"calltune inspect --model {shlex.quote(model)} --tools {contract} --data {data}"


def show_example(path: Path, console: Console) -> None:
    """The first row with a call, in two lines."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            question, answer = json.loads(line)["messages"][:2]
            if "tool_calls" in answer:
                console.print(f"for example: {question['content']}", markup=False)
                for call in answer["tool_calls"]:
                    arguments = json.dumps(call["function"]["arguments"], ensure_ascii=False)
                    console.print(f"          -> {call['function']['name']} {arguments}", markup=False)
                return


def verdicts(evaluation: EvalReport, toolset: Toolset) -> tuple[Verdict | None, Verdict]:
    """A call that is right and was let through, and one that was stopped: the untuned model's, if it wrote one."""
    assert evaluation.before is not None
    after, before = evaluation.after.predictions, evaluation.before.predictions
    right = next((p for p in after if p.outcome.decision == "calls" and p.score.call_exact), None)
    accepted = None if right is None else verdict_of(right, "after tuning")
    for predictions, source in ((before, "before tuning"), (after, "after tuning")):
        wrong = clearest_rejection(predictions)
        if wrong is not None:
            return accepted, verdict_of(wrong, source)
    return accepted, broken_by_hand(toolset)


def verdict_of(prediction: Prediction, source: str) -> Verdict:
    """A prediction as it is shown."""
    return Verdict(
        question=last_question(prediction.row),
        text=prediction.completion.text,
        outcome=prediction.outcome,
        source=source,
    )


def clearest_rejection(predictions: Sequence[Prediction]) -> Prediction | None:
    """The rejected turn that is the easiest to read: one call of a known tool with as few problems as possible."""
    rejected = [p for p in predictions if p.outcome.decision == "rejected" and p.outcome.proposed]
    return min(
        rejected,
        key=lambda p: (
            len(p.outcome.proposed),
            any(problem.kind == "unknown_tool" for problem in p.outcome.problems),
            len(p.outcome.problems),
            len(p.completion.text),
        ),
        default=None,
    )


def broken_by_hand(toolset: Toolset) -> Verdict:
    """A call in a person's words instead of the schema's, for when no model wrote a wrong one."""
    arguments = {"ticket": "204417", "priority": "urgent"}
    message = Message(text="", reasoning=None, calls=(ToolCall(name="set_priority", arguments=arguments),))
    return Verdict(
        question="Please make ticket 204417 urgent.",
        text=f"<tool_call>{json.dumps({'name': 'set_priority', 'arguments': arguments})}</tool_call>",
        outcome=Guard(toolset).check(message),
        source="made by hand: no model wrote an invalid call in this run",
    )
