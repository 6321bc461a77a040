"""What a tool is for: ready-made intents of everyday tools, and intents made from any action and noun.

In: the tables of this package. Out: `Intent`s: words for the name, descriptions, slots, and the requests that mean
it. An intent knows no argument names and no values; `toolset` turns it into a tool.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from zlib import crc32

from calltune.base.everyday import EVERYDAY_TABLE
from calltune.base.extras import EXTRA_ROLES
from calltune.base.grammar import Node, compile_pattern, pick, say
from calltune.base.nouns import ACTIONS, MODIFIERS, Action, Noun, plural_of
from calltune.base.roles import ROLES
from calltune.base.services import SERVICES_TABLE


@dataclass(frozen=True, slots=True)
class SlotSpec:
    """An argument that an intent takes."""

    key: str
    """Its placeholder in the patterns."""
    role: str
    """What it means, see `roles`."""
    required: bool
    new: bool = False
    """Whether it is the new value of something that exists ("set the priority to high")."""
    tagged: bool = False
    """Whether it is a plain span of the user's words, whatever its role."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a tool is for, and how people ask for it."""

    key: str
    """Its sense: two tools of one scene never share it."""
    names: tuple[tuple[str, ...], ...]
    """Ways to name the tool, as words."""
    descriptions: tuple[str, ...]
    """Plain texts."""
    slots: tuple[SlotSpec, ...]
    imperatives: tuple[Node, ...]
    """Requests that start with a verb."""
    sentences: tuple[Node, ...]
    """Other requests: questions, needs, fragments."""
    goal: str
    """What it does, for "I cannot ..."."""
    covers: frozenset[str]
    """Nouns that no other tool of the scene may have: it would be taken for this one."""
    words: dict[str, str] = field(default_factory=dict)
    """Words for the patterns: {n}, {ns}, {a_n}; of a ready-made intent there are none."""
    reads: bool = False
    """Whether it tells something (rather than changing something)."""
    fields: tuple[str, ...] = ()
    """Roles of what its result holds."""
    domain: str = ""
    twin: bool = False
    """Whether another tool of the scene differs in its arguments only."""


def article(words: str) -> str:
    """`order` as "an order"."""
    sounds_vowel = (
        words[0].lower() in "aeiou" and not words.lower().startswith(("uni", "use", "eu", "one", "uv", "util"))
    ) or words[:4] in ("x-ra", "hour")
    return f"{'an' if sounds_vowel else 'a'} {words}"


# -- ready-made intents


def _patterns(lines: list[str], mark: str) -> tuple[Node, ...]:
    return tuple(compile_pattern(line[1:].strip()) for line in lines if line.startswith(mark))


def _slot(text: str) -> SlotSpec:
    required, tagged = text.endswith("!"), text.startswith("$")
    key, _, role = text.strip("!?$").partition(":")
    return SlotSpec(key, role or key, required, False, tagged)


def _read_everyday() -> tuple[Intent, ...]:
    intents = []
    for block in (*EVERYDAY_TABLE.strip().split("\n\n"), *SERVICES_TABLE.strip().split("\n\n")):
        head, slots, descriptions, *lines = [line.strip() for line in block.strip().splitlines()]
        domain, names, covers = [*head.split("|"), ""][:3]
        specs = tuple(_slot(text) for text in slots.removeprefix("slots").split() if not text.startswith(">"))
        fields = tuple(text[1:] for text in slots.split() if text.startswith(">"))
        reads = bool(fields)
        splits = tuple(tuple(name.split()) for name in names.split(";"))
        intents.append(
            Intent(
                key=" ".join(splits[0]),
                names=splits,
                descriptions=tuple(text.strip() for text in descriptions.split(";")),
                slots=specs,
                imperatives=_patterns(lines, "-"),
                sentences=_patterns(lines, "="),
                goal=" ".join(splits[0]),
                covers=frozenset(covers.replace("_", " ").split(",")) - {""},
                reads=reads,
                fields=fields,
                domain=domain.strip(),
            )
        )
    return tuple(intents)


EVERYDAY = _read_everyday()


def everyday_of(split: str) -> tuple[Intent, ...]:
    """The ready-made intents of a split: one in ten is kept for testing."""
    return tuple(intent for intent in EVERYDAY if (crc32(intent.key.encode()) % 10 == 0) == (split == "test"))


# -- an action on a noun

_IMPERATIVES = {
    "a": "{verb} (a new|another|{one}) {n}|{verb} {a_n}|{verb} {a_n}[ for me]",
    "the": "{verb} {the_n}",
    "ns": "{verb} (all |the |my |our |all my ||all the ){ns}",
}
_UNSEARCHED = ("subject", "description", "message", "note", "instructions", "reason", "path", "target_path", "file")
_SEARCH = "{verb} ({ns}|{ns}|some {ns}|the {ns}|{a_n}|my {ns})"
_READS = {
    "get",
    "list",
    "search",
    "count",
    "status",
    "history",
    "validate",
    "estimate",
    "recommend",
    "compare",
    "track",
    "summarize",
    "scan",
}
_NAMES = {
    "status": ("check {n} status", "get {n} status", "{n} status"),
    "history": ("get {n} history", "{n} history", "audit {n}"),
    "remind": ("remind about {n}", "set {n} reminder"),
    "invite": ("invite to {n}", "{n} invite"),
    "comment": ("comment on {n}", "add {n} comment", "annotate {n}"),
    "backup": ("back up {n}", "backup {n}"),
    "count": ("count {ns}", "{n} count", "number of {ns}"),
    "rate": ("rate {n}", "score {n}", "grade {n}"),
    "estimate": ("estimate {n} cost", "estimate {n} price", "predict {n} cost"),
    "get": ("{verb} {n}", "{verb} {n}", "get {n} details", "{n} details"),
}


