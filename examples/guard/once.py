"""At most once: the program dies between ordering and knowing that it ordered. Run it twice:

    python examples/guard/once.py --crash     # dies in the middle of the order
    python examples/guard/once.py             # starts over: the order is not sent again

Then a person looks into the shop's system and settles it: python examples/guard/once.py --settle
"""

import os
import sys
from pathlib import Path

from calltune import Guard, Toolset
from calltune.generate import ScriptedEngine
from calltune.guard import Audit, Ledger

FOLDER = Path(os.environ.get("ONCE_FOLDER", "once-example"))


def order(item: str) -> str:
    """Order something.

    Args:
        item: What to order.
    """
    with (FOLDER / "shop.txt").open("a") as shop:
        shop.write(f"ordered {item}\n")
    if "--crash" in sys.argv:
        os._exit(9)
    return "ordered"


SCRIPT = ['<tool_call>{"name": "order", "arguments": {"item": "a lamp"}}</tool_call>', "See above."]

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    ledger = Ledger(FOLDER / "calls.sqlite")
    if "--settle" in sys.argv:
        for call in ledger.unsettled():
            ledger.settle(call["key"], "done", "ordered")
            print("settled:", call["tool"], "of", call["run"])
    guard = Guard(Toolset.from_functions(order), ledger=ledger, audit=Audit(FOLDER / "audit.jsonl"))
    run = guard.run([{"role": "user", "content": "Order a lamp."}], ScriptedEngine(SCRIPT), run_id="order 17")
    print(run.results[0].state, run.results[0].text)
    print("the shop got:", (FOLDER / "shop.txt").read_text().count("ordered a lamp"), "order")
