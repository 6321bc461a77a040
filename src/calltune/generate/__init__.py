"""Asking a model: requests go in, completions come out. Engines: `LocalEngine` (transformers), `RemoteEngine` (a
server), `ScriptedEngine` (replays)."""

from __future__ import annotations

from calltune.generate.completion import Chunk, Completion, Request
from calltune.generate.engine import Engine, Progress
from calltune.generate.load import load_engine
from calltune.generate.local import LocalEngine
from calltune.generate.remote import RemoteEngine
from calltune.generate.scripted import ScriptedEngine

__all__ = [
    "Chunk",
    "Completion",
    "Engine",
    "LocalEngine",
    "Progress",
    "RemoteEngine",
    "Request",
    "ScriptedEngine",
    "load_engine",
]
