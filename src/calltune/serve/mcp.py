"""A guarded toolset as an MCP server. In: a `Guard` with functions. Out: a server of the official SDK, to be run over
stdio, HTTP or in a test. Every call goes through the guard; one that may not run is a tool error whose text is the
guard's own, so that the model on the other side can mend it.

    server = server_of(Guard(Toolset.load("tools.py"), policy="policy.yaml", ledger=Ledger("calls.sqlite")))

A call is a turn of its own, for MCP has no turns: the same call again is a new call, unless the first one may have
happened and nobody knows (then it is not run; see `ledger`), or the client gives both the same key in
`_meta["calltune/once"]` (then the second gets the result of the first). Not here: the conversation, so rules of a
policy about where an argument comes from forbid.
"""

from __future__ import annotations

import asyncio
import inspect
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from calltune import __version__
from calltune.contract import Tool
from calltune.errors import ConfigError, MissingExtraError
from calltune.guard.approval import VALID_S, Approval
from calltune.guard.approval import approve as yes_to
from calltune.guard.guard import Guard
from calltune.guard.outcome import Outcome
from calltune.guard.results import harmless

ONCE = "calltune/once"
"""The key in a call's `_meta`."""
MAX_KEY = 256
Approve = Callable[[Outcome], "Approval | Awaitable[Approval | None] | None"]
"""Gets an "approve" outcome; gives back a yes (`calltune.guard.approve`) or None for a no."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a client is told about one call."""

    text: str
    value: Any = None
    """The result as data, where the tool promises an object."""
    is_error: bool = False

    def to_json(self) -> dict[str, Any]:
        """An MCP `CallToolResult`."""
        plain = {"content": [{"type": "text", "text": self.text}], "isError": self.is_error}
        return plain if self.value is None else {**plain, "structuredContent": self.value}


class GuardedTools:
    """The tools of a guard for clients that know MCP."""

    def __init__(self, guard: Guard, *, run: str = "mcp") -> None:
        missing = [tool.name for tool in guard.toolset if tool.name not in guard.executor.functions]
        if missing:
            raise ConfigError(
                f"{len(missing)} of {len(guard.toolset)} tools have nothing that runs them: {', '.join(missing[:5])}.",
                hint="Give Python functions (file.py, module:function) or an MCP server (mcp:command).",
            )
        self.guard = guard
        self.run = run
        self.answers = {"done": 0, "refused": 0}
        """How many calls ran to their end, and how many did not."""
        self._writes = asyncio.Lock()
        self._gate = asyncio.Semaphore(guard.executor.limits.side_by_side)

    def listed(self) -> list[dict[str, Any]]:
        """The list of tools, as MCP has it."""
        return [tool_of(tool) for tool in self.guard.toolset]

    async def call(
        self, name: str, arguments: Any, *, meta: Mapping[str, Any] | None = None, approve: Approve | None = None
    ) -> Answer:
        """One call, decided and run. Never raises for what a client sends. `approve`: who can be asked for a yes."""
        once = (meta or {}).get(ONCE)
        if once is not None and (not isinstance(once, str) or not 0 < len(once) <= MAX_KEY):
            answer = Answer(text=f"_meta.{ONCE} must be text of 1 to {MAX_KEY} characters.", is_error=True)
        else:
            answer = await self._call(name, {} if arguments is None else arguments, once, approve)
        self.answers["refused" if answer.is_error else "done"] += 1
        return answer

    async def _call(self, name: str, arguments: Any, once: str | None, approve: Approve | None) -> Answer:
        turn = (self.run, secrets.randbits(62)) if once is None else (f"{self.run}/{once}", 0)
        outcome = self.guard.check_call(name, arguments, turn=turn)
        if outcome.decision == "approve" and approve is not None:
            said = approve(outcome)
            yes = await said if inspect.isawaitable(said) else said
            if yes is None:
                self.guard.record("declined", {"run": turn[0], "tools": [name]})
                return Answer(text=f"{name} was not run: the user does not want it.", is_error=True)
            outcome = self.guard.approved(outcome, yes)
        if outcome.decision != "calls":
            why = (
                outcome.message_for_model() or f"{name} was not run: {outcome.steps[-1].why}; nobody can be asked here."
            )
            return Answer(text=harmless(why), is_error=True)
        tool = self.guard.toolset[name]
        async with self._gate:
            if tool.effect == "read":
                return await self._executed(tool, outcome, turn)
            async with self._writes:  # one at a time, as in a turn
                return await self._executed(tool, outcome, turn)

    async def _executed(self, tool: Tool, outcome: Outcome, turn: tuple[str, int]) -> Answer:
        (result,) = await self.guard.execute(outcome, run=turn[0], step=turn[1])
        if result.state != "done":
            return Answer(text=harmless(result.error), is_error=True)
        if result.problems:
            return Answer(text=result.text, is_error=True)
        return Answer(text=result.text, value=result.value if promises_object(tool) else None)


