"""One MCP server: how it is reached, and a session with it. In: what stands behind `mcp:`, a command or an address.
Out: a session of the official SDK; or a `ContractError` that says what the server said before it failed.

A command is split into words as a shell would split them, and started without one: nothing in it is expanded but
`NAME=value` words before it, and `$NAME` as a value of these (or in a header), which stands for a variable of the
environment, so that a secret is in no command line. The server gets what the SDK thinks is safe of the environment
(PATH, HOME and the like) and these. It is ended with the session, with all that it has started.
"""

from __future__ import annotations

import logging
import os
import re
import shlex
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from calltune.errors import CalltuneError, ContractError, MissingExtraError

from .json_text import quote

if TYPE_CHECKING:
    from mcp import ClientSession

MAX_SAID_LINES = 12
MAX_SAID_CHARACTERS = 300
"""Of one line."""
MAX_ANSWER_BYTES = 64 << 20
"""Of one HTTP response. Over stdio the time-out is the bound: ten seconds of one endless line made this process 116 MB
large."""
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")
_CLOSED = "Connection closed"
_BROKEN = ("BrokenPipeError", "ConnectionResetError", "BrokenResourceError", "ClosedResourceError")
"""What is raised where a server ends before the first message to it is written; the last two are anyio's."""


@dataclass(frozen=True, kw_only=True)
class McpServer:
    """How a server is reached: by a command, or at an address."""

    said: str
    """As the user wrote it, without values of variables."""
    command: tuple[str, ...] = ()
    """The words that start it; () where it has an address."""
    url: str = ""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Of its environment; where it has an address, HTTP headers."""


def read_server(text: str) -> McpServer:
    """The server that a source names. ContractError where it names none.

    >>> read_server("npx -y 'some server' /tmp").command
    ('npx', '-y', 'some server', '/tmp')
    """
    said = text.strip()
    try:
        words = shlex.split(said)
    except ValueError as error:
        raise ContractError(f"mcp:{_shown(said)} cannot be split into words: {error}.", hint=HINT) from error
    if words and words[0].startswith(("http://", "https://")):
        headers = [re.fullmatch(r"([!#$%&'*+.^_`|~\w-]+):\s*(.*)", word) for word in words[1:]]
        if not all(headers):
            wrong = words[1 + headers.index(None)]
            raise ContractError(
                f"{quote(wrong)} after the address of an MCP server is no header.",
                hint="""Write it like this: 'mcp:https://host/mcp "Authorization: Bearer $TOKEN"'""",
            )
        pairs = [(found[1], _filled(found[2])) for found in headers if found]
        return McpServer(said=said, url=words[0], variables=dict(pairs))
    variables = {}
    while words and (found := _ASSIGNMENT.fullmatch(words[0])):
        variables[found[1]] = _filled(found[2])
        del words[0]
    if not words or not words[0]:
        raise ContractError(f"mcp:{_shown(said)} names no MCP server.", hint=HINT)
    if "\0" in said:
        raise ContractError("the command of an MCP server cannot hold a NUL character.", hint=HINT)
    return McpServer(said=said, command=tuple(words), variables=variables)


HINT = 'Give a command, mcp:"python -m my_server", or an address, mcp:https://host/mcp'


def _filled(value: str) -> str:
    """The value with `$NAME` and `${NAME}` replaced by variables of the environment."""

    def variable(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in os.environ:
            raise ContractError(f"the environment has no variable {name}.", hint=f"Type: export {name}=...")
        return os.environ[name]

    return _VARIABLE.sub(variable, value)


def _shown(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]}..."


class Said:
    """The last lines of what a server has written where no protocol is: on standard error, or on standard output in
    place of a message. Bounded, whatever it writes."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=MAX_SAID_LINES)

    def add(self, text: str) -> None:
        """One line, or a part of a long one."""
        line = "".join(one if one.isprintable() else " " for one in text[:MAX_SAID_CHARACTERS]).strip()
        if line:
            self.lines.append(line)

    @contextmanager
    def listening(self) -> Iterator[TextIO]:
        """A file to give to a process as its standard error."""
        read, write = os.pipe()
        with os.fdopen(write, "w") as file:
            listener = threading.Thread(target=self._listen, args=(read,), daemon=True, name="calltune-stderr")
            listener.start()
            yield file
        listener.join(timeout=1)  # longer where a process of the server's has kept its end: it is left to itself

    def _listen(self, read: int) -> None:
        with os.fdopen(read, encoding="utf-8", errors="replace") as file:
            while line := file.readline(1 << 16):
                self.add(line)


