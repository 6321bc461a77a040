"""`--model`: a model in this process, or a server. In: what the user typed. Out: an engine."""

from __future__ import annotations

from typing import Any
from urllib.parse import urldefrag

from calltune.generate.engine import Engine


def is_url(model: str) -> bool:
    """Whether a model is named by the address of a server."""
    return model.startswith(("http://", "https://"))


def load_engine(model: str, **options: Any) -> Engine:
    """The engine for a model: a server for an address (`http://localhost:8000/v1#name`), transformers for everything
    else. `options`: those of `LocalEngine.load`; a server has its own. Raises `ModelError`."""
    if is_url(model):
        from calltune.generate.remote import RemoteEngine

        url, name = urldefrag(model)
        return RemoteEngine.connect(url, name or None)
    from calltune.generate.local import LocalEngine

    return LocalEngine.load(model, **options)
