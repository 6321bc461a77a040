"""How a function behind a tool says that it failed. In: a sentence. Out: an exception that tells whoever ran it (the
guard) what the model may read, and whether anything has happened."""

from __future__ import annotations


class ToolError(Exception):
    """Raise it in a function to tell the model why it failed: its text is shown to the model. The text of any other
    exception is not."""


class TransientError(ToolError):
    """Raise it where nothing happened and trying again may help: a call that only reads is tried again."""


class MayHaveHappenedError(TransientError):
    """Raise it where nobody knows whether it happened: a call that only reads is tried again, a write is not."""