def _slots_for(rng: Random, action: Action, noun: Noun, *, wealth: float) -> list[SlotSpec]:
    specs: list[SlotSpec] = []
    taken: set[str] = {"id", "email", "name", "title"} if "id!" in action.slots else set()
    for text in action.slots:
        required, new = text.endswith("!"), text.startswith("=")
        text = text.strip("!?=")
        if not text.startswith("@"):
            if required or rng.random() < 0.5 * wealth + 0.1:
                specs.append(SlotSpec(text, text, required))
                taken.add(text)
            continue
        low, high = (int(part) for part in text[1:].split("-"))
        roles = [role for role in noun.roles if role not in taken]
        if action.key in ("search", "count", "recommend", "estimate"):
            roles = [role for role in roles if role not in _UNSEARCHED]
        size = min(len(roles), low + int(rng.random() * (high - low + 1) * wealth))
        found = rng.sample(roles, size)
        if size and rng.random() < 0.45:
            found[-1] = pick(rng, EXTRA_ROLES)
            if size > 2 and rng.random() < 0.5:
                found[-2] = pick(rng, EXTRA_ROLES)
        for role in dict.fromkeys(found):
            needed = not new and action.key in ("create", "schedule", "order", "book") and rng.random() < 0.5
            specs.append(SlotSpec(role, role, needed, new))
            taken.add(role)
    return specs


def _collides(identifier: str, action: Action) -> bool:
    """Whether another argument of the action takes the same kind of value as the identifier."""
    kinds = {ROLES[key].kind for text in action.slots if not (key := text.strip("!?=")).startswith("@")}
    return ROLES[identifier].kind in kinds or (identifier in ("name", "title") and "title" in kinds)


def combine(
    rng: Random,
    action: Action,
    noun: Noun,
    split: str,
    *,
    wealth: float = 1.0,
    identifier: str = "id",
    modifier: str = "",
    twin: bool = False,
    plain: bool = False,
) -> Intent:
    """The intent "<action> a <noun>"; `identifier`: by what it is found, `twin`: another tool differs only in that,
    `plain`: people say the verb that they see."""
    word = f"{modifier} {noun.word}".strip()
    plural = f"{modifier} {noun.plural}".strip()
    texts = {
        "n": word,
        "ns": plural,
        "a_n": article(word),
        "one": "one" if action.key in ("order", "book") else "a",
        "the_n": f"the {word}",
    }
    if identifier != "id" and _collides(identifier, action):
        identifier, twin = "id", False
    verbs = action.verbs_of(split)
    shown = pick(rng, verbs)
    specs = [
        SlotSpec(identifier, identifier, True) if spec.key == "id" else spec
        for spec in _slots_for(rng, action, noun, wealth=wealth)
    ]
    pattern = _SEARCH if action.key == "search" else _IMPERATIVES[action.object]
    # Half of the time people say the word that they see. The verb is a choice inside the pattern: few are compiled.
    verb_choice = shown if plain else "|".join((shown,) * len(action.verbs) + action.verbs)
    imperative = compile_pattern(pattern.replace("{verb}", f"({verb_choice})"))
    sentences = tuple(compile_pattern(text) for text in action.sentences)
    names = _NAMES.get(action.key) or (("{verb} {ns}",) if action.object == "ns" else ("{verb} {n}",))
    suffix = f" by {identifier.replace('_', ' ')}" if twin else ""
    named = tuple(
        tuple((say(rng, name, verb=shown, **texts).removesuffix(" the status of") + suffix).split()) for name in names
    )
    described = tuple(" ".join(say(rng, text, **texts).split()) for text in action.descriptions)
    if suffix:
        described = tuple(f"{text}, found by {identifier.replace('_', ' ')}" for text in described)
    return Intent(
        key=f"{action.key}:{noun.word}:{identifier}",
        names=named,
        descriptions=described,
        slots=tuple(specs),
        imperatives=(imperative,),
        sentences=sentences,
        goal=f"{action.verbs[0]} {texts['a_n'] if action.object != 'ns' else plural}",
        covers=frozenset([noun.word]),
        words=texts,
        reads=action.key in _READS,
        fields=noun.roles,
        domain=noun.domain,
        twin=twin,
    )


def near_miss(key: str) -> str:
    """The action of a combined intent, "" for a ready-made one."""
    return key.split(":")[0] if ":" in key else ""


def modifier_for(rng: Random) -> str:
    """Mostly none."""
    return pick(rng, MODIFIERS) if rng.random() < 0.15 else ""


__all__ = [
    "ACTIONS",
    "EVERYDAY",
    "Intent",
    "SlotSpec",
    "article",
    "combine",
    "everyday_of",
    "modifier_for",
    "near_miss",
    "plural_of",
]
