"""Tools from Python functions. In: functions, or the place of some (`module:name`, `module`, `path/to/file.py:name`).
Out: a `Toolset` made from their type hints, defaults and docstrings through Pydantic, with the functions ready to be
called with JSON arguments. A function whose arguments have no JSON form is a fault, and all faults are reported at
once. Nothing is called here."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from calltune.errors import ContractError

from .json_text import quote
from .keywords import near
from .signature import Signature, read_signature
from .tools import FACTS, Tool, examine
from .toolset import Toolset, twice

_KINDS = ("effect", "idempotent", "timeout_s", "name")


def toolset_of(functions: Iterable[Callable[..., Any]], *, source: str | None = None) -> Toolset:
    """One tool a function. The toolset's `functions` take JSON arguments and give JSON results."""
    tools: list[Tool] = []
    ready: dict[str, Callable[..., Any]] = {}
    names: list[str] = []
    places: list[str] = []
    faults: list[str] = []
    for function in functions:
        where = _place(function)
        signature, found = read_signature(function)
        faults += [f"{where}{fault}" for fault in found]
        if signature is None:
            continue
        values, found = examine(_values(function, signature), ("$",))
        faults += [
            f"{where}{signature.name}: {fault.removeprefix('$.').replace('parameters.properties.', '')}"
            for fault in found
        ]
        names.append(values["name"])
        places.append(f"{where}{signature.name}")
        if not found:
            tools.append(Tool._examined(values))
            ready[values["name"]] = signature.caller()
    faults += twice(names, places.__getitem__)
    if faults:
        count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}"
        raise ContractError(f"{source or 'the functions'} cannot be made into tools: {count}.", faults=faults)
    return Toolset(tools, functions=ready)


def _values(function: Callable[..., Any], signature: Signature) -> dict[str, Any]:
    facts = getattr(inspect.unwrap(function) if not hasattr(function, FACTS) else function, FACTS, {})
    return {
        "name": signature.name,
        "description": signature.description,
        "parameters": signature.parameters,
        "returns": signature.returns,
        "effect": "write",
        "idempotent": False,
        "timeout_s": None,
        **{key: facts[key] for key in _KINDS if key in facts},
    }


def _place(function: Any) -> str:
    code = getattr(inspect.unwrap(function) if callable(function) else function, "__code__", None)
    return f"{Path(code.co_filename).name}:{code.co_firstlineno}: " if code is not None else ""


def load_functions(source: str) -> Toolset:
    """From `module:name[,name]`, `module`, `path/to/file.py` or `path/to/file.py:name`."""
    home, _, wanted = _split(source)
    module = _load_file(home) if home.endswith(".py") else _load_module(home)
    if not wanted:
        functions = _public(module)
        if not functions:
            raise ContractError(
                f"{home} defines no public functions.", hint="Name one: module:function, or list them in __all__."
            )
        return toolset_of(functions, source=source)
    found = [_named(module, home, name.strip()) for name in wanted.split(",")]
    if len(found) == 1 and isinstance(found[0], Toolset):
        return found[0]
    flat = [item for each in found for item in (each if isinstance(each, list | tuple) else [each])]
    if all(isinstance(item, Tool) for item in flat):
        return Toolset(flat)
    return toolset_of(flat, source=source)


def _split(source: str) -> tuple[str, str, str]:
    if ".py" in source:
        head, found, name = source.rpartition(".py:")
        return (f"{head}.py", ":", name) if found else (source, "", "")
    return source.partition(":")


def _named(module: ModuleType, home: str, name: str) -> Any:
    value: Any = module
    for part in name.split("."):
        if not hasattr(value, part):
            known = [key for key in vars(value) if not key.startswith("_")] if hasattr(value, "__dict__") else []
            meant = near(part, known)
            functions = ", ".join(sorted(key for key in known if inspect.isroutine(getattr(value, key)))[:10])
            hint = f"Did you mean {home}:{meant}?" if meant else f"It has: {functions}." if functions else None
            raise ContractError(f"{home} has no {name!r}.", hint=hint)
        value = getattr(value, part)
    return value


def _public(module: ModuleType) -> list[Callable[..., Any]]:
    """What `__all__` lists, or else the functions defined in the module itself whose names begin with no underscore."""
    listed: Sequence[str] | None = getattr(module, "__all__", None)
    if listed is not None:
        missing = [name for name in listed if not hasattr(module, name)]
        if missing:
            raise ContractError(f"__all__ of {module.__name__} lists names that do not exist: {', '.join(missing)}.")
        return [value for name in listed if inspect.isroutine(value := getattr(module, name))]
    return [
        value
        for name, value in vars(module).items()
        if not name.startswith("_")
        and inspect.isroutine(value)
        and getattr(value, "__module__", None) == module.__name__
    ]


def _load_module(name: str) -> ModuleType:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))  # a console script, unlike `python -m`, does not look in the current folder
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise ContractError(
                f"there is no file and no Python module named {name!r}.",
                hint="Run in the folder that holds it, or give the path of the file: path/to/file.py",
            ) from error
        raise _broken(name, error) from error
    except (Exception, SystemExit) as error:
        raise _broken(name, error) from error


def _load_file(path: str) -> ModuleType:
    file = Path(path)
    if not file.is_file():
        raise ContractError(f"there is no file {path!r}.")
    folder = str(file.resolve().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # the file may import its neighbours, also later, while its functions run
    name = f"calltune_source_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ContractError(f"{path!r} cannot be loaded as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and Pydantic look their module up by name
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _broken(path, error) from error
    return module


def _broken(name: str, error: BaseException) -> ContractError:
    frames = traceback.extract_tb(error.__traceback__)
    at = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    if isinstance(error, SyntaxError):
        at = f" ({Path(error.filename or name).name}, line {error.lineno})"
    return ContractError(f"{name} fails while it is loaded: {type(error).__name__}: {quote(str(error), 300)[1:-1]}{at}")
