"""Two slides, compared part by part, and the verdict over them."""

from dataclasses import dataclass

from viewer.qa.comparing import CompareOptions, Sameness
from viewer.qa.run import Run
from viewer.qa.section import Section
from viewer.slide.model import Slide


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found; `reason` is the first reason for the verdict."""

    verdict: Sameness
    reason: str
    sections: tuple[Section, ...]


def compare(a: Slide, b: Slide, options: CompareOptions, run: Run) -> Comparison:
    """Compare a source with a result; blocks, any thread.

    Raises SlideError where nothing can be compared, Cancelled.
    """
    raise NotImplementedError
