"""A process that judges mutants one after the other; it may die of one.

Reads a mutant a line from standard input, as JSON, and answers with a line of JSON:
the verdict and the damage in words. Its arguments are what it judges ("opening" or
"commands"), the seeds' folder, and seeds to begin with. Started by tests.fuzz.pool.
"""

import faulthandler
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from tests.fuzz.command_judge import Case, judge_commands, rules_of
from tests.fuzz.judge import Seen, Verdict, judge, look_at
from tests.fuzz.seeds import Mutant, Seeds
from tests.fuzz.subject import Subject


class Truths:
    """What the undamaged seeds show, found out when first needed."""

    def __init__(self, seeds: Seeds) -> None:
        self._seeds = seeds
        self._seen: dict[str, Seen] = {}
        self._rules: dict[str, Counter[str]] = {}

    def path(self, name: str) -> Path:
        """Return what is opened of a seed."""
        return self._seeds.folder / name / self._seeds.opened(name)

    def of(self, name: str) -> Seen:
        """Return what a seed shows; ends the process where it shows nothing."""
        if name not in self._seen:
            seen = look_at(self.path(name))
            if seen.internal or seen.refused:
                sys.exit(f"{name}: {seen.internal or seen.refused}")
            self._seen[name] = seen
        return self._seen[name]

    def rules(self, name: str) -> Counter[str]:
        """Return what a check-up finds wrong with a seed, counted by rule."""
        if name not in self._rules:
            self._rules[name] = rules_of(self.path(name))
        return self._rules[name]


def answer(
    how: "How", seeds: Seeds, truths: Truths, mutant: Mutant, folder: Path
) -> dict[str, Any]:
    """Make a mutant in a folder, judge it, and say so."""
    truths.of(mutant.seed)
    made = mutant.make(seeds.files(mutant.seed))
    if made is None:
        return {"outcome": "", "reason": "", "damage": ""}
    subject, damage = made
    print(json.dumps({"damage": damage}), flush=True)  # in case it is the last word
    root = folder / "slide"
    for name, data in subject.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    try:
        verdict = how(truths, mutant, subject, root / seeds.opened(mutant.seed))
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return {"outcome": verdict.outcome, "reason": verdict.reason, "damage": damage}


def judge_opening(
    truths: Truths, mutant: Mutant, subject: Subject, path: Path
) -> Verdict:
    """Judge what opening and reading a mutant shows."""
    table = mutant.mutator.endswith("-table")
    return judge(look_at(path), truths.of(mutant.seed), subject.zones, table=table)


def judge_quality(
    truths: Truths, mutant: Mutant, subject: Subject, path: Path
) -> Verdict:
    """Judge what compare, check and dual say of a mutant."""
    root = path if path.is_dir() else path.parent
    with tempfile.TemporaryDirectory(prefix="aside-") as aside:
        case = Case(
            seed=truths.path(mutant.seed),
            mutant=path,
            file=root / subject.chosen,
            aside=Path(aside),
            truth=truths.of(mutant.seed),
            found=look_at(path),
            rules=truths.rules(mutant.seed),
        )
        return judge_commands(case)


How = Callable[[Truths, Mutant, Subject, Path], Verdict]
_HOW: Final[dict[str, How]] = {"opening": judge_opening, "commands": judge_quality}


def main() -> None:
    """Answer until there are no more questions."""
    faulthandler.enable()
    how, seeds = _HOW[sys.argv[1]], Seeds(Path(sys.argv[2]))
    truths = Truths(seeds)
    for name in sys.argv[3:]:
        truths.of(name)  # imports and first calls take their time now
        if how is judge_quality:
            truths.rules(name)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            mutant = Mutant(**json.loads(line))
            said = answer(how, seeds, truths, mutant, Path(folder))
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
