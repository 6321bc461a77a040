"""A stretch of the data, checked and rendered: what several processes can do apart from each other. In: rows and a
renderer. Out: a `Part`, plain arrays and counts that travel between processes.

Every row that is not trained on is in the part's quarantine with its line, a JSON Pointer and the reason. Nothing is
truncated and nothing is repaired here; nothing is written."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from calltune.contract.problem import Problem
from calltune.data import check_row
from calltune.errors import ContractError, TemplateError
from calltune.train.packing import common_prefix

if TYPE_CHECKING:
    import numpy as np

    from calltune.data import Conversation, Row
    from calltune.render.rendered import Rendered

    Array = np.ndarray[Any, Any]


class Renders(Protocol):
    """What is needed of a renderer."""

    def render(self, conversation: Conversation) -> tuple[Rendered, ...]: ...


@dataclass(frozen=True, kw_only=True)
class PartOptions:
    """How rows are chosen."""

    limit: int
    """Longest row, in tokens."""
    validation_share: float = 0.0
    """Share of the conversations held out."""
    seed: int = 0
    """Which ones are."""
    own_tools: bool = True
    """Whether the tools of the rows are wanted: not where a contract is given."""


@dataclass(kw_only=True)
class Counts:
    """What became of the rows. Filled while they are read."""

    conversations: int = 0
    """Rows of the data file."""
    bad: int = 0
    """Of these, in quarantine because they break the contract or cannot be rendered."""
    too_long: int = 0
    """Training rows left out because they are longer than the limit."""
    unlearnable: int = 0
    """Training rows left out because nothing in them is learned."""
    rows: int = 0
    """Training rows: one a conversation, or one a user turn where the template forgets reasoning."""
    validation_rows: int = 0
    """Training rows held out."""
    toolsets: int = 0
    """Different contracts among the rows."""
    fractional: bool = False
    """Whether some token is learned with a weight other than 0 and 1."""
    tokens: Counter[str] = field(default_factory=Counter)
    """Tokens of the training rows by part."""
    learned: Counter[str] = field(default_factory=Counter)
    """Learned tokens of the training rows by part."""
    problems: Counter[str] = field(default_factory=Counter)
    """Problems by kind."""

    def add(self, other: Counts) -> None:
        """The counts of another stretch of the data on top."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(mine, Counter):
                mine.update(value)
            else:
                setattr(self, name, mine or value if name == "fractional" else mine + value)

    def to_json(self) -> dict[str, Any]:
        """Plain data for data.json and the report."""
        plain = {name: dict(value) if isinstance(value, Counter) else value for name, value in vars(self).items()}
        return {**plain, "all_tokens": self.tokens.total(), "learned_tokens": self.learned.total()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRow:
    """One row as the trainer reads it."""

    ids: Array
    """(tokens,) int32."""
    weights: Array
    """(tokens,) float32: how much each token is learned."""
    conversation: int
    """Number of its conversation in the part, from 1."""
    held_out: bool
    """Whether it is validation data."""
    group: int
    """Key of the prompt prefix: rows with the same tools and system text have the same."""
    prefix: int
    """Tokens of that prefix."""
    repeats: int
    """Tokens that begin as those of the row before do; 0 where that is of another conversation."""


@dataclass(kw_only=True)
class Part:
    """What became of a stretch of the data."""

    counts: Counts = field(default_factory=Counts)
    rows: list[TokenRow] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    """SHA-256 of every conversation that could be rendered."""
    toolsets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The rows' own contracts as plain data, by fingerprint; where they are wanted."""
    quarantine: list[str] = field(default_factory=list)
    """Lines for quarantine.jsonl."""


def prepare_part(rows: Iterable[Row], renderer: Renders, options: PartOptions) -> Part:
    """Check and render the rows."""
    part = Part()
    counts = part.counts
    for row in rows:
        counts.conversations += 1
        rendered = _render(row, renderer, part)
        if rendered is None:
            continue
        assert row.conversation is not None
        digest = _digest(row)
        held_out = options.validation_share > 0 and _lot(options.seed, digest) < options.validation_share
        part.digests.append(digest)
        if options.own_tools and row.conversation.tools:
            toolset = row.conversation.toolset()
            if toolset.fingerprint not in part.toolsets:
                part.toolsets[toolset.fingerprint] = toolset.to_json()["tools"]
        last: TokenRow | None = None
        for one in _fitting(rendered, row, options.limit, part):
            last = _token_row(one, last, counts.conversations, held_out)
            part.rows.append(last)
            counts.validation_rows += held_out
            if not held_out:
                _count(one, counts)
    return part


def _render(row: Row, renderer: Renders, part: Part) -> tuple[Rendered, ...] | None:
    """The rendered rows of a good row; a bad one goes to quarantine and is None."""
    problems = check_row(row)
    if not problems and row.conversation is not None:
        try:
            return renderer.render(row.conversation)
        except (TemplateError, ContractError) as error:
            problems = (Problem(kind="template", pointer="", message=str(error)),)
    part.counts.bad += 1
    _quarantine(row, problems, part)
    return None


def _fitting(rendered: tuple[Rendered, ...], row: Row, limit: int, part: Part) -> Iterator[Rendered]:
    """The rendered rows that are short enough and teach something; the others are counted and listed."""
    for one in rendered:
        if len(one.ids) > limit:
            message = f"the row has {len(one.ids):,} tokens, the limit is {limit:,}"
            part.counts.too_long += 1
            _quarantine(row, (Problem(kind="too_long", pointer="", message=message),), part)
        elif not one.learned:
            part.counts.unlearnable += 1
            message = "no token of this row is learned"
            _quarantine(row, (Problem(kind="nothing_to_learn", pointer="", message=message),), part)
        else:
            yield one


def _quarantine(row: Row, problems: tuple[Problem, ...], part: Part) -> None:
    part.counts.problems.update(problem.kind for problem in problems)
    entry = {
        "source": row.source,
        "line": row.line,
        "problems": [problem.to_json() for problem in problems],
        "row": row.data,
    }
    part.quarantine.append(json.dumps(entry, ensure_ascii=False, default=str) + "\n")


def _token_row(one: Rendered, last: TokenRow | None, conversation: int, held_out: bool) -> TokenRow:
    import numpy as np

    ids = np.fromiter(one.ids, np.int32, len(one.ids))
    group, prefix = _prefix(one, ids)
    return TokenRow(
        ids=ids,
        weights=np.repeat(
            np.array([span.weight for span in one.spans], np.float32), [span.tokens for span in one.spans]
        ),
        conversation=conversation,
        held_out=held_out,
        group=group,
        prefix=prefix,
        repeats=0 if last is None else common_prefix(last.ids, ids),
    )


def _prefix(one: Rendered, ids: Array) -> tuple[int, int]:
    """A key of everything up to the last token of the schemas, or, without schemas, up to the first user token; and how
    many tokens that is."""
    end, ends, begins = 0, dict[str, int](), dict[str, int]()
    for part, _, tokens in one.spans:
        begins.setdefault(part, end)
        end = ends[part] = end + tokens
    end = ends["schemas"] if "schemas" in ends else begins.get("user", 0)
    digest = hashlib.blake2b(ids[:end].tobytes(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True), end


def _count(one: Rendered, counts: Counts) -> None:
    counts.rows += 1
    counts.tokens += Counter(one.counts())
    counts.learned += Counter(one.learned_counts())
    counts.fractional = counts.fractional or any(span.weight not in (0.0, 1.0) for span in one.spans)


def _digest(row: Row) -> bytes:
    """SHA-256 of what the row says. Its own tools count by the digest that all rows over them share."""
    data, tools = row.data or {}, b""
    offer = row.conversation.offer if row.conversation else None
    if offer is not None and offer.state == "own":
        data, tools = {name: value for name, value in data.items() if name != "tools"}, offer.digest
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str).encode()
    return hashlib.sha256(tools + text).digest()


def _lot(seed: int, digest: bytes) -> float:
    """A number in [0, 1) that depends on the seed and the row alone, so that equal rows are never on both sides."""
    lot = hashlib.sha256(f"{seed}:".encode() + digest).digest()
    return int.from_bytes(lot[:8], "big") / 2**64
