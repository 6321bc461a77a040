"""What people say when they want a tool: its verb, others for it, and the things it is about. In: a tool's name and
description, and the other tools'. Out: `ToolWords`. Nothing is known about arguments here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from string import ascii_lowercase

from calltune.contract import Tool

from .values_topics import singular, words_of

_VERBS = {
    "get": "get,show me,tell me,give me,check,look up,find out,I need,let me know,pull up",
    "find": "find,find me,look for,search for,locate,I'm looking for,get me,show me,can you find,I want",
    "search": "search for,find,find me,look for,look up,I'm looking for,show me,locate,where can I find",
    "list": "list,show me,show me all,give me,what are,which are",
    "show": "show,show me,display,let me see,I want to see,pull up",
    "check": "check,look up,find out,tell me,see,verify,can you check",
    "lookup": "look up,find,check,search for",
    "query": "look up,find,search for",
    "retrieve": "get,show me,pull up,find",
    "fetch": "get,fetch,show me,pull up",
    "view": "show me,view,let me see,open",
    "read": "read,read me,show me,open",
    "create": "create,make,add,set up,start,I need a new,open",
    "make": "make,create,set up,do",
    "add": "add,put,include,insert,I want to add,attach,save",
    "insert": "insert,add,put",
    "append": "append,add,put",
    "write": "write,add,leave,post",
    "open": "open,create,start",
    "new": "create,make,add",
    "register": "register,sign up,enroll,add",
    "submit": "submit,send in,file,hand in",
    "book": "book,reserve,make a booking for,make a reservation for,I need,get me,I'd like,I want to book,can I book",
    "reserve": "reserve,book,make a reservation for,get me,I'd like,hold",
    "buy": "buy,get me,purchase,order,I'd like,I want",
    "purchase": "purchase,buy,get me,order",
    "order": "order,get me,buy,I'd like,I want,we need",
    "rent": "rent,hire,get me,I want to rent",
    "play": "play,put on,start,listen to,I want to hear,let me hear,I'd like to listen to,play me,can you play",
    "stop": "stop,end,turn off,halt",
    "start": "start,begin,launch,run,turn on",
    "pause": "pause,stop",
    "run": "run,start,execute,launch",
    "restart": "restart,reboot,start again",
    "set": "set,change,make,put,adjust",
    "update": "update,change,edit,modify,set",
    "change": "change,update,set,switch,alter",
    "modify": "modify,change,update",
    "edit": "edit,change,update",
    "rename": "rename,change the name of",
    "move": "move,shift,put",
    "copy": "copy,duplicate",
    "delete": "delete,remove,get rid of,erase",
    "remove": "remove,delete,take out,take off,drop",
    "cancel": "cancel,call off,drop,I no longer need",
    "close": "close,finish,mark as done,shut",
    "send": "send,write,shoot,text,mail",
    "share": "share,send",
    "post": "post,publish,write",
    "notify": "notify,tell,inform",
    "call": "call,phone,ring,dial",
    "pay": "pay,settle,transfer the money for",
    "transfer": "transfer,send,move,wire,pay",
    "convert": "convert,change,turn,exchange",
    "calculate": "calculate,work out,compute,what is,figure out",
    "compute": "compute,calculate,work out",
    "estimate": "estimate,guess,work out",
    "translate": "translate,put,how do you say,what is",
    "rate": "rate,give,I'd rate,I give,I would give,score,review,I want to give",
    "give": "give,assign",
    "review": "review,rate",
    "assign": "assign,give,hand,pass",
    "schedule": "schedule,plan,set up,arrange,book,put in",
    "plan": "plan,arrange,set up",
    "announce": "announce,plan,schedule,post",
    "remind": "remind me,set a reminder,don't let me forget",
    "track": "track,where is,follow,check on",
    "reset": "reset,renew,send a new,I forgot",
    "unlock": "unlock,open up,release",
    "lock": "lock,close,secure",
    "turn": "turn,switch",
    "switch": "switch,turn",
    "enable": "enable,turn on,activate",
    "disable": "disable,turn off,deactivate",
    "activate": "activate,turn on,enable",
    "subscribe": "subscribe to,sign up for,follow",
    "download": "download,get,save",
    "upload": "upload,put up,send up",
    "generate": "generate,create,make",
    "analyze": "analyze,look at,examine",
    "compare": "compare,contrast",
    "recommend": "recommend,suggest,what is a good",
    "suggest": "suggest,recommend",
    "warn": "warn me about,tell me about,alert me about",
    "finish": "finish,complete,send off",
    "confirm": "confirm,approve",
    "approve": "approve,accept,sign off",
    "validate": "validate,check,verify",
    "verify": "verify,check,confirm",
    "watch": "watch,see,put on",
    "request": "request,ask for,I need",
    "ask": "ask,inquire about",
    "return": "get,show me,give me",
    "provide": "get,show me,give me",
    "mark": "mark,set,flag",
    "save": "save,store,keep",
    "export": "export,save,download",
    "import": "import,load",
    "join": "join,enter",
    "apply": "apply for,use",
}
_READS = {"get", "find", "search", "list", "show", "check", "lookup", "query", "retrieve", "fetch", "view", "return"}
_READS |= {"provide", "track", "recommend", "suggest"}
_CUTS = re.compile(
    r"\s+(?:for|to|from|in|by|on|at|with|that|which|of the user|of a given|given|using|based|according|into|when|if|and"
    r" (?:return|get|send))\b.*$|[,;:(].*$"
)
_INSIDE = re.compile(r"\b(at|in) an? ([a-z]+)\b")
_ARTICLES = ("the", "a", "an", "some", "my", "your", "this", "all", "any")
_PREPOSITIONS = {"to", "for", "in", "on", "at", "by", "with", "from", "of", "into", "me", "up", "off", "out"}
_QUESTION_WORDS = {"is", "are", "how", "what", "when", "where", "who", "which", "whether", "does", "do", "can"}
_NO_BEGINNING = _PREPOSITIONS | _QUESTION_WORDS | {"that", "if", "and", "or", "is", "are"}
_OF_THEIR_OWN = {"api", "v1", "v2", "tool", "function", "util", "service"}


@dataclass(frozen=True)
class ToolWords:
    """How a tool is asked for."""

    name: str
    verbs: tuple[str, ...]
    """The first is its own."""
    nouns: tuple[str, ...]
    """What it is about, each with its article where it has one: "the weather forecast", "a table"."""
    phrase: str
    """What it does, as a verb phrase: "book a table at a restaurant"."""
    reads: bool
    """Whether it tells something, so that a question fits."""
    words: frozenset[str]
    """Every word of its name and description."""
    inside: tuple[str, str] | None = None
    """Where that is, by the description: ("at", "restaurant") of "book a table at a restaurant"."""
    questions: tuple[str, ...] = ()
    """Its description, where that is a question: "is a service up"."""


def tool_words(tool: Tool, others: Sequence[Tool] = ()) -> ToolWords:
    """How a tool is asked for. A beginning that most tools' names share is not said."""
    parts = [word for word in words_of(tool.name) if not word.isdigit()]
    shared = [words_of(other.name)[0] for other in others if other.name != tool.name]
    named = next((number for number, word in enumerate(parts) if _stem(word)), None)
    if named is not None and (named <= 3 or len(parts) <= 4):
        verb, rest = _stem(parts[named]), parts[named + 1 :]
        rest = rest or [word for word in parts[:named] if word not in shared and word not in _OF_THEIR_OWN]
    else:
        drop = len(parts) > 1 and (parts[0] in _OF_THEIR_OWN or shared.count(parts[0]) >= max(2, len(shared) // 2))
        verb, rest = "", parts[1:] if drop else parts
    sentence = re.split(r"(?<=[.!?])\s|\n", " ".join(tool.description.split()))[0].rstrip(".!?")[:200]
    said = re.sub(r"\([^)]*\)", "", sentence).split()
    described, phrase_rest = (_stem(said[0].lower()), said[1:]) if said else ("", [])
    own = described or verb or "get"
    asked = bool(said) and not described and said[0].lower() in _QUESTION_WORDS
    nouns = [_noun(" ".join(phrase_rest if described else said))] if len(said) > 1 and not asked else []
    if rest and rest[0] not in _PREPOSITIONS:
        nouns += [noun for noun in (" ".join(rest),) if noun not in nouns]
    verbs = [*_said(described), *(_said(verb) if verb != described else ())] or list(_said("get"))
    phrase = " ".join([own, *phrase_rest]) if described else f"{own} {' '.join(rest or said)}".strip()
    questions = (" ".join(said).lower(),) if asked else ()
    words = frozenset(singular(word) for word in (*parts, *words_of(sentence)))
    reads = own in _READS or verb in _READS or (tool.effect == "read" and not described)
    inside = _INSIDE.search(sentence)
    return ToolWords(
        name=tool.name,
        verbs=tuple(verbs),
        nouns=tuple(filter(None, nouns)),
        phrase=phrase,
        reads=reads,
        words=words,
        inside=(inside[1], inside[2]) if inside else None,
        questions=questions,
    )


def _said(verb: str) -> tuple[str, ...]:
    return tuple(_VERBS[verb].split(",")) if verb else ()


def _stem(word: str) -> str:
    """The verb that a word is a form of, or ""."""
    forms = [word, word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ing")]
    forms += [word.removesuffix("ing") + "e", word.removesuffix("ies") + "y"]
    return next((form for form in forms if form in _VERBS), "")


def _noun(text: str) -> str:
    """The thing at the beginning of what follows a verb: "the forecast" of "the forecast for a place"."""
    text = re.sub(r"^(?:for|up|out|me|about)\s+", "", text)
    thing = _CUTS.sub("", text).strip()
    if thing[:1].isupper() and thing[1:2] in (" ", *ascii_lowercase):  # not "DNS records"
        thing = thing[0].lower() + thing[1:]
    begins = thing.split(" ", 1)[0].lower()
    return thing if 0 < len(thing.split()) <= 5 and begins not in _NO_BEGINNING else ""


def a_noun(rng: Random, noun: str) -> str:
    """A noun with an article, where it has none and one fits."""
    if noun.split(" ", 1)[0].lower() in _ARTICLES:
        return noun
    if noun.endswith("s") and not noun.endswith("ss"):
        return rng.choice(("", "", "", "the ", "some ")) + noun
    article = "an " if noun[:1].lower() in "aeiou" else "a "
    return rng.choice((article, article, "the ", "the ", "", "my ")) + noun


def without_article(noun: str) -> str:
    """A noun without its article.

    >>> without_article("the weather forecast")
    'weather forecast'
    """
    first, _, rest = noun.partition(" ")
    return rest if rest and first.lower() in _ARTICLES else noun
