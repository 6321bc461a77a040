"""`calltune augment`: gold rows become more rows. In: an `AugmentConfig`. Out: an `AugmentReport`, and the file,
written whole or not at all. The data is read twice: once to check it and to learn what there is, once to make rows. In
memory are the made rows that will be written, and what `gold` keeps.

Of each kind those rows are written whose gold row has the lowest hash; so another order of the data, or another kind
beside it, changes none of them. No language model is involved."""

from __future__ import annotations

import heapq
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from rich.console import Console

from calltune.contract import Problem, Toolset
from calltune.data.augment.config import AugmentConfig
from calltune.data.augment.context import Context, RunTimeTexts
from calltune.data.augment.gold import BAD, PLAN, USED, Gold, read_gold
from calltune.data.augment.kept import Kept, Rank, rank_of
from calltune.data.augment.kinds import FROM_SCRATCH, KINDS, SCRATCH, SEQUENCE
from calltune.data.augment.make import Made, checked, digest_of, make
from calltune.data.augment.mixture import GOLD
from calltune.data.augment.preview import Pair
from calltune.data.augment.report import AugmentReport
from calltune.data.command import progress_bar
from calltune.data.conversation import Conversation
from calltune.data.read import Row, read_rows
from calltune.data.source import find_source
from calltune.data.write import LineWriter, refuse_outputs_over_inputs
from calltune.errors import DataError

MOST_COPIES = 8
"""Rows of one kind that are made of one gold row, where there are fewer gold rows than rows to make."""
Progress = Callable[[float], None]


def augment(config: AugmentConfig, *, console: Console, texts: RunTimeTexts) -> AugmentReport:
    """Make the rows and write the file. `texts`: what the run time will say (`calltune.guard.rehearsal`)."""
    config.check()
    began = time.monotonic()
    mixture, out = config.mixture(), None if config.preview else config.out
    contract = None if config.tools is None else Toolset.load(config.tools)
    pool = Toolset.load(config.pool) if config.pool else ()
    substitutes = config.substituted()
    if contract is not None:
        texts.check_substitutes(contract, substitutes)
    if config.data is not None and out is not None:
        refuse_outputs_over_inputs(find_source(config.data), [out])
    with progress_bar(console) as bar:
        task = bar.add_task("reading", total=2.0)
        gold = Gold()
        if config.data is not None:
            rows = read_rows(config.data, tools=contract, on_progress=lambda share: bar.update(task, completed=share))
            gold = read_gold(rows, pool)
            if not gold.used_rows and not (gold.plans and SEQUENCE in mixture.kinds):
                raise _useless(config.data, gold)
        wanted = mixture.counts(gold.rows, config.rows)
        if config.preview:
            wanted = dict.fromkeys(mixture.kinds, config.preview)
        context = Context(texts=texts, pool=gold.pool, partners=gold.partners, substitutes=substitutes)
        kinds = {kind: Kept(wanted=wanted[kind]) for kind in mixture.kinds}
        making = _Making(config=config, contract=contract, gold=gold, context=context, kinds=kinds)
        bar.update(task, description="making")
        making.from_gold(lambda share: bar.update(task, completed=1 + share))
        if SCRATCH in mixture.kinds:
            making.from_scratch()
        made = making.write(out, wanted.get(GOLD)) if out else {kind: len(kept) for kind, kept in kinds.items()}
    return AugmentReport(
        config=config,
        gold_rows=gold.rows,
        bad_rows=gold.bad_rows,
        plan_rows=gold.plans,
        rows_without_tools=gold.rows - gold.used_rows,
        first_problem=gold.first_problem,
        wanted=wanted,
        made=made,
        not_applicable={kind: kept.not_applicable for kind, kept in kinds.items() if kept.not_applicable},
        discarded=dict(making.discarded.most_common()),
        pairs=tuple(making.pairs()) if config.preview else (),
        seconds=time.monotonic() - began,
    )


def _useless(data: str, gold: Gold) -> DataError:
    if gold.rows:
        hint = "Rows need a 'tools' column, or pass --tools for all of them."
        return DataError(f"{data} has no row that offers tools: there is nothing to make others of.", hint=hint)
    hint = f"To see why, type: calltune check --data {data}"
    return DataError(f"{data} has no good row to make others of. The first: {gold.first_problem}", hint=hint)


