"""Text files that are never seen half written. In: a path and its text. Rows by the million are `data.write`'s."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write the file under another name, then put it in place: an error or a crash leaves the old file, if there was
    one."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
