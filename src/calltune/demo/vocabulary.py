"""The words of the help desk's users: plain tables, from which `values.py` draws.

The words for a schema's choices (sites, devices, priorities ...) are the same in both splits, since they are what
training teaches. Everything by split has other values in the test rows than in the training rows.
"""

from __future__ import annotations

from calltune.demo.phrases import Split

URGENCY = {
    "Everything is down": "critical",
    "Nobody can work": "critical",
    "The whole site is down": "critical",
    "It is urgent": "high",
    "I need this asap": "high",
    "It is blocking my work": "high",
}
PRIORITY = {
    "critical": "critical",
    "urgent": "high",
    "normal": "normal",
    "low priority": "low",
}
QUEUE = {
    "network": "network",
    "account": "account",
    "access": "account",
    "hardware": "hardware",
    "equipment": "hardware",
    "software": "software",
    "application": "software",
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
    "it is fixed": "fixed",
    "it works again": "fixed",
    "the problem is solved": "fixed",
    "it is a duplicate": "duplicate",
    "we already have the same ticket": "duplicate",
    "no fault was found": "no_fault",
    "we could not reproduce it": "no_fault",
    "the user withdrew it": "withdrawn",
    "it is not needed any more": "withdrawn",
}
RESOLUTION_NOUN = {
    "fixed": "fixed",
    "solved": "fixed",
    "a duplicate": "duplicate",
    "no fault found": "no_fault",
    "not reproducible": "no_fault",
    "withdrawn": "withdrawn",
    "not needed": "withdrawn",
}
SYSTEM = {
    "Windows": "Windows",
    "computer": "Windows",
    "VPN": "VPN",
    "remote access": "VPN",
    "SAP": "SAP",
    "ERP": "SAP",
    "mail": "Outlook",
    "Outlook": "Outlook",
}
DEVICE = {
    "laptop": "laptop",
    "notebook": "laptop",
    "monitor": "monitor",
    "screen": "monitor",
    "docking station": "dock",
    "dock": "dock",
    "headset": "headset",
    "keyboard": "keyboard",
    "phone": "phone",
    "mobile phone": "phone",
}
SITE = {
    "Vienna": "Vienna",
    "HQ": "Vienna",
    "London": "London",
    "Berlin": "Berlin",
    "Warsaw": "Warsaw",
    "New York": "New York",
    "Singapore": "Singapore",
}
SERVICE = {
    "the mail server": "mail",
    "e-mail": "mail",
    "the VPN": "VPN",
    "remote access": "VPN",
    "SAP": "SAP",
    "the ERP": "SAP",
    "the wifi": "wifi",
    "the wireless network": "wifi",
    "the print server": "printing",
    "printing": "printing",
    "the wiki": "wiki",
    "the intranet": "wiki",
}
NOTE = {
    "a comment": False,
    "a note": False,
    "an internal note": True,
    "a private note": True,
    "an internal comment": True,
}

SUBJECT = {
    "network": ("the wifi", "the VPN", "the internet connection", "the router", "the network", "the firewall"),
    "account": (
        "my login",
        "my password",
        "my account",
        "my badge",
        "my user profile",
        "my access to the finance folder",
    ),
    "hardware": (
        "my laptop",
        "the monitor",
        "my keyboard",
        "the docking station",
        "the projector",
        "my headset",
        "my mouse",
    ),
    "software": ("Excel", "SAP", "Outlook", "the browser", "Word", "the invoice program", "Teams", "the calendar"),
}
SYMPTOM: dict[Split, dict[str, tuple[str, ...]]] = {
    "train": {
        "network": (
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
        "account": (
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
        "hardware": (
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
        "software": (
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
        "network": ("is unstable", "goes away during calls", "cannot be reached", "needs a restart"),
        "account": ("is gone", "has the wrong role", "was blocked without a reason", "cannot be changed"),
        "hardware": ("has a crack", "stays dark", "has a dead button", "needs to be replaced"),
        "software": ("hangs at the start", "loses my changes", "gives a strange message", "will not print"),
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
MINUTES: dict[Split, tuple[int, ...]] = {
    "train": (15, 20, 30, 40, 45, 60, 80, 90, 100, 120, 150, 180, 240, 300, 360),
    "test": (25, 50, 75, 110, 135, 200, 270),
}
