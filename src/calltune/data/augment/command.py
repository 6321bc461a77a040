"""`calltune augment`: gold rows become more rows. In: an `AugmentConfig`. Out: an `AugmentReport`, and the file,
written whole or not at all. The data is read twice: once to check it and to learn what there is, once to make rows. In
memory are the made rows that will be written, and what `gold` keeps.

Of each kind those rows are written whose gold row has the lowest hash; so another order of the data, or another kind
beside it, changes none of them. No language model is involved."""

from __future__ import annotations

import hashlib
import heapq
import importlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console

from calltune.contract import Problem, Toolset
from calltune.data.augment.config import AugmentConfig
from calltune.data.augment.context import Context, RunTimeTexts
from calltune.data.augment.gold import BAD, USED, Gold, read_gold
from calltune.data.augment.kinds import KINDS, SCRATCH
from calltune.data.augment.make import Made, checked, digest_of, make
from calltune.data.augment.mixture import GOLD
from calltune.data.augment.preview import Pair
from calltune.data.augment.report import AugmentReport
from calltune.data.command import progress_bar
from calltune.data.conversation import Conversation
from calltune.data.read import Row, read_rows
from calltune.data.source import find_source
from calltune.data.write import LineWriter, refuse_outputs_over_inputs
from calltune.errors import ConfigError, DataError

MOST_COPIES = 8
"""Rows of one kind that are made of one gold row, where there are fewer gold rows than rows to make."""
Progress = Callable[[float], None]


@dataclass(kw_only=True)
class _Kind:
    """The best rows of one kind so far, by rank."""

    wanted: int
    kept: list[tuple[tuple[int, ...], Made, Row | None]] = field(default_factory=list)
    """A heap with the worst rank first; ranks are negative for that."""
    digests: set[bytes] = field(default_factory=set)
    not_applicable: int = 0

    def has_room_for(self, rank: tuple[int, ...]) -> bool:
        """Whether a row with this rank would be written."""
        return self.wanted > 0 and (len(self.kept) < self.wanted or rank > self.kept[0][0])

    def add(self, rank: tuple[int, ...], made: Made, row: Row | None) -> None:
        """Keep it, and drop the worst one where there are too many."""
        self.digests.add(made.digest)
        heapq.heappush(self.kept, (rank, made, row))
        if len(self.kept) > self.wanted:
            self.digests.discard(heapq.heappop(self.kept)[1].digest)

    def best_first(self) -> list[tuple[tuple[int, ...], Made, Row | None]]:
        """What is written, in its order."""
        return sorted(self.kept, key=lambda one: one[0], reverse=True)


def augment(config: AugmentConfig, *, console: Console, texts: RunTimeTexts) -> AugmentReport:
    """Make the rows and write the file. `texts`: what the run time will say (`calltune.guard.rehearsal`)."""
    config.check()
    began = time.monotonic()
    mixture, out = config.mixture(), None if config.preview else config.out
    contract = None if config.tools is None else Toolset.load(config.tools)
    substitutes = config.substituted()
    if contract is not None:
        texts.check_substitutes(contract, substitutes)
    if config.data is not None and out is not None:
        refuse_outputs_over_inputs(find_source(config.data), [out])
    discarded: Counter[str] = Counter()
    with progress_bar(console) as bar:
        task = bar.add_task("reading", total=2.0)
        pool = None if config.pool is None else Toolset.load(config.pool)
        gold = Gold()
        if config.data is not None:
            rows = read_rows(config.data, tools=contract, on_progress=lambda share: bar.update(task, completed=share))
            gold = read_gold(rows, pool)
            if not gold.used_rows:
                raise _useless(config.data, gold)
        wanted = mixture.counts(gold.rows, config.rows)
        if config.preview:
            wanted = dict.fromkeys(mixture.kinds, config.preview)
        kinds = {kind: _Kind(wanted=wanted[kind]) for kind in mixture.kinds}
        context = Context(texts=texts, pool=gold.pool, partners=gold.partners, substitutes=substitutes)
        bar.update(task, description="making")
        if config.data is not None:
            _make_all(
                config, contract, gold, kinds, context, discarded, lambda share: bar.update(task, completed=1 + share)
            )
        if SCRATCH in kinds:
            assert contract is not None
            _from_scratch(contract, kinds[SCRATCH], config.seed, discarded)
        made = {kind: len(kinds[kind].kept) for kind in mixture.kinds}
        if out is not None:
            made = _write(config, out, contract, gold, wanted, kinds)
    return AugmentReport(
        config=config,
        gold_rows=gold.rows,
        bad_rows=gold.bad_rows,
        rows_without_tools=gold.rows - gold.used_rows,
        first_problem=gold.first_problem,
        wanted=wanted,
        made=made,
        not_applicable={kind: one.not_applicable for kind, one in kinds.items() if one.not_applicable},
        discarded=dict(discarded.most_common()),
        pairs=[pair for kind, one in kinds.items() for pair in _pairs(kind, one)] if config.preview else (),
        seconds=time.monotonic() - began,
    )


def _useless(data: str, gold: Gold) -> DataError:
    if gold.rows:
        hint = "Rows need a 'tools' column, or pass --tools for all of them."
        return DataError(f"{data} has no row that offers tools: there is nothing to make others of.", hint=hint)
    hint = f"To see why, type: calltune check --data {data}"
    return DataError(f"{data} has no good row to make others of. The first: {gold.first_problem}", hint=hint)


