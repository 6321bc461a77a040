"""Every tool-capable chat template that TRL ships, tried with one vocabulary:
`python -m calltune.render.survey --tokenizer DIR --out docs/templates.md`.

In: a tokenizer folder. Out: a Markdown table: may it be trained on as it is, what does it lose, how are its calls read.
The templates' own markers are added to the vocabulary as special tokens, as their models have them."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

from calltune.render.conformance import Conformance, choose_format, native_conformance
from calltune.render.encoder import Encoder
from calltune.render.source import load_tokenizer, resolve_model

# What looks like a special token in a template: bars, full-width bars, square brackets, and the usual XML-like names.
_MARKER = re.compile(
    r"<\|[^<>|\s{}']{1,40}\|>|<\|[a-z_\"]{1,30}>|<[a-z_\"]{1,30}\|>|<\uff5c[^<>\uff5c]{1,40}\uff5c>|\[/?[A-Z_]{3,20}\]"
    r"|</?(?:think|tool_call|tool_response|arg_key|arg_value|start_of_turn|end_of_turn)>"
)


@dataclass(frozen=True, kw_only=True)
class SurveyRow:
    """One template and what became of it."""

    name: str
    native: Conformance
    fallback: str
    """What `--template auto` does with it."""


def survey(tokenizer_folder: Path) -> Iterator[SurveyRow]:
    """Try every tool-capable template of the installed TRL."""
    source = resolve_model(str(tokenizer_folder))
    folder = resources.files("trl").joinpath("chat_templates")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        template = file.read_text(encoding="utf-8") if file.name.endswith(".jinja") else ""
        if file.name.endswith("_training.jinja") or "tools" not in template:
            continue
        tokenizer = load_tokenizer(source)
        yield _try(file.name.removesuffix(".jinja"), template, tokenizer)


def _try(name: str, template: str, tokenizer: Any) -> SurveyRow:
    tokenizer.chat_template = template
    tokenizer.response_template = None
    known = set(tokenizer.get_vocab())
    markers = sorted(set(_MARKER.findall(template)) - known)
    tokenizer.add_special_tokens({"extra_special_tokens": markers}, replace_extra_special_tokens=False)
    encoder = Encoder(tokenizer)
    native = native_conformance(encoder, template)
    choice = choose_format(encoder, "auto")
    if native.fit:
        fallback = "native"
    elif choice.format.template.endswith(template):
        fallback = "calltune over its turns"
    else:
        fallback = "calltune over ChatML"
    return SurveyRow(name=name, native=native, fallback=fallback)


def to_markdown(rows: list[SurveyRow], tokenizer_name: str) -> str:
    """The table as a document."""
    lines = [
        "# Chat templates",
        "",
        f"Every tool-capable chat template that TRL {version('trl')} ships, tried with the {tokenizer_name} vocabulary "
        f"and transformers {version('transformers')}: conversations are rendered, tokenised, read back and compared.",
        "A template that loses something is not trained on as it is; `--template auto` then uses the calltune format.",
        "Losses in parentheses refuse only the rows that need them.",
        "",
        "Made by `python -m calltune.render.survey --tokenizer DIR --out docs/templates.md`.",
        "",
        "| template | native | `--template auto` | calls are read as | loses |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        native = row.native
        lost = [*map(_what, native.lost), *(f"({_what(loss)})" for loss in native.lost_optional)]
        reading = native.format.parse_format + (", types by schema" if native.format.untyped else "")
        cells = (
            row.name,
            "yes" if native.fit else "**no**",
            row.fallback,
            reading if native.fit else "",
            ", ".join(lost),
        )
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "## What was lost", ""]
    for row in rows:
        if row.native.lost:
            lines += [f"{row.name}:", "", *(f"- {_short(loss)}" for loss in row.native.lost), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _what(loss: str) -> str:
    return loss.split(":")[0]


def _short(loss: str) -> str:
    text = " ".join(loss.split()).replace("<", "\\<")
    return text if len(text) <= 200 else text[:197] + "..."


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m calltune.render.survey", description=__doc__)
    parser.add_argument("--tokenizer", type=Path, required=True, help="a folder with a tokenizer, Qwen3's for example")
    parser.add_argument("--out", type=Path, required=True, help="the Markdown file to write")
    options = parser.parse_args()
    text = to_markdown(list(survey(options.tokenizer)), options.tokenizer.name)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
