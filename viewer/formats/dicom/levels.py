"""Opening the levels of a planned slide: those that can be, and why others cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from viewer.formats.dicom.image import DicomImage
from viewer.formats.dicom.instance import Instance
from viewer.formats.dicom.slide_plan import SlidePlan
from viewer.formats.notes import Notes
from viewer.slide.errors import BrokenFile, SlideError
from viewer.slide.model import FileRole


class NoLevel(BrokenFile):
    """No level of a slide can be opened; `reasons` has the sentence of each file."""

    def __init__(self, message: str, reasons: Mapping[Path, str]) -> None:
        """Keep the sentence of the finest level, and that of each file."""
        super().__init__(message)
        self.reasons = reasons


def open_levels(plan: SlidePlan, notes: Notes) -> tuple[SlidePlan, list[DicomImage]]:
    """Open the levels of a slide; return the plan with those that are there.

    A level that cannot be opened is a file not used, and a warning. The finest level
    that opens is level 0. Raises NoLevel where none does.
    """
    levels: list[list[Instance]] = []
    images: list[DicomImage] = []
    refused: list[tuple[list[Instance], SlideError]] = []
    try:
        for level in plan.levels:
            base = levels[0][0] if levels else level[0]
            try:
                image = DicomImage(level, base.size, base.optical_paths, notes)
            except SlideError as error:
                refused.append((level, error))
                continue
            images.append(image)
            levels.append(level)
    except BaseException:
        for image in images:
            image.close()
        raise
    reasons = {
        part.path: _sentence(part.path, error)
        for level, error in refused
        for part in level
    }
    if not images:
        raise NoLevel(reasons[plan.base.path], reasons)
    for level, _error in refused:
        reason = reason_of(level[0].path, reasons[level[0].path])
        _warn(notes, level[0], reason, is_finest=level is plan.levels[0])
    return replace(plan, levels=levels, roles=_roles(plan, levels, reasons)), images


def reason_of(path: Path, sentence: str) -> str:
    """Return a sentence about a file as it stands beside the file's name."""
    return sentence.removeprefix(f"{path.name}: ").removesuffix(".")


def _sentence(path: Path, error: SlideError) -> str:
    """Return an error with the file that it is about; codecs know no files."""
    return f"{path.name}: {reason_of(path, str(error))}."


def _warn(notes: Notes, instance: Instance, reason: str, *, is_finest: bool) -> None:
    size = f"{instance.size.width} x {instance.size.height} pixels"
    missing = f"the finest level, {size}," if is_finest else f"the level of {size}"
    sentence = f"{instance.path.name} is not used: {reason}; {missing} is missing."
    notes.warn("level-refused", sentence, instance.path)


def _roles(
    plan: SlidePlan, levels: Sequence[Sequence[Instance]], reasons: Mapping[Path, str]
) -> list[FileRole]:
    """Return the roles with the levels numbered anew, refused files as not used."""
    numbers = {part.path: n for n, level in enumerate(levels) for part in level}
    roles: list[FileRole] = []
    for role in plan.roles:
        if role.path in reasons:
            reason = reason_of(role.path, reasons[role.path])
            roles.append(replace(role, role="not used", reason=reason))
        elif role.path in numbers:
            roles.append(replace(role, role=f"level {numbers[role.path]}"))
        else:
            roles.append(role)
    return roles
