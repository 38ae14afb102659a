"""What the rules of a check-up look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from viewer.formats.dicom.examination import Examined
from viewer.formats.opening import Ignored
from viewer.qa.finding import Finding, Rule
from viewer.qa.run import Run
from viewer.slide.model import Slide


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


class Check(NamedTuple):
    """A rule and the function that looks; it may raise SlideError, which is told.

    `reads_frames` are done last, since they take long.
    """

    rule: Rule
    look: Callable[[Subject], Iterator[Finding]]
    reads_frames: bool = False
