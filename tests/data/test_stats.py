"""What is in the data is counted right, and what is not is listed with what to type."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from calltune.cli import main
from calltune.contract import Toolset
from calltune.data.stats import StatsConfig, stats
from calltune.data.stats_report import StatsReport, lengths
from calltune.errors import DataError, TemplateError

Write = Callable[..., Path]
Row = dict[str, Any]


def run(data: Path, count_tokens: Any = None, **options: Any) -> StatsReport:
    config = StatsConfig(data=str(data), **options)
    return stats(config, console=Console(file=io.StringIO()), count_tokens=count_tokens)


def shown(report: StatsReport) -> str:
    console = Console(file=io.StringIO(), width=200)
    report.show(console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def calling(row: Row, arguments: Row, question: str) -> Row:
    made = copy.deepcopy(row)
    made["messages"][0]["content"] = question
    made["messages"][1]["tool_calls"][0]["function"]["arguments"] = arguments
    return made


def test_calls_arguments_values_and_ranges_are_counted(row: Row, write: Write) -> None:
    many = [calling(row, {"city": f"city {n % 7}", "days": n, "unit": "c"}, f"q {n}") for n in range(20)]
    report = run(write(*many, "{oops"))
    use = report.tools["get_weather"]
    assert (report.rows, report.unread_rows, report.calls, use.calls, use.offered) == (21, 1, 20, 20, 20)
    city, days, unit = (use.arguments[name] for name in ("city", "days", "unit"))
    assert (city.given, len(city.values), city.required) == (20, 7, True)
    assert (days.low, days.high) == (0, 19) and unit.unused == ("f",)
    assert report.turns["call"] == report.turns["answer"] == 20
    assert report.turns_per_row == {2: 20} and report.calls_per_turn == {0: 20, 1: 20}


def test_what_is_missing_is_listed_with_the_command_that_makes_it(
    row: Row, tool: Row, write: Write, tmp_path: Path
) -> None:
    idle = copy.deepcopy(tool)
    idle["function"]["name"] = "cancel_order"
    contract = tmp_path / "my tools.json"
    Toolset.from_openai([tool, idle]).save(contract)
    many = [calling(row, {"city": f"city {n}", "unit": "c"}, "the same question") for n in range(20)]
    report = run(write(*many), tools=str(contract))
    gaps = {one.kind: one for one in report.todo}
    assert gaps["tool_never_called"].text == "tool cancel_order: no row calls it"
    data = report.data
    assert gaps["tool_never_called"].command == (
        f"calltune augment --tools '{contract}' --data {data} --out more.jsonl --kinds scratch"
    )
    assert "--kinds missing" in (gaps["no_ask"].command or "") and "--kinds no_fit" in (gaps["no_refuse"].command or "")
    assert "--kinds recovery,failed" in (gaps["no_recovery"].command or "")
    assert gaps["argument_never_given"].text == "argument days of get_weather: never given"
    assert gaps["enum_value_never_used"].text == 'argument unit of get_weather: the value "f" never occurs'
    assert gaps["optional_always_given"].text == "argument unit of get_weather: optional, and given in all 20 calls"
    assert gaps["duplicate_questions"].text.startswith("19 rows ask what an earlier row asks (95 %)")
    assert {"no_parallel", "one_toolset"} <= set(gaps) and "no_answer" not in gaps
    assert "tool cancel_order: no row calls it" in shown(report) and "--kinds scratch" in shown(report)


def test_data_that_shows_everything_lacks_nothing(row: Row, write: Write) -> None:
    ask = [{"role": "user", "content": "Weather?"}, {"role": "assistant", "content": "Where?"}]
    no = [{"role": "user", "content": "Sing."}, {"role": "assistant", "content": "Sorry, I cannot sing."}]
    calls = [
        {"id": f"c{n}", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Rome", **more}}}
        for n, more in enumerate(({"days": 1, "unit": "c"}, {"unit": "f"}, {}))
    ]
    results = [{"role": "tool", "tool_call_id": f"c{n}", "content": '{"error": "down"}'} for n in range(3)]
    failing = [
        {"role": "user", "content": "Rome?"},
        {"role": "assistant", "content": "", "tool_calls": calls},
        *results,
    ]
    rows: list[Row] = [{**row, "messages": messages} for messages in (ask, no)]
    rows += [
        row,
        {**row, "messages": [*failing, {"role": "assistant", "content": "It is down."}], "tools": row["tools"]},
    ]
    rows += [{**calling(row, {"city": "Rome", "days": 2}, "other"), "tools": [*row["tools"], named(row, "other")]}]
    report = run(write(*rows))
    assert [one.kind for one in report.todo] == ["tool_never_called"]


def named(row: Row, name: str) -> Row:
    tool = copy.deepcopy(row["tools"][0])
    tool["function"]["name"] = name
    return tool  # type: ignore[no-any-return]


def test_lengths_are_in_characters_or_in_tokens_of_a_model(row: Row, write: Write) -> None:
    report = run(write(row))
    assert report.unit == "characters" and report.lengths["user"].total == len("Weather in Paris?")
    counted = run(write(row, row), count_tokens=lambda conversation: {"user": 4, "call": 9})
    assert counted.unit == "tokens" and counted.lengths["call"].total == 18

    def broken(conversation: Any) -> dict[str, int]:
        raise TemplateError("no")

    assert run(write(row), count_tokens=broken).unmeasured_rows == 1


def test_lengths_say_where_the_middle_and_the_end_are() -> None:
    found = lengths([0, 1, 2, 3, 4, 100])
    assert (found.total, found.median, found.max) == (110, 3, 100)
    assert found.histogram == ((0, 1), (1, 1), (2, 1), (4, 2), (128, 1))
    assert lengths([]).max == 0


class _Page(HTMLParser):
    """Collects what a browser would run or load, and whether all elements are closed."""

    VOID = ("meta", "br", "rect")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.foreign: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in self.VOID or tag == "rect":
            self.open.append(tag)
        names = [name for name, _ in attrs]
        if tag in ("script", "link", "img", "iframe", "b2") or {"src", "href", "onload", "onerror"} & set(names):
            self.foreign.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_loads_nothing_and_shows_text_of_the_data_as_text(
    row: Row, tool: Row, write: Write, tmp_path: Path
) -> None:
    evil = "<img src=x onerror=alert(1)>\"'</style><script>x</script>\u202e"
    tool["function"]["parameters"]["properties"] = {evil: {"enum": [evil, "b"]}, "n": {"type": "integer"}}
    tool["function"]["parameters"].pop("required")
    row["tools"] = [tool]
    many = [calling(row, {evil: "b", "n": n}, evil + str(n)) for n in range(20)]
    report = run(write(*many), html=tmp_path / "pages" / "stats.html")
    written = (tmp_path / "pages" / "stats.html").read_text(encoding="utf-8")
    page = _Page()
    page.feed(written)
    assert page.open == [] and page.foreign == []
    assert evil[:-1] in page.text and "\u202e" not in written and "<script" not in written
    assert "default-src 'none'" in written and "http://" not in written and "https://" not in written
    assert json.loads(json.dumps(report.to_json()))["html"].endswith("stats.html") and "stats.html" in shown(report)


def test_a_page_of_thousands_of_tools_is_cut_and_says_so(row: Row, write: Write, tmp_path: Path) -> None:
    tools = [named(row, f"tool_{number}_{'long_' * 8}") for number in range(2500)]
    report = run(write({**row, "tools": tools}), html=tmp_path / "stats.html")
    written = (tmp_path / "stats.html").read_text()
    assert len(report.tools) == 2501 and "2,471 more" in written and len(written) < 3_000_000


def test_a_page_over_the_data_or_where_it_cannot_be_written_is_refused(row: Row, write: Write, tmp_path: Path) -> None:
    data = write(row)
    with pytest.raises(DataError, match="is the data that is read"):
        run(data, html=data)
    with pytest.raises(DataError, match="cannot be written"):
        run(data, html=data / "page.html")


@pytest.mark.parametrize("odd", ["1e400", "-1e400", "NaN", "Infinity"])
def test_numbers_that_json_does_not_have_do_not_break_the_report(
    tmp_path: Path, row: Row, odd: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data, page = tmp_path / "rows.jsonl", tmp_path / "stats.html"
    row["messages"][1]["tool_calls"][0]["function"]["arguments"]["days"] = "?"
    data.write_text(json.dumps(row).replace('"?"', odd) + "\n", encoding="utf-8")
    assert main(["stats", "--data", str(data), "--html", str(page), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tools"]["get_weather"]["arguments"]["days"]["range"] is None


def test_names_and_texts_are_no_markup_in_the_page(tmp_path: Path, row: Row) -> None:
    data, page = tmp_path / "a<b>&.jsonl", tmp_path / "stats.html"
    evil = "<img src=x onerror=alert(1)>\"'</title><script>\u202e"
    function = row["messages"][1]["tool_calls"][0]["function"]
    function["name"], function["arguments"] = evil, {evil: evil}
    row["messages"][0]["content"] = evil
    row["tools"][0]["function"]["parameters"]["properties"][evil] = {"enum": [evil]}
    data.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert main(["stats", "--data", str(data), "--html", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert "&lt;img src=x" in text and "a&lt;b&gt;&amp;.jsonl" in text
    assert not any(mark in text for mark in ("<img", "<script", "a<b>", "\u202e"))
