"""Rules about where the levels lie on the glass, and how they are turned."""

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any, Final

from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import floats, written
from viewer.formats.dicom.instance import Instance
from viewer.qa.checkup.subject import Check, Subject, no_dicom
from viewer.qa.checkup.warned import warned
from viewer.qa.finding import Finding, Rule, Severity

PY3: Final = Rule(
    id="PY3",
    severity=Severity.WARNING,
    title="all levels lie at one place",
    why="Overlays and positions jump when a viewer changes from level to level.",
    clause="PS3.3 C.8.12.4",
    evidence="wsidicom#173, slim#305",
    number=16,
)
GE4: Final = Rule(
    id="GE4",
    severity=Severity.WARNING,
    title="the orientation is one that a slide can have",
    why="The picture may be shown mirrored, and where it lies cannot be told.",
    clause="PS3.3 C.8.12.2.1",
    evidence="wsidicomizer#176",
    number=16,
)

_SAME_PLACE_MM: Final = 0.1
_SAME_DIRECTION: Final = 1e-4
_UNIT: Final = 1e-3  # of a unit vector; cosines have few digits


def _one_place(subject: Subject) -> Iterator[Finding]:
    base = _base(subject)
    told = [
        each
        for each in warned(subject, PY3, "level-origin", "orientation")
        if base is None or each.file != base.path
    ]
    yield from told
    for each in subject.images:
        if base is None or base.instance is None or each.instance is None:
            continue
        if each is base or any(finding.file == each.path for finding in told):
            continue
        if each.instance.role in ("VOLUME", "THUMBNAIL"):
            yield from _apart(subject, base.instance, each, each.instance)


def _apart(
    subject: Subject, base: Instance, file: Examined, image: Instance
) -> Iterator[Finding]:
    if base.frame_of_reference != image.frame_of_reference:
        return
    where: dict[str, Any] = {"file": file.path, "level": subject.level_of(file.path)}
    if base.origin and image.origin:
        apart = _most_apart(base.origin, image.origin)
        if apart > _SAME_PLACE_MM:
            yield PY3.finding(
                f"{file.path.name}: the first pixel lies {apart:.3g} mm from that of "
                f"{base.path.name}, expected at most {_SAME_PLACE_MM:g} mm.",
                tag="TotalPixelMatrixOriginSequence[0]",
                found=_numbers(image.origin),
                expected=_numbers(base.origin),
                **where,
            )
    if len(base.orientation) == len(image.orientation) == 6:
        apart = _most_apart(base.orientation, image.orientation)
        if apart > _SAME_DIRECTION:
            yield PY3.finding(
                f"{file.path.name}: Image Orientation (Slide) is "
                f"{_numbers(image.orientation)}, expected that of {base.path.name} "
                f"({_numbers(base.orientation)}).",
                tag="ImageOrientationSlide",
                found=_numbers(image.orientation),
                expected=_numbers(base.orientation),
                **where,
            )


def _base(subject: Subject) -> Examined | None:
    levels = subject.level_images
    return levels[0] if levels else None


def _most_apart(one: Sequence[float], other: Sequence[float]) -> float:
    return max(abs(left - right) for left, right in zip(one, other, strict=True))


def _numbers(values: Sequence[float]) -> str:
    return ", ".join(f"{value + 0:g}" for value in values)


def _turned_right(subject: Subject) -> Iterator[Finding]:
    base = _base(subject)
    for each in warned(
        subject, GE4, "orientation", tag="ImageOrientationSlide", written=_orientation
    ):
        if base is not None and each.file == base.path:
            yield each
    for each in subject.images:
        values = floats(each.dataset, "ImageOrientationSlide")
        found = _orientation(each)
        if found and not _is_rotation(values):
            yield GE4.finding(
                f"{each.path.name}: Image Orientation (Slide) is {found[:80]}, "
                "expected two unit vectors at right angles in the plane of the slide.",
                file=each.path,
                level=subject.level_of(each.path),
                tag="ImageOrientationSlide",
                found=found[:80],
                expected="two unit vectors at right angles",
            )


def _orientation(file: Examined) -> str:
    return written(file.dataset, "ImageOrientationSlide").replace("\\", ", ")


def _is_rotation(values: Sequence[float]) -> bool:
    if len(values) != 6 or not all(isfinite(value) for value in values):
        return False
    across, down = values[:3], values[3:]
    lengths = (sum(value**2 for value in each) for each in (across, down))
    product = sum(one * other for one, other in zip(across, down, strict=True))
    return (
        all(abs(length - 1) <= 2 * _UNIT for length in lengths)
        and abs(product) <= _UNIT
        and max(abs(across[2]), abs(down[2])) <= _UNIT
    )


PLACE_CHECKS: Final = (
    Check(PY3, _one_place, excuse=no_dicom),
    Check(GE4, _turned_right, excuse=no_dicom),
)
