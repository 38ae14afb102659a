"""Rule about what an image says that it is (PS3.3 C.8.12.4.1.1)."""

from collections.abc import Iterator, Sequence
from typing import Final

from viewer.formats.dicom.examination import Examined
from viewer.formats.dicom.facts import items, texts
from viewer.formats.dicom.image_role import ROLES
from viewer.qa.checkup.subject import Check, Subject, no_dicom
from viewer.qa.checkup.warned import warned
from viewer.qa.finding import Finding, Rule, Severity

ID1: Final = Rule(
    id="ID1",
    severity=Severity.WARNING,
    title="Image Type says what the image is",
    why="Viewers choose levels, label and overview by it; levels may go missing.",
    clause="PS3.3 C.8.12.4.1.1",
    evidence="wsidicomizer#114, slim#86, openslide#642",
)
_VALUES_1: Final = ("ORIGINAL", "DERIVED")
_VALUES_4: Final = ("NONE", "RESAMPLED")


def _known_types(subject: Subject) -> Iterator[Finding]:
    told = list(warned(subject, ID1, "image-type", "no-volume", tag="ImageType"))
    yield from told
    known = {each.file for each in told}
    for each in subject.images:
        values = texts(each.dataset, "ImageType")
        clause = "" if each.path in known else _type_fault(values, each)
        if clause:
            yield ID1.finding(
                f"{each.path.name}: {clause}.",
                file=each.path,
                level=subject.level_of(each.path),
                tag="ImageType",
                found="\\".join(values)[:80],
                expected="ORIGINAL or DERIVED, PRIMARY, the role, NONE or RESAMPLED",
            )


def _type_fault(values: Sequence[str], file: Examined) -> str:
    shown = "\\".join(values)[:80]
    if len(values) != 4:
        return f"Image Type is {shown}, expected four values"
    first, second, third, fourth = values
    if first not in _VALUES_1 or second != "PRIMARY" or third not in ROLES:
        return (
            f"Image Type is {shown}, expected ORIGINAL or DERIVED, PRIMARY, and one of "
            f"{', '.join(ROLES)}"
        )
    if fourth == "RESAMPLED" and first != "DERIVED":
        return f"Image Type is {shown}, expected DERIVED for what is RESAMPLED"
    if fourth not in _VALUES_4:
        return f"value 4 of Image Type is {fourth[:32]}, expected NONE or RESAMPLED"
    frame_type = _frame_type(file)
    if frame_type and frame_type != list(values):
        return f"Image Type is {shown}, but Frame Type {chr(92).join(frame_type)[:80]}"
    return ""


def _frame_type(file: Examined) -> list[str]:
    for groups in items(file.dataset, "SharedFunctionalGroupsSequence"):
        for item in items(groups, "WholeSlideMicroscopyImageFrameTypeSequence"):
            return texts(item, "FrameType")
    return []


IMAGE_TYPE_CHECKS: Final = (Check(ID1, _known_types, excuse=no_dicom),)