@dataclass(frozen=True, kw_only=True)
class _Making:
    """The second reading of the data."""

    config: AugmentConfig
    contract: Toolset | None
    gold: Gold
    context: Context
    kinds: dict[str, Kept]
    discarded: Counter[str] = field(default_factory=Counter)

    def good_rows(
        self, on_progress: Progress | None = None, *, without: Sequence[int] = (BAD, PLAN)
    ) -> Iterator[tuple[Row, Conversation, int]]:
        """The good rows again, with what they are good for. DataError where the file has changed since."""
        data = self.config.data
        if data is None:
            return
        changed = DataError(f"{data} changed while it was read.", hint="Run the command again.")
        states = iter(self.gold.states)
        for row in read_rows(data, tools=self.contract, on_progress=on_progress):
            state = next(states, None)
            if state is None or (state != BAD and row.conversation is None):
                raise changed
            if state not in without and row.conversation is not None:
                yield row, row.conversation, state
        if next(states, None) is not None:
            raise changed

    def from_gold(self, on_progress: Progress) -> None:
        """Fill the kinds, each with its best rows."""
        rows = max(1, self.gold.used_rows + self.gold.plans * (SEQUENCE in self.kinds))
        copies = {kind: -(-kept.wanted // rows) for kind, kept in self.kinds.items() if kind != SCRATCH}
        for row, conversation, state in self.good_rows(on_progress, without=(BAD,)):
            if state not in (USED, PLAN):
                continue
            digest = digest_of(conversation)
            origin = f"{row.source}:{row.line}"
            for kind, most in copies.items():
                if state == PLAN and kind != SEQUENCE:
                    continue
                attempt = partial(make, conversation, kind, self.context, origin=origin, digest=digest)
                for copy in range(min(most, MOST_COPIES)):
                    rank = rank_of(digest, kind, self.config.seed, copy)
                    if not self.kinds[kind].has_room_for(rank):
                        break  # later copies have worse ranks
                    made = attempt(seed=self.config.seed, copy=copy)
                    if made is None:
                        self.kinds[kind].not_applicable += copy == 0
                    else:
                        self.keep(kind, rank, made, conversation)

    def from_scratch(self) -> None:
        """The rows that need no gold row."""
        from calltune.data.augment.scratch import make_rows

        assert self.contract is not None  # by `AugmentConfig.check`
        rows = make_rows(
            self.contract, rows=self.kinds[SCRATCH].wanted, seed=self.config.seed, discarded=self.discarded
        )
        for number, data in enumerate(rows):
            self.keep(SCRATCH, (-number,), checked(data), None)

    def keep(self, kind: str, rank: Rank, made: Made | Problem, before: Conversation | None) -> None:
        """Keep a row that is good and new."""
        if isinstance(made, Problem):
            self.discarded[made.kind] += 1
            return
        same = before is not None and made.digest == digest_of(before)
        if same or not self.kinds[kind].add(rank, made, before if self.config.preview else None):
            self.discarded["duplicate_row"] += 1

    def write(self, out: Path, gold_rows: int | None) -> dict[str, int]:
        """Gold rows as they are, unless these are None, then the made ones kind by kind; how many of each."""
        made: dict[str, int] = {}
        with LineWriter(out) as writer:
            if gold_rows is not None:
                for line in self.gold_lines(gold_rows):
                    writer.write(line)
                made[GOLD] = writer.lines
            for kind, kept in self.kinds.items():
                for row, _ in kept.best_first():
                    writer.write(row.line)
                made[kind] = len(kept)
            writer.publish()
        return made

    def gold_lines(self, wanted: int) -> Iterator[bytes]:
        """The gold rows to write, in their order; where not all of them are, those with the best ranks."""
        if wanted >= self.gold.rows:
            yield from (row.raw for row, _, _ in self.good_rows())
        elif wanted:
            seed = self.config.seed
            ranks = (rank_of(digest_of(conversation), GOLD, seed) for _, conversation, _ in self.good_rows())
            best = heapq.nlargest(wanted, ranks)
            twins = best.count(best[-1])  # rows that say the same have the same rank
            for row, conversation, _ in self.good_rows():
                rank = rank_of(digest_of(conversation), GOLD, seed)
                twins -= rank == best[-1]
                if rank > best[-1] or (rank == best[-1] and twins >= 0):
                    yield row.raw

    def pairs(self) -> Iterator[Pair]:
        """What is shown of the rows."""
        for kind, kept in self.kinds.items():
            teaches = KINDS[kind].teaches if kind in KINDS else FROM_SCRATCH
            for made, before in kept.best_first():
                row = None if before is None else before.to_json()
                yield Pair(kind=kind, teaches=teaches, before=row, after=json.loads(made.line))
