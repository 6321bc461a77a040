"""A turn while it is being written: shown as it comes, and gone from the screen once the guard can judge it.

In: the chunks of an engine. Out: the completion. On a terminal the draft stands under a line that says that nobody has
checked it; what the guard made of it is printed in its place by `chat`. Elsewhere nothing is shown: what has gone into
a file or a pipe cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from calltune.contract.sentences import printable
from calltune.errors import ModelError
from calltune.generate.completion import Chunk, Completion
from calltune.render.parse import CALL_MARKER

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

HEADING = "model, not checked yet>"
MOST_SHOWN = 20_000
"""Characters at the end of a draft that are drawn: more than a screen has."""


def written(chunks: Generator[Chunk, None, None], console: Console) -> Completion:
    """The whole completion, its draft shown meanwhile. Ctrl-C ends the writing and goes on as KeyboardInterrupt."""
    draft = Draft()
    with closing(chunks), _on_screen(draft, console):
        for chunk in chunks:
            draft.text += chunk.text
            if chunk.completion is not None:
                return chunk.completion
    raise ModelError("the model's text ended without its end.")


@contextmanager
def _on_screen(draft: Draft, console: Console) -> Iterator[None]:
    # FORCE_COLOR makes rich take a pipe for a terminal: colours may go there, movements of a cursor may not
    if not console.is_terminal or console.is_dumb_terminal or not console.file.isatty():
        yield
        return
    from rich.live import Live

    live = Live(draft, console=console, transient=True, refresh_per_second=8)
    try:  # not `with live`: Ctrl-C while it starts would leave it drawing
        live.start()
        yield
    finally:
        live.stop()


class Draft:
    """What has come so far; the last lines of it, where it is longer than the screen."""

    def __init__(self) -> None:
        self.text = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        parts = zip(split(self.text), ("dim italic", "", "dim cyan"), strict=True)
        text = Text.assemble(*((printable(part[-MOST_SHOWN:]), style) for part, style in parts))
        yield Text(HEADING, style="yellow")
        yield from text.wrap(console, options.max_width)[-max(1, console.height - 2) :]


def split(text: str) -> tuple[str, str, str]:
    """Thought, text and calls of what has come so far. For the eye alone: reading a turn is `parse`'s."""
    thought = text.find("</think>") + len("</think>")
    if thought < len("</think>"):
        thought = len(text) if text.lstrip().startswith("<think>") else 0
    call = CALL_MARKER.search(text, thought)
    start = call.start() if call else len(text)
    return text[:thought], text[thought:start], text[start:]
