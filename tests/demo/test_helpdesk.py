"""The help desk: a contract that is short, and functions that really run."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from calltune.contract import Toolset
from calltune.demo import helpdesk


@pytest.fixture(autouse=True)
def empty_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(helpdesk, "desk", helpdesk.Desk())
    yield


@pytest.fixture(scope="module")
def toolset() -> Toolset:
    return Toolset.load("calltune.demo.helpdesk")


def test_the_contract_has_the_twelve_functions(toolset: Toolset) -> None:
    assert sorted(toolset.names) == sorted(helpdesk.__all__)
    assert len(toolset) == 12


def test_the_contract_is_short_because_every_prompt_holds_it(toolset: Toolset) -> None:
    words = json.dumps(toolset.to_openai()).replace('"', " ").split()
    assert len(words) < 1400


def test_reading_functions_say_that_they_read(toolset: Toolset) -> None:
    assert {tool.name for tool in toolset if tool.effect == "read"} == {"find_tickets", "check_service_status"}


def test_a_ticket_that_was_opened_is_found_and_can_be_closed_once() -> None:
    ticket = helpdesk.create_ticket("the wifi drops", "network")["ticket"]
    assert helpdesk.find_tickets("network", "open") == {"count": 1, "tickets": [ticket]}
    assert helpdesk.close_ticket(ticket, "fixed")["status"] == "closed"
    assert helpdesk.find_tickets("network", "open")["count"] == 0
    with pytest.raises(ValueError, match="already closed"):
        helpdesk.set_priority(ticket, "critical")


def test_a_technician_cannot_be_in_two_places() -> None:
    helpdesk.book_technician("Vienna", "2027-03-14", "morning")
    with pytest.raises(ValueError, match="no technician is free"):
        helpdesk.book_technician("Vienna", "2027-03-14", "morning")


def test_every_result_fits_what_the_function_promises(toolset: Toolset) -> None:
    examples = {
        "create_ticket": {"summary": "the wifi drops", "queue": "network"},
        "find_tickets": {"queue": "network", "status": "open"},
        "assign_ticket": {"ticket": "INC-204417", "login": "mkeller"},
        "set_priority": {"ticket": "INC-204417", "priority": "critical"},
        "add_comment": {"ticket": "INC-204417", "text": "called back", "internal": True},
        "close_ticket": {"ticket": "INC-204417", "resolution": "duplicate"},
        "reset_password": {"login": "mkeller", "system": "SAP"},
        "unlock_account": {"login": "mkeller"},
        "order_device": {"device": "headset", "site": "London", "quantity": 3},
        "book_technician": {"site": "Vienna", "date": "2027-03-14", "slot": "afternoon"},
        "check_service_status": {"service": "VPN"},
        "schedule_maintenance": {"service": "VPN", "date": "2027-03-14", "start": "22:00", "minutes": 90},
    }
    assert set(examples) == set(toolset.names)
    for name, arguments in examples.items():
        assert toolset.check(name, arguments) == ()
        result = getattr(helpdesk, name)(**arguments)
        assert toolset.check_result(name, result) == ()


@pytest.mark.parametrize(
    ("name", "arguments", "kind"),
    [
        ("set_priority", {"ticket": "204417", "priority": "critical"}, "pattern"),
        ("set_priority", {"ticket": "INC-204417", "priority": "urgent"}, "not_in_enum"),
        ("book_technician", {"site": "Vienna", "date": "14 March", "slot": "morning"}, "format"),
        ("order_device", {"device": "headset", "site": "Vienna", "quantity": 21}, "range"),
        ("reset_password", {"login": "mkeller"}, "missing_required"),
        ("unlock_account", {"login": "mkeller", "force": True}, "unknown_argument"),
    ],
)
def test_the_contract_refuses_what_the_company_does_not_know(
    toolset: Toolset, name: str, arguments: dict[str, object], kind: str
) -> None:
    assert [problem.kind for problem in toolset.check(name, arguments)] == [kind]
