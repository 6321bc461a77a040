"""One tree of errors, all for the user of calltune. What goes in: what is wrong, where, and what to type. What comes
out: a message the command line prints as it is. Wrong *model output* is never an exception: it is a `Problem` or a
`ParseFailure`."""

from __future__ import annotations

from collections.abc import Sequence


class CalltuneError(Exception):
    """Something the user can mend. `str(error)` is the whole message; the command line prints it and exits 2."""

    def __init__(self, message: str, *, hint: str | None = None, faults: Sequence[str] = ()) -> None:
        self.message = message
        self.hint = hint
        """What to type or change next."""
        self.faults = tuple(faults)
        """Every fault found, when one file has several: all are reported at once."""
        self.everywhere = True
        """Of a run in several processes: whether each of them has this error. One alone must be told by its own."""
        lines = [message, *(f"  - {fault}" for fault in self.faults)]
        if hint:
            lines.append(hint)
        super().__init__("\n".join(lines))


class ContractError(CalltuneError):
    """The tools themselves are broken: a schema, a name, a reference."""


class DataError(CalltuneError):
    """A data file cannot be read, or nothing in it is usable."""


class TemplateError(CalltuneError):
    """A chat template loses something of the conversation, or cannot be rendered."""


class ModelError(CalltuneError):
    """A model, a tokenizer or a run folder cannot be loaded or does not fit."""


class ConfigError(CalltuneError):
    """An option or a configuration file is wrong."""


class MissingExtraError(CalltuneError):
    """A part of calltune is used whose optional dependencies are not installed."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(
            f"this needs {library}, which is not installed.", hint=f"Type: pip install 'calltune[{extra}]'"
        )
