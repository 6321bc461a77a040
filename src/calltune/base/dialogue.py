"""Conversations over a toolset: what the user says, what the assistant does.

In: tools, a world, the kind of conversation. Out: messages in OpenAI's shape, arguments as objects. Every call is
valid, except those marked `"train": false`, which are followed by the tool's error and the corrected call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from calltune.base.grammar import pick, say
from calltune.base.manners import Manner, quoted, some_manner
from calltune.base.mention import Mention, World
from calltune.base.phrasing import Request, arguments_of, attachment, fold, request
from calltune.base.toolset import Slot, Tool

Message = dict[str, Any]


@dataclass(slots=True)
class Stage:
    """What the conversations of a scene share."""

    tools: Sequence[Tool]
    outside: Sequence[Tool]
    """Tools that are not offered: asking for them has no answer but words."""
    world: World


# -- messages


def user(text: str) -> Message:
    return {"role": "user", "content": text}


def assistant(text: str) -> Message:
    return {"role": "assistant", "content": text}


def calls(first: int, *named: tuple[str, dict[str, Any]]) -> Message:
    """An assistant turn of calls, numbered from `first`."""
    return {
        "role": "assistant",
        "content": "",
        "tool_calls": [
            {"id": f"call_{first + index}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for index, (name, arguments) in enumerate(named)
        ],
    }


def tool_result(number: int, content: str) -> Message:
    return {"role": "tool", "tool_call_id": f"call_{number}", "content": content}


# -- one call


def single(rng: Random, stage: Stage) -> list[Message]:
    """One request, one call."""
    tool = pick(rng, stage.tools)
    asked = request(rng, tool, some_manner(rng))
    return [user(asked.text), calls(0, (tool.name, asked.arguments))]


# -- several calls


_LINKS = (
    ". ",
    ". Also, ",
    ", and ",
    " and ",
    "; ",
    ". Then ",
    ". After that, ",
    ", then ",
    ". And ",
    " and then ",
    ". Oh, and ",
    ". Besides, ",
    ", and also ",
)


def _join(rng: Random, asked: list[Request], manner: Manner) -> str:
    """Several requests as one message."""
    out = asked[0].text
    for item in asked[1:]:
        link = pick(rng, _LINKS)
        if out[-1] == "?":
            link = pick(rng, (" ", " Also, ", " And "))
        else:
            out = out.rstrip(".!")
        small = item.text if item.bare or item.text[:2] in ("I ", "I'") else item.text[0].lower() + item.text[1:]
        text = item.text if link in (". ", " ") else small
        out += (link.lower() if manner.lower else link) + text
    return out


def parallel(rng: Random, stage: Stage) -> list[Message] | None:
    """Two or three calls, of one tool or of several."""
    manner = some_manner(rng)
    manner.rambling = False
    if rng.random() < 0.5:
        shared = _shared(rng, stage, manner)
        if shared:
            return shared
    size = 2 if rng.random() < 0.7 else 3
    tools = (
        [pick(rng, stage.tools)] * size
        if rng.random() < 0.3
        else rng.sample(list(stage.tools), min(size, len(stage.tools)))
    )
    if len(tools) < 2:
        tools = [tools[0]] * size
    asked = []
    for index, tool in enumerate(tools):
        manner.greeted = index > 0
        asked.append(request(rng, tool, manner, closed=index < len(tools) - 1))
    named = list(zip((tool.name for tool in tools), (item.arguments for item in asked), strict=True))
    if any(item in named[:index] for index, item in enumerate(named)):
        return None
    return [user(_join(rng, asked, manner)), calls(0, *named)]


def _varies(slot: Slot) -> bool:
    """Whether "A and B" for this slot can only mean two calls."""
    return (
        slot.spec.required
        and slot.built.schema.get("type") == "string"
        and "enum" not in slot.built.schema
        and slot.built.group not in ("text", "date", "time", "title", "word")
    )


def _shared(rng: Random, stage: Stage, manner: Manner) -> list[Message] | None:
    """ "The weather in Oslo and Bergen": one request, a call for each value."""
    options = [
        (tool, slot)
        for tool in stage.tools
        for slot in tool.slots.values()
        if _varies(slot) and not any(other.built.schema.get("type") == "array" for other in tool.slots.values())
    ]
    if not options:
        return None
    tool, slot = pick(rng, options)
    found: dict[str, Mention] = {}
    for _ in range(2 if rng.random() < 0.65 else 3):
        mention = slot.sample(rng)
        mention = fold(mention) if manner.lower else mention
        found.setdefault(mention.text.lower(), mention)
    mentions = [
        mention
        for mention in found.values()
        if " and " not in mention.text and "," not in mention.text and mention.span in ("atom", "plain")
    ]
    if len(mentions) < 2:
        return None
    texts = [mention.text for mention in mentions]
    joined = f"{', '.join(texts[:-1])}{pick(rng, (' and ', ' and ', ' as well as ', ', and '))}{texts[-1]}"
    asked = request(rng, tool, manner, fixed={slot.key: Mention(joined, joined, "atom", False)})
    return [
        user(asked.text),
        calls(0, *((tool.name, arguments_of(tool, {**asked.mentions, slot.key: mention})) for mention in mentions)),
    ]


# -- no call


NO_FIT = (
    "Sorry, none of the available functions can {goal}.",
    "I'm sorry, but I have no function to {goal}.",
    "I can't {goal} with the functions I have.",
    "Sorry, I can't do that: there is no function to {goal}.",
    "None of my functions fits that request.",
    "I have no tool to {goal}.",
    "Unfortunately I cannot {goal}: no function for it is available.",
)
CANNOT = (
    "Sorry, none of the available functions can do that.",
    "I'm sorry, I have no function for that.",
    "I can't do that with the functions I have.",
    "None of my functions fits that request.",
    "Sorry, I can't help with that: no function fits.",
)


def no_fit(rng: Random, stage: Stage) -> list[Message]:
    """A request that no tool can answer."""
    if rng.random() < 0.2 or not stage.outside:
        return [user(say(rng, pick(rng, _OUT_OF_SCOPE))), assistant(pick(rng, CANNOT))]
    tool = pick(rng, stage.outside)
    asked = request(rng, tool, some_manner(rng))
    if not tool.intent.words or rng.random() < 0.4:
        return [user(asked.text), assistant(pick(rng, CANNOT))]
    return [user(asked.text), assistant(say(rng, pick(rng, NO_FIT), goal=tool.intent.goal))]


_OUT_OF_SCOPE = (
    "can you (paint my fence|drive me to the moon|walk through walls|bake me a cake|give me a hug)?",
    "(build|knit) me a (castle|sweater|spaceship)",
    "who will win the (next election|world cup)?",
    "make me (rich|famous|taller)",
    "I want to (become an astronaut|learn to fly|talk to a dolphin)",
    "[please ](fold|iron) my (shirts|trousers)",
    "(predict|tell me) (the lottery numbers|my future)",
    "can you (massage my back|cut my hair|cook for me right here|hold my bag)?",
    "(dig|plant) a (hole|tree) (for me|in my yard)",
)
"""What no function does."""
_CHAT = (
    (
        "(hi|hello|hey|good morning|good evening)( there|)(!|.|)",
        "Hello! How can I help you?|Hi! What can I do for you?",
    ),
    ("(thanks|thank you|thanks a lot|great, thanks|perfect, thank you)(!|.|)", "You're welcome!|Happy to help."),
    ("(bye|goodbye|see you|that's all|that is all for today|nothing else)(!|.|)", "Goodbye!|Have a nice day!|See you!"),
    ("how are you( today|)?", "I'm fine, thank you. How can I help you?|All good! What can I do for you?"),
    (
        "(are you a (robot|human|bot|person)|who are you|what are you)?",
        "I am an assistant that can call functions for you.",
    ),
    ("(ok|okay|alright|cool|nice|great|I see)(!|.|)", "Is there anything else I can do for you?"),
    (
        "(sorry|oops|my mistake|never mind|forget it|no, leave it)(!|.|)",
        "No problem. Let me know if you need anything.",
    ),
    ("(you are|you're) (great|awesome|very helpful|the best|funny)(!|.|)", "Thank you!|Thanks, I do my best."),
    ("(tell me a joke|make me laugh|say something funny)", "What do you call a fish without eyes? A fsh."),
    ("(can you help me|I need (some |your |)help|are you there)(?|)", "Of course. What do you need?"),
    ("(I'm|I am) (bored|tired|happy|sad|stressed)( today|)", "I see. Can I do something for you?"),
    ("(do you speak|do you understand) (English|French|German|Spanish)?", "I answer best in English."),
    ("(wait|hold on|one moment|give me a second)", "Take your time.|Sure, I'll wait."),
    ("(wow|amazing|incredible|unbelievable)(!|)", "Glad you like it!|Good to hear."),
)


def chat(rng: Random, stage: Stage) -> list[Message]:
    """Small talk, or what the assistant can do."""
    if rng.random() < 0.12 and any(tool.wire["function"]["description"] for tool in stage.tools):
        tools = [tool for tool in stage.tools if tool.wire["function"]["description"]][:3]
        listed = "; ".join(tool.wire["function"]["description"].rstrip(".") for tool in tools)
        asked = say(rng, "what can you do( for me|)?|(which|what) functions do you have?|what are you able to do?")
        return [user(asked), assistant(f"I can do this, for example: {listed}.")]
    said, answers = pick(rng, _CHAT)
    text = say(rng, said)
    return [
        user(text if rng.random() < 0.4 else text.capitalize() if text[:2] not in ("I ", "I'") else text),
        assistant(say(rng, answers)),
    ]


# -- missing arguments


_ASK_ONE = (
    "What is the {a}?|What is the {a}?|Which {a}?|Could you tell me the {a}?|Please tell me the {a}."
    "|I need the {a} for that.|What should the {a} be?"
)
_ASK_TWO = (
    "What are the {a} and the {b}?|Could you tell me the {a} and the {b}?"
    "|I need the {a} and the {b} for that.|Please give me the {a} and the {b}."
)
_ASK_MORE = "I need a few things: the {a}, the {b} and the {c}.|Please tell me the {a}, the {b} and the {c}."


def ask_for(rng: Random, slots: Sequence[Slot]) -> str:
    """The question for arguments that are missing, in the words of the schema."""
    return question(rng, [slot.ask for slot in slots])


def question(rng: Random, labels: Sequence[str]) -> str:
    """The question for one thing, two or three."""
    if len(labels) == 1:
        return say(rng, _ASK_ONE, a=labels[0])
    if len(labels) == 2:
        return say(rng, _ASK_TWO, a=labels[0], b=labels[1])
    return say(rng, _ASK_MORE, a=labels[0], b=labels[1], c=labels[2])


def _clear_without(tool: Tool, missing: frozenset[str]) -> bool:
    known = tool.slots.keys() - missing | tool.intent.words.keys() | {"the_n"}
    return not tool.intent.twin and any(node.needs <= known for node in tool.intent.imperatives + tool.intent.sentences)


def missing(rng: Random, stage: Stage) -> list[Message] | None:
    """A required argument is not given: ask, hear, call."""
    options = []
    for tool in stage.tools:
        required = [key for key, slot in tool.slots.items() if slot.spec.required]
        for _ in range(2 if required else 0):
            size = min(len(required), pick(rng, (1, 1, 1, 2, 2, 3)))
            withheld = frozenset(rng.sample(required, size))
            if _clear_without(tool, withheld):
                options.append((tool, withheld))
    if not options:
        return None
    tool, withheld = pick(rng, options)
    manner = some_manner(rng)
    asked = request(rng, tool, manner, withheld=withheld)
    slots = [slot for slot in tool.slots.values() if slot.key in withheld]
    # Now and then the answer tells more than was asked for.
    open_slots = [slot for slot in tool.slots.values() if slot.key not in asked.mentions and not slot.spec.required]
    extra = [pick(rng, open_slots)] if open_slots and rng.random() < 0.15 else []
    given: dict[str, Mention] = {}
    for slot in slots + extra:
        mention = slot.sample(rng)
        given[slot.key] = fold(mention) if manner.lower else mention
    messages = [user(asked.text), assistant(ask_for(rng, slots))]
    if len(slots) > 1 and rng.random() < 0.15:
        first, rest = slots[0], slots[1:]
        messages += [
            user(_reply(rng, [first], given, manner)),
            assistant(ask_for(rng, rest)),
            user(_reply(rng, rest, given, manner)),
        ]
    else:
        messages.append(user(_reply(rng, slots + extra, given, manner)))
    return [*messages, calls(0, (tool.name, arguments_of(tool, {**asked.mentions, **given})))]


LEADS = (
    "it's ",
    "It is ",
    "that would be ",
    "",
    "sure, it's ",
    "let me see, ",
    "ok: ",
    "I think it's ",
    "oh, ",
    "make it ",
)


def _reply(rng: Random, slots: Sequence[Slot], given: dict[str, Mention], manner: Manner) -> str:
    """The user's answer to a question for arguments."""
    alone = len(slots) == 1
    texts = []
    for slot in slots:
        mention = given[slot.key]
        said = mention.text
        if mention.span == "free" and (not alone or rng.random() < 0.2):
            said = quoted(rng, said)
        if slot.role.kind == "bool" or (alone and rng.random() < 0.45):
            texts.append(said)
        elif alone and rng.random() < 0.5:
            lead = pick(rng, LEADS)
            texts.append((lead.lower() if manner.lower else lead) + said)
        else:
            texts.append("".join(words if key is None else said for words, key in attachment(rng, slot, mention)))
    text = pick(rng, (", ", " and ", ", ", "; ")).join(texts)
    free = any(given[slot.key].span == "free" for slot in slots)
    return (
        f"{text}."
        if manner.stops and not manner.lower and not free and text[-1].isalnum() and rng.random() < 0.5
        else text
    )
