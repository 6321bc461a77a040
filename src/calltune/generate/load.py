"""`--model`: a model in this process, or a server. In: what the user typed. Out: an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urldefrag

from calltune.generate.constraint import BackendName
from calltune.generate.engine import Engine


def is_url(model: str) -> bool:
    """Whether a model is named by the address of a server."""
    return model.startswith(("http://", "https://"))


def load_engine(
    model: str,
    *,
    device: str = "auto",
    dtype: str = "auto",
    template: Literal["auto", "native", "calltune"] = "auto",
    thinking: Literal["auto", "on", "off"] = "auto",
    batch_tokens: int | None = None,
    grammar: BackendName = "auto",
    cache_dir: Path | None = None,
) -> Engine:
    """The engine for a model: a server for an address (`http://localhost:8000/v1#name`), transformers for everything
    else. The options are those of `LocalEngine.load`; a server has its own. Raises `ModelError`."""
    if is_url(model):
        from calltune.generate.remote import RemoteEngine

        url, name = urldefrag(model)
        return RemoteEngine.connect(url, name or None)
    from calltune.generate.local import LocalEngine

    return LocalEngine.load(
        model,
        device=device,
        dtype=dtype,
        template=template,
        thinking=thinking,
        batch_tokens=batch_tokens,
        grammar=grammar,
        cache_dir=cache_dir,
    )
