"""The words of the help desk's users: plain tables, from which `values.py` draws.

Codes (sites, devices, priorities ...) have the same words in both splits, since words for codes are what training
teaches. Everything by split has other values in the test rows than in the training rows.
"""

from __future__ import annotations

from calltune.demo.phrases import Split

URGENCY = {
    "Everything is down": "P1",
    "Nobody can work": "P1",
    "The whole site is down": "P1",
    "It is urgent": "P2",
    "I need this asap": "P2",
    "It is blocking my work": "P2",
    "There is no rush": "P4",
    "It can wait": "P4",
    "It is low priority": "P4",
}
PRIORITY = {
    "critical": "P1",
    "P1": "P1",
    "urgent": "P2",
    "P2": "P2",
    "normal": "P3",
    "P3": "P3",
    "low priority": "P4",
    "P4": "P4",
}
QUEUE = {
    "network": "NET",
    "NET": "NET",
    "account": "ACC",
    "access": "ACC",
    "hardware": "HW",
    "equipment": "HW",
    "software": "APP",
    "application": "APP",
}
STATUS = {
    "open": "open",
    "unresolved": "open",
    "waiting": "waiting",
    "pending": "waiting",
    "closed": "closed",
    "finished": "closed",
}
RESOLUTION = {
    "it is fixed": "FIX",
    "it works again": "FIX",
    "the problem is solved": "FIX",
    "it is a duplicate": "DUP",
    "we already have the same ticket": "DUP",
    "no fault was found": "NFF",
    "we could not reproduce it": "NFF",
    "the user withdrew it": "WDN",
    "it is not needed any more": "WDN",
}
RESOLUTION_NOUN = {
    "fixed": "FIX",
    "solved": "FIX",
    "a duplicate": "DUP",
    "no fault found": "NFF",
    "not reproducible": "NFF",
    "withdrawn": "WDN",
    "not needed": "WDN",
}
SYSTEM = {
    "Windows": "AD",
    "computer": "AD",
    "VPN": "VPN",
    "remote access": "VPN",
    "SAP": "ERP",
    "ERP": "ERP",
    "mail": "MAIL",
    "Outlook": "MAIL",
}
DEVICE = {
    "laptop": "LT14",
    "notebook": "LT14",
    "monitor": "MON27",
    "screen": "MON27",
    "docking station": "DOCK2",
    "dock": "DOCK2",
    "headset": "HS7",
    "keyboard": "KB3",
    "phone": "PH5",
    "mobile phone": "PH5",
}
SITE = {
    "Vienna": "HQ",
    "HQ": "HQ",
    "London": "LON2",
    "Berlin": "BER1",
    "Warsaw": "WAW3",
    "New York": "NYC4",
    "Singapore": "SIN5",
}
SERVICE = {
    "the mail server": "svc-mail",
    "e-mail": "svc-mail",
    "the VPN": "svc-vpn",
    "remote access": "svc-vpn",
    "SAP": "svc-erp",
    "the ERP": "svc-erp",
    "the wifi": "svc-wifi",
    "the wireless network": "svc-wifi",
    "the print server": "svc-print",
    "printing": "svc-print",
    "the wiki": "svc-wiki",
    "the intranet": "svc-wiki",
}
NOTE = {
    "a comment": False,
    "a note": False,
    "an internal note": True,
    "a private note": True,
    "an internal comment": True,
}

SUBJECT = {
    "NET": ("the wifi", "the VPN", "the internet connection", "the router", "the network", "the firewall"),
    "ACC": ("my login", "my password", "my account", "my badge", "my user profile", "my access to the finance folder"),
    "HW": ("my laptop", "the monitor", "my keyboard", "the docking station", "the projector", "my headset", "my mouse"),
    "APP": ("Excel", "SAP", "Outlook", "the browser", "Word", "the invoice program", "Teams", "the calendar"),
}
SYMPTOM: dict[Split, dict[str, tuple[str, ...]]] = {
    "train": {
        "NET": (
            "drops every few minutes",
            "is very slow",
            "does not connect",
            "keeps disconnecting",
            "times out",
            "is not reachable from my desk",
            "loses packets",
            "stopped working",
            "only works near the window",
            "asks for a certificate",
            "is down in the whole building",
            "blocks our new laptops",
            "shows no signal",
            "was cut off",
            "refuses every guest",
            "has a bad cable",
            "answers only now and then",
            "is overloaded",
            "forgets its settings",
            "beeps all the time",
        ),
        "ACC": (
            "is rejected",
            "has expired",
            "does not work",
            "was deleted by mistake",
            "shows the wrong name",
            "is not accepted any more",
            "is missing a permission",
            "was never activated",
            "fails with an error",
            "belongs to the wrong department",
            "opens nothing any more",
            "has the old address",
            "was copied from a colleague",
            "cannot be renewed",
            "is shared with a stranger",
            "lost its groups",
            "is disabled",
            "looks empty",
            "has been stolen",
            "ends tomorrow",
        ),
        "HW": (
            "does not turn on",
            "is broken",
            "makes a strange noise",
            "gets too hot",
            "flickers",
            "fell on the floor",
            "has a loose cable",
            "is not recognised",
            "stopped working",
            "smells burnt",
            "got wet",
            "has no power",
            "shows green lines",
            "is far too loud",
            "will not charge",
            "was dropped by a visitor",
            "has a broken hinge",
            "lost a screw",
            "reacts too late",
            "is missing its cover",
        ),
        "APP": (
            "crashes when I save",
            "does not start",
            "freezes",
            "shows an empty page",
            "is very slow",
            "asks for a licence",
            "cannot open my file",
            "prints the wrong numbers",
            "closes by itself",
            "shows an old version",
            "needs ten minutes to open",
            "cannot find the printer",
            "mixes up two customers",
            "forgets the password",
            "sends everything twice",
            "lost the new template",
            "is only in Spanish",
            "reports error 40",
            "counts the days wrong",
            "ignores the keyboard",
        ),
    },
    "test": {
        "NET": ("is unstable", "goes away during calls", "cannot be reached", "needs a restart"),
        "ACC": ("is gone", "has the wrong role", "was blocked without a reason", "cannot be changed"),
        "HW": ("has a crack", "stays dark", "has a dead button", "needs to be replaced"),
        "APP": ("hangs at the start", "loses my changes", "gives a strange message", "will not print"),
    },
}
MOMENT: dict[Split, tuple[str, ...]] = {
    "train": (
        "",
        "",
        "",
        " again",
        " since Monday",
        " on the third floor",
        " every morning",
        " after the update",
        " in room 12",
        " for two weeks",
        " at the reception",
        " when it rains",
        " before the meeting",
        " in the new building",
    ),
    "test": ("", "", " since yesterday", " on the second floor", " after lunch"),
}