def tool_of(tool: Tool) -> dict[str, Any]:
    """One tool, as MCP has it: the schemas of the contract as they are."""
    listed: dict[str, Any] = {
        "name": tool.name,
        "description": tool.description,
        "inputSchema": {"type": "object", **tool.parameters},
        "annotations": {"readOnlyHint": tool.effect == "read", "idempotentHint": tool.idempotent},
    }
    return {**listed, "outputSchema": tool.returns} if promises_object(tool) else listed


def promises_object(tool: Tool) -> bool:
    """Whether the result can be structured content, which MCP wants to be an object."""
    return tool.returns is not None and tool.returns.get("type") == "object"


def server_of(
    guard: Guard, *, name: str = "calltune", run: str = "mcp", approve: Approve | Literal["client"] | None = None
) -> Any:
    """The server (`mcp.server.lowlevel.Server`) for a guard with functions. `run` names it in the ledger and the log.
    `approve`: who says yes to what the policy wants approved; "client": whoever uses the client, where that can ask.
    Where nobody does, such calls are refused."""
    return server_for(GuardedTools(guard, run=run), name=name, approve=approve)


def server_for(tools: GuardedTools, *, name: str, approve: Approve | Literal["client"] | None) -> Any:
    """The server for some tools."""
    try:
        from mcp import types
        from mcp.server.lowlevel import Server
    except ImportError:
        raise MissingExtraError("the MCP SDK", "mcp") from None
    listed = types.ListToolsResult.model_validate({"tools": tools.listed()})

    async def call(params: Any, session: Any) -> Any:
        meta = params.model_dump(mode="json", by_alias=True, exclude_none=True).get("_meta")
        asked = asking(session) if approve == "client" else approve
        answer = await tools.call(params.name, params.arguments, meta=meta, approve=asked)
        return types.CallToolResult.model_validate(answer.to_json())

    async def on_list(context: Any, params: Any) -> Any:
        return listed

    async def on_call(context: Any, params: Any) -> Any:
        return await call(params, context.session)

    if not isinstance(types.ServerResult, type):
        return Server(name, version=__version__, on_list_tools=on_list, on_call_tool=on_call)

    async def list_before_2(request: Any) -> Any:
        return types.ServerResult(listed)

    async def call_before_2(request: Any) -> Any:
        return types.ServerResult(await call(request.params, server.request_context.session))

    server = Server(name, version=__version__)
    server.request_handlers[types.ListToolsRequest] = list_before_2
    server.request_handlers[types.CallToolRequest] = call_before_2
    return server


def asking(session: Any) -> Approve | None:
    """Asks whoever uses the client, by MCP's elicitation; None where the client does not offer it."""
    from mcp import types

    able = types.ClientCapabilities(elicitation=types.ElicitationCapability())
    if not session.check_client_capability(able) or not getattr(session, "can_send_request", True):
        return None

    async def asked(outcome: Outcome) -> Approval | None:
        try:
            async with asyncio.timeout(VALID_S):
                answer = await session.elicit_form(outcome.question, YES)
        except Exception:  # no answer, in one of the many ways of a client, is no yes
            return None
        agreed = answer.action == "accept" and (answer.content or {}).get("run") is True
        return yes_to(outcome.proposed, by="the user of the MCP client") if agreed else None

    return asked


YES = {
    "type": "object",
    "properties": {"run": {"type": "boolean", "title": "Run it", "default": False}},
    "required": ["run"],
}
"""What the client's user fills in: a form that is sent unread says no."""
