"""What opening takes and gives, the same for every format."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from viewer.slide.errors import Cancelled
from viewer.slide.model import Personality, Slide


@dataclass(frozen=True, slots=True)
class OpenOptions:
    """How to open: `progress(done, known)` counts files, `cancelled()` stops the work.

    Both are called on the opening thread. `personality` is the side from which files
    that are DICOM and TIFF at once are opened; None stands for DICOM.
    """

    progress: Callable[[int, int], None] | None = None
    cancelled: Callable[[], bool] | None = None
    personality: Personality | None = None

    def report(self, done: int, known: int) -> None:
        """Tell how far it is; raises Cancelled when nobody waits any more."""
        if self.cancelled is not None and self.cancelled():
            raise Cancelled("Opening was cancelled.")
        if self.progress is not None:
            self.progress(done, known)

    def behind(self, done: int, known: int) -> "OpenOptions":
        """Return options for a step that begins when `done` of `known` are done."""

        def report(step: int, _of: int) -> None:
            if self.progress is not None:
                self.progress(done + step, known)

        return replace(self, progress=report)


PART: Final = "part"
"""The role of a file that belongs to a slide and is none by itself."""


class Ignored(NamedTuple):
    """A file that was looked at and left out, with the reason in plain words.

    `concerns` are the used files that the reason is about, such as what it copies.
    """

    path: Path
    reason: str
    concerns: frozenset[Path] = frozenset()


@dataclass(frozen=True, slots=True)
class Opened:
    """The slides found, in the order of their files, and what was left out."""

    slides: tuple[Slide, ...]
    ignored: tuple[Ignored, ...]


class Kin(NamedTuple):
    """What tells that files belong together: the slide's key, the file's role in it.

    The role is "VOLUME", "LABEL", "OVERVIEW" or "THUMBNAIL", as DICOM has it.
    """

    slide: tuple[str, ...]
    role: str


class Wish(NamedTuple):
    """What the user named: `files` to look at; `only` limits them to one file's slide.

    Where `only` is set, the other files are its neighbors in the folder, and those that
    do not belong to its slide are not even listed. `named` are the paths the user gave
    one by one: they win over their copies. `kin_of` says of a file's other side which
    slide it is of, None where it has none that can be read.
    """

    files: Sequence[Path]
    only: Path | None = None
    named: frozenset[Path] = frozenset()
    kin_of: Callable[[Path], Kin | None] | None = None


class Format(NamedTuple):
    """A file format: `recognize` looks at the first KiB and the path, never raises.

    `open` gets the files that were recognized and returns what it made of them.
    """

    name: str
    recognize: Callable[[bytes, Path], bool]
    open: Callable[[Wish, OpenOptions], Opened]
