"""What tools answer, and what the assistant says about it.

In: a tool and the arguments of a call. Out: a JSON result, a short answer that uses its values, and questions about
it that need no further call. Results are invented; nothing is computed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from calltune.base.grammar import pick, say
from calltune.base.mention import World
from calltune.base.roles import ROLES
from calltune.base.styles import as_label
from calltune.base.texts import CODE_SHAPES, code
from calltune.base.toolset import Tool
from calltune.base.values import build

_TEXT_ROLES = {
    "message",
    "note",
    "reason",
    "instructions",
    "description",
    "path",
    "target_path",
    "attendees",
    "members",
    "address_object",
    "order_items",
    "contact",
}


@dataclass(slots=True)
class Result:
    """What a call gave."""

    content: str
    """JSON."""
    answer: str
    """What the assistant says."""
    facts: tuple[tuple[str, str], ...]
    """(what, value) that the user may ask about."""


def as_words(value: Any) -> str:
    """A JSON value in a sentence."""
    if value is True or value is False:
        return "yes" if value else "no"
    if isinstance(value, list):
        texts = [as_words(item) for item in value]
        return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {as_words(item)}" for key, item in value.items())
    return str(value)


def extra(rng: Random, tool: Tool, world: World) -> dict[str, Any]:
    """Another field or none for a record."""
    return _record(rng, tool, world, int(rng.random() * 2.5))


def _record(rng: Random, tool: Tool, world: World, size: int) -> dict[str, Any]:
    fields = [key for key in tool.intent.fields if key not in _TEXT_ROLES and ROLES[key].kind != "bool"]
    record: dict[str, Any] = {}
    for key in rng.sample(fields, min(size, len(fields))):
        role = ROLES[key]
        value = build(rng, world, role.kind).sample(rng).value
        record[role.names[0] if rng.random() < 0.7 else pick(rng, role.names)] = value
    return record


def dump(rng: Random, value: Any) -> str:
    """JSON as a tool writes it."""
    return (
        json.dumps(value, ensure_ascii=False)
        if rng.random() < 0.8
        else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    )


_LEAD = "|Here (is what I found|you go): |Sure: |I (checked|looked it up): |OK, |Found it: "


def _be(what: str) -> str:
    return "are" if what.endswith("s") and not what.endswith(("ss", "us", "is")) else "is"


def _sentence(rng: Random, facts: list[tuple[str, str]]) -> str:
    if rng.random() < 0.75:
        joined = [f"the {what} {_be(what)} {value}" for what, value in facts]
    else:
        joined = [f"{what}: {value}" for what, value in facts]
    lead = say(rng, _LEAD)
    text = ", ".join(joined[:-1]) + (f" and {joined[-1]}" if len(joined) > 1 else joined[-1])
    return lead + (text if lead else text[0].upper() + text[1:]) + "."


_DONE = "Done|All set|OK, that is done|It worked|That went through|Sure, done|Finished"


def result_of(rng: Random, tool: Tool, arguments: dict[str, Any], world: World) -> Result:
    """A result for a call, with its answer."""
    return _told(rng, tool, arguments, world) if tool.intent.reads else _changed(rng, tool, arguments)


def _changed(rng: Random, tool: Tool, arguments: dict[str, Any]) -> Result:
    status = pick(rng, ("ok", "success", "done", "confirmed", "accepted"))
    record: dict[str, Any] = (
        {pick(rng, ("status", "result", "state")): status} if rng.random() < 0.8 else {"success": True}
    )
    facts: list[tuple[str, str]] = []
    if rng.random() < 0.6 and "id" not in arguments:
        name = pick(rng, ("id", "reference", "confirmation_code", "number"))
        record[name] = code(rng, pick(rng, CODE_SHAPES))
        facts.append((as_label(name), record[name]))
    echo = [
        (name, value)
        for name, value in arguments.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool) and len(str(value)) < 30
    ]
    if echo and rng.random() < 0.5:
        name, value = pick(rng, echo)
        record[name] = value
        facts.append((as_label(name), str(value)))
    if rng.random() < 0.2:
        record["message"] = pick(rng, ("created", "updated", "saved", "queued", "sent", "processed"))
    done = say(rng, _DONE)
    told = " and ".join(f"the {what} is {value}" for what, value in facts)
    answer = f"{done}{pick(rng, ('. T', ': t', ', t'))}{told[1:]}." if told and rng.random() < 0.9 else f"{done}."
    return Result(dump(rng, record), answer, tuple(facts))


def _told(rng: Random, tool: Tool, arguments: dict[str, Any], world: World) -> Result:
    words = tool.intent.words
    action = tool.intent.key.split(":")[0]
    if action == "count":
        number = int(rng.random() * 40)
        text = f"There are {number} {words['ns']}." if number != 1 else f"There is 1 {words['n']}."
        return Result(dump(rng, {pick(rng, ("count", "total", "n")): number}), text, ())
    if (action in ("search", "list", "recommend") or (not words and rng.random() < 0.2)) and tool.intent.fields:
        return _found(rng, tool, world, words.get("n", "result"), words.get("ns", "results"))
    record = _record(rng, tool, world, 1 + int(rng.random() * 4)) or {"value": int(rng.random() * 900)}
    facts = [(as_label(name), as_words(value)) for name, value in record.items()]
    told = facts if len(facts) < 3 or rng.random() < 0.5 else facts[:2]
    return Result(dump(rng, record), _sentence(rng, told), tuple(facts))


def _found(rng: Random, tool: Tool, world: World, one: str, many: str) -> Result:
    size = pick(rng, (0, 1, 1, 2, 2, 3))
    if size == 0:
        return Result(
            dump(rng, pick(rng, ([], {"results": []}))),
            say(rng, "I found no {ns}.|There are no {ns}.|Sorry, no {ns} were found.", ns=many),
            (),
        )
    keys = [key for key in tool.intent.fields if key not in _TEXT_ROLES and ROLES[key].kind != "bool"][:6]
    keys = rng.sample(keys, min(len(keys), 1 + int(rng.random() * 3))) or ["name"]
    built = [(ROLES[key].names[0], build(rng, world, ROLES[key].kind)) for key in keys]
    records = [{name: kind.sample(rng).value for name, kind in built} for _ in range(size)]
    content: Any = records if rng.random() < 0.6 else {"results": records, "total": size}
    first = built[0][0]
    names = [as_words(record[first]) for record in records]
    if size == 1:
        rest = "".join(f", {as_label(name)} {as_words(value)}" for name, value in list(records[0].items())[1:])
        return Result(
            dump(rng, content),
            f"I found one {one}: {as_label(first)} {names[0]}{rest}.",
            tuple((as_label(name), as_words(value)) for name, value in records[0].items()),
        )
    return Result(dump(rng, content), f"I found {size} {many}: {as_words(names)}.", ())


def question_about(rng: Random, what: str) -> str:
    """A question that the result answers."""
    return say(
        rng,
        "(what|and what) is the {w}?|(what's|tell me) the {w}[ please]|and the {w}?|what was the {w}[ again]?|{w}?",
        w=what,
    )


def fact_answer(rng: Random, what: str, value: str) -> str:
    """The answer to it."""
    return say(rng, "The {w} is {v}.|The {w} is {v}.|It is {v}.|{v}.", w=what, v=value)


# -- failures

_FAILURES = (
    ("not found", "no entry with these values", "Sorry, nothing was found with these values.|That could not be found."),
    (
        "timeout",
        "the service did not answer in time",
        "Sorry, the service did not answer in time. Please try again later.",
    ),
    ("permission denied", "you are not allowed to do this", "Sorry, that is not allowed.|I am not allowed to do that."),
    (
        "unavailable",
        "the service is down for maintenance",
        "Sorry, the service is down right now. Please try again later.",
    ),
    ("conflict", "already exists", "That already exists.|Sorry, it already exists, so nothing was changed."),
    ("limit reached", "too many requests", "There were too many requests. Please try again in a while."),
    ("internal error", "unexpected failure", "Sorry, something went wrong on the other side, so it was not done."),
)
"""Kind, message of the tool, what is said about it."""


def failure(rng: Random) -> Result:
    """A call that fails, and what is said about it."""
    kind, message, answers = pick(rng, _FAILURES)
    record: Any = pick(
        rng,
        (
            {"error": message},
            {"error": kind, "message": message},
            {"status": "error", "message": message},
            {"error": {"code": kind, "message": message}},
        ),
    )
    return Result(dump(rng, record), say(rng, answers), ())
