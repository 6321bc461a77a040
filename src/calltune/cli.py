"""The command line: one command a stage, each one dataclass (its options) and one function (its work).

In: arguments. Out: text for a person on standard output, or with `--json` one JSON object there and the text on
standard error. Exit code 0: fine; 1: it ran and the answer is no; 2: it could not run, the message says what to type;
130: Ctrl-C."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from calltune.errors import CalltuneError, ConfigError


class Report(Protocol):
    """What every command returns."""

    @property
    def exit_code(self) -> int: ...

    def show(self, console: Any) -> None: ...

    def to_json(self) -> dict[str, Any]: ...


class Command(NamedTuple):
    """Where a command lives; imported only when it is the one that runs."""

    module: str
    config: str
    function: str
    summary: str
    speaks: bool = False
    """Standard output is a protocol's: text and JSON go to standard error."""


PATIENCE_S = 10
"""How long a process of several waits for the first one to end; a launcher ends it earlier."""

COMMANDS = {
    "tools": Command("calltune.contract.command", "ToolsConfig", "tools", "any source of functions -> a contract"),
    "diff": Command(
        "calltune.data.diff_command", "DiffConfig", "compare_contracts", "what changed in a contract, and for whom"
    ),
    "import": Command(
        "calltune.data.import_command", "ImportConfig", "import_rows", "rows in other formats -> calltune rows"
    ),
    "check": Command("calltune.data.command", "CheckConfig", "check", "every bad row, with line, pointer and reason"),
    "split": Command(
        "calltune.data.split", "SplitConfig", "split", "rows -> train and test files that share no question"
    ),
    "leaks": Command("calltune.data.leaks", "LeaksConfig", "leaks", "test rows and benchmarks that training sees"),
    "stats": Command("calltune.data.stats", "StatsConfig", "stats", "what the rows hold, and what they lack"),
    "augment": Command(
        "calltune.data.augment.command",
        "AugmentConfig",
        "augment",
        "gold rows -> more rows, made from the contract",
    ),
    "teach": Command(
        "calltune.data.augment.teach_command", "TeachConfig", "teach", "a larger model writes rows, which are checked"
    ),
    "inspect": Command("calltune.render.inspect", "InspectConfig", "inspect", "exactly what is trained, in colour"),
    "train": Command("calltune.train.command", "TrainConfig", "train", "LoRA on checked rows -> a run folder"),
    "eval": Command("calltune.evaluate.command", "EvalConfig", "evaluate", "scores; --compare for before and after"),
    "chat": Command("calltune.guard.chat", "ChatConfig", "chat", "talk to it, every call shown with its verdict"),
    "mcp": Command(
        "calltune.serve.mcp_command",
        "McpConfig",
        "mcp",
        "functions -> an MCP server with the guard inside",
        speaks=True,
    ),
    "audit": Command(
        "calltune.guard.audit_command", "AuditConfig", "audit", "whether an audit log is whole; what it holds"
    ),
    "demo": Command("calltune.demo.command", "DemoConfig", "demo", "the whole flow on the embedded model"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        from calltune import __version__

        print(f"calltune {__version__}")
        return 0
    as_json = "--json" in arguments
    from rich.console import Console

    speaks = arguments[0] in COMMANDS and COMMANDS[arguments[0]].speaks
    console = Console(
        stderr=as_json or speaks, highlight=False, soft_wrap=not sys.stdout.isatty(), quiet=not is_first()
    )
    try:
        if is_launched() and arguments[0] != "train":
            raise ConfigError(f"calltune {arguments[0]} runs in one process.", hint="Start it without a launcher.")
        code = run(arguments[0], [a for a in arguments[1:] if a != "--json"], console, as_json=as_json)
        return _after_the_first(code)
    except SystemExit as error:  # an option that is not known
        sys.exit(_after_the_first(int(error.code or 0)))
    except CalltuneError as error:
        if as_json and is_first():
            told = {"error": error.message, "hint": error.hint, "faults": list(error.faults)}
            print(json.dumps(told), file=sys.stderr if speaks else sys.stdout)
        quiet = error.everywhere and not is_first("LOCAL_RANK")
        errors = Console(stderr=True, highlight=False, soft_wrap=True, quiet=quiet)
        errors.print(f"[bold red]error:[/] {_escape(str(error))}")
        return _after_the_first(2) if error.everywhere else 2
    except KeyboardInterrupt:
        if is_first():
            print("\nstopped.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `calltune check ... | head`
        sys.stdout = None
        return 1
    except Exception:  # 1 would say that it ran and that the answer is no
        traceback.print_exc()
        print("error: this is a fault of calltune, not yours. Please report it with the lines above.", file=sys.stderr)
        return 2


def run(name: str, arguments: list[str], console: Any, *, as_json: bool) -> int:
    """Parse the arguments of command `name`, run it, print its report."""
    config, function = parse(name, arguments)
    report: Report = function(config, console=console)
    if as_json and is_first():
        print(json_text(report.to_json()), file=sys.stderr if COMMANDS[name].speaks else sys.stdout)
    elif not as_json:
        report.show(console)
    return report.exit_code


def _after_the_first(code: int) -> int:
    """The same code, when the process that talks to the user has ended: a launcher ends all others as soon as one has
    ended with a code, and that one must have said why."""
    if code and not is_first():

        def end(number: int, frame: Any) -> None:
            sys.exit(code)

        signal.signal(signal.SIGTERM, end)
        time.sleep(PATIENCE_S)
    return code


def is_launched() -> bool:
    """Whether torchrun or `accelerate launch` started this process as one of several."""
    return os.environ.get("WORLD_SIZE", "1") != "1" and "LOCAL_RANK" in os.environ


def is_first(number: str = "RANK") -> bool:
    """Whether it is number 0 of these (RANK), or of these on this machine (LOCAL_RANK): what all have to say is said
    by one."""
    return not is_launched() or os.environ.get(number) == "0"


def parse(name: str, arguments: list[str]) -> tuple[Any, Callable[..., Report]]:
    """The configuration and the function of command `name`. A `--config` file stands for the options it holds, and
    options typed beside it win."""
    import tyro

    command = COMMANDS.get(name)
    if command is None:
        raise ConfigError(f"there is no command {name!r}{_near(name, COMMANDS)}.", hint="Type: calltune --help")
    module = importlib.import_module(command.module)
    config_class = getattr(module, command.config)
    arguments = with_config_file(config_class, arguments)
    config = tyro.cli(
        config_class,
        args=arguments,
        prog=f"calltune {name}",
        description=f"{command.summary}.",
        console_outputs=is_first(),
    )
    from calltune.compose import COMPOSED

    return config, COMPOSED.get(name) or getattr(module, command.function)


def json_text(value: Any) -> str:
    """One line of JSON. Text of a model may hold lone surrogates, which no output encoding carries: then all is
    escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False)
    return text


def with_config_file(config_class: type, arguments: list[str]) -> list[str]:
    """Replace `--config FILE` by the options in FILE, before the typed ones."""
    typed: list[str] = []
    loaded: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--config" or argument.startswith("--config="):
            path = argument.partition("=")[2] or next(rest, "")
            loaded = options_of(config_class, Path(path))
        else:
            typed.append(argument)
    return loaded + together(config_class, typed)


def together(config_class: type, typed: list[str]) -> list[str]:
    """`--include a --include b` as `--include a b`: of an option that takes several values, the last one alone would
    count."""
    several = {
        "--" + field.name.rstrip("_").replace("_", "-")
        for field in fields(config_class)
        if str(field.type).startswith("tuple[")
    }
    values: dict[str, list[str]] = {}
    rest: list[str] = []
    into = rest
    for argument in typed:
        flag, found, value = argument.partition("=")
        if flag.replace("_", "-") in several:
            into = values.setdefault(flag.replace("_", "-"), [])
            into += [value] if found else []
        elif argument.startswith("--"):
            into = rest
            rest.append(argument)
        else:
            into.append(argument)
    return [*rest, *(part for flag, given in values.items() for part in (flag, *given))]


def options_of(config_class: type, path: Path) -> list[str]:
    """The command-line options that the YAML file says."""
    import yaml

    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the configuration file {path}: {error}") from error
    except (yaml.YAMLError, RecursionError, ValueError, AttributeError) as error:  # the last two: a tag on wrong text
        raise ConfigError(f"{path} is not YAML: {error}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path} must hold `option: value` lines, it holds {type(values).__name__}.")
    known = {field.name.rstrip("_"): field for field in fields(config_class)}  # from_ is --from, a word of Python
    faults = [
        f"unknown option {name!r}{_near(str(name), known)}"
        for name in values
        if str(name).replace("-", "_") not in known
    ]
    if faults:
        raise ConfigError(f"{path} has options that this command does not know:", faults=faults)
    options: list[str] = []
    order = list(known)  # of the fields: arguments without a flag are told apart by their place
    for name, value in sorted(values.items(), key=lambda item: order.index(str(item[0]).replace("-", "_"))):
        field = known[str(name).replace("-", "_")]
        if value is None or (field.default is not MISSING and value == field.default):
            continue
        flag = "--" + field.name.rstrip("_").replace("_", "-")
        positional = "Positional" in str(field.type)
        if isinstance(value, bool) and "bool" not in str(field.type):  # YAML reads on and off as booleans
            options += [flag, "on" if value else "off"]
        elif isinstance(value, bool):
            options.append(flag if value else "--no-" + flag[2:])
        elif isinstance(value, list) and "UseAppendAction" in str(field.type):
            options += [part for one in value for part in (flag, str(one))]
        elif isinstance(value, list):
            options += [flag, *map(str, value)]
        else:
            options += [str(value)] if positional else [flag, str(value)]
    return options


def usage() -> str:
    """The text of `calltune --help`."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(
        [
            "calltune: fine-tune a language model to call your functions, and let no invalid call through.",
            "",
            "usage: calltune COMMAND [options]",
            "",
            *lines,
            "",
            "calltune COMMAND --help shows the options. Every command takes --config FILE (YAML with the same options)",
            "and --json (one JSON object on standard output). Start with: calltune demo",
        ]
    )


def _near(name: str, known: Any) -> str:
    import difflib

    near = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _escape(text: str) -> str:
    """Text from anywhere, for a terminal: no markup, and nothing that a terminal obeys."""
    from rich.markup import escape

    from calltune.contract.sentences import printable

    return escape(printable(text))


if __name__ == "__main__":
    sys.exit(main())
