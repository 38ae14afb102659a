"""Runs benchmarks and prints their tables; `--help` tells the arguments.

Without a name all of them run, one after the other. Exits 1 if a promise is missed.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent.parent
NAMES = (
    "samples",
    "regions",
    "view",
    "switch",
    "recolor",
    "startup",
    "opening",
    "single-level",
    "metadata",
    "memory",
    "bitstream",
    "folder",
    "compare-pixels",
    "quit",
)


def main() -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the promises as a table"
    )
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(NAMES)
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    # Run by its path, this file's folder comes first: `tests` lies above it.
    sys.path[0] = str(CHECKOUT)
    from tests.benchmarks.table import as_markdown, machine, print_machine, print_report

    facts = machine()
    print_machine(facts)
    reports: dict[str, Any] = {}
    for name in arguments.names or NAMES:
        module = importlib.import_module(f"tests.benchmarks.{name.replace('-', '_')}")
        report = module.measure()
        print_report(report)
        reports[name] = report
    missed = sum(len(report.missed) for report in reports.values())
    if arguments.json:
        figures = {name: report.as_json() for name, report in reports.items()}
        result = {"machine": facts, "benchmarks": figures}
        arguments.json.write_text(json.dumps(result, indent=1) + "\n")
    if arguments.markdown:
        arguments.markdown.write_text(as_markdown(facts, list(reports.values())))
    print(f"\n{missed} promises missed." if missed else "\nAll promises kept.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
