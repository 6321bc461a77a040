"""Asking a model: requests go in, completions come out. Engines: `LocalEngine` (transformers), `ScriptedEngine`
(replays)."""

from __future__ import annotations

from calltune.generate.completion import Completion, Request
from calltune.generate.engine import Engine, Progress
from calltune.generate.local import LocalEngine
from calltune.generate.scripted import ScriptedEngine

__all__ = ["Completion", "Engine", "LocalEngine", "Progress", "Request", "ScriptedEngine"]
