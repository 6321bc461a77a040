"""Before a call runs, while it runs, and when it fails: a completion goes in, a decision with its reasons comes out,
and what was decided is run at most once. Works without torch."""

from __future__ import annotations

from calltune.guard.approval import Approval, approve
from calltune.guard.audit import Audit
from calltune.guard.execute import Limits, Result, ToolError, TransientError
from calltune.guard.fallback import Fallback
from calltune.guard.guard import Guard
from calltune.guard.ledger import Ledger
from calltune.guard.outcome import Outcome, Step
from calltune.guard.policy import Policy
from calltune.guard.repair import Repair

__all__ = [
    "Approval",
    "Audit",
    "Fallback",
    "Guard",
    "Ledger",
    "Limits",
    "Outcome",
    "Policy",
    "Repair",
    "Result",
    "Step",
    "ToolError",
    "TransientError",
    "approve",
]
