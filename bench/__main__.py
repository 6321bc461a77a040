"""Run the benchmarks named on the command line, or all of them; prints a table each and writes
bench/results/NAME.json."""

import importlib
import json
import sys
from pathlib import Path

BENCHES = (
    "contract",
    "decode",
    "decode_large",
    "grammar",
    "guard",
    "openapi",
    "plan",
    "prepare",
    "repairs",
    "scratch",
    "sharing",
    "train_speed",
)


def main(names: list[str]) -> int:
    """Run them one after the other."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no benchmark named {', '.join(unknown)}; there are: {', '.join(BENCHES)}")
        return 2
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    for name in names or BENCHES:
        print(f"== {name}")
        result = importlib.import_module(f"bench.{name}").main()
        (results / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    return 0


sys.exit(main(sys.argv[1:]))
