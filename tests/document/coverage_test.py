#!/usr/bin/env python3
"""Holds COVERAGE.md to the tests: each number is there once, and each test that it names exists."""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
LAST = {"D": 61, "S": 30}
ROW = re.compile(r"^\| ([DS])(\d\d) \| (.+?) \| (.+) \|$")
DOCUMENT = re.compile(r"^(\w+)/Document\.Holds/D(\d\d)$")


def tests_of_sources():
    """Suite.Name of every test, and Table/number of every row of a table."""
    found = set()
    for path in HERE.parent.rglob("*_test.cc"):
        text = path.read_text()
        found.update(".".join(pair) for pair in re.findall(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", text))
        for table in re.findall(r"REPLICAFS_DOCUMENT_TABLE\((\w+), ", text):
            found.update(f"{table}/Document.Holds/D{int(number):02}"
                         for number in re.findall(r"^    \{(\d+),", text, re.MULTILINE))
    return found


def main():
    tests = tests_of_sources()
    rows = [match.groups() for match in map(ROW.match, (HERE / "COVERAGE.md").read_text().splitlines()) if match]
    trouble = []
    for letter, last in LAST.items():
        numbers = [int(number) for kind, number, _, _ in rows if kind == letter]
        if numbers != list(range(1, last + 1)):
            trouble.append(f"{letter} is not numbered 1 to {last}, in order")
    named = set()
    for letter, number, _, how in rows:
        names = re.findall(r"`([^`]+)`", how)
        named.update(names)
        if not names and how != "open" and not how.startswith("n/a: "):
            trouble.append(f"{letter}{number} names no test and does not say why")
        trouble += [f"{letter}{number}: there is no test {name}" for name in names if name not in tests]
    trouble += [f"{name} is not in COVERAGE.md" for name in sorted(tests) if DOCUMENT.match(name) and name not in named]
    for line in trouble:
        print(f"COVERAGE.md: {line}", file=sys.stderr)
    print("open:", " ".join(f"{letter}{number}" for letter, number, _, how in rows if how == "open") or "nothing")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main())
