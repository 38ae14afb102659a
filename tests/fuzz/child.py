"""A process that judges mutants one after the other; it may die of one.

Reads a mutant a line from standard input, as JSON, and answers with a line of JSON:
the verdict and the damage in words. Started by tests.fuzz.pool only.
"""

import faulthandler
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.fuzz.judge import Seen, judge, look_at
from tests.fuzz.seeds import Mutant, Seeds


class Truths:
    """What the undamaged seeds show, found out when first needed."""

    def __init__(self, seeds: Seeds) -> None:
        self._seeds = seeds
        self._seen: dict[str, Seen] = {}

    def of(self, name: str) -> Seen:
        """Return what a seed shows; ends the process where it shows nothing."""
        if name not in self._seen:
            seen = look_at(self._seeds.folder / name / self._seeds.opened(name))
            if seen.internal or seen.refused:
                sys.exit(f"{name}: {seen.internal or seen.refused}")
            self._seen[name] = seen
        return self._seen[name]


def answer(
    seeds: Seeds, truths: Truths, mutant: Mutant, folder: Path
) -> dict[str, Any]:
    """Make a mutant in a folder, judge it, and say so."""
    truth = truths.of(mutant.seed)
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
        found = look_at(root / seeds.opened(mutant.seed))
        table = mutant.mutator.endswith("-table")
        verdict = judge(found, truth, subject.zones, table=table)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return {"outcome": verdict.outcome, "reason": verdict.reason, "damage": damage}


def main() -> None:
    """Answer until there are no more questions."""
    faulthandler.enable()
    seeds = Seeds(Path(sys.argv[1]))
    truths = Truths(seeds)
    for name in sys.argv[2:]:
        truths.of(name)  # imports and first calls take their time now
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            mutant = Mutant(**json.loads(line))
            print(json.dumps(answer(seeds, truths, mutant, Path(folder))), flush=True)


if __name__ == "__main__":
    main()
