"""Turns after the first: the argument that was missing, what came back, what went wrong, and what nobody here can do.

What goes in: nothing; what comes out: plain data and small functions, read by `conversations.py`. A question depends
only on the function and the argument that is missing, a reply only on the function and its result: both can be
learned.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Arguments = dict[str, Any]

NO_FUNCTION = (
    "I have no function for that. I can help with tickets, passwords, locked accounts, equipment, technicians and the"
    " status of services."
)
WELCOME = "You are welcome."
QUESTIONS = {
    ("create_ticket", "summary"): "What is the problem?",
    ("reset_password", "system"): "For which system: Windows, VPN, SAP or mail?",
    ("reset_password", "login"): "What is the login?",
    ("unlock_account", "login"): "What is the login?",
    ("assign_ticket", "login"): "Who should take it?",
    ("set_priority", "ticket"): "Which ticket is it?",
    ("add_comment", "ticket"): "Which ticket is it?",
    ("close_ticket", "resolution"): "How was it resolved?",
    ("order_device", "site"): "For which site?",
    ("book_technician", "slot"): "In the morning or in the afternoon?",
    ("schedule_maintenance", "minutes"): "How many minutes will it take?",
    ("find_tickets", "queue"): "Which queue: network, accounts, hardware or software?",
    ("check_service_status", "service"): "Which service do you mean?",
}
"""By function and missing argument: what the assistant asks."""


Answered = tuple[dict[str, Any], str]
"""What a function gave back, and the assistant's sentence about it."""


def _found(arguments: Arguments, rng: random.Random) -> Answered:
    count = rng.randint(0, 3)
    tickets = [f"INC-{rng.randrange(100_000, 600_000)}" for _ in range(count)]
    queue = arguments["queue"]
    if not tickets:
        return {"count": 0, "tickets": []}, f"There are no such tickets in {queue}."
    return {"count": count, "tickets": tickets}, f"Tickets in {queue}: {', '.join(tickets)}."


def _created(arguments: Arguments, rng: random.Random) -> Answered:
    ticket, queue = f"INC-{rng.randrange(600_000, 999_999)}", arguments["queue"]
    return {"ticket": ticket, "queue": queue}, f"I opened {ticket} in {queue}."


def _ordered(arguments: Arguments, rng: random.Random) -> Answered:
    order, quantity = f"ORD-{rng.randrange(4000, 9999)}", arguments.get("quantity", 1)
    result = {"order": order, "device": arguments["device"], "quantity": quantity}
    return result, f"Ordered: {order}, {quantity} x {arguments['device']}."


def _status(arguments: Arguments, rng: random.Random) -> Answered:
    service, status = arguments["service"], rng.choice(("up", "maintenance"))
    reply = f"{service} is up." if status == "up" else f"{service} is under maintenance."
    return {"service": service, "status": status}, reply


RESULTS: dict[str, Callable[[Arguments, random.Random], Answered]] = {
    "create_ticket": _created,
    "find_tickets": _found,
    "assign_ticket": lambda a, _: (
        {"ticket": a["ticket"], "assignee": a["login"]},
        f"{a['ticket']} is now assigned to {a['login']}.",
    ),
    "set_priority": lambda a, _: (
        {"ticket": a["ticket"], "priority": a["priority"]},
        f"{a['ticket']} now has priority {a['priority']}.",
    ),
    "add_comment": lambda a, rng: (
        {"ticket": a["ticket"], "comments": rng.randint(1, 9)},
        f"I added it to {a['ticket']}.",
    ),
    "close_ticket": lambda a, _: ({"ticket": a["ticket"], "status": "closed"}, f"{a['ticket']} is closed."),
    "reset_password": lambda a, _: (
        {"login": a["login"], "system": a["system"], "sent": True},
        f"A new {a['system']} password is on its way to {a['login']}.",
    ),
    "unlock_account": lambda a, _: ({"login": a["login"], "locked": False}, f"{a['login']} is unlocked."),
    "order_device": _ordered,
    "book_technician": lambda a, _: (
        {"site": a["site"], "date": a["date"], "slot": a["slot"]},
        f"A technician will be at {a['site']} on {a['date']}, {a['slot']}.",
    ),
    "check_service_status": _status,
    "schedule_maintenance": lambda a, _: (
        {"service": a["service"], "date": a["date"], "start": a["start"], "minutes": a["minutes"]},
        f"Maintenance of {a['service']} is announced for {a['date']} at {a['start']}.",
    ),
}
"""By function: a result that fits its arguments, and the reply."""

ERRORS: dict[str, str] = {
    "assign_ticket": "{ticket} is already closed",
    "set_priority": "{ticket} is already closed",
    "close_ticket": "{ticket} is already closed",
    "reset_password": "no employee has the login {login}",
    "unlock_account": "no employee has the login {login}",
    "order_device": "{device} is out of stock",
    "book_technician": "no technician is free at {site} on {date} {slot}",
    "schedule_maintenance": "this window is already announced",
}
"""By function: what it says when it fails, with the call's arguments."""


def failure(tool: str, arguments: Arguments) -> Answered:
    """A failed call: the error that comes back, and the assistant's sentence about it."""
    error = ERRORS[tool].format(**arguments)
    return {"error": error}, f"That did not work: {error}."
