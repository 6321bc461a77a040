"""xLAM and APIGen rows. In: `query`, `tools` and `answers`, the last two as JSON text; types such as "str, optional".
Out: one row with one question and its calls. An empty list of answers is a row without a call and has nothing to learn:
it is refused."""

from __future__ import annotations

from calltune.data.formats.calls import read_calls
from calltune.data.formats.reading import MARK, Evidence, Notes, Record, Refused, Row, new_row
from calltune.data.formats.schemas import read_tools
from calltune.data.formats.transcript import Transcript


def detect(record: Record) -> Evidence | None:
    """The three columns."""
    if isinstance(record.get("query"), str) and "answers" in record and "tools" in record:
        return Evidence(MARK, "the columns 'query', 'tools' and 'answers'")
    return None


def read(record: Record, notes: Notes) -> list[Row]:
    """One row."""
    query, answers = record.get("query"), record.get("answers")
    if not isinstance(query, str) or not query.strip():
        raise Refused("no question", "'query' must be text.")
    if not answers or (isinstance(answers, str) and answers.strip() in ("[]", "{}", "null")):
        raise Refused("no answer", "'answers' is empty: there is nothing to learn from it.")
    tools = read_tools(record.get("tools"), notes)
    talk = Transcript(notes, tools.renamed)
    talk.user(query)
    talk.assistant("", read_calls(answers))
    return [new_row(record, {"query", "answers", "tools"}, talk.messages, tools.listed)]