@asynccontextmanager
async def connected(server: McpServer, said: Said) -> AsyncIterator[ClientSession]:
    """A session with the server, initialised. Raises whatever the SDK raises; `trouble` says it in words."""
    sdk = _sdk()
    async with AsyncExitStack() as stack:
        if server.command:
            errors = stack.enter_context(said.listening())
            parameters = sdk.StdioServerParameters(
                command=server.command[0], args=list(server.command[1:]), env=dict(server.variables) or None
            )
            yield await _session(stack, sdk.stdio_client(parameters, errlog=errors), said)
            return
        from mcp.client.sse import sse_client
        from mcp.client.streamable_http import streamable_http_client

        headers = dict(server.variables)
        try:
            async with AsyncExitStack() as trying:
                client = await trying.enter_async_context(_http_client(headers=headers))
                session = await _session(trying, streamable_http_client(server.url, http_client=client), said)
                await stack.enter_async_context(trying.pop_all())
        except Exception as first:  # an older server speaks SSE; if this one does not, the first error counts
            try:
                transport = sse_client(server.url, headers=headers, httpx_client_factory=_http_client)
                session = await _session(stack, transport, said)
            except Exception:
                raise first from None
        yield session


def _http_client(**options: Any) -> Any:
    """The SDK's HTTP client, which reads no more of one answer than is good for us."""
    from mcp.shared._httpx_utils import create_mcp_http_client

    async def bound(response: Any) -> None:
        whole = response.aiter_bytes

        async def aiter_bytes(chunk_size: int | None = None) -> AsyncIterator[bytes]:
            size = 0
            async for chunk in whole(chunk_size):
                size += len(chunk)
                if size > MAX_ANSWER_BYTES:
                    raise ContractError(f"the MCP server answers with more than {MAX_ANSWER_BYTES >> 20} MiB.")
                yield chunk

        response.aiter_bytes = aiter_bytes

    client = create_mcp_http_client(**options)
    client.event_hooks = {"response": [bound]}
    return client


async def _session(stack: AsyncExitStack, transport: Any, said: Said) -> ClientSession:
    async def heard(message: Any) -> None:
        if isinstance(message, Exception):  # a line on standard output that is no message
            said.add(f"on standard output, where only the protocol may be: {_line_of(message)}")

    read, write, *_ = await stack.enter_async_context(transport)
    session: ClientSession = await stack.enter_async_context(_sdk().ClientSession(read, write, message_handler=heard))
    await session.initialize()
    return session


def _sdk() -> Any:
    try:
        import mcp
    except ImportError:
        raise MissingExtraError("the MCP SDK", "mcp") from None
    logging.getLogger("mcp").addHandler(logging.NullHandler())  # what matters of its log is in our errors
    return mcp


def _line_of(error: Exception) -> str:
    """The line that could not be read."""
    errors = getattr(error, "errors", None)
    found = errors(include_url=False) if callable(errors) else []
    return str(found[0].get("input")) if found else str(error)


def trouble(server: McpServer, error: BaseException, said: Said, *, within_s: float) -> CalltuneError:
    """What went wrong with a server, in words."""
    causes = list(_leaves(error))
    for cause in causes:
        if isinstance(cause, CalltuneError):
            return cause
    name = f"the MCP server {_shown(server.said)!r}"
    if server.command:
        hint = f"Type its command to see what it says: {_shown(server.said)}"
    else:
        hint = f"""Give the whole address; where it wants a login: 'mcp:{server.url} "Authorization: Bearer $TOKEN"'"""
    cause = next((one for one in causes if isinstance(one, OSError | TimeoutError)), causes[0])
    answer = next((found for one in causes if (found := rpc_error(one))), None)
    if isinstance(cause, TimeoutError):
        why = f"gave no answer within {within_s:g} s"
        if server.command:
            hint = f"{hint}\nOne that is downloaded when it is first started answers after that."
    elif server.command and isinstance(cause, FileNotFoundError | PermissionError):
        why, hint = f"cannot be started: {quote(server.command[0])}: {cause.strerror}", HINT
    elif (answer is not None and answer[1] == _CLOSED) or (server.command and type(cause).__name__ in _BROKEN):
        why = "ended before it had answered"
    elif answer is not None:
        why = f"answered with an error: {quote(answer[1])}"
    else:
        why = f"cannot be spoken to: {type(cause).__name__}: {quote(str(cause))[1:-1]}".removesuffix(": ")
    told = list(said.lines)
    return ContractError(f"{name} {why}{'; before that it said:' if told else '.'}", hint=hint, faults=told)


def rpc_error(error: BaseException) -> tuple[int, str] | None:
    """Code and message, where the error is an answer of the server (or the SDK's word for none)."""
    if type(error).__name__ not in ("McpError", "MCPError"):  # before and since version 2
        return None
    data = getattr(error, "error", error)
    return int(getattr(data, "code", 0)), str(getattr(data, "message", error))


def is_gone(error: BaseException) -> bool:
    """Whether the server, or the session with it, is no more."""
    found = rpc_error(error)
    return found is None or found[1] in (_CLOSED, "Session terminated")


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _leaves(one)
    else:
        yield error
