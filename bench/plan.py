"""How long the batches of an epoch take to plan, and how much of the prompts they share: a million rows, in a process
of its own for the memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np

from calltune.train.order import Limits, prefix_batches
from calltune.train.rows import RowNumbers

ROWS, TOOLSETS, TURNS = 1_000_000, 5_000, 4
LIMITS = {"16 rows": Limits(rows=16), "64 rows": Limits(rows=64), "8,192 tokens": Limits(tokens=8192)}


def million_rows() -> RowNumbers:
    """Four turns a conversation; a few toolsets have most of the rows, as in real data."""
    random = np.random.default_rng(0)
    talks = ROWS // TURNS
    toolset = np.repeat(np.minimum(random.zipf(1.3, talks), TOOLSETS), TURNS)
    prompts = random.integers(200, 2000, TOOLSETS + 1)[toolset]
    turn = np.tile(np.arange(TURNS), talks)
    own = random.integers(20, 120, ROWS).reshape(talks, TURNS)
    history = own.cumsum(1).reshape(ROWS)
    before = np.where(turn > 0, prompts + history - own.reshape(ROWS), 0)
    return RowNumbers(
        lengths=prompts + history,
        groups=toolset,
        prefixes=prompts,
        repeats=before,
        conversations=np.repeat(np.arange(talks), TURNS),
    )


def measure() -> list[dict[str, Any]]:
    """Seconds and peak memory of planning an epoch, for each limit."""
    rows = million_rows()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = []
    for name, limits in LIMITS.items():
        start = time.perf_counter()
        batches = prefix_batches(rows, limits, seed=0, epoch=0)
        seconds = time.perf_counter() - start
        toolsets = [len(np.unique(rows.groups[batch])) for batch in batches[:1000]]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found.append(
            {
                "limit": name,
                "seconds": seconds,
                "batches": len(batches),
                "toolsets_a_batch": float(np.mean(toolsets)),
                "added_peak_gib": (peak - before) / 2**20,
            }
        )
    return found


def main() -> list[dict[str, Any]]:
    """Print the table; return it."""
    code = "import json; from bench.plan import measure; print(json.dumps(measure()))"
    found: list[dict[str, Any]] = json.loads(subprocess.check_output([sys.executable, "-c", code], text=True))
    for line in found:
        print(
            f"{ROWS:,} rows, {line['limit']:>12} a batch: {line['seconds']:5.1f} s, {line['batches']:,} batches of "
            f"{line['toolsets_a_batch']:.1f} toolsets, {line['added_peak_gib']:.2f} GiB"
        )
    return found
