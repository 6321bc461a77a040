"""Beginnings of prompts that have been computed, for the next prompts that begin so. In: token ids. Out: what is known
of their beginning, as a view.

The system text and the schemas come back in every request of a contract, and a conversation comes back with one turn
more. Bounded in bytes, the longest unused go first; on disk where a folder is given, as safetensors files that are
bound to the weights and the adapter by a hash. Nothing else is ever loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from calltune.errors import ConfigError
from calltune.generate.batching import common_prefix
from calltune.generate.shared_prefix import Layers, Prefix

LIMIT = 512 << 20
"""Bytes of keys and values kept in memory."""
DISK_LIMIT = 4 << 30
"""Bytes of files."""
OURS = re.compile(r"[0-9a-f]{16}-[0-9a-f]{32}(\.\d+\.part|\.safetensors)")
"""Names of the files written here. No other file is ever removed: the folder may hold a model's own weights."""


class Prefixes:
    """The computed beginnings of one model with its adapter."""

    def __init__(self, model: Any, *, limit: int = LIMIT, folder: Path | None = None) -> None:
        self.limit = limit
        self.folder = folder
        self._kept: list[Prefix] = []
        """Least recently used first."""
        self._of = weights_hash(model) if folder is not None else ""
        self._device = next(model.parameters()).device
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ConfigError(f"cannot keep prefixes in {folder}: {error.strerror}.") from error

    def longest(self, ids: Sequence[int]) -> Prefix | None:
        """The longest known beginning of `ids`, at most all of it."""
        best, most = None, 0
        for known in self._kept:
            length = common_prefix(known.ids, ids)
            if length > most:
                best, most = known, length
        if best is None:
            return None
        self._kept.remove(best)
        self._kept.append(best)
        return best if most == len(best.ids) else best.cut(most)

    def keep(self, prefix: Prefix) -> None:
        """Remember a beginning, in place of those that it goes on from; one that is larger than the limit is not."""
        if prefix.bytes > self.limit:
            return
        self._kept = [known for known in self._kept if prefix.ids[: len(known.ids)] != known.ids]
        self._kept.append(prefix)
        while sum(known.bytes for known in self._kept) > self.limit and self._kept:
            self._kept.pop(0)

    def load(self, ids: Sequence[int]) -> Prefix | None:
        """The prefix of exactly these tokens from the disk, None where there is none or it is not whole."""
        if self.folder is None:
            return None
        from safetensors import SafetensorError, safe_open

        path = self._path(ids)
        try:
            with safe_open(path, framework="pt", device=str(self._device)) as file:
                if (file.metadata() or {}).get("ids") != _digest(ids):
                    return None
                count = len(list(file.keys())) // 2
                layers = tuple((file.get_tensor(f"k{n}"), file.get_tensor(f"v{n}")) for n in range(count))
                if file.metadata().get("values") != _values_digest(layers):
                    return None  # a disk that forgets must not change an answer
        except (OSError, SafetensorError, KeyError):
            return None
        with suppress(OSError):
            os.utime(path)
        prefix = Prefix(tuple(ids), layers)
        self.keep(prefix)
        return prefix

    def save(self, prefix: Prefix) -> None:
        """Write a prefix; the oldest files go where there are too many."""
        if self.folder is None:
            return
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        tensors = {}
        for number, (keys, values) in enumerate(prefix.layers):
            tensors[f"k{number}"], tensors[f"v{number}"] = keys.contiguous(), values.contiguous()
        path = self._path(prefix.ids)
        part = path.with_suffix(f".{os.getpid()}.part")
        try:
            save_file(tensors, part, metadata={"ids": _digest(prefix.ids), "values": _values_digest(prefix.layers)})
            part.replace(path)
            self._sweep()
        except (OSError, SafetensorError):  # a full disk costs time, not answers
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _sweep(self) -> None:
        assert self.folder is not None
        ours = [file for file in self.folder.iterdir() if OURS.fullmatch(file.name)]
        files = sorted(ours, key=lambda file: file.stat().st_mtime)
        total = sum(file.stat().st_size for file in files)
        for file in files:
            if total <= DISK_LIMIT:
                return
            total -= file.stat().st_size
            file.unlink(missing_ok=True)

    def _path(self, ids: Sequence[int]) -> Path:
        assert self.folder is not None
        return self.folder / f"{self._of[:16]}-{_digest(ids)[:32]}.safetensors"


def _values_digest(layers: Layers) -> str:
    found = hashlib.sha256()
    for layer in layers:
        for tensor in layer:
            found.update(_bytes(tensor))
    return found.hexdigest()


def _digest(ids: Sequence[int]) -> str:
    return hashlib.sha256(json.dumps(list(ids)).encode()).hexdigest()


def weights_hash(model: Any) -> str:
    """SHA-256 of the model's configuration and of all its parameters and buffers, adapters included."""
    found = hashlib.sha256(model.config.to_json_string().encode())
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        found.update(f"{name}{tuple(value.shape)}{value.dtype}".encode())
        found.update(_bytes(value))
    return found.hexdigest()


def _bytes(value: torch.Tensor) -> Any:
    flat = value.detach().cpu().contiguous().reshape(-1)
    return flat.view(torch.uint8).numpy() if flat.numel() else b""
