"""`--model`: a model in this process, or a server. In: what the user typed. Out: an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

from calltune.errors import ConfigError
from calltune.generate.engine import Engine


def is_url(model: str) -> bool:
    """Whether a model is named by the address of a server."""
    return model.startswith(("http://", "https://"))


def check_prefix_cache(folder: Path | None, *models: str) -> None:
    """ConfigError, before anything is loaded, where `--prefix-cache` can do nothing for these models."""
    if folder is None:
        return
    if all(map(is_url, models)):
        raise ConfigError(
            f"--prefix-cache is for a model in this process; {' and '.join(models)} keeps prefixes of its own.",
            hint="Leave --prefix-cache out (vLLM: --enable-prefix-caching).",
        )
    if folder.exists() and not folder.is_dir():
        raise ConfigError(f"--prefix-cache is a folder, and {folder} is a file.", hint="Give another --prefix-cache.")


def load_engine(model: str, **options: Any) -> Engine:
    """The engine for a model: a server for an address (`http://localhost:8000/v1#name`), transformers for everything
    else. `options`: those of `LocalEngine.load`; a server has its own. Raises `ModelError`."""
    if is_url(model):
        from calltune.generate.remote import RemoteEngine

        url, name = urldefrag(model)
        return RemoteEngine.connect(url, name or None)
    from calltune.generate.local import LocalEngine

    return LocalEngine.load(model, **options)