REMARK: dict[Split, tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]] = {
    "train": (
        (
            ("the user", "the supplier", "the manager", "our vendor", "the colleague", "the technician"),
            (
                "will call back on Monday",
                "is on holiday until Friday",
                "wants an update",
                "is waiting for an answer",
                "agrees with the plan",
                "needs one more day",
                "has been informed",
                "sent two pictures",
                "cannot come before Thursday",
                "prefers an e-mail",
                "found another way",
                "is not happy",
                "lost the receipt",
                "works from home this week",
                "wrote a long letter",
            ),
        ),
        (
            ("the new cable", "the spare part", "the replacement", "the driver", "the contract", "the license"),
            (
                "arrived today",
                "has been ordered",
                "did not help",
                "has been tested",
                "was sent to the wrong address",
                "costs 40 euros",
                "is on its way",
                "is too short",
                "fits perfectly",
                "was installed last night",
                "ends in March",
                "has to be signed first",
                "came without a manual",
                "makes it worse",
                "is stored in room 7",
            ),
        ),
    ),
    "test": (
        (
            ("the customer", "the team leader", "the repair shop"),
            ("asked for a photo", "gave us a new date", "did not answer"),
        ),
        (
            ("the delivery", "the adapter", "the old device"),
            ("is expected tomorrow", "has been returned", "is out of stock"),
        ),
    ),
}
"""Free text of comments: who or what, and what about them."""

SURNAMES: dict[Split, str] = {
    "train": (
        "adams baker carter davies evans fisher graham harris irving jensen keller lopez meyer novak olsen parker "
        "quinn russo schmidt turner urban vargas weber young zeman anders bishop cohen dawson ellis foster gibson "
        "hughes ingram jordan kovacs larsen morgan nielsen ortiz peters ramos santos taylor ullman vogel wagner "
        "yates ziegler arnold brandt castro dubois ferrari garcia hansen horvat ivanov klein kraus lindberg moreau "
        "murphy nowak petrov rossi silva stone tanaka vance walsh winter becker burke chavez dalton fraser gruber "
        "hofmann kaiser lambert mason "
        "acosta ahmed albrecht alvarez bailey barnes bauman blake bond bowman brooks bruno burton camara "
        "carver chen chung clarke cortez craig crespo dahl decker delgado diaz dixon drake egger engel "
        "esposito farrell fiedler fleming flores forbes frank fuller gallo gibbs goto grant greco griffin "
        "hahn hale hardy haas hayes heller henry herman hobbs hoover hudson huber iqbal jung kane kapoor kato "
        "kerr khan kim knight koch kumar kurz lane lehner lewis lin lowe lucas mahler maier malik mann marsh "
        "martin mayer meier mills mohr monroe mueller nash neumann noble nolan norris ochoa ogden oliver "
        "owens page palmer patel pena perez phelps pires porter powell price quick raab rahman reed reid "
        "rhodes rice rivera roth rowe ruiz russell sato sauer schulz schwarz seidel shah sharp simon singh "
        "sousa spencer stark steiner stein suarez sutton swan torres tran tucker tyler udall vaughn vega vogt "
        "wade ward watts weiss west wolf wood wong yamada york zapata"
    ),
    "test": (
        "archer bennett conrad doyle eriksen franco gomez hartman jacobs kramer lang mendez nagy osborne pavlov "
        "reyes simmons thomas unger vidal wallace zimmer bauer costa duran fuchs holland kelly lehmann marino"
    ),
}
"""By split: family names, which become logins."""
NUMBER_WORDS = {"two": 2, "three": 3, "five": 5}
QUANTITIES: dict[Split, tuple[str, ...]] = {
    "train": ("2", "3", "4", "6", "8", "10", "12", *NUMBER_WORDS),
    "test": ("7", "9", "11", "15"),
}
LIMITS: dict[Split, tuple[int, ...]] = {"train": (3, 5, 6, 10, 15, 20, 25, 30, 50), "test": (4, 8, 12, 40)}
MINUTES: dict[Split, tuple[int, ...]] = {
    "train": (15, 20, 30, 40, 45, 60, 80, 90, 100, 120, 150, 180, 240, 300, 360),
    "test": (25, 50, 75, 110, 135, 200, 270),
}
