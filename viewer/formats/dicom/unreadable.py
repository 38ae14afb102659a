"""Files of a slide that no picture can be made of, and which slide lacks them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from viewer.formats.dicom.facts import text, texts
from viewer.formats.dicom.header import Header
from viewer.formats.dicom.image_role import role_of
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.formats.opening import Ignored
from viewer.slide.errors import BrokenFile
from viewer.slide.files import FileRole
from viewer.slide.warnings import SlideWarning


class UnreadableInstance(BrokenFile):
    """A file of a slide that cannot be used, with what tells which slide lacks it."""

    def __init__(self, message: str, header: Header) -> None:
        """Keep the sentence and what the header says of the slide."""
        super().__init__(message)
        self.series = text(header.dataset, "SeriesInstanceUID")
        self.container = text(header.dataset, "ContainerIdentifier")
        self.role, _ = role_of(texts(header.dataset, "ImageType"))
        self.transfer_syntax = header.transfer_syntax


def add_unreadable(
    found: Iterable[tuple[Path, UnreadableInstance]], plans: Sequence[SlidePlan]
) -> list[Ignored]:
    """Tell each slide which of its files it lacks; return the files of none.

    Files of one series are of one slide, or of that with the same Container Identifier.
    """
    ignored: list[Ignored] = []
    for path, error in found:
        plan = _slide_of(path, error, plans)
        if plan is None:
            ignored.append(Ignored(path, str(error)))
        else:
            _add(plan, path, error)
    return ignored


def _slide_of(
    path: Path, error: UnreadableInstance, plans: Sequence[SlidePlan]
) -> SlidePlan | None:
    same = [
        plan
        for plan in plans
        if plan.base.series == error.series
        # Conversions with the same UIDs lie in folders of their own.
        and (plan.base.path.parent == path.parent or error.series)
        and (plan.base.path.parent == path.parent or not plan.base.edition)
    ]
    own = [plan for plan in same if plan.base.container == error.container]
    near = [plan for plan in own or same if plan.base.path.parent == path.parent]
    return next(iter(near or own or same), None)


def _add(plan: SlidePlan, path: Path, error: UnreadableInstance) -> None:
    reason = str(error).removeprefix(f"{path.name}: ").removesuffix(".")
    syntax = error.transfer_syntax
    plan.roles.append(FileRole(path, "not used", reason, None, syntax))
    is_level = error.role == "VOLUME"
    code = "level-refused" if is_level else "image-refused"
    what = "a level, or a part of one," if is_level else f"the {error.role.lower()}"
    sentence = f"{path.name} is not used: {reason}; {what} is missing."
    plan.warnings.append(SlideWarning(code, sentence, path))
