# ruff: noqa: E501
"""Ready-made intents that could be meant by the same words, and so never meet in one scene.

In: nothing. Out: `rivals_of(name)` and `family_of(domain)`. Pairs come from two sources: requests that are equal up
to the values (a test samples them and holds this list complete), and our own reading. An intent asked for in vain (no
tool fits) is of another family.
"""

from __future__ import annotations

GROUPS = """
set brightness, set temperature
get weather, forecast, historical weather
switch device, country info
country info, ask encyclopedia
read sensor, server metrics, set color
play music, watch movie, play podcast, start game, find work, play song on device, record show
find work, search products, screenings, book restaurant, find showtimes, borrow book, search photos
add to playlist, invite to event, add printer
add printer, install software
book restaurant, borrow book
book restaurant, reserve table
borrow book, order hardware, service status, screenings, order coffee, order medicine, check stock
screenings, search products, order coffee, order medicine, run query, find showtimes
search products, check stock, run query
order medicine, order hardware, order coffee, place order, order food, add to cart
order hardware, post job
track order, track parcel
check stock, service status
find attractions, find events
get ride, get directions
transfer money, pay bill
stock price, estimate value
translate text, find doctor
find doctor, find employee
calculate discount, subtract
distance points, city distance
add reminder, set medicine reminder, add task, remind at place, complete task
reserve hotel room, book hotel
book hotel, search hotels
search flights, search one way flights, search round trip
buy movie tickets, buy tickets
switch device, lights off, lights on, open garage, lock door, open blinds, run dishwasher, start laundry, set fan speed, start vacuum, water plants
set hvac mode, set temperature, set fan speed
delete event, cancel appointment, cancel reservation
read messages, search emails
create user, hire employee, create lead, add contact
search photos, generate image
list folder, read file
book appointment, book vet, book notary, find doctor
search house, find apartment
create event, create event page
create ticket, log defect, open issue
log workout, log meal, log hours
restart service, rollback
get news, subscribe topic
book appointment, order hardware
find airport flights, search flights
reserve hotel room, reserve table
schedule visit, watch movie
screenings, watch movie
"""

FAMILIES = {
    "shop": "shopping", "restaurants": "food", "restaurant": "food", "cooking": "food", "nutrition": "food", "cinema": "films", "media": "films", "television": "films",
    "hotels": "travel", "flights": "travel", "transport": "travel", "cars": "travel", "lights": "home", "realestate": "real estate", "meetings": "calendar",
    "contacts": "messaging", "clock": "calendar", "tasks": "calendar", "notes": "calendar", "code": "devops", "podcasts": "music", "reading": "web", "knowledge": "web",
    "tax": "banking", "events": "films", "delivery": "shopping", "geography": "maps", "library": "books", "documents": "files", "language": "writing", "data": "devops",
    "telecom": "banking", "investing": "banking", "energy": "home", "security": "web", "fitness": "health", "social": "messaging", "survey": "messaging", "logistics": "shopping",
    "ride sharing": "travel", "maps": "travel", "lodging": "real estate", "it assets": "help desk", "accounting": "banking", "crm": "messaging", "waste": "government",
}  # fmt: skip
"""Domains that are about the same matters."""


def _read() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in GROUPS.strip().splitlines():
        names = {name.strip() for name in line.split(",")}
        for name in names:
            found.setdefault(name, set()).update(names - {name})
    return {name: frozenset(others) for name, others in found.items()}


_RIVALS = _read()


def rivals_of(name: str) -> frozenset[str]:
    """Intents that must not meet this one."""
    return _RIVALS.get(name, frozenset())


def family_of(domain: str) -> str:
    """The matter that a domain is about."""
    return FAMILIES.get(domain, domain)
