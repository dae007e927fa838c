"""Writes docs/generated/estimates.md: the tables that the tests of the estimates print.

    python3 scripts/estimates.py

Everything is seeded, so the same code gives the same tables. Takes some minutes.
"""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs/generated/estimates.md"

COLLECTOR = ["-p", "fewbits-collector", "--test", "estimator", "--test", "poisoning"]
WHOLE_WAY = ["-p", "fewbits-cli", "--test", "hundred_thousand", "sqlite"]

TITLES = {
    "error": "Error of an estimate: 20,000 reporters, of fixed segments",
    "merged": "The same for cells of several answers",
    "coverage": "How often a 95 % interval holds the truth: exact, over shares from 0 to 1",
    "needed": "Reports needed, for half of the 95 % interval to be so much of the share",
    "nobody": "Standard deviation of the estimated number of reporters of a segment that nobody is in (8 answers)",
    "visitors": "100,000 visitors through the gate and a running collector",
    "alarms": "Alarms in honest weeks",
    "floods": "False reports that name one answer, in one week after seven honest ones (8 answers, epsilon 4)",
    "poisoning": "Estimates with a part of all reports false (10,000 reports, mean of 40 runs)",
}


def tables(arguments):
    command = ["cargo", "test", "-q", *arguments, "--", "--nocapture", "--test-threads=1"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed\n{run.stdout}\n{run.stderr}")
    found = {}
    for name, rows in re.findall(r"table: (\w+)\n((?:\|.*\n)+)", run.stdout):
        found[name] = rows
    return found


def main():
    found = tables(COLLECTOR) | tables(WHOLE_WAY)
    if missing := TITLES.keys() - found.keys():
        raise SystemExit(f"no test printed {sorted(missing)}")
    parts = [f"## {title}\n\n{found[name]}" for name, title in TITLES.items()]
    head = "# Estimates: what was measured\n\nWritten by `python3 scripts/estimates.py`. What it means: [estimates.md](../estimates.md).\n\n"
    TARGET.write_text(head + "\n".join(parts))


if __name__ == "__main__":
    main()
