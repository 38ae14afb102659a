"""The slides that are damaged, and the mutants that once did harm."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from tests.fuzz.mutators import MUTATORS
from tests.fuzz.subject import Subject
from tests.support import ROWS, Row


@dataclass(frozen=True)
class Mutant:
    """One damaged slide: a seed, a way to damage it, and what its dice begin with."""

    seed: str
    mutator: str
    key: str

    def make(self, files: dict[str, bytes]) -> tuple[Subject, str] | None:
        """Damage the seed's files, given by name; None where nothing can be done."""
        random = Random(f"{self.seed}/{self.mutator}/{self.key}")  # noqa: S311
        mutator = MUTATORS[self.mutator]
        candidates = [name for name in sorted(files) if mutator.applies(files[name])]
        if not candidates:
            return None
        for _ in range(_TRIES):
            subject = Subject(dict(files), random, random.choice(candidates))
            words = mutator.damage(subject)
            if words is not None and subject.files != files:
                return subject, f"{subject.chosen}: {words}"
        return None


REGRESSIONS: Final = (
    # another tile, or none, where nothing said so
    Mutant("deflated-frames", "item", "2026/6083"),
    Mutant("jpeg-xl-lossless", "item", "2026/7583"),
    Mutant("jpeg-sv1", "insertion", "2026/9401"),
    # samples shifted or read in another order
    Mutant("by-plane", "insertion", "2/577"),
    Mutant("svs", "container", "77/7231"),
    Mutant("by-plane", "attribute", "6/1261"),
    Mutant("encapsulated", "deletion", "5/602"),
    Mutant("explicit", "attribute", "11/1655"),
    Mutant("rle", "attribute", "77/5021"),
    Mutant("grey-16-rle", "attribute", "77/6042"),
    # levels that were gone
    Mutant("ome-tiff", "header", "10/454"),
    Mutant("ome-channels", "container", "10/248"),
    Mutant("directory", "container", "8/117"),
    Mutant("zip", "container", "4/1002"),
    # 10,000 focal planes in quadratic time
    Mutant("jpeg-ls", "attribute", "5/1117"),
    # exceptions of pydicom, of zipfile, of XML
    Mutant("positions", "hole", "2026/415"),
    Mutant("zip", "container", "2026/6629"),
    Mutant("ome-channels", "bits", "9/779"),
)
"""Mutants that were judged badly once; the tests judge them again."""

COMMAND_REGRESSIONS: Final = (
    # pydicom fails at an element in an item
    Mutant("jpeg-xl-lossless", "element-length", "6/51"),
    # damaged, but by chance with the same pixels; a label of other pixels
    Mutant("grey-16-rle", "hole", "7/76"),
    Mutant("full", "bits", "7/66"),
    # no end of Pixel Data
    Mutant("full", "truncation", "7/37"),
    # two milliards of frames
    Mutant("jpeg-rgb", "attribute", "11/62"),
)
"""Those at which compare, check or dual did what none may do."""


class Seeds:
    """The undamaged slides, written once to a folder; read when first needed.

    `names` are in the order of the support table.
    """

    def __init__(self, folder: Path) -> None:
        """Take a folder that `written` has filled."""
        self._folder = folder
        opened: dict[str, str] = json.loads((folder / _LIST).read_text("utf-8"))
        self._open = opened
        self._files: dict[str, dict[str, bytes]] = {}
        self.names = tuple(opened)

    @classmethod
    def written(cls, folder: Path, rows: Sequence[Row] = ROWS) -> "Seeds":
        """Write every kind of slide that is read."""
        opened: dict[str, str] = {}
        for row in filter(lambda row: row.fuzzed, rows):
            written = row.write(folder / row.name)
            opened[row.name] = str(written.open.relative_to(folder / row.name))
        (folder / _LIST).write_text(json.dumps(opened), "utf-8")
        return cls(folder)

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self._folder

    def files(self, name: str) -> dict[str, bytes]:
        """Return the contents of a seed's files by their path in its folder."""
        if name not in self._files:
            root = self._folder / name
            self._files[name] = {
                path.relative_to(root).as_posix(): path.read_bytes()
                for path in sorted(root.rglob("*"))
                if path.is_file()
            }
        return self._files[name]

    def opened(self, name: str) -> str:
        """Return what of a seed is opened: a file, or "." for the whole folder."""
        return self._open[name]

    def suited(self, mutator: str) -> list[str]:
        """Return the seeds that a mutator can be tried on."""
        applies = MUTATORS[mutator].applies
        return [
            name for name in self.names if any(map(applies, self.files(name).values()))
        ]


def mutants(seeds: Seeds, seed: int, numbers: range, only: str = "") -> list[Mutant]:
    """Return mutants of a run by number; all ways to damage are as frequent."""
    chosen = [only] if only else list(MUTATORS)
    suited = {name: seeds.suited(name) for name in chosen}
    ways = [name for name in chosen if suited[name]]
    found: list[Mutant] = []
    for number in numbers:
        random = Random(f"{seed}/{number}")  # noqa: S311
        mutator = random.choice(ways)
        found.append(
            Mutant(random.choice(suited[mutator]), mutator, f"{seed}/{number}")
        )
    return found


_LIST: Final = "seeds.json"
_TRIES: Final = 8
