"""A session with an MCP server for programs that are not asynchronous, and functions that call its tools. In: an
`McpServer`. Out: a session in a thread of its own; plain functions for `Toolset.functions`. The server is ended when
the connection is closed, the functions are forgotten, or the program ends."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import weakref
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from calltune.errors import CalltuneError

from .failure import MayHaveHappenedError, ToolError, TransientError
from .mcp_server import McpServer, Said, connected, is_gone, rpc_error, trouble

if TYPE_CHECKING:
    from mcp import ClientSession

START_S = 30.0
"""For a server to start and to answer the first message."""
CALL_S = 3600.0
"""For one call. Whoever runs it (the guard) gives up earlier; this ends the thread that it leaves behind."""
END_S = 10.0
"""For a server to end; the SDK kills it after about four seconds."""
_REFUSED = frozenset({-32600, -32601, -32602})
"""JSON-RPC: no such request, method or parameters; nothing happened."""
T = TypeVar("T")


class Connection:
    """A running server. ContractError where it cannot be started, or does not answer."""

    def __init__(self, server: McpServer, *, start_s: float = START_S) -> None:
        self.server = server
        self.said = Said()
        self._start_s = start_s
        self._ready: concurrent.futures.Future[ClientSession] = concurrent.futures.Future()
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="calltune-mcp")
        self._thread.start()
        try:
            self._session = self._ready.result()
        except BaseException:  # Ctrl-C too must not leave a server behind
            self.close()
            raise

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._live())

    async def _live(self) -> None:
        self._task = asyncio.current_task()
        if self._end.is_set():
            return
        try:
            async with asyncio.timeout(self._start_s) as timer, connected(self.server, self.said) as session:
                timer.reschedule(None)
                self._ready.set_result(session)
                await self._end.wait()
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(trouble(self.server, error, self.said, within_s=self._start_s))

    def ask(self, work: Callable[[ClientSession], Awaitable[T]], *, within_s: float) -> T:
        """What comes of some work with the session. TimeoutError where nothing does; whatever the SDK raises."""

        async def asked() -> T:
            return await work(self._session)

        coroutine = asked()
        try:
            future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        except RuntimeError as error:  # the loop has ended, for the connection broke
            coroutine.close()
            raise ConnectionError("the connection is closed") from error
        try:
            return future.result(within_s)
        except concurrent.futures.CancelledError as error:
            raise ConnectionError("the connection broke") from error
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """End the session and the server."""
        with suppress(RuntimeError):  # it has ended itself
            self._loop.call_soon_threadsafe(self._stop)
            self._thread.join(END_S)

    def _stop(self) -> None:
        self._end.set()
        if self._task is not None and not self._ready.done():
            self._task.cancel()


class Calls:
    """The tools of a server as functions. It is started again with the first call, for a toolset that is only read
    needs no server, and after it broke."""

    def __init__(self, server: McpServer) -> None:
        self.server = server
        self._lock = threading.Lock()
        self._open: list[Connection] = []
        weakref.finalize(self, _close, self._open)  # also when the program ends

    def function(self, name: str) -> Callable[..., Any]:
        """The function behind a tool; ToolError and its kin where it fails."""

        def run(**arguments: Any) -> Any:
            return self._call(name, arguments)

        run.__name__ = name
        return run

    def _call(self, name: str, arguments: dict[str, Any]) -> Any:
        connection = self._connection()
        try:
            return connection.ask(lambda session: call(session, name, arguments), within_s=CALL_S)
        except ToolError:
            raise
        except Exception as error:  # whatever the SDK raises
            if is_gone(error):
                self._forget(connection)
            raise failure_of(error) from error

    def _connection(self) -> Connection:
        with self._lock:
            if not self._open:
                try:
                    self._open.append(Connection(self.server))
                except CalltuneError as error:
                    raise TransientError("the MCP server of this tool cannot be reached.") from error
            return self._open[0]

    def _forget(self, connection: Connection) -> None:
        with self._lock:
            if connection in self._open:
                self._open.remove(connection)
        connection.close()


def _close(connections: list[Connection]) -> None:
    for connection in connections:
        connection.close()


def session_function(session: ClientSession, name: str) -> Callable[..., Awaitable[Any]]:
    """The function behind a tool, for a program that has a session; ToolError and its kin where it fails."""

    async def run(**arguments: Any) -> Any:
        try:
            return await call(session, name, arguments)
        except ToolError:
            raise
        except Exception as error:  # whatever the SDK raises
            raise failure_of(error) from error

    run.__name__ = name
    return run


async def call(session: ClientSession, name: str, arguments: dict[str, Any]) -> Any:
    """What a tool gives back. Not through `session.call_tool`, which checks the result itself and raises: a call that
    ran and broke its promise has run, and the guard says so."""
    from mcp import types

    parameters = types.CallToolRequestParams(name=name, arguments=arguments)
    request: Any = types.CallToolRequest(method="tools/call", params=parameters)
    if isinstance(types.ClientRequest, type):  # before version 2 requests are wrapped
        request = types.ClientRequest(request)
    return result_of(await session.send_request(request, types.CallToolResult))


def result_of(result: Any) -> Any:
    """What a tool gave back: its structured content, or its text. ToolError where the server says that it failed."""
    data = result.model_dump(mode="json", by_alias=True)
    texts = [block.get("text", "") for block in data.get("content") or () if block.get("type") == "text"]
    if data.get("isError"):
        raise ToolError(" ".join(texts).strip() or "the tool failed.")
    if data.get("structuredContent") is not None:
        return data["structuredContent"]
    others = [block.get("type") for block in data.get("content") or () if block.get("type") != "text"]
    return "\n".join([*texts, *(f"({kind} left out)" for kind in others)])


def failure_of(error: Exception) -> ToolError:
    """The failure of a call, as the guard knows it: whether anything has happened."""
    found = rpc_error(error)
    if found is None or is_gone(error):
        return MayHaveHappenedError("the MCP server gave no answer that could be read.")
    code, message = found
    kind = ToolError if code in _REFUSED else MayHaveHappenedError
    return kind(f"the MCP server answered with an error: {message}")
