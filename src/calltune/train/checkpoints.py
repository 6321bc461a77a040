"""Checkpoints that can be trusted after a crash. In: the folder of checkpoints. Out: the last one that was written to
its end.

A checkpoint is several files written one after the other; a process killed between them leaves half of one. The last
thing written is a marker, and a folder without it does not count. What is inside a checkpoint is transformers'
business.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

MARKER = "complete"
KEPT = 2
"""Checkpoints kept; while one is being written there is one more."""


def mark_complete(checkpoint: Path) -> None:
    """Say that the checkpoint is whole, after everything in it has reached the disk."""
    for path in (*checkpoint.rglob("*"), checkpoint):
        _flush(path)
    (checkpoint / MARKER).touch()
    _flush(checkpoint)


def _flush(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def step_of(checkpoint: Path) -> int:
    """The step after which the checkpoint was written."""
    return int(checkpoint.name.rpartition("-")[2])


def complete_checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, oldest first."""
    return sorted((path.parent for path in folder.glob(f"checkpoint-*/{MARKER}")), key=step_of)


def remove_incomplete(folder: Path) -> list[str]:
    """Delete checkpoints without marker; returns their names."""
    broken = [path for path in folder.glob("checkpoint-*") if not (path / MARKER).exists()]
    for path in broken:
        shutil.rmtree(path)
    return sorted(path.name for path in broken)


def is_disk_full(error: BaseException) -> bool:
    """Whether this error, or one that it came from, says that the disk has no room: Python, safetensors and torch each
    say it in their own way, and torch says only that writing failed."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if any(text in str(seen) for text in ("No space left on device", "PytorchStreamWriter failed writing")):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
