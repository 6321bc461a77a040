"""How many rows of each kind. In: a YAML file of shares, or the names of the kinds. Out: a `Mixture`; every fault of
the file at once, with the near name. An example, half gold:

    gold: 50
    recovery: 20
    missing: 20
    no_fit: 10

"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calltune.data.augment.kinds import KINDS, SCRATCH
from calltune.errors import ConfigError

GOLD = "gold"
GOLD_SHARE = 0.5
"""Without a mixture: as many made rows as gold ones."""
MOST_ROWS = 10_000_000
MAX_FILE = 1 << 16


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """Shares of the rows that are written; together they are 1."""

    shares: Mapping[str, float]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that are made."""
        return tuple(kind for kind in self.shares if kind != GOLD)

    def counts(self, gold_rows: int, rows: int | None) -> dict[str, int]:
        """How many rows of each. Without `rows`: all the gold ones, and the made ones in their shares beside them; as
        many rows as there are gold ones where none of these is written."""
        gold = self.shares.get(GOLD, 0.0)
        if rows is None:
            rows = min(MOST_ROWS, round(gold_rows / gold)) if gold else gold_rows
        exact = {name: share * rows for name, share in self.shares.items()}
        counts = {name: math.floor(share) for name, share in exact.items()}
        by_rest = sorted(exact, key=lambda name: counts[name] - exact[name])
        for name in by_rest[: rows - sum(counts.values())]:
            counts[name] += 1
        return counts


def mixture_of(kinds: Sequence[str], *, keep_gold: bool) -> Mixture:
    """Equal shares of these kinds. Raises ConfigError for a name that is none."""
    faults = [fault for kind in kinds if (fault := _unknown(kind, [*KINDS, SCRATCH]))]
    if faults:
        raise ConfigError("--kinds:", faults=faults, hint=f"The kinds are: {', '.join([*KINDS, SCRATCH])}.")
    made = 1.0 - GOLD_SHARE * keep_gold
    return Mixture(shares=({GOLD: GOLD_SHARE} if keep_gold else {}) | {kind: made / len(kinds) for kind in kinds})


def read_mixture(path: Path, *, keep_gold: bool) -> Mixture:
    """The shares of a YAML or JSON file. Raises ConfigError with every fault."""
    data = _read(path)
    faults = [] if data else ["it names no kind"]
    for name, share in data.items():
        if fault := _unknown(str(name), [GOLD, *KINDS, SCRATCH]):
            faults.append(fault)
        elif isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share < 1e9:
            faults.append(f"{name}: a share is a number of at least 0, got {share!r}")
    if faults:
        raise ConfigError(f"{path} is no mixture:", faults=faults, hint="Write lines such as: recovery: 0.2")
    shares = {str(name): float(share) for name, share in data.items() if share and (keep_gold or name != GOLD)}
    total = sum(shares.values())
    if not set(shares) - {GOLD}:
        raise ConfigError(f"{path} makes no rows: no kind has a share above 0.", hint="Write: recovery: 0.2")
    return Mixture(shares={name: share / total for name, share in shares.items()})


def _read(path: Path) -> dict[Any, Any]:
    import yaml

    try:
        raw = path.read_bytes()
        data = yaml.safe_load(raw.decode("utf-8")) if len(raw) <= MAX_FILE else None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the mixture {path}: {error}") from error
    except (yaml.YAMLError, RecursionError, ValueError, AttributeError) as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    if not isinstance(data, dict):
        came = f"more than {MAX_FILE:,} bytes" if len(raw) > MAX_FILE else type(data).__name__
        raise ConfigError(f"{path} must hold `kind: share` lines, it holds {came}.")
    return data


def _unknown(name: str, known: Sequence[str]) -> str | None:
    if name in known:
        return None
    near = difflib.get_close_matches(name, known, n=1)
    return f"there is no kind {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
