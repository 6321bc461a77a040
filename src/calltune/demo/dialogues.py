"""Turns after the first: the argument that was missing, what came back, what went wrong, and what nobody here can do.

What goes in: nothing; what comes out: plain data and small functions, read by `conversations.py`. A question depends
only on the function and the argument that is missing, a reply only on the function and its result: both can be
learned.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from calltune.demo.phrases import Split, lines

Arguments = dict[str, Any]

NO_FUNCTION = (
    "I have no function for that. I can help with tickets, passwords, locked accounts, equipment, technicians and the"
    " status of services."
)
WELCOME = "You are welcome."
THANKS: dict[Split, tuple[str, ...]] = {
    "train": lines("Thanks!\nThank you.\nGreat, thanks.\nPerfect, thank you!\nThat is all, thanks."),
    "test": lines("Very good, thank you.\nThat helps, thanks!\nOkay, thank you."),
}


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A request that leaves out one required argument, and how the user fills it in when asked."""

    tool: str
    """The function that is meant."""
    ask: str
    """What the assistant asks."""
    first: dict[Split, tuple[str, ...]]
    """First messages, without the argument."""
    answer: dict[Split, tuple[str, ...]]
    """Answers that give it."""


def _gap(tool: str, ask: str, *, train: str, test: str, answers: str, test_answers: str) -> Gap:
    first: dict[Split, tuple[str, ...]] = {"train": lines(train), "test": lines(test)}
    answer: dict[Split, tuple[str, ...]] = {"train": lines(answers), "test": lines(test_answers)}
    return Gap(tool=tool, ask=ask, first=first, answer=answer)


