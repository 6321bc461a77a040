"""`calltune mcp`: a toolset as an MCP server with the guard inside, over stdio or HTTP. In: an `McpConfig`. Out: a
server that runs until its client goes or Ctrl-C, then an `McpReport`.

Over stdio, standard output is the protocol's for the rest of the process: whatever else writes there, a function or a
library or what these start, writes to standard error. Not here: who may call over HTTP. It listens on this machine only
unless it is told otherwise."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from calltune.contract import Toolset
from calltune.errors import ConfigError
from calltune.guard.audit import Audit
from calltune.guard.guard import Guard
from calltune.guard.ledger import Ledger
from calltune.guard.policy import Policy
from calltune.serve.mcp import GuardedTools, server_for

if TYPE_CHECKING:
    from rich.console import Console

LOCAL = ("127.0.0.1", "localhost", "::1")
PATH = "/mcp"


@dataclass(frozen=True, kw_only=True)
class McpConfig:
    """Serve a toolset as an MCP server; every call is checked by the guard before it runs."""

    tools: str
    """The functions: module:name, file.py, or another MCP server (mcp:"command args")."""
    policy: Path | None = None
    """Rules beyond the contract: a YAML file, see docs/guard.md."""
    approve: Literal["nobody", "client"] = "nobody"
    """Who says yes to a call that the policy wants approved: nobody (it is refused), or whoever uses the client (MCP
    elicitation; the client is trusted to ask)."""
    ledger: Path | None = None
    """Keep what was begun in this SQLite file, so that a write that may have happened does not run again, also after a
    crash, and limits of the policy go on."""
    audit: Path | None = None
    """Write every decision and result to this log; `calltune audit verify` checks it."""
    http: str | None = None
    """Serve streamable HTTP at this PORT or HOST:PORT, path /mcp, in place of stdio; without a host, on this machine
    only."""
    name: str = "calltune"
    """What the server calls itself."""
    run: str = "mcp"
    """Name of the run in the ledger and the log."""


@dataclass(frozen=True, kw_only=True)
class McpReport:
    """What was served."""

    tools: int
    """How many tools."""
    done: int
    """Calls that ran to their end."""
    refused: int
    """Calls that were refused or failed."""

    @property
    def exit_code(self) -> int:
        """A server that ends is fine."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """Plain data for --json."""
        return {"tools": self.tools, "done": self.done, "refused": self.refused}

    def show(self, console: Console) -> None:
        """One line."""
        console.print(f"{self.done + self.refused} calls, {self.refused} of them refused or failed.")


def mcp(config: McpConfig, *, console: Console) -> McpReport:
    """Serve until the client goes."""
    wire = None if config.http is not None else take_wire()  # before anything of the user's is loaded
    listener = None if config.http is None else listen(config.http)
    tools = GuardedTools(guard_of(config, console), run=config.run)
    server = server_for(tools, name=config.name, approve="client" if config.approve == "client" else None)
    count = len(tools.guard.toolset)
    what = f"{count} tool{'s' if count != 1 else ''} of {config.tools}"
    try:
        if listener is not None:
            host, port = listener.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            console.print(f"serving {what} at http://{shown}:{port}{PATH} (Ctrl-C ends it)", markup=False)
            if host not in LOCAL:
                warning = f"warning: whoever can reach {host} can call these functions; there is no login."
                console.print(warning, style="yellow", markup=False)
            asyncio.run(_serve_http(server, listener, host))
        elif wire is not None:
            console.print(f"serving {what} over stdio; a client speaks here (Ctrl-C ends it)", markup=False)
            asyncio.run(_serve_stdio(server, *wire))
    except KeyboardInterrupt:
        console.print("stopped.")
    return McpReport(tools=count, **tools.answers)


def guard_of(config: McpConfig, console: Console) -> Guard:
    """The guard that the options describe."""
    toolset = Toolset.load(config.tools)
    policy = Policy.load(config.policy, toolset) if config.policy else None
    if policy is not None and policy.origins:
        names = ", ".join(dict.fromkeys(origin.tool for origin in policy.origins))
        why = f"warning: MCP carries no conversation, so the policy's origins forbid every call of {names}."
        console.print(why, style="yellow", markup=False)
    return Guard(
        toolset,
        missing="reject",
        policy=policy,
        ledger=Ledger(config.ledger) if config.ledger else None,
        audit=Audit(config.audit) if config.audit else None,
    )


def take_wire() -> tuple[TextIOWrapper, TextIOWrapper]:
    """Standard input and output for the protocol alone. For the rest of the process, whoever reads standard input finds
    its end, and what is written to standard output goes to standard error."""
    sys.stdout.flush()
    read, write = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return (
        TextIOWrapper(os.fdopen(read, "rb"), encoding="utf-8", errors="replace"),
        TextIOWrapper(os.fdopen(write, "wb"), encoding="utf-8"),
    )


async def _serve_stdio(server: Any, read: TextIOWrapper, write: TextIOWrapper) -> None:
    import anyio
    from mcp.server.stdio import stdio_server

    async with stdio_server(stdin=_lines(read), stdout=anyio.wrap_file(write)) as streams:
        await server.run(*streams, server.create_initialization_options())


async def _lines(file: TextIOWrapper) -> AsyncIterator[str]:
    """The lines of a file, read in a thread that ends with the program: the SDK's own would make Ctrl-C wait for the
    client's next word."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Queue[str] = asyncio.Queue(maxsize=8)

    def read() -> None:
        line = "\n"
        with suppress(RuntimeError, concurrent.futures.CancelledError):  # nobody waits any more
            while line:
                line = file.readline()
                asyncio.run_coroutine_threadsafe(waiting.put(line), loop).result()

    threading.Thread(target=read, daemon=True, name="calltune-stdin").start()
    while line := await waiting.get():
        yield line


def listen(address: str) -> socket.socket:
    """A socket at PORT or HOST:PORT. ConfigError where that is none, or taken."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]") or LOCAL[0]
    if not port.isdecimal() or int(port) > 65535:
        raise ConfigError(f"--http {address} is no address.", hint="Give a port, --http 8000, or --http HOST:PORT.")
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, int(port)), family=family)
    except OSError as error:
        raise ConfigError(f"--http {address} cannot be listened on: {error.strerror or error}.") from error


async def _serve_http(server: Any, listener: socket.socket, host: str) -> None:
    import uvicorn
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp.server.transport_security import TransportSecuritySettings
    from starlette.applications import Starlette
    from starlette.routing import Route

    names = ["127.0.0.1:*", "localhost:*", "[::1]:*"]
    security = TransportSecuritySettings(  # a web page must not reach it through a name of its own
        enable_dns_rebinding_protection=host in LOCAL,
        allowed_hosts=names,
        allowed_origins=[f"http://{name}" for name in names],
    )
    manager = StreamableHTTPSessionManager(app=server, security_settings=security)

    class Endpoint:
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            await manager.handle_request(scope, receive, send)

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        async with manager.run():
            yield

    app = Starlette(routes=[Route(PATH, endpoint=Endpoint())], lifespan=lifespan)
    options = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    await uvicorn.Server(options).serve(sockets=[listener])
