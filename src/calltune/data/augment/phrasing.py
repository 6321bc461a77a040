"""A request in the user's words. In: how a tool is asked for, and the arguments that are mentioned. Out: one message.

    verb  [count] [adjectives] thing  [phrases in any order]
    "find me  a cheap  Thai restaurant  in Bremen  for tonight"

An argument that is a title or a name stands for the thing ("play Silent River"), a kind too ("find the novel Silent
River"); of a tool that tells something, the thing alone or a question will do ("weather in Bremen?").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

from .phrasing_arguments import counts, phrase_of, place_of
from .phrasing_manner import Manner, dress
from .phrasing_tools import ToolWords, a_noun, without_article
from .values import Argument, Said, UnsayableError
from .values_topics import words_of

Mentions = Sequence[tuple[Argument, Said]]

_ASKING = ("what is ", "what's ", "tell me ", "I need ", "show me ", "how is ", "give me ", "is there any ", "any ")
_CHAINS: Mapping[str, tuple[str, ...]] = {
    "state": ("city", "place", "area"),
    "country": ("state", "city", "place"),
    "rating_unit": ("rating",),
    "best": ("rating_unit", "rating"),
    "place": ("relation",),
}
"""An argument that follows another directly: "Macon, GA", "4 stars out of 6"."""
_BARE_AFTER = {"state", "country", "rating_unit"}
_BEING = (
    "will it be ~",
    "is it going to be ~",
    "is it ~",
    "how ~ is it",
    "when will it be ~",
    "will it get ~",
    "will the weather be ~",
)
_THERE = (
    "will there be ~",
    "is there ~",
    "is there going to be ~",
    "any ~",
    "is there any chance of ~",
    "when is there ~",
    "~",
)
_TWICE = re.compile(r"\bfor for ")
"""A verb that ends in "for", and a phrase that begins with it."""
_SUPERLATIVES = ("nearest", "closest")
_FRONT = ("city", "when", "date", "country")
_LINKS = {
    "close": "to",
    "within walking distance": "of",
    "in the area": "of",
    "in the neighborhood": "of",
    "not far": "from",
    "far": "from",
}
"""Between how near and what."""


def small(said: Said) -> Said:
    """What a user means who writes everything in small letters."""
    if not said.copied:
        return said._replace(text=said.text.lower())
    return said._replace(value=_lowered(said.value), text=said.text.lower())


def _lowered(value: object) -> object:
    if isinstance(value, list):
        return [_lowered(item) for item in value]
    return value.lower() if isinstance(value, str) else value


def request(rng: Random, tool: ToolWords, mentions: Mentions, manner: Manner) -> str:
    """One message that asks for a tool with these arguments."""
    text, commands = core(rng, tool, mentions)
    check_said(text, mentions)
    open_end = any(said.free and text.endswith(said.text) for _, said in mentions if said.text)
    keep = frozenset(word for _, said in mentions for word in said.text.replace(",", " ").split())
    text = text.lower() if manner.lower else text
    return dress(rng, text, manner, open_end=open_end, commands=commands, keep=keep)


def check_said(text: str, mentions: Mentions) -> None:
    """Raises UnsayableError where a value is not in the words: nothing may be learned that was not said."""
    whole = text.lower()
    for _, said in mentions:
        if said.text.lower() not in whole and not isinstance(said.value, bool):
            raise UnsayableError("not_said")


def core(rng: Random, tool: ToolWords, mentions: Mentions) -> tuple[str, bool]:
    """The request without politeness, and whether it begins with a verb."""
    spoken = [(argument, said) for argument, said in mentions if said.text]
    before = [pair for pair in spoken if place_of(pair[0]) == "before" or pair[1].text.lower() in _SUPERLATIVES]
    objects = [pair for pair in spoken if place_of(pair[0]) == "object"]
    after = [pair for pair in spoken if pair not in before and pair not in objects]
    about = objects.pop(rng.randrange(len(objects))) if objects else None
    if about is not None:  # "the film Silent River in imax"
        moved = [pair for pair in before if "enum" in pair[0].schema]
        before, after = [pair for pair in before if pair not in moved], after + moved
    owner = next((pair for pair in before if _about(pair) == "owner"), None)
    outlook = next((pair for pair in after if _about(pair) in ("condition", "temperature_word")), None)
    if outlook is not None and about is None and rng.random() < 0.85:
        after.remove(outlook)
        adjective = _about(outlook) == "temperature_word" or outlook[1].text.lower().endswith("y")
        head, commands = rng.choice(_BEING if adjective else _THERE).replace("~", outlook[1].text), False
        after += [pair for pair in before if pair is not owner]
    else:
        if about is None:
            adding = not {"add", "put", "save"}.isdisjoint(tool.verbs)
            held = next((pair for pair in after if _about(pair) == ("artist" if adding else "playlist")), None)
            if held is not None and (not adding or rng.random() < 0.5):
                after.remove(held)
                about = held
        head, commands = _head(rng, tool, [pair for pair in before if pair is not owner], about, after)
    front = next((pair for pair in after if _about(pair) in _FRONT), None)
    if front is not None and rng.random() < 0.06:
        after.remove(front)
        head, commands = f"{phrase_of(rng, *front)}, {head}", False
    text = " ".join(filter(None, (head, _tail(rng, [*after, *objects], owner))))
    text = _TWICE.sub("for ", text, count=1)
    return text.replace(" ,", ",").replace(" : ", ": "), commands


def _about(pair: tuple[Argument, Said]) -> str:
    return pair[0].topic.name if pair[0].topic is not None else ""


def _head(
    rng: Random, tool: ToolWords, before: Mentions, about: tuple[Argument, Said] | None, after: Mentions
) -> tuple[str, bool]:
    """Verb and thing, and whether it begins with the verb."""
    if tool.questions and about is None and not before and rng.random() < 0.5:
        return rng.choice(tool.questions), False
    kind = next((pair for pair in before if _about(pair).endswith("_kind")), None)
    select = next((pair for pair in before if _about(pair) == "select"), None)
    adjectives = [said.text for pair in before if pair is not kind and pair is not select for said in (pair[1],)]
    rng.shuffle(adjectives)
    said_later = {word for argument, _ in after for word in words_of(argument.name)}
    nouns = [noun for noun in tool.nouns if not said_later & set(words_of(noun))]
    noun = kind[1].text if kind else rng.choice(nouns) if nouns else ""
    verb = rng.choice(tool.verbs) if rng.random() < 0.6 else tool.verbs[0]
    number = next((pair for pair in before if counts(pair[0])), None)
    if about is not None and number is not None and len(words_of(number[0].name)) > 1:
        unit = words_of(number[0].name)[-1]
        adjectives.remove(number[1].text)
        what = " ".join([number[1].text, *adjectives, unit])
        return f"{verb} {what} {rng.choice(('for', 'for', 'to'))} {phrase_of(rng, *about)}", True
    if about is not None:
        thing = _named(rng, about, noun, kind is not None)
        thing = without_article(thing) if adjectives else thing
        several = number is not None and number[1].value != 1
        if several and "enum" in about[0].schema and thing.endswith(about[1].text) and thing[-1:] not in "sS":
            thing += "s"  # "15 headsets"
        thing = " ".join([*([select[1].text] if select else []), *adjectives, thing])
    elif (
        tool.inside
        and tool.inside[1] not in said_later
        and nouns
        and not select
        and (adjectives or kind)
        and rng.random() < 0.5
    ):
        where = " ".join([*adjectives, noun if kind else tool.inside[1]])
        thing = f"{a_noun(rng, rng.choice(nouns))} {tool.inside[0]} {_with_article(rng, where, plain=True)}"
    elif adjectives or select or kind:
        bare = " ".join([*adjectives, without_article(noun)]).strip()
        thing = f"{select[1].text} {bare}" if select else _with_article(rng, bare, plain=bool(kind))
    else:
        thing = a_noun(rng, noun) if noun else ""
    if tool.reads and thing and rng.random() < 0.35:
        lead = rng.choice(("", "", *_ASKING) if about is None else ("", "", "what about ", "I want ", "show me "))
        if lead.endswith("any ") or (lead.startswith(("what is", "what's", "how is")) and about is None):
            thing = f"{'' if lead.endswith('any ') else 'the '}{without_article(thing)}"
        return lead + thing, False
    if not thing and not after and rng.random() < 0.5 and not said_later & set(words_of(tool.phrase)):
        return tool.phrase, True
    return f"{verb} {thing}".strip(), True


def _named(rng: Random, about: tuple[Argument, Said], noun: str, is_kind: bool) -> str:
    """The thing by its name: "the novel Silent River", "Silent River"."""
    bare = about[1].text
    if _about(about) == "artist":
        return f"{rng.choice(('the', 'a', 'some'))} {noun} by {bare}" if is_kind else bare
    if _about(about) == "playlist" and not is_kind:
        return rng.choice(("~", "the playlist ~", "my ~ playlist", "the ~ playlist", "my playlist ~")).replace(
            "~", bare
        )
    if is_kind:
        ways = (f"the {noun} {bare}", f"the {noun} {bare}", f"{noun} {bare}", f"the {bare} {noun}", f"{bare} {noun}")
        return rng.choice((*ways, f"a {noun} called {bare}", f"the {noun} called {bare}"))
    if noun and rng.random() < 0.15:
        return f"the {without_article(noun)} {bare}"
    return phrase_of(rng, *about)


def _with_article(rng: Random, noun: str, *, plain: bool) -> str:
    first = noun.split(" ", 1)[0]
    if first.isdigit() or first in ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"):
        return noun
    article = "an " if noun[:1].lower() in "aeiou" else "a "
    return rng.choice((article, article, "the ", "some ", "any ", "this " if plain else "my ", "")) + noun


def _tail(rng: Random, pairs: Mentions, owner: tuple[Argument, Said] | None) -> str:
    """The phrases after the thing, free words last."""
    order = list(pairs)
    rng.shuffle(order)
    order.sort(key=lambda pair: pair[1].free)
    for name, leaders in _CHAINS.items():
        follower = next((pair for pair in order if _about(pair) == name), None)
        leader = next((pair for which in leaders for pair in order if _about(pair) == which), None)
        if follower is not None and leader is not None:
            order.remove(follower)
            order.insert(order.index(leader) + 1, follower)
    comma = rng.random() < 0.2 and len(order) > 2
    words: list[str] = []
    for number, pair in enumerate(order):
        earlier = _about(order[number - 1]) if number else ""
        near = earlier == "relation" and _about(pair) in ("place", "city", "area", "here")
        chained = _about(pair) in _BARE_AFTER and earlier in _CHAINS.get(_about(pair), ())
        phrase = phrase_of(rng, *pair, bare=near or (chained and rng.random() < 0.7))
        if chained and phrase == pair[1].text and rng.random() < 0.4 and _about(pair) != "rating_unit":
            words[-1] += ","
        if owner is not None and _about(pair) == "playlist":
            before, _, behind = phrase.partition(pair[1].text)
            before = f" {before}".replace(" my ", " ").replace(" the ", " ").strip()
            phrase = f"{before} {owner[1].text} {pair[1].text}{behind}".strip()
            owner = None
        if near and (link := _LINKS.get(order[number - 1][1].text.lower())):
            phrase = f"{link} {phrase}"
        starts = phrase.split(" ", 1)[0].lower()
        if words and (comma or starts in ("it", "i", "the")):
            words[-1] += ", and" if number == len(order) - 1 and rng.random() < 0.4 else ","
        words.append(phrase)
    if owner is not None:
        words.append(f"for {owner[1].text}")
    return " ".join(words)