def _good_rows(
    config: AugmentConfig, contract: Toolset | None, gold: Gold, on_progress: Progress = lambda share: None
) -> Iterator[tuple[Row, Conversation, int]]:
    """The good rows again, with what they are good for. DataError where the file has changed since."""
    assert config.data is not None
    changed = DataError(f"{config.data} changed while it was read.", hint="Run the command again.")
    states = iter(gold.states)
    for row in read_rows(config.data, tools=contract, on_progress=on_progress):
        state = next(states, None)
        if state is None or (state != BAD and row.conversation is None):
            raise changed
        if state != BAD and row.conversation is not None:
            yield row, row.conversation, state
    if next(states, None) is not None:
        raise changed


def _make_all(
    config: AugmentConfig,
    contract: Toolset | None,
    gold: Gold,
    kinds: dict[str, _Kind],
    context: Context,
    discarded: Counter[str],
    on_progress: Progress,
) -> None:
    """Fill the kinds, each with its best rows."""
    rows = max(1, gold.used_rows)
    copies = {kind: min(MOST_COPIES, -(-one.wanted // rows)) for kind, one in kinds.items() if kind != SCRATCH}
    for row, conversation, state in _good_rows(config, contract, gold, on_progress):
        if state != USED:
            continue
        digest = digest_of(conversation)
        for kind, most in copies.items():
            for copy in range(most):
                rank = _rank(digest, kind, config.seed, copy)
                if not kinds[kind].has_room_for(rank):
                    break  # later copies have worse ranks
                _make_one(row, conversation, kind, kinds[kind], context, rank, digest, config.seed, copy, discarded)


def _make_one(
    row: Row,
    conversation: Conversation,
    kind: str,
    into: _Kind,
    context: Context,
    rank: tuple[int, ...],
    digest: bytes,
    seed: int,
    copy: int,
    discarded: Counter[str],
) -> None:
    origin = f"{row.source}:{row.line}"
    made = make(conversation, kind, context, origin=origin, seed=seed, digest=digest, copy=copy)
    if made is None:
        into.not_applicable += copy == 0
    elif isinstance(made, Problem):
        discarded[made.kind] += 1
    elif made.digest in into.digests or made.digest == digest:
        discarded["duplicate_row"] += 1
    else:
        into.add(rank, made, row)


def _rank(digest: bytes, kind: str, seed: int, copy: int) -> tuple[int, ...]:
    """Higher is better: first copies first, then by hash; all depends on what the row says and on nothing else."""
    place = hashlib.blake2b(digest + repr((seed, kind, copy)).encode(), digest_size=8).digest()
    return -copy, -int.from_bytes(place), -int.from_bytes(digest)


def _from_scratch(contract: Toolset, into: _Kind, seed: int, discarded: Counter[str]) -> None:
    try:
        scratch = importlib.import_module("calltune.data.augment.scratch")
    except ModuleNotFoundError as error:
        raise ConfigError(
            "the kind scratch is not part of this installation.", hint="Leave it out of --kinds."
        ) from error
    for number, data in enumerate(scratch.make_rows(contract, rows=into.wanted, seed=seed)):
        made = checked(data)
        if isinstance(made, Problem):
            discarded[made.kind] += 1
        elif made.digest in into.digests:
            discarded["duplicate_row"] += 1
        else:
            into.add((-number,), made, None)


def _write(
    config: AugmentConfig,
    out: Path,
    contract: Toolset | None,
    gold: Gold,
    wanted: dict[str, int],
    kinds: dict[str, _Kind],
) -> dict[str, int]:
    """Gold rows as they are, then the made ones kind by kind; how many of each."""
    made: dict[str, int] = {}
    with LineWriter(out) as writer:
        if GOLD in wanted:
            for line in _kept_gold(config, contract, gold, wanted[GOLD]):
                writer.write(line)
            made[GOLD] = writer.lines
        for kind, one in kinds.items():
            for _, row, _ in one.best_first():
                writer.write(row.line)
            made[kind] = len(one.kept)
        writer.publish()
    return made


def _kept_gold(config: AugmentConfig, contract: Toolset | None, gold: Gold, wanted: int) -> Iterator[bytes]:
    """The gold rows to write, in their order; where not all of them are, those with the lowest hash."""
    if wanted >= gold.rows:
        yield from (row.raw for row, _, _ in _good_rows(config, contract, gold))
        return

    def ranked() -> Iterator[tuple[tuple[int, ...], Row]]:
        for row, conversation, _ in _good_rows(config, contract, gold):
            yield _rank(digest_of(conversation), GOLD, config.seed, 0), row

    least = min(heapq.nlargest(wanted, (rank for rank, _ in ranked())), default=None)
    yield from (row.raw for rank, row in ranked() if least is not None and rank >= least)


def _pairs(kind: str, one: _Kind) -> Iterator[Pair]:
    teaches = KINDS[kind].teaches if kind in KINDS else "the contract alone: what a user may say, and the call"
    for _, made, row in one.best_first():
        before: dict[str, Any] | None = None
        if row is not None and row.conversation is not None:
            before = row.conversation.to_json()
        yield Pair(kind=kind, teaches=teaches, before=before, after=json.loads(made.line))