GAPS = (
    _gap(
        "create_ticket",
        "What is the problem?",
        train="""I need to open a ticket.
        Please create a ticket for me.
        Can you open a new ticket?
        I would like to log an incident.
        I have a problem.""",
        test="""I want to report a problem.
        Could you create a new ticket?
        I need a ticket, please.""",
        answers="""{summary}.
        It is this: {summary}.
        {summary}, please help.
        My problem: {summary}.""",
        test_answers="""This is it: {summary}.
        The problem: {summary}.""",
    ),
    _gap(
        "reset_password",
        "For which system: Windows, VPN, SAP or mail?",
        train="""Reset the password of {login}.
        {login} forgot the password.
        Please send {login} a new password.
        I am {login} and I need a new password.
        Can you reset {login}'s password?""",
        test="""{login} lost the password.
        Please let {login} have a new password.
        My login is {login}, please reset my password.""",
        answers="""{system}.
        For {system}.
        The {system} password.
        It is {system}.""",
        test_answers="""I mean {system}.
        {system}, please.""",
    ),
    _gap(
        "reset_password",
        "What is the login?",
        train="""I forgot my {system} password.
        I need a new {system} password.
        My {system} password has expired.
        Please reset my {system} password.
        Can I have a new password for {system}?""",
        test="""I lost my {system} password.
        My password for {system} is gone, please reset it.""",
        answers="""{login}.
        My login is {login}.
        It is {login}.
        I am {login}.""",
        test_answers="""The login is {login}.
        {login}, please.""",
    ),
    _gap(
        "unlock_account",
        "What is the login?",
        train="""My account is locked.
        I am locked out.
        Please unlock my account.
        A colleague is locked out.
        Can you unlock an account for me?""",
        test="""I have been locked out.
        My account got locked, please help.""",
        answers="""{login}.
        My login is {login}.
        It is {login}.
        The account is {login}.""",
        test_answers="""The login is {login}.
        {login}, please.""",
    ),
    _gap(
        "assign_ticket",
        "Who should take it?",
        train="""Assign {ticket}.
        Please give {ticket} to somebody else.
        {ticket} needs a new owner.
        Can you reassign {ticket}?
        Hand {ticket} over to a colleague.""",
        test="""{ticket} should go to somebody else.
        Please transfer {ticket} to another colleague.""",
        answers="""{login}.
        {login} should take it.
        Give it to {login}.
        To {login}.""",
        test_answers="""{login}, please.
        Let {login} do it.""",
    ),
    _gap(
        "set_priority",
        "Which ticket is it?",
        train="""Make my ticket {priority}.
        My ticket is {priority} now.
        Please change the priority of my ticket to {priority}.
        Set this ticket to {priority}.
        Can you mark my ticket as {priority}?""",
        test="""My ticket should be {priority}, please.
        Update my ticket to {priority}.""",
        answers="""{ticket}.
        It is {ticket}.
        {ticket}, please.
        I mean {ticket}.""",
        test_answers="""That is {ticket}.
        My ticket is {ticket}.""",
    ),
    _gap(
        "add_comment",
        "Which ticket is it?",
        train="""Add {note} to my ticket: {text}.
        Please write {note}: {text}.
        Put {note} on my ticket: "{text}".
        I want to add {note}: {text}.
        Comment on my ticket: {text}.""",
        test="""Please attach {note} to my ticket: {text}.
        Record {note} on my ticket: "{text}".""",
        answers="""{ticket}.
        It is {ticket}.
        {ticket}, please.
        I mean {ticket}.""",
        test_answers="""That is {ticket}.
        My ticket is {ticket}.""",
    ),
    _gap(
        "close_ticket",
        "How was it resolved?",
        train="""Close {ticket}.
        Please close {ticket}.
        {ticket} can be closed.
        You can close {ticket} now.
        I want to close {ticket}.""",
        test="""{ticket} may be closed.
        Could you close {ticket}, please?""",
        answers="""{resolution}.
        Well, {resolution}.
        In the end {resolution}.
        {resolution}, so close it.""",
        test_answers="""I think {resolution}.
        {resolution}, thanks.""",
    ),
    _gap(
        "order_device",
        "For which site?",
        train="""Order {devices}.
        I need {devices}.
        Please get me {devices}.
        Can I have {devices}?
        We need {devices}.""",
        test="""I would like {devices}, please.
        Could we have {devices}?""",
        answers="""{site}.
        For {site}.
        I work in {site}.
        Send it to {site}.""",
        test_answers="""{site}, please.
        The site is {site}.""",
    ),
    _gap(
        "book_technician",
        "In the morning or in the afternoon?",
        train="""Book a technician for {site} on {date}.
        We need a technician in {site} on {date}.
        Please send a technician to {site} on {date}.
        Can a technician come to {site} on {date}?
        Schedule a technician's visit to {site} for {date}.""",
        test="""Have a technician come to {site} on {date}.
        I need a technician on {date} in {site}.""",
        answers="""In the {slot}.
        The {slot}.
        {slot}, please.
        The {slot} is better.""",
        test_answers="""I prefer the {slot}.
        {slot} would be good.""",
    ),
    _gap(
        "schedule_maintenance",
        "How many minutes will it take?",
        train="""Schedule maintenance of {service} on {date} at {start}.
        Plan maintenance for {service} on {date}, {start}.
        Announce maintenance of {service}: {date} at {start}.
        {service} needs maintenance on {date} at {start}.
        We will do maintenance on {service} on {date} from {start}.""",
        test="""Book a maintenance window for {service} on {date} at {start}.
        There will be maintenance of {service} on {date} from {start}.""",
        answers="""{minutes} minutes.
        {minutes}.
        About {minutes} minutes.
        It takes {minutes} minutes.""",
        test_answers="""We need {minutes} minutes.
        {minutes} minutes, please.""",
    ),
    _gap(
        "find_tickets",
        "Which queue: network, accounts, hardware or software?",
        train="""Show me the {status} tickets.
        List the {status} tickets.
        Which tickets are {status}?
        Find all {status} tickets.
        I want to see the {status} tickets.""",
        test="""What are the {status} tickets?
        Please show all tickets that are {status}.""",
        answers="""{queue}.
        The {queue} queue.
        For {queue}.
        The {queue} team.""",
        test_answers="""{queue}, please.
        I mean {queue}.""",
    ),
    _gap(
        "check_service_status",
        "Which service do you mean?",
        train="""Is it down?
        Is the service working?
        Can you check a service for me?
        Are there any problems right now?
        Please check the status.""",
        test="""Is the system running today?
        Please tell me the status of a service.""",
        answers="""I mean {service}.
        {service}.
        It is about {service}.
        Check {service}.""",
        test_answers="""My question is about {service}.
        {service}, please.""",
    ),
)


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
    ticket, priority = f"INC-{rng.randrange(600_000, 999_999)}", arguments.get("priority", "normal")
    return {"ticket": ticket, "priority": priority}, f"I opened {ticket} with priority {priority}."


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
