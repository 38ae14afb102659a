"""Damages small slides of every kind and says what became of them.

    python -m tests.fuzz --seed 1 --count 10000 --jobs 2
    python -m tests.fuzz --only basic-table --count 500
    python -m tests.fuzz --seed 1 --show 4711
    python -m tests.fuzz --commands --count 1000

Judged is what opening and reading shows or, with --commands, what compare, check and
dual say. Prints a table by mutator and the totals beside the targets; exits 1 if one is
missed.
A mutant is made from its number alone, so that any of them can be looked at again.
"""

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.fuzz.command_judge import COMMAND_OUTCOMES
from tests.fuzz.judge import OUTCOMES
from tests.fuzz.mutators import MUTATORS
from tests.fuzz.pool import Judged, judged
from tests.fuzz.seeds import Seeds, mutants
from tests.support import ROWS

NEVER: Final = (
    "silent: elsewhere",
    "level lost",
    "false tile",
    "false verdict",
    "not told",
    "damaged copy",
    "internal",
    "crash",
    "hang",
    "memory",
)
"""Outcomes of which there must not be one."""

SILENT: Final = ("silent: samples", "silent: codestream", "silent: elsewhere")
MOST_SILENT: Final = 0.05


def main() -> int:
    """Run what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers")
    parser.add_argument("--count", type=int, default=500, help="mutants")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--only", choices=list(MUTATORS), default="")
    parser.add_argument(
        "--kind",
        default="",
        metavar="NAME",
        help="only seeds whose names begin like this",
    )
    parser.add_argument(
        "--commands", action="store_true", help="run compare, check and dual on them"
    )
    parser.add_argument("--show", type=int, help="tell of this mutant alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seeds-") as folder:
        rows = [row for row in ROWS if row.name.startswith(arguments.kind)]
        seeds = Seeds.written(Path(folder), rows)
        numbers = range(arguments.first, arguments.first + arguments.count)
        if arguments.show is not None:
            numbers = range(arguments.show, arguments.show + 1)
        chosen = mutants(seeds, arguments.seed, numbers, arguments.only)
        verdicts: list[Judged] = []
        what = "commands" if arguments.commands else "opening"
        for verdict in judged(Path(folder), chosen, arguments.jobs, what):
            verdicts.append(verdict)
            if arguments.show is not None or is_bad(verdict):
                print(told(verdict), file=sys.stderr, flush=True)
    print(table(verdicts, COMMAND_OUTCOMES if arguments.commands else OUTCOMES))
    missed = targets_missed(verdicts)
    print("\n".join(missed) if missed else "All targets met.")
    return 1 if missed else 0


def is_bad(verdict: Judged) -> bool:
    """Whether this must never happen."""
    return verdict.outcome in NEVER


def told(verdict: Judged) -> str:
    """Tell of one mutant in a line."""
    mutant = verdict.mutant
    return (
        f"{verdict.outcome}: {mutant.seed}, {mutant.mutator}, {mutant.key}:"
        f" {verdict.damage}: {verdict.reason}"
    )


def table(verdicts: Iterable[Judged], outcomes: Sequence[str] = OUTCOMES) -> str:
    """Return outcomes by mutator in Markdown."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for verdict in verdicts:
        counts[verdict.mutant.mutator][verdict.outcome] += 1
    head = f"| mutator | mutants | {' | '.join(outcomes)} |"
    lines = [head, "|---" * (len(outcomes) + 2) + "|"]
    lines += [
        _line(name, counts[name], outcomes) for name in MUTATORS if name in counts
    ]
    lines.append(_line("all", sum(counts.values(), Counter()), outcomes))
    return "\n".join(lines)


def targets_missed(
    verdicts: Iterable[Judged], most_silent: float = MOST_SILENT
) -> list[str]:
    """Return a sentence for each target that is missed."""
    counts = Counter(verdict.outcome for verdict in verdicts)
    missed = [
        f"{name}: {counts[name]}, expected none." for name in NEVER if counts[name]
    ]
    silent = sum(counts[name] for name in SILENT)
    if silent > most_silent * counts.total():
        share = 100 * silent / counts.total()
        missed.append(
            f"silently different: {share:.1f} %, expected at most"
            f" {100 * most_silent:.0f} %."
        )
    return missed


def _line(name: str, counts: Mapping[str, int], outcomes: Sequence[str]) -> str:
    shown = " | ".join(str(counts.get(outcome, 0)) for outcome in outcomes)
    return f"| {name} | {sum(counts.values())} | {shown} |"
