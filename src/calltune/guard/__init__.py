"""Before a call runs: a completion goes in, a decision with its reasons comes out. Works without torch."""

from __future__ import annotations

from calltune.guard.guard import Guard
from calltune.guard.outcome import Outcome, Step

__all__ = ["Guard", "Outcome", "Step"]
