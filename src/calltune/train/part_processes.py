"""Parts of the data, prepared in several processes. In: a data file and how to prepare it. Out: the same `Part`s in the
same order as one process makes them. This process reads lines; the others parse, check and render. What waits is
bounded, so memory does not grow with the file."""

from __future__ import annotations

import gc
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from calltune.contract import Toolset
from calltune.data.lines import Line, read_lines
from calltune.data.read import row_of_line
from calltune.data.tools import Offer, offer_of
from calltune.train.part import Part, PartOptions, Renders, prepare_part

if TYPE_CHECKING:
    from calltune.render.renderer import Renderer

ROWS_OF_A_PART = 64
PARTS_AHEAD = 4
"""Parts a process that may wait to be written or done."""
WORTH_BYTES = 32 << 20
"""Smaller data is prepared before the other processes have started: each imports transformers."""
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""A row is thousands of small objects without cycles: at Python's own 700, a sixth of the time goes into looking for
some."""


class _Worker:
    """What a process keeps between parts."""

    renderer: Renders
    offer: Offer
    options: PartOptions


def parts_of_files(
    files: Sequence[Path], renderer: Renderer, options: PartOptions, *, contract: Toolset | None, processes: int
) -> Iterator[Part]:
    """The parts of all files in order. Raises what reading the files raises, after the parts before it."""
    tools = None if contract is None else contract.to_json()["tools"]
    pool = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_start, initargs=(renderer, tools, options))
    waiting: deque[Future[Part]] = deque()
    try:
        lines = read_lines(files)
        while batch := list(islice(lines, ROWS_OF_A_PART)):
            waiting.append(pool.submit(_prepare, batch))
            if len(waiting) > processes * PARTS_AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _start(renderer: Renderer, tools: list[dict[str, object]] | None, options: PartOptions) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that the user talks to
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    _Worker.renderer, _Worker.options = renderer, options
    _Worker.offer = offer_of(None if tools is None else Toolset.from_openai(tools))


def _prepare(lines: list[Line]) -> Part:
    rows = (row_of_line(line, _Worker.offer) for line in lines)
    return prepare_part(rows, _Worker.renderer, _Worker.options)
