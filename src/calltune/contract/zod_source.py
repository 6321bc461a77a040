"""Tools from a JavaScript or TypeScript module that exports Zod schemas. In: `schemas.mjs`, `.js` or `.ts`, with
`:name,name` for some of its exports. Out: the toolset, and what Zod says and JSON Schema cannot.

The module is run, by Node, with the rights of whoever calls this, as importing a Python file runs that file. Zod makes
the JSON Schema itself, in the version that the module has. Not covered: other schema libraries, and what functions in a
schema check or change."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from calltune.errors import ContractError

from .json_text import parse_json
from .keywords import FORMATS, near, pattern_fault, subschemas
from .not_carried import NotCarried
from .toolset import Toolset

_SOURCE = re.compile(r"(?P<file>.+\.[cm]?[jt]s)(?::(?P<names>[\w$, ]+))?", re.DOTALL)
_SCRIPT = Path(__file__).with_name("zod_source.mjs")
_MAX_BYTES = 16 << 20
_KEPT_OUTPUT = 2000
TIMEOUT_S = 60.0
_HINTS = {
    "zod": "Install it where the module is: npm install zod",
    "zod3": "Install zod-to-json-schema where the module is, or move to zod 4: npm install zod-to-json-schema",
    "typescript": "Install tsx where the module is (npm install tsx), use Node 22.18 or newer, or compile it to .mjs.",
    "empty": "Export a Zod object for each tool, or objects such as { description, inputSchema: z.object({...}) }.",
}


def is_zod(source: str) -> bool:
    """Whether a source is a module for Node."""
    return _SOURCE.fullmatch(source) is not None


def load_zod(source: str, *, timeout_s: float = TIMEOUT_S) -> Toolset:
    """The toolset of a module, with what could not be carried over. Runs the module."""
    from .sources import read_tools

    found = _SOURCE.fullmatch(source)
    assert found is not None, source
    file = Path(found["file"])
    if not file.is_file():
        others = [other.name for other in file.parent.iterdir() if other.is_file()] if file.parent.is_dir() else []
        meant = near(file.name, others)
        hint = f"Did you mean {str(file.parent / meant)!r}?" if meant else None
        raise ContractError(f"there is no file {str(file)!r}.", hint=hint)
    answer = _run(file, found["names"] or "", timeout_s)
    if "error" in answer:
        raise _broken(source, answer["error"])
    left = [NotCarried(**one) for one in answer["left"]]
    for tool in answer["tools"]:
        for part in ("parameters", "returns"):
            if isinstance(tool.get(part), dict):
                _settle(tool[part], f"/{part}", str(tool.get("name")), left)
    return Toolset(read_tools(answer["tools"], source=source), not_carried=left)


def _run(file: Path, names: str, timeout_s: float) -> dict[str, Any]:
    """What the script found; whatever the module prints is read and dropped, but for its end."""
    node = shutil.which("node")
    if node is None:
        raise ContractError(
            f"{file} is read by Node, which is not installed.",
            hint="Install Node 20 or newer (nodejs.org), or write the schemas to a JSON file with z.toJSONSchema() "
            "and give that.",
        )
    with tempfile.TemporaryDirectory(prefix="calltune-") as folder:
        result = Path(folder) / "result.json"
        printed: list[str] = []
        late = False
        with subprocess.Popen(
            [node, str(_SCRIPT), str(file.resolve()), str(result), names],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            assert process.stdout is not None
            reader = threading.Thread(target=_keep_end, args=(process.stdout, printed), daemon=True)
            reader.start()
            try:
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                late = True
            finally:
                _end(process)
                reader.join(
                    1
                )  # longer where something that the module has started keeps the pipe: it is left to itself
        if late and not result.is_file():
            raise ContractError(
                f"{file} was not read within {timeout_s:g} seconds.",
                hint="Its exports must be there when it is imported; start servers and jobs elsewhere.",
            )
        if not result.is_file() or result.stat().st_size > _MAX_BYTES:
            shown = f" Its last words: {printed[0][-500:]}" if printed and printed[0] else ""
            raise ContractError(f"{file} ended Node (code {process.returncode}) before its exports were read.{shown}")
        answer, problems = parse_json(result.read_bytes(), max_bytes=_MAX_BYTES, max_depth=256)
    if problems or not isinstance(answer, dict):
        raise ContractError(f"{file} gives schemas that are no strict JSON:", faults=[str(one) for one in problems])
    return answer


def _keep_end(stream: IO[bytes], into: list[str]) -> None:
    """The end of what is printed; the rest is read and forgotten."""
    kept = b""
    with suppress(ValueError, OSError):  # closed under it
        while chunk := stream.read1(65536):  # type: ignore[attr-defined]
            kept = (kept + chunk)[-_KEPT_OUTPUT:]
    into.append(kept.decode("utf-8", "replace").strip())


def _end(process: subprocess.Popen[bytes]) -> None:
    """Node, and what the module may have started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _broken(source: str, error: dict[str, Any]) -> ContractError:
    kind, message = error.get("kind", ""), error.get("message", "")
    names = error.get("names")
    if names:
        more = None if kind == "name" else _HINTS["empty"]
        return ContractError(f"{source}: {message}. It exports {', '.join(names[:12])}.", hint=more)
    if kind in _HINTS:
        return ContractError(f"{source}: {message}.", hint=_HINTS[kind])
    line = next((part.strip() for part in error.get("at", "").splitlines() if "file://" in part), "")
    hint: str | None = None
    if "outside a module" in message or "Unexpected token 'export'" in message:
        hint = 'Call the file .mjs, or write "type": "module" in its package.json.'
    if "Cannot find package" in message:
        hint = "Install what the module imports, in its own folder: npm install"
    return ContractError(f"{source} fails while it is loaded: {message}{f' ({line})' if line else ''}", hint=hint)


def _settle(node: Any, where: str, tool: str, left: list[NotCarried]) -> None:
    """Formats and patterns of Zod that the contract reads in another way, changed in place."""
    if not isinstance(node, dict):
        return
    form, pattern = node.get("format"), node.get("pattern")
    if form is not None and isinstance(pattern, str) and pattern_fault(pattern):
        del node["pattern"]
        pattern = None
        why = f"The pattern of Zod looks ahead; of {form}, the contract checks what JSON Schema knows."
        left.append(NotCarried(tool=tool, where=where, what="pattern of a format", why=why))
    if form is not None and form not in FORMATS:
        del node["format"]
        if pattern is None:
            why = "JSON Schema has no such format, and Zod gives no pattern that can be used."
            left.append(NotCarried(tool=tool, where=where, what=f"format {form}", why=why))
    elif form == "time" and pattern is not None:  # of the day, without an offset: what Zod means is in the pattern
        del node["format"]
    if node.get("items") == {}:
        del node["items"]
    if node.get("propertyNames") == {"type": "string"}:  # all names are
        del node["propertyNames"]
    if node.get("additionalProperties") == {}:
        node["additionalProperties"] = True
        if "unevaluatedProperties" in node:  # from .meta(); a loose object would make it mean nothing
            del node["additionalProperties"]
        elif not node.get("properties", True):
            del node["properties"], node["additionalProperties"]
    for word, key, child in list(subschemas(node)):
        at = f"{where}/{word}" if key is None else f"{where}/{word}/{str(key).replace('~', '~0').replace('/', '~1')}"
        _settle(child, at, tool, left)
