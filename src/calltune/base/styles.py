"""How programmers name things: tool names and argument names in many styles, some of them meaningless.

In: words, a style. Out: names, and the words that a name reads as.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from calltune.base.grammar import pick
from calltune.base.intents import Intent, SlotSpec
from calltune.base.roles import Role
from calltune.base.words import is_test_word

ABBREVIATIONS = dict(
    pair.split("=")
    for pair in [
        "number=num",
        "quantity=qty",
        "description=desc",
        "destination=dest",
        "temperature=temp",
        "message=msg",
        "address=addr",
        "maximum=max",
        "minimum=min",
        "identifier=ident",
        "language=lang",
        "location=loc",
        "category=cat",
        "department=dept",
        "account=acct",
        "configuration=config",
        "document=doc",
        "image=img",
        "password=pwd",
        "reference=ref",
        "average=avg",
    ]
)


def _camel(words: list[str]) -> str:
    return words[0].lower() + "".join(word.capitalize() for word in words[1:])


def _pascal(words: list[str]) -> str:
    return "".join(word.capitalize() for word in words)


JOINS: dict[str, Callable[[list[str]], str]] = {
    "snake": "_".join,
    "camel": _camel,
    "pascal": _pascal,
    "kebab": "-".join,
    "upper": lambda words: "_".join(words).upper(),
    "flat": "".join,
}
"""Ways to make one name of words in lower case."""


def _nonsense(rng: Random) -> str:
    """A name that says nothing."""
    kind = rng.random()
    if kind < 0.4:
        return "".join(pick(rng, string.ascii_lowercase) for _ in range(3 + int(rng.random() * 6)))
    if kind < 0.6:
        return f"{pick(rng, ('func', 'fn', 'tool', 'f', 'op', 'action', 'cmd'))}_{int(rng.random() * 999)}"
    letters = string.ascii_letters + string.digits
    return pick(rng, string.ascii_letters) + "".join(pick(rng, letters) for _ in range(4 + int(rng.random() * 8)))


@dataclass(slots=True)
class Style:
    """How the programmer of a scene writes."""

    tool: str
    argument: str
    prefix: str
    noun_first: bool
    nonsense: bool
    """Tool names say nothing."""
    masked: bool
    """Argument names say nothing."""
    short: bool
    """Long words are cut."""
    no_description: float
    no_argument_description: float
    examples: float
    wealth: float
    """How many optional arguments there are."""
    plain: bool = False
    """Whether people say the words of the tools: `World.plain`."""


def some_style(rng: Random, difficulty: float, *, plain: bool = False) -> Style:
    """A style for a scene."""
    tool = pick(rng, ("snake",) * 9 + ("camel",) * 5 + ("pascal",) * 3 + ("kebab", "dotted", "dotted", "service"))
    argument = {
        "camel": "camel",
        "pascal": pick(rng, ("camel", "snake", "snake", "pascal")),
        "kebab": pick(rng, ("snake", "kebab")),
    }.get(tool, "snake")
    argument = pick(rng, ("camel", "snake")) if rng.random() < 0.1 else argument
    prefix = (
        pick(rng, ("svc_", "api_", "do_", "my_", "x_", "app_", "cmd_")) if rng.random() < 0.05 and not plain else ""
    )
    hard = 0.0 if plain else min(difficulty, 1.0)
    return Style(
        tool=tool,
        argument=argument,
        prefix=prefix,
        noun_first=rng.random() < 0.1,
        nonsense=rng.random() < 0.07 * hard,
        masked=rng.random() < 0.06 * hard,
        short=rng.random() < 0.08 and not plain,
        no_description=pick(rng, (0.0, 0.0, 0.0, 0.1, 0.5)),
        no_argument_description=pick(rng, (0.0, 0.15, 0.4, 0.8, 1.0)),
        examples=pick(rng, (0.0, 0.1, 0.3, 0.8)),
        wealth=(0.4 + 0.9 * rng.random()) * (0.5 + 0.5 * hard),
        plain=plain,
    )


def tool_name(rng: Random, intent: Intent, style: Style) -> str:
    """A name for a tool of this intent, 64 characters at most."""
    return some_name(rng, intent.names, intent.domain, style)


def some_name(rng: Random, names: Sequence[Sequence[str]], domain_words: str, style: Style) -> str:
    """One of `names`, each as its words, in the style; 64 characters at most."""
    if style.nonsense:
        return _nonsense(rng)
    words = [word.lower().replace("-", "").replace("'", "") for word in pick(rng, names)]
    if style.noun_first and len(words) > 1:
        words = [*words[1:], words[0]]
    if style.short:
        words = [ABBREVIATIONS.get(word, word) for word in words]
    domain = domain_words.split()
    if style.tool == "dotted":
        join = JOINS[pick(rng, ("snake", "camel", "snake"))]
        name = f"{'_'.join(domain)}.{join(words)}" if rng.random() < 0.5 else f"{join(words[1:] or words)}.{words[0]}"
    elif style.tool == "service":
        name = f"{_pascal(domain)}_{1 + int(rng.random() * 4)}_{_pascal(words)}"
    else:
        name = JOINS[style.tool](words)
    return (style.prefix + name)[:64]


def argument_name(rng: Random, role: Role, spec: SlotSpec, style: Style, split: str, taken: set[str]) -> str:
    if style.masked:
        kind = rng.random()
        name = f"arg{len(taken) + 1}" if kind < 0.3 else f"p{len(taken)}" if kind < 0.5 else _nonsense(rng)[:7]
        return name if name not in taken else f"{name}{len(taken)}"
    names = [name for name in role.names if is_test_word(name) == (split == "test")] or list(role.names)
    if split == "test" and rng.random() < 0.5:
        names = list(role.names)
    if style.plain:
        names = list(role.names[:2])
    # The first names are the usual ones.
    name = names[int(rng.random() ** 1.5 * len(names))]
    if spec.key != spec.role and rng.random() < 0.35 and not spec.key.endswith("_arg"):
        name = spec.key
    if spec.new and rng.random() < 0.35 and not name.startswith("new"):
        name = f"new_{name}"
    words = name.split("_")
    if style.short:
        words = [ABBREVIATIONS.get(word, word) for word in words]
    name = JOINS[style.argument](words)
    if name in taken:
        name = next((other for other in role.names if other not in taken), f"{name}_{len(taken)}")
    return name


_NOT_NOUNS = frozenset(
    [
        "on",
        "by",
        "at",
        "to",
        "from",
        "in",
        "where",
        "who",
        "what",
        "when",
        "why",
        "how",
        "until",
        "without",
        "using",
        "about",
        "against",
        "of",
        "after",
        "every",
        "is",
        "num",
        "include",
        "with",
    ]
)


def as_label(name: str) -> str:
    """`dueDate`, `due_date` as "due date"."""
    spaced = "".join(f" {char.lower()}" if char.isupper() else char for char in name)
    return " ".join(spaced.replace("_", " ").replace("-", " ").split())


def asked_name(name: str, role: Role, style: Style) -> str:
    """How the assistant calls an argument when it asks for it: by its name where that reads as a noun."""
    words = name.split("_")
    if style.masked or len(name) < 3 or any(word in ABBREVIATIONS.values() for word in words):
        return role.labels[0]
    label = as_label(name)
    return role.labels[0] if _NOT_NOUNS & set(label.split()) else label
