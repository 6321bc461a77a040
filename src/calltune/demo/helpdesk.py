"""A company's IT help desk as twelve plain Python functions: the contract of the demo, and something that really runs.

What goes in: arguments as the model writes them (JSON values). What comes out: small dictionaries. Everything lives
in memory and is gone when the process ends; a request that makes no sense raises `ValueError` with a sentence.

People say much of it in other words than the schema: that "the whole site is down" is critical, a notebook a laptop,
HQ in Vienna, and "ticket 204417" `INC-204417` is something a model has to be taught. Descriptions are a few words each,
because every token of them is read again for every request. A comment's flag comes before its text: a small model
copies the text to its end and then forgets that something was left to say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as calendar_date
from typing import Annotated, Any, Literal

from pydantic import Field

from calltune.contract import tool

__all__ = [
    "add_comment",
    "assign_ticket",
    "book_technician",
    "check_service_status",
    "close_ticket",
    "create_ticket",
    "find_tickets",
    "order_device",
    "reset_password",
    "schedule_maintenance",
    "set_priority",
    "unlock_account",
]

Ticket = Annotated[str, Field(pattern=r"^INC-[0-9]{6}$")]
Login = Annotated[str, Field(pattern=r"^[a-z]{3,12}$")]
Date = Annotated[str, Field(json_schema_extra={"format": "date"})]
Queue = Literal["network", "account", "hardware", "software"]
Priority = Literal["critical", "high", "normal", "low"]
Status = Literal["open", "waiting", "closed"]
Resolution = Literal["fixed", "duplicate", "no_fault", "withdrawn"]
System = Literal["Windows", "VPN", "SAP", "Outlook"]
Device = Literal["laptop", "monitor", "dock", "headset", "keyboard", "phone"]
Site = Literal["Vienna", "London", "Berlin", "Warsaw", "New York", "Singapore"]
Service = Literal["mail", "VPN", "SAP", "wifi", "printing", "wiki"]


@dataclass
class Desk:
    """What the help desk remembers while the process runs."""

    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By ticket id."""
    locked: set[str] = field(default_factory=set)
    """Logins that are locked out."""
    visits: set[tuple[str, str, str]] = field(default_factory=set)
    """Technician slots taken: site, date, slot."""
    maintenance: list[dict[str, Any]] = field(default_factory=list)
    """Windows that were announced."""
    orders: int = 0
    """Orders placed so far."""

    def open(self, ticket: str) -> dict[str, Any]:
        """The record of a ticket; one that was never seen here is taken to be an open one of another day."""
        unknown = {"summary": "", "queue": "software", "priority": "normal", "status": "open", "comments": []}
        return self.tickets.setdefault(ticket, unknown)

    def editable(self, ticket: str) -> dict[str, Any]:
        """The record of a ticket that may still be changed."""
        record = self.open(ticket)
        if record["status"] == "closed":
            raise ValueError(f"{ticket} is already closed")
        return record


desk = Desk()


@tool(effect="write")
def create_ticket(summary: Annotated[str, Field(min_length=1, max_length=100)], queue: Queue) -> dict[str, Any]:
    """Open a ticket.

    Args:
        summary: the problem in the user's words
    """
    ticket = f"INC-{700001 + len(desk.tickets):06d}"
    record = desk.open(ticket)
    record.update(summary=summary, queue=queue)
    return {"ticket": ticket, "queue": queue}


@tool(effect="read")
def find_tickets(queue: Queue, status: Status) -> dict[str, Any]:
    """List tickets of a queue."""
    found = [name for name, record in desk.tickets.items() if (record["queue"], record["status"]) == (queue, status)]
    return {"count": len(found), "tickets": found[:10]}


@tool(effect="write")
def assign_ticket(ticket: Ticket, login: Login) -> dict[str, Any]:
    """Give a ticket to a colleague."""
    desk.editable(ticket)["assignee"] = login
    return {"ticket": ticket, "assignee": login}


@tool(effect="write", idempotent=True)
def set_priority(ticket: Ticket, priority: Priority) -> dict[str, Any]:
    """Change how urgent a ticket is."""
    desk.editable(ticket)["priority"] = priority
    return {"ticket": ticket, "priority": priority}


@tool(effect="write")
def add_comment(
    ticket: Ticket, *, internal: bool = False, text: Annotated[str, Field(min_length=1, max_length=120)]
) -> dict[str, Any]:
    """Write a comment on a ticket.

    Args:
        internal: hidden from the requester
    """
    comments: list[dict[str, Any]] = desk.open(ticket)["comments"]
    comments.append({"text": text, "internal": internal})
    return {"ticket": ticket, "comments": len(comments)}


@tool(effect="write")
def close_ticket(ticket: Ticket, resolution: Resolution) -> dict[str, Any]:
    """Close a ticket."""
    desk.editable(ticket).update(status="closed", resolution=resolution)
    return {"ticket": ticket, "status": "closed"}


@tool(effect="write")
def reset_password(login: Login, system: System) -> dict[str, Any]:
    """Send a new password."""
    desk.locked.discard(login)
    return {"login": login, "system": system, "sent": True}


@tool(effect="write", idempotent=True)
def unlock_account(login: Login) -> dict[str, Any]:
    """Unlock a login."""
    desk.locked.discard(login)
    return {"login": login, "locked": False}


@tool(effect="write")
def order_device(device: Device, site: Site, quantity: Annotated[int, Field(ge=1, le=20)] = 1) -> dict[str, Any]:
    """Order equipment for a site."""
    desk.orders += 1
    return {"order": f"ORD-{4000 + desk.orders}", "device": device, "quantity": quantity}


@tool(effect="write")
def book_technician(site: Site, date: Date, slot: Literal["morning", "afternoon"]) -> dict[str, Any]:
    """Book a technician's visit."""
    calendar_date.fromisoformat(date)
    if (site, date, slot) in desk.visits:
        raise ValueError(f"no technician is free at {site} on {date} {slot}")
    desk.visits.add((site, date, slot))
    return {"site": site, "date": date, "slot": slot}


@tool(effect="read")
def check_service_status(service: Service) -> dict[str, Any]:
    """Is a service up?"""
    planned = [window for window in desk.maintenance if window["service"] == service]
    return {"service": service, "status": "maintenance" if planned else "up"}


@tool(effect="write")
def schedule_maintenance(
    service: Service,
    date: Date,
    start: Annotated[str, Field(pattern="^[0-9]{2}:[0-9]{2}$")],
    minutes: Annotated[int, Field(ge=15, le=480)],
) -> dict[str, Any]:
    """Announce a maintenance window."""
    calendar_date.fromisoformat(date)
    window = {"service": service, "date": date, "start": start, "minutes": minutes}
    if window in desk.maintenance:
        raise ValueError("this window is already announced")
    desk.maintenance.append(window)
    return window
