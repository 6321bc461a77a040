"""The formats that people have. One module a family, each with `detect(record)` (evidence or None) and `read(record,
notes)` (rows, or `Refused`); this dict is the whole registry. Nothing here opens files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from calltune.data.formats import (
    anthropic,
    axolotl,
    bfcl,
    glaive,
    llamafactory,
    openai,
    responses,
    sharegpt,
    table,
    toolace,
    toolbench,
    traces,
    when2call,
    xlam,
)  # fmt: skip
from calltune.data.formats.reading import COLUMNS, Evidence, Notes, Record, Row


@dataclass(frozen=True)
class Format:
    """How rows of one format are told and read."""

    title: str
    """What people call it."""
    detect: Callable[[Record], Evidence | None]
    read: Callable[[Record, Notes], list[Row]]
    join: Callable[[Path], Callable[[Record], Record]] | None = None
    """Adds to each record of a file what stands in another."""


FORMATS: dict[str, Format] = {
    "calltune": Format("calltune's own rows", openai.detect_own, openai.read),
    "openai": Format("OpenAI chat rows", openai.detect, openai.read),
    "responses": Format("OpenAI Responses", responses.detect, responses.read),
    "sharegpt": Format("ShareGPT or Hermes", sharegpt.detect, sharegpt.read),
    "llamafactory": Format("LLaMA-Factory", llamafactory.detect, llamafactory.read),
    "axolotl": Format("Axolotl chat_template", axolotl.detect, axolotl.read),
    "xlam": Format("xLAM or APIGen", xlam.detect, xlam.read),
    "glaive": Format("Glaive v2", glaive.detect, glaive.read),
    "toolace": Format("ToolACE", toolace.detect, toolace.read),
    "toolbench": Format("ToolBench", toolbench.detect, toolbench.read),
    "anthropic": Format("Anthropic Messages", anthropic.detect, anthropic.read),
    "langsmith": Format("a LangSmith export", traces.detect_langsmith, traces.read_langsmith),
    "langfuse": Format("a Langfuse export", traces.detect_langfuse, traces.read_langfuse),
    "bfcl": Format("BFCL", bfcl.detect, bfcl.read, bfcl.with_answers),
    "when2call": Format("When2Call", when2call.detect, when2call.read),
    "csv": Format("a table of questions and calls", table.detect, table.read),
}
ALIASES = {"hermes": "sharegpt", "apigen": "xlam", "alpaca": "llamafactory"}
OWN = ("calltune", "openai")
"""What every command reads without an import."""


@dataclass(frozen=True)
class Candidate:
    """A format that the records of a file could be of."""

    name: str
    evidence: Evidence
    share: float
    """Of the records looked at, how many are of this format."""


def candidates(records: Sequence[Record]) -> list[Candidate]:
    """The formats that at least half of the records could be of, the best first. A format counts by its best mark."""
    found = []
    for name, form in FORMATS.items():
        seen = [evidence for record in records if (evidence := form.detect(record)) is not None]
        if records and len(seen) * 2 >= len(records):
            best = max(seen, key=lambda evidence: evidence.level)
            found.append(Candidate(name, best, len(seen) / len(records)))
    return sorted(found, key=lambda candidate: (-candidate.evidence.level, -candidate.share))


def is_unsure(found: Sequence[Candidate]) -> bool:
    """Whether the two best are equally good."""
    return len(found) > 1 and found[0].evidence.level == found[1].evidence.level and found[0].share == found[1].share


def foreign_format(record: Record) -> Candidate | None:
    """The format of a row that calltune cannot learn from as it is, where it is a known one."""
    found = candidates([record])
    if found and found[0].name not in OWN and found[0].evidence.level >= COLUMNS and not is_unsure(found):
        return found[0]
    return None
