"""What a data argument names. In: the text a user typed. Out: a `Source`: files in order, or a Hugging Face dataset. A
path that does not exist is a DataError that proposes near names; nothing is read here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from calltune.errors import DataError

SUFFIXES = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
"""Files of a folder that are rows. Its `.json` files may be anything (contracts, settings): they are read if there is
nothing else."""

DATASET_NAME = re.compile(r"(?P<name>[\w-][\w.-]*/[\w.-]+)(?::(?P<split>[\w.\[\]:%+-]+))?")
"""`owner/name` or `owner/name:split`."""

DATA_ENDINGS = (".json", ".gz", ".csv", ".parquet", ".txt", ".arrow", *SUFFIXES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the rows come from: exactly one of `files` and `dataset` is set."""

    name: str
    files: tuple[Path, ...] = ()
    dataset: str | None = None
    """A name on the Hugging Face hub, or the path of a folder written by `Dataset.save_to_disk`."""
    split: str | None = None


def find_source(source: str | Path) -> Source:
    """The files or the dataset that `source` names. Raises DataError if there is no such thing."""
    name = str(source)
    path = Path(name).expanduser()
    if path.is_dir():
        return _folder(path, name)
    if path.is_file():
        return Source(name=name, files=(path,))
    if path.exists():
        hint = "Files are read more than once: write it to a file first, and name that file."
        raise DataError(f"{name} is a pipe or a device, not a file.", hint=hint)
    match = DATASET_NAME.fullmatch(name)
    if isinstance(source, str) and match and not name.lower().endswith(DATA_ENDINGS) and not path.parent.is_dir():
        return Source(name=name, dataset=match["name"], split=match["split"])
    raise _missing(path, name)


def _folder(path: Path, name: str) -> Source:
    if (path / "dataset_info.json").exists() or (path / "dataset_dict.json").exists():
        return Source(name=name, dataset=name)
    found = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    files = [file for file in found if file.name.lower().endswith(SUFFIXES)]
    files = files or [file for file in found if file.name.lower().endswith((".json", ".json.gz"))]
    if files:
        return Source(name=name, files=tuple(files))
    there = _list([file.name for file in found]) or "nothing"
    raise DataError(
        f"the folder {name} holds no rows.",
        hint=f"Expected .jsonl or .jsonl.gz files in it; there: {there}.",
    )


def _missing(path: Path, name: str) -> DataError:
    folder = path.parent
    if not folder.is_dir():
        hint = "Expected a file, a folder, or a Hugging Face dataset as owner/name or owner/name:split."
        return DataError(f"no such file or folder: {name} (there is no folder {folder}).", hint=hint)
    there = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    near = difflib.get_close_matches(path.name, there, n=2, cutoff=0.6) or [
        entry for entry in there if entry.lower().endswith(SUFFIXES) and _stem(entry) == _stem(path.name)
    ]
    if near:
        return DataError(
            f"no such file or folder: {name}.",
            hint=f"Did you mean {' or '.join(str(folder / entry) for entry in near)}?",
        )
    rows = [entry for entry in there if entry.lower().endswith((*SUFFIXES, ".json"))]
    hint = f"Data files in {folder}: {_list(rows)}." if rows else f"There are no .jsonl files in {folder.resolve()}."
    return DataError(f"no such file or folder: {name}.", hint=hint)


def _stem(name: str) -> str:
    return name.lower().split(".")[0]


def _list(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
