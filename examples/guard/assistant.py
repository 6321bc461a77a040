"""An assistant in the terminal on any OpenAI-compatible server, with a policy, a ledger, a log and a person who says
yes.

python examples/guard/assistant.py --base-url http://localhost:8000/v1 --model my-model "Book a table for two at eight"
"""

import argparse
from pathlib import Path

from calltune import Guard, Toolset
from calltune.contract import tool
from calltune.generate import RemoteEngine
from calltune.guard import Approval, Audit, Fallback, Ledger, Outcome, Policy, ToolError, approve

FREE = {"18:00": 4, "20:00": 2}


@tool(effect="read", timeout_s=5)
def free_seats(time: str) -> int:
    """How many seats are free.

    Args:
        time: Hour and minute, such as 20:00.
    """
    if time not in FREE:
        raise ToolError(f"we are open at {' and '.join(FREE)}")
    return FREE[time]


def book(time: str, seats: int, name: str) -> str:
    """Book a table.

    Args:
        time: Hour and minute, such as 20:00.
        seats: How many people come.
        name: Who books.
    """
    if FREE.get(time, 0) < seats:
        raise ToolError(f"there are {FREE.get(time, 0)} seats at {time}")
    FREE[time] -= seats
    return f"booked for {name}"


TOOLS = Toolset.from_functions(free_seats, book)
POLICY = {
    "calltune_policy": 1,
    "rules": [
        {"tool": "free_seats", "effect": "allow"},
        {"tool": "book", "effect": "approve", "why": "a booking is binding"},
    ],
    "limits": [{"tool": "book", "calls": 3, "per_s": 86_400}],
}


def ask_person(outcome: Outcome) -> Approval | None:
    """Yes or no."""
    return approve(outcome.proposed) if input(f"{outcome.question} [y/N] ").lower() == "y" else None


def main() -> None:
    """One question, one run; the conversation goes on while the model asks back."""
    parser = argparse.ArgumentParser()
    parser.add_argument("question")
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--folder", type=Path, default=Path("."))
    options = parser.parse_args()
    guard = Guard(
        TOOLS,
        policy=Policy.from_json(POLICY, TOOLS),
        ledger=Ledger(options.folder / "calls.sqlite"),
        audit=Audit(options.folder / "audit.jsonl"),
        fallback=Fallback(hand_over=lambda why: "I could not do that; please call 555 0100."),
    )
    engine = RemoteEngine.connect(options.base_url, options.model)
    messages = [{"role": "user", "content": options.question}]
    while True:
        run = guard.run(messages, engine, approve=ask_person)
        print(run.reply)
        if run.decision != "ask":
            break
        messages = [*run.messages, {"role": "user", "content": input("> ")}]


if __name__ == "__main__":
    main()
