"""What was said: files in many formats become `Conversation`s; every row is checked before anything is learned from it.
`calltune split` is in `calltune.data.split`."""

from calltune.data.command import check
from calltune.data.conversation import Conversation
from calltune.data.read import Row, read_rows
from calltune.data.report import CheckConfig, CheckReport
from calltune.data.rules import check_row

__all__ = ["CheckConfig", "CheckReport", "Conversation", "Row", "check", "check_row", "read_rows"]
