"""What the rules of a check-up look at."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from viewer.formats.dicom.examination import Examined
from viewer.formats.opening import Ignored
from viewer.qa.finding import Finding, Rule
from viewer.qa.run import Run
from viewer.slide.model import Slide, stored_levels

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Subject:
    """One slide with all of its files.

    `slide` is None where none could be opened: the rules about attributes still look at
    the files then. `files` are its DICOM files, none of a slide of another format.
    `ignored` is what lies beside them and was left out. `all_frames` asks the rules
    about frames to look at each, not at a sample. `run` is for what takes long.
    """

    slide: Slide | None
    files: tuple[Examined, ...]
    ignored: tuple[Ignored, ...]
    all_frames: bool
    run: Run
    _known: dict[Any, Any] = field(
        default_factory=dict[Any, Any], repr=False, compare=False
    )

    def once(self, find: "Callable[[Subject], _Answer]") -> _Answer:
        """Return what a function finds, worked out once for all rules; one thread."""
        if find not in self._known:
            self._known[find] = find(self)
        return self._known[find]

    @property
    def members(self) -> tuple[Examined, ...]:
        """The DICOM files of the slide itself, all there are where it is not open."""
        if self.slide is None:
            return self.files
        own = {each.path for each in self.slide.files}
        return tuple(each for each in self.files if each.path in own)

    @property
    def images(self) -> tuple[Examined, ...]:
        """Those of the members that are images of a slide."""
        return tuple(each for each in self.members if each.instance is not None)

    @property
    def levels(self) -> Mapping[Path, int]:
        """The number, in `slide.levels`, of the level that each file is part of."""
        return self.once(_levels)

    @property
    def level_images(self) -> tuple[Examined, ...]:
        """The files of the levels, the finest first; what was left out is not there."""
        levels = self.levels
        found = [each for each in self.images if each.path in levels]
        return tuple(sorted(found, key=lambda each: levels[each.path]))

    def level_of(self, path: Path | None) -> int | None:
        """Return the number of the level that a file is part of, if it is of one."""
        return None if path is None else self.levels.get(path)

    def file(self, path: Path | None) -> Examined | None:
        """Return one of the DICOM files."""
        return next((each for each in self.files if each.path == path), None)


def _levels(subject: Subject) -> Mapping[Path, int]:
    slide = subject.slide
    if slide is None:
        return {}
    named = {
        f"level {place}": number for place, number in enumerate(stored_levels(slide))
    }
    return {each.path: named[each.role] for each in slide.files if each.role in named}


class Check(NamedTuple):
    """A rule and the function that looks; it may raise SlideError, which is told.

    `reads_frames` are done last, since they take long. `excuse` returns why the rule
    does not apply to a slide, "" where it does; without one it always applies.
    """

    rule: Rule
    look: Callable[[Subject], Iterator[Finding]]
    reads_frames: bool = False
    excuse: Callable[[Subject], str] | None = None


def no_dicom(subject: Subject) -> str:
    """Excuse a rule about attributes from slides of other formats."""
    return "" if subject.files else "none of the files is DICOM"


def no_slide(subject: Subject) -> str:
    """Excuse a rule about a whole slide where none could be opened."""
    return "" if subject.slide is not None else "the slide could not be opened"
